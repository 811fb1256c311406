"""Taken cars among the cards, and one car in detail."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import BERLIN, make_car
from PySide6.QtCore import QBuffer, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from view_builders import NOW, PERIOD, fed_workspace, found, found_with_taken, make_blocked, make_offer, no_photos

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.search.car import CarState, shown_weeks
from desktop.viewmodels.search.search import FoundRows
from desktop.views.parts.view_context import ViewContext
from desktop.views.search import car_panel, last_search
from desktop.views.search.availability import DAYS, lines, strip_days, wished_days
from desktop.views.search.car_panel import CarPanel
from desktop.views.search.search_page import SearchPage
from desktop.widgets.frame.side_panel import WIDTH, SidePanel
from desktop.widgets.loading.loading import WaitLook
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.car.availability import CarCalendar, Obstacle, WhyTaken, just
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.period import RentalPeriod

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SPAN = shown_weeks(PERIOD, BERLIN, NOW)


@pytest.fixture
def context(theme, tmp_path):
    shimmer = ShimmerClock(theme)
    yield ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    shimmer.deleteLater()


@pytest.fixture
def workspace():
    made = fed_workspace(TaskScope())
    made.car.load = made.car.marks.load = lambda: None
    return made


@pytest.fixture
def page(qtbot, context, workspace):
    page = SearchPage(context, workspace, no_photos())
    qtbot.addWidget(page)
    page.resize(1088, 764)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


@pytest.fixture
def panel(qtbot, theme, context, workspace):
    theme.reduce_motion(reduced=True)
    host = QWidget()
    host.resize(1000, 760)
    qtbot.addWidget(host)
    panel = CarPanel(context, workspace, no_photos(), host)
    now = [100.0]
    panel.loading.rule.now = lambda: now[0]
    panel.wait = lambda seconds: (now.__setitem__(0, now[0] + seconds), panel.loading.look())
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    yield panel
    panel.stop()


def feed(page, state):
    page._search.feed(state)
    QTest.qWait(0)


def card(page, row):
    known = page.results.model.row_at(row)
    return known.text_at(page._workspace.now())


def busy(first, last, why=WhyTaken.BOOKED, by=None):
    taken = replace(just(RentalPeriod(NOW + first, NOW + last)), out=why is WhyTaken.OVERDUE)
    return Obstacle(why, taken, NOW + HOUR if why is WhyTaken.HELD else None, by)


def calendar(*obstacles):
    return CarCalendar(make_car(1), SPAN, obstacles)


def open_car(panel, found=None, **changes):
    panel.open_car(found or make_offer(1), PERIOD, BERLIN)
    panel.vm.feed(replace(panel.vm.state, **changes))


# Cards.


def test_taken_cars_stand_behind_the_free_ones_and_say_why_until_when_and_what_instead(page):
    feed(page, found_with_taken(2, [make_blocked(7, WhyTaken.BOOKED), make_blocked(8, WhyTaken.OVERDUE)]))

    assert ["Free", "Free", "Booked", "Overdue"] == [card(page, row).badge for row in range(4)]
    assert [False, False, True, True] == [card(page, row).dimmed for row in range(4)]
    text = card(page, 2)
    assert ("until 25 Nov 12:00", "Wed 25 Nov 12:00", "next free") == (text.branch, text.price, text.per_day)
    assert "or Volkswagen Golf" == text.note
    assert "2 cars free · 2 taken" == page.count.text()
    assert "Booked" in text.spoken
    assert "or Volkswagen Golf" in text.spoken


def test_a_held_card_counts_down_while_it_is_on_the_screen_and_only_then(page, workspace):
    feed(page, found_with_taken(0, [make_blocked(7, WhyTaken.HELD)]))
    page.results.grid.look()
    held = page.results.held

    assert "Held 7:12" == card(page, 0).badge
    assert "by clerk2" == card(page, 0).branch
    workspace.search._desk.at = NOW + timedelta(minutes=7)
    assert "Held 0:12" == card(page, 0).badge
    workspace.search._desk.at = NOW + timedelta(minutes=8)
    assert "Hold is over" == card(page, 0).badge
    assert held._timer.isActive()
    page.hide()
    assert not held._timer.isActive()


def test_a_maintenance_card_promises_nothing(page):
    feed(page, found_with_taken(0, [make_blocked(7, WhyTaken.MAINTENANCE, instead=None)]))

    text = card(page, 0)
    assert ("In maintenance", "No date yet", "", "") == (text.badge, text.price, text.per_day, text.note)
    assert "No car free · 1 taken" == page.count.text()


def test_a_page_in_which_the_free_cars_end_goes_on_with_the_taken_ones(page, workspace):
    workspace.search.need_slice = lambda _offset: None
    state = replace(found(60, taken=True), taken=found_with_taken(0, [make_blocked(1)]).taken)
    feed(page, replace(state, taken=replace(state.taken, total=30)))
    model = page.results.model
    model.want_rows(50, 89)
    offers = tuple(make_offer(n) for n in range(50, 60))
    blocked = tuple(make_blocked(n) for n in range(200, 230))
    workspace.search.slice_arrived.emit(1, 50, FoundRows(offers, blocked))

    assert 90 == model.rowCount()
    assert ["car-59", "car-200", "car-229"] == [model.row_at(row).car_id for row in (59, 60, 89)]


def test_the_option_is_asked_kept_and_taken_up_again(page, workspace, qtbot):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3))
    page.form.filters.taken.click()
    qtbot.waitUntil(lambda: bool(asked))

    assert asked[-1].taken
    kept = last_search.read(page._preferences.last_search, workspace.actor.account, (BERLIN,), NOW)
    assert kept.taken


def test_only_a_free_card_is_ready_to_be_booked_at_once(page):
    feed(page, found_with_taken(1, [make_blocked(7)]))

    assert "car-0" == page.current_offer()[0].car.id
    page.results.grid.setCurrentIndex(page.results.model.index(1, 0))
    assert page.current_offer() is None


# The panel.


def test_the_panel_says_the_whole_price_and_enter_goes_on_to_book(panel, qtbot):
    open_car(panel, calendar=calendar())

    assert "Volkswagen Golf" == panel.accessibleName()
    assert panel.price.accessibleDescription().endswith("2 days × 50.00 EUR = 100.00 EUR. Total: 100.00 EUR")  # noqa: RUF001
    assert panel.main.hasFocus()
    assert panel.main.accessibleDescription().endswith("Total: 100.00 EUR")
    with qtbot.waitSignal(panel.book_wanted) as told:
        QTest.keyClick(panel.main, Qt.Key.Key_Return)
    assert [make_offer(1), PERIOD, BERLIN] == told.args


def test_X1_a_taken_car_says_why_counts_its_hold_down_and_offers_both_ways_out(panel, qtbot):
    blocked = make_blocked(1, WhyTaken.HELD)
    open_car(panel, blocked)

    assert "Held for somebody who has not paid yet" == panel.why_not.title.text()
    assert "by clerk2, booking K3JR-JXSN-8RGJ" in panel.why_not.sentence.text()
    assert "7:12" == panel.why_not.countdown.text()
    assert "Choose Wed 25 Nov 12:00" == panel.main.text()
    heard = panel.main.accessibleDescription()
    assert heard.startswith("Volkswagen Golf. Held for somebody who has not paid yet. 7 minutes 12 seconds left. From ")
    assert "Free for 2 days from Wed 25 Nov 12:00" in heard
    assert not panel.may_book()
    with qtbot.waitSignal(panel.times_wanted) as told:
        QTest.keyClick(panel.main, Qt.Key.Key_Return)
    assert [blocked.next_free] == told.args
    panel.why_not.other.click()
    assert "car-900" == panel.vm.state.car.id
    assert panel.why_not.isHidden()
    assert panel.may_book()


def test_X1_a_car_that_turns_while_it_is_open_is_said_aloud_and_another_one_is_not(panel, monkeypatch):
    told = []
    monkeypatch.setattr(car_panel, "announce", lambda _panel, words: told.append(words))
    open_car(panel, calendar=calendar())
    open_car(panel, make_blocked(2))
    assert [] == told
    open_car(panel, calendar=calendar())
    panel.vm.feed(replace(panel.vm.state, found=make_blocked(1)))
    panel.vm.feed(replace(panel.vm.state, found=make_offer(1)))

    assert told[0].startswith("Volkswagen Golf. Booked for these days. From ")
    assert ["Volkswagen Golf. Free again"] == told[1:]


def test_nothing_can_be_booked_while_the_database_is_away(panel):
    open_car(panel)
    panel.set_online(online=False)

    assert not panel.main.isEnabled()
    assert not panel.may_book()


def test_skeleton_of_the_coming_weeks_stand_where_the_days_will_be(panel):
    open_car(panel)
    before, places = panel.strip.geometry(), panel.strip.cells()
    assert not panel.strip._waiting
    panel.wait(0.25)
    assert WaitLook.SKELETON is panel.loading.showing.look
    assert panel.strip._waiting
    assert (before, places) == (panel.strip.geometry(), panel.strip.cells())
    below = [part.geometry() for part in (panel.price, panel.facts, panel.photos)]
    panel.wait(0.5)
    panel.vm.feed(replace(panel.vm.state, calendar=calendar(busy(DAY, 2 * DAY))))
    QTest.qWait(0)

    assert not panel.strip._waiting
    assert (before, places) == (panel.strip.geometry(), panel.strip.cells())
    assert below == [part.geometry() for part in (panel.price, panel.facts, panel.photos)]


def test_reduced_motion_leaves_the_skeleton_and_takes_the_light(panel, theme):
    open_car(panel)
    panel.wait(0.25)

    assert panel.strip._waiting
    assert not panel.strip._clock.running
    theme.reduce_motion(reduced=False)
    assert panel.strip._clock.running
    theme.reduce_motion(reduced=True)


def test_weeks_that_do_not_come_are_asked_for_again_in_their_place(panel, workspace):
    asked = []
    open_car(panel, problem=Unavailable("mongodb"))
    workspace.car.load = lambda: asked.append(True)
    assert panel.problem.isVisibleTo(panel)
    assert panel.main.isEnabled()
    panel._load_again()

    assert [True] == asked


def test_the_weeks_are_a_list_too(panel):
    open_car(panel, calendar=calendar(busy(DAY, 2 * DAY, by="clerk")))
    panel.as_list.click()

    assert panel.list.isVisibleTo(panel)
    assert panel.strip.isHidden()
    expected = [
        "Free now – Tue 24 Nov 09:00",  # noqa: RUF001 -- a range's dash
        "Booked Tue 24 Nov 09:00 – Wed 25 Nov 09:00, by clerk",  # noqa: RUF001
        "Free from Wed 25 Nov 09:00",
    ]
    assert expected == [line.removesuffix(" CET").replace(" CET,", ",") for line in panel.list.text().split("\n")]


# The strip.


def test_each_day_is_told_in_words_and_walked_with_the_keys(panel):
    open_car(panel, calendar=calendar(busy(DAY, 2 * DAY), busy(3 * DAY, 3 * DAY + 4 * HOUR, WhyTaken.HELD)))
    strip = panel.strip
    strip.setFocus()

    assert "Monday 23 November: free all day" == strip.accessibleDescription()
    for key, spoken in (
        (Qt.Key.Key_Right, "Tuesday 24 November: booked from 09:00"),
        (Qt.Key.Key_Right, "Wednesday 25 November: booked until 09:00"),
        (Qt.Key.Key_Right, "Thursday 26 November: held from 09:00 to 13:00"),
        (Qt.Key.Key_Down, "Thursday 3 December: free all day"),
        (Qt.Key.Key_Home, "Monday 23 November: free all day"),
        (Qt.Key.Key_End, "Sunday 3 January: free all day"),
    ):
        QTest.keyClick(strip, key)
        assert spoken == strip.accessibleDescription() == strip.current.spoken
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_an_overdue_car_is_shown_as_out_until_it_can_be_promised(panel):
    days = strip_days(calendar(busy(-3 * DAY, -HOUR, WhyTaken.OVERDUE)), BERLIN.tzinfo, NOW)

    assert "overdue all day" in days[0].spoken
    assert "overdue until 09:00" in days[1].spoken


def test_DST_a_day_of_23_or_25_hours_is_as_wide_as_the_others(panel):
    for night in (datetime(2027, 3, 28, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        now = night - DAY
        wall = night.replace(tzinfo=BERLIN.tzinfo)
        wished = RentalPeriod.between(wall.replace(hour=12), (wall + DAY).replace(hour=12))
        span = shown_weeks(wished, BERLIN, now)
        out = Obstacle(WhyTaken.BOOKED, just(wished))

        days = strip_days(CarCalendar(make_car(1), span, (out,)), BERLIN.tzinfo, now)

        assert DAYS == len(days)
        assert [(0.5, 1.0)] == [(each.first, each.last) for each in days[1].spans]
        assert [(0.0, 0.5)] == [(each.first, each.last) for each in days[2].spans]
        assert (1.5, 2.5) == wished_days(wished, span, BERLIN.tzinfo)


def test_days_far_ahead_move_the_weeks_that_are_shown():
    far = RentalPeriod(NOW + 80 * DAY, NOW + 83 * DAY)
    span = shown_weeks(far, BERLIN, NOW)

    assert span.starts_at < far.starts_at
    assert far.ends_at < span.ends_at
    assert 42 * DAY == span.ends_at - span.starts_at


def test_the_list_has_no_gap_between_rentals_back_to_back():
    told = lines(calendar(busy(-DAY, DAY), busy(DAY, 2 * DAY)), BERLIN.tzinfo, NOW)

    assert ["Booked", "Booked", "Free from"] == [
        each.split(" ")[0] if "Free" not in each else each[:9] for each in told
    ]


# Room for both.


def test_the_cards_keep_the_rest_of_the_width_while_a_panel_is_open(qtbot, theme, page):
    theme.reduce_motion(reduced=True)
    host = QStackedWidget()
    qtbot.addWidget(host)
    host.addWidget(page)
    host.resize(1088, 764)
    host.show()
    feed(page, found(30))
    page.results.grid.setCurrentIndex(page.results.model.index(8, 0))
    panel = SidePanel(theme, host, "Car")
    panel.open()
    QTest.qWait(0)
    grid = page.results.grid
    edge = grid.mapTo(host, grid.rect().topRight()).x()

    assert edge < panel.geometry().left() == host.width() - WIDTH
    assert 2 == grid.columns()
    qtbot.waitUntil(lambda: grid.viewport().rect().intersects(grid.visualRect(page.results.model.index(8, 0))))
    panel.close_panel()
    QTest.qWait(0)
    assert QRect(0, 0, 1088, 764) == page.geometry()


def test_a_page_that_cannot_be_that_narrow_stays_as_it_is_below_the_panel(qtbot, theme):
    theme.reduce_motion(reduced=True)
    host, wide = QWidget(), QWidget()
    qtbot.addWidget(host)
    wide.setMinimumWidth(800)
    QHBoxLayout(host).addWidget(wide)
    host.resize(1000, 500)
    host.show()
    panel = SidePanel(theme, host)
    panel.open()
    QTest.qWait(0)

    assert 1000 == host.width()
    assert 0 == host.contentsMargins().right()


def test_a_closed_panel_draws_nothing(panel):
    panel.draw(CarState())

    assert "Car" == panel.accessibleName() or panel.accessibleName() == ""


def jpeg(colour):
    image, buffer = QImage(512, 384, QImage.Format.Format_RGB888), QBuffer()
    image.fill(QColor(colour))
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")
    return buffer.data().data()


def test_pictures_take_the_place_of_the_drawing_and_are_turned_with_the_keys(panel):
    for image_id, colour in (("im-1", "#ff0000"), ("im-2", "#00ff00")):
        panel._stored._thumbnails.put(image_id, jpeg(colour))
    open_car(panel, make_offer(1))
    assert (0, "Volkswagen Golf, drawing") == (panel.photos.count, panel.photos.accessibleName())
    before = panel.photos.geometry()
    open_car(panel, make_offer(1, image_ids=("im-1", "im-2")))
    panel.photos.setFocus()

    assert (2, "Volkswagen Golf, picture 1 of 2") == (panel.photos.count, panel.photos.accessibleName())
    assert before == panel.photos.geometry()
    assert panel.photos.grab().toImage().pixelColor(100, 60).red() > 200
    QTest.keyClick(panel.photos, Qt.Key.Key_Right)
    assert "Volkswagen Golf, picture 2 of 2" == panel.photos.accessibleName()
    assert panel.photos.grab().toImage().pixelColor(100, 60).green() > 200
    QTest.keyClick(panel.photos, Qt.Key.Key_Right)
    assert 0 == panel.photos.at


@pytest.fixture
def desk_in_new_york(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a running program cannot be changed here")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_DST_a_desk_in_another_zone_shows_the_branchs_time_and_says_so(desk_in_new_york, page, panel):
    feed(page, found(3))
    told = "Open 08:00\N{EN DASH}18:00 every day. Times are those of Berlin (CET), "
    assert told + "6 hours ahead of this desk." == page.form.hint.text()
    assert datetime(2026, 11, 23, 10) == page.form.pick_up.moment()
    between = {"pick_up": datetime(2027, 3, 20, 10), "drop_off": datetime(2027, 3, 21, 10)}
    feed(page, found(3, run=2, **between))
    # Summer time has begun in New York and not in Berlin.
    assert told + "5 hours ahead of this desk." == page.form.hint.text()
    feed(page, found(3, run=3, pick_up=datetime(2027, 7, 1, 10), drop_off=datetime(2027, 7, 2, 10)))
    assert page.form.branch.currentText().endswith("CEST, UTC+2")
    night = datetime(2027, 3, 27, 10, tzinfo=BERLIN.tzinfo)
    over = RentalPeriod.between(night, night + DAY)
    panel.open_car(make_offer(1), over, BERLIN)

    shown = {field.label: field.value for field in panel.price.fields}
    assert ("Sat 27 Mar 2027 10:00 CET", "Sun 28 Mar 2027 10:00 CEST") == (shown["Pick-up"], shown["Return"])
    assert timedelta(hours=23) == over.ends_at - over.starts_at
