"""The program is started again: the window that is there comes forward, unless another one is wanted."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys

import pytest
from demo_folder import copied
from living_desk import environment_of, living_desk
from within import WITHIN_S

from desktop.second_start import Summons

MINIMISED = """
async def day_of():
    window.showMinimized()
    async def forward():
        while window.isMinimized():
            await asyncio.sleep(0.01)
        print("forward", flush=True)
    told["watch"] = asyncio.create_task(forward())
"""


async def started_again(data, home, *words):
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "engine.cli", "--data", str(data), *words),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment_of(home), cwd=home,
    )  # fmt: skip


@pytest.mark.asyncio
async def test_the_window_that_is_there_comes_forward_and_the_second_start_ends(demo_folder, tmp_path):
    home = tmp_path / "home"
    async with living_desk(demo_folder, home, then=MINIMISED) as desk:
        again = await started_again(demo_folder, home)
        said, complaint = await again.communicate()
        async with asyncio.timeout(WITHIN_S):
            heard = await desk.process.stdout.readline()

    assert (0, b"") == (again.returncode, said), complaint
    assert b"forward\n" == heard


@pytest.mark.asyncio
async def test_another_window_opens_where_one_is_wanted_or_the_folder_is_another(demo_made, demo_folder, tmp_path):
    home = tmp_path / "home"
    # A demo made anew takes longer than a smoke run waits, beside twenty others at work.
    other = copied(demo_made, tmp_path / "other")
    async with living_desk(demo_folder, home):
        for data, words in (
            (demo_folder, ("demo", "--new-window", "--smoke")),
            (other, ("demo", "--smoke")),
        ):
            again = await started_again(data, home, *words)
            said, complaint = await again.communicate()
            assert (0, True) == (again.returncode, b"first_data_ms" in said), complaint


def test_one_that_hangs_keeps_nobody_out(qtbot, tmp_path):
    hanging = Summons(tmp_path)
    hanging.listen()  # this thread does not turn its loop meanwhile

    assert not Summons(tmp_path).answered()
    hanging.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe there ends with its process")
def test_what_a_killed_window_left_is_taken_over(qtbot, tmp_path):
    first = Summons(tmp_path)
    first.listen()
    place = first._server.fullServerName()
    first.close()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(place)

    assert not Summons(tmp_path).answered()
    second = Summons(tmp_path)
    second.listen()
    assert second._server is not None
    second.close()


def test_where_another_one_listens_it_stays_that_one(qtbot, tmp_path):
    first, second = Summons(tmp_path), Summons(tmp_path)
    first.listen()
    second.listen()

    assert (True, False) == (first._server is not None, second._server is not None)
    first.close()
