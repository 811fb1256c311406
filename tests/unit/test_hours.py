"""When a branch is open: after midnight, around the clock, and in the nights of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import BERLIN
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.viewmodels.search.search import first_form, wish_of
from engine.domain.car.branches import zones
from engine.domain.car.opening_hours import END_OF_DAY, every_day
from engine.domain.car.openings import is_open, next_opening
from engine.domain.shared.wall import on_wall, wall_of

CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
ZONES = st.sampled_from(zones())
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


def wall(text):
    return on_wall(datetime.fromisoformat(text), BERLIN.tzinfo).moment


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-27 01:59", True),
        ("2026-11-27 02:00", True),
        ("2026-11-27 02:01", False),
        ("2026-11-27 05:59", False),
        ("2026-11-27 06:00", True),
        # Closes with the hour that is skipped; is open through both of those that come twice.
        ("2027-03-28 01:59", True),
        ("2027-03-28 03:01", False),
        ("2027-10-31 02:00", True),
        ("2027-10-31 02:01", True),
        ("2027-10-31 03:00", False),
    ],
)
def test_a_branch_that_closes_after_midnight(at, expected):
    assert expected is is_open(every_day("06:00", "02:00"), BERLIN.tzinfo, wall(at))


def test_a_branch_around_the_clock_is_never_closed():
    hours, start = every_day("00:00", END_OF_DAY), wall("2027-10-30 00:00")

    assert all(is_open(hours, BERLIN.tzinfo, start + timedelta(minutes=n)) for n in range(0, 3 * 24 * 60, 7))


@given(zone=ZONES, opens=CLOCKS, closes=CLOCKS, moment=MOMENTS)
@settings(max_examples=300, deadline=None)
def test_the_next_opening_is_open_and_soon(zone, opens, closes, moment):
    branch = replace(BERLIN, zone=zone, hours=every_day(opens, closes))
    if opens == closes:
        return
    opening = next_opening(branch.hours, branch.tzinfo, moment)

    assert is_open(branch.hours, branch.tzinfo, opening)
    assert moment <= opening <= moment + timedelta(hours=49)
    # By its wall clock it is open or not, whatever the zone; but for the nights of a change.
    shown = f"{wall_of(moment, branch.tzinfo):%H:%M}"
    by_clock = opens <= shown <= closes if opens < closes else shown >= opens or shown <= closes
    offsets = {(moment + timedelta(hours=n)).astimezone(branch.tzinfo).utcoffset() for n in range(-30, 31, 3)}
    assert len(offsets) > 1 or by_clock is is_open(branch.hours, branch.tzinfo, moment)


@given(zone=ZONES, opens=CLOCKS, closes=st.one_of(CLOCKS, st.just(END_OF_DAY)), moment=MOMENTS)
@settings(max_examples=200, deadline=None)
def test_the_first_search_starts_when_the_branch_is_open_and_at_no_time_that_comes_twice(zone, opens, closes, moment):
    if opens == closes:
        return
    branch = replace(BERLIN, zone=zone, hours=every_day(opens, closes))
    form = first_form(branch, moment)

    placed = on_wall(form.pick_up, branch.tzinfo)
    assert placed.skipped is None
    assert not placed.twice
    assert moment < placed.moment <= moment + timedelta(hours=52)
    assert wish_of(form, branch).period.starts_at == placed.moment
    assert on_wall(form.drop_off, branch.tzinfo).skipped is None
