"""A car's coming weeks in words and as the days of a strip, all on the branch's clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from PySide6.QtCore import QDate, QLocale

from desktop.viewmodels.search.car import WEEKS
from desktop.views.parts.car_row import WHY_NOT
from desktop.widgets.availability_strip import WEEK, StripDay, StripKey, StripSpan
from desktop.words.messages import branch_time, day_time, locale
from engine.domain.car.availability import CarCalendar, Obstacle, WhyTaken
from engine.domain.shared.period import OVERDUE_AHEAD, RentalPeriod
from engine.words.tr import tr

_DAY = timedelta(days=1)
DAYS = WEEKS * WEEK


def heads() -> tuple[str, ...]:
    """Short names of the days, Monday first."""
    return tuple(locale().dayName(n, QLocale.FormatType.ShortFormat) for n in range(1, WEEK + 1))


def keys() -> tuple[StripKey, ...]:
    """What the looks of a strip mean."""
    told = (WhyTaken.BOOKED, WhyTaken.HELD, WhyTaken.OVERDUE, WhyTaken.SERVICE)
    taken = (StripKey(*WHY_NOT[why], why is WhyTaken.HELD, why is WhyTaken.SERVICE) for why in told)
    return (StripKey(tr("Free")), *taken)


def lead_of(span: RentalPeriod, zone: tzinfo) -> int:
    """Cells of the first week that lie before *span*."""
    return span.starts_at.astimezone(zone).weekday()


def strip_days(calendar: CarCalendar, zone: tzinfo, now: datetime) -> tuple[StripDay, ...]:
    first = calendar.span.starts_at.astimezone(zone).date()
    return tuple(_day(calendar, first + n * _DAY, zone, now, opens=n == 0) for n in range(DAYS))


def wished_days(period: RentalPeriod, span: RentalPeriod, zone: tzinfo) -> tuple[float, float]:
    """*period* in days on the wall from the first day of *span* on."""
    start = _wall(span.starts_at, zone)
    return (_wall(period.starts_at, zone) - start) / _DAY, (_wall(period.ends_at, zone) - start) / _DAY


def lines(calendar: CarCalendar, zone: tzinfo, now: datetime) -> tuple[str, ...]:
    """The same as a list: free and taken in turn, as one would read it out."""
    found, free_from = [], max(calendar.span.starts_at, now)
    for each in calendar.busy:
        start, end = _shown(each, now)
        if start > free_from:
            said = (
                tr("Free now")
                if free_from <= now
                else tr("Free {free_from}", free_from=day_time(free_from, zone, now=now))
            )
            found.append(f"{said} – {branch_time(start, zone, now=now)}")  # noqa: RUF001 -- a range's dash
        found.append(_taken_line(each, zone, now))
        free_from = max(free_from, end)
    if free_from < calendar.span.ends_at:
        found.append(
            tr("Free from now on")
            if free_from <= now
            else tr("Free from {free_from}", free_from=branch_time(free_from, zone, now=now))
        )
    return tuple(found)


def _taken_line(each: Obstacle, zone: tzinfo, now: datetime) -> str:
    word = WHY_NOT[each.why][0]
    if each.period is None:
        return word
    start, end = day_time(each.period.starts_at, zone, now=now), branch_time(each.period.ends_at, zone, now=now)
    overdue = each.why is WhyTaken.OVERDUE
    told = tr("Overdue since {end}", end=end) if overdue else f"{word} {start} – {end}"  # noqa: RUF001 -- a range's dash
    return tr("{told}, by {by}", told=told, by=each.by) if each.by else told


def _day(calendar: CarCalendar, day: date, zone: tzinfo, now: datetime, *, opens: bool) -> StripDay:
    """Positions are those of the wall clock, so that each day is as wide, also the one with 23 hours."""
    midnight = datetime.combine(day, datetime.min.time())
    spans, said = [], []
    for each in calendar.busy:
        start, end = (_wall(at, zone) for at in _shown(each, now))
        first, last = max((start - midnight) / _DAY, 0.0), min((end - midnight) / _DAY, 1.0)
        if first < last:
            word, tone = WHY_NOT[each.why]
            spans.append(
                StripSpan(first, last, tone, dashed=each.why is WhyTaken.HELD, ribbed=each.why is WhyTaken.SERVICE)
            )
            said.append(f"{word.lower()} {_hours(start, end, midnight)}")
    qday = QDate(day.year, day.month, day.day)
    name = locale().toString(qday, "dddd d MMMM")
    week = locale().toString(qday, "d MMM") if opens or day.weekday() == 0 else ""
    gone = day < now.astimezone(zone).date()
    return StripDay(
        str(day.day),
        tr("{name}: {said}", name=name, said=", ".join(said) or tr("free all day")),
        tuple(spans),
        week,
        gone,
    )


def _hours(start: datetime, end: datetime, midnight: datetime) -> str:
    begins, ends = start > midnight, end < midnight + _DAY
    if begins and ends:
        return tr("from {start:%H:%M} to {end:%H:%M}", start=start, end=end)
    if begins:
        return tr("from {start:%H:%M}", start=start)
    return tr("until {end:%H:%M}", end=end) if ends else tr("all day")


def _shown(each: Obstacle, now: datetime) -> tuple[datetime, datetime]:
    """What is overdue is expected any hour: it goes on to where the car can be promised again."""
    if each.period is None:
        return now, now
    end = now + OVERDUE_AHEAD if each.why is WhyTaken.OVERDUE else each.period.ends_at
    return each.period.starts_at, end


def _wall(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
