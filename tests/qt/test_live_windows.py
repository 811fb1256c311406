"""Two windows on one deployment, and one whose servers go away and come back."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from builders import RENTER, make_car, wish
from person import person_at
from proxy import Line, Proxy
from PySide6.QtCore import Qt

from desktop.bridge import EngineThread
from desktop.viewmodels.booking.booking import PanelStage
from engine.config import Secret
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import WhyTaken
from engine.domain.shared.errors import PeriodTaken

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at_a_window(qapp, world, tmp_path):
    """A clerk who has signed in and sees the free cars."""
    number = iter(range(9))

    @asynccontextmanager
    async def opened(deployment=None):
        folder = tmp_path / str(next(number))
        folder.mkdir()
        async with person_at(qapp, replace(world, deployment=deployment or world.deployment), folder) as person:
            await person.sign_in()
            await person.find()
            yield person

    yield opened
    gc.unfreeze()


def cards(person):
    model = person.view.client.search.results.model
    return [model.row_at(at).car_id for at in range(model.rowCount()) if model.row_at(at)]


async def list_of(person):
    person.program.window.activateWindow()
    person.view.go("bookings")
    page = person.view.client.bookings
    await person.until(lambda: page.vm.state.first is not None and page.model.rowCount() == page.vm.state.first.total)
    return page


def states(page):
    rows = [page.model.row_at(at) for at in range(page.model.rowCount())]
    return {row.booking.car_id: row.booking.state for row in rows if row}


async def test_a_booking_in_one_window_shows_on_the_cards_and_the_list_of_the_other(at_a_window, world):
    world.add_cars(*(make_car(number) for number in range(4, 40)))
    async with at_a_window() as one, at_a_window() as other:
        for number in range(10, 16):
            await hold(one, f"car-{number}")
        page = await list_of(other)
        await other.until(lambda: len(states(page)) == 6)
        page.table.selectRow(3)
        chosen = page.model.row_at(3).booking.id
        grid = other.view.client.search.results.grid
        grid.setCurrentIndex(grid.model().index(20, 0))
        current, scrolled = cards(other)[20], grid.verticalScrollBar().value()

        booking = await hold(one, "car-2")
        await other.until(lambda: "car-2" in states(page) and "car-2" not in cards(other))
        assert page.model.row_at(page.table.currentIndex().row()).booking.id == chosen
        assert current == grid.model().row_at(grid.currentIndex().row()).car_id
        assert scrolled == grid.verticalScrollBar().value()

        desk = one.desk.desk
        await desk.call(lambda: desk.services.rental.give_up(desk.actor, booking.id))
        await other.until(lambda: states(page)["car-2"] is BookingState.RELEASED and "car-2" in cards(other))
        assert page.model.row_at(page.table.currentIndex().row()).booking.id == chosen
        assert "Live" == other.view.status.drawn.connection


async def test_X1_a_form_whose_car_was_taken_in_another_window_says_so_at_once(at_a_window):
    async with at_a_window() as one, at_a_window() as other:
        offer = other.desk.search.state.first.offers[0]
        panel, state = other.desk.panel, other.desk.search.state
        other.view.client.panel.open_offer(offer, state.wish.period, state.branch)
        panel.choose(RENTER)
        booking = await hold(one, offer.car.id, state.wish.period)
        await other.until(lambda: isinstance(panel.state.problem, PeriodTaken))

        assert other.view.client.panel.banner.text.startswith("This car was just taken until ")
        assert (PanelStage.RENTER, RENTER) == (panel.state.stage, panel.state.renter)
        desk = one.desk.desk
        await desk.call(lambda: desk.services.rental.give_up(desk.actor, booking.id))
        await other.until(lambda: panel.state.problem is None)


async def test_X1_an_open_car_turns_to_taken_and_back_when_another_window_books_it(at_a_window):
    async with at_a_window() as one, at_a_window() as other:
        offer, panel = other.desk.search.state.first.offers[0], other.view.client.car
        other.view.client.side.open_car(offer, other.desk.search.state.wish.period, other.desk.search.state.branch)
        await other.until(lambda: other.desk.car.state.calendar is not None)
        assert panel.may_book()
        booking = await hold(one, offer.car.id)
        await other.until(lambda: not panel.may_book())

        assert panel.why_not.isVisible()
        assert WhyTaken.HELD is other.desk.car.state.found.obstacle.why
        assert panel.why_not.countdown.isVisible()
        assert panel.main.text().startswith("Choose ")
        desk = one.desk.desk
        await desk.call(lambda: desk.services.rental.give_up(desk.actor, booking.id))
        await other.until(panel.may_book)
        assert (panel.why_not.isVisible(), panel.main.text()) == (False, "Book")


async def test_a_car_opened_as_taken_can_be_booked_once_another_window_sets_it_free(at_a_window):
    async with at_a_window() as one, at_a_window() as other:
        booking = await hold(one, "car-1")
        search, panel = other.desk.search, other.view.client.car
        search.search(replace(search.state.form, taken=True))
        await other.until(lambda: search.state.taken is not None and search.state.taken.blocked)
        other.view.client.side.open_car(search.state.taken.blocked[0], search.state.wish.period, search.state.branch)
        await other.until(lambda: other.desk.car.state.calendar is not None)
        assert panel.why_not.isVisible()
        desk = one.desk.desk
        await desk.call(lambda: desk.services.rental.give_up(desk.actor, booking.id))

        await other.until(panel.may_book)
        assert panel.why_not.isHidden()


async def test_X5_servers_that_go_and_come_back_need_no_restart(at_a_window, world):
    far = EngineThread()
    far.start()
    try:
        mongo, redis = [await far.hold(lambda port=port: Proxy(port)) for port in ports(world.deployment)]
        deployment = replace(
            world.deployment,
            mongo_url=through(world.deployment.mongo_url, mongo.value.port),
            redis_url=Secret(through(world.deployment.redis_url.reveal(), redis.value.port)),
        )
        async with at_a_window(deployment) as person:
            status, banner = person.view.status, person.view.banner
            await person.until(lambda: status.drawn.connection == "Live")
            for proxy in (mongo.value, redis.value):
                await far.call(lambda proxy=proxy: proxy.move_to(Line.CUT))
            await person.until(lambda: status.drawn.connection == "No connection" and banner.isVisible())
            assert status.drawn.last_word.startswith("as of ")
            assert banner.text.startswith("No connection to the database since ")
            await far.call(lambda: elsewhere(world, person.desk.search.state.wish.period))
            for proxy in (mongo.value, redis.value):
                await far.call(lambda proxy=proxy: proxy.move_to(Line.OPEN))

            await person.until(lambda: status.drawn.connection == "Live" and not banner.isVisible())
            await person.until(lambda: "car-1" not in cards(person) and "car-2" in cards(person))
            assert "" == status.drawn.last_word
            booking = await hold(person, "car-2")
            assert 1 == world.blocking(booking.car_id)
        for proxy in (mongo, redis):
            await proxy.aclose()
    finally:
        await far.stop()


async def hold(person, car, period=None):
    """As the panel does, by this window's own engine."""
    desk = person.desk.desk
    engine = person.program._engine.value
    asked = wish(engine, car=car, key=f"{car} {id(person)}")
    made = replace(asked, period=period or person.desk.search.state.wish.period)
    return await desk.call(lambda: desk.services.booking.hold(desk.actor, made))


async def elsewhere(world, period):
    async with world.desk("clerk2") as other:
        await other.booking.hold(other.actor, replace(wish(other, car="car-1"), period=period))


def ports(deployment):
    for url in (deployment.mongo_url, deployment.redis_url.reveal()):
        yield int(url.split("://")[1].split("/")[0].rpartition(":")[2])


def through(url, port):
    scheme, rest = url.split("://")
    host, path = rest.split("/", 1)
    return f"{scheme}://{host.rpartition(':')[0]}:{port}/{path}"
