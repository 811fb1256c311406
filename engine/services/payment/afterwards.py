"""What Stripe changes weeks after it was done, read again once a day: refunds that come back, payments disputed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from engine.domain.booking.booking import BookingId
from engine.domain.money.payment import RefundFacts, RefundState
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import DriveSphereError, Forbidden, NotFound
from engine.ports.leases import Leases
from engine.services.payment.disputes import DisputeService
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)

#: A bank may send a refund back for thirty days (https://docs.stripe.com/refunds); the rest is for clocks.
REFUNDS_BACK = timedelta(days=31)
_AHEAD = timedelta(minutes=5)
EVERY = timedelta(days=1)
#: Whoever keeps the lease and reads nothing, or seems to, is waited for no longer.
_AT_THE_LATEST = timedelta(days=1, hours=2)
_LEASE = timedelta(minutes=10)
_LOOK_EVERY = timedelta(hours=1)
#: Names of the rounds, for whoever asks when they last came to an end.
REFUNDS, DISPUTES = "refunds", "disputes"


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Daily rounds.

    Attributes:
        disputes: None for an account that may not write them down.
        own_word: Whether this engine goes by its own rounds only, whatever others wrote of theirs: the worker does.
    """

    payment: PaymentService
    disputes: DisputeService | None
    leases: Leases
    desk: str
    own_word: bool = False
    _own: dict[str, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Look whether a round is due, every hour until cancelled."""
        while True:
            try:
                await self.look_if_due()
            except DriveSphereError as problem:
                log.warning("afterwards.round_failed", code=problem.code)
            await rest(_LOOK_EVERY.total_seconds())

    async def look_if_due(self) -> int:
        """Each round that nobody ended within a day; how many bookings or disputes changed.

        Raises:
            Unavailable: Stripe or MongoDB does not answer.
        """
        rounds: dict[str, Callable[[], Awaitable[int]]] = {REFUNDS: self._look_at_refunds}
        if self.disputes is not None:
            rounds[DISPUTES] = self.disputes.look
        changed = 0
        async with self.leases.alone("afterwards", _LEASE) as mine:
            for name, look in rounds.items():
                if await self._is_due(name, mine=mine):
                    changed += await self._round(name, look)
        return changed

    async def _is_due(self, name: str, *, mine: bool) -> bool:
        """A time that lies ahead was not written at the end of a round."""
        at = self._own.get(name) if self.own_word else await self.payment.store.last_round(name)
        after = EVERY if mine or self.own_word else _AT_THE_LATEST
        return at is None or not timedelta() <= self.payment.clock.now() - at < after

    async def _round(self, name: str, look: Callable[[], Awaitable[int]]) -> int:
        try:
            count = await look()
        except Forbidden:
            # This engine's key may not, or it has none: it stays due for one whose key may.
            log.info("afterwards.left_to_others", of=name)
            return 0
        now = self.payment.clock.now()
        self._own[name] = now
        await self.payment.store.note_round(name, self.payment.account, self.desk, now, count)
        return count

    async def _look_at_refunds(self) -> int:
        await self.payment.mode.must_fit()
        now, changed = self.payment.clock.now(), 0
        for booking_id, refund in await self.payment.gateway.refunds_undone(now - REFUNDS_BACK, now + _AHEAD):
            try:
                changed += await self._came_back(BookingId(booking_id), refund)
            except NotFound:
                log.error("afterwards.no_such_booking", booking=booking_id, refund=refund.refund_id)  # noqa: TRY400 -- a fact for a person, not a bug
            except DriveSphereError as problem:
                # One that cannot be settled must not keep the others waiting; tomorrow it is read again.
                log.warning("afterwards.left", booking=booking_id, refund=refund.refund_id, code=problem.code)
        return changed

    async def _came_back(self, booking_id: BookingId, facts: RefundFacts) -> bool:
        known = (await self.payment.store.booking(booking_id)).payment.refund
        if known is None or known.refund_id != facts.refund_id or known.state is not RefundState.DONE:
            return False
        after = (await self.payment.heard(booking_id, "")).payment.refund
        return after is not None and after.state is RefundState.FAILED
