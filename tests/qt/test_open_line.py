"""When a branch is open, in the one line that a field has below it."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.words.hours_words import open_line
from engine.domain.car.opening_hours import Interval, OpeningHours, SpecialDay

MORNING, EVENING, LONG = Interval("08:00", "12:00"), Interval("13:00", "18:00"), Interval("09:00", "20:00")
FULL = ((MORNING, EVENING), (MORNING,), (MORNING, EVENING), (LONG,), (MORNING, EVENING), (MORNING,), ())
PLAIN = ((LONG,),) * 5 + ((MORNING,), ())
SUNDAY, MONDAY = date(2026, 11, 29), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("hours", "day", "told"),
    [
        (OpeningHours(PLAIN), SUNDAY, "Open Mon–Fri 09:00–20:00, Sat 08:00–12:00."),  # noqa: RUF001 -- as it is written
        (OpeningHours(FULL), MONDAY, "Open 08:00 to 12:00 and 13:00 to 18:00 on Monday."),
        (OpeningHours(FULL), SUNDAY, "Closed on Sunday."),
        (OpeningHours(PLAIN, (SpecialDay(MONDAY, ()),)), MONDAY, "Closed on Monday."),
    ],
)
def test_a_full_week_is_told_by_the_day_that_counts(hours, day, told):
    assert told == open_line(hours, day)
