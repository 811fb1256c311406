"""Days of a list begin and end at midnight of the branch, also when the clock changes."""

import os
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.viewmodels.day_span import Days, DaySpan, moments
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.opening_hours import every_day

BERLIN = Branch(BranchId("b"), "Mitte", "Berlin", "Strasse 1", "Europe/Berlin", every_day("08:00", "18:00"))
_HERE = ["Africa/Casablanca", "America/Vancouver", "Asia/Tokyo", "Europe/Berlin", "Pacific/Auckland"]
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


@pytest.fixture(scope="module")
def old_tables(tmp_path_factory):
    """A system whose own table has every one of ``_HERE`` five hours behind Greenwich."""
    folder = tmp_path_factory.mktemp("zones")
    wrong = (resources.files("tzdata") / "zoneinfo" / "Etc" / "GMT+5").read_bytes()
    for name in _HERE:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(wrong)
    return folder


@contextmanager
def computer_in(name, tables):
    before = {each: os.environ.get(each) for each in ("TZ", "TZDIR")}
    os.environ.update(TZ=name, TZDIR=str(tables))
    time.tzset()
    try:
        yield
    finally:
        for each, value in before.items():
            os.environ.pop(each)
            if value is not None:
                os.environ[each] = value
        time.tzset()


@given(name=st.sampled_from(_HERE), day=st.dates(date(2020, 1, 1), date(2032, 12, 31)), hour=st.integers(0, 23))
def test_without_a_branch_a_day_is_this_computers_by_the_pinned_data(old_tables, name, day, hour):
    zone, days = ZoneInfo(name), DaySpan(Days.CHOSEN, day, day)
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    with computer_in(name, old_tables):
        chosen, named = moments(days, None, now), moments(DaySpan(Days.TODAY), None, now)

    assert chosen == tuple(datetime(*_ymd(each), tzinfo=zone) for each in (day, day + timedelta(days=1)))
    assert named[0] == datetime(*_ymd(now.astimezone(zone)), tzinfo=zone)


def _ymd(day):
    return day.year, day.month, day.day


def test_the_day_with_25_hours_has_25_hours():
    since, until = moments(DaySpan(Days.TODAY), BERLIN, NOW)

    assert 25 * 3600 == (until - since).total_seconds()


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_ends_where_the_next_begins(month):
    now = datetime(2027, month, 28, 12, tzinfo=UTC)
    _, until = moments(DaySpan(Days.THIS_MONTH), BERLIN, now)

    assert (1, month % 12 + 1) == (until.astimezone(BERLIN.tzinfo).day, until.astimezone(BERLIN.tzinfo).month)
