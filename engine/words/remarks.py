"""Remarks written as text: which words, and how each kind of fact is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.domain.shared.remark import Fact, Remark
from engine.words.tr import Words

_MINUTES_UP_TO, _HOURS_UP_TO = timedelta(hours=2), timedelta(days=2)


class Writer:
    """Takes the words of a remark from the first of its tables that has them."""

    def __init__(self, *tables: Words) -> None:
        self._tables = tables

    def written(self, said: Remark) -> str:
        """Raises: KeyError for a code without words; a test holds the tables complete."""
        return self._words_of(said).say(said.code, **self._facts(said, self.written))

    def stored(self, said: Remark) -> str:
        """In English whatever the language: as it is kept in the audit."""
        return self._words_of(said).stored(said.code, **self._facts(said, self.stored))

    def _words_of(self, said: Remark) -> Words:
        for table in self._tables:
            if said.code in table:
                return table
        raise KeyError(said.code)

    def _facts(self, said: Remark, write: Callable[[Remark], str]) -> dict[str, str]:
        return {name: fact(name, value, write) for name, value in said.facts.items()}


def fact(name: str, value: Fact, write: Callable[[Remark], str]) -> str:
    """*value* as it is written below *name*; remarks in it by *write*."""
    match value:
        case Remark():
            return write(value)
        case tuple():
            return "; ".join(fact(name, each, write) for each in value)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case timedelta():
            return _SPANS[name](value)
        case int():
            return f"{value:,}"
    return value


def _ms(took: timedelta) -> str:
    return f"{took / timedelta(milliseconds=1):.1f} ms"


def _off(by: timedelta) -> str:
    seconds = by.total_seconds()
    return f"{round(seconds, 1) + 0.0:+.1f} s" if abs(seconds) < 120 else f"{seconds / 60:+.0f} min"  # noqa: PLR2004 -- two minutes


_AGO = Words(
    {
        "moment": "less than a minute ago",
        "minutes": "{count} min ago",
        "hours": "{count} hours ago",
        "days": "{count} days ago",
    }
)


def _ago(since: timedelta) -> str:
    if since < timedelta(minutes=1):
        return _AGO.say("moment")
    if since < _MINUTES_UP_TO:
        return _AGO.say("minutes", count=since // timedelta(minutes=1))
    if since < _HOURS_UP_TO:
        return _AGO.say("hours", count=since // timedelta(hours=1))
    return _AGO.say("days", count=since // timedelta(days=1))


#: How a span of that name is written.
_SPANS: dict[str, Callable[[timedelta], str]] = {"took": _ms, "round_trip": _ms, "off_by": _off, "since": _ago}
