"""The window is where it was left on these screens, and on one of them whatever was unplugged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QRect

from desktop.preferences import Preferences
from desktop.views.frame.window_place import arrangement

ROOT = Path(__file__).resolve().parents[2]
OFFICE, BESIDE = ("DP-1", QRect(0, 0, 1920, 1080), 1.0), ("DP-2", QRect(1920, 0, 2560, 1440), 1.0)
#: A desk's whole life on Qt's own screens of that file: opens where the folder says, is moved, goes.
LIFE = """
import sys
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QMainWindow
from pathlib import Path
from desktop.preferences import Preferences
from desktop.views.frame.window_place import WindowPlace
app = QApplication([])
window = QMainWindow()
place = WindowPlace(window, Preferences(Path(sys.argv[1])))
place.open()
window.show()
app.processEvents()
place.rearrange()
at = window.geometry()
print(at.x(), at.y(), at.width(), at.height())
if len(sys.argv) > 2:
    window.setGeometry(QRect(*map(int, sys.argv[2:])))
    app.processEvents()
place.keep()
"""


@given(st.permutations([OFFICE, BESIDE, ("eDP-1", QRect(0, 1080, 1280, 800), 2.0)]))
def test_the_order_in_which_screens_are_told_does_not_count(screens):
    assert arrangement(screens) == arrangement(sorted(screens, key=str))


@pytest.mark.parametrize(
    "other",
    [
        [OFFICE],
        [OFFICE, ("DP-3", *BESIDE[1:])],
        [OFFICE, ("DP-2", QRect(-2560, 0, 2560, 1440), 1.0)],
        [OFFICE, ("DP-2", BESIDE[1], 1.5)],
    ],
    ids=["unplugged", "another one", "on the other side", "another scale"],
)
def test_other_screens_places_and_scales_are_another_arrangement(other):
    assert arrangement([OFFICE, BESIDE]) != arrangement(other)


def test_places_of_the_latest_arrangements_are_kept_and_rubbish_is_none(tmp_path):
    before = Preferences(tmp_path / "p.ini")
    for number in range(30):
        before.keep_place(f"n{number}", QByteArray(bytes([number])))
    before.save()

    after = Preferences(tmp_path / "p.ini")

    assert b"\x1d" == after.place("n29").data()
    assert after.place("n0").isEmpty()
    assert after.place("never").isEmpty()
    after._settings.setValue("window/places", '{"x": "é%"}')
    assert isinstance(after.place("x"), QByteArray)


@pytest.fixture
def settled(window):
    """Nothing of its opening is still to come."""
    window._place._rearranging.stop()
    return window


def test_a_window_whose_screen_went_comes_back_onto_one_that_is_there(settled, qtbot, qapp):
    window = settled
    window.setGeometry(QRect(5000, 3000, 1280, 800))

    qapp.screenRemoved.emit(qapp.primaryScreen())

    free = qapp.primaryScreen().availableGeometry()
    qtbot.waitUntil(lambda: free.contains(window.geometry()))


def test_a_screen_with_less_room_than_before_makes_the_window_smaller(settled, qtbot, qapp):
    window = settled
    free = qapp.primaryScreen().availableGeometry()
    window.setMinimumSize(0, 0)
    window.resize(free.width() * 2, free.height() * 2)

    qapp.primaryScreen().availableGeometryChanged.emit(free)

    qtbot.waitUntil(lambda: free.contains(window.geometry()))


def life(tmp_path, screens, *then):
    """Where a window opens on *screens* (name, x, y, width, height, scale), before it is moved *then*."""
    names = ("name", "x", "y", "width", "height", "dpr")
    told = [dict(zip(names, screen, strict=True), logicalDpi=96, logicalBaseDpi=96) for screen in screens]
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": told}))
    done = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-c", LIFE, tmp_path / "p.ini", *map(str, then)],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={file}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(map(int, done.stdout.split()))


def test_each_arrangement_of_screens_has_its_own_place(tmp_path):
    home, desk = ("eDP-1", 0, 0, 1600, 1000, 1), ("DP-1", 1600, 0, 2560, 1440, 1)
    life(tmp_path, [home, desk], 2000, 100, 1500, 1200)
    at_home = life(tmp_path, [home], 60, 90, 1100, 700)

    assert (2000, 100, 1500, 1200) == life(tmp_path, [home, desk])
    assert (60, 90, 1100, 700) == life(tmp_path, [home])
    assert QRect(0, 0, 1600, 1000).contains(QRect(*at_home))


def test_on_screens_never_seen_it_opens_within_one_of_them(tmp_path):
    life(tmp_path, [("DP-1", 0, 0, 3840, 2160, 1)], 2200, 1100, 1600, 1000)

    at = life(tmp_path, [("DP-1", 0, 0, 1280, 720, 1)])

    assert QRect(0, 0, 1280, 720).contains(QRect(*at))
