"""A page gives an open panel room: nothing of it lies below the panel, and nothing is cut off."""

from __future__ import annotations

from itertools import combinations

import pytest
from builders import BERLIN, LISBON
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from view_builders import PERIOD, found, make_booking

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.day_span import Days, DaySpan
from desktop.viewmodels.phases import Phase
from engine.domain.booking.listing import BookingQuery, BookingRows, BookingScope
from engine.domain.booking.states import Standing

SIZES = pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)], ids=["1280x800", "1920x1080"])
_NUMBER, _CAR, _RENTER, _TIMES, _STANDING, _PRICE = range(6)


def settle():
    for _ in range(3):
        QTest.qWait(0)


def bookings(**query):
    rows = tuple(make_booking(number, renter_name="Alexandra Fitzgerald-Moreau") for number in range(50))
    asked = BookingQuery(BookingScope.MINE, **query)
    return BookingsState(Phase.READY, asked, branches=(BERLIN, LISBON), first=BookingRows(rows, 200), run=1)


@pytest.fixture
def listed(window, view, workspace):
    """The list of bookings in the real window, at one size."""
    workspace.detail.open = lambda booking: workspace.detail.feed(_known(workspace, booking))

    def at(size, state=None):
        window.resize(*size)
        view.go("bookings")
        workspace.bookings.feed(state or bookings())
        settle()
        return view.client.bookings

    yield at
    view.client.detail.stop()


def _known(workspace, booking):
    return type(workspace.detail.state)(Phase.READY, booking, (BERLIN, LISBON))


def open_row(page, view, row):
    cell = page.table.visualRect(page.model.index(row, _CAR))
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    assert view.client.detail.isVisible()
    return view.client.detail


def place(widget, host):
    return QRect(widget.mapTo(host, widget.rect().topLeft()), widget.size())


def parts_of(page):
    filters = page.filters
    chips = [chip for _, chip in filters.chips.chips]
    every = (page.scope, page.save, filters.search, filters.standings, filters.days, filters.first, filters.last)
    shown = (*every, filters.branch, filters.order, *chips, filters.chips.all, page.table)
    return [part for part in shown if part.isVisibleTo(page)]


def assert_beside(parts, panel, host):
    """All of *parts* whole, none over another, none below *panel*."""
    places = [place(part, host) for part in parts]
    for part, at in zip(parts, places, strict=True):
        told = (type(part).__name__, part.accessibleName(), at)
        assert part.isVisible(), told
        assert host.rect().contains(at), told
        assert not at.intersects(panel.geometry()), told
        assert at.width() >= part.minimumSizeHint().width(), told
    overlapping = [pair for pair in combinations(places, 2) if pair[0].intersects(pair[1])]
    assert not overlapping


NARROWED = {"standings": frozenset({Standing.CONFIRMED, Standing.PENDING}), "branch_id": BERLIN.id}


@SIZES
@pytest.mark.parametrize("asked", [{}, NARROWED], ids=["all", "narrowed"])
def test_the_list_of_bookings_stands_whole_beside_an_open_one(listed, view, size, asked):
    state = bookings(**asked)
    days = DaySpan(Days.CHOSEN, PERIOD.starts_at.date(), PERIOD.ends_at.date()) if asked else DaySpan()
    page = listed(size, type(state)(state.phase, state.query, days, state.branches, first=state.first, run=1))
    panel = open_row(page, view, 2)

    assert {page.save, page.filters.order, page.filters.branch} < set(parts_of(page))
    assert_beside(parts_of(page), panel, view.pages)


@SIZES
def test_columns_are_whole_and_only_what_the_panel_tells_too_is_left_out(listed, view, size):
    page = listed(size)
    before = shown_columns(page.table)
    open_row(page, view, 2)

    assert [_NUMBER, _CAR, _RENTER, _TIMES, _STANDING, _PRICE] == before
    assert ([_CAR, _RENTER, _TIMES, _STANDING] if size == (1280, 800) else before) == shown_columns(page.table)
    assert_columns_fit(page.table)
    view.client.detail.close_panel()
    settle()
    assert before == shown_columns(page.table)
    assert_columns_fit(page.table)


def shown_columns(table):
    return [column for column in range(table.model().columnCount()) if not table.isColumnHidden(column)]


def assert_columns_fit(table):
    for column in shown_columns(table):
        left, width = table.columnViewportPosition(column), table.columnWidth(column)
        assert 0 <= left
        assert left + width <= table.viewport().width()
        assert width >= table.horizontalHeader().sectionSizeHint(column)


@SIZES
def test_the_chosen_line_stays_in_sight_when_its_booking_opens_and_closes(listed, view, size):
    page = listed(size)
    last = page.table.rowAt(page.table.viewport().height() - 1) - 1
    open_row(page, view, last)

    assert in_sight(page.table)
    view.client.detail.close_panel()
    settle()
    assert in_sight(page.table)
    assert last == page.table.currentIndex().row()
    assert page.table.hasFocus()


def in_sight(table):
    return table.viewport().rect().contains(table.visualRect(table.currentIndex()))


def test_a_wide_page_elsewhere_takes_no_room_from_the_list(listed, view):
    page, wide = listed((1280, 800)), QWidget()
    wide.setMinimumWidth(1000)
    view.pages.addWidget(wide)
    settle()
    panel = open_row(page, view, 2)

    assert_beside(parts_of(page), panel, view.pages)
    view.pages.setCurrentWidget(wide)
    settle()
    assert (1280, 800) == view.window().size().toTuple()


def test_keys_walk_the_list_although_its_first_column_is_left_out(listed, view):
    page = listed((1280, 800))
    page.table.setCurrentIndex(page.model.index(0, _NUMBER))
    page.table.chosen.emit(page.model.row_at(0))
    settle()
    page.table.setFocus()

    assert page.table.isColumnHidden(_NUMBER)
    ctrl, home, end = Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_Home, Qt.Key.Key_End
    down, up, j, k = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_J, Qt.Key.Key_K
    for key, row in [(down, 1), (j, 2), (down, 3), (up, 2), (k, 1), (end, 199), (k, 198), (home, 0), (down, 1)]:
        QTest.keyClick(page.table, key, ctrl if key in (home, end) else Qt.KeyboardModifier.NoModifier)
        assert row == page.table.currentIndex().row(), key
        assert in_sight(page.table)
    page._choose_again()
    page.table.selectRow(4)
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert [5] == [index.row() for index in page.table.selectionModel().selectedRows()]


def test_tab_goes_through_the_wrapped_filters_in_reading_order(listed, view):
    page = listed((1280, 800))
    open_row(page, view, 0)
    filters = page.filters
    page.filters.search.setFocus()
    walked = [QApplication.focusWidget()]
    for _ in range(5):
        QTest.keyClick(walked[-1], Qt.Key.Key_Tab)
        walked.append(QApplication.focusWidget())

    wanted = [filters.search, filters.standings, filters.days, filters.branch, filters.order, page.table]
    assert wanted == walked
    places = [place(each, view.pages) for each in walked]
    assert [(at.bottom(), at.left()) for at in places] == sorted((at.bottom(), at.left()) for at in places)


@SIZES
def test_cards_flow_beside_an_open_car(window, view, size):
    window.resize(*size)
    search = view.workspace.search
    search.feed(found(50, brands=frozenset({"Audi"}), min_seats=5))
    settle()
    page, panel = view.client.search, view.client.car
    columns = page.results.grid.columns()
    page.results.grid.setCurrentIndex(page.results.model.index(7, 0))
    panel.open()
    settle()
    form, grid = page.form, page.results.grid
    chips = [chip for _, chip in form.chips.chips if chip.isVisibleTo(form)]
    parts = [form.branch, form.pick_up, form.drop_off, *form.filters.buttons(), form.filters.taken, *chips, page.order]

    assert_beside([*parts, grid], panel, view.pages)
    assert columns > grid.columns() >= 2
    assert grid.viewport().rect().intersects(grid.visualRect(grid.currentIndex()))
    right = max(grid.visualRect(page.results.model.index(row, 0)).right() for row in range(8))
    assert right <= grid.viewport().width()
    panel.close_panel()
    settle()
    assert columns == grid.columns()
