"""The firm at a glance, and the bookings behind each sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from engine.domain.booking import Booking
from engine.domain.errors import InvalidText, NotFound
from engine.domain.overview import BehindPage, MoneyQuestion, Overview, Pulse, month_bounds
from engine.domain.people import Actor, Deed
from engine.domain.text import clean
from engine.ports import Clock, Store

_LATEST = 8
_MOST = 200


class OverviewBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden. Each answer takes a fixed number of commands."""

    async def figures(self, now: datetime) -> Overview: ...

    async def latest(self, limit: int) -> list[Booking]: ...

    async def holds(self, limit: int) -> list[Booking]:
        """Unpaid ones, the one that ends first before the others."""

    async def behind(self, question: MoneyQuestion) -> BehindPage:
        """The bookings whose money moved in those months, the latest movement first."""


@dataclass(frozen=True, slots=True)
class OverviewService:
    book: OverviewBook
    store: Store
    clock: Clock

    async def figures(self, actor: Actor) -> Overview:
        """Everything that is counted over the whole firm."""
        actor.must(Deed.SEE_OVERVIEW)
        return await self.book.figures(self.clock.now())

    async def pulse(self, actor: Actor) -> Pulse:
        """What was just booked, what is about to run out, and how many bookings need a person."""
        actor.must(Deed.SEE_OVERVIEW)
        now = self.clock.now()
        latest, holds = await self.book.latest(_LATEST), await self.book.holds(_LATEST)
        cases = await self.store.needing_person(now, 0, 1)
        return Pulse(now, tuple(latest), tuple(holds), cases.total)

    async def behind(self, actor: Actor, question: MoneyQuestion) -> BehindPage:
        """Which bookings a sum is made of.

        Raises:
            InvalidText: No month, or no currency.
            NotFound: There is no such branch.
        """
        actor.must(Deed.SEE_OVERVIEW)
        if not question.months:
            raise InvalidText("month", "must be a month such as 2026-11")
        for month in question.months:
            month_bounds(month, month, "UTC")
        clean("currency", question.currency, longest=3)
        if question.branch_id is not None:
            clean("branch", question.branch_id, longest=120)
            if question.branch_id not in {branch.id for branch in await self.store.branches()}:
                raise NotFound("branch", question.branch_id)
        limit = min(max(int(question.limit), 1), _MOST)
        return await self.book.behind(replace(question, offset=max(int(question.offset), 0), limit=limit))
