"""Days of birth and of licences are read as people write them, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.people.driving import day_of, read_day, sound_driving, years_between
from engine.domain.shared.errors import InvalidText

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_what_can_be_one_day_only_is_that_day(day):
    kept = day.isoformat()
    ways = [kept, f"{day.day}.{day.month}.{day.year}", f"{day.day:02d}. {day.month:02d}. {day.year}", f" {kept}\u200b"]
    if day.day > 12 or day.day == day.month:
        ways += [f"{day.day}/{day.month}/{day.year}", f"{day.month}/{day.day}/{day.year}"]
    assert {kept} == {read_day("born", way) for way in ways}
    assert day == day_of(kept)


def test_other_digits_are_read_and_nothing_is_no_day():
    assert "1987-03-14" == read_day("born", "١٤.٣.١٩٨٧")
    assert ("", None) == (read_day("born", "  "), day_of(""))


@pytest.mark.parametrize(
    "text", ["31.2.1990", "14.3.87", "1987", "14 3 1987", "0.1.1990", "14.13.1990", "1899-12-31", "3/4/1990", "x", "{}"]
)
def test_what_is_no_day_or_could_be_two_is_refused_at_its_field(text):
    with pytest.raises(InvalidText) as caught:
        read_day("licence_until", text)
    assert "licence_until" == caught.value.field


@pytest.mark.parametrize(
    ("days", "field"),
    [
        (("2026-12-01", "", ""), "born"),
        (("1990-01-01", "1989-01-01", ""), "licence_since"),
        (("", "2027-01-01", ""), "licence_since"),
        (("", "2010-01-01", "2009-12-31"), "licence_until"),
    ],
)
def test_days_that_cannot_be_one_persons_are_refused(days, field):
    with pytest.raises(InvalidText) as caught:
        sound_driving(days, date(2026, 12, 1))
    assert field == caught.value.field


def test_a_licence_that_is_over_may_be_written_down():
    sound_driving(("1990-01-01", "2010-01-01", "2020-01-01"), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("2005-12-01", "2026-11-30", 20),
        ("2005-12-01", "2026-12-01", 21),
        ("2004-02-29", "2025-02-28", 20),
        ("2004-02-29", "2025-03-01", 21),
    ],
)
def test_years_are_whole_ones(first, last, years):
    assert years == years_between(date.fromisoformat(first), date.fromisoformat(last))
