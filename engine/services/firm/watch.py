"""Whatever was just written past the program is told within a minute: by a worker, and by each administrator's window.

The doctor and reconcile look at everything and take their time, and only when somebody asks. This looks, by the same
rules, at the rows that were written since its last look (docs/decisions/0049).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog

from engine.domain.booking.watch import FOUND, Touched, WatchFinding
from engine.domain.firm.audit import AuditRow
from engine.domain.health.health import HealthArea
from engine.domain.people.people import AccountName
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.remark import Remark, remark
from engine.ports.health import Inspection, WatchRows
from engine.ports.local import Clock
from engine.ports.rules import FirmStore
from engine.services.payment.reconcile import Reconciler
from engine.services.payment.report import Report
from engine.words.health import stored

log = structlog.get_logger(__name__)

#: Told after two looks, so that nobody is accused of what another desk is about to end: well within half a minute.
EVERY = timedelta(seconds=5)
#: Rows of each collection at one look, and how long Stripe is asked about them; the others wait for the next.
MOST_ROWS, MOST_ASKING = 500, timedelta(seconds=3)
#: Beyond these somebody has to look at everything; that is said.
MOST_WAITING = 20_000
MOST_TOLD = 10_000
#: Lines of one look in the audit; the others are counted.
MOST_NOTED = 100
_LONGEST = 400
#: Stands for no row that could be looked at again.
_AT_ONCE = Touched("", "")


Tell = Callable[[Sequence[WatchFinding]], Awaitable[None]]


@dataclass(slots=True)
class Watch:
    """Attributes: ``found`` is what was told since this engine opened, the oldest first; ``looks`` counts."""

    rows: WatchRows
    restored: Inspection
    reconciler: Reconciler
    clock: Clock
    found: list[WatchFinding] = field(default_factory=list)
    looks: int = 0
    _waiting: dict[str, Touched] = field(default_factory=dict)
    _again: dict[str, Touched] = field(default_factory=dict)
    _stirring: dict[str, Touched] = field(default_factory=dict)
    _once: set[tuple[str, str, Remark]] = field(default_factory=set)
    _told: dict[tuple[str, str, Remark], None] = field(default_factory=dict)
    _overrun: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, tell: Tell | None = None) -> None:
        """Hear and look until cancelled; *tell* hears of what was found, each line once."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.rows.follow(self._hear), name="watch")
            while True:
                await rest(EVERY.total_seconds())
                await self._round(tell)

    @property
    def settled(self) -> bool:
        """Whether all that was heard of was looked at, as often as it takes."""
        return not self._waiting and not self._again and not self._once

    async def next(self, seen: int) -> list[WatchFinding]:
        """What was found after the first *seen*, as soon as there is any."""
        while len(self.found) <= seen:
            await self._news.wait()
            self._news.clear()
        return self.found[seen:]

    async def _round(self, tell: Tell | None) -> None:
        try:
            if (found := await self.look()) and tell is not None:
                await tell(found)
        except DriveSphereError as problem:
            log.warning("watch.round_failed", code=problem.code)
        except Exception:
            # A row that nobody foresaw must not end the watching of all others.
            log.exception("watch.bug")

    async def look(self) -> list[WatchFinding]:
        """What stands for the second look running and was not told before.

        Raises:
            Unavailable: MongoDB does not answer; nothing is lost, the rows wait for the next look.
        """
        taken = self._take()
        try:
            found = [*self._overran(), *await self._epoch(), *await self._judge(taken)]
        except DriveSphereError:
            self._again |= {each.key: each for each in taken}
            raise
        sure = [each for each in found if each.key in self._once or each.row == _AT_ONCE]
        fresh = [each for each in found if each.key not in self._once and each.key not in self._told]
        self._once = {each.key for each in fresh}
        self._again |= {each.row.key: each.row for each in fresh if each.row != _AT_ONCE}
        if any(each.area is HealthArea.RECONCILE for each in fresh):
            # What is told of a booking may stand in rows of the ledger.
            self._again |= {each.key: each for each in taken if each.collection == "ledger"}
        self.looks += 1
        return self._keep({each.key: each for each in sure if each.key not in self._told}.values())

    def _keep(self, new: Iterable[WatchFinding]) -> list[WatchFinding]:
        told = list(new)
        for each in told:
            log.error("watch.found", area=each.area.value, subject=each.subject, code=each.says.code)
            self._told[each.key] = None
        while len(self._told) > MOST_TOLD:
            self._told.pop(next(iter(self._told)))
        self.found += told[: max(MOST_TOLD - len(self.found), 0)]
        if told:
            self._news.set()
        return told

    def _hear(self, row: Touched | None) -> None:
        if row is None or len(self._waiting) >= MOST_WAITING:
            self._overrun = True
        else:
            self._waiting[row.key] = row

    def _take(self) -> list[Touched]:
        """What is to be looked at once more, then what was written; of each collection no more than a page.

        Whom an engine is about to see to comes last: it is looked at until that has happened, and the time for asking
        Stripe would never come to the others.
        """
        count = dict[str, int]()
        taken: dict[str, Touched] = {}
        for key, row in [*self._again.items(), *self._waiting.items(), *self._stirring.items()]:
            if count.get(row.collection, 0) < MOST_ROWS and key not in taken:
                count[row.collection] = count.get(row.collection, 0) + 1
                taken[key] = row
        for key in taken:
            self._again.pop(key, None)
            self._waiting.pop(key, None)
        return list(taken.values())

    def _overran(self) -> list[WatchFinding]:
        overrun, self._overrun = self._overrun, False
        return [WatchFinding(HealthArea.ROWS, _AT_ONCE, "deployment:rows", remark("watch.overrun"))] if overrun else []

    async def _epoch(self) -> list[WatchFinding]:
        facts = await self.restored.restored()
        if facts is None or not facts.forged:
            return []
        says = remark("watch.forged", id=facts.id)
        return [WatchFinding(HealthArea.RESTORED, _AT_ONCE, f"deployment:{facts.id}", says)]

    async def _judge(self, taken: list[Touched]) -> list[WatchFinding]:
        if not taken:
            return []
        rows: dict[str, list[Any]] = {}
        for each in taken:
            rows.setdefault(each.collection, []).append(each.id)
        found = await self.rows.look(rows, self.clock.now())
        bookings = [each for each in rows.get("bookings", ()) if isinstance(each, str)]
        report = await self.reconciler.among(bookings, rows.get("ledger", ()), MOST_ASKING)
        waits = _by_key(report.waits)
        self._again |= {key: row for key, row in waits.items() if key not in self._stirring}
        for row in taken:
            if row.key not in waits:
                self._stirring.pop(row.key, None)
        self._stirring |= _by_key(report.stirs)
        return [*found, *_of_books(report)]


@dataclass(frozen=True, slots=True)
class WatchNotes:
    """What a worker found goes into the audit, for whoever was not there. Attributes: ``desk`` is its machine."""

    store: FirmStore
    clock: Clock
    by: AccountName
    desk: str

    async def note(self, found: Sequence[WatchFinding]) -> None:
        """Raises: Unavailable."""
        now = self.clock.now()
        rows = [
            AuditRow(
                now,
                self.by,
                self.desk,
                FOUND,
                each.subject[:_LONGEST],
                after={each.area.value: stored(each.says)[:_LONGEST]},
            )
            for each in found[:MOST_NOTED]
        ]
        if more := len(found) - len(rows):
            rows.append(AuditRow(now, self.by, self.desk, FOUND, "deployment:rows", after={"more": str(more)}))
        for row in rows:
            await self.store.audit(row)


def _by_key(booking_ids: Iterable[str]) -> dict[str, Touched]:
    return {row.key: row for row in (Touched("bookings", each) for each in booking_ids)}


def _of_books(report: Report) -> list[WatchFinding]:
    found = [
        _booking(
            each.booking_id,
            remark("line", text=f"{each.kind} {each.booking_id} {each.payment_intent} {each.detail}".rstrip()),
        )
        for each in report.differences
    ]
    return found + [_damaged(each) for each in report.damaged.values()]


def _booking(booking_id: str, says: Remark) -> WatchFinding:
    return WatchFinding(HealthArea.RECONCILE, Touched("bookings", booking_id), f"booking:{booking_id}", says)


def _damaged(each: Damaged) -> WatchFinding:
    kind = "ledger" if each.collection == "ledger" else "booking"
    return WatchFinding(HealthArea.RECONCILE, Touched(each.collection, each.id), f"{kind}:{each.id}", each.remark)
