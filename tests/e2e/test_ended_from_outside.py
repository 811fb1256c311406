"""A signal, a hang-up or the session's end: the program leaves in order and keeps what a person's own leaving keeps."""

from __future__ import annotations

import asyncio
import signal

import pymongo
import pytest
from living_desk import living_desk
from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtWidgets import QWidget

from engine.embedded.servers import open_servers

pytestmark = pytest.mark.usefixtures("signals_heeded")
PLACE = (0, 60, 800, 655)


def place_kept(home):
    """Where a window would open that is restored from what was kept."""
    (file,) = home.rglob("DriveSphere.ini")
    kept = QSettings(str(file), QSettings.Format.IniFormat).value("window/geometry")
    assert isinstance(kept, QByteArray)
    window = QWidget()
    assert window.restoreGeometry(kept)
    return window.geometry()


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
async def test_a_signal_ends_it_in_order_and_the_held_car_stays_held(demo_folder, tmp_path, qapp, name):
    async with open_servers(demo_folder) as servers:
        async with living_desk(demo_folder, tmp_path / "home", account="clerk", holds=True, place=PLACE) as desk:
            desk.process.send_signal(signal.Signals[name])
            status, complaint = await desk.ended()
        with pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password
        ) as client:
            left = client.drivesphere.bookings.find_one({"_id": desk.booking})

    assert (0, "") == (status, complaint)
    assert PLACE[3] == place_kept(tmp_path / "home").height()
    assert "held" == left["state"]


@pytest.mark.asyncio
async def test_a_signal_while_it_starts_ends_it_too(tmp_path):
    """The window is there, its servers are not."""
    async with living_desk(tmp_path / "data", tmp_path / "home", account=None, place=PLACE) as desk:
        desk.process.terminate()
        desk.process.terminate()
        status, complaint = await desk.ended()

    assert (0, "") == (status, complaint)


@pytest.mark.asyncio
async def test_what_was_to_be_ignored_stays_ignored(demo_folder, tmp_path):
    """Nobody has signed in."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        async with living_desk(demo_folder, tmp_path / "home") as desk:
            desk.process.send_signal(signal.SIGHUP)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await desk.process.wait()
            desk.process.terminate()
            assert (0, "") == await desk.ended()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_session_that_ends_is_not_asked_and_one_that_went_on_is(at_the_counter):
    async def story(person):
        window, program = person.window, person.program
        window.setGeometry(QRect(*PLACE))
        asked = []
        program._ask_to_leave = lambda: asked.append("asked") or asyncio.sleep(0)
        window.close()
        await person.until(lambda: asked)

        program._endings._session_saves(None)
        window.close()

        assert program._leaving.is_set()
        assert ["asked"] == asked
        assert not program._preferences.geometry.isEmpty()

    at_the_counter(story)
