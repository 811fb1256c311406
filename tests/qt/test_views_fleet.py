"""The fleet page in each of its phases, its filters, and the parts of the car's panel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from types import MappingProxyType

import pytest
from builders import BERLIN, LISBON, make_car
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import photo
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStackedWidget
from view_builders import NOW, fed_workspace

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.fleet.car_state import FleetCarStage, FleetCarState
from desktop.viewmodels.fleet.fleet import FleetState
from desktop.viewmodels.fleet.photo_files import moved
from desktop.viewmodels.phases import Phase
from desktop.views.fleet.car_details import _facts
from desktop.views.fleet.fleet_filters import FleetFilters
from desktop.views.fleet.fleet_page import FleetPage, _summary
from desktop.views.fleet.fleet_row import line_of
from desktop.views.parts.photos import covering
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.cards.photo_strip import PhotoStrip
from desktop.widgets.colour_dots import ColourDots
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.words.figures import counted, digits, minor_of, whole
from engine.domain.booking.booking import BookingId
from engine.domain.booking.states import Standing
from engine.domain.car.car import CarStatus, OwnerId
from engine.domain.car.fleet import Coming, FleetOrder, FleetOwner, FleetQuery, FleetRow, FleetRows, Outlook
from engine.domain.car.form import CarForm, CarRules
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import Overtaken, Unavailable
from engine.domain.shared.period import RentalPeriod

OWNER = Actor(AccountName("owner"), "Olga Owner", Role.OWNER, owner_id=OwnerId("owner-1"))
ADMIN = Actor(AccountName("admin"), "Ari Admin", Role.ADMIN)
RULES = CarRules(2026, "EUR", frozenset({BERLIN.id, LISBON.id}))
CTRL = Qt.KeyboardModifier.ControlModifier


class Clock:
    at = 100.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_page(qtbot, theme, clock, tmp_path):
    shimmer = ShimmerClock(theme)
    theme.reduce_motion(reduced=True)

    def make(actor=OWNER):
        workspace = fed_workspace(TaskScope(), actor)
        host = QStackedWidget()
        context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
        page = FleetPage(context, workspace, host)
        host.addWidget(page)
        page.asked = []
        page.fleet.ask = page.asked.append
        page.filters.edited.disconnect()
        page.filters.edited.connect(page.asked.append)
        page.rows.loading.rule.now = clock
        page.workspace = workspace
        page.host = host
        qtbot.addWidget(host)
        host.resize(1088, 764)
        host.show()
        host.activateWindow()
        qtbot.waitUntil(host.isActiveWindow)
        return page

    yield make
    shimmer.deleteLater()


@pytest.fixture
def page(make_page):
    return make_page()


def fleet(count=3, total=None, to_move=0, **changes):
    rows = tuple(FleetRow(make_car(number, **changes)) for number in range(count))
    statuses = MappingProxyType({CarStatus.ACTIVE: count})
    return FleetState(
        Phase.READY, branches=(BERLIN, LISBON), first=FleetRows(rows, total or count, statuses, to_move), run=1
    )


def feed(page, state):
    page.fleet.feed(state)
    QTest.qWait(0)


def test_skeleton_stand_where_cards_and_rows_will_be(page, clock):
    feed(page, FleetState(run=1))
    clock.at += 0.25
    page.rows.loading.look()
    QTest.qWait(0)
    skeleton = [page.rows.grid.visualRect(page.rows.model.index(at, 0)) for at in range(3)]
    rows = [page.rows.table.rowViewportPosition(at) for at in range(3)]
    assert page.rows.content.shows_rows
    assert page.rows.model.state_of(0) == "waiting"
    clock.at += 1
    feed(page, fleet())

    assert skeleton == [page.rows.grid.visualRect(page.rows.model.index(at, 0)) for at in range(3)]
    assert rows == [page.rows.table.rowViewportPosition(at) for at in range(3)]


def test_a_full_page_says_how_many_cars_are_what(page):
    feed(page, fleet())

    assert "3 cars: 3 for rent, out or not" == page.header.subtitle.text()
    assert 3 == page.rows.model.rowCount()
    assert not page.to_move.isVisible()


@given(counts=st.tuples(*[st.integers(0, 2000)] * 3), out=st.booleans())
def test_cars_are_counted_without_those_that_are_retired(counts, out):
    statuses = MappingProxyType(dict(zip(CarStatus, counts, strict=True)))
    rows = FleetRows((), 7 if out else sum(counts), statuses)
    active, idle, retired = counts
    told = _summary(rows)

    assert active + idle == rows.cars
    assert not sum(counts) or told.startswith(counted("{count} car", "{count} cars", active + idle))
    assert (f"{whole(retired)} retired" in told) == (retired > 0)
    assert (f"{whole(active)} for rent, out or not" in told) == (active > 0)
    assert (f"{whole(idle)} in maintenance" in told) == (idle > 0)


@given(
    status=st.sampled_from(CarStatus),
    begins=st.none() | st.integers(-500, 500),
    away=st.lists(st.integers(-40, 40), max_size=3),
    has_it=st.booleans(),
)
def test_a_car_is_one_thing_on_its_card_and_in_its_panel(status, begins, away, has_it):
    out = has_it and begins is not None
    starts = NOW + timedelta(hours=begins or 0)
    period = None if begins is None else RentalPeriod(starts, starts + timedelta(hours=1000))
    begun = [NOW + timedelta(hours=each) for each in away]
    service = tuple(RentalPeriod(each, each + timedelta(hours=9)) for each in begun)
    told = 0 if period is None or status is not CarStatus.ACTIVE else 1
    row = FleetRow(make_car(1, status=status), told, period, service, out=out)
    coming = () if period is None else (Coming(BookingId("B1"), period, BERLIN.zone, Standing.CONFIRMED),)
    panel = {
        field.label: field.value
        for field in _facts(FleetCarState(outlook=Outlook(coming, away=service, out=out)), row.car, NOW)
    }

    assert line_of(row, fleet(), NOW).status == panel["Status"]
    assert (out and status is CarStatus.ACTIVE) == (panel["Status"] == "Rented out")
    in_service = status is CarStatus.ACTIVE and not out and any(-9 < each <= 0 for each in away)
    assert in_service == (panel["Status"] == "In service")


def test_cars_that_are_out_are_shown_alone_and_say_what_out_means(page):
    feed(page, replace(fleet(to_move=2), query=FleetQuery(out=True)))
    assert "Only cars that are out are shown: they were handed over and are not back." == page.to_move.text
    page.to_move.acted.emit()

    assert FleetQuery() == page.asked[-1]


def test_an_empty_fleet_offers_the_first_step_and_filters_that_fit_nothing_another(page):
    feed(page, replace(fleet(0), first=FleetRows((), 0)))
    assert "No cars yet" == page.rows.content.empty.title.text()

    feed(page, replace(fleet(0), first=FleetRows((), 0), query=FleetQuery(text="x"), run=2))
    assert "No car fits" == page.rows.content.empty.title.text()
    page.rows.content.stepped.emit()

    assert [FleetQuery()] == page.asked


def test_what_failed_is_told_in_place_and_asked_for_again(page):
    feed(page, replace(fleet(0), phase=Phase.FAILED, first=None, problem=Unavailable("mongodb")))

    assert "No connection" == page.rows.content.empty.title.text()
    page.rows.content.stepped.emit()
    assert [FleetQuery()] == page.asked


def test_offline_the_cars_stay_with_a_warning_and_nothing_that_writes_is_offered(page):
    feed(page, fleet())
    feed(page, replace(fleet(), phase=Phase.LOADING, run=2))
    feed(page, replace(fleet(), phase=Phase.FAILED, run=2, problem=Unavailable("mongodb")))
    page.workspace.connection.feed(ConnectionState(NOW, Unavailable("mongodb"), cache=False))

    assert page.rows.content.shows_rows
    assert "These cars are as they were loaded before." in page.rows.content.banner.text
    assert not page.add.isEnabled()
    page.car.feed(FleetCarState(FleetCarStage.SHOWN, make_car(1), Outlook(), rules=RULES))
    assert not page.panel.main.isEnabled()
    assert not page.panel.status[CarStatus.RETIRED].isEnabled()


def test_cars_with_bookings_to_move_are_told_and_shown_alone(page):
    feed(page, fleet(to_move=2))
    assert "2 cars have bookings to move or cancel: they are not for rent, or in service then." == page.to_move.text
    page.to_move.acted.emit()
    assert page.asked[-1].to_move

    feed(page, replace(fleet(to_move=2), query=FleetQuery(to_move=True), run=2))
    page.to_move.acted.emit()

    assert not page.asked[-1].to_move


@pytest.mark.parametrize(
    ("status", "starts", "words"),
    [
        (CarStatus.ACTIVE, 48, "For rent"),
        (CarStatus.ACTIVE, -1, "Rented out"),
        (CarStatus.MAINTENANCE, 48, "2 to move"),
        (CarStatus.RETIRED, None, "Retired"),
    ],
)
def test_a_card_says_what_matters_most(status, starts, words):
    period = RentalPeriod(NOW + timedelta(hours=starts), NOW + timedelta(hours=72)) if starts else None
    out = starts is not None and starts < 0
    row = FleetRow(make_car(1, status=status), 2 if period else 0, period, out=out)

    assert words == line_of(row, fleet(), NOW).status


def test_filters_ask_for_what_they_say(page):
    feed(page, fleet())
    page.filters.status.show_chosen(frozenset({CarStatus.RETIRED}))
    page.filters.status.edited.emit()
    page.filters.order.setCurrentIndex(page.filters.order.findData(FleetOrder.PRICE))
    page.filters.words.setText("golf")
    QTest.keyClick(page.filters.words, Qt.Key.Key_Return)

    assert [
        FleetQuery(statuses=frozenset({CarStatus.RETIRED})),
        FleetQuery(order=FleetOrder.PRICE),
        FleetQuery(text="golf"),
    ] == page.asked


def test_drawing_a_query_asks_for_nothing(page):
    wanted = FleetQuery(text="golf", statuses=frozenset({CarStatus.ACTIVE}), branch_id=BERLIN.id)
    feed(page, replace(fleet(), query=wanted))
    QTest.qWait(300)

    assert [] == page.asked
    assert "golf" == page.filters.words.text()
    assert page.filters.clear.isVisible()


def test_an_administrator_chooses_whose_cars_and_has_to_say_whose_a_new_one_is(make_page):
    page = make_page(ADMIN)
    owners = (FleetOwner(OwnerId("owner-1"), "Olga Owner"), FleetOwner(OwnerId("owner-2"), "Otto Owner"))
    feed(page, replace(fleet(), owners=owners))
    assert "Olga Owner" == page.rows.model.index(0, 2).data()
    page.filters.owner.setCurrentIndex(2)
    assert [FleetQuery(owner_id=OwnerId("owner-2"))] == page.asked

    form = CarForm.of(make_car(1))
    state = FleetCarState(
        FleetCarStage.FILLED_IN, form=form, rules=RULES, any_owner=True, tried=True, branches=(BERLIN, LISBON)
    )
    page.panel.form.offer_owners(owners)
    page.car.feed(state)
    assert "Owner must be chosen." == page.panel.form.mistakes["owner"].text()
    page.car.choose_owner(OwnerId("owner-2"))

    assert "" == page.panel.form.mistakes["owner"].text()


def test_an_owner_is_asked_for_no_owner(page):
    feed(page, fleet())

    assert not page.filters.owner.isVisible()
    assert 7 == page.rows.model.columnCount()


def test_a_form_tells_a_field_of_its_mistake_once_it_was_left(page):
    form = replace(CarForm.of(make_car(1)), plate="", seats=0)
    page.panel.open(page.panel)
    page.car.feed(FleetCarState(FleetCarStage.FILLED_IN, form=form, rules=RULES, branches=(BERLIN, LISBON)))
    assert "" == page.panel.form.mistakes["plate"].text()
    page.car.leave_field("plate")
    assert "Plate must not be empty." == page.panel.form.mistakes["plate"].text()
    assert "" == page.panel.form.mistakes["seats"].text()
    page.car.feed(replace(page.car.state, tried=True))

    assert "Seats must be between 1 and 60." == page.panel.form.mistakes["seats"].text()


def test_a_rate_in_a_currency_that_the_firm_gave_up_is_asked_for_anew(page):
    car, yen = make_car(1), replace(RULES, currency="JPY")
    page.car.feed(FleetCarState(FleetCarStage.SHOWN, car, Outlook(), rules=yen, branches=(BERLIN, LISBON)))
    page.car.edit()
    form = page.panel.form

    assert ("Daily rate, JPY", "") == (form.labels["daily_rate"].text(), form.fields["daily_rate"].text())
    assert not page.car.state.unsaved
    QTest.keyClicks(form.fields["daily_rate"], "6500")
    assert Money(6500, "JPY") == page.car.state.form.daily_rate
    assert {} == page.car.state.mistakes
    assert page.car.state.unsaved


def test_moving_a_car_says_that_its_bookings_stay(page):
    car = make_car(1)
    form = replace(CarForm.of(car), branch_id=LISBON.id)
    outlook = Outlook(seen=frozenset({"one", "two"}))
    page.panel.open(page.panel)
    page.car.feed(FleetCarState(FleetCarStage.FILLED_IN, car, outlook, form, rules=RULES, branches=(BERLIN, LISBON)))

    assert "2 bookings stay with the old branch: the car is picked up there." == page.panel.form.leaves.text


def test_a_car_that_was_overtaken_offers_the_newer_one(page):
    car = make_car(1)
    page.panel.open(page.panel)
    page.car.feed(
        FleetCarState(
            FleetCarStage.FILLED_IN, car, Outlook(), CarForm.of(car), rules=RULES, problem=Overtaken("by somebody")
        )
    )

    assert "What you filled in is kept." in page.panel.banner.text
    assert "Take the newer one" == page.panel.banner.step.text()


def test_photos_are_chosen_moved_and_removed_by_keys(qtbot, theme):
    strip = PhotoStrip(theme, 5, lambda *_: None)
    strip.set_editable(editable=True)
    strip.show_photos(("a", "b", "c"))
    qtbot.addWidget(strip)
    heard = []
    strip.chosen.connect(lambda at: heard.append(("chosen", at)))
    strip.moved.connect(lambda at, to: heard.append(("moved", at, to)))
    strip.removed.connect(lambda at: heard.append(("removed", at)))
    QTest.keyClick(strip, Qt.Key.Key_Right)
    QTest.keyClick(strip, Qt.Key.Key_Right, CTRL)
    strip.show_photos(("a", "c", "b"))
    QTest.keyClick(strip, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(strip, Qt.Key.Key_Delete)

    assert [("chosen", 1), ("moved", 1, 2), ("removed", 2)] == heard
    assert "Photo 3 of 3" == strip.accessibleName()


def test_photos_are_dragged_into_order_and_taken_off_by_the_mouse(qtbot, theme):
    strip = PhotoStrip(theme, 5, lambda *_: None)
    strip.set_editable(editable=True)
    strip.show_photos(("a", "b", "c"))
    qtbot.addWidget(strip)
    strip.resize(strip.sizeHint())
    heard = []
    strip.moved.connect(lambda at, to: heard.append((at, to)))
    strip.removed.connect(heard.append)
    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=strip.tile(0).center())
    QTest.mouseMove(strip, strip.tile(1).center())
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=strip.tile(1).center())
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cross(2).center())

    assert [(0, 1), 2] == heard


def test_a_strip_that_is_only_looked_at_changes_nothing(qtbot, theme):
    strip = PhotoStrip(theme, 5, lambda *_: None)
    strip.show_photos(("a", "b"))
    qtbot.addWidget(strip)
    heard = []
    strip.moved.connect(lambda *_: heard.append("moved"))
    strip.removed.connect(lambda *_: heard.append("removed"))
    QTest.keyClick(strip, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(strip, Qt.Key.Key_Delete)

    assert [] == heard


def test_paints_are_walked_by_keys(qtbot, theme):
    dots = ColourDots(theme)
    qtbot.addWidget(dots)
    picked = []
    dots.picked.connect(picked.append)
    QTest.keyClick(dots, Qt.Key.Key_Right)
    QTest.keyClick(dots, Qt.Key.Key_Right)
    QTest.keyClick(dots, Qt.Key.Key_Left)

    assert picked[0] == picked[2] != picked[1]
    assert "Colour, white" == dots.accessibleName()


def test_a_photo_covers_its_place_and_what_is_none_covers_nothing(qapp):
    pixmap = covering(photo(), QSize(100, 100), 2.0)

    assert (200, 200, 2.0) == (pixmap.width(), pixmap.height(), pixmap.devicePixelRatio())
    middle = pixmap.toImage().pixelColor(190, 100)
    assert middle.blue() > 150 > middle.red()
    assert covering(b"no picture", QSize(10, 10), 1.0) is None


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("61.50", "EUR", 61_50),
        ("61,5", "EUR", 61_50),
        (" 61 ", "EUR", 61_00),
        ("61.", "EUR", 61_00),
        ("5000", "JPY", 5000),
        ("5.000", "KWD", 5000),
        ("61.505", "EUR", None),
        ("5.0", "JPY", None),
        ("-1", "EUR", None),
        ("1e3", "EUR", None),
        ("", "EUR", None),
        (".5", "EUR", 50),
        ("\u0661", "EUR", 1_00),
        ("1,250", "EUR", 1250_00),
        ("1,250", "KWD", None),
        ("1.250", "JPY", 1250),
        ("12 345", "EUR", 12345_00),
        ("12,34,567.8 eur", "EUR", 12_34_567_80),
        ("1,23", "JPY", None),
        ("9" * 10, "EUR", None),
    ],
)
def test_P3_what_is_typed_as_money_becomes_whole_minor_units(text, currency, minor):
    assert minor == minor_of(text, currency)


@pytest.mark.parametrize("money", [Money(61_50, "EUR"), Money(5, "EUR"), Money(5000, "JPY"), Money(12_345, "KWD")])
def test_money_in_a_field_reads_back_as_itself(money):
    assert money.minor == minor_of(digits(money), money.currency)


def test_photos_move_within_their_ends():
    assert ("b", "a", "c") == moved(("a", "b", "c"), 0, 1)
    assert ("b", "c", "a") == moved(("a", "b", "c"), 0, 9)
    assert ("a", "b") == moved(("a", "b"), 5, 0)


@given(width=st.integers(320, 1700), owners=st.booleans(), statuses=st.frozensets(st.sampled_from(CarStatus)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_whatever_room_a_panel_leaves_the_search_field_is_as_wide_as_its_hint(qtbot, theme, width, owners, statuses):
    filters = FleetFilters(theme, owners=owners)
    qtbot.addWidget(filters)
    filters.status.show_chosen(statuses)
    filters.resize(width, filters.heightForWidth(width))
    filters.show()
    shown = (filters.words, filters.owner, filters.status, filters.branch, filters.order)
    places = [each.geometry() for each in shown if each.isVisible()]

    assert filters.words.width() >= filters.words.hint_width
    assert all(filters.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    filters.deleteLater()
