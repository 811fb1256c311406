from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

HANGS = """
import asyncio

async def waits_for_ever():
    await asyncio.Event().wait()

def test_that_hangs():
    async def main():
        waiting = asyncio.create_task(waits_for_ever(), name="the forgotten one")
        while not waiting.done():
            try:
                await asyncio.sleep(0)
            except BaseException:
                pass
    asyncio.run(main())

def test_that_is_fine():
    pass
"""


#: How ``make test`` spreads tests over processes.
HOW = re.search(r"^SPREAD \?= .*--dist (\S+)", (TESTS.parent / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]


@pytest.mark.parametrize("spread", [[], ["-n", "2", "--dist", HOW]], ids=["one process", "spread"])
def test_a_test_that_hangs_is_ended_and_its_tasks_are_told(tmp_path, spread):
    (tmp_path / "test_it.py").write_text(HANGS)
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\npythonpath = {TESTS / 'support'}\ntimeout = 3\ntimeout_method = thread\n"
    )

    run = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "pytest", "-p", "limits", *spread],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )

    assert run.returncode != 0
    assert "test_that_hangs: the time is up" in run.stderr
    assert "-- the forgotten one" in run.stderr
    assert " waits_for_ever" in run.stderr
    assert " Event.wait" in run.stderr
    # With loadfile it would be run again in each process that takes the place of one that it has ended.
    assert ("1 failed, 1 passed" in run.stdout) == bool(spread), run.stdout
