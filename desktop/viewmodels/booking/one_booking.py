"""What the panel that makes a booking and the panel of one that exists do alike: ask, and watch on what moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from functools import partial
from typing import Any, Protocol, TypeVar, assert_never

from PySide6.QtCore import Signal

from desktop.qr import modules_of
from desktop.tasks import TaskScope
from desktop.viewmodels.booking.panel_state import MOVING, ShownCheckout, stage_of
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.state import StateViewModel
from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.charges import Charging
from engine.domain.agreement.checks import Finding
from engine.domain.agreement.reading import ReadBefore
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import Branch, CarId
from engine.domain.car.condition import CarMarks
from engine.domain.money.addresses import BrowserNotOpened, PageAddress
from engine.domain.money.payment import Decline
from engine.domain.money.tender import Handed
from engine.domain.people.people import AccountName, Deed, Role
from engine.domain.shared.errors import DriveSphereError, PaymentRefused, StrangeAddress

_AFTER_FAILURE_S = 3.0

#: Shows a page in the browser, or raises BrowserNotOpened or StrangeAddress.
OpenBrowser = Callable[[PageAddress], Awaitable[None]]

T = TypeVar("T")


class Change(Enum):
    """What is done at a counter with a booking that exists.

    A car that goes out or comes back is read: the Reading is given along.
    """

    HAND_OVER = auto()
    NO_SHOW = auto()
    CAME_AFTER_ALL = auto()
    RETURNED = auto()


def verb_of(desk: Desk, change: Change) -> Callable[..., Coroutine[Any, Any, Booking]]:
    """The engine's own: of actor, number, and what is given along."""
    rental = desk.services.rental
    match change:
        case Change.HAND_OVER:
            return rental.hand_over
        case Change.NO_SHOW:
            return rental.no_show
        case Change.CAME_AFTER_ALL:
            return rental.came_after_all
        case Change.RETURNED:
            return rental.returned
    assert_never(change)


class ShowsBooking(Protocol):
    @property
    def booking(self) -> Booking | None: ...


State = TypeVar("State", bound=ShowsBooking)


class OneBookingViewModel(StateViewModel[State]):
    """A state, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        booked: A booking came to be or changed; carries it. Lists show it without asking.
        refund_quoted: What cancelling now would give back; carries the RefundQuote, to be agreed to.
        card_refused: A BookingId and the Decline on its page, or None once another card is tried.
    """

    booked = Signal(object)
    refund_quoted = Signal(object)
    card_refused = Signal(object, object)

    def __init__(self, desk: Desk, open_browser: OpenBrowser, tasks: TaskScope, state: State) -> None:
        super().__init__(state)
        self._desk, self._open_browser, self._tasks = desk, open_browser, tasks
        # Counts what the panel was opened for; an answer to an earlier opening changes lists, not the panel.
        self._run = 0

    @property
    def says_why(self) -> bool:
        """Whether the account gives back on others' behalf; a renter's own wish is its own reason."""
        return self._desk.actor.role is not Role.RENTER

    def hold_left_s(self) -> float:
        """Seconds until the hold is over, by the server's clock; 0 without a hold."""
        booking = self.state.booking
        return booking.hold_left(self._desk.now()).total_seconds() if booking else 0.0

    async def read_before(self, booking_id: BookingId) -> ReadBefore | None:
        """What is known of the booking's car before it is read; None with the problem shown."""
        ask = partial(self._desk.services.agreements.read_before, self._desk.actor, booking_id)
        return await self._asking(ask, self._run)

    async def check(self, booking_id: BookingId) -> tuple[Finding, ...] | None:
        """What is not as the firm wants it before the car goes out; None with the problem shown."""
        ask = partial(self._desk.services.rental.check, self._desk.actor, booking_id)
        return await self._asking(ask, self._run)

    async def marks_of(self, car_id: CarId) -> CarMarks | None:
        """What is known of a car before it is looked at; None with the problem shown: it goes all the same."""
        ask = partial(self._desk.services.marks.of_car, self._desk.actor, car_id)
        return await self._asking(ask, self._run)

    def extend(self, booking: Booking, ends_at: datetime) -> None:
        """Let *booking*, as it is shown, end then."""
        agreements = self._desk.services.agreements
        self._carry_out(partial(agreements.extend, self._desk.actor, booking.id, ends_at, seen=booking.version))

    def sign(self, booking: Booking, name: str, ink: str) -> None:
        """The renter's name under all that is agreed for *booking*, as it is shown."""
        contracts = self._desk.services.contracts
        self._carry_out(partial(contracts.sign, self._desk.actor, booking.id, name, ink, seen=booking.version))

    def close_rental(self, booking: Booking) -> None:
        """Done with, as it is shown."""
        closing = self._desk.services.closing
        self._carry_out(partial(closing.close, self._desk.actor, booking.id, seen=booking.version))

    def reopen_rental(self, booking: Booking, reason: str) -> None:
        closing = self._desk.services.closing
        self._carry_out(partial(closing.reopen, self._desk.actor, booking.id, reason, seen=booking.version))

    def recharge(self, booking: Booking, charging: Charging) -> None:
        """Its return costs as *charging* says."""
        closing = self._desk.services.closing
        self._carry_out(partial(closing.recharge, self._desk.actor, booking.id, charging, seen=booking.version))

    def take_money(self, booking: Booking, handed: Handed) -> None:
        """Money changed hands for *booking*, as it is shown."""
        till = self._desk.services.till
        self._carry_out(partial(till.take, self._desk.actor, booking.id, handed, seen=booking.version))

    def give_money_back(self, booking: Booking, handed: Handed, reason: str) -> None:
        till = self._desk.services.till
        self._carry_out(
            partial(till.give_back, self._desk.actor, booking.id, handed, reason=reason, seen=booking.version)
        )

    def _carry_out(self, change: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        """One at a time: a second press while the first is under way does nothing."""
        raise NotImplementedError

    async def agreement_of(self, booking_id: BookingId) -> Agreement | None:
        """None where it has none, or with the problem shown."""
        ask = partial(self._desk.services.agreements.agreement, self._desk.actor, booking_id)
        return await self._asking(ask, self._run)

    @property
    def may_reopen(self) -> bool:
        """Whether the account may open again what was closed."""
        return self._desk.actor.may(Deed.REOPEN)

    @property
    def account(self) -> AccountName:
        return self._desk.actor.account

    @property
    def known_branches(self) -> tuple[Branch, ...]:
        """Those that are known here."""
        return ()

    def _took(self, booking: Booking, run: int) -> None:
        """Show what came of a question asked in *run*, tell the lists, and watch on what moves."""
        raise NotImplementedError

    def _tell(self, problem: DriveSphereError) -> None:
        """Show a problem beside what is there."""
        raise NotImplementedError

    def show_refusal(self, booking_id: BookingId, decline: Decline | None) -> None:
        """A card was refused on the page of that booking, whoever watches it."""
        raise NotImplementedError

    def _show_checkout(self, page: ShownCheckout | None) -> None:
        """Show where the booking can be paid."""
        raise NotImplementedError

    async def _watch(self, booking_id: BookingId, seen: int, run: int) -> None:
        """Until Stripe or the clock ended it; a question that got no answer is asked again after a while."""
        declined: Decline | None = None
        while True:
            try:
                booking = await self._desk.call(
                    partial(self._desk.services.follower.next_change, self._desk.actor, booking_id, seen, declined)
                )
            except DriveSphereError as problem:
                if isinstance(problem, PaymentRefused):
                    await self._look_after(booking_id, run)
                if run == self._run:
                    self._tell(problem)
                if not problem.retryable:
                    return
                await asyncio.sleep(_AFTER_FAILURE_S)
            else:
                seen = booking.version
                self._took(booking, run)
                if (now := self._desk.services.payment.declined(booking_id)) != declined:
                    declined = now
                    self.show_refusal(booking_id, declined)
                    self.card_refused.emit(booking_id, declined)
                if stage_of(booking.state) not in MOVING:
                    return

    async def _look_after(self, booking_id: BookingId, run: int) -> None:
        """What a refusal of Stripe's made of the booking: it may be let go already."""
        booking = await self._asking(lambda: self._desk.services.booking.booking(self._desk.actor, booking_id), run)
        if booking is not None:
            self._took(booking, run)

    async def _pay(self, booking_id: BookingId, run: int) -> None:
        """Open the browser on the page that Stripe names now; what a row says of an address is not looked at."""
        page = await self._show_address(booking_id, run)
        if page is None:
            return
        try:
            await self._open_browser(page.address)
        except (BrowserNotOpened, StrangeAddress) as problem:
            if run == self._run:
                self._show_checkout(None if isinstance(problem, StrangeAddress) else page)
                self._tell(problem)
        else:
            if run == self._run:
                self._show_checkout(replace(page, handed=True))

    async def _show_address(self, booking_id: BookingId, run: int) -> ShownCheckout | None:
        """Show where it can be paid, for a telephone or another browser; None if nobody looks any more."""
        ask = partial(self._desk.services.payment.page_address, self._desk.actor, booking_id)
        address = await self._asking(ask, run)
        if address is None:
            return None
        page = ShownCheckout(booking_id, address, await asyncio.to_thread(modules_of, address))
        if run != self._run:
            return None
        self._show_checkout(page)
        return page

    async def _address(self, booking_id: BookingId, run: int) -> None:
        await self._show_address(booking_id, run)

    async def _ask_refund(self, booking_id: BookingId, run: int) -> None:
        quoted = await self._asking(lambda: self._desk.services.rental.quote_refund(self._desk.actor, booking_id), run)
        if quoted is not None and run == self._run:
            self.refund_quoted.emit(quoted)

    async def _asking(self, make: Callable[[], Coroutine[Any, Any, T]], run: int) -> T | None:
        """The answer, or None with the problem shown."""
        try:
            return await self._desk.call(make)
        except DriveSphereError as problem:
            if run == self._run:
                self._tell(problem)
            return None
