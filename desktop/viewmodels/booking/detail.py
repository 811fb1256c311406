"""One booking that exists: where it stands, and what can still be done with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.one_booking import Change, OneBookingViewModel, OpenBrowser, verb_of
from desktop.viewmodels.booking.other_cars import OtherCarsViewModel
from desktop.viewmodels.booking.panel_state import MOVING, PanelStage, PanelState, ShownCheckout, stage_of
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.papers.of_booking import PapersViewModel
from desktop.viewmodels.phases import Phase
from engine.domain.agreement.agreement import Agreement, further_of
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.listing import told_to
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.states import TOOK_PLACE
from engine.domain.car.car import Branch
from engine.domain.money.money import Money
from engine.domain.money.payment import Decline
from engine.domain.people.people import Deed, Renter, RenterId
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class DetailState:
    """Everything there is to draw.

    Attributes:
        phase: LOADING until the booking is there, FAILED if it is not to be had.
        branches: All of them, once they are known.
        acting: A change was asked for and is not answered yet.
        page: The payment page, once its address was asked for.
        decline: The card that was refused last on it.
        renter: Whose booking it is, for accounts that see renters.
        agreement: Of a booking whose car went out, for accounts at a counter.
        letting_go: The renter gave up, and Stripe has not said yet that the page is closed.
    """

    phase: Phase = Phase.LOADING
    booking: Booking | None = None
    branches: tuple[Branch, ...] = ()
    acting: bool = False
    letting_go: bool = False
    page: ShownCheckout | None = None
    decline: Decline | None = None
    renter: Renter | None = None
    agreement: Agreement | None = None
    problem: DriveSphereError | None = None

    def panel(self) -> PanelState:
        """The same as the panel for new bookings has it, for the parts that both draw."""
        if self.booking is None:
            return PanelState(problem=self.problem)
        stage = PanelStage.RELEASING if self.letting_go else stage_of(self.booking.state)
        return PanelState(
            stage,
            booking=self.booking,
            period=self.booking.period,
            page=self.page,
            decline=self.decline,
            problem=self.problem,
            further=further_of(self.booking, self.agreement),
            agreement=self.agreement,
            branch=next((each for each in self.branches if each.id == self.booking.branch_id), None),
        )


class DetailViewModel(OneBookingViewModel[DetailState]):
    """A state, verbs, and word of every change."""

    def __init__(self, desk: Desk, open_browser: OpenBrowser, tasks: TaskScope) -> None:
        super().__init__(desk, open_browser, tasks, DetailState())
        self._wanted: BookingId | None = None
        self.others = OtherCarsViewModel(desk, tasks)
        self.others.moved.connect(lambda booking: self._took(booking, self._run))
        self.papers = PapersViewModel(desk, tasks)

    @property
    def may_act(self) -> bool:
        """Whether the account may change bookings; an owner looks on."""
        return self._desk.actor.may(Deed.BOOK)

    @property
    def at_counter(self) -> bool:
        """Whether the account stands at a counter, where cars go out and come back."""
        return self._desk.actor.may(Deed.HAND_OVER)

    @property
    def known_branches(self) -> tuple[Branch, ...]:
        return tuple(branch for branch in self.state.branches if not branch.closed)

    def open(self, booking: Booking) -> None:
        """Show what a list knows at once, and what is true a moment later."""
        self._begin()
        self.feed(DetailState(Phase.READY, booking, self.state.branches))
        self._tasks.latest("detail", self._look(booking.id, self._run))

    def find(self, booking_id: BookingId) -> None:
        """Show a booking of which only the number is known."""
        self._begin()
        self._wanted = booking_id
        self.feed(DetailState(branches=self.state.branches))
        self._tasks.latest("detail", self._look(booking_id, self._run))

    def look_again(self) -> None:
        """After a problem; what is shown stays until the answer."""
        if self.state.booking is not None:
            self._tasks.latest("detail", self._look(self.state.booking.id, self._run))
        elif self._wanted is not None:
            self.find(self._wanted)

    def took(self, booking: Booking) -> None:
        """News of any booking, from here or another desk; what is shown follows it."""
        known = self.state.booking
        if known is not None and known.id == booking.id and known.version < booking.version:
            self.feed(replace(self.state, booking=told_to(self._desk.actor, booking), letting_go=False, problem=None))
            self.papers.look_at(booking)
            self._watch_if_moving(booking, self._run)
            self._look_at_agreement(booking, self._run)

    def pay(self) -> None:
        """Open the payment page in the browser; the same page however often."""
        if self.state.booking is not None and self.state.panel().checkout_ready:
            self._tasks.once(f"pay {self._run}", self._pay(self.state.booking.id, self._run))

    def show_address(self) -> None:
        """Show where it can be paid, to be copied or scanned."""
        if self.state.booking is not None and self.state.panel().checkout_ready:
            self._tasks.once(f"address {self._run}", self._address(self.state.booking.id, self._run))

    def give_up(self) -> None:
        """Let the car go; a payment made meanwhile wins."""
        if self.state.booking is not None and self.state.panel().stage is PanelStage.PAYING:
            self.feed(replace(self.state, letting_go=True))
            self._carry_out(partial(self._desk.services.rental.give_up, self._desk.actor, self.state.booking.id))

    def ask_refund(self) -> None:
        """What cancelling would mean; the answer comes by ``refund_quoted``."""
        if self.state.booking is not None:
            self._tasks.once("detail refund", self._ask_refund(self.state.booking.id, self._run))

    def cancel(self, shown: Money, reason: RefundReason | None = None) -> None:
        """Cancel and give back *shown*, for *reason*."""
        if self.state.booking is not None:
            self._carry_out(
                partial(self._desk.services.rental.cancel, self._desk.actor, self.state.booking.id, shown, reason)
            )

    def change(self, what: Change, *given: object) -> None:
        """Carry *what* out on the booking that is shown, with what is given along."""
        if self.state.booking is not None:
            self._carry_out(partial(verb_of(self._desk, what), self._desk.actor, self.state.booking.id, *given))

    def take_up_again(self) -> None:
        """Hold the same car for the same days once more; the new booking is shown then."""
        if self.state.booking is not None and self.state.panel().stage is PanelStage.RELEASED:
            key = secrets.token_urlsafe(24)
            self._carry_out(
                partial(self._desk.services.rental.take_up_again, self._desk.actor, self.state.booking.id, key)
            )

    def hold_ended(self) -> None:
        """The countdown reached zero: look at once and not at the next poll."""
        self.look_again()

    def close(self) -> None:
        """Nobody looks any more; a payment under way is watched on for the lists."""
        self._begin()
        self.feed(DetailState(branches=self.state.branches))

    async def _look(self, booking_id: BookingId, run: int) -> None:
        if not self.state.branches:
            branches = await self._asking(lambda: self._desk.services.catalogue.branches(self._desk.actor), run)
            self.feed(replace(self.state, branches=tuple(branches or ())))
        booking = await self._asking(lambda: self._desk.services.booking.booking(self._desk.actor, booking_id), run)
        if booking is not None:
            self._took(booking, run)
            await self._look_at(booking.renter_id, run)
        elif run == self._run and self.state.booking is None:
            self.feed(replace(self.state, phase=Phase.FAILED))

    async def _look_at(self, renter_id: RenterId, run: int) -> None:
        """The renter's telephone and address; where they do not come, the booking is shown without."""
        if not self._desk.actor.may(Deed.SEE_RENTERS):
            return
        try:
            file = await self._desk.call(lambda: self._desk.services.renters.file(self._desk.actor, renter_id))
        except DriveSphereError:
            return
        if run == self._run:
            self.feed(replace(self.state, renter=file.renter))

    def _look_at_agreement(self, booking: Booking, run: int) -> None:
        if booking.state in TOOK_PLACE and self.at_counter:
            self._tasks.latest("agreement", self._agreed(booking.id, run))

    async def _agreed(self, booking_id: BookingId, run: int) -> None:
        """What was read and what it costs; a problem is told, and the booking shown all the same."""
        agreement = await self.agreement_of(booking_id)
        if run == self._run:
            self.feed(replace(self.state, agreement=agreement))

    def _carry_out(self, change: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        """One at a time: a second press while the first is under way does nothing."""
        self._tasks.once(f"detail change {self._run}", self._changed(change, self._run))

    async def _changed(self, change: Callable[[], Coroutine[Any, Any, Booking]], run: int) -> None:
        self.feed(replace(self.state, acting=True, problem=None))
        booking = await self._asking(change, run)
        if run == self._run:
            self.feed(replace(self.state, acting=False, letting_go=False))
        if booking is not None:
            self._took(booking, run)

    def _took(self, booking: Booking, run: int) -> None:
        """Show what came of a question, tell the lists, and watch on what moves."""
        known = self.state.booking
        older = known is not None and known.id == booking.id and known.version > booking.version
        if run == self._run and not older:
            self.feed(replace(self.state, phase=Phase.READY, booking=booking, problem=None))
            self.papers.look_at(booking)
        if known is None or known != booking:
            self.booked.emit(booking)
        self._watch_if_moving(booking, run)
        self._look_at_agreement(booking, run)

    def _watch_if_moving(self, booking: Booking, run: int) -> None:
        """Once for each booking: the panel that made it may be watching still."""
        moves = stage_of(booking.state) in MOVING
        if moves and self._desk.actor.may(Deed.CAPTURE):
            self._tasks.once(f"follow {booking.id}", self._watch(booking.id, booking.version, run))

    def _begin(self) -> None:
        self._run += 1
        self._wanted = None
        self.papers.look_at(None)
        for name in ("detail", "detail refund", "agreement"):
            self._tasks.stop(name)

    def show_refusal(self, booking_id: BookingId, decline: Decline | None) -> None:
        if self.state.booking is not None and self.state.booking.id == booking_id:
            self.feed(replace(self.state, decline=decline))

    def _show_checkout(self, page: ShownCheckout | None) -> None:
        self.feed(replace(self.state, page=page))

    def _tell(self, problem: DriveSphereError) -> None:
        self.feed(replace(self.state, problem=problem))
