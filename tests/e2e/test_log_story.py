"""After a day at the demo's desks the log names nobody and no secret; a crash is reported and offered afterwards."""

from __future__ import annotations

import json

import pymongo
import pytest
from living_desk import living_desk
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.preferences import NEVER
from desktop.views.session.crash_offer import CrashOffer
from engine.crash_reports import reports
from engine.embedded.servers import open_servers

#: Looks at every page there is, and meets a bug in the window, one in the engine's thread, and one within a slot.
A_DAY = """
    from PySide6.QtCore import QTimer
    view = window.workspace
    for name in view.entries:
        view.go(name)
        await asyncio.sleep(0.3)
    log = __import__("structlog").get_logger()
    log.warning("a.test", code="x", says="Ada", booking=told["account"])
    async def bug():
        raise ValueError("a bug that quotes " + NAME)
    program._tasks.once("a bug", bug())
    def slot():
        raise KeyError("a slot that quotes " + NAME)
    QTimer.singleShot(0, slot)
    await asyncio.sleep(0.5)
"""


def day(name):
    return f"async def day_of():\n{A_DAY.replace('NAME', repr(name))}"


@pytest.mark.slow
@pytest.mark.asyncio
async def test_after_a_day_with_bugs_the_log_names_nobody_and_the_report_neither(demo_folder, tmp_path):
    logs = demo_folder / "logs"
    async with open_servers(demo_folder, logs=logs) as servers:
        with pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password
        ) as client:
            rows = list(client.drivesphere.renters.find())
            words = {text for row in rows for text in _texts(row) if len(text) > 5}
            words |= {car["plate"] for car in client.drivesphere.cars.find()}
            words |= {text for row in client.drivesphere.people.find() for text in [row["name"]]}
        for account, holds in (("clerk", True), ("owner", False), ("admin", False)):
            then = day(rows[0]["name"])
            async with living_desk(
                demo_folder, tmp_path / "home", account=account, holds=holds, then=then, debug=True
            ) as desk:
                desk.process.terminate()
                await desk.ended()

    words |= {kept.read_text().strip() for kept in (demo_folder / "servers").glob("*.secret")}
    told = "\n".join(path.read_text() for path in logs.iterdir())
    assert 3 * 2 <= len(reports(logs))
    assert {"desktop.log", "keeper.log"} <= {path.name for path in logs.iterdir()}
    assert all(json.loads(line)["event"] for line in (logs / "desktop.log").read_text().splitlines())
    assert "ValueError" in told
    assert "KeyError" in told
    assert len(words) > 100
    assert [] == sorted(word for word in words if word in told)


def _texts(row):
    for value in row.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value)


def _left_behind(folder):
    logs = folder / "logs"
    logs.mkdir(exist_ok=True)
    (logs / "crash-20261130-100000-000000-desktop.txt").write_text("An older one")
    (logs / "crash-20261130-110000-000000-desktop.txt").write_text("DriveSphere 0.1.0\nZeroDivisionError")


def _offer():
    return next(
        (each for each in QApplication.topLevelWidgets() if isinstance(each, CrashOffer) and each.isVisible()), None
    )


def test_a_report_is_offered_once_and_copied(at_the_counter, demo_folder):
    _left_behind(demo_folder)

    async def first(person):
        await person.until(_offer)
        assert "ZeroDivisionError" in _offer().text.toPlainText()
        _offer().yes.click()
        await person.until(lambda: _offer() is None)
        await person.until(lambda: "ZeroDivisionError" in QGuiApplication.clipboard().text())

    async def second(person):
        await person.until(lambda: person.program.session.state.offered)
        assert _offer() is None

    at_the_counter(first, second)


def test_whoever_wants_none_is_left_in_peace(at_the_counter, demo_folder, tmp_path):
    _left_behind(demo_folder)

    async def story(person):
        await person.until(_offer)
        _offer().never.setChecked(True)
        _offer().reject()
        await person.until(lambda: _offer() is None)

    at_the_counter(story)

    kept = QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat)
    assert NEVER == kept.value("crash/seen")
