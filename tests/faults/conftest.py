"""One cluster for the whole suite, and the table at its end."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from cluster import Cluster
from desks import Nursery
from firm import open_firm, prepare
from run import Outcome

OUTCOMES = pytest.StashKey[list[Outcome]]()
_HEAD = ("scenario", "runs", "bookings", "faults", "violations", "seconds")
_LONG_RUNS = 2


@pytest.fixture(scope="session")
def length() -> str:
    """How much is broken: ``quick`` in ``make test``, ``short`` or ``long`` by ``make faults``."""
    return os.environ.get("FAULTS", "quick")


@pytest.fixture(scope="session")
def seeds(length: str) -> range:
    """FAULTS_SEED names the first one, to repeat a run or to look elsewhere."""
    first = int(os.environ.get("FAULTS_SEED", "1"))
    return range(first, first + (_LONG_RUNS if length == "long" else 1))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.start()
        with asyncio.Runner() as runner:
            runner.run(prepare(made))
        yield made
    finally:
        made.close()


@pytest.fixture(autouse=True)
def _given_back_whole(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to the servers, and however it ended, the next one finds them well."""
    if "cluster" not in request.fixturenames:
        yield
        return
    servers = request.getfixturevalue("cluster")
    yield
    servers.mend()


@pytest.fixture(scope="session")
def nursery(cluster: Cluster) -> Iterator[Nursery]:
    made = Nursery(cluster.folder)
    yield made
    made.close()


@pytest_asyncio.fixture
async def firm(cluster: Cluster, nursery: Nursery):
    async with open_firm(cluster, nursery) as opened:
        yield opened


@pytest.fixture
def report(request: pytest.FixtureRequest):
    """Note a run for the table; print it, as the seed is needed to repeat it."""
    outcomes = request.config.stash.setdefault(OUTCOMES, [])

    def note(outcome: Outcome) -> Outcome:
        print(outcome)  # noqa: T201 -- pytest shows it with a failure
        outcomes.append(outcome)
        return outcome

    return note


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A scenario of the long suite is longer than other tests; the quick one leaves out what is marked for others."""
    quick = os.environ.get("FAULTS", "quick") == "quick"
    kept = []
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(900))
            if quick and item.get_closest_marker("make_faults"):
                continue
        kept.append(item)
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    by_scenario: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in config.stash.get(OUTCOMES, []):
        by_scenario[outcome.scenario].append(outcome)
    if not by_scenario:
        return
    rows = [(name, *_sums(outcomes)) for name, outcomes in sorted(by_scenario.items())]
    rows.append(("together", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    seeds = sorted({outcome.seed for outcomes in by_scenario.values() for outcome in outcomes})
    terminalreporter.section(f"faults, seeds {', '.join(map(str, seeds))}")
    for row in (_HEAD, *rows):
        terminalreporter.write_line("| " + " | ".join(str(cell) for cell in row) + " |")


def _sums(outcomes: list[Outcome]) -> tuple[int, ...]:
    return (
        len(outcomes),
        sum(outcome.bookings for outcome in outcomes),
        sum(outcome.faults.total() for outcome in outcomes),
        sum(len(outcome.violations) for outcome in outcomes),
        round(sum(outcome.seconds for outcome in outcomes)),
    )
