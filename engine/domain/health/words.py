"""How findings write counts, spans and moments: for the doctor, in English whatever the language of the computer."""

from __future__ import annotations

from datetime import datetime, timedelta

_MINUTES_UP_TO, _HOURS_UP_TO = timedelta(hours=2), timedelta(days=2)


def many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def ms(took: timedelta) -> str:
    return f"{took / timedelta(milliseconds=1):.1f} ms"


def off(by: timedelta) -> str:
    seconds = by.total_seconds()
    return f"{round(seconds, 1) + 0.0:+.1f} s" if abs(seconds) < 120 else f"{seconds / 60:+.0f} min"  # noqa: PLR2004 -- two minutes


def ago(since: timedelta) -> str:
    if since < timedelta(minutes=1):
        return "less than a minute ago"
    if since < _MINUTES_UP_TO:
        return f"{since // timedelta(minutes=1)} min ago"
    if since < _HOURS_UP_TO:
        return f"{since // timedelta(hours=1)} hours ago"
    return f"{since // timedelta(days=1)} days ago"


def moment(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")
