"""A renter's own account: the same use cases, each asked for by a signed wish that a desk carries out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.domain.agreement.charges import AS_PROPOSED, Charging
from engine.domain.agreement.reading import Reading
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.wish import (
    WISH_LIVES,
    Asked,
    CancelWish,
    GiveUpWish,
    HoldWish,
    Wish,
    WishAnswer,
    WishId,
    body_of,
    kind_of,
)
from engine.domain.booking.wish_answer import problem_of
from engine.domain.booking.wish_errors import NobodyCarries, WishUnanswered
from engine.domain.car.car import BranchId
from engine.domain.car.condition import NewMark
from engine.domain.money.money import Money
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import Forbidden, InvalidText, MoveRefused, NotFound
from engine.domain.shared.text import clean
from engine.ports.bookings import BookingStore
from engine.ports.local import Clock
from engine.ports.wishes import WishBox
from engine.services.booking.booking import BookingService, Carriage, HoldCar
from engine.services.booking.rental import RentalService
from engine.services.input_guard import gated
from engine.services.payment.payment import PaymentService

#: How often the own view is asked for the answer: quickly at first, since most take a tenth of a second.
_FIRST_LOOK_S, _LAST_LOOK_S = 0.03, 0.25
#: A carrier that took the wish up in its last moment may still be in its transaction.
_GRACE = timedelta(seconds=12)
_KEY_BYTES = 24


@dataclass(frozen=True, slots=True)
class Wishing:
    """Asks, and waits for the answer.

    Attributes:
        refused: Intent key -> how often a wish with it was refused; the next press needs an id of its own.
    """

    box: WishBox
    store: BookingStore
    clock: Clock
    refused: dict[str, int] = field(default_factory=dict)

    async def ask(self, actor: Actor, asked: Asked, intent_key: str = "") -> Booking:
        """The booking that came of it, once a desk has carried it out.

        Raises:
            NobodyCarries: No desk is there; nothing was asked.
            WishUnanswered: Nobody answered; asking again with the same key is safe.
            WishRefused: Nobody tried it.
            Everything that the use case raises at a desk.
        """
        await self.must_have_somebody()
        key = intent_key or secrets.token_urlsafe(_KEY_BYTES)
        answer = await self._answer(actor, asked, key)
        if answer.code:
            # Refused for good: the row that it could be carried out with is gone.
            self.refused[key] = self.refused.get(key, 0) + 1
            raise problem_of(answer.code, answer.facts)
        return await self.store.booking(BookingId(answer.booking_id))

    async def must_have_somebody(self) -> None:
        """Raises: NobodyCarries."""
        if not await self.box.somebody_carries(self.clock.now()):
            raise NobodyCarries("no desk is open")

    async def _answer(self, actor: Actor, asked: Asked, key: str) -> WishAnswer:
        tries = self.refused.get(key, 0)
        wish_id = WishId(f"{key}~{tries}" if tries else key)
        now = self.clock.now()
        at_ms = round(now.timestamp() * 1000)
        wish = self.box.signed(Wish(wish_id, actor.account, kind_of(asked), body_of(asked), at_ms))
        if (known := await self.box.answer(wish_id)) is not None:
            return known
        await self.box.post(wish)
        return await self._awaited(wish_id, now + WISH_LIVES + _GRACE)

    async def _awaited(self, wish_id: WishId, until: datetime) -> WishAnswer:
        pause = _FIRST_LOOK_S
        while (answer := await self.box.answer(wish_id)) is None:
            now = self.clock.now()
            if now > until or not await self.box.somebody_carries(now):
                # One more look: whoever carried it out may have left since.
                if (late := await self.box.answer(wish_id)) is not None:
                    return late
                raise WishUnanswered("nobody has said what came of it")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LAST_LOOK_S)
        return answer


@gated
@dataclass(frozen=True, slots=True)
class WishedBookings(BookingService):
    """Holds are wished for; what is read comes from the account's own view."""

    wishing: Wishing = field(kw_only=True)

    async def hold(self, actor: Actor, wish: HoldCar, *, also: Carriage | None = None) -> Booking:  # noqa: ARG002 -- a carrier's
        actor.must(Deed.BOOK)
        if wish.intent_key != clean("intent key", wish.intent_key, longest=72):
            raise InvalidText("intent key", "field.plain_key")
        wish.period.refuse_past(self.clock.now())
        if actor.renter is None or actor.renter.id != wish.renter_id:
            raise Forbidden("a renter's own account books for nobody else")
        asked = HoldWish(wish.car_id, wish.period, wish.renter_id, wish.shown_price, wish.return_branch_id)
        return await self.wishing.ask(actor, asked, wish.intent_key)

    async def must_have_somebody(self, actor: Actor) -> None:
        """Whether any desk is open that would carry a wish out. Raises: NobodyCarries, Forbidden."""
        actor.must(Deed.BOOK)
        await self.wishing.must_have_somebody()


@gated
@dataclass(frozen=True, slots=True)
class WishedRental(RentalService):
    """Cancelling and giving up are wished for."""

    wishing: Wishing = field(kw_only=True)

    async def cancel(
        self,
        actor: Actor,
        booking_id: BookingId,
        shown: Money,
        reason: RefundReason | None = None,  # noqa: ARG002 -- that the renter wishes it
        *,
        also: Carriage | None = None,  # noqa: ARG002 -- a carrier's
    ) -> Booking:
        actor.must(Deed.BOOK)
        await self.bookings.booking(actor, booking_id)
        return await self.wishing.ask(actor, CancelWish(booking_id, shown))

    async def give_up(self, actor: Actor, booking_id: BookingId) -> Booking:
        actor.must(Deed.BOOK)
        await self.bookings.booking(actor, booking_id)
        return await self.wishing.ask(actor, GiveUpWish(booking_id))

    async def returned(
        self,
        actor: Actor,
        booking_id: BookingId,
        reading: Reading,  # noqa: ARG002 -- read at a counter
        at_branch: BranchId | None = None,  # noqa: ARG002
        charging: Charging = AS_PROPOSED,  # noqa: ARG002
        marks: Sequence[NewMark] = (),  # noqa: ARG002
    ) -> Booking:
        actor.must(Deed.TAKE_BACK)
        raise MoveRefused("a renter's", str(booking_id))


@gated
@dataclass(frozen=True, slots=True)
class WatchedPayment(PaymentService):
    """The desk that carried the wish out asks Stripe; a renter's window reads what came of it."""

    async def settle(self, actor: Actor, booking_id: BookingId) -> Booking:
        if not actor.may(Deed.BOOK):
            actor.must(Deed.CAPTURE)
        booking = await self.store.booking(booking_id)
        if not booking.visible_to(actor):
            raise NotFound("booking", booking_id)
        return booking

    async def carry_on(self, booking_id: BookingId, *, leave: bool = True) -> Booking:  # noqa: ARG002 -- takes no step
        return await self.store.booking(booking_id)
