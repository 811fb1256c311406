"""1. A desk is killed (-9) at each step between the press of "Book" and CONFIRMED, and on the way back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from desks import RemoteDesk
from run import Run, open_run
from within import WITHIN_S

pytestmark = pytest.mark.asyncio

#: Steps of a booking that is paid, in their order; each is reached exactly once.
PAID = (
    "after turn",
    "before transact claim",
    "after work held prepared",
    "after transact claim",
    "before leaving the turn",
    "before stripe open_page",
    "after stripe open_page",
    "before store held open",
    "after store held open",
    "before browser",
    "after browser",
    "before stripe page",
    "before store confirmed paid",
    "after store confirmed paid",
    "before stripe capture",
    "after stripe capture",
    "after work confirmed paid",
)
#: Steps of a hold that runs out.
RELEASED = (
    "before store releasing open",
    "after store releasing open",
    "before stripe close_page",
    "after stripe close_page",
    "before store released expired",
    "after work released expired",
    "after store released expired",
)


async def _book(run: Run, car: str, point: str) -> None:
    desk = await run.desk()
    # The first look at a page is part of opening it.
    await desk.ask("arm", point=point, action="kill", nth=2 if point == "before stripe page" else 1)
    with suppress(TimeoutError):
        async with asyncio.timeout(WITHIN_S):
            await _press(run, desk, run.wish(car, 0), runs_out=point in RELEASED)
    assert not desk.alive, f"{point} was never reached"


async def _press(run: Run, desk: RemoteDesk, wish: dict[str, Any], *, runs_out: bool) -> None:
    """Each step as often as the desk is told on a busy machine that a server does not answer, until the desk dies."""
    booking = ""
    while desk.alive and not booking:
        booking = await run.hold(desk, wish)
    while desk.alive and booking not in run.urls:
        await run.do(desk, "open", booking=booking)
    if booking in run.urls:
        if runs_out:
            await run.firm.run_out({"_id": booking})
        else:
            await run.payer.pay(run.urls[booking])
    while desk.alive:
        await run.do(desk, "settle", booking=booking)


@pytest.mark.parametrize("points", [PAID, RELEASED], ids=["paid", "released"])
async def test_a_desk_killed_at_any_step_loses_nothing(firm, report, seeds, points):
    async with open_run(firm, "1 killed desks", seeds[0], len(points)) as run:
        for at in range(0, len(points), 4):
            pairs = zip(run.cars[at : at + 4], points[at : at + 4], strict=True)
            await asyncio.gather(*(_book(run, car, point) for car, point in pairs))

        outcome = report(await run.judged())

    assert [] == outcome.violations


async def test_a_hold_that_ran_out_ends_with_nobody_asking_also_when_its_sweeper_dies(firm, report, seeds):
    """Sweepers run by themselves; the first to be at it dies with the sweepers' lease in hand, the other goes on."""
    async with open_run(firm, "1 killed desks", seeds[0], 1, sweeps=True) as run:
        doomed = await run.desk()
        booking = await run.hold(doomed, run.wish(run.cars[0], 0))
        await doomed.ask("open", booking=booking)
        await doomed.ask("arm", point="after stripe close_page", action="kill")
        await firm.run_out({"_id": booking})
        await doomed.gone

        await run.desk()
        async with await firm.db.bookings.watch([{"$match": {"fullDocument.state": "released"}}]) as changes:
            while await firm.unsettled({"_id": booking}):
                await changes.try_next()

        assert [] == report(await run.judged()).violations
