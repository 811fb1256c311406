"""A branch's week, its special days, what is done out of hours, and when a car that came back is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.car.body_type import BodyType
from engine.domain.car.opening_hours import (
    AROUND_THE_CLOCK,
    BodyTurn,
    Handing,
    Interval,
    OutOfHours,
    OutsideRule,
    SpecialDay,
    Surcharge,
    TurnRound,
    every_day,
    sound_hours,
)
from engine.domain.car.openings import Stretch, closed_stretches, fee_for, free_at, is_open, may_hand, next_opening
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.wall import on_wall, wall_of

BERLIN, YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
TODAY = date(2026, 11, 27)
DAY, NO_TURN = (Interval("08:00", "18:00"),), TurnRound()
SUNDAYS_OFF = replace(every_day("08:00", "18:00"), week=(*(DAY,) * 6, ()))
EURO, DOLLAR = Money(25_00, "EUR"), Money(25_00, "USD")
FEE_FOR_NOTHING = OutsideRule(allowed=False, fee=EURO)
TODAY_IS = f"special.{TODAY.isoformat()}"


def wall(text, zone=BERLIN):
    """The last coming of a time that comes twice."""
    return on_wall(datetime.fromisoformat(text), zone).comings[-1]


def shown(moment, zone=BERLIN):
    return f"{wall_of(moment, zone):%a %d %H:%M}"


def of_week(*days):
    return replace(every_day("08:00", "18:00"), week=days + ((),) * (7 - len(days)))


@pytest.mark.parametrize(
    ("zone", "sunday"), [(BERLIN, "2027-03-28"), (BERLIN, "2027-10-31"), (YORK, "2027-03-14"), (YORK, "2027-11-07")]
)
def test_a_closed_sunday_is_closed_from_saturdays_closing_to_mondays_opening_in_both_nights_of_a_change(zone, sunday):
    midnight = datetime.fromisoformat(sunday)
    closing, opening = (
        on_wall(midnight + timedelta(hours=hours), zone).moment
        for hours in (-6, 32)  # Saturday 18:00, Monday 08:00
    )

    closed = closed_stretches(SUNDAYS_OFF, zone, closing - timedelta(hours=5), opening + timedelta(hours=5))

    assert closed == [Stretch(closing, opening)]
    assert opening - closing in (timedelta(hours=37), timedelta(hours=39))
    assert opening == next_opening(SUNDAYS_OFF, zone, closing + timedelta(minutes=1))


def test_several_intervals_a_day_and_the_minute_of_closing():
    noon_off = of_week((Interval("08:00", "12:00"), Interval("13:00", "18:00")))

    told = {at: is_open(noon_off, BERLIN, wall(f"2026-11-30 {at}")) for at in ("12:00", "12:01", "12:59", "13:00")}

    assert told == {"12:00": True, "12:01": False, "12:59": False, "13:00": True}


def test_a_night_belongs_to_the_day_on_which_it_begins():
    friday = of_week((), (), (), (), (Interval("18:00", "02:00"),))
    closed_saturday = replace(friday, special_days=(SpecialDay(date(2026, 11, 28)),))
    closed_friday = replace(friday, special_days=(SpecialDay(date(2026, 11, 27)),))
    one = wall("2026-11-28 01:00")

    assert [True, True, False] == [is_open(each, BERLIN, one) for each in (friday, closed_saturday, closed_friday)]


def test_special_days_take_the_place_of_their_weekday():
    eve = SpecialDay(date(2026, 12, 24), (Interval("08:00", "12:00"),))
    christmas = SpecialDay(date(2026, 12, 25))
    hours = replace(every_day("08:00", "18:00"), special_days=(eve, christmas))

    assert "Sat 26 08:00" == shown(next_opening(hours, BERLIN, wall("2026-12-24 12:01")))


def test_around_the_clock_is_never_closed():
    hours = replace(every_day("08:00", "18:00"), week=((AROUND_THE_CLOCK,),) * 7)

    assert [] == closed_stretches(hours, BERLIN, wall("2027-10-30 00:00"), wall("2027-11-02 00:00"))


CLOCKS = st.times().map(lambda at: f"{at:%H:%M}")
DAYS = st.lists(st.builds(Interval, CLOCKS, CLOCKS), max_size=2).map(tuple)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


def taken(week):
    try:
        return sound_hours(of_week(*week), today=TODAY, currency="EUR")
    except InvalidText:
        return None


@given(
    week=st.lists(DAYS, min_size=7, max_size=7), at=MOMENTS, zone=st.sampled_from([BERLIN, YORK]),
    minutes=st.integers(0, 1440),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_what_is_closed_and_what_is_open_are_all_the_time_there_is(week, at, zone, minutes):
    if (hours := taken(week)) is None:
        return
    until = at + timedelta(days=9)

    closed = closed_stretches(hours, zone, at, until)

    for each in closed:
        assert not is_open(hours, zone, each.since + (each.until - each.since) / 2)
    assert closed == sorted(closed, key=lambda each: each.since)
    between = [one.until + (other.since - one.until) / 2 for one, other in pairwise(closed)]
    assert all(is_open(hours, zone, each) for each in between)
    opens = next_opening(hours, zone, at)
    assert at <= opens <= until
    assert is_open(hours, zone, opens)
    turned = replace(hours, turn=TurnRound(minutes), counts_only_open_hours=True)
    free = free_at(turned, zone, at, BodyType.SUV)
    shut = [each for each in closed_stretches(hours, zone, at, free) if free > at]
    worked = free - at - sum((each.until - each.since for each in shut), timedelta())
    assert worked == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("ends_at", "counted", "free"),
    [
        ("2026-11-30 10:00", True, "Mon 30 11:00"),
        ("2026-11-30 17:30", True, "Tue 01 08:30"),
        ("2026-11-30 17:30", False, "Mon 30 18:30"),
        ("2026-11-28 22:00", True, "Mon 30 09:00"),  # a Saturday night, by key box
        ("2027-03-27 17:30", True, "Mon 29 08:30"),  # the night in which the clock goes forward
        ("2027-10-30 17:30", True, "Mon 01 08:30"),  # and back
        ("2027-03-28 01:30", False, "Sun 28 03:30"),
        ("2027-10-31 02:30", False, "Sun 31 03:30"),  # an hour after its second coming
    ],
)
def test_a_car_is_free_after_its_turn_round(ends_at, counted, free):
    hours = replace(SUNDAYS_OFF, turn=TurnRound(60), counts_only_open_hours=counted)

    assert free == shown(free_at(hours, BERLIN, wall(ends_at), BodyType.SUV))


def test_a_turn_round_of_its_own_per_body_and_none_at_all():
    hours = replace(SUNDAYS_OFF, turn=TurnRound(30, (BodyTurn(BodyType.VAN, 90), BodyTurn(BodyType.COUPE, 0))))
    back = wall("2026-11-30 10:00")

    told = [
        (free_at(hours, BERLIN, back, body) - back) // timedelta(minutes=1) for body in (BodyType.VAN, BodyType.SUV)
    ]

    assert told == [90, 30]
    assert back == free_at(hours, BERLIN, back, BodyType.COUPE)


def test_out_of_hours_by_rule():
    asked = OutOfHours(OutsideRule(allowed=False), OutsideRule(allowed=False), OutsideRule(fee=EURO))
    hours, sunday = replace(SUNDAYS_OFF, out_of_hours=asked), wall("2026-11-29 10:00")

    assert not may_hand(hours, BERLIN, Handing.PICKUP, sunday)
    assert may_hand(hours, BERLIN, Handing.RETURN, sunday)
    assert (Surcharge.KEY_BOX, EURO) == _told(fee_for(hours, BERLIN, Handing.RETURN, sunday))
    assert fee_for(hours, BERLIN, Handing.RETURN, wall("2026-11-30 10:00")) is None
    nobody = replace(hours, out_of_hours=replace(asked, key_box=OutsideRule(allowed=False)))
    assert not may_hand(nobody, BERLIN, Handing.RETURN, sunday)
    someone = replace(hours, out_of_hours=replace(asked, back=OutsideRule()))
    assert fee_for(someone, BERLIN, Handing.RETURN, sunday) is None


def test_a_special_day_has_a_fee_in_its_hours():
    eve = SpecialDay(date(2026, 12, 24), (Interval("08:00", "12:00"),), EURO)
    hours = replace(SUNDAYS_OFF, special_days=(eve,), out_of_hours=OutOfHours(OutsideRule(fee=EURO.times(2))))

    told = [_told(fee_for(hours, BERLIN, Handing.PICKUP, wall(f"2026-12-24 {at}"))) for at in ("09:00", "13:00")]

    assert told == [(Surcharge.SPECIAL_DAY, EURO), (Surcharge.PICKUP_CLOSED, EURO.times(2))]


def _told(fee):
    return fee.surcharge, fee.amount


@pytest.mark.parametrize(
    ("hours", "field", "code"),
    [
        (of_week((Interval("08:00", "08:00"),)), "week.0", "field.never_open"),
        (of_week((), (Interval("8:00", "18:00"),)), "week.1", "field.time_of_day"),
        (of_week((Interval("24:00", "18:00"),)), "week.0", "field.time_of_day"),
        (of_week((Interval("08:00", "24:01"),)), "week.0", "field.time_of_day"),
        (of_week(DAY * 2), "week.0", "field.hours_twice"),
        (of_week((Interval("08:00", "12:00"), Interval("11:59", "18:00"))), "week.0", "field.hours_overlap"),
        # Closing before opening is a night, unless the day goes on or the next one has begun.
        (of_week((Interval("18:00", "08:00"), Interval("20:00", "22:00"))), "week.0", "field.hours_overlap"),
        (of_week((Interval("18:00", "08:01"),), DAY), "week.0", "field.hours_overlap"),
        (replace(SUNDAYS_OFF, week=(DAY, *((),) * 5, (Interval("18:00", "09:00"),))), "week.6", "field.hours_overlap"),
        (of_week(tuple(Interval(f"0{n}:00", f"0{n}:30") for n in range(7))), "week.0", "field.too_many_intervals"),
        (of_week(), "week", "field.no_open_day"),
        (replace(SUNDAYS_OFF, week=(DAY,) * 6), "week", "field.no_open_day"),
        (replace(SUNDAYS_OFF, turn=TurnRound(10 * 24 * 60)), "turn.usual", "field.between"),
        (replace(SUNDAYS_OFF, turn=TurnRound(0, (BodyTurn(BodyType.SUV, -1),))), "turn.suv", "field.between"),
        (replace(SUNDAYS_OFF, special_days=(SpecialDay(date(2026, 11, 26)),)), "special.2026-11-26", "field.past"),
        (replace(SUNDAYS_OFF, special_days=(SpecialDay(TODAY),) * 2), TODAY_IS, "field.day_twice"),
        (replace(SUNDAYS_OFF, special_days=(SpecialDay(TODAY, fee=EURO),)), TODAY_IS, "field.fee_for_nothing"),
        (replace(SUNDAYS_OFF, special_days=(SpecialDay(TODAY, DAY, -EURO),)), TODAY_IS, "field.fee"),
        (replace(SUNDAYS_OFF, special_days=(SpecialDay(TODAY, DAY, DOLLAR),)), TODAY_IS, "field.in_currency"),
        (replace(SUNDAYS_OFF, out_of_hours=OutOfHours(back=FEE_FOR_NOTHING)), "return", "field.fee_for_nothing"),
        (
            replace(SUNDAYS_OFF, special_days=tuple(SpecialDay(TODAY + timedelta(days=n)) for n in range(400))),
            "special",
            "field.too_many_days",
        ),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused_at_their_field(hours, field, code):
    with pytest.raises(InvalidText) as refused:
        sound_hours(hours, today=TODAY, currency="EUR")

    assert (field, code) == (refused.value.field, refused.value.said.code)


def test_hours_are_put_in_order_and_days_of_the_past_stay_as_they_are():
    past, soon = SpecialDay(date(2025, 12, 25)), SpecialDay(date(2026, 12, 25), name="  Christmas ")
    week = ((Interval("13:00", "18:00"), Interval("08:00", "12:00")),)
    given = replace(of_week(*week), special_days=(soon, past), turn=TurnRound(30, (BodyTurn(BodyType.SUV, 30),)))

    kept = sound_hours(given, today=TODAY, currency="EUR", before=replace(SUNDAYS_OFF, special_days=(past,)))

    assert kept.special_days == (past, replace(soon, name="Christmas"))
    assert kept.week[0] == (Interval("08:00", "12:00"), Interval("13:00", "18:00"))
    assert kept.turn == TurnRound(30)
    with pytest.raises(InvalidText):
        sound_hours(
            given, today=TODAY, currency="EUR", before=replace(SUNDAYS_OFF, special_days=(replace(past, name="other"),))
        )
