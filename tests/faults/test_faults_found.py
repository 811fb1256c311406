"""Faults that this suite found once, each small enough to be read."""

from __future__ import annotations

import pytest
from run import open_run

pytestmark = pytest.mark.asyncio


async def test_B4_a_desk_that_dies_before_the_commit_leaves_no_answer_behind(firm):
    """The once-key was written with the lease: a repeat was sent to a booking that never came to be."""
    async with open_run(firm, "found", 1, cars=1, lease_s=0.5) as run:
        wish = run.wish(run.cars[0], 0)
        doomed, other = await run.desk(), await run.desk()
        await doomed.ask("arm", point="before transact claim", action="kill")
        await run.hold(doomed, wish)
        while not await run.hold(other, wish):
            assert "contended" == run.evidence.calls[-1].answer

        outcome = await run.judged()

    assert 1 == outcome.bookings
    assert [] == outcome.violations
