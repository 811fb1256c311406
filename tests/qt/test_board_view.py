"""The board as it is drawn from a state: what stands where, what the keys choose, what a screen reader hears."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from board_builders import AT, DAY, HOUR, bar, board, many, row
from board_page import page_maker, press, show
from builders import BERLIN, LISBON
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from view_builders import CLERK

from desktop.viewmodels.board.board import BoardState, Look
from desktop.viewmodels.phases import Phase
from desktop.views.board.inspector import Inspector
from desktop.views.board.scale import Density, TimeScale
from engine.domain.booking.board import MOST_CARS, BarShape
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.people.people import Role
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Unavailable

ZONE = ZoneInfo(BERLIN.zone)
Key = Qt.Key


@pytest.fixture
def make(qtbot, theme, tasks, tmp_path):
    yield from page_maker(qtbot, theme, tasks, tmp_path)


def placed(page, n):
    view = page.view
    return view.placing.bars(view.table.lines[n])


def rows(page):
    return [line.car.plate for line in page.view.table.lines if line.car is not None]


def spoken(page):
    index = page.view.currentIndex()
    # The headings are children too.
    cell = (index.row() + 1) * (page.view.table.columnCount() + 1) + index.column() + 1
    return QAccessible.queryAccessibleInterface(page.view).child(cell).text(QAccessible.Text.Name)


def test_days_are_equally_wide_also_when_the_clock_changes():
    scale = TimeScale(date(2026, 10, 24), 3, ZONE, 200, 800)

    assert (200, 200) == (scale.day_px, scale.left)
    assert [200, 400, 600, 800] == [scale.x(start) for start in scale.starts[:-1]] + [scale.x(scale.until)]
    assert timedelta(hours=25) == scale.starts[2] - scale.starts[1]
    for x in (200, 333, 500, 799):
        assert abs(scale.x(scale.at(x)) - x) < 0.01


def test_bars_stand_where_their_time_is_and_say_whose_they_are(make):
    page = make()
    scale = page.view.scale
    held, sold = placed(page, 1)

    assert [BarShape.HELD, BarShape.CONFIRMED] == [held.shape, sold.shape]
    assert abs(scale.x(AT + 52 * HOUR) - held.left) < 0.01
    assert abs(scale.x(AT + 172 * HOUR) - sold.free) < 0.01
    assert "9:41 left" == held.tail
    late, risk = placed(page, 3)
    assert (False, scale.x(AT)) == (late.starts, late.late)
    assert late.label in {"Tierney", ""}
    assert "At risk · 17:20" == risk.tail


def test_the_states_differ_by_shape_and_by_colour(make, theme):
    """What is painted at the end of each bar: a ground, a hatch, ribs, dots or a point, each its own."""
    page = make(size=(1900, 1000))
    image, view = page.view.viewport().grab().toImage(), page.view
    seen = {}
    for n in range(len(view.table.lines)):
        for each in placed(page, n):
            top = n * view.density.row_px + (view.density.row_px - view.density.bar_px) // 2
            right = int(min(each.right, view.scale.width)) - 12
            seen.setdefault(
                each.shape, tuple(image.pixel(right - dx, top + dy) for dx in range(14) for dy in range(2, 18))
            )
    alike = {shape: strip for shape, strip in seen.items() if shape not in (BarShape.MISSED, BarShape.CONFIRMED)}
    assert len(alike) == len(set(alike.values())) == 7
    accent = QColor(theme.tokens.accent).rgb()
    assert accent == Counter(seen[BarShape.OUT]).most_common(1)[0][0]
    # Who did not come has the colours of any promise, and another beginning.
    missed = next(each for each in placed(page, 4) if each.shape is BarShape.MISSED)
    tip = image.pixel(int(missed.left) + 3, 4 * view.density.row_px + view.density.row_px // 2)
    assert QColor(theme.tokens.warning).rgb() == tip


def test_a_screen_reader_gets_car_times_and_state_of_each_bar(make):
    page = make()
    press(page, Key.Key_Tab)

    words = spoken(page)
    for said in ("B-DS 1001", "Hyundai i10", "Camille Marchand", "Held", "Fri 27 Nov 18:20 to Sun 29 Nov 08:20"):
        assert said in words
    assert "Free" not in words
    press(page, Key.Key_Down)
    assert "Zofia Nowak" in spoken(page)
    assert page.inspector.head.text().startswith("Zofia Nowak")
    assert "Out" in page.inspector.facts.text()


def test_keys_walk_cells_cars_and_bars_and_a_head_is_passed_over(make):
    page = make()
    view = page.view
    assert "B-DS 1001" == view.row.plate
    assert view.cell()[0] <= AT < view.cell()[1]

    press(page, Key.Key_Right)
    press(page, Key.Key_Right)
    assert "bk" not in view.table.words.name(view.bar)
    assert "Camille Marchand" == view.bar.booking.renter
    for _ in range(7):
        press(page, Key.Key_Down)
    assert "B-DS 1008" == view.row.plate
    press(page, Key.Key_Down)
    assert "B-DS 1009" == view.row.plate
    press(page, Key.Key_K)
    press(page, Key.Key_J)
    assert "B-DS 1009" == view.row.plate
    press(page, Key.Key_Tab)
    assert view.bar is not None
    assert not view.walk_bars(1)


def test_beyond_the_window_the_days_go_on_and_home_is_now(make):
    page = make()
    first = page.view.scale.first
    for _ in range(2):
        press(page, Key.Key_Left)
    assert first - DAY == page.view.scale.first
    press(page, Key.Key_PageDown)
    assert first + 13 * DAY == page.view.scale.first
    page.go_now()
    assert first == page.view.scale.first
    assert page.view.cell()[0] <= AT < page.view.cell()[1]


def test_what_is_not_known_yet_is_not_called_free_and_is_not_sold(make, theme):
    """Another window is on its way: its days have no bars, and nobody may take that for a free fleet."""
    page = make(board(row(1)))
    begun = []
    page.book_wanted.connect(lambda *told: begun.append(told))
    page.vm.load = lambda: None
    page.shift(55)
    assert [day is None for day in page.view.placing.days(page.view.table.lines[0].cars)] == [False] * 6 + [True] * 8
    image, view = page.view.viewport().grab().toImage(), page.view
    y = view.density.row_px * 3 // 2
    assert QColor(theme.tokens.skeleton).rgb() == image.pixel(view.scale.width - 20, y)

    page.view.go_to("car-1", view.scale.until - HOUR)
    assert "nothing is known yet" in page.inspector.facts.text()
    press(page, Key.Key_Return)
    page.next_gap()
    assert [] == begun
    assert "No car below" in page.toast.text


def test_more_cars_than_a_page_has_are_turned_to(make):
    page = make(board(row(1), row(2), total=1_240))
    asked = []
    page.vm.look_at = asked.append
    assert "cars 1 to 2 of 1,240" in page.header.subtitle.text()
    assert (False, True) == (page.fewer.isVisible(), page.more.isVisible())

    page.more.click()
    assert [MOST_CARS] == [look.offset for look in asked]


def test_zoom_keeps_the_chosen_cell_in_sight_and_a_day_has_hours(make):
    page = make()
    for _ in range(5):
        press(page, Key.Key_Right)
    chosen = page.view.cell()[0]
    for _ in range(3):
        page.zoom(1)
    assert 1 == page.view.scale.days
    assert page.view.scale.since <= chosen < page.view.scale.until
    start, end = page.view.cell()
    assert timedelta(hours=1) == end - start
    for _ in range(9):
        page.zoom(-1)
    assert 60 == page.view.scale.days
    assert page.view.scale.since <= chosen < page.view.scale.until


def test_enter_opens_a_bar_and_begins_a_booking_in_a_gap_and_nothing_in_the_past_or_offline(make, qtbot):
    page = make()
    opened, begun = [], []
    page.opened.connect(opened.append)
    page.book_wanted.connect(lambda *told: begun.append(told))

    press(page, Key.Key_Return)
    assert [("B-DS 1001", AT + timedelta(minutes=10))] == [(told[0].plate, told[1]) for told in begun]
    assert begun[0][2] - begun[0][1] == DAY
    press(page, Key.Key_Tab)
    press(page, Key.Key_Return)
    assert ["Camille Marchand"] == [each.booking.renter for each in opened]
    page.view.go_to("car-1", AT - 30 * HOUR)
    press(page, Key.Key_Return)
    page.set_online(online=False)
    page.view.go_to("car-1", AT)
    press(page, Key.Key_Return)
    assert (1, 1) == (len(begun), len(opened))


def test_the_next_gap_is_found_in_this_car_and_then_below_it(make):
    page = make(board(row(1, bar(1, 2, 40, turn=HOUR), bar(2, 60, 900)), row(2, bar(3, -5, 10, BookingState.OUT))))
    page.view.go_to("car-1", AT)
    page.next_gap()
    assert ("car-1", AT + 41 * HOUR) == (page.view.row.car_id, max(page.view.cell()[0], AT + 41 * HOUR))
    page.next_gap()
    assert "car-2" == page.view.row.car_id


def test_what_changes_stays_in_its_place_and_the_chosen_bar_stays_chosen(make):
    """Cars come above the chosen one, and its own bars change: it does not move by itself."""
    cars = [row(n, bar(n, 30 + n, 60 + n, id=f"bk-{n}")) for n in range(60)]
    page = make(board(*cars))
    view = page.view
    view.go_to("car-40", AT + 72 * HOUR, "bk-40")
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 140)
    before = view.visualRect(view.currentIndex())

    more = [row(100 + n, body=BodyType.HATCHBACK) for n in range(5)]
    changed = [*more, *(replace(each, bars=()) if each.car_id == "car-3" else each for each in cars)]
    show(page, board(*changed))

    assert ("car-40", "bk-40") == (view.row.car_id, view.bar.id)
    assert before == view.visualRect(view.currentIndex())


def test_time_alone_moves_the_line_of_now_and_makes_a_late_one_grow(make):
    page = make()
    before = placed(page, 3)[0].late
    page.desk.at = AT + 3 * HOUR
    page.hide()
    page.show()

    late = placed(page, 3)[0]
    assert late.late > before
    assert "14:20" not in page.axis.accessibleName()


def test_cars_are_found_by_plate_renter_and_state_and_all_are_shown_again(make):
    page = make()
    page.filters.search.search_for("marchand")
    assert ["B-DS 1001"] == rows(page)
    page.filters.search.search_for("1004")
    assert ["B-DS 1004"] == rows(page)
    page.filters.search.search_for("nobody at all")
    assert not page.content.shows_rows
    page.content.stepped.emit()
    assert 11 == len(rows(page))
    page.filters.shape.show_chosen(frozenset({BarShape.LATE}))
    page.filters.shape.edited.emit()
    assert ["B-DS 1003"] == rows(page)


def test_cars_of_a_body_fold_and_branches_are_told_apart_where_several_are_shown(make):
    page = make()
    heads = [line.title for line in page.view.table.lines if line.head]
    assert ["Hatchback", "SUV"] == heads
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 5))
    assert ["B-DS 1009", "B-DS 1010", "B-DS 1011"] == rows(page)
    show(page, board(row(1), row(2, branch_id=LISBON.id, zone=LISBON.zone), branch_id=None), branch_id=None)
    heads = [line.title for line in page.view.table.lines if line.head]
    assert ["Berlin Mitte · Hatchback", "Lisboa Baixa · Hatchback"] == heads


def test_what_is_at_risk_is_counted_and_gone_to(make):
    page, told = make(), []
    page.at_risk.connect(told.append)
    page.next_at_risk()
    assert "Tuuli Lind" == page.bar.booking.renter
    page.next_at_risk()
    assert "B-DS 1003" == page.view.row.plate
    show(page, board(row(1)))
    page.next_at_risk()
    assert [0] == told
    assert "No promise is at risk." == page.toast.text


def test_all_days_are_called_alike_and_a_week_beside_today_keeps_its_name(make):
    shortest = [each.isdigit() for each in make(size=(840, 600)).axis.names()]
    assert {True} == set(shortest)
    assert "Tue 24 Nov" == make(size=(1900, 1000)).axis.names()[0]
    weeks = [each for each in make(days=28).axis.names() if each]
    assert ["Wed 25 Nov", "Mon 30 Nov", "Mon 7 Dec", "Mon 14 Dec"] == weeks[:4]
    far = [each for each in make(days=60).axis.names() if each]
    assert ["Wed 25 Nov", "Mon 7 Dec"] == far[:2]


def test_todays_and_this_moments_use_stand_above_the_days(make):
    page = make()

    head, more = page.axis.facts
    assert "Out now 36" in head
    assert "4 of 11 cars" in more
    assert "at risk 1" in more
    assert "today 64" in more
    assert "as of 14:20" in page.header.subtitle.text()


def test_a_row_that_cannot_be_read_is_told_and_the_others_are_there(make):
    page, told = make(board(row(1, bar(1, 2, 9)), Damaged("fences", "car-x", "claims: is no list"), row(2))), []
    page.view.go_to("car-x", AT)

    assert ["B-DS 1001", "B-DS 1002"] == rows(page)
    assert "car-x" in page.inspector.head.text()
    assert "claims" in page.inspector.facts.text()
    page.damage.tell = told.append
    press(page, Key.Key_Return)
    assert ["car-x"] == [each.id for each in told]


def test_before_it_is_known_days_are_true_and_bones_stand_in_their_rows(make, qtbot):
    page = make()
    before = page.vm.state
    page.vm.feed(BoardState(Phase.LOADING, Look(7, None, BERLIN.id), None, before.run + 1))
    qtbot.waitUntil(lambda: page.view.skeleton)

    assert 7 == page.view.scale.days
    assert [] == page.view.table.lines
    assert "Loading" == page.header.subtitle.text()


def test_what_failed_keeps_the_bars_with_their_age_and_nothing_at_all_says_so(make):
    page = make()
    page.vm.feed(replace(page.vm.state, phase=Phase.FAILED, run=5, problem=Unavailable("mongodb")))
    assert "as of 14:20" in page.content.banner.text
    assert 11 == len(rows(page))

    page.vm.feed(replace(page.vm.state, phase=Phase.READY, run=6, problem=None, board=board()))
    assert "No cars stand here." == page.content.empty.title.text()


def test_an_owner_looks_on(make):
    owner = replace(CLERK, role=Role.OWNER, branch_id=None, owner_id="owner-1")
    page = make(actor=owner)
    begun = []
    page.book_wanted.connect(lambda *told: begun.append(told))
    press(page, Key.Key_Return)

    assert [] == begun
    assert not page.new.isVisible()
    assert page.filters.branch.isVisible()


@pytest.mark.parametrize("density", Density)
def test_no_bar_or_label_of_a_full_board_is_beyond_its_room(make, density):
    page = make(many(40, 60, 640), days=28, density=density)
    view, painter = page.view, page.view.painting.bars
    told = 0
    for n, line in enumerate(view.table.lines):
        ends = 0.0
        for each in placed(page, n):
            assert each.left >= max(view.scale.left, ends) - 0.01, line.key
            ends = each.last
            if each.label or each.tail:
                told += 1
                wide = painter.width(each.label) + painter.width(each.tail)
                assert wide + 16 <= each.last - each.left, each.label
    assert told > 30


def test_nothing_below_the_rows_is_cut_in_the_narrowest_window(theme, qtbot):
    told = Inspector(theme)
    qtbot.addWidget(told)
    told.resize(620, told.height())
    told.say(
        "B-XB 2778 Citroën C3 · here",
        "free from Wed 9 Dec 00:00 beyond these days · 1,037.00 EUR a day · the next one comes 14 d 19 h after",
        [("Enter", "Book here"), ("G", "Next gap")],
    )
    told.show()
    facts = told.facts
    needed = facts.fontMetrics().boundingRect(facts.contentsRect(), int(Qt.TextFlag.TextWordWrap), facts.text())

    assert facts.wordWrap()
    assert needed.height() <= facts.height()
    assert told.head.geometry().bottom() < facts.geometry().top()
    assert facts.geometry().bottom() < told.height()
