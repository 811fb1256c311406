"""A booking that exists: its facts, its past in words, its payments, and what may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, LISBON
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from view_builders import CLERK, NOW, PERIOD, fed_workspace, make_booking

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.detail import DetailState
from desktop.viewmodels.phases import Phase
from desktop.views.booking.detail import BookingDetail
from desktop.views.booking.history import by_words, late_words, moments_of, payments_of
from desktop.views.booking.toasts import BookingToasts
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.loading.skeleton import Skeleton
from engine.domain.booking.booking import UNTOLD, Step
from engine.domain.booking.states import BookingState
from engine.domain.car.car import OwnerId
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Refund, RefundState
from engine.domain.people.people import Role
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.period import RentalPeriod

HELD, RELEASING, RELEASED = BookingState.HELD, BookingState.RELEASING, BookingState.RELEASED
CONFIRMED, REFUND_DUE = BookingState.CONFIRMED, BookingState.REFUND_DUE


def story(*states, **changes):
    """A booking that went through *states*, a minute apart, from its booking on."""
    steps = tuple(Step(state, NOW + timedelta(minutes=n), "clerk") for n, state in enumerate((HELD, *states)))
    return make_booking(1, states[-1] if states else HELD, history=steps, **changes)


@pytest.fixture
def make_detail(qtbot, theme, tmp_path):
    shimmer = ShimmerClock(theme)

    def make(actor=CLERK):
        theme.reduce_motion(reduced=True)
        workspace = fed_workspace(TaskScope(), actor)
        host = QWidget()
        host.resize(1280, 800)
        qtbot.addWidget(host)
        context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
        detail = BookingDetail(context, workspace.detail, workspace.now, host)
        host.show()
        return detail

    yield make
    shimmer.deleteLater()


def show(detail, booking, **changes):
    detail.vm.feed(DetailState(Phase.READY, booking, (BERLIN, LISBON), **changes))
    detail.open()


def offered(detail):
    buttons = (detail.main, detail.second, detail.search, *detail.aftercare.buttons)
    return [button.text() for button in buttons if button.isVisible()]


def fields(detail):
    return {field.label: field.value for field in detail.facts.fields}


BEGUN = RentalPeriod(NOW - timedelta(hours=5), NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("booking", "buttons"),
    [
        (story(), ["Pay in browser", "Give up"]),
        (story(RELEASING), []),
        (story(RELEASING, RELEASED), ["Search again", "Take up again"]),
        (story(CONFIRMED), ["Hand over …", "Cancel booking …"]),
        (story(CONFIRMED, period=BEGUN), ["Hand over …", "Nobody came …", "Cancel booking …"]),
        (story(CONFIRMED, BookingState.OUT, period=BEGUN), ["Take the car back …", "Extend …"]),
        (story(CONFIRMED, BookingState.NO_SHOW, period=BEGUN), ["The renter came after all …"]),
        (story(CONFIRMED, BookingState.OUT, BookingState.COMPLETED), []),
        (story(CONFIRMED, BookingState.CANCELLED), []),
    ],
)
def test_each_state_offers_what_makes_sense_and_an_owner_nothing(make_detail, booking, buttons):
    detail = make_detail()
    show(detail, booking)
    assert buttons == offered(detail)
    detail.status.stop()

    owner = make_detail(replace(CLERK, role=Role.OWNER, owner_id=OwnerId("owner-1"), branch_id=None))
    show(owner, booking)
    assert [] == offered(owner)
    owner.status.stop()


def test_facts_name_both_branches_and_add_up(make_detail):
    detail = make_detail()
    show(detail, story(CONFIRMED, return_branch_id=LISBON.id))

    told = fields(detail)
    assert ("Berlin Mitte", "Lisboa Baixa", "Ada Moreau") == (told["Branch"], told["Returned at"], told["Renter"])
    assert ("2 days \N{MULTIPLICATION SIGN} 50.00 EUR = 100.00 EUR", "100.00 EUR") == (told["Rental"], told["Total"])
    assert told["Booked"].startswith("Mon 23 Nov 09:00")
    assert told["Booked"].endswith(" by clerk")


@pytest.mark.parametrize(
    ("booking", "titles"),
    [
        (story(CONFIRMED, BookingState.COMPLETED), ["Car held", "Paid and confirmed", "Car came back"]),
        (
            story(RELEASING, RELEASED, CONFIRMED),
            [
                "Car held",
                "Given up before it was paid",
                "Car set free, nothing charged",
                "Paid after the hold was over; the car was still free",
            ],
        ),
        (
            story(RELEASING, RELEASED, REFUND_DUE, BookingState.REFUNDED, hold_until=NOW),
            [
                "Car held",
                "The hold ran out unpaid",
                "Car set free, nothing charged",
                "Paid after the hold was over; the car was no longer free",
                "Money given back",
            ],
        ),
    ],
)
def test_the_past_is_told_in_words(booking, titles):
    assert titles == [moment.title for moment in moments_of(booking, NOW)]


def test_each_step_says_when_and_by_whom_unless_it_was_the_program():
    booking = story(RELEASING)
    by_itself = replace(booking, history=(booking.history[0], Step(RELEASING, NOW, "sweeper")))

    asked, alone = moments_of(booking, NOW)[1].detail, moments_of(by_itself, NOW)[1].detail
    assert asked.startswith("Mon 23 Nov 09:01")
    assert asked.endswith(" · by clerk")
    assert "by" not in alone


def test_a_payment_that_comes_after_the_rental_says_so():
    assert "Paid after the rental would have ended" == late_words(
        story(RELEASING, RELEASED, REFUND_DUE, period=RentalPeriod(NOW - timedelta(days=2), NOW))
    )
    assert "" == late_words(story(CONFIRMED))


@pytest.mark.parametrize("state", BookingState)
def test_every_state_has_words_in_the_past(state):
    assert all(moment.title for moment in moments_of(story(state), NOW))


@pytest.mark.parametrize("state", AttemptState)
@pytest.mark.parametrize("refund", [None, *RefundState])
def test_every_payment_and_refund_has_words(state, refund):
    attempt = replace(make_booking().payment.attempt, state=state, payment_intent="pi_1")
    given = None if refund is None else Refund(Money(50_00, "EUR"), refund, "re_1")
    lines = payments_of(make_booking(attempts=(attempt,), refund=given), NOW)

    assert all(line.title and line.detail for line in lines)
    assert [("payment id", "pi_1"), ("page id", "cs_1")] == list(lines[0].ids)
    assert (1 if refund is None else 2) == len(lines)


def test_numbers_are_copied_whole(make_detail):
    detail = make_detail()
    attempt = replace(make_booking().payment.attempt, state=AttemptState.PAID, payment_intent="pi_1", captured_at=NOW)
    show(detail, story(CONFIRMED, attempts=(attempt,)))
    detail.number.button.click()
    assert make_booking().id == QGuiApplication.clipboard().text()
    detail.payments.lines[0].button.click()

    assert "pi_1" == QGuiApplication.clipboard().text()


def test_a_booking_looked_for_by_its_number_has_skeleton_where_each_part_will_be(make_detail, qtbot):
    detail = make_detail()
    detail.vm.find = lambda _: None
    detail.open_number(make_booking().id)
    QTest.qWait(0)
    skeleton = detail.skeleton
    pairs = [
        (detail.facts, detail.facts),
        (skeleton.car, detail.car),
        (skeleton.status, detail.status),
        (skeleton.act, detail.aftercare),
        (detail._heads[0], detail._heads[0]),
        (skeleton.payments, detail.payments),
        (detail._heads[1], detail._heads[1]),
        (skeleton.past, detail.past),
    ]
    awaited = [bone.geometry() for bone, _ in pairs]
    assert all(bone.isVisible() for bone, _ in pairs)
    assert detail.facts._waiting
    paid = replace(make_booking().payment.attempt, state=AttemptState.PAID, payment_intent="pi_1", captured_at=NOW)
    far = RentalPeriod(NOW + timedelta(days=9), NOW + timedelta(days=11))
    show(detail, story(CONFIRMED, attempts=(paid,), period=far))
    qtbot.waitUntil(lambda: [part.geometry() for _, part in pairs] == awaited)

    assert not detail.facts._waiting
    assert not [bone for bone in detail.findChildren(Skeleton) if bone.isVisible()]


def test_the_light_runs_over_the_skeleton_of_a_booking_until_it_is_there(make_detail, theme):
    detail = make_detail()
    theme.reduce_motion(reduced=False)
    detail.vm.find = lambda _: None
    detail.open_number(make_booking().id)
    clock = detail.skeleton.car._clock
    assert clock.running
    assert detail.skeleton.past in clock._clients
    show(detail, story(CONFIRMED))

    assert not clock.running


def test_a_booking_that_does_not_come_leaves_no_skeleton_and_an_owner_waits_for_no_button(make_detail):
    owner = make_detail(replace(CLERK, role=Role.OWNER, owner_id=OwnerId("owner-1"), branch_id=None))
    owner.vm.find = lambda _: None
    owner.open_number(make_booking().id)
    QTest.qWait(0)
    shown = [bone for bone in owner.findChildren(Skeleton) if bone.isVisible()]
    assert owner.skeleton.act not in shown
    owner.vm.feed(DetailState(Phase.FAILED, problem=Unavailable("mongodb")))
    QTest.qWait(0)

    assert 4 == len(shown)
    assert not [bone for bone in owner.findChildren(Skeleton) if bone.isVisible()]
    assert owner.banner.isVisible()


async def test_a_booking_that_did_not_come_is_asked_for_again(make_detail, until):
    answers = [(BERLIN,), Unavailable("mongodb"), story(CONFIRMED)]

    async def call(_make):
        answer = answers.pop(0)
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    detail = make_detail()
    detail.vm._desk.call = call
    detail.open_number(make_booking().id)
    await until(lambda: detail.vm.state.phase is Phase.FAILED)
    detail.banner.acted.emit()

    assert detail.skeleton.car.isVisible()
    assert not detail.banner.isVisible()
    await until(lambda: detail.vm.state.phase is Phase.READY)
    assert detail.car.isVisible()


def test_a_problem_is_told_with_its_way_out(make_detail):
    detail = make_detail()
    asked = []
    detail.vm.look_again = lambda: asked.append(1)
    detail.banner.acted.connect(detail.vm.look_again)
    show(detail, story(CONFIRMED), problem=Unavailable("mongodb"))

    assert detail.banner.isVisible()
    assert "Try again" == detail.banner.step.text()


def test_offline_nothing_that_writes_can_be_pressed(make_detail):
    detail = make_detail()
    show(detail, story(CONFIRMED))
    detail.set_online(online=False)

    assert not detail.aftercare.cancel.isEnabled()


def test_escape_closes_it_and_nothing_stays(make_detail, qtbot):
    detail = make_detail()
    show(detail, story())
    with qtbot.waitSignal(detail.closed):
        QTest.keyClick(detail, Qt.Key.Key_Escape)

    assert detail.vm.state.booking is None


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (
            (RELEASING, RELEASED, CONFIRMED),
            "G8ET-6JAM-Q001 is confirmed. Paid after the hold was over; the car was still free.",
        ),
        (
            (RELEASING, RELEASED, REFUND_DUE),
            "G8ET-6JAM-Q001 gets its money back. Paid after the hold was over; the car was no longer free.",
        ),
        ((CONFIRMED,), ""),
    ],
)
def test_the_desk_is_told_of_a_late_payment_with_the_reason_once(qtbot, theme, states, words):
    host = QWidget()
    qtbot.addWidget(host)
    news = BookingToasts(theme, host, CLERK)
    news.hear(story(*states), was_held=False, seen=False)
    assert words == news.toast.text
    news.toast.tell("something else")
    news.hear(story(*states), was_held=False, seen=False)
    assert "something else" == news.toast.text
    news.toast.hide()


def test_a_desk_that_is_not_concerned_is_told_nothing(qtbot, theme):
    host = QWidget()
    qtbot.addWidget(host)
    news = BookingToasts(theme, host, replace(CLERK, account="other", branch_id=LISBON.id))
    news.hear(story(RELEASING, RELEASED, CONFIRMED), was_held=False, seen=False)

    assert "" == news.toast.text


def test_the_newest_word_wins(make_detail):
    detail = make_detail()
    show(detail, story(CONFIRMED, version=5))
    detail.vm.took(story(version=4))
    assert CONFIRMED == detail.vm.state.booking.state
    detail.vm.took(story(CONFIRMED, BookingState.CANCELLED, version=6))

    assert BookingState.CANCELLED == detail.vm.state.booking.state
    assert PERIOD == detail.vm.state.booking.period


def test_whoever_is_not_told_reads_no_dash_in_place_of_a_name():
    told = make_booking(1)
    booking = replace(told, history=tuple(replace(step, by=UNTOLD) for step in told.history))

    assert any(" · by " in moment.detail for moment in moments_of(told, NOW))
    assert not any("by" in moment.detail for moment in moments_of(booking, NOW))
    assert ("", " by clerk") == (by_words(UNTOLD), by_words("clerk"))
