"""An owner's desk while MongoDB itself is killed, stopped or not there: a server of its own, the real program."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pymongo
import pytest
import redis
from builders import DATABASE, PASSWORD, make_car
from cluster import ROOT, Cluster
from earnings_builders import History, berlin
from firm import prepare
from keyrings import MemoryKeyring, keyring_in_use
from offline_firm import program_on, short_patience
from patience import until

from desktop.viewmodels.fleet.fleet import FleetState
from desktop.viewmodels.offline.copy import CopyStatus
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.owner import OwnerArea
from desktop.views.fleet.fleet_row import line_of
from desktop.views.frame.offline import AWAY, BACK
from desktop.views.offline import stored_fleet
from desktop.words.messages import say
from engine.adapters.mongo.client import CODEC
from engine.domain.car.fleet import FleetRow
from engine.domain.reports.figure_sources import Figure
from engine.domain.reports.report_period import month
from engine.domain.shared.errors import Unavailable

ZONE = "Europe/Berlin"
GOLF = make_car(1)
MARCH, APRIL = month(2025, 3, ZONE), month(2025, 4, ZONE)
_LEADS = 1


class Alone(Cluster):
    """A replica set of one member: what a small firm runs."""

    def __init__(self, folder):
        super().__init__(folder)
        del self.mongods[1:]
        self.mongods[0].command += ["--setParameter", "enableTestCommands=1"]

    @property
    def servers(self):
        return [*self.mongods, self.valkey]

    def whole(self):
        return self.state(self.mongods[0]) == _LEADS


@dataclass(frozen=True)
class Books:
    """What a ``History`` writes into."""

    db: object


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    made = Alone(tmp_path_factory.mktemp("alone"))
    try:
        made.start()
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(prepare(made))
        with pymongo.MongoClient(made.mongo_url, username=ROOT, password=made.password) as root:
            history = History(Books(root.get_database(DATABASE, codec_options=CODEC)))
            history.cars(GOLF)
            history.book(GOLF, berlin(2025, 3, 3), charged=berlin(2025, 3, 2))
        yield made
    finally:
        made.close()


@pytest.fixture
def mongod(servers):
    """The only one there is; it runs again for whoever comes next. No figures of another test are in the cache."""
    with redis.Redis.from_url(servers.redis_root_url) as cache:
        cache.flushall()
    yield servers.mongods[0]
    servers.mend()


@pytest.fixture
def opened(servers, qapp, tmp_path, monkeypatch):
    """The program on these servers, as often as a test wants; with a keyring, and less patience than in a firm."""
    short_patience(monkeypatch)
    with keyring_in_use(MemoryKeyring()):
        yield lambda: program_on(qapp, tmp_path, servers.mongo_url, servers.redis_url, DATABASE)


@pytest.fixture
def failing(servers):
    """Have the server hold back its answers to one command, until "off"."""
    with pymongo.MongoClient(servers.mongo_url, username=ROOT, password=servers.password) as root:

        def fail(command, **how):
            mode = "off" if command == "off" else "alwaysOn"
            data = {"failCommands": [command], **how}
            root.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)

        yield fail
        fail("off")


async def at_the_earnings(program):
    """Of March, with a copy on this computer."""

    def signed_in():
        """Whoever got no answer within this file's short patience signs in once more."""
        if program.session.state.phase is SessionPhase.SIGNED_OUT:
            program.session.sign_in("owner", PASSWORD)
        return program.window.workspace is not None

    await until(signed_in)
    area = program.window.workspace.area(OwnerArea)
    program.window.workspace.go("earnings")
    await until(lambda: area.copy.vm.state.status is CopyStatus.KEPT)
    vm = area.earnings.vm
    await until(lambda: vm.state.phase is Phase.READY)
    vm.show(MARCH)
    await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == MARCH)
    return area


class InVain:
    """Stands where the database's figures come from, and never answers; notes what it was asked."""

    def __init__(self, asked):
        self._asked = asked

    async def report(self, span):
        self._asked.append(span)
        raise Unavailable("mongodb")


def net(page):
    return page.body.tiles[Figure.NET].value


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_a_mongod_that_stops_while_figures_load_leaves_the_stored_ones_with_their_stamp(opened, mongod, how):
    async with opened() as program:
        area = await at_the_earnings(program)
        vm, page = area.earnings.vm, area.earnings.page
        getattr(mongod, how)()
        vm.show(APRIL)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.stored)
        assert vm.state.earnings.span == APRIL
        assert page.stamp.text.startswith("No connection. Stored copy as of")
        vm.show(MARCH)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == MARCH)
        # Out of the cache, which still runs, or the copy: right and stamped either way.
        await until(lambda: net(page) == "85.00 EUR")
        assert "as of" in page.header.subtitle.text()

        vm.show(APRIL)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.stored)
        mongod.mend()
        await until(lambda: vm.state.phase is Phase.READY and not vm.state.stored)
        assert not page.stamp.isVisible()


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_a_mongod_that_stops_while_fleet_and_bookings_load_leaves_what_was_there_and_says_so(opened, mongod, how):
    async with opened() as program:
        area = await at_the_earnings(program)
        view, panel, page = program.window.workspace, area.earnings.page.panel, area.fleet
        view.go("bookings")
        await until(lambda: area.bookings.vm.state.phase is Phase.READY)
        view.go("fleet")
        await until(lambda: page.fleet.state.phase is Phase.READY and page.rows.model.rowCount() == 1)
        cars, rows = page.rows.model.rowCount(), area.bookings.vm.state.first.total

        getattr(mongod, how)()
        view.go("fleet")
        page.reload()
        area.bookings.vm.load()
        view.go("earnings")
        area.earnings.page.body.tiles[Figure.NET].click()
        await until(lambda: page.fleet.state.phase is Phase.FAILED)
        await until(lambda: area.bookings.vm.state.phase is Phase.FAILED)
        await until(lambda: panel.vm.state.phase is Phase.FAILED)
        assert (cars, rows, page.rows.model.rowCount()) == (1, 1, 1)
        assert panel.banner.text == say(Unavailable("mongodb")).text

        mongod.mend()

        # Nobody presses "Load again".
        await until(lambda: page.fleet.state.phase is Phase.READY)
        await until(lambda: area.bookings.vm.state.phase is Phase.READY)


async def test_without_a_connection_the_copy_answers_first_on_every_page_and_the_pages_come_back(opened, mongod):
    async with opened() as program:
        area = await at_the_earnings(program)
        view, vm = program.window.workspace, area.earnings.vm
        mongod.kill()
        await until(lambda: area.away.answers)
        asked, live = [], vm._live
        vm._live = InVain(asked)
        vm.show(APRIL)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == APRIL)
        assert vm.state.stored
        assert [] == asked
        vm._live = live
        view.go("bookings")
        stored = view.page("bookings").shown
        assert stored is not area.bookings
        await until(lambda: stored.vm.state.first is not None and stored.vm.state.first.total == 1)
        number = stored.vm.state.first.rows[0].booking_id
        assert area.away.open_rental(number)
        view.go("fleet")
        fleet = view.page("fleet").shown
        assert [GOLF.plate] == [car.plate for car in (fleet.model.row_at(0),)]

        mongod.mend()
        await until(lambda: not area.away.answers)
        assert (area.fleet, area.bookings) == (view.page("fleet").shown, view.page("bookings").shown)
        await until(lambda: area.bookings.vm.state.phase is Phase.READY)


async def test_a_page_that_alone_got_no_answer_is_loaded_again_by_itself(opened, mongod, failing):
    """Nobody presses anything, and the connection itself is well all the time (or, on a slow machine, most of it)."""
    async with opened() as program:
        area = await at_the_earnings(program)
        vm, connection = area.earnings.vm, program.window.workspace.workspace.connection
        said = []
        connection.retry.connect(lambda: said.append("retry"))
        connection.changed.connect(lambda state: said.append(state.problem))
        failing("aggregate", blockConnection=True, blockTimeMS=1500)
        vm.show(APRIL)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.stored)
        assert isinstance(vm.state.problem, Unavailable)
        failing("off")
        await until(lambda: vm.state.phase is Phase.READY and not vm.state.stored)
        assert vm.state.earnings.span == APRIL
        assert "retry" in said or any(said)


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_with_no_mongod_at_all_the_program_starts_on_its_copy_and_says_when_it_is_back(opened, mongod, how):
    async with opened() as program:
        await at_the_earnings(program)
    getattr(mongod, how)()

    async with opened() as program:
        program.session.sign_in("owner", PASSWORD)
        await until(lambda: program.session.state.problem is not None)
        program.window.sign_in.form.copies.chosen.emit("owner")
        await until(lambda: program.window.offline is not None)
        view = program.window.offline
        vm = view.earnings.vm
        vm.show(MARCH)
        await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == MARCH)
        await until(lambda: net(view.earnings.page) == "85.00 EUR")
        await until(lambda: view.banner.text == AWAY)
        assert view.earnings.page.header.subtitle.text().endswith(", complete")

        mongod.mend()
        await until(lambda: view.banner.text == BACK)


def test_a_stored_car_is_told_like_one_in_the_fleet():
    row = FleetRow(replace(GOLF, odometer_km=125_941))
    shown = line_of(row, FleetState(), datetime.now(UTC)).text

    assert stored_fleet._text(row.car, shown.branch).facts == shown.facts
    assert shown.facts[-1] == "125k km"
