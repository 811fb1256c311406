"""Where a car will stand, and that nobody is promised it where it will not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.car.places import Leg, fits, place_at

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def leg(day, start, end):
    return Leg(NOW + timedelta(days=day), start, end)


THERE = leg(2, "A", "B")
BACK = leg(6, "B", "A")


@pytest.mark.parametrize(
    ("legs", "wished", "good"),
    [
        ([], leg(1, "A", "A"), True),
        ([], leg(1, "A", "B"), True),
        ([], leg(1, "B", "B"), False),
        ([THERE], leg(1, "A", "A"), True),
        ([THERE], leg(1, "A", "B"), False),
        ([THERE], leg(3, "A", "A"), False),
        ([THERE], leg(3, "B", "B"), True),
        ([THERE, BACK], leg(3, "B", "B"), True),
        ([THERE, BACK], leg(3, "B", "A"), False),
        ([THERE, BACK], leg(7, "A", "C"), True),
        # Somebody has to bring it for the rental of day 6 anyway.
        ([BACK], leg(1, "A", "A"), True),
        ([BACK], leg(1, "A", "B"), True),
        ([BACK], leg(1, "A", "C"), False),
    ],
)
def test_a_car_is_promised_only_where_it_will_stand_and_left_where_it_is_needed_next(legs, wished, good):
    assert good == fits(wished, "A", legs)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ABC"), st.sampled_from("ABC")), max_size=12))
def test_what_is_sold_by_the_rule_never_makes_anybody_fetch_a_car(wishes):
    sold = []
    for day, start, end in wishes:
        wished = leg(day, start, end)
        if all(each.starts_at != wished.starts_at for each in sold) and fits(wished, "A", sold):
            sold.append(wished)

    assert all(place_at("A", sold, each.starts_at) == each.start_id for each in sold)
