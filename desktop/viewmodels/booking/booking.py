"""The booking panel: a renter, a hold, a payment in the browser, a confirmed car."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.one_booking import Change, OneBookingViewModel, OpenBrowser, verb_of
from desktop.viewmodels.booking.panel_state import (
    MOVING,
    PanelStage,
    PanelState,
    ShownCheckout,
    after_claim,
    after_renter,
    stage_of,
)
from desktop.viewmodels.desk import Desk
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import Offer
from engine.domain.firm.events import BookingChanged, CarClaimed, Fact, RenterChanged
from engine.domain.money.money import Money
from engine.domain.money.payment import Decline
from engine.domain.money.tender import Tender
from engine.domain.people.people import Renter, RenterId
from engine.domain.people.renter_errors import RenterKnown
from engine.domain.people.renters import RentersFound
from engine.domain.shared.errors import AlreadyAsked, DriveSphereError
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.booking import HoldCar
from engine.services.people.renters import Added, NewRenter


class BookingViewModel(OneBookingViewModel[PanelState]):
    """A state, verbs, and word of every change.

    Signals: those of every panel of a booking, and
        kept_changed: For whom the next form is; carries the Renter, or None for nobody.
        car_lost: The car was taken by somebody else meanwhile; the search is no longer true.
    """

    kept_changed = Signal(object)
    car_lost = Signal()

    def __init__(self, desk: Desk, open_browser: OpenBrowser, tasks: TaskScope) -> None:
        super().__init__(desk, open_browser, tasks, PanelState())
        self._intent_key = ""
        self.kept: Renter | None = None

    def start(
        self, offer: Offer, period: RentalPeriod, branch: Branch, problem: DriveSphereError | None = None
    ) -> None:
        """Open the form for *offer*, with *problem* told in it.

        Its intent key makes one booking of however many presses of "Book".
        """
        self._begin()
        self._intent_key = secrets.token_urlsafe(24)
        # A renter's own account rents for itself.
        renter = self._desk.actor.renter or self.kept
        self.feed(PanelState(offer=offer, period=period, branch=branch, renter=renter, problem=problem))
        if renter is not None and self._desk.actor.renter is None:
            self.look_at(renter)
        if self._desk.actor.renter is not None:
            self.look_for_somebody()

    def keep(self, renter: Renter | None) -> None:
        """Forms that are opened are for *renter*, until a car is held or somebody else is chosen."""
        if renter != self.kept:
            self.kept = renter
            self.kept_changed.emit(renter)

    def look_for_somebody(self) -> None:
        """Told before anything is filled in: a renter's own account needs a desk that carries its wish out."""
        self._tasks.latest("somebody", self._look_for_somebody(self._run))

    def resume(self, booking: Booking, branch: Branch | None) -> None:
        """Open the panel for a booking that exists, to pay it or to watch it."""
        self._begin()
        self._tasks.stop(f"follow {booking.id}")  # its answers belong to the opening before
        self.feed(PanelState(stage_of(booking.state), branch=branch, period=booking.period))
        self._took(booking, self._run)

    def find_renter(self, text: str) -> None:
        self._tasks.latest("renters", self._find_renter(text, self._run))

    def choose(self, renter: Renter | None) -> None:
        if self.kept is not None and renter != self.kept:
            self.keep(None)
        self.feed(replace(self.state, renter=renter, problem=None, twins=(), blocked=None))
        if renter is not None:
            self.look_at(renter)

    def look_at(self, renter: Renter) -> None:
        """Whether the chosen one may rent is told before anything is booked."""
        self._tasks.latest("renter's file", self._look_at(renter, self._run))

    def add_renter(self, new: NewRenter, beside: tuple[RenterId, ...] = ()) -> None:
        """Somebody new; *beside* are those with the same telephone or address who are somebody else."""
        add = partial(self._desk.services.renters.add, self._desk.actor, new, self.state.country, beside)
        self._tasks.once("add renter", self._add_renter(add, self._run))

    def mend_renter(self, renter: Renter, new: NewRenter) -> None:
        """*renter* with other details: the same one, not another."""
        mend = partial(self._desk.services.renters.correct, self._desk.actor, renter, new, self.state.country)
        self._tasks.once("add renter", self._add_renter(mend, self._run))

    def book(self, pays: Tender = Tender.CHECKOUT) -> None:
        """Hold the car for the chosen renter, or promise it to one who pays at the counter.

        A second press while the first is under way does nothing.
        """
        if self.state.stage is PanelStage.RENTER and self.state.renter is not None:
            self._tasks.once(f"book {self._run}", self._book(self._run, pays))

    def pay(self) -> None:
        """Open the payment page in the browser; the same page however often."""
        if self.state.booking is not None and self.state.checkout_ready:
            self._tasks.once(f"pay {self._run}", self._pay(self.state.booking.id, self._run))

    def show_address(self) -> None:
        """Show where it can be paid, to be copied or scanned."""
        if self.state.booking is not None and self.state.checkout_ready:
            self._tasks.once(f"address {self._run}", self._address(self.state.booking.id, self._run))

    def give_up(self) -> None:
        """Let the car go; a payment made meanwhile wins."""
        if self.state.stage is PanelStage.PAYING and self.state.booking is not None:
            self._tasks.once(f"give up {self._run}", self._give_up(self.state.booking.id, self._run))

    def ask_refund(self) -> None:
        """What cancelling would mean; the answer comes by ``refund_quoted``."""
        if self.state.booking is not None and self.state.stage is PanelStage.CONFIRMED:
            self._tasks.once("quote refund", self._ask_refund(self.state.booking.id, self._run))

    def cancel(self, shown: Money, reason: RefundReason | None = None) -> None:
        """Cancel and give back *shown*, for *reason*."""
        if self.state.booking is not None:
            change = partial(self._desk.services.rental.cancel, self._desk.actor, self.state.booking.id, shown, reason)
            self._carry_out(change)

    def change(self, what: Change, *given: object) -> None:
        """Carry *what* out on the booking that is shown, with what is given along."""
        if self.state.booking is not None:
            change = partial(verb_of(self._desk, what), self._desk.actor, self.state.booking.id, *given)
            self._carry_out(change)

    def take_up_again(self) -> None:
        """Hold the same car for the same days once more."""
        if self.state.booking is not None and self.state.stage is PanelStage.RELEASED:
            key = secrets.token_urlsafe(24)
            change = partial(self._desk.services.rental.take_up_again, self._desk.actor, self.state.booking.id, key)
            self._carry_out(change)

    def hold_ended(self) -> None:
        """The countdown reached zero: look at once and not at the next poll."""
        if self.state.booking is not None:
            self._tasks.once("settle", self._settle(self.state.booking.id, self._run))

    def apply(self, fact: Fact) -> None:
        """Something changed at another desk: the car of this form, or the booking in this panel."""
        if isinstance(fact, CarClaimed):
            self.feed(after_claim(self.state, fact))
        elif isinstance(fact, RenterChanged):
            self.feed(after_renter(self.state, fact.file, self._desk.now()))
        elif isinstance(fact, BookingChanged) and self._concerns(fact.booking):
            self._took(fact.booking, self._run)

    def close(self) -> None:
        """Nobody looks any more; a payment under way is watched on for the lists."""
        self._begin()

    async def _look_for_somebody(self, run: int) -> None:
        await self._asking(lambda: self._desk.services.booking.must_have_somebody(self._desk.actor), run)

    async def _find_renter(self, text: str, run: int) -> None:
        self.feed(replace(self.state, searching=True, problem=None))
        ask = partial(self._desk.services.catalogue.renters, self._desk.actor, text, self.state.country)
        found = await self._asking(ask, run)
        if run == self._run:
            self.feed(replace(self.state, searching=False, found=found or RentersFound()))

    async def _look_at(self, renter: Renter, run: int) -> None:
        """Whether the chosen one is blocked, or merged; what does not come is asked when it is booked."""
        try:
            file = await self._desk.call(lambda: self._desk.services.renters.file(self._desk.actor, renter.id))
        except DriveSphereError:
            return
        if run == self._run and self.state.renter == renter:
            self.feed(replace(self.state, renter=file.renter, blocked=file.blocked_at(self._desk.now())))

    async def _add_renter(self, add: Callable[[], Coroutine[Any, Any, Added]], run: int) -> None:
        try:
            added = await self._desk.call(add)
        except RenterKnown as known:
            if run == self._run:
                self.feed(replace(self.state, problem=None, twins=known.twins))
        except DriveSphereError as problem:
            if run == self._run:
                self._tell(problem)
        else:
            if run == self._run:
                renter = added.renter
                found = RentersFound((renter,), 1)
                self.feed(replace(self.state, renter=renter, found=found, problem=None, twins=added.twins))

    async def _book(self, run: int, pays: Tender) -> None:
        offer, period, renter = self.state.offer, self.state.period, self.state.renter
        if offer is None or period is None or renter is None:
            return
        self.feed(replace(self.state, stage=PanelStage.HOLDING, problem=None))
        wish = HoldCar(self._intent_key, offer.car.id, period, renter.id, offer.quote.total, pays=pays)
        try:
            booking = await self._desk.call(lambda: self._desk.services.booking.hold(self._desk.actor, wish))
        except AlreadyAsked as repeat:
            await self._lead_to(repeat, run)
        except DriveSphereError as problem:
            if run == self._run:
                self.feed(replace(self.state, stage=PanelStage.RENTER, problem=problem))
            if not problem.retryable:
                self.car_lost.emit()
        else:
            self.keep(None)
            self._took(booking, run)

    async def _lead_to(self, repeat: AlreadyAsked, run: int) -> None:
        """A repeat is no failure: show the booking that the first press made."""
        first = BookingId(repeat.booking_id)
        try:
            booking = await self._desk.call(lambda: self._desk.services.booking.booking(self._desk.actor, first))
        except DriveSphereError:
            # The first press is still on its way, or failed after all; pressing again is safe.
            if run == self._run:
                self.feed(replace(self.state, stage=PanelStage.RENTER, problem=repeat))
        else:
            self._took(booking, run)

    async def _give_up(self, booking_id: BookingId, run: int) -> None:
        self.feed(replace(self.state, stage=PanelStage.RELEASING, problem=None))
        booking = await self._asking(lambda: self._desk.services.rental.give_up(self._desk.actor, booking_id), run)
        if booking is not None:
            self._took(booking, run)
        elif run == self._run and self.state.booking is not None:
            self.feed(replace(self.state, stage=stage_of(self.state.booking.state)))

    def _carry_out(self, change: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        self._tasks.once(f"change {self._run}", self._change(change, self._run))

    async def _change(self, change: Callable[[], Coroutine[Any, Any, Booking]], run: int) -> None:
        self.feed(replace(self.state, problem=None))
        booking = await self._asking(change, run)
        if booking is not None:
            self._took(booking, run)

    async def _settle(self, booking_id: BookingId, run: int) -> None:
        booking = await self._asking(lambda: self._desk.services.payment.settle(self._desk.actor, booking_id), run)
        if booking is not None:
            self._took(booking, run)

    def _took(self, booking: Booking, run: int) -> None:
        """Show what a booking came to, if the panel is still open for it, tell the lists, and watch on what moves."""
        stage = stage_of(booking.state)
        if stage in MOVING and not self._tasks.running(f"follow {booking.id}"):
            self._tasks.once(f"follow {booking.id}", self._watch(booking.id, booking.version, run))
        known = self.state.booking
        if known is not None and known.id == booking.id and known.version > booking.version:
            return
        if run == self._run:
            self.feed(replace(self.state, stage=stage, booking=booking, problem=None))
        self.booked.emit(booking)

    def _concerns(self, booking: Booking) -> bool:
        """Whether it is a newer state of what is shown, or what this press of "Book" made though no answer came."""
        known = self.state.booking
        if known is not None:
            return known.id == booking.id and known.version < booking.version
        return (
            self.state.stage is PanelStage.RENTER
            and bool(booking.intent_key)
            and booking.intent_key == self._intent_key
        )

    def _begin(self) -> None:
        """Another opening of the panel; payments under way are watched on for the lists."""
        self._run += 1
        for name in ("renters", "settle", "quote refund", "add renter", "somebody", "renter's file"):
            self._tasks.stop(name)

    def show_refusal(self, booking_id: BookingId, decline: Decline | None) -> None:
        if self.state.booking is not None and self.state.booking.id == booking_id:
            self.feed(replace(self.state, decline=decline))

    def _show_checkout(self, page: ShownCheckout | None) -> None:
        self.feed(replace(self.state, page=page))

    def _tell(self, problem: DriveSphereError) -> None:
        self.feed(replace(self.state, problem=problem))


__all__ = ["MOVING", "BookingViewModel", "NewRenter", "PanelStage", "PanelState"]
