"""The gateway's second half: letting go, giving back, and reading Stripe's own books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.belief import Capture, GiveBack, OpenPage, VoidPayment
from engine.domain.money.money import Money
from engine.domain.money.payment import PageStatus
from engine.domain.shared.errors import Forbidden, PaymentRefused

pytestmark = pytest.mark.asyncio


async def authorised(gateway, order, sandbox, **changes):
    """The PaymentIntent of a page just paid, and the order it belongs to."""
    asked = order(**changes)
    page = await gateway.open_page(OpenPage(gateway.freeze(asked), f"co:{asked.booking_id}:1"))
    sandbox.pay(page.url)
    return (await gateway.page(page.session_id)).payment_intent, asked


async def captured(gateway, order, sandbox, **changes):
    intent, asked = await authorised(gateway, order, sandbox, **changes)
    await gateway.capture(Capture(intent, asked.amount, f"cap:{intent}"))
    return intent, asked


async def test_a_voided_payment_is_cancelled_once_and_costs_nothing(gateway, order, sandbox):
    intent, asked = await authorised(gateway, order, sandbox)

    first = await gateway.void(VoidPayment(intent, f"void:{intent}"))
    again = await gateway.void(VoidPayment(intent, f"void:{intent}"))

    assert first == again == await gateway.intent(intent)
    assert (first.status, first.captured) == ("canceled", Money(0, "EUR"))
    (entry,) = sandbox.books(asked.booking_id)
    assert (entry["voided"], entry["captured"], entry["net"]) == (True, 0, 0)


async def test_what_was_captured_cannot_be_voided(gateway, order, sandbox):
    intent, _ = await captured(gateway, order, sandbox)

    with pytest.raises(PaymentRefused) as refused:
        await gateway.void(VoidPayment(intent, f"void:{intent}"))

    assert refused.value.stripe_code == "payment_intent_unexpected_state"


async def test_a_refund_asked_for_twice_under_one_key_is_one(gateway, order, sandbox):
    intent, asked = await captured(gateway, order, sandbox)

    first = await gateway.refund(GiveBack(intent, Money(5000, "EUR"), f"rf:{intent}", ()))
    again = await gateway.refund(GiveBack(intent, Money(5000, "EUR"), f"rf:{intent}", ()))

    assert first == again
    assert (first.payment_intent, first.status, first.amount) == (intent, "succeeded", Money(5000, "EUR"))
    assert [entry["refunded"] for entry in sandbox.books(asked.booking_id)] == [5000]


async def test_a_refund_carries_the_tags_of_its_payment(gateway, order, sandbox):
    intent, asked = await captured(gateway, order, sandbox)

    tags = tuple((await gateway.intent(intent)).tags.items())
    refund = await gateway.refund(GiveBack(intent, asked.amount, f"rf:{intent}", tags))

    told = sandbox.get(f"/v1/refunds/{refund.refund_id}").json()
    assert told["metadata"] == dict(tags)
    assert {"booking": asked.booking_id, "attempt": "1"}.items() <= dict(tags).items()


@pytest.mark.parametrize("number", ["BK-ONE", "it's", 'a "b" \\'])
async def test_payments_of_a_booking_are_found_by_its_tags_and_no_others(gateway, order, sandbox, number):
    intent, asked = await captured(gateway, order, sandbox, booking_id=number)
    await captured(gateway, order, sandbox)

    (found,) = await gateway.payments_of(asked.booking_id)

    assert found == await gateway.intent(intent)


async def test_refunds_of_a_payment_come_newest_first_and_of_no_other(gateway, order, sandbox):
    intent, _ = await captured(gateway, order, sandbox)
    other, _ = await captured(gateway, order, sandbox)
    first = await gateway.refund(GiveBack(intent, Money(1, "EUR"), "rf:1", ()))
    second = await gateway.refund(GiveBack(intent, Money(2, "EUR"), "rf:2", ()))
    await gateway.refund(GiveBack(other, Money(3, "EUR"), "rf:3", ()))

    assert await gateway.refunds(intent) == [second, first]


async def test_a_second_refund_of_the_whole_is_refused(gateway, order, sandbox):
    intent, asked = await captured(gateway, order, sandbox)
    await gateway.refund(GiveBack(intent, asked.amount, f"rf:{intent}", ()))

    with pytest.raises(PaymentRefused) as refused:
        await gateway.refund(GiveBack(intent, asked.amount, f"rf2:{intent}", ()))

    assert refused.value.stripe_code == "charge_already_refunded"


@pytest.fixture
def quarter(fresh):
    """An hour of four pages at minutes 0, 15, 30 and 45, and the hour's beginning."""
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)

    def at(minutes):
        offset = begin + timedelta(minutes=minutes) - datetime.now(UTC)
        fresh.control("clock", offset_s=int(offset.total_seconds()) + 1)

    return begin, at


async def test_pages_are_listed_by_the_time_they_were_made(fresh, quarter, order):
    begin, at = quarter
    gateway = StripeGateway(fresh.key, base_url=fresh.url)
    made = []
    for minutes in (0, 15, 30, 45):
        at(minutes)
        asked = order(expires_at=begin + timedelta(minutes=minutes + 45))
        made.append(await gateway.open_page(OpenPage(gateway.freeze(asked), f"co:{asked.booking_id}")))
    fresh.pay(made[1].url)
    fresh.session()  # somebody else's, with no booking of ours

    listed = await gateway.pages_created(begin + timedelta(minutes=10), begin + timedelta(minutes=40))
    everything = await gateway.pages_created(begin, begin + timedelta(hours=2))
    await gateway.aclose()

    assert [page.session_id for page in listed] == [made[2].session_id, made[1].session_id]
    assert (listed[1].status, listed[1].secured) == (PageStatus.COMPLETE, True)
    assert [page.booking_id for page in everything] == [page.booking_id for page in made[::-1]]


async def test_ranges_that_touch_share_nothing_and_miss_nothing(fresh, order):
    gateway = StripeGateway(fresh.key, base_url=fresh.url)
    asked = order()
    page = await gateway.open_page(OpenPage(gateway.freeze(asked), "co:1"))
    made = datetime.fromtimestamp(fresh.get(f"/v1/checkout/sessions/{page.session_id}").json()["created"], UTC)

    before = await gateway.pages_created(made - timedelta(minutes=1), made)
    within = await gateway.pages_created(made, made + timedelta(milliseconds=1))
    touching = [
        [await gateway.pages_created(*span) for span in ((made - timedelta(days=1), cut), (cut, made + timedelta(1)))]
        for cut in (made - timedelta(milliseconds=300), made, made + timedelta(milliseconds=300))
    ]
    await gateway.aclose()

    assert (before, [each.session_id for each in within]) == ([], [page.session_id])
    assert [[len(pages) for pages in spans] for spans in touching] == [[0, 1], [0, 1], [1, 0]]


async def test_lists_longer_than_a_page_are_read_to_their_end(fresh, order):
    gateway = StripeGateway(fresh.key, base_url=fresh.url)
    asked = [order() for _ in range(103)]
    for each in asked:
        await gateway.open_page(OpenPage(gateway.freeze(each), f"co:{each.booking_id}"))

    now = datetime.now(UTC)
    listed = await gateway.pages_created(now - timedelta(hours=1), now + timedelta(hours=1))
    await gateway.aclose()

    assert [page.booking_id for page in listed] == [each.booking_id for each in asked[::-1]]


async def test_payments_tell_what_was_taken_and_given_back(fresh, order):
    gateway = StripeGateway(fresh.key, base_url=fresh.url)
    waiting, _ = await authorised(gateway, order, fresh)
    voided, _ = await authorised(gateway, order, fresh)
    await gateway.void(VoidPayment(voided, "void"))
    kept, asked = await captured(gateway, order, fresh)
    back, _ = await captured(gateway, order, fresh)
    await gateway.refund(GiveBack(back, Money(2500, "EUR"), "rf", ()))
    fresh.paid_session()  # not ours: no booking in its metadata

    now = datetime.now(UTC)
    payments = await gateway.payments_created(now - timedelta(hours=1), now + timedelta(hours=1))
    await gateway.aclose()

    told = {p.payment_intent: (p.status, p.captured.minor, p.refunded.minor) for p in payments}
    assert told == {
        back: ("succeeded", 12000, 2500),
        kept: ("succeeded", 12000, 0),
        voided: ("canceled", 0, 0),
        waiting: ("requires_capture", 0, 0),
    }
    mine = next(p for p in payments if p.payment_intent == kept)
    assert (mine.booking_id, mine.charge[:3], mine.captured.currency) == (asked.booking_id, "ch_", "EUR")
    assert abs(mine.created_at - now) < timedelta(minutes=5)


async def test_without_a_key_the_books_are_closed():
    gateway = StripeGateway("")
    now = datetime.now(UTC)

    for ask in (gateway.pages_created(now, now), gateway.refunds("pi_1"), gateway.void(VoidPayment("pi_1", "k"))):
        with pytest.raises(Forbidden):
            await ask
    await gateway.aclose()
