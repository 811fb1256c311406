"""A bar is taken up by keys and by the mouse: what is shown, and what is told of it, before anything is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from board_builders import AT, HOUR, bar, board, row
from board_page import drag, page_maker, press, show, spot
from patience import until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from engine.domain.booking.board_plan import PlanKind, WhyNot
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType

Key = Qt.Key
OUT = BookingState.OUT


def three(*more):
    return board(
        row(1, bar(1, 10, 34, name="Camille Marchand")),
        row(2, bar(2, 20, 44, name="Priya Llewellyn")),
        row(3),
        row(4, body=BodyType.SUV),
        *more,
    )


@pytest.fixture
def make(qtbot, theme, tasks, tmp_path):
    yield from page_maker(qtbot, theme, tasks, tmp_path)


@pytest.fixture
def page(make):
    page = make(three())
    page.view.go_to("car-1", AT + 10 * HOUR, "G8ET6JAMQ001")
    page.moved, page.dropped = [], []
    page.vm.acts.move = lambda *told, **seen: page.moved.append((*told, seen["seen"]))
    page.view.dropped.connect(lambda plan, _lift: page.dropped.append(plan))
    return page


def test_m_takes_a_bar_up_and_the_ghost_says_whose_time_it_would_take_before_anything_is_written(page, theme):
    page.acting.move()
    assert WhyNot.SAME is page.view.plan.why
    press(page, Key.Key_Down)

    assert ("car-2", WhyNot.SOLD) == (page.view.plan.row.car_id, page.view.plan.why)
    assert "Moving Camille Marchand to B-DS 1002" in page.inspector.head.text()
    assert "Priya Llewellyn has it" in page.inspector.facts.text()
    press(page, Key.Key_Return)
    assert "Priya Llewellyn" in page.toast.text
    assert page.view.lift is not None
    image = page.view.viewport().grab().toImage()
    ghost = spot(page, 2, AT + 12 * HOUR)
    assert QColor(theme.tokens.danger_tint).rgb() == image.pixel(ghost.x(), ghost.y() + 6)

    press(page, Key.Key_Down)
    assert page.view.plan.possible
    assert "The price stays 144.00 EUR" in page.inspector.facts.text()
    image = page.view.viewport().grab().toImage()
    ghost = spot(page, 3, AT + 33 * HOUR)
    assert QColor(theme.tokens.accent_tint).rgb() == image.pixel(ghost.x() - 2, ghost.y() + 6)
    assert [] == page.moved


def test_esc_puts_it_back_and_enter_commits_what_was_shown_once(page):
    page.acting.move()
    press(page, Key.Key_Down)
    press(page, Key.Key_Escape)
    assert page.view.lift is None
    assert page.view.bar.id == "G8ET6JAMQ001"


async def test_enter_commits_the_version_and_the_car_that_were_shown(page):
    page.acting.move()
    press(page, Key.Key_Down)
    press(page, Key.Key_Down)
    press(page, Key.Key_Return)
    await until(lambda: page.moved)

    assert [("G8ET6JAMQ001", "car-3", 1)] == page.moved
    # Until it is done it stays taken up.
    assert page.view.lift is not None


def test_another_kind_of_car_is_refused_and_heads_are_passed_over(page):
    page.acting.move()
    for _ in range(3):
        press(page, Key.Key_Down)

    assert ("car-4", WhyNot.OTHER_BODY) == (page.view.plan.row.car_id, page.view.plan.why)
    assert "B-DS 1004 is another kind of car." == page.inspector.facts.text()


def test_the_ghost_turns_red_when_another_desk_takes_the_car_and_the_bar_under_the_hand_stays(page):
    page.acting.move()
    press(page, Key.Key_Down)
    press(page, Key.Key_Down)
    assert page.view.plan.possible

    taken = three()
    rows = [
        replace(each, bars=(bar(7, 5, 15, name="Eoin Tierney"),)) if each.car_id == "car-3" else each
        for each in taken.rows
    ]
    show(page, replace(taken, rows=tuple(rows)))

    assert ("car-3", WhyNot.SOLD) == (page.view.plan.row.car_id, page.view.plan.why)
    assert "Eoin Tierney" in page.inspector.facts.text()
    press(page, Key.Key_Return)
    assert [] == page.moved


def test_a_booking_that_was_changed_meanwhile_is_not_written_over(page):
    page.acting.move()
    press(page, Key.Key_Down)
    press(page, Key.Key_Down)
    later = three()
    first = later.rows[0]
    changed = replace(first.bars[0], booking=replace(first.bars[0].booking, version=2))
    show(page, replace(later, rows=(replace(first, bars=(changed,)), *later.rows[1:])))

    assert WhyNot.CHANGED is page.view.plan.why
    press(page, Key.Key_Return)
    assert [] == page.moved


def test_the_mouse_takes_a_bar_to_another_car_and_what_cannot_be_goes_back_by_itself(page):
    release = drag(page, spot(page, 1, AT + 12 * HOUR), spot(page, 2, AT + 12 * HOUR))
    assert ("car-2", WhyNot.SOLD) == (page.view.plan.row.car_id, page.view.plan.why)
    release()
    assert "Priya Llewellyn" in page.toast.text
    assert page.view.lift is None

    page.acting.tasks.once = lambda _name, work: work.close()
    drag(page, spot(page, 1, AT + 12 * HOUR), spot(page, 2, AT + 12 * HOUR), spot(page, 3, AT + 12 * HOUR))()
    assert ["car-2", "car-3"] == [plan.row.car_id for plan in page.dropped]


def test_a_gap_is_booked_by_drawing_over_it_and_not_over_somebody(page):
    begun = []
    page.book_wanted.connect(lambda *told: begun.append(told))

    drag(page, spot(page, 3, AT + 24 * HOUR), spot(page, 3, AT + 30 * HOUR), spot(page, 3, AT + 60 * HOUR))()
    (told,) = begun
    assert "car-3" == told[0].car_id
    # To the quarter of an hour, and as near as a pixel is.
    assert abs(told[1] - (AT + 24 * HOUR)) < HOUR
    assert abs(told[2] - (AT + 60 * HOUR)) < HOUR
    assert {0} == {at.minute % 15 for at in told[1:]}
    drag(page, spot(page, 2, AT + 2 * HOUR), spot(page, 2, AT + 30 * HOUR), spot(page, 2, AT + 40 * HOUR))()
    assert 1 == len(begun)
    assert "Priya Llewellyn" in page.toast.text


def test_the_end_of_a_rental_that_is_out_is_drawn_and_no_other(make):
    page = make(board(row(1, bar(1, -20, 30, OUT), bar(2, 60, 90, name="Priya Llewellyn")), row(2, bar(3, 10, 34))))
    dropped = []
    page.view.dropped.connect(lambda plan, _lift: dropped.append(plan))
    page.acting.tasks.once = lambda _name, work: work.close()
    page.acting.tasks.latest = lambda _name, work: work.close()
    edge = spot(page, 1, AT + 30 * HOUR) - QPoint(1, 0)

    drag(page, edge, spot(page, 1, AT + 40 * HOUR), spot(page, 1, AT + 48 * HOUR))()
    (plan,) = dropped
    assert (PlanKind.END, None) == (plan.kind, plan.why)
    assert abs(plan.bar.taken.ends_at - (AT + 48 * HOUR)) < HOUR
    page.view.put_back()
    drag(page, edge, spot(page, 1, AT + 50 * HOUR), spot(page, 1, AT + 70 * HOUR))()
    assert WhyNot.SOLD is dropped[-1].why
    drag(
        page, spot(page, 2, AT + 34 * HOUR) - QPoint(1, 0), spot(page, 2, AT + 50 * HOUR), spot(page, 2, AT + 60 * HOUR)
    )()
    assert PlanKind.MOVE is dropped[-1].kind


def test_e_moves_the_end_by_quarters_and_by_days(make):
    page = make(board(row(1, bar(1, -20, 30, OUT))))
    page.acting.tasks.latest = lambda _name, work: work.close()
    page.view.go_to("car-1", AT, "G8ET6JAMQ001")
    page.acting.end()
    before = page.view.lift.ends_at
    press(page, Key.Key_Right)
    press(page, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)

    assert 24.25 * HOUR - (page.view.plan.bar.taken.ends_at - before) <= 0.25 * HOUR
    assert "asking what that costs" in page.inspector.facts.text()
    press(page, Key.Key_Escape)
    page.set_online(online=False)
    page.acting.end()
    assert page.view.lift is None


def test_who_looks_on_takes_nothing_up(page):
    page.set_online(online=False)
    page.acting.move()
    drag(page, spot(page, 1, AT + 12 * HOUR), spot(page, 3, AT + 12 * HOUR), spot(page, 3, AT + 13 * HOUR))()

    assert page.view.lift is None
    assert [] == page.dropped
