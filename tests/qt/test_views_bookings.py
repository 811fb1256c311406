from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, LISBON
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from view_builders import CLERK, NOW, fed_workspace, make_booking

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.phases import Phase
from desktop.views.booking.list_page import BookingsPage
from desktop.views.booking.list_row import row_of
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.table.two_lines import ROW_PX, two_lines
from engine.domain.booking.listing import BookingOrder, BookingQuery, BookingRows, BookingScope
from engine.domain.booking.states import BookingState, Standing
from engine.domain.car.car import OwnerId
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import Unavailable


class Clock:
    at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def workspace():
    return fed_workspace(TaskScope())


@pytest.fixture
def page(qtbot, theme, workspace, clock, tmp_path):
    shimmer = ShimmerClock(theme)
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    page = BookingsPage(context, workspace.bookings, workspace.now, first_step="Find a car")
    page.loading.rule.now = clock
    qtbot.addWidget(page)
    page.resize(1088, 764)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    yield page
    shimmer.deleteLater()


def listed(total, run=1, scope=BookingScope.MINE, **changes):
    rows = tuple(make_booking(number, **changes) for number in range(min(total, 50)))
    query = BookingQuery(scope)
    return BookingsState(Phase.READY, query, branches=(BERLIN, LISBON), first=BookingRows(rows, total), run=run)


def feed(page, state):
    page.vm.feed(state)
    QTest.qWait(0)


def wait_for_skeleton(page, clock):
    feed(page, BookingsState(run=1))
    clock.at += 0.25
    page.loading.look()
    QTest.qWait(0)


def cells(page, row):
    return [page.model.index(row, column).data() for column in range(page.model.columnCount())]


def test_skeleton_stand_where_the_rows_will_be(page, clock):
    wait_for_skeleton(page, clock)
    table, model = page.table, page.model
    before = [table.visualRect(model.index(row, column)) for row in range(8) for column in range(6)]
    assert "waiting" == model.state_of(0)
    assert table._clock.running
    clock.at += 0.5
    feed(page, listed(300))
    page.loading.look()
    QTest.qWait(0)

    assert "loaded" == model.state_of(0)
    assert before == [table.visualRect(model.index(row, column)) for row in range(8) for column in range(6)]
    assert not table._clock.running


def test_the_light_repaints_a_waiting_row_in_its_whole_height(page, clock):
    wait_for_skeleton(page, clock)

    assert ROW_PX == page.table._waiting[0].height()


def test_two_lines_share_the_row(page):
    upper, lower = two_lines(QRect(0, 0, 100, ROW_PX))

    assert not upper.intersects(lower)
    assert upper.height() == lower.height()


def test_a_row_says_everything_in_branch_time(page):
    feed(page, listed(3))
    number, car, renter, times, standing, price = cells(page, 1)

    assert ("G8ET-6JAM-Q001", "Volkswagen Golf, B-DS 1", "Ada Moreau") == (number, car, renter)
    assert times.startswith("Mon 23 Nov 10:00")
    assert ("Pending, 10:00 left", "100.00 EUR") == (standing, price)
    assert "3 bookings, newest first" == page.header.subtitle.text()


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_has_a_word_and_a_tone(standing):
    states = {
        Standing.PENDING: BookingState.HELD,
        Standing.CONFIRMED: BookingState.CONFIRMED,
        Standing.OUT: BookingState.OUT,
        Standing.COMPLETED: BookingState.COMPLETED,
        Standing.NO_SHOW: BookingState.NO_SHOW,
        Standing.EXPIRED: BookingState.RELEASED,
        Standing.CANCELLED: BookingState.CANCELLED,
    }
    row = row_of(make_booking(state=states[standing]), NOW)

    word = "Not come" if standing is Standing.NO_SHOW else standing.value.capitalize()
    assert word == row.standing
    assert row.tone


def test_the_hold_counts_down_while_it_is_seen_and_then_stops(page):
    feed(page, listed(3))
    assert page.table._tick.isActive()
    feed(page, listed(3, 2, state=BookingState.CONFIRMED))
    assert "Confirmed" == cells(page, 1)[4]
    assert not page.table._tick.isActive()
    feed(page, listed(3, 3))
    page.hide()

    assert not page.table._tick.isActive()


def test_a_change_at_this_desk_is_shown_in_its_line(page):
    feed(page, listed(120))
    scrolled = page.table.verticalScrollBar().value()
    page.show_change(replace(make_booking(4), state=BookingState.CONFIRMED, version=2))

    assert "Confirmed" == cells(page, 4)[4]
    assert "Pending, 10:00 left" == cells(page, 5)[4]
    assert scrolled == page.table.verticalScrollBar().value()


async def test_new_bookings_ask_for_the_list_once_and_foreign_ones_never(page, workspace, until, monkeypatch):
    monkeypatch.setattr(workspace.bookings, "soon_s", 0)
    loads = []

    async def load():
        loads.append(1)

    workspace.bookings._load = load
    feed(page, listed(5))
    page.show_change(make_booking(98, booked_by="somebody else"))
    assert workspace.bookings._tasks.idle
    page.show_change(make_booking(98))
    page.show_change(make_booking(99))
    await until(lambda: workspace.bookings._tasks.idle)

    assert [1] == loads


def test_an_older_word_does_not_undo_a_newer_one(page):
    feed(page, listed(5))
    page.show_change(replace(make_booking(2), state=BookingState.CONFIRMED, version=3))
    page.show_change(replace(make_booking(2), version=2))

    assert "Confirmed" == cells(page, 2)[4]


def test_loading_again_keeps_what_is_chosen_seen_and_scrolled_to(page, workspace):
    workspace.bookings.need_slice = lambda _offset: None
    feed(page, listed(120))
    page.model.want_rows(60, 61)
    later = BookingRows(tuple(make_booking(number) for number in range(50, 100)), 120)
    workspace.bookings.slice_arrived.emit(1, 50, later)
    page.table.selectRow(70)
    page.table.scrollTo(page.model.index(70, 0))
    scrolled = page.table.verticalScrollBar().value()
    asked = []
    workspace.bookings.need_slice = asked.append
    feed(page, replace(listed(120), phase=Phase.LOADING, run=2))
    feed(page, listed(121, 2))

    assert "G8ET-6JAM-Q070" == cells(page, page.table.currentIndex().row())[0]
    assert "loaded" == page.model.state_of(70)
    assert scrolled == page.table.verticalScrollBar().value() > 0
    assert 50 in asked


def test_loading_again_keeps_the_line_that_was_chosen(page):
    feed(page, listed(30))
    page.table.selectRow(7)
    newer = (make_booking(99), *listed(30).first.rows)
    feed(page, replace(listed(30), phase=Phase.LOADING, run=2))
    feed(page, replace(listed(31, 2), first=BookingRows(newer, 31)))

    assert "G8ET-6JAM-Q007" == cells(page, page.table.currentIndex().row())[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_booking(page, qtbot, key):
    feed(page, listed(5))
    page.focus_first()
    QTest.keyClick(page.table, Qt.Key.Key_J)
    with qtbot.waitSignal(page.opened) as opened:
        QTest.keyClick(page.table, key)

    assert make_booking(1) == opened.args[0]


def test_no_booking_leads_to_the_search(page, qtbot):
    feed(page, listed(0))
    assert "No bookings yet" == page.content.empty.title.text()
    with qtbot.waitSignal(page.first_step_wanted):
        page.content.empty.step.click()


def test_failure_takes_the_place_of_the_skeleton(page, clock):
    wait_for_skeleton(page, clock)
    feed(page, BookingsState(Phase.FAILED, run=1, problem=Unavailable("mongodb")))

    assert not page.content.shows_rows
    assert "No connection" == page.content.empty.title.text()


def test_a_list_that_is_there_stays_and_says_its_age(page):
    feed(page, listed(5))
    feed(page, replace(listed(5), phase=Phase.LOADING, run=2))
    feed(page, replace(listed(5), phase=Phase.FAILED, run=2, problem=Unavailable("mongodb")))

    assert page.content.shows_rows
    assert "This list is the one loaded before." in page.content.banner.text


def test_another_scope_never_shows_the_rows_of_the_first(page, clock):
    feed(page, listed(5))
    feed(page, BookingsState(query=BookingQuery(BookingScope.BRANCH), run=2))
    clock.at += 0.25
    page.loading.look()

    assert "waiting" == page.model.state_of(0)
    assert "Picked up at my branch" == page.scope.currentText()


def test_later_pages_come_to_their_place(page, workspace):
    asked = []
    workspace.bookings.need_slice = asked.append
    feed(page, listed(120))
    page.model.want_rows(60, 61)
    rows = tuple(make_booking(number) for number in range(50, 100))
    workspace.bookings.slice_arrived.emit(1, 50, BookingRows(rows, 120))

    assert [50] == asked
    assert "G8ET-6JAM-Q060" == cells(page, 60)[0]


def test_an_account_without_a_branch_is_not_offered_one(qtbot, theme, tmp_path):
    shimmer = ShimmerClock(theme)
    workspace = fed_workspace(TaskScope(), replace(CLERK, branch_id=None))
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    page = BookingsPage(context, workspace.bookings, workspace.now, first_step="Find a car")
    qtbot.addWidget(page)
    page.show()

    assert not page.scope.isVisible()
    shimmer.deleteLater()


def test_times_of_another_zone_name_it():
    row = row_of(make_booking(zone="Asia/Dubai"), NOW)

    assert "Mon 23 Nov 13:00 UTC+4" == row.pick_up
    assert row_of(make_booking(zone=LISBON.zone), NOW + timedelta(days=400)).pick_up.startswith("Mon 23 Nov 2026 09:00")


def test_down_leads_from_the_search_into_the_list(page):
    feed(page, listed(3))
    page.focus_search()
    QTest.keyClick(page.filters.search, Qt.Key.Key_Down)

    assert page.table.hasFocus()
    assert 0 == page.table.currentIndex().row()


def test_end_and_home_lead_to_the_last_row_and_the_first(page):
    feed(page, listed(50))
    page.table.setFocus()
    rows = []
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(page.table, key)
        rows.append(page.table.currentIndex().row())

    assert [49, 0] == rows


def test_a_heading_sorts_only_by_what_the_account_may_sort_by(qtbot, theme, tmp_path):
    shimmer = ShimmerClock(theme)
    owner = Actor(AccountName("owner"), "Olga Owner", Role.OWNER, owner_id=OwnerId("owner-1"))
    workspace = fed_workspace(TaskScope(), owner)
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    page = BookingsPage(context, workspace.bookings, workspace.now)
    qtbot.addWidget(page)
    asked = []
    page.table.sorted.disconnect(page.vm.sort_by)
    page.table.sorted.connect(asked.append)
    for column in range(6):
        page.table.horizontalHeader().sectionClicked.emit(column)

    assert [BookingOrder.CREATED, BookingOrder.PICK_UP, BookingOrder.PRICE] == asked
    shimmer.deleteLater()


@pytest.mark.parametrize("account", ["lena", "ada/ö=1"])
def test_the_chosen_scope_is_there_after_a_restart_and_for_the_same_account_only(qtbot, page, theme, tmp_path, account):
    page.vm.account, page.vm.load = account, lambda: None
    page.scope.setCurrentIndex(page.scope.findData(BookingScope.BRANCH))
    page._preferences.save()
    opened = {}
    for name in (account, "somebody else"):
        vm = fed_workspace(TaskScope()).bookings
        vm.account = name
        shimmer = ShimmerClock(theme)
        again = BookingsPage(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), vm, page._now)
        qtbot.addWidget(again)
        opened[name] = vm.state.query.scope
        shimmer.deleteLater()

    assert {account: BookingScope.BRANCH, "somebody else": BookingScope.MINE} == opened
