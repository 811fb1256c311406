"""How a field shows a day and a time; ``read_moment`` reads it back equal, whatever the habits are."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from engine.domain.shared.wall import on_wall

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COMINGS = ("first", "second")


def day_written(day: date) -> str:
    """``Fri 27 Nov 2026``."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year:04d}"


def moment_written(at: datetime, zone: tzinfo | None = None) -> str:
    """``Fri 27 Nov 2026  10:00``; of a time that comes twice in *zone* with the name it has there."""
    return f"{day_written(at)}  {at:%H:%M}{coming_written(at, zone)}"


def coming_written(at: datetime, zone: tzinfo | None) -> str:
    """`` CEST``, or `` first`` where the zone has no names of letters; empty for a time that comes once."""
    if zone is None or not (placed := on_wall(at, zone)).twice:
        return ""
    return f" {coming_names(at, zone)[placed.at.fold]}"


def coming_names(at: datetime, zone: tzinfo) -> tuple[str, ...]:
    """The names of both comings of *at*, such as ``CEST`` and ``CET``."""
    names = tuple(moment.astimezone(zone).tzname() or "" for moment in on_wall(at, zone).comings)
    told_apart = len(set(names)) == len(names) and all(name.isalpha() for name in names)
    return names if told_apart else _COMINGS[: len(names)]
