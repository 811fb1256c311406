from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from earnings_builders import first_moment
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.reports.owner_books import less, merged, shared, split
from engine.domain.reports.report_period import Span, SpanKind, midnight, moment, month, own_days, quarter, year_of
from engine.domain.shared.errors import InvalidPeriod

BERLIN = "Europe/Berlin"
ZONES = (BERLIN, "America/Sao_Paulo", "America/New_York", "Asia/Beirut", "Pacific/Apia", "Asia/Kathmandu", "UTC")
days = st.dates(date(1990, 1, 1), date(2035, 12, 31))
times = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1])))


def hours(span):
    return (span.ends_at - span.starts_at) / timedelta(hours=1)


def test_months_with_a_change_of_the_clock_are_whole():
    assert hours(month(2026, 3, BERLIN)) == 31 * 24 - 1
    assert hours(month(2026, 10, BERLIN)) == 31 * 24 + 1
    assert hours(month(2026, 2, BERLIN)) == 28 * 24


@given(day=days, zone=st.sampled_from(ZONES))
def test_a_day_begins_with_the_first_moment_that_the_wall_calls_so(day, zone):
    assert midnight(day, zone) == first_moment(day, zone)


def test_a_midnight_that_is_jumped_over_begins_with_the_jump():
    # Sao Paulo put the clock forward at midnight of 4 November 2018.
    assert midnight(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "before"),
    [
        (month(2026, 1, BERLIN), month(2025, 12, BERLIN)),
        (month(2026, 3, BERLIN), month(2026, 2, BERLIN)),
        (quarter(2026, 1, BERLIN), quarter(2025, 4, BERLIN)),
        (year_of(2026, BERLIN), year_of(2025, BERLIN)),
        (own_days(date(2026, 3, 1), date(2026, 3, 10), BERLIN), own_days(date(2026, 2, 19), date(2026, 2, 28), BERLIN)),
    ],
)
def test_R3_the_period_before_ends_where_this_one_begins(span, before):
    assert span.before == before
    assert before.after == span
    assert before.ends_at == span.starts_at


def test_parts_are_days_or_months_and_cover_the_span():
    assert len(month(2026, 2, BERLIN).parts) == 28
    assert len(quarter(2026, 2, BERLIN).parts) == 3
    assert len(year_of(2026, BERLIN).parts) == 12
    cut = own_days(date(2025, 11, 20), date(2026, 2, 5), BERLIN)
    assert cut.parts == (date(2025, 11, 20), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))


@given(first=days, length=st.integers(1, 800), zone=st.sampled_from(ZONES))
def test_marks_rise_from_the_start_to_the_end(first, length, zone):
    span = own_days(first, first + timedelta(days=length - 1), zone)

    assert list(span.marks) == sorted(span.marks)
    assert (moment(span.marks[0]), moment(span.marks[-1])) == (span.starts_at, span.ends_at)
    assert len(span.marks) == len(span.parts) + 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: month(2026, 13, BERLIN),
        lambda: month(2026, 1, "Europe/Nowhere"),
        lambda: own_days(date(2026, 3, 2), date(2026, 3, 1), BERLIN),
        lambda: own_days(date(2000, 1, 1), date(2026, 3, 1), BERLIN),
        lambda: own_days(date(9999, 1, 1), date(9999, 12, 31), BERLIN),
        lambda: Span(SpanKind.CUSTOM, date(1900, 1, 1), date(1900, 1, 2), "UTC"),
    ],
)
def test_what_is_no_period_is_refused(make):
    with pytest.raises(InvalidPeriod):
        make()


@given(one=times, other=times)
def test_time_is_counted_once_and_shared_time_lies_in_both(one, other):
    points = {at for start, end in one for at in range(start, end)}
    others = {at for start, end in other for at in range(start, end)}

    both = shared(merged(one), merged(other))

    assert sum(end - start for start, end in merged(one)) == len(points)
    assert {at for start, end in both for at in range(start, end)} == points & others
    assert split(merged(one), [0, 100, 110, 400]) == [
        len([at for at in points if low <= at < high]) for low, high in ((0, 100), (100, 110), (110, 400))
    ]


@given(one=times, other=times)
def test_what_is_left_is_each_moment_of_one_that_is_not_in_the_other(one, other):
    whole, taken = merged(one), merged(other)

    left = less(whole, taken)

    assert left == merged(left)
    for at in {end for each in (*whole, *taken) for end in each}:
        within = [any(start <= at < end for start, end in each) for each in (whole, taken, left)]
        assert within[2] == (within[0] and not within[1])
