"""``make attack``: rows written past the program, at every place that there is; no money moves, and each is noticed."""

from __future__ import annotations

import os
from datetime import timedelta

import attack_known as known
import pytest
import pytest_asyncio
from attack_cells import ACTS, Cell, places, sampled
from attack_run import Run, Tried
from payments import stripe_of

from engine.adapters import mongo_claims, mongo_health
from engine.domain import health, health_claims
from engine.services import health_rows

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(3000)]
SEED = int(os.environ.get("ATTACK_SEED", "7"))
LONG = os.environ.get("ATTACK", "short") == "long"
VALUES = int(os.environ.get("ATTACK_VALUES", "3"))
#: So many cells at a time share a world.
_BATCH = 400


@pytest_asyncio.fixture
async def stripe(world):
    async with stripe_of(world) as stripe:
        yield stripe


@pytest.fixture
def all_told(monkeypatch):
    """Every line that the doctor finds, not the first twenty; and time for them."""
    monkeypatch.setattr(health, "_MOST_TOLD", 10**6)
    monkeypatch.setattr(health_claims, "_MOST_LINES", 10**6)
    monkeypatch.setattr(mongo_claims, "_FEW", 10**5)
    monkeypatch.setattr(mongo_health, "_PAGE", 10**5)
    monkeypatch.setattr(health_rows, "MOST", timedelta(minutes=5))


async def play(world, stripe, cells):
    run = Run(world, stripe, cells)
    honest = [Tried(Cell("", (), "", act), f"calm{n:06d}") for n, act in enumerate(ACTS)]
    async with world.desk() as clerk, world.desk("worker") as worker, world.desk("admin") as admin:
        await run.prepare(clerk, honest)
        for each in honest:
            each.marks = {each.tag, each.booking.id}
        run.write()
        await run.act(clerk, honest)
        await run.look(worker, admin, clerk, honest)
        unlawful = await run.money(honest)
    return run, honest, unlawful


async def test_no_place_moves_money_and_each_is_noticed(world, stripe, all_told, capsys):
    cells = sampled(SEED, every=LONG, most=VALUES)
    cells = [each for each in cells if not known.tried_apart(each)]
    run, honest, unlawful = await play(world, stripe, cells)

    with capsys.disabled():
        _print(run)
    unnoticed = [line for line in run.table(known.reason) if "NOT NOTICED" in line]
    alarms = {each.cell.act: each.by for each in honest if each.by}
    assert {"unlawful": [], "fell": [], "false alarms": {}, "unnoticed": []} == {
        "unlawful": unlawful, "fell": run.fell, "false alarms": alarms, "unnoticed": unnoticed,
    }  # fmt: skip


def _print(run):
    print(f"\nseed {SEED}, {len(run.tried)} cells of {len(places())} places")  # noqa: T201
    for line in run.table(known.reason):
        print(line)  # noqa: T201
