"""Rows of the list of defects that need desks as processes of their own."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from run import open_run

pytestmark = pytest.mark.asyncio

_HOUR, _DAY = 3600.0, 86400.0


_OFF = [-_HOUR, _DAY, *(pytest.param(off, marks=pytest.mark.make_faults) for off in (_HOUR, -_DAY))]


@pytest.mark.parametrize("off", _OFF)
async def test_B5_a_desk_with_a_wrong_clock_holds_for_ten_minutes_of_the_servers_time(firm, off):
    async with open_run(firm, "B5", 1, cars=1) as run:
        desk = await run.desk(clock_off_s=off)
        told = await desk.ask("clock")
        before = datetime.now(UTC)
        booking = await run.hold(desk, run.wish(run.cars[0], 0))
        after = datetime.now(UTC)
        stored = await firm.db.bookings.find_one({"_id": booking})
        outcome = await run.judged()

    second = timedelta(seconds=1)
    assert abs(told["own"] - told["now"] - off) < second.total_seconds()
    assert timedelta(minutes=10) == stored["hold_until"] - stored["created_at"]
    assert before - second <= stored["created_at"] <= after + second
    assert timedelta(minutes=31) == stored["payments"][0]["attempts"][0]["expires_at"] - stored["created_at"]
    assert [] == outcome.violations


async def test_B9_one_sweeper_at_a_time_by_an_index_and_the_page_first(firm):
    async with open_run(firm, "B9", 1, cars=1) as run:
        one, other = await run.desk(), await run.desk()
        booking = await run.hold(one, run.wish(run.cars[0], 0))
        await one.ask("open", booking=booking)
        await firm.run_out({"_id": booking})
        word = {"by": "c", "desk": "d", "at": datetime.now(UTC), "count": 0}
        await firm.db.rounds.replace_one({"_id": "sweeper"}, word, upsert=True)  # or nobody would wait for the lease
        await one.ask("arm", point="before stripe close_page", action="stop")
        sweeping = asyncio.create_task(one.ask("sweep"))
        await one.stopped()

        assert {"looked_at": 0} == await other.ask("sweep")
        assert "releasing" == (await firm.db.bookings.find_one({"_id": booking}))["state"]
        one.resume()
        assert {"looked_at": 1} == await sweeping

        plan = await firm.db.bookings.find({"due_at": {"$lte": datetime.now(UTC)}}).sort("due_at", 1).explain()
        assert "due" == plan["queryPlanner"]["winningPlan"]["inputStage"]["indexName"]
        assert [] == (await run.judged()).violations
