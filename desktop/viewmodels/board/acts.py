"""What is done on the board: a booking goes on with another car or ends at another time, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.one_booking import Change, verb_of
from desktop.viewmodels.desk import Desk
from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.checks import Finding
from engine.domain.agreement.extending import NewEnd
from engine.domain.agreement.reading import ReadBefore
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import CarId
from engine.domain.car.condition import CarMarks
from engine.domain.people.people import AccountName, Deed
from engine.domain.shared.errors import DriveSphereError

T = TypeVar("T")
Ask = Callable[[], Coroutine[Any, Any, Booking]]


class BoardActs(QObject):
    """Nothing is written but by ``carry_out``, one at a time, on what was looked at.

    Signals: ``done`` carries the Booking after a change, ``refused`` the problem that kept one back.
    """

    done = Signal(object)
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        #: What can be taken back: the booking that went on with another car last.
        self.moved: Booking | None = None

    @property
    def may_move(self) -> bool:
        return self._desk.actor.may(Deed.CHANGE_CAR)

    @property
    def at_counter(self) -> bool:
        return self._desk.actor.may(Deed.HAND_OVER)

    @property
    def account(self) -> AccountName:
        return self._desk.actor.account

    def move(self, booking_id: BookingId, car_id: CarId, *, seen: int) -> None:
        change = self._desk.services.changing.change
        self.carry_out(partial(change, self._desk.actor, booking_id, car_id, seen=seen), moves=True)

    def undo(self) -> None:
        """The booking that was moved last goes back to the car before."""
        if self.moved is not None:
            back = self._desk.services.changing.change_back
            self.carry_out(partial(back, self._desk.actor, self.moved.id, seen=self.moved.version))

    def end(self, booking_id: BookingId, ends_at: datetime, *, seen: int) -> None:
        extend = self._desk.services.agreements.extend
        self.carry_out(partial(extend, self._desk.actor, booking_id, ends_at, seen=seen))

    def change(self, booking_id: BookingId, what: Change, *given: object) -> None:
        """Hand the car over, or take it back, with what was read of it."""
        self.carry_out(partial(verb_of(self._desk, what), self._desk.actor, booking_id, *given))

    def carry_out(self, change: Ask, *, moves: bool = False) -> None:
        self._tasks.once("board act", self._carry_out(change, moves=moves))

    async def quote_end(self, booking_id: BookingId, ends_at: datetime) -> NewEnd | None:
        """What that end would cost; None with ``refused`` told."""
        quote = self._desk.services.agreements.quote_end
        return await self._asked(partial(quote, self._desk.actor, booking_id, ends_at))

    async def booking(self, booking_id: BookingId) -> Booking | None:
        return await self._asked(partial(self._desk.services.booking.booking, self._desk.actor, booking_id))

    async def read_before(self, booking_id: BookingId) -> ReadBefore | None:
        """What is known of its car before it is read."""
        return await self._asked(partial(self._desk.services.agreements.read_before, self._desk.actor, booking_id))

    async def check(self, booking_id: BookingId) -> tuple[Finding, ...] | None:
        """What is not as the firm wants it before its car goes out."""
        return await self._asked(partial(self._desk.services.rental.check, self._desk.actor, booking_id))

    async def marks_of(self, car_id: CarId) -> CarMarks | None:
        """What is known of a car before it is looked at; without it the car goes out and comes back all the same."""
        return await self._asked(partial(self._desk.services.marks.of_car, self._desk.actor, car_id))

    async def agreement(self, booking_id: BookingId) -> Agreement | None:
        """None where it has none, or none that can be read: the car comes back all the same."""
        return await self._asked(partial(self._desk.services.agreements.agreement, self._desk.actor, booking_id))

    async def _asked(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        try:
            return await self._desk.call(ask)
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    async def _carry_out(self, change: Ask, *, moves: bool) -> None:
        after = await self._asked(change)
        if after is not None:
            self.moved = after if moves else None
            self.done.emit(after)
