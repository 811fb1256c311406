"""``make attack``: rows written past the program, at every place that there is; no money moves, and each is noticed."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import attack_known as known
import pytest
import pytest_asyncio
from attack_cells import ACTS, NAMED, Cell, fields, places, sampled, shape_of, writers
from attack_run import DOOR, REFUSED, Run, Tried
from attack_watch import Heard, late, record, times
from payments import stripe_of

from engine.adapters.mongo.queries import claims as mongo_claims
from engine.adapters.mongo.queries import health as mongo_health
from engine.adapters.mongo.queries import series as mongo_series
from engine.adapters.mongo.schema.rights import RIGHTS
from engine.adapters.mongo.schema.shapes import SHAPES
from engine.domain.booking.belief import Believed
from engine.domain.health import claims as health_claims
from engine.domain.health import health
from engine.services.firm import health_rows
from engine.services.payment import belief, reconcile

SEED = int(os.environ.get("ATTACK_SEED", "7"))
LONG = os.environ.get("ATTACK", "short") == "long"
#: So many values at each place in a long run.
VALUES = int(os.environ.get("ATTACK_VALUES", "1"))
#: A file to which a line is added for each cell: who noticed it, and the seconds that it took them.
RECORD = os.environ.get("ATTACK_RECORD", "")
#: So many cells share a world.
_BATCH = 200
#: A short run tries one of so many fields, spread over all collections; ``make attack`` tries each.
_ONE_OF = 1 if LONG else 3
ALL = sampled(SEED, every=LONG, most=VALUES)
CELLS = [each for each in ALL if not known.tried_apart(each)][SEED % _ONE_OF :: _ONE_OF]
APART = [each for each in ALL if known.tried_apart(each)]
TOGETHER: Counter[str] = Counter()
USED: set[str] = set()
TIMED: list[Tried] = []


@pytest_asyncio.fixture
async def stripe(world):
    async with stripe_of(world) as stripe:
        yield stripe


@pytest.fixture(autouse=True)
def all_told(monkeypatch):
    """Every line that the doctor finds, not the first twenty; and time for them."""
    monkeypatch.setattr(health, "_MOST_TOLD", 10**6)
    monkeypatch.setattr(health_claims, "_MOST_LINES", 10**6)
    monkeypatch.setattr(mongo_claims, "_FEW", 10**5)
    monkeypatch.setattr(mongo_health, "_PAGE", 10**5)
    monkeypatch.setattr(health_rows, "MOST", timedelta(minutes=5))


async def play(world, stripe, cells, *, timed=False):
    """The run, and what is wrong with it: nothing, where all guards are in place. *timed*: with a watch on it."""
    run = Run(world, stripe, cells)
    honest = [Tried(Cell("", (), "", act), f"calm{n:06d}") for n, act in enumerate(ACTS)]
    async with world.desk() as clerk, world.desk("worker") as worker, world.desk("admin") as admin:
        heard = Heard(worker, admin)
        async with heard.listening() if timed else nullcontext():
            await run.prepare(clerk, honest)
            for each in honest:
                each.marks = {each.tag, each.booking.id}
            run.fell += [f"told before anything was written: {line}" for line in heard.lines]
            await asyncio.to_thread(run.write)
            if timed:
                await heard.told()
            await run.act(clerk, honest)
            await run.look(worker, admin, clerk, honest)
        heard.lay_down([*run.tried, *honest])
        unlawful = await run.money(honest)
    wrong = {
        "unlawful": unlawful,
        "fell": run.fell,
        "alarms about honest bookings": [f"{each.cell.act}: {each.by}" for each in honest if each.by],
        "not noticed": [line for line in run.table(known.reason) if "NOT NOTICED" in line],
        "not by whom it must": [
            f"{each.cell} = {each.value!r}: {each.by}"
            for each in run.tried
            if not each.door and known.missing(each.cell, each.by)
        ],
        "not within a minute": [
            f"{each.cell} = {each.value!r}: {told}; {each.by}"
            for each in run.tried
            if timed and known.is_named(each.cell) and (told := late(each, only_window=known.only_window(each.cell)))
        ],
    }
    return run, {name: lines for name, lines in wrong.items() if lines}


@pytest.mark.asyncio
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("batch", range(-(-len(CELLS) // _BATCH)))
async def test_no_place_moves_money_and_each_is_noticed(world, stripe, batch, capsys):
    run, wrong = await play(world, stripe, CELLS[batch * _BATCH : (batch + 1) * _BATCH], timed=True)

    with capsys.disabled():
        _print(run)
        for name, lines in wrong.items():
            print(f"{name}:", *lines, sep="\n  ")  # noqa: T201
    assert {} == wrong


@pytest.mark.asyncio
async def test_rows_that_hold_for_the_whole_firm_move_no_money_and_end_nothing(world, stripe, capsys):
    kept = list(world.db.deployment.find())
    forged = Cell("deployment", ("_id",), "ds_worker", at=NAMED["deployment"].index("epoch"))
    try:
        run, wrong = await play(
            world, stripe, [forged, *(each for each in APART if each.place != forged.place or each.at % 3 != forged.at)]
        )
    finally:
        world.db.deployment.delete_many({"_id": {"$nin": [row["_id"] for row in kept]}})

    with capsys.disabled():
        _print(run)
    assert "restored" == run.tried[0].by.get("doctor")
    # New rules of the firm may well be told of the bookings that were made under the old ones.
    assert {} == {name: lines for name, lines in wrong.items() if name in ("unlawful", "fell")}


def _believed(booking, _evidence):
    return Believed(booking, ledger_seen=True)


def _cells(act="", *found, role="ds_admin", values=2):
    return [Cell(name.split(".")[0], tuple(name.split(".")[1:]), role, act, n) for name in found for n in range(values)]


async def _nothing(*_):
    return None


_JUDGE, _WALK = (reconcile.Reconciler, "_judge_booking", _nothing), (reconcile.Reconciler, "_ledger", _nothing)
_SHARES = (reconcile, "odd_share", lambda _: "")
#: Guards taken out -> cells that they guard. A row of the ledger alone is noticed by its source and by its shares.
MUTANTS = {
    "every row is believed": (
        [(belief, "believe", _believed)],
        _cells("refund", "bookings.cancellation.0.refund_bp", "bookings.priced.car_id"),
    ),
    "reconcile looks for no source and no share of ledger rows": (
        [_JUDGE, _SHARES],
        _cells("sweep", "ledger.source_id", "ledger.kind"),
    ),
    "reconcile walks over no ledger rows": ([_WALK], _cells("sweep", "ledger.booking_id", role="ds_client")),
    "the doctor compares no claims": (
        [(mongo_claims, "faults_of", lambda *_: ())],
        _cells("capture", "fences.claims.0.id", "fences.claims.0.starts_at"),
    ),
    "the doctor compares no terms": (
        [(mongo_series, "_latest", lambda _: True)],
        _cells("capture", "fences.terms.daily_rate.minor", "cars.status"),
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("mutant", MUTANTS)
async def test_without_a_guard_the_matrix_is_red(world, stripe, mutant, monkeypatch):
    guards, cells = MUTANTS[mutant]
    for place, name, instead in guards:
        monkeypatch.setattr(place, name, instead)

    _, wrong = await play(world, stripe, cells)

    assert {"unlawful", "not noticed", "not by whom it must"} & wrong.keys()


@pytest.mark.asyncio
async def test_with_every_guard_the_same_cells_are_calm(world, stripe):
    _, wrong = await play(world, stripe, [cell for _, cells in MUTANTS.values() for cell in cells])

    assert {} == wrong


def test_no_place_is_left_out():
    """By the rights and the shapes themselves: a new field or collection is in the matrix, or this is red."""
    tried = {(each.collection, each.path) for each in ALL}
    every = {(name, path) for name in SHAPES if writers(name) for path, _ in fields(shape_of(name))}

    assert every == tried
    if LONG:
        assert set(places()) == {(each.collection, each.path, each.role) for each in ALL}
    unknown = {name for rights in RIGHTS.values() for name, may in rights.items() if {"insert", "update"} & set(may)}
    assert unknown <= SHAPES.keys()


def test_every_reason_is_about_a_place_that_there_is():
    found = {f"{name}.{'.'.join(path)}" for name in SHAPES for path, _ in fields(shape_of(name))}

    stale = [each for each in (*known.HARMLESS, *known.NAMED) if not any(fnmatchcase(place, each) for place in found)]

    assert [] == stale
    # With fewer values at each place it is chance by which reasons it goes.
    if LONG and VALUES >= 10 and USED:
        assert set() == set(known.HARMLESS) - USED - set(known.OF_ALL), "nothing went by these"


def _print(run):
    print(f"\nseed {SEED}: {len(run.tried)} of {len(ALL)} cells, {len(places())} places")  # noqa: T201
    for line in run.table(known.reason):
        print(line)  # noqa: T201
    for each in run.tried:
        TOGETHER[REFUSED if each.refused else DOOR if each.door else "noticed" if each.by else "harmless"] += 1
        TOGETHER["noticed without a worker"] += bool(each.by.keys() - {"sweep"}) and not each.refused
        if not each.refused and not each.door and not each.by:
            USED.update(place for place in known.HARMLESS if fnmatchcase(each.cell.place, place))
    print(f"so far: {dict(TOGETHER)}")  # noqa: T201
    TIMED.extend(run.tried)
    if RECORD:
        with Path(RECORD).open("a") as file:
            file.writelines(f"{line}\n" for line in record(run.tried, known.reason))
    for line in times(TIMED):
        print(f"so far: {line}")  # noqa: T201
