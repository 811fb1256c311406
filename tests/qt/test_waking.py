"""The computer slept, its clock was set, or it was carried into another zone, while the window was open."""

from __future__ import annotations

import os
import time

import pytest
from view_builders import NOW

from desktop.viewmodels.connection import ConnectionState, ConnectionViewModel
from desktop.viewmodels.session.waking import Waking
from desktop.widgets.countdown import Countdown
from engine.domain.shared.boot_clock import JumpWatch


@pytest.fixture
def asleep(monkeypatch):
    real, slept = time.clock_gettime, [0.0]
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    if boot is None:
        pytest.skip("only Linux tells both clocks apart here")
    monkeypatch.setattr(time, "clock_gettime", lambda clock: real(clock) + (slept[0] if clock == boot else 0))
    return slept


@pytest.mark.parametrize("slept", [1, 479, 599, 8 * 3600])
def test_a_countdown_goes_on_while_the_computer_sleeps(qtbot, theme, asleep, slept):
    count = Countdown(theme)
    qtbot.addWidget(count)
    count.start(599.0)
    asleep[0] = float(slept)
    count.tick()

    assert abs(count.remaining - max(599 - slept, 0)) < 5
    assert slept < 599 or "0:00" == count.text()
    count.stop()


def test_a_jump_of_any_clock_is_told_once(qtbot):
    readings = [0.0, 0.0]
    waking = Waking(JumpWatch(tuple((lambda n=n: readings[n]) for n in range(2))), zone=lambda: "here")
    with qtbot.assertNotEmitted(waking.jumped):
        waking.look()
    readings[0] += 480
    with qtbot.waitSignal(waking.jumped):
        waking.look()
    with qtbot.assertNotEmitted(waking.jumped):
        waking.look()


def test_another_zone_of_the_system_is_told(qtbot):
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    try:
        waking = Waking()
        waking.look()
        os.environ["TZ"] = "America/New_York"
        with qtbot.waitSignal(waking.zone_changed):
            waking.look()
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


async def test_after_a_jump_nothing_is_live_until_the_servers_answer_and_then_all_is_asked_again(tasks, until):
    answers, back = [], []

    async def probe():
        answers.append(1)
        return NOW, True

    class Here:
        async def call(self, what):
            return await what()

    connection = ConnectionViewModel(Here(), probe, tasks)
    connection.back.connect(lambda: back.append(len(answers)))
    connection.watch()
    await until(lambda: connection.state.heard_at is not None)
    assert back == []
    asked = len(answers)

    connection.distrust()
    assert not connection.state.live(NOW)
    assert isinstance(connection.state, ConnectionState)
    await until(lambda: bool(back))
    assert back == [asked + 1]
    await tasks.aclose()
