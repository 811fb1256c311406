import pytest

from engine.domain.money.money import Money
from engine.domain.money.payment import PAGE_LIFETIME, AttemptState, PageStatus
from engine.domain.shared.errors import PaymentMismatch


@pytest.mark.parametrize(
    "changes",
    [
        {"booking_id": "b2"},
        {"attempt": 2},
        {"amount": Money(9_999, "EUR")},
        {"amount": Money(10_000, "USD")},
        {"livemode": True},
    ],
    ids=str,
)
def test_P1_a_page_that_is_not_the_one_asked_for_is_not_believed(changes, make_page, make_attempt):
    with pytest.raises(PaymentMismatch):
        make_page(**changes).must_belong_to("b1", make_attempt(), livemode=False)


def test_P1_the_page_asked_for_is_believed(make_page, make_attempt):
    make_page().must_belong_to("b1", make_attempt(), livemode=False)


@pytest.mark.parametrize(
    ("status", "paid", "intent_status", "secured"),
    [
        (PageStatus.COMPLETE, True, "succeeded", True),
        (PageStatus.COMPLETE, False, "requires_capture", True),
        (PageStatus.COMPLETE, False, "processing", False),
        (PageStatus.COMPLETE, False, "canceled", False),
        (PageStatus.OPEN, False, "requires_payment_method", False),
        (PageStatus.OPEN, False, "", False),
        (PageStatus.EXPIRED, False, "", False),
    ],
)
def test_money_is_secured_when_stripe_has_it_or_holds_it(status, paid, intent_status, secured, make_page):
    assert secured == make_page(status=status, paid=paid, intent_status=intent_status).secured


@pytest.mark.parametrize(
    ("status", "paid", "intent", "over"),
    [
        (PageStatus.EXPIRED, False, "", True),
        (PageStatus.EXPIRED, False, "canceled", True),
        (PageStatus.EXPIRED, True, "succeeded", False),
        (PageStatus.EXPIRED, False, "requires_capture", False),
        (PageStatus.EXPIRED, False, "processing", False),
        (PageStatus.OPEN, False, "", False),
        (PageStatus.COMPLETE, False, "processing", False),
        (PageStatus.COMPLETE, False, "canceled", True),
    ],
)
def test_only_stripes_word_makes_a_page_unpaid_for_good(status, paid, intent, over, make_page):
    assert over == make_page(status=status, paid=paid, intent_status=intent).unpaid_for_good


def test_a_page_cannot_be_both_paid_and_unpaid_for_good(make_page):
    pages = [
        make_page(status=status, paid=paid, intent_status=intent)
        for status in PageStatus
        for paid in (True, False)
        for intent in ("", "requires_capture", "succeeded", "canceled")
    ]

    assert not [page for page in pages if page.secured and page.unpaid_for_good]


def test_an_attempt_takes_over_what_stripe_tells_and_keeps_its_request(make_attempt, make_page, noon):
    prepared = make_attempt(request='{"a":1}')

    opened = prepared.opened(make_page(url="https://pay.example/1"))
    captured = opened.paid(make_page()).captured(noon)

    assert (AttemptState.OPEN, "cs_1", "https://pay.example/1") == (opened.state, opened.session_id, opened.url)
    assert (AttemptState.PAID, "pi_1", noon) == (captured.state, captured.payment_intent, captured.captured_at)
    assert prepared.request == captured.request
    assert noon + PAGE_LIFETIME == captured.expires_at
