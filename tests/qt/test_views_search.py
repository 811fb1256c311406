from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import BERLIN, LISBON
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from view_builders import NOW, fed_workspace, found, looking, make_offer, no_photos

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.search import FoundRows, SearchForm, SearchState
from desktop.views.parts.view_context import ViewContext
from desktop.views.search import last_search
from desktop.views.search.search_page import SearchPage
from desktop.widgets.cards.card_layout import layout
from desktop.widgets.chip import Chip
from desktop.widgets.loading.loading import WaitLook
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Fuel
from engine.domain.car.catalogue import CarOrder, OfferPage
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidPeriod, Unavailable


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
    """The page with its waiting rule on the test's clock."""
    shimmer = ShimmerClock(theme)
    page = SearchPage(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), workspace, no_photos())
    page.results.loading.rule.now = clock
    qtbot.addWidget(page)
    page.resize(1088, 764)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    yield page
    shimmer.deleteLater()


def feed(page, state):
    page._search.feed(state)
    QTest.qWait(0)


def wait_for_skeleton(page, clock, run=1):
    feed(page, looking(run))
    clock.at += 0.25
    page.results.loading.look()
    QTest.qWait(0)


def shows_rows(page):
    return page.results.content.shows_rows


def empty_words(page):
    empty = page.results.content.empty
    return empty.title.text(), empty.step.text()


def test_nothing_shimmers_before_a_fifth_of_a_second(page, clock):
    feed(page, looking())
    clock.at += 0.19
    page.results.loading.look()

    assert 0 == page.results.model.rowCount()


def test_skeleton_fill_the_window_while_nobody_knows_how_many_cars_there_are(page, clock):
    wait_for_skeleton(page, clock)

    assert WaitLook.SKELETON is page.results.loading.showing.look
    assert page.results.model.rowCount() > 3 * page.results.grid.columns()
    assert "waiting" == page.results.model.state_of(0)
    assert page.results.grid._clock.running


def test_arrival_moves_nothing_on_the_page(page, clock):
    wait_for_skeleton(page, clock)
    grid, model = page.results.grid, page.results.model
    before = [grid.visualRect(model.index(row, 0)) for row in range(9)]
    place, skeleton = grid.geometry(), layout(before[0]).skeleton()
    clock.at += 0.5
    feed(page, found(240))
    page.results.loading.look()
    QTest.qWait(0)

    assert "loaded" == model.state_of(0)
    assert before == [grid.visualRect(model.index(row, 0)) for row in range(9)]
    assert place == grid.geometry()
    assert skeleton[0] == layout(grid.visualRect(model.index(0, 0))).picture
    assert not page.results.grid._clock.running


def test_skeleton_just_put_up_are_given_their_time(page, clock):
    wait_for_skeleton(page, clock)
    clock.at += 0.1
    feed(page, found(3))
    assert "waiting" == page.results.model.state_of(0)
    clock.at += 0.4
    page.results.loading.look()

    assert 3 == page.results.model.rowCount()
    assert "3 cars free" == page.count.text()


def test_a_search_with_other_filters_keeps_the_cards_under_a_thin_line(page, clock):
    feed(page, found(40))
    clock.at += 5
    feed(page, looking(2, order=CarOrder.NEWEST))
    clock.at += 0.5
    page.results.loading.look()

    assert "loaded" == page.results.model.state_of(0)
    assert page.results.content.line._active
    feed(page, found(12, 2, order=CarOrder.NEWEST))
    assert 12 == page.results.model.rowCount()
    assert not page.results.content.line._active


def test_a_search_for_other_days_takes_the_old_prices_away(page, clock):
    feed(page, found(40))
    clock.at += 5
    later = found(0).form.drop_off + timedelta(days=3)
    feed(page, looking(2, drop_off=later))
    clock.at += 0.25
    page.results.loading.look()

    assert "waiting" == page.results.model.state_of(0)


def test_old_cards_cannot_be_booked_for_new_days(page, qtbot):
    feed(page, found(3))
    later = found(0).form.drop_off + timedelta(days=3)
    feed(page, looking(2, drop_off=later))

    with qtbot.assertNotEmitted(page.chosen):
        page.results.grid._open(page.results.model.index(0, 0))


def test_the_same_search_again_keeps_car_and_scrolling(page):
    feed(page, found(48))
    grid, model = page.results.grid, page.results.model
    grid.setCurrentIndex(model.index(20, 0))
    scrolled = grid.verticalScrollBar().value()
    assert scrolled > 0
    state = found(47, 2)
    feed(page, looking(2))
    feed(page, replace(state, first=OfferPage(state.first.offers[1:], 0, 46)))
    QTest.qWait(0)

    assert scrolled == grid.verticalScrollBar().value()
    grid.verticalScrollBar().setValue(0)
    feed(page, looking(3))
    feed(page, found(48, 3))
    QTest.qWait(0)
    assert 0 == grid.verticalScrollBar().value()
    assert "car-20" == model.row_at(grid.currentIndex().row()).car_id


def test_another_search_begins_at_the_top(page):
    feed(page, found(48))
    grid = page.results.grid
    grid.verticalScrollBar().setValue(300)
    feed(page, looking(2, order=CarOrder.NAME))
    feed(page, found(48, 2, order=CarOrder.NAME))
    QTest.qWait(0)

    assert 0 == grid.verticalScrollBar().value()
    assert not grid.selectionModel().hasSelection()


def test_drawing_the_same_state_twice_does_no_harm(page):
    feed(page, found(60))
    grid = page.results.grid
    grid.setCurrentIndex(page.results.model.index(4, 0))
    page._search.need_slice = lambda _offset: None
    page.results.model.want_rows(50, 51)
    page._search.slice_arrived.emit(1, 50, FoundRows(tuple(make_offer(n) for n in range(50, 60))))
    page.draw(page._search.state)

    assert 4 == grid.currentIndex().row()
    assert "loaded" == page.results.model.state_of(55)


@pytest.mark.parametrize(
    ("form", "title", "step"),
    [
        ({}, "No car is free for these days", "Try one day later"),
        ({"bodies": frozenset({BodyType.VAN})}, "No car fits", "Clear filters"),
    ],
)
def test_no_car_is_said_with_the_step_that_may_help(page, form, title, step):
    feed(page, found(0, **form))

    assert not shows_rows(page)
    assert (title, step) == empty_words(page)
    assert "No car free" == page.count.text()


def test_a_failed_search_is_told_in_place_with_retry(page):
    feed(page, replace(looking(), phase=Phase.FAILED, problem=Unavailable("mongodb")))

    assert not shows_rows(page)
    assert ("No connection", "Try again") == empty_words(page)


def test_cards_that_are_still_true_stay_when_they_cannot_be_asked_again(page):
    feed(page, found(5))
    feed(page, looking(2))
    feed(page, replace(looking(2), phase=Phase.FAILED, problem=Unavailable("mongodb")))

    assert shows_rows(page)
    assert 5 == page.results.model.rowCount()
    assert "The database does not answer." in page.results.content.banner.text
    assert page.results.content.banner.isVisible()
    assert "5 cars free, not up to date" == page.count.text()


def test_a_wrong_period_is_said_under_the_field(page):
    wrong = InvalidPeriod("period.reversed")
    feed(page, replace(looking(), phase=Phase.FAILED, problem=wrong))

    assert "The return must come after the pick-up." == page.form.drop_off.beneath.text.text()
    assert ("Choose other times", "") == empty_words(page)
    feed(page, found(3, 2))
    assert "must come after" not in page.form.drop_off.beneath.text.text()


def test_a_firm_without_branches_is_told_so(page):
    feed(page, SearchState(phase=Phase.READY))

    assert "There is no branch yet" == empty_words(page)[0]


async def test_pages_are_asked_for_when_they_are_looked_at(page, workspace, until):
    asked = []
    workspace.search.need_slice = asked.append
    feed(page, found(240))
    page.results.grid.scrollToBottom()
    await until(lambda: bool(asked))

    assert [200] == asked


def test_a_later_page_comes_to_its_place_and_a_failed_one_can_be_asked_again(page, workspace, qtbot):
    asked = []
    workspace.search.need_slice = asked.append
    feed(page, found(240))
    model = page.results.model
    model.want_rows(60, 61)
    workspace.search.slice_failed.emit(1, 50, Unavailable("mongodb"))
    assert "failed" == model.state_of(60)
    page.results.grid.retry_wanted.emit(60)
    workspace.search.slice_arrived.emit(1, 50, FoundRows(tuple(make_offer(n) for n in range(50, 100))))

    assert [50, 50] == asked
    assert "car-60" == model.row_at(60).car_id


def test_a_page_of_an_older_search_is_dropped(page, workspace):
    workspace.search.need_slice = lambda _offset: None
    feed(page, found(240))
    page.results.model.want_rows(60, 61)
    feed(page, found(240, 2, order=CarOrder.NAME))
    page.results.model.want_rows(60, 61)
    workspace.search.slice_arrived.emit(1, 50, FoundRows(tuple(make_offer(n) for n in range(50, 100))))

    assert "waiting" == page.results.model.state_of(60)


def test_result_is_told_as_painted_once_it_is(page, qtbot):
    with qtbot.waitSignal(page.result_painted):
        feed(page, found(3))


def test_enter_on_a_card_opens_it_with_period_and_branch(page, qtbot):
    feed(page, found(3))
    page.focus_cards()
    with qtbot.waitSignal(page.chosen) as chosen:
        QTest.keyClick(page.results.grid, Qt.Key.Key_J)
        QTest.keyClick(page.results.grid, Qt.Key.Key_Return)
    offer, period, branch = chosen.args

    assert ("car-1", found(3).wish.period, BERLIN) == (offer.car.id, period, branch)


def test_form_shows_branch_times_and_whose_clock_it_is(page):
    feed(page, replace(found(3, branch_id=LISBON.id)))

    assert "Lisboa Baixa · WET, UTC" == page.form.branch.currentText()
    assert found(3).form.pick_up == page.form.pick_up.moment()


def edited(qtbot, page, act):
    with qtbot.waitSignal(page.form.edited) as told:
        act()
    return told.args[0]


async def test_every_field_searches_by_itself(page, qtbot, workspace, until):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3))
    page.form.branch.setCurrentIndex(1)
    await until(lambda: len(asked) == 1)
    page.form.filters.bodies.set_choices([])
    page.form.filters.bodies.show_chosen(frozenset({BodyType.VAN}))
    page.form.filters.bodies.edited.emit()
    await until(lambda: len(asked) == 2)
    page.order.setCurrentIndex(2)

    assert [LISBON.id, LISBON.id] == [form.branch_id for form in asked[:2]]
    assert {BodyType.VAN} == asked[1].bodies
    assert CarOrder.NEWEST is asked[2].order


async def test_moving_the_pick_up_keeps_the_length_of_the_rental(page, workspace, until):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3))
    before = found(3).form
    page.form.pick_up.propose(before.pick_up + timedelta(days=5))
    await until(lambda: bool(asked))

    assert before.drop_off + timedelta(days=5) == asked[0].drop_off


async def test_fields_being_edited_are_left_alone(page, workspace, until):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3))
    wanted = found(3).form.drop_off + timedelta(days=1)
    page.form.drop_off.propose(wanted)
    feed(page, found(4, 2))
    assert wanted == page.form.drop_off.moment()
    await until(lambda: bool(asked))

    assert wanted == asked[0].drop_off


async def test_chips_show_what_is_set_and_clear_it(page, workspace, until):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3, brands=frozenset({"Audi"}), min_seats=5))
    chips = [chip.text() for _, chip in page.form.chips.chips if chip.isVisible()]
    assert ["Brand: Audi", "Seats: 5 or more"] == chips
    page.form.chips.all.click()
    await until(lambda: bool(asked))

    assert 0 == asked[0].filters
    assert not page.form.chips.isVisible()


async def test_filters_are_ticked_by_keyboard(page, workspace, until):
    asked = []
    workspace.search.search = asked.append
    feed(page, found(3))
    button = page.form.filters.brands
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Down)
    box = button.boxes["Audi"]
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(button.boxes["Volkswagen"], Qt.Key.Key_Space)
    QTest.keyClick(button.drop_down, Qt.Key.Key_Return)
    await until(lambda: bool(asked))

    assert {"Volkswagen"} == asked[0].brands
    assert "Brand: Volkswagen" == button.text()
    assert not button.drop_down.isVisible()


def test_seats_and_price_are_one_of_many(page):
    feed(page, found(3))
    seats = page.form.filters.seats
    seats.boxes[4].click()
    seats.boxes[5].click()

    assert {5} == seats.chosen()
    assert ["Up to 40.00 EUR a day", "Up to 50.00 EUR a day"] == [
        box.text() for box in list(page.form.filters.price.boxes.values())[:2]
    ]
    page.form._pause.stop()


FORM = SearchForm(
    BERLIN.id,
    datetime(2026, 11, 27, 10),
    datetime(2026, 11, 29, 10),
    brands=frozenset({"Audi", "BMW"}),
    fuels=frozenset({Fuel.ELECTRIC}),
    min_seats=5,
    max_daily_minor=80_00,
    order=CarOrder.NAME,
)


def test_last_search_is_taken_up_as_it_was():
    fields = last_search.written(FORM, AccountName("clerk"))

    assert last_search.read(fields, AccountName("clerk"), (BERLIN, LISBON), NOW) == FORM


def test_last_search_of_the_past_starts_now_and_lasts_as_long():
    fields = last_search.written(FORM, AccountName("clerk"))
    later = NOW + timedelta(days=30)
    again = last_search.read(fields, AccountName("clerk"), (BERLIN,), later)

    assert again.pick_up > later.replace(tzinfo=None)
    assert timedelta(days=2) == again.drop_off - again.pick_up


@pytest.mark.parametrize(
    "changes",
    [{"account": "somebody else"}, {"branch": "gone"}, {"pick_up": "nonsense"}],
)
def test_last_search_that_makes_no_sense_is_forgotten(changes):
    fields = last_search.written(FORM, AccountName("clerk")) | changes

    assert last_search.read(fields, AccountName("clerk"), (BERLIN,), NOW) is None


def test_words_of_another_version_are_left_out_of_the_last_search():
    fields = last_search.written(FORM, AccountName("clerk")) | {"fuels": "steam|diesel", "min_seats": "many"}
    again = last_search.read(fields, AccountName("clerk"), (BERLIN,), NOW)

    assert ({Fuel.DIESEL}, None) == (again.fuels, again.min_seats)


@pytest.mark.parametrize("words", [*(body.value.capitalize() for body in BodyType), "Diesel", "Up to 60.00 EUR a day"])
def test_a_chip_with_room_leaves_out_no_letter(qtbot, theme, words):
    chip = Chip(theme, "Body")
    qtbot.addWidget(chip)
    chip.set_words(words)
    chip.resize(chip.sizeHint())

    assert f"Body: {words}" == chip.fitting()
