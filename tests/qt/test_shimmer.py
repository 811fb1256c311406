from __future__ import annotations

import pytest

from desktop.widgets.loading.shimmer import BAND_PX, SWEEP_S, ShimmerClock


class Clock:
    at = 0.0

    def __call__(self):
        return self.at


class Client:
    def __init__(self):
        self.steps = 0

    def shimmer_step(self):
        self.steps += 1


@pytest.fixture
def time():
    return Clock()


@pytest.fixture
def clock(theme, time):
    clock = ShimmerClock(theme, now=time)
    yield clock
    clock.deleteLater()


def test_clock_runs_only_while_somebody_shimmers(clock):
    one, other = Client(), Client()
    assert not clock.running
    clock.join(one)
    clock.join(other)
    clock.leave(one)
    assert clock.running
    clock.leave(other)

    assert not clock.running


def test_reduced_motion_stops_the_light_for_everybody(clock, theme):
    client = Client()
    clock.join(client)
    theme.reduce_motion(reduced=True)
    assert not clock.running
    theme.reduce_motion(reduced=False)
    assert clock.running
    clock.leave(client)


def test_strip_holds_the_old_band_and_the_new_and_little_else(clock, time):
    client, width = Client(), 1000
    clock.join(client)
    time.at = SWEEP_S * 0.5
    clock.step()
    time.at += SWEEP_S * 0.02
    clock.step()
    left, right = clock.swept(width)
    travelled = 0.02 * (width + BAND_PX)
    clock.leave(client)

    assert 2 == client.steps
    assert left <= 0.5 * (width + BAND_PX) - BAND_PX
    assert BAND_PX + travelled == pytest.approx(right - left, abs=3)


def test_strip_of_a_new_sweep_takes_the_old_band_away(clock, time):
    client, width = Client(), 1000
    clock.join(client)
    time.at = SWEEP_S * 0.95
    clock.step()
    time.at = SWEEP_S * 1.01
    clock.step()
    left, right = clock.swept(width)
    clock.leave(client)

    assert left <= 0.95 * (width + BAND_PX) - BAND_PX
    assert width == right
