"""What a row of the board says of its car: shapes, gaps, and on which days something is done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from board_builders import AT, HOUR, bar, row, service
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.booking.board import BarShape, out_now
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import CarStatus
from engine.domain.car.movement import MovementKind
from engine.domain.shared.period import OVERDUE_AHEAD

DAY = timedelta(days=1)
OUT = BookingState.OUT


@pytest.mark.parametrize(
    ("one", "shape"),
    [
        (bar(1, 2, 30, BookingState.HELD), BarShape.HELD),
        (bar(1, 2, 30, BookingState.RELEASING), BarShape.HELD),
        (bar(1, 2, 30), BarShape.CONFIRMED),
        (bar(1, -2, 30), BarShape.MISSED),
        (bar(1, -20, 3, OUT), BarShape.OUT),
        (bar(1, -20, -3, OUT), BarShape.LATE),
        (service(1, 1, 9), BarShape.SERVICE),
        (service(1, 1, 9, kind=MovementKind.TRANSFER), BarShape.TRANSFER),
        (bar(1, 1, 9, kind=ClaimKind.LEASE, booking=None), BarShape.LEASE),
        (bar(1, 1, 9, kind=ClaimKind.TURN, booking=None), BarShape.RESERVED),
    ],
)
def test_a_bar_has_the_shape_of_its_state(one, shape):
    assert shape is row(1, one).shape(one, AT)


def test_only_the_next_one_after_a_late_car_is_at_risk_and_only_within_the_hours_it_is_expected_in():
    late, soon, later = bar(1, -30, -3, OUT), bar(2, 5, 20), bar(3, 22, 40)
    car = row(1, late, soon, later)
    assert [BarShape.LATE, BarShape.AT_RISK, BarShape.CONFIRMED] == [car.shape(each, AT) for each in car.bars]

    far = bar(2, OVERDUE_AHEAD / HOUR, 60)
    assert BarShape.CONFIRMED is row(1, late, far).shape(far, AT)


def test_gaps_lie_between_what_is_taken_with_the_time_to_make_the_car_ready():
    car = row(1, bar(1, 2, 10, turn=HOUR), bar(2, 11, 20), bar(3, 30, 40, turn=2 * HOUR))

    found = list(car.gaps(AT, AT + 2 * DAY, AT))

    assert [(0, 2), (20, 30), (42, 48)] == [((a - AT) / HOUR, (b - AT) / HOUR) for a, b in found]
    for changes in ({"status": CarStatus.MAINTENANCE}, {"unread": 1}):
        assert [] == list(row(1, **changes).gaps(AT, AT + DAY, AT))
    late = row(1, bar(1, -9, -3, OUT))
    assert [(AT + OVERDUE_AHEAD, AT + 2 * DAY)] == list(late.gaps(AT, AT + 2 * DAY, AT))


_TIMES = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 30), st.integers(0, 5)), max_size=8)


@given(times=_TIMES, since=st.integers(-5, 200), long=st.integers(1, 40))
def test_gaps_and_days_say_what_is_free_as_claiming_does(times, since, long):
    """Against plain reading: whatever overlaps is no gap, and every hour that nothing takes is in one."""
    bars = [bar(n, start, start + hours, turn=turn * HOUR) for n, (start, hours, turn) in enumerate(times)]
    car, start, end = row(1, *bars), AT + since * HOUR, AT + (since + long) * HOUR
    hours = [AT + n * HOUR for n in range(since, since + long)]

    gaps = list(car.gaps(start, end, AT))
    free = [hour for hour in hours if car.free(hour, hour + HOUR, AT)]
    assert free == [hour for hour in hours if any(a <= hour and hour + HOUR <= b for a, b in gaps)]
    busy = car.days_busy(hours, [hour + HOUR for hour in hours], AT)
    assert [hour not in free for hour in hours] == [bool(busy & (1 << n)) for n in range(long)]


def test_out_counts_the_cars_that_renters_have():
    use = out_now([row(1, bar(1, -5, 5, OUT)), row(2, bar(2, 1, 5)), row(3)])

    assert (1, 3, 33) == (use.busy, use.of, use.percent)
