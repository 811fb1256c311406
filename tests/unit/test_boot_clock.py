"""Clocks that go on while the computer sleeps, and noticing that one of them jumped."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from within import WITHIN_S

from engine.adapters.fewer_questions import Remembered
from engine.domain.shared.boot_clock import JUMP_S, STEP_S, JumpWatch, rest, since_boot

pytestmark = pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux tells both clocks apart here")


@pytest.fixture
def slept(monkeypatch):
    """Seconds that the computer slept: the boot clock goes on, Python's monotonic one does not."""
    real, asleep = time.clock_gettime, [0.0]
    monkeypatch.setattr(
        time, "clock_gettime", lambda clock: real(clock) + (asleep[0] if clock == time.CLOCK_BOOTTIME else 0)
    )
    return asleep


def test_the_boot_clock_counts_sleep(slept):
    before = since_boot()
    slept[0] = 479.0

    assert since_boot() - before >= 479


async def in_time(awaited):
    async with asyncio.timeout(STEP_S * 4):
        await awaited


def test_whoever_rests_an_hour_wakes_with_the_computer(slept):
    async def hour():
        resting = asyncio.create_task(rest(3600.0))
        await asyncio.sleep(0)
        slept[0] = 3700.0
        await in_time(resting)

    asyncio.run(hour())


def test_what_is_remembered_for_half_a_minute_is_not_remembered_over_a_night(slept):
    async def night():
        known, read = Remembered(), []

        async def ask(key):
            read.append(key)
            return len(read)

        assert 1 == await known.get("rules", ask) == await known.get("rules", ask)
        slept[0] = 8 * 3600.0
        assert 2 == await known.get("rules", ask)

    asyncio.run(night())


CLOCKS = 3
SECONDS = st.floats(0, 10_000, allow_nan=False)


@given(
    passed=st.lists(SECONDS, min_size=1, max_size=5), which=st.integers(0, CLOCKS - 1), jump=st.floats(-90_000, 90_000)
)
def test_a_jump_of_any_one_clock_is_seen_once_and_none_where_they_run_alike(passed, which, jump):
    readings = [0.0] * CLOCKS
    watch = JumpWatch(tuple((lambda n=n: readings[n]) for n in range(CLOCKS)))
    for seconds in passed:
        readings[:] = [reading + seconds for reading in readings]
        assert not watch.jumped()
    readings[which] += jump

    assert watch.jumped() is (abs(jump) > JUMP_S) or abs(abs(jump) - JUMP_S) < 1e-6
    assert not watch.jumped()


@pytest.mark.asyncio
async def test_a_cancellation_that_a_driver_kept_to_itself_is_heeded_at_the_next_rest():
    asked = asyncio.Event()

    async def work():
        while True:
            asked.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            await rest(0.01)

    task = asyncio.create_task(work())
    await asked.wait()
    task.cancel()
    await asyncio.wait([task], timeout=WITHIN_S)

    assert task.cancelled()
