"""Reading the audit: who changed what, when, at which desk. Nothing here can change a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from engine.domain.firm.audit import IDS, AuditNames, AuditQuery, AuditRow, AuditSlice, Facts
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.csv_text import BOM, PLAIN, CsvHabits
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.ports.rules import AuditBook
from engine.services.input_guard import gated

#: More rows are a report, not a list.
MOST_EXPORTED = 100_000
_LONGEST = 200
_MOST_ROWS = 200
_HEADS = ("When (UTC)", "Who", "Name", "Desk", "What", "Subject", "Subject name", "Before", "After")


@gated
@dataclass(frozen=True, slots=True)
class AuditService:
    book: AuditBook

    async def page(self, actor: Actor, query: AuditQuery) -> AuditSlice:
        """One page in a few commands, however many rows there are. Raises: InvalidText for a filter that is no text."""
        actor.must(Deed.SEE_AUDIT)
        return await self.book.page(_sound(query))

    async def names(self, actor: Actor) -> AuditNames:
        """For the filters."""
        actor.must(Deed.SEE_AUDIT)
        return await self.book.names()

    async def export(
        self,
        actor: Actor,
        query: AuditQuery,
        write: Callable[[str], object],
        on_rows: Callable[[int], None] = lambda _: None,
        habits: CsvHabits = PLAIN,
    ) -> int:
        """All rows of *query* as CSV, handed to *write* in pieces; how many there were, at most ``MOST_EXPORTED``.

        Names stand beside ids; what is gone or has none keeps its id alone. *on_rows* hears how many there are by now.
        """
        actor.must(Deed.SEE_AUDIT)
        write(BOM + habits.line(_HEADS))
        done = 0
        async for some in self.book.walk(_sound(query)):
            kept = some[: MOST_EXPORTED - done]
            write("".join(_line(row, habits) for row in kept))
            done += len(kept)
            on_rows(done)
            if done == MOST_EXPORTED:
                break
        return done


def _sound(query: AuditQuery) -> AuditQuery:
    """What reaches the database is text and times, never an operator of its own (S9)."""
    texts: dict[str, Any] = {}
    for field in fields(query):
        value = getattr(query, field.name)
        if field.name in ("since", "until"):
            if value is not None and not isinstance(value, datetime):
                raise InvalidText(field.name, "field.time")
        elif field.name in ("by", "what", "subject", "desk"):
            texts[field.name] = clean(field.name, value, longest=_LONGEST, required=False)
    return replace(query, offset=max(int(query.offset), 0), limit=min(max(int(query.limit), 1), _MOST_ROWS), **texts)


def _line(row: AuditRow | Damaged, habits: CsvHabits) -> str:
    if isinstance(row, Damaged):
        return habits.line(("", "", "", "", row.line, row.reason, "", "", ""))
    when = habits.fine_stamp(row.at)
    who, what = row.names.get(f"account:{row.by}", ""), row.names.get(row.subject, "")
    before, after = _facts(row, row.before), _facts(row, row.after)
    return habits.line((when, row.by, who, row.desk, row.what, row.subject, what, before, after))


def _facts(row: AuditRow, facts: Facts) -> str:
    return "; ".join(f"{name}: {_value(row, name, value)}" for name, value in facts.items())


def _value(row: AuditRow, name: str, value: str) -> str:
    """An id with what it is called, where it is one and that is known."""
    called = row.names.get(f"{IDS[name]}:{value}", "") if name in IDS else ""
    return f"{value} ({called})" if called else value
