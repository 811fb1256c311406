"""One wish of a renter's, carried out at somebody else's desk by the rules of every booking, or refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.refund_reason import told_of
from engine.domain.booking.states import BookingState
from engine.domain.booking.wish import VIA, CancelWish, GiveUpWish, HoldWish, Refusal, Signer, Wish, WishAnswer
from engine.domain.booking.wish_answer import facts_of
from engine.domain.booking.wish_errors import WishRefused
from engine.domain.firm.audit import AuditRow, Facts
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import AlreadyAsked, DriveSphereError, NotFound, Overtaken, RuleBroken
from engine.ports.bookings import Transaction
from engine.ports.local import Clock
from engine.ports.wishes import Wishes
from engine.services.booking.booking import BookingService, Carriage, HoldCar
from engine.services.booking.rental import RentalService
from engine.services.payment.payment import PaymentService

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WishDeeds:
    """Carries out each wish once, however many desks try: its row goes in the transaction that does it.

    Attributes:
        signed: Whether the holder of a public key's other half signed exactly these bytes.
        account, desk: Whose desk this is, for history and audit.
    """

    wishes: Wishes
    signed: Callable[[bytes, bytes, bytes], bool]
    bookings: BookingService
    rental: RentalService
    payment: PaymentService
    clock: Clock
    account: AccountName
    desk: str

    async def carry(self, wish: Wish) -> tuple[Actor, Booking] | None:
        """Carry *wish* out or refuse it; who wished it, and the booking that came of it.

        Raises:
            Overtaken: Another desk has answered it, or changed the booking just now.
            Contended, Unavailable: Not decided; try again.
        """
        if await self.wishes.answered(wish.id):
            await self.wishes.drop(wish)
            return None
        signer = await self.wishes.signer(wish.account)
        try:
            actor = self._proven(wish, signer)
        except WishRefused as problem:
            await self._refuse(wish, problem, proven=False)
            return None
        try:
            wish.must_be_current(self.clock.now())
            booking = await self._done(actor, wish)
        except RuleBroken as problem:
            await self._refuse(wish, problem, proven=True)
            return None
        with suppress(DriveSphereError):
            await self.wishes.seen(actor.account, self.clock.now(), self.desk)
        return actor, booking

    def _proven(self, wish: Wish, signer: Signer | None) -> Actor:
        """Who wishes, by the key that administrators wrote down. Raises: WishRefused."""
        if signer is None or not signer.active:
            raise WishRefused(Refusal.ACCOUNT)
        if not self.signed(signer.public, wish.signed_bytes, wish.signature):
            raise WishRefused(Refusal.SIGNATURE)
        return actor_of(signer)

    async def _done(self, actor: Actor, wish: Wish) -> Booking:
        match wish.asked():
            case HoldWish() as asked:
                return await self._hold(actor, wish, asked)
            case CancelWish() as asked:
                return await self._cancel(actor, wish, asked)
            case GiveUpWish() as asked:
                booking = await self.rental.give_up(actor, asked.booking_id)
                await self._answer(actor, wish, booking.id)
                return booking

    async def _hold(self, actor: Actor, wish: Wish, asked: HoldWish) -> Booking:
        if actor.renter is None or asked.renter_id != actor.renter.id:
            raise WishRefused(Refusal.RENTER)
        press = HoldCar(wish.id, asked.car_id, asked.period, asked.renter_id, asked.shown_price, asked.return_branch_id)
        try:
            held = await self.bookings.hold(actor, press, also=self._carriage(actor, wish))
        except AlreadyAsked as repeat:
            return await self._made_before(actor, wish, BookingId(repeat.booking_id))
        return await self._opened(held)

    async def _made_before(self, actor: Actor, wish: Wish, booking_id: BookingId) -> Booking:
        """The gate remembers this key: the very booking, or somebody else's."""
        try:
            first = await self.bookings.booking(actor, booking_id)
        except NotFound:
            if await self.bookings.store.asked(wish.id) is None:
                raise Overtaken("another desk is at it") from None
            raise WishRefused(Refusal.USED) from None
        if first.intent_key != wish.id or first.booked_by != actor.account:
            raise WishRefused(Refusal.USED)
        await self._answer(actor, wish, first.id)
        return first

    async def _opened(self, held: Booking) -> Booking:
        """The page at once; what cannot be done now is due, as for every hold."""
        try:
            return await self.payment.carry_on(held.id)
        except DriveSphereError as problem:
            log.warning("wish.page_not_open", booking=held.id, code=problem.code)
            return held

    async def _cancel(self, actor: Actor, wish: Wish, asked: CancelWish) -> Booking:
        booking = await self.bookings.booking(actor, asked.booking_id)
        if booking.state is BookingState.CONFIRMED:
            return await self.rental.cancel(actor, booking.id, asked.shown, also=self._carriage(actor, wish))
        if booking.state is not BookingState.RELEASED:
            # Else a desk that is gone has let it go, and only the answer was missing.
            booking = await self.rental.cancel(actor, booking.id, asked.shown)
        await self._answer(actor, wish, booking.id)
        return booking

    def _carriage(self, actor: Actor, wish: Wish) -> Carriage:
        """Who carries it, written in the same transaction: into the history, the audit and the answer."""

        async def seal(work: Transaction, booking: Booking) -> None:
            await work.audit(self._row(actor, wish, booking.id, told_of(booking.reason)))
            await work.settle_wish(wish, WishAnswer(wish.id, wish.account, self.clock.now(), booking.id))

        return Carriage(f"{actor.account}{VIA}{self.account}", seal)

    def _row(self, actor: Actor, wish: Wish, booking_id: BookingId, why: Facts | None = None) -> AuditRow:
        told = {"account": actor.account, "wish": str(wish.kind), "key": wish.id, **(why or {})}
        return AuditRow(
            self.clock.now(), self.account, self.desk, "wish.carried_out", f"booking:{booking_id}", {}, told
        )

    async def _answer(self, actor: Actor, wish: Wish, booking_id: BookingId) -> None:
        answer = WishAnswer(wish.id, wish.account, self.clock.now(), booking_id)
        await self.wishes.settle(wish, answer, proven=True, row=self._row(actor, wish, booking_id))

    async def _refuse(self, wish: Wish, problem: DriveSphereError, *, proven: bool) -> None:
        log.info("wish.refused", wish=wish.id, account=wish.account, code=problem.code, why=str(problem))
        answer = WishAnswer(wish.id, wish.account, self.clock.now(), code=problem.code, facts=facts_of(problem))
        await self.wishes.settle(wish, answer, proven=proven)


def actor_of(signer: Signer) -> Actor:
    """The renter's account, with its own rights and no others."""
    return Actor(signer.account, signer.name, Role.RENTER, renter=signer.renter)
