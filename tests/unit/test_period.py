from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain.shared.errors import InvalidPeriod
from engine.domain.shared.period import LONGEST, WALK_IN_GRACE, RentalPeriod, whole_milliseconds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

#: Zone, the day before the longer night, the day before the shorter night, and by how much the clock is moved.
DST_NIGHTS = [
    ("Europe/Berlin", datetime(2026, 10, 24, 10), datetime(2026, 3, 28, 10), HOUR),
    ("America/New_York", datetime(2026, 10, 31, 10), datetime(2026, 3, 7, 10), HOUR),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 10), datetime(2026, 10, 3, 10), HOUR / 2),
    ("Europe/Dublin", datetime(2026, 10, 24, 10), datetime(2026, 3, 28, 10), HOUR),
]

moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(whole_milliseconds)
lengths = st.timedeltas(timedelta(milliseconds=1), LONGEST).map(
    lambda length: max(timedelta(milliseconds=1), length - timedelta(microseconds=length.microseconds % 1000))
)
periods = st.builds(lambda start, length: RentalPeriod(start, start + length), moments, lengths)
zones = st.sampled_from([zone for zone, *_ in DST_NIGHTS] + ["UTC", "Asia/Kathmandu", "Pacific/Kiritimati"]).map(
    ZoneInfo
)


def between(first, last, zone):
    return RentalPeriod.between(first.replace(tzinfo=zone), last.replace(tzinfo=zone))


@given(periods, periods)
def test_overlap_is_symmetric(one, other):
    assert one.overlaps(other) == other.overlaps(one)


@given(periods, periods)
def test_overlap_means_a_shared_millisecond(one, other):
    shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)

    assert one.overlaps(other) == (shared >= timedelta(milliseconds=1))


@given(periods)
def test_a_period_overlaps_itself(period):
    assert period.overlaps(period)


@given(moments, lengths, lengths)
def test_back_to_back_never_collides(start, first, second):
    before = RentalPeriod(start, start + first)
    after = RentalPeriod(before.ends_at, before.ends_at + second)

    assert not before.overlaps(after)
    assert not after.overlaps(before)


@given(moments, lengths)
def test_one_millisecond_into_the_next_rental_collides(start, length):
    before = RentalPeriod(start, start + length)
    after = RentalPeriod(before.ends_at - timedelta(milliseconds=1), before.ends_at + DAY)

    assert before.overlaps(after)


@pytest.mark.parametrize(
    ("hours", "days"), [(0.01, 1), (1, 1), (23.99, 1), (24, 1), (24.01, 2), (36, 2), (48, 2), (49, 3)]
)
def test_P2_started_24_hour_blocks_are_billed(hours, days):
    period = RentalPeriod(NOON, NOON + hours * HOUR)

    assert days == period.billable_days(UTC)


@pytest.mark.parametrize(("zone", "autumn", "spring", "shift"), DST_NIGHTS)
def test_T1_DST_the_longer_night_is_one_day_on_the_wall_clock(zone, autumn, spring, shift):
    period = between(autumn, autumn + DAY, ZoneInfo(zone))

    assert DAY + shift == period.ends_at - period.starts_at
    assert 1 == period.billable_days(ZoneInfo(zone))


@pytest.mark.parametrize(("zone", "autumn", "spring", "shift"), DST_NIGHTS)
def test_T1_DST_the_shorter_night_is_one_day_on_the_wall_clock(zone, autumn, spring, shift):
    period = between(spring, spring + DAY, ZoneInfo(zone))

    assert DAY - shift == period.ends_at - period.starts_at
    assert 1 == period.billable_days(ZoneInfo(zone))


@pytest.mark.parametrize(("zone", "autumn", "spring", "shift"), DST_NIGHTS)
@pytest.mark.parametrize("hours", [24.25, 36, 48])
def test_P2_DST_over_one_day_is_two_days_in_both_nights(zone, autumn, spring, shift, hours):
    for night in (autumn, spring):
        period = between(night, night + hours * HOUR, ZoneInfo(zone))

        assert 2 == period.billable_days(ZoneInfo(zone))


def test_DST_an_hour_inside_the_hour_that_comes_twice_costs_a_day():
    berlin = ZoneInfo("Europe/Berlin")
    half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)

    period = RentalPeriod.between(half_past_two, half_past_two.replace(fold=1))

    assert period.ends_at - period.starts_at == HOUR
    assert 1 == period.billable_days(berlin)


@given(periods, zones)
def test_billed_days_cover_the_rental_on_the_wall_clock_and_no_day_more(period, zone):
    out, back = (end.astimezone(zone).replace(tzinfo=None) for end in (period.starts_at, period.ends_at))
    days = period.billable_days(zone)

    assert back <= out + days * DAY
    assert days == 1 or back > out + (days - 1) * DAY


@given(periods, zones, lengths)
def test_a_longer_rental_is_never_billed_fewer_days(period, zone, more):
    assume(period.ends_at + more - period.starts_at <= LONGEST)
    # Within the hour that comes twice the wall clock goes back; from the next day on it never does.
    assume(more >= DAY)
    longer = RentalPeriod(period.starts_at, period.ends_at + more)

    assert longer.billable_days(zone) >= period.billable_days(zone)


@pytest.mark.parametrize(
    "end",
    [
        datetime(2026, 3, 2, 12),
        datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC),
        NOON,
        NOON - HOUR,
        NOON + LONGEST + timedelta(milliseconds=1),
        datetime(9999, 12, 31, tzinfo=UTC),
        "2026-03-02T12:00Z",
        {"$gt": ""},
        None,
    ],
    ids=str,
)
def test_T1_ends_that_make_no_period_are_refused(end):
    with pytest.raises(InvalidPeriod):
        RentalPeriod(NOON, end)


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_years_whose_days_some_calendar_cannot_show_are_refused(year):
    start = datetime(year, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))

    with pytest.raises(InvalidPeriod):
        RentalPeriod.between(start, start + DAY)


def test_T1_between_refuses_times_without_a_zone():
    with pytest.raises(InvalidPeriod):
        RentalPeriod.between(NOON.replace(tzinfo=None), NOON + DAY)


def test_B7_a_rental_may_start_now():
    RentalPeriod(NOON, NOON + DAY).refuse_past(NOON)


def test_B7_filling_in_the_form_does_not_make_now_the_past():
    RentalPeriod(NOON, NOON + DAY).refuse_past(NOON + WALK_IN_GRACE)


def test_a_rental_may_not_start_in_the_past():
    period = RentalPeriod(NOON, NOON + DAY)

    with pytest.raises(InvalidPeriod):
        period.refuse_past(NOON + WALK_IN_GRACE + timedelta(milliseconds=1))


@given(st.datetimes(timezones=st.just(UTC)))
def test_whole_milliseconds_drops_less_than_one_and_stays(at):
    kept = whole_milliseconds(at)

    assert timedelta(0) <= at - kept < timedelta(milliseconds=1)
    assert kept == whole_milliseconds(kept)
