from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import LISBON, make_car
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from shiboken6 import isValid
from view_builders import CLERK, NOW, fed_workspace, found, make_booking

from desktop.preferences import Preferences
from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.session.session import SessionPhase, SessionState
from desktop.views.frame.connection import SLOW
from desktop.views.frame.window_place import smallest
from desktop.widgets.text import Text
from engine.domain.booking.states import BookingState
from engine.domain.people.people import AccountName, Role
from engine.domain.shared.errors import AccountDisabled, Unavailable


def test_the_first_page_is_there_at_once(window):
    assert window.sign_in.isVisible()
    free, frame = window.screen().availableGeometry(), window.windowHandle().frameMargins()
    # What a platform draws around it is known once it was shown.
    assert window.minimumSize() in (smallest(free.size()), smallest(free.marginsRemoved(frame).size()))


@pytest.mark.parametrize(
    ("room", "expected"), [((1920, 1080), (1024, 640)), ((960, 508), (960, 508)), ((1100, 600), (1024, 600))]
)
def test_the_window_never_wants_more_than_its_screen_has(room, expected):
    assert QSize(*expected) == smallest(QSize(*room))


def test_closing_asks_and_keeps_the_place_of_the_window(window, qtbot, tmp_path):
    with qtbot.waitSignal(window.close_requested):
        window.close()

    assert window.isVisible()
    assert not Preferences(tmp_path / "p.ini").geometry.isEmpty()


def test_nothing_but_the_window_comes_up(view):
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]

    assert [view.window()] == shown


def test_a_page_fits_the_smallest_window(view, window):
    window.resize(1024, 640)
    view.workspace.search.feed(found(50, brands=frozenset({"Audi"}), min_seats=5, max_daily_minor=50_00))
    QTest.qWait(0)

    assert (1024, 640) == (window.width(), window.height())
    assert 2 == view.client.search.results.grid.columns()


def test_old_sessions_leave_nothing_behind(window, view):
    view.go("bookings")
    parts = [view, view.client.search, view.client.panel, view.client.bookings]
    window.close_workspace()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    assert [False] * 4 == [isValid(part) for part in parts]
    assert window.sign_in.isVisible()
    left = [line.id for line in window.commands.listing()]
    assert {"help.palette", "help.keys", "window.csv", "window.leave"} <= set(left)
    assert {"help", "look", "window"} == {each.partition(".")[0] for each in left}


def test_keys_go_to_pages(window, view):
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert view.pages.currentWidget() is view.client.bookings
    assert "bookings" == view.rail.selected
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)

    assert view.pages.currentWidget() is view.client.search


async def test_f1_lists_every_key(window, view, until):
    QTest.keyClick(window, Qt.Key.Key_F1)
    await until(lambda: bool(window.findChildren(QDialog)))
    sheet = window.findChildren(QDialog)[0]
    words = {text.text() for text in sheet.findChildren(Text)}
    sheet.reject()
    await until(lambda: not window.tasks.running("keys"))

    assert {"Find a car", "Ctrl+1", "Book", "J or Down", "Sign out"} <= words


def test_a_car_to_be_found_is_searched_for_as_soon_as_the_page_has_a_form(view, monkeypatch):
    asked, page, car = [], view.client.search, make_car(7)
    monkeypatch.setattr(view.workspace.search, "search", asked.append)
    page.search_car(car)
    assert not asked

    view.workspace.search.feed(found(3))

    assert [(car.plate, car.branch_id)] == [(form.text, form.branch_id) for form in asked]


def test_the_result_is_told_as_painted_once(window, view, qtbot):
    told = []
    window.first_result_painted.connect(lambda: told.append(1))
    view.workspace.search.feed(found(3))
    qtbot.waitUntil(lambda: bool(told))
    view.workspace.search.feed(found(4, 2))
    QTest.qWait(20)

    assert [1] == told


def test_nothing_is_called_connected_before_the_first_answer(view):
    assert "Connecting" == view.status.drawn.connection
    assert "" == view.status.drawn.last_word


def test_the_status_bar_tells_the_time_of_the_last_word_and_the_branch(view):
    view.workspace.connection.feed(ConnectionState(NOW))
    view.workspace.search.feed(found(1))

    status = view.status.drawn
    assert ("Connected", "Berlin Mitte", "Demo data · Cleo Clerk") == (status.connection, status.branch, status.account)
    assert status.last_word.startswith("as of ")
    assert not view.banner.isVisible()


def test_X5_a_lost_connection_is_said_and_nothing_can_be_booked(view):
    view.workspace.connection.feed(ConnectionState(NOW))
    view.workspace.connection.feed(ConnectionState(NOW, Unavailable("mongodb")))

    assert "No connection" == view.status.drawn.connection
    assert view.banner.text.startswith("No connection to the database since ")
    assert "booking is not possible" in view.banner.text
    assert view.banner.step.isVisible()
    assert not view.client.panel._online
    view.workspace.connection.feed(ConnectionState(NOW + timedelta(seconds=9)))
    assert not view.banner.isVisible()
    assert view.client.panel._online


def test_O5_without_redis_bookings_go_on(view):
    view.workspace.connection.feed(ConnectionState(NOW, None, cache=False))

    assert SLOW == view.banner.text
    assert view.client.panel._online


def hold(view, *bookings):
    for booking in bookings:
        view.workspace.holds.note(booking)


def test_open_holds_count_down_in_the_status_bar(view):
    later = replace(make_booking(2), hold_until=NOW + timedelta(minutes=4))
    others = replace(make_booking(3), booked_by=AccountName("clerk2"))
    hold(view, make_booking(1), later, others)
    assert ("2 holds", "4:00") == (view.status.holds.text(), view.status.countdown.text())
    view.workspace.panel.booked.emit(replace(later, state=BookingState.CONFIRMED))

    assert ("1 hold", "10:00") == (view.status.holds.text(), view.status.countdown.text())


def test_a_payment_while_the_panel_is_closed_is_told(view):
    hold(view, make_booking(1))
    paid = make_booking(1, BookingState.CONFIRMED)
    view.workspace.panel.booked.emit(paid)
    assert "Booking G8ET-6JAM-Q001 is paid and confirmed." == view.client.toasts.toast.text
    opened = []
    view.workspace.detail.open = opened.append
    view.client.toasts.toast.acted.emit()

    assert [paid] == opened
    view.client.toasts.toast.hide()


async def test_a_bug_in_a_view_is_not_swallowed(window, view, until):
    async def bug():
        raise ZeroDivisionError

    told = []
    window.task_failed.connect(told.append)
    for scope in (window.tasks, view.client.panel.tasks, view.client.panel.aftercare.tasks):
        scope.once("bug", bug())
    await until(lambda: len(told) == 3)

    assert {ZeroDivisionError} == {type(problem) for problem in told}


def test_holds_of_another_account_are_not_called_mine(view):
    hold(view, make_booking(1, booked_by=AccountName("clerk2")))

    assert not view.status.holds.isVisible()


def test_a_hold_that_is_over_is_no_open_hold(view):
    hold(view, make_booking(1))
    assert (1, 600.0) == view.workspace.holds.standing()
    view.workspace.desk.at += timedelta(minutes=11)

    assert (0, 0.0) == view.workspace.holds.standing()


def test_a_booking_of_the_list_opens_in_its_panel(view):
    opened = []
    view.workspace.detail.open = opened.append
    view.go("bookings")
    view.client.bookings.opened.emit(make_booking(1))

    assert [make_booking(1)] == opened
    assert view.client.detail.isVisible()


def test_what_came_to_nothing_is_searched_again(view):
    asked = []
    view.workspace.search.search = asked.append
    view.client.panel.search_wanted.emit(make_booking(1, branch_id=LISBON.id, zone=LISBON.zone))

    assert LISBON.id == asked[0].branch_id
    assert 9 == asked[0].pick_up.hour
    assert view.pages.currentWidget() is view.client.search


def test_a_role_whose_views_come_later_is_told_so(window, tasks):
    made = fed_workspace(tasks, replace(CLERK, role=Role.WORKER, branch_id=None))
    made.connection.watch = lambda: None
    window.open_workspace(made)
    words = " ".join(text.text() for text in window.workspace.findChildren(Text))

    assert "Not in this version yet" in words
    assert not hasattr(window.workspace, "search")
    assert {"go.find", "booking.book"}.isdisjoint({line.id for line in window.commands.listing()})


def test_a_disabled_account_is_told_where_one_signs_in(window, session):
    session.feed(SessionState(SessionPhase.SIGNED_OUT, problem=AccountDisabled()))

    assert "This account is disabled." in window.sign_in.form.banner.text
