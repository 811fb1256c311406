"""The one guard before Stripe: what a stored booking is held against, and who is told when it is not believed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from engine.domain.booking.belief import Believed, Evidence, believe, held_then, terms_then
from engine.domain.booking.booking import Booking
from engine.domain.booking.giving_back import Reason, reason_of
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarTerms
from engine.domain.car.opening_hours import Fee
from engine.domain.money.trouble import Trouble, Why, put_off
from engine.domain.shared.errors import Forbidden, NotBelieved, Overtaken
from engine.ports.bookings import BookingStore
from engine.ports.cars import TermsSeries
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway, Witnesses

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Belief:
    """Every step at Stripe goes through ``judge``: the gateway takes orders of what it returns, and no others."""

    store: BookingStore
    witnesses: Witnesses
    series: TermsSeries
    gateway: PaymentGateway
    clock: Clock

    async def judge(self, booking: Booking) -> Believed:
        """What may be done with *booking* at Stripe.

        A doubt is written down with the booking, once, so that it is listed for a person.

        Raises:
            NotBelieved: Its row is not one that the program writes; Stripe is not to be asked.
            Unavailable: MongoDB gave no answer.
        """
        try:
            return await self.look(booking)
        except NotBelieved as problem:
            await self.doubt(booking, problem)
            raise

    async def look(self, booking: Booking) -> Believed:
        """``judge``, but nothing is written down. Raises: NotBelieved, Unavailable."""
        try:
            return believe(booking, await self._evidence(booking))
        except NotBelieved:
            # What is known by heart may be half a minute old.
            evidence = await self._evidence(booking, anew=True)
        return believe(booking, evidence)

    async def doubt(self, booking: Booking, problem: NotBelieved) -> None:
        """List *booking* for a person, with what is wrong with it; engines look again after an hour."""
        if problem.listed:
            return
        problem.listed = True
        before, now = booking.trouble, self.clock.now()
        if before is not None and before.settled and not await self.witnesses.was_settled(booking.id, before):
            before = Trouble(before.why, before.since, before.tries, None, before.code)
        elif before is not None and _known(before, problem, now):
            return
        log.error("belief.doubted", booking=booking.id, doubt=problem.doubt)
        with suppress(Overtaken):
            # Its state is not believed either, so its car's fence stays as it is.
            await self.store.put_aside(booking.in_trouble(put_off(before, Why.DOUBTED, now, problem.doubt)))

    async def _evidence(self, booking: Booking, *, anew: bool = False) -> Evidence:
        ask, reason = self.witnesses, reason_of(booking)
        taken_at, ledger_seen = await self._taken(booking)
        revisions, pages, (terms, older), moved_by = await asyncio.gather(
            ask.revisions(anew=anew), ask.return_pages(anew=anew), self._terms(booking), self._moved_by(booking)
        )
        demo, reached = await asyncio.gather(ask.is_demo(), ask.reached())
        return Evidence(
            now=self.clock.now(),
            revisions=revisions,
            terms=terms,
            older_than_terms=older,
            return_pages=pages,
            live=self.gateway.livemode,
            demo=demo,
            returned=reason is not None and await ask.came_back(booking.id),
            taken_at=taken_at,
            ledger_seen=ledger_seen,
            reached=reached,
            moved_by=moved_by,
            fees=await self._fees(booking),
        )

    async def _fees(self, booking: Booking) -> frozenset[Fee]:
        """Asked only where it decides."""
        if len(booking.quote.lines) == 1:
            return frozenset()
        return await self.witnesses.fees(frozenset({booking.branch_id, booking.return_branch_id}))

    async def _moved_by(self, booking: Booking) -> list[CarTerms | None]:
        """For each car that it went on with, the terms named for it, if they held then."""
        moved = [(step.at, step.change) for step in booking.history if step.change is not None]
        return [held_then(await self.series.of(each.after.car_id, each.terms_n), at) for at, each in moved]

    async def _terms(self, booking: Booking) -> tuple[CarTerms | None, bool]:
        """Those by which it may be priced, and whether it is older than all of them; one look-up."""
        if booking.priced is None:
            return terms_then(booking, None, await self.series.first(booking.sold.car_id))
        named = await self.series.of(booking.priced.car_id, booking.priced.terms_n)
        return terms_then(booking, named, None)

    async def _taken(self, booking: Booking) -> tuple[datetime | None, bool]:
        """Asked only where it decides: a car that was gone, and money that was taken all the same."""
        if reason_of(booking) is not Reason.CAR_GONE or booking.state is BookingState.REFUNDED:
            return None, False
        try:
            return await self.witnesses.taken_at(booking.id), True
        except Forbidden:
            return None, False


def _known(before: Trouble, problem: NotBelieved, now: datetime) -> bool:
    told = (before.why, before.code) == (Why.DOUBTED, problem.doubt)
    return told and before.again_at is not None and before.again_at > now
