"""What the panel says before and after the browser was asked for, and the address beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from altered import altered
from hypothesis import given
from hypothesis import strategies as st
from payments import opened as opened_at_stripe
from payments import stripe_of
from person import person_at
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from view_builders import NOW, fed_workspace, make_booking

from desktop.qr import modules_of
from desktop.tasks import TaskScope
from desktop.theme.tokens import Tone
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.viewmodels.booking.panel_state import ShownCheckout
from desktop.views.booking.checkout_address import ONLY_HERE, SCAN
from desktop.views.booking.payment_status import DECLINED, DECLINES, PaymentStatus, status_words
from desktop.widgets.qr_code import QrCode
from desktop.words.messages import say
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import BookingState
from engine.domain.money.addresses import BrowserNotOpened, NotOpenedWhy, page_address
from engine.domain.money.payment import AttemptState, Decline
from engine.domain.shared.errors import PaymentRefused

ADDRESS = page_address("https://checkout.stripe.com/c/pay/cs_test_a1")
SHOWN = ShownCheckout(make_booking(1).id, ADDRESS, modules_of(ADDRESS))
WAITING = "Waiting for the payment. The same page can be opened again."


def paying(*, attempt=AttemptState.OPEN, page=None, state=BookingState.HELD):
    booking = make_booking(1, state)
    booking = altered(booking, attempts=(replace(booking.payment.attempt, state=attempt),))
    return PanelState(PanelStage.PAYING, booking=booking, period=booking.period, page=page)


@given(
    attempt=st.sampled_from(AttemptState),
    handed=st.sampled_from([None, False, True]),
    state=st.sampled_from([BookingState.HELD, BookingState.AWAITING_FUNDS]),
    number=st.integers(1, 2),
)
def test_nobody_waits_for_a_payment_before_a_browser_has_its_page(attempt, handed, state, number):
    page = None if handed is None else ShownCheckout(make_booking(number).id, ADDRESS, handed=handed)
    words = status_words(paying(attempt=attempt, page=page, state=state))
    open_to_pay = attempt is AttemptState.OPEN and state is BookingState.HELD

    assert (WAITING == words.sentence) is (open_to_pay and handed is True and number == 1)


@pytest.fixture
def status(qtbot, theme, request):
    shown = PaymentStatus(theme, **getattr(request, "param", {"demo": False}))
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    shown.stop()


def test_the_address_is_asked_for_then_copied_by_button_and_by_key(status, qtbot):
    status.draw(paying(), 60)
    with qtbot.waitSignal(status.address.wanted):
        QTest.mouseClick(status.address.show_button, Qt.MouseButton.LeftButton)
    status.draw(paying(page=SHOWN), 60)
    assert not status.address.show_button.isVisible()
    QGuiApplication.clipboard().setText("before")
    status.address.line.button.click()
    assert ADDRESS == QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().setText("before")
    status.activateWindow()
    status.address.line.button.setFocus()
    QTest.keyClick(status.address.line.button, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert ADDRESS == QGuiApplication.clipboard().text()
    assert "QR code of the payment page's address" == status.address.code.accessibleName()


@pytest.mark.parametrize(
    "page", [None, ShownCheckout(BookingId("G8ET6JAMQ002"), ADDRESS)], ids=["not asked for", "of another booking"]
)
def test_no_other_address_is_shown(status, page):
    status.draw(paying(page=page), 60)

    assert not status.address.line.isVisible()
    assert not status.address.code.isVisible()


@pytest.mark.parametrize("status", [{"demo": False, "acts": False}], indirect=True)
def test_whoever_only_looks_on_is_offered_no_address(status):
    status.draw(paying(page=SHOWN), 60)

    assert not status.address.isVisible()


@pytest.mark.parametrize(
    ("status", "note"), [({"demo": True}, ONLY_HERE), ({"demo": False}, SCAN)], indirect=["status"]
)
def test_the_demo_says_that_its_address_is_of_this_computer(status, note):
    status.draw(paying(page=SHOWN), 60)

    assert note == status.address.note.text()
    assert status.address.note.isVisible()


@pytest.mark.parametrize("length", [0, 40, 300, 900, 2000])
def test_a_code_is_dark_on_light_whole_and_with_its_margin(qtbot, length):
    code = QrCode()
    qtbot.addWidget(code)
    code.show_modules(modules_of(f"https://checkout.stripe.com/c/pay/cs_{'aZ9' * (length // 3)}"), "QR code")
    side = len(code._rows)
    scale = code.width() // (side + 8)
    image = code.grab().toImage()

    def dark_at(along, down):
        return image.pixelColor((along + 4) * scale + scale // 2, (down + 4) * scale + scale // 2) == QColor("black")

    assert scale >= 2
    assert [[bool(each) for each in row] for row in code._rows] == [
        [dark_at(along, down) for along in range(side)] for down in range(side)
    ]
    # The three corners that a camera looks for (ISO/IEC 18004), and light around them.
    finder = [[max(abs(x - 3), abs(y - 3)) != 2 for x in range(7)] for y in range(7)]
    for left, top in ((0, 0), (side - 7, 0), (0, side - 7)):
        assert finder == [[dark_at(left + x, top + y) for x in range(7)] for y in range(7)]
    assert not any(dark_at(-1, at) or dark_at(at, -1) or dark_at(side, at) for at in range(-4, side + 4))


@pytest.mark.parametrize("text", ["", "https://checkout.stripe.com/c/pay/" + "a" * 3000])
def test_what_no_code_can_hold_shows_none(qtbot, text):
    code = QrCode()
    qtbot.addWidget(code)
    code.show_modules(modules_of(text), "QR code")

    assert code.isHidden()


@pytest.mark.parametrize("why", NotOpenedWhy)
def test_each_way_of_not_opening_says_what_to_do(why):
    words = say(BrowserNotOpened(why), now=NOW).text

    assert "Copy the address below" in words
    assert "Nothing was paid" in words


async def not_opened(_address):
    raise BrowserNotOpened(NotOpenedWhy.FAILED)


async def opened(_address):
    pass


@pytest.mark.parametrize(("browser", "words"), [(not_opened, False), (opened, True)])
async def test_pay_shows_the_address_and_what_became_of_the_browser(until, browser, words):
    class Payment:
        async def page_address(self, _actor, _booking_id):
            return ADDRESS

    tasks = TaskScope()
    vm = fed_workspace(tasks).panel
    vm._open_browser = browser
    vm._desk.services.payment, vm._desk.call = Payment(), lambda make: make()
    vm.feed(paying())
    vm.pay()
    await until(lambda: vm.state.page is not None and (vm.state.problem is not None or vm.state.page.handed))

    assert replace(SHOWN, handed=words) == vm.state.payable
    assert (WAITING == status_words(vm.state).sentence) is words
    assert isinstance(vm.state.problem, BrowserNotOpened) is not words
    await tasks.aclose()


@pytest.mark.parametrize("state", [BookingState.RELEASED, BookingState.HELD])
async def test_what_a_refusal_made_of_the_booking_is_shown_with_its_reason(until, state):
    after = replace(make_booking(1, state), version=3)
    refusal = PaymentRefused("no", param="customer_email", stripe_code="email_invalid", status=400)

    class Desk:
        async def next_change(self, _actor, _booking_id, _seen, _declined):
            raise refusal

        async def booking(self, _actor, _booking_id):
            return after

    tasks = TaskScope()
    vm = fed_workspace(tasks).panel
    vm._desk.services.follower = vm._desk.services.booking = Desk()
    vm._desk.call = lambda make: make()
    vm.resume(make_booking(1), None)
    await until(lambda: vm.state.problem is not None)

    assert (after, refusal) == (vm.state.booking, vm.state.problem)
    assert (PanelStage.RELEASED if state is BookingState.RELEASED else PanelStage.PAYING) is vm.state.stage
    await tasks.aclose()


@given(st.sampled_from([*DECLINES, "generic_decline", "stolen_card", "lost_card", "fraudulent", "one_of_tomorrow"]))
def test_a_declined_card_is_told_in_words_and_what_was_stolen_is_not(code):
    told = status_words(replace(paying(), decline=Decline(code, "ch_1")))

    assert told.sentence.endswith("The page stays open for another card.")
    assert "_" not in told.sentence
    assert (DECLINED in told.sentence) == (code not in DECLINES)
    assert "stolen" not in told.sentence
    assert WAITING == status_words(replace(paying(), page=replace(SHOWN, handed=True))).sentence


async def test_a_declined_card_is_told_in_the_panel_until_another_is_tried(qapp, world, tmp_path):
    async with person_at(qapp, world, tmp_path) as person, stripe_of(world) as stripe:
        await person.sign_in("clerk")
        panel, detail = person.desk.panel, person.desk.detail
        async with world.desk() as desk:
            booking = await opened_at_stripe(desk)
        panel.resume(booking, None)
        detail.open(booking)
        await person.until(lambda: panel.state.checkout_ready)
        await stripe.pay(booking, number="4000 0000 0000 0002")
        await person.until(lambda: panel.state.decline is not None and detail.state.decline is not None)
        first = status_words(panel.state)
        await stripe.pay(booking)
        await person.until(lambda: panel.state.stage is PanelStage.CONFIRMED)

    assert (Tone.WARNING, f"{DECLINED} The page stays open for another card.") == (first.tone, first.sentence)
    assert "Paid" in status_words(panel.state).sentence
