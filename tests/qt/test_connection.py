from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels import connection
from desktop.viewmodels.connection import ConnectionViewModel
from engine.domain.shared.errors import Unavailable


class Servers:
    """Answer or not, and count how often they were looked at."""

    def __init__(self):
        self.away, self.looks = False, 0

    async def probe(self):
        self.looks += 1
        if self.away:
            raise Unavailable("mongodb")
        return datetime.now(UTC), True


@pytest.fixture
def servers():
    return Servers()


@pytest.fixture
def watched(servers, monkeypatch):
    """Run a test's steps beside a view-model that looks as often as it can."""
    monkeypatch.setattr(connection, "_EVERY_S", 0.0)
    monkeypatch.setattr(connection, "_WHEN_AWAY_S", (0.0,))

    async def run(steps):
        bridge, tasks = EngineThread(), TaskScope()
        bridge.start()
        vm = ConnectionViewModel(bridge, servers.probe, tasks)
        said = []
        vm.back.connect(lambda: said.append("back"))
        vm.retry.connect(lambda: said.append("retry"))
        vm.watch()
        try:
            await steps(vm, said)
        finally:
            await tasks.aclose()
            await bridge.stop()

    return run


async def test_an_outage_that_only_a_page_felt_has_the_page_asked_again_once(watched, servers, until):
    async def steps(vm, said):
        await until(lambda: servers.looks >= 2)
        assert said == []
        vm.suspect()
        seen = servers.looks
        await until(lambda: servers.looks >= seen + 5)
        assert said == ["retry"]

    await watched(steps)


async def test_what_keeps_failing_is_asked_for_less_and_less_often(watched, servers, until):
    async def steps(vm, said):
        at = []
        vm.retry.connect(lambda: at.append(servers.looks))
        vm.changed.connect(lambda _state: vm.suspect())  # somebody fails between any two looks
        vm.suspect()
        await until(lambda: len(at) >= 6)
        pauses = [later - earlier for earlier, later in pairwise(at)]
        assert pauses == [2, 4, 8, 16, 16]
        assert set(said) == {"retry"}

    await watched(steps)


async def test_what_takes_long_to_fail_is_asked_for_less_and_less_often_too(watched, servers, until):
    async def steps(vm, said):
        at, fails_at = [], []

        def again():
            at.append(servers.looks)
            fails_at.append(servers.looks + 3)

        def look(_state):
            if servers.looks in fails_at:
                vm.suspect()

        vm.retry.connect(again)
        vm.changed.connect(look)
        vm.suspect()
        await until(lambda: len(at) >= 6)
        pauses = [later - earlier for earlier, later in pairwise(at)]
        assert sorted(pauses) == pauses
        assert pauses[-1] == 16

    await watched(steps)


async def test_after_a_calm_the_first_failure_is_asked_for_again_at_once(watched, servers, until):
    async def steps(vm, said):
        vm.suspect()
        await until(lambda: said)
        vm.suspect()
        await until(lambda: len(said) == 2)
        calm = servers.looks
        await until(lambda: servers.looks >= calm + 12)
        at = []
        vm.retry.connect(lambda: at.append(servers.looks))
        vm.suspect()
        asked = servers.looks
        await until(lambda: at)
        vm.suspect()
        await until(lambda: len(at) == 2)
        assert at[0] <= asked + 2
        assert at[1] == at[0] + 2

    await watched(steps)


async def test_an_outage_that_was_seen_has_everything_asked_for_once(watched, servers, until):
    async def steps(vm, said):
        await until(lambda: servers.looks >= 1)
        servers.away = True
        await until(lambda: vm.state.problem is not None)
        vm.suspect()
        servers.away = False
        await until(lambda: vm.state.problem is None)
        seen = servers.looks
        await until(lambda: servers.looks >= seen + 5)
        assert said == ["back"]

    await watched(steps)
