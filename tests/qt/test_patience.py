"""What is waited for has as long as it needs on a busy machine, whoever waits."""

from __future__ import annotations

import inspect

from within import WITHIN_S


def test_whatever_qt_waits_for_has_its_time(qtbot):
    waits = {name: getattr(qtbot, name) for name in dir(qtbot) if name.startswith("wait") and "_" not in name}
    times = {name: inspect.signature(wait).parameters.get("timeout") for name, wait in waits.items()}
    told = {name: time.default for name, time in times.items() if time is not None}

    assert {"waitUntil", "waitSignal", "waitActive"} <= told.keys()
    assert {round(WITHIN_S * 1000)} == set(told.values())
