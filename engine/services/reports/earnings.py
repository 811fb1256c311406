"""What an owner earned, and why each figure is what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.car.car import OwnerId
from engine.domain.firm.freshness import REPORTS_LIVE, Lookup, bookings_of, cars_of, reports_of
from engine.domain.people.people import Actor, Deed
from engine.domain.reports.comparison import Stretch, Which, stretches
from engine.domain.reports.earnings import Compared, Earnings, beside, earnings
from engine.domain.reports.figure_sources import Explanation, FigureQuestion
from engine.domain.reports.report_period import Span
from engine.domain.shared.errors import Forbidden
from engine.ports.local import Cache
from engine.ports.reports import OwnerBooks
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class EarningsService:
    """Reads only. Rows of other owners are out of reach: the owner comes with the actor, never from the caller."""

    books: OwnerBooks
    cache: Cache | None = None

    async def zone(self, actor: Actor) -> str:
        """The zone in which this owner's days and months are counted: where most of the cars stand."""
        return await self.books.zone(_owner(actor))

    async def report(self, actor: Actor, span: Span) -> Earnings:
        """All figures of *span*, beside those of the same days of the period before and of a year ago.

        Raises:
            Forbidden: Not an owner's account.
        """
        owner = _owner(actor)

        async def load() -> Earnings:
            marks = (*span.before.marks[:-1], *span.marks)
            made = earnings(span, await self.books.facts(owner, marks))
            others = [await self._beside(owner, made, each) for each in stretches(span, made.as_of)]
            return replace(made, beside=tuple(others))

        if self.cache is None:
            return await load()
        untrue = (reports_of(owner), bookings_of(owner), cars_of(owner))
        return await self.cache.read(Lookup("earnings beside", (owner, span), Earnings, untrue, REPORTS_LIVE), load)

    async def _beside(self, owner: OwnerId, made: Earnings, stretch: Stretch) -> Compared:
        if stretch.which is Which.BEFORE and not stretch.cut:
            # The whole period before was read along.
            return Compared(stretch, tuple(each.before for each in made.currencies))
        return beside(stretch, await self.books.facts(owner, (stretch.since, stretch.until)))

    async def explain(self, actor: Actor, question: FigureQuestion) -> Explanation:
        """Raises: Forbidden, when it is not an owner's account."""
        return await self.books.explained(_owner(actor), question)


def _owner(actor: Actor) -> OwnerId:
    actor.must(Deed.SEE_OWN_EARNINGS)
    if actor.owner_id is None:
        raise Forbidden("this account owns no fleet")
    return actor.owner_id
