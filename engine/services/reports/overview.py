"""The firm at a glance, and the bookings behind each sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from engine.domain.car.car import Branch
from engine.domain.firm.freshness import BOOKINGS, BRANCHES, LISTS_LIVE, REPORTS, REPORTS_LIVE, Lookup, cars_at
from engine.domain.people.people import Actor, Deed
from engine.domain.reports.overview import (
    BehindPage,
    Counts,
    FirmPulse,
    MoneyCells,
    MoneyQuestion,
    Overview,
    month_bounds,
    months_until,
)
from engine.domain.shared.errors import InvalidText, NotFound
from engine.domain.shared.text import plain
from engine.ports.bookings import Store
from engine.ports.local import Cache, Clock
from engine.ports.reports import OverviewBook
from engine.services.input_guard import gated

_LATEST = 6


def _counts_at(now: datetime, branches: list[Branch]) -> Lookup[Counts]:
    """Cars go out as time passes, though nobody writes anything then."""
    minute = now.replace(second=0, microsecond=0)
    places = tuple(cars_at(branch.id) for branch in branches)
    return Lookup("overview counts", (minute,), Counts, (BOOKINGS, BRANCHES, *places), LISTS_LIVE)


def _money_of(months: tuple[str, ...]) -> Lookup[MoneyCells]:
    return Lookup("overview money", (months,), MoneyCells, (REPORTS, BRANCHES), REPORTS_LIVE)


_MOST = 200


@gated
@dataclass(frozen=True, slots=True)
class OverviewService:
    book: OverviewBook
    store: Store
    clock: Clock
    cache: Cache

    async def figures(self, actor: Actor) -> Overview:
        """Everything that is counted over the whole firm; kept for some minutes, until something of it changes."""
        actor.must(Deed.SEE_OVERVIEW)
        now, branches = self.clock.now(), await self.store.branches()
        months = months_until(now, branches)
        counts = await self.cache.read(_counts_at(now, branches), lambda: self.book.counts(branches))
        money = await self.cache.read(_money_of(months), lambda: self.book.money(months, branches))
        users = await self.book.users()
        return Overview(now, months, counts.branches, counts.bookings, users, money.cells, money.unsummed)

    async def pulse(self, actor: Actor) -> FirmPulse:
        """What was just booked, what is about to run out, and how many bookings and payments need a person."""
        actor.must(Deed.SEE_OVERVIEW)
        now = self.clock.now()
        latest, holds = await self.book.latest(_LATEST), await self.book.holds(_LATEST)
        cases, disputed = await self.store.needing_person(now, 0, 1), await self.book.disputed()
        lost = [*await self.store.carless(now), *await self.store.crossed(now)]
        waiting = cases.total + len(lost) + await self.book.restored() + disputed
        return FirmPulse(now, tuple(latest), tuple(holds), waiting)

    async def behind(self, actor: Actor, question: MoneyQuestion) -> BehindPage:
        """Which bookings a sum is made of.

        Raises:
            InvalidText: No month, or no currency.
            NotFound: There is no such branch.
        """
        actor.must(Deed.SEE_OVERVIEW)
        if not question.months:
            raise InvalidText("month", "field.month")
        for month in question.months:
            month_bounds(month, month, "UTC")
        plain("currency", question.currency, longest=3)
        if question.branch_id is not None:
            plain("branch", question.branch_id, longest=120)
            if question.branch_id not in {branch.id for branch in await self.store.branches()}:
                raise NotFound("branch", question.branch_id)
        limit = min(max(int(question.limit), 1), _MOST)
        return await self.book.behind(replace(question, offset=max(int(question.offset), 0), limit=limit))
