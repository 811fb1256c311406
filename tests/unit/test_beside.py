"""What a period is compared with: like with like, whatever day and hour it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.reports.comparison import Which, stretches
from engine.domain.reports.report_period import Span, SpanKind, milliseconds, moment, month, own_days, quarter, year_of

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from([BERLIN, "America/Sao_Paulo", "Pacific/Apia", "UTC"])
DAYS = st.dates(date(2001, 1, 1), date(2035, 12, 31))


def spans(day: date, zone: str, length: int):
    return (
        month(day.year, day.month, zone),
        quarter(day.year, (day.month + 2) // 3, zone),
        year_of(day.year, zone),
        own_days(day, day + timedelta(days=length), zone),
    )


def at(text: str, zone: str = BERLIN) -> int:
    return milliseconds(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


def told(span: Span, as_of: int):
    return {
        each.which: (each.first.isoformat(), (each.end - timedelta(days=1)).isoformat())
        for each in stretches(span, as_of)
    }


def test_november_on_its_29th_is_compared_with_29_days_of_october_and_of_november_a_year_ago():
    found = told(month(2026, 11, BERLIN), at("2026-11-29T14:00"))

    assert {Which.BEFORE: ("2026-10-01", "2026-10-29"), Which.YEAR_AGO: ("2025-11-01", "2025-11-29")} == found


def test_on_the_first_in_the_morning_some_hours_are_compared_with_as_many():
    before, year_ago = stretches(month(2026, 12, BERLIN), at("2026-12-01T09:00"))

    assert (9 * 3_600_000, 9 * 3_600_000) == (before.until - before.since, year_ago.until - year_ago.since)


@pytest.mark.parametrize(
    ("span", "now", "before"),
    [
        (month(2026, 3, BERLIN), "2026-03-31T10:00", ("2026-02-01", "2026-02-28")),
        (quarter(2026, 4, BERLIN), "2026-11-29T10:00", ("2026-07-01", "2026-08-29")),
        (year_of(2028, BERLIN), "2028-02-29T10:00", ("2027-01-01", "2027-02-28")),
        (month(2026, 10, BERLIN), "2026-12-01T10:00", ("2026-09-01", "2026-09-30")),
        (own_days(date(2026, 11, 20), date(2026, 12, 3), BERLIN), "2026-11-29T10:00", ("2026-11-06", "2026-11-15")),
    ],
)
def test_the_same_days_of_other_periods(span, now, before):
    assert before == told(span, at(now))[Which.BEFORE]


def test_a_year_is_its_own_year_ago_and_what_has_not_begun_is_compared_with_nothing():
    assert [Which.BEFORE] == list(told(year_of(2026, BERLIN), at("2026-11-29T10:00")))
    assert {} == told(month(2027, 1, BERLIN), at("2026-11-29T10:00"))


@given(DAYS, ZONES, st.integers(0, 400), st.floats(0.001, 1.5))
@settings(max_examples=300, deadline=None)
def test_no_more_time_of_another_period_is_counted_than_of_this_one(day, zone, length, share):
    for span in spans(day, zone, length):
        whole = span.marks[-1] - span.marks[0]
        as_of = span.marks[0] + max(int(whole * share), 1)
        for each in stretches(span, as_of):
            assert span.first != each.first
            assert each.since < each.until <= span.marks[-1]
            assert each.cut is (as_of < span.marks[-1])
            assert each.since == milliseconds(
                datetime.combine(each.first, datetime.min.time(), span.wall).astimezone(UTC)
            )
            if each.cut and span.kind is not SpanKind.YEAR:
                # A clock that is put forward or back, a leap day, or a day that the other month has not.
                gone = as_of - span.marks[0]
                assert each.until - each.since <= gone + 4 * 86_400_000
                assert moment(each.until) > moment(each.since)


@given(st.dates(date(2001, 1, 1), date(2035, 12, 28)), st.integers(0, 23))
@settings(max_examples=200, deadline=None)
def test_of_a_month_that_is_not_over_the_last_day_ends_at_the_time_that_it_is_now(day, hour):
    span, now = month(day.year, day.month, "UTC"), datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
    for each in stretches(span, milliseconds(now)):
        last = moment(each.until)
        assert (last.day, last.hour) == (day.day, hour) or last.day == 1
