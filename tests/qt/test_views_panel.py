from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from altered import altered
from builders import BERLIN, RENTER
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from view_builders import CLERK, NOW, PERIOD, fed_workspace, make_booking, make_offer

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.views.booking.booking_panel import BookingPanel
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.booking.booking import paid_at_the_counter
from engine.domain.booking.states import BookingState
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Refund, RefundState
from engine.domain.money.tender import Tender
from engine.domain.people.people import Role
from engine.domain.people.renters import RentersFound
from engine.domain.shared.errors import InvalidText, PaymentRefused, PeriodTaken, Unavailable

FORM = PanelState(offer=make_offer(), period=PERIOD, branch=BERLIN)


@pytest.fixture
def tasks():
    return TaskScope()


@pytest.fixture
def workspace(tasks):
    return fed_workspace(tasks)


@pytest.fixture
def panel(qtbot, theme, workspace, tmp_path):
    theme.reduce_motion(reduced=True)
    shimmer = ShimmerClock(theme)
    host = QWidget()
    QVBoxLayout(host)
    qtbot.addWidget(host)
    host.resize(1000, 760)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    panel = BookingPanel(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), workspace, host)
    panel.open_offer(FORM.offer, PERIOD, BERLIN)
    yield panel
    shimmer.deleteLater()


def feed(panel, state):
    panel.vm.feed(state)
    QTest.qWait(0)


def held(**changes):
    booking = make_booking(**changes)
    return replace(FORM, stage=PanelStage.PAYING, renter=RENTER, booking=booking)


def with_attempt(state, attempt_state):
    attempt = replace(state.booking.payment.attempts[0], state=attempt_state)
    return replace(state, booking=altered(state.booking, attempts=(attempt,)))


def fields(panel):
    return {field.label: field.value for field in panel.facts.fields}


def test_the_form_says_car_period_and_price(panel):
    assert panel.renters.field.hasFocus()
    assert "Volkswagen Golf" in panel.car.accessibleName()
    assert "2 days × 50.00 EUR = 100.00 EUR" == fields(panel)["Rental"]  # noqa: RUF001
    assert "100.00 EUR" == fields(panel)["Total"]
    assert fields(panel)["Pick-up"].startswith("Mon 23 Nov 10:00")


def test_nothing_can_be_booked_before_somebody_drives(panel):
    assert "Book" == panel.main.text()
    assert not panel.main.isEnabled()
    assert not panel.may_book()
    feed(panel, replace(FORM, renter=RENTER))

    assert panel.may_book()


def test_the_car_is_promised_to_who_pays_at_the_counter(panel, workspace):
    asked = []
    panel.vm.book = lambda *pays: asked.append(pays)
    assert ("Pay at the counter", False) == (panel.second.text(), panel.second.isEnabled())
    feed(panel, replace(FORM, renter=RENTER))
    panel.second.click()
    panel.main.click()
    confirmed = make_booking(state=BookingState.CONFIRMED)
    promised = replace(confirmed, payments=(paid_at_the_counter(confirmed.id, confirmed.price),))
    feed(panel, replace(FORM, stage=PanelStage.CONFIRMED, booking=promised))

    assert [(Tender.COUNTER,), ()] == asked
    assert "100.00 EUR to be paid at the counter." == panel.status.sentence.text()
    assert not panel.second.isVisible()


@pytest.mark.parametrize("role", [Role.OWNER, Role.CLIENT])
def test_only_who_stands_at_a_counter_is_offered_paying_there(qtbot, theme, tasks, tmp_path, role):
    host, shimmer = QWidget(), ShimmerClock(theme)
    QVBoxLayout(host)
    qtbot.addWidget(host)
    host.show()
    workspace = fed_workspace(tasks, replace(CLERK, role=role))
    panel = BookingPanel(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), workspace, host)
    panel.open_offer(FORM.offer, PERIOD, BERLIN)
    feed(panel, replace(FORM, renter=RENTER))

    assert (role is Role.CLIENT, role is Role.CLIENT) == (panel.second.isVisible(), panel.may_reserve())
    shimmer.deleteLater()
    assert panel.main.hasFocus()


def test_without_a_connection_nothing_can_be_booked(panel):
    feed(panel, replace(FORM, renter=RENTER))
    panel.set_online(online=False)

    assert not panel.main.isEnabled()
    assert not panel.may_book()


def test_renters_are_walked_and_taken_by_keyboard(panel, qtbot):
    other = replace(RENTER, id="renter-2", name="Bea Ortiz")
    panel.renters._told = "a"
    panel.renters.field.setText("a")
    panel.renters.field._pause.stop()
    feed(panel, replace(FORM, found=RentersFound((RENTER, other), 2)))
    QTest.keyClick(panel.renters.field, Qt.Key.Key_Down)
    QTest.keyClick(panel.renters.field, Qt.Key.Key_Return)

    assert other == panel.vm.state.renter
    assert "Bea Ortiz" == panel.renters.name.text()
    assert not panel.renters.field.isVisible()


def test_the_same_name_can_be_looked_for_at_the_next_car(panel):
    asked = []
    panel.renters.searched.disconnect()
    panel.renters.searched.connect(asked.append)
    for _ in range(2):
        QTest.keyClicks(panel.renters.field, "mar")
        QTest.keyClick(panel.renters.field, Qt.Key.Key_Return)
        panel.renters.begin()

    assert ["mar", "mar"] == asked


def test_choosing_again_brings_the_search_back(panel):
    feed(panel, replace(FORM, renter=RENTER))
    panel.renters.change.click()

    assert panel.vm.state.renter is None
    assert panel.renters.field.hasFocus()


def test_nobody_found_offers_a_new_renter(panel):
    panel.renters._told = "zz"
    feed(panel, replace(FORM, searching=True))
    assert "Searching …" == panel.renters.word.text()
    feed(panel, FORM)

    assert "Nobody found. Enter adds a new renter." == panel.renters.word.text()


@pytest.mark.parametrize(("typed", "field"), [("Bea", "name"), ("bea@example.org", "email"), ("+49 30 1", "phone")])
def test_what_was_typed_goes_into_the_new_renter(panel, typed, field):
    panel.renters.field.setText(typed)
    panel.renters.field._pause.stop()
    panel.renters.new.click()

    assert typed == panel.renters.form.fields[field].text()


def test_a_mistake_is_told_at_its_field(panel):
    panel.renters.new.click()
    feed(panel, replace(FORM, problem=InvalidText("phone", "field.phone_begin")))

    assert panel.renters.form.mistakes["phone"].isVisible()
    assert "Phone begins with + and the country's code." == panel.renters.form.mistakes["phone"].text()
    assert panel.renters.form.fields["phone"].hasFocus()
    assert not panel.banner.isVisible()


def test_holding_is_said_and_cannot_be_pressed_again(panel):
    feed(panel, replace(FORM, stage=PanelStage.HOLDING, renter=RENTER))

    assert "Holding the car …" == panel.status.title.text()
    assert not panel.main.isEnabled()


def test_a_hold_counts_down_and_waits_for_its_page(panel):
    feed(panel, with_attempt(held(), AttemptState.PREPARED))
    assert "The payment page is being made …" == panel.status.sentence.text()
    assert "10:00" == panel.status.countdown.text()
    assert not panel.main.isEnabled()
    feed(panel, held())

    assert "Open the payment page in the browser, or show its address." == panel.status.sentence.text()
    assert panel.main.isEnabled()
    assert panel.main.hasFocus()
    assert "Pay in browser" == panel.main.text()


def test_a_redraw_does_not_begin_the_countdown_anew(panel, workspace):
    started = []
    feed(panel, held())
    panel.status.countdown.start = started.append
    feed(panel, replace(held(), booking=replace(held().booking, version=2)))

    assert [] == started


async def test_the_end_of_the_countdown_is_looked_into_at_once(panel, tasks):
    feed(panel, held())
    panel.status.countdown._deadline = panel.status.countdown._now()
    panel.status.countdown.tick()

    assert tasks.running("settle")
    await tasks.aclose()


def test_focus_stays_in_the_panel_while_it_waits(panel):
    feed(panel, replace(FORM, renter=RENTER))
    assert panel.main.hasFocus()
    feed(panel, replace(FORM, stage=PanelStage.HOLDING, renter=RENTER))
    assert panel.has_the_focus
    feed(panel, with_attempt(held(), AttemptState.PREPARED))
    feed(panel, held())

    assert panel.main.hasFocus()


def test_what_was_never_taken_is_not_called_paid(panel):
    stands = replace(held(state=BookingState.CONFIRMED), stage=PanelStage.CONFIRMED)
    feed(panel, with_attempt(stands, AttemptState.LAPSED))

    words = "Not paid: the card's approval of 100.00 EUR ran out before it was taken."
    assert ("Confirmed", words) == (panel.status.title.text(), panel.status.sentence.text())


def test_a_refund_that_failed_is_not_called_refunded(panel):
    refund = Refund(Money(100_00, "EUR"), RefundState.FAILED)
    feed(panel, replace(held(state=BookingState.CANCELLED, refund=refund), stage=PanelStage.RELEASED))

    assert "100.00 EUR could not be refunded; head office sees to it." == panel.status.sentence.text()


def test_paid_is_said_with_the_amount(panel):
    feed(panel, held())
    feed(panel, replace(held(state=BookingState.CONFIRMED), stage=PanelStage.CONFIRMED))

    assert ("Confirmed", "Paid 100.00 EUR.") == (panel.status.title.text(), panel.status.sentence.text())
    assert "Booking G8ET-6JAM-Q001" == panel.status.number.text()
    assert not panel.status.countdown.isVisible()
    assert "Done" == panel.main.text()
    assert panel.main.hasFocus()
    panel.main.click()
    assert not panel.isVisible()


def test_a_hold_that_is_over_can_be_booked_again_for_the_same_renter(panel):
    feed(panel, replace(held(state=BookingState.RELEASED), stage=PanelStage.RELEASED))
    assert "The hold is over" == panel.status.title.text()
    assert "Book again" == panel.main.text()
    panel.main.click()

    assert (PanelStage.RENTER, RENTER) == (panel.vm.state.stage, panel.vm.state.renter)
    assert panel.vm.state.booking is None


def test_a_booking_from_the_list_that_came_to_nothing_leads_back_to_the_search(panel, qtbot):
    booking = make_booking(state=BookingState.RELEASED)
    panel.open_booking(booking, BERLIN)
    assert "Search again" == panel.main.text()
    with qtbot.waitSignal(panel.search_wanted) as wanted:
        panel.main.click()

    assert [booking] == wanted.args


def test_a_taken_car_says_until_when_and_offers_others(panel, qtbot):
    taken = PeriodTaken("car-1", NOW + timedelta(days=4))
    feed(panel, replace(FORM, renter=RENTER, problem=taken))
    assert "This car was just taken until Fri 27 Nov 09:00." == panel.banner.text
    with qtbot.waitSignal(panel.similar_wanted) as wanted:
        panel.banner.acted.emit()

    assert FORM.offer.car == wanted.args[0]
    assert not panel.isVisible()


def test_a_server_that_is_away_leaves_everything_in_place(panel):
    feed(panel, replace(held(), problem=Unavailable("stripe")))

    assert "The payment service does not answer." in panel.banner.text
    assert panel.main.isEnabled()


async def test_giving_up_asks_first(panel, until):
    given_up = []
    panel.vm.give_up = lambda: given_up.append(1)
    feed(panel, held())
    panel.second.click()
    await until(lambda: bool(panel.window().findChildren(QuestionBox)))
    box = panel.window().findChildren(QuestionBox)[0]
    assert "A payment made meanwhile still counts." in box.told
    box.reject()
    await until(lambda: not panel.tasks.running("give up"))
    assert [] == given_up
    panel.second.click()
    await until(lambda: bool([b for b in panel.window().findChildren(QuestionBox) if b.isVisible()]))
    box = next(b for b in panel.window().findChildren(QuestionBox) if b.isVisible())
    next(button for button in (box.yes, box.no) if button.text() == "Give up, free the car").click()
    await until(lambda: bool(given_up))

    assert [1] == given_up


async def test_closing_the_panel_goes_on_watching_a_payment(panel, tasks):
    feed(panel, held())
    stopped = []
    panel.vm.close = lambda: stopped.append(1)
    QTest.keyClick(panel.main, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert [] == stopped
    panel.open_offer(FORM.offer, PERIOD, BERLIN)
    QTest.keyClick(panel.renters.field, Qt.Key.Key_Escape)

    assert [1] == stopped


def test_demo_names_the_test_card_while_it_waits(panel):
    feed(panel, held())
    assert "4242 4242 4242 4242" in panel.status._hint.text()
    assert panel.status._hint.isVisible()
    feed(panel, replace(held(state=BookingState.CONFIRMED), stage=PanelStage.CONFIRMED))

    assert not panel.status._hint.isVisible()


def test_long_words_do_not_widen_the_panel(panel):
    long = replace(RENTER, name="Maximiliane " * 9, email="m" * 90 + "@example.org")
    for state in (replace(FORM, renter=long), replace(held(renter_name=long.name), renter=long)):
        feed(panel, state)
        assert panel._room.widget().width() <= panel._room.viewport().width()


@pytest.mark.parametrize("email", ["jens.groß@example.org", "a@b", "ada.moreau@example"])
def test_an_address_that_stripe_refuses_is_named_and_corrected(panel, email):
    renter = replace(RENTER, email=email)
    refusal = PaymentRefused("no", param="customer_email", stripe_code="email_invalid", status=400)
    feed(panel, replace(held(), renter=renter, stage=PanelStage.RELEASED, problem=refusal))
    assert panel.banner.text.startswith("Stripe does not take the renter's e-mail address. Nothing was charged")
    panel.main.click()

    form = panel.renters.form
    assert (renter.name, email, renter.licence) == tuple(
        form.fields[name].text() for name in ("name", "email", "licence")
    )
    assert "This is no address that the payment service takes." == form.mistakes["email"].text()
    assert form.fields["email"].hasFocus()
    assert panel.vm.state.renter is None


@pytest.mark.parametrize("code", ["amount_too_small", "amount_too_large", "amount_invalid"])
def test_a_price_that_stripe_refuses_says_that_the_car_is_free(panel, code):
    refusal = PaymentRefused("no", param="line_items", stripe_code=code, status=400)
    feed(panel, replace(held(), stage=PanelStage.RELEASED, problem=refusal))
    assert "Nothing was charged, and the car is free again." in panel.banner.text
    panel.main.click()

    assert panel.vm.state.renter == RENTER
