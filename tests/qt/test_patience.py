"""On a busy machine what is waited for has its time; on a German one numbers are written as the tests name them."""

from __future__ import annotations

import inspect
import os
import time

from PySide6.QtCore import QLocale
from within import WITHIN_S


def test_whatever_qt_waits_for_has_its_time(qtbot):
    waits = {name: getattr(qtbot, name) for name in dir(qtbot) if name.startswith("wait") and "_" not in name}
    times = {name: inspect.signature(wait).parameters.get("timeout") for name, wait in waits.items()}
    told = {name: time.default for name, time in times.items() if time is not None}

    assert {"waitUntil", "waitSignal", "waitActive"} <= told.keys()
    assert {round(WITHIN_S * 1000)} == set(told.values())


def test_habits_of_this_computer_are_not_those_of_the_tests():
    """Whatever they were when the run began, and whatever tests before this one tried."""
    told = {name: os.environ.get(name) for name in ("LC_ALL", "LANG", "LANGUAGE", "TZ")}

    assert {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "LANGUAGE": None, "TZ": "UTC"} == told
    assert ("C", "C") == (QLocale().name(), QLocale.system().name())
    assert ("UTC", "UTC") == time.tzname
