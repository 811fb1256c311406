"""Days of a list begin and end at midnight of the branch, also when the clock changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.viewmodels.day_span import Days, DaySpan, moments
from engine.domain.car import Branch, BranchId

BERLIN = Branch(BranchId("b"), "Mitte", "Berlin", "Strasse 1", "Europe/Berlin", "08:00", "18:00")
NOW = datetime(2026, 10, 25, 12, tzinfo=UTC)  # the night of this Sunday had 25 hours in Berlin


def _walls(span, now=NOW):
    zone = ZoneInfo("Europe/Berlin")
    return [moment and moment.astimezone(zone).strftime("%d.%m. %H:%M") for moment in moments(span, BERLIN, now)]


@pytest.mark.parametrize(
    ("span", "walls"),
    [
        (DaySpan(), [None, None]),
        (DaySpan(Days.TODAY), ["25.10. 00:00", "26.10. 00:00"]),
        (DaySpan(Days.TOMORROW), ["26.10. 00:00", "27.10. 00:00"]),
        (DaySpan(Days.NEXT_7), ["25.10. 00:00", "01.11. 00:00"]),
        (DaySpan(Days.LAST_7), ["18.10. 00:00", "25.10. 00:00"]),
        (DaySpan(Days.THIS_MONTH), ["01.10. 00:00", "01.11. 00:00"]),
        (DaySpan(Days.LAST_MONTH), ["01.09. 00:00", "01.10. 00:00"]),
        (DaySpan(Days.CHOSEN, date(2026, 1, 5), date(2026, 1, 6)), ["05.01. 00:00", "07.01. 00:00"]),
        (DaySpan(Days.CHOSEN, None, date(2026, 1, 6)), [None, "07.01. 00:00"]),
    ],
)
def test_each_span_has_its_midnights(span, walls):
    assert walls == _walls(span)


def test_the_day_with_25_hours_has_25_hours():
    since, until = moments(DaySpan(Days.TODAY), BERLIN, NOW)

    assert 25 * 3600 == (until - since).total_seconds()


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_ends_where_the_next_begins(month):
    now = datetime(2027, month, 28, 12, tzinfo=UTC)
    _, until = moments(DaySpan(Days.THIS_MONTH), BERLIN, now)

    assert (1, month % 12 + 1) == (until.astimezone(BERLIN.tzinfo).day, until.astimezone(BERLIN.tzinfo).month)
