"""Another car for a booking: which there are, going on with one, and back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.agreement.exchange import Exchange
from engine.domain.agreement.reading import ReadBefore
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.other_cars import OtherCars
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarId
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError, PeriodTaken


@dataclass(frozen=True, slots=True)
class OtherCarsState:
    """Everything there is to draw.

    Attributes:
        booking: The one that is looked at.
        phase: None until somebody asks for other cars.
        acting: A change was asked for and is not answered yet.
        taken_by: Who has the car that was wanted, where the account may know.
    """

    booking: Booking | None = None
    phase: Phase | None = None
    found: OtherCars | None = None
    acting: bool = False
    problem: DriveSphereError | None = None
    taken_by: Booking | None = None


class OtherCarsViewModel(StateViewModel[OtherCarsState]):
    """Signals: ``changed`` carries the state; ``moved`` the Booking that goes on with another car."""

    moved = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(OtherCarsState())
        self._desk, self._tasks = desk, tasks

    def may_move(self, booking: Booking) -> bool:
        """Whether it is still one that can go on with another car, and the account may do that."""
        over = booking.period.ends_at <= self._desk.now()
        return self._desk.actor.may(Deed.CHANGE_CAR) and booking.state is BookingState.CONFIRMED and not over

    def may_exchange(self, booking: Booking) -> bool:
        """Whether its renter has a car that another can be given for, and the account may do that."""
        over = booking.period.ends_at <= self._desk.now()
        return self._desk.actor.may(Deed.HAND_OVER) and booking.state is BookingState.OUT and not over

    def look_at(self, booking: Booking | None) -> None:
        """What the panel shows now; another booking begins anew, and a later version leaves what was chosen from."""
        known = self.state.booking
        if booking is None or known is None or booking.id != known.id:
            for name in ("other cars", "change car"):
                self._tasks.stop(name)
            self.feed(OtherCarsState(booking))
        elif booking != known:
            self.feed(replace(self.state, booking=booking))

    def ask(self) -> None:
        """Which cars there are; asked for again it closes the list."""
        if self.state.phase is not None:
            self.feed(replace(self.state, phase=None, found=None, problem=None, taken_by=None))
        elif self.state.booking is not None:
            self._tasks.latest("other cars", self._ask(self.state.booking.id))

    def take(self, car_id: CarId) -> None:
        """Go on with that car."""
        found = self.state.found
        if found is not None:
            ask = partial(self._desk.services.changing.change, self._desk.actor, found.booking.id, car_id)
            self._tasks.once("change car", self._change(partial(ask, seen=found.booking.version)))

    async def read_before(self, car_id: CarId) -> tuple[ReadBefore, ReadBefore] | None:
        """What is known of the car that is out, and of the one that goes out instead; None with the problem shown."""
        found, services = self.state.found, self._desk.services
        if found is None:
            return None
        try:
            before = await self._desk.call(lambda: services.agreements.read_before(self._desk.actor, found.booking.id))
            return before, await self._desk.call(lambda: services.exchanging.read_before(self._desk.actor, car_id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
            return None

    def exchange(self, car_id: CarId, exchange: Exchange) -> None:
        """Take the one back and give the other out."""
        found = self.state.found
        if found is not None:
            ask = partial(self._desk.services.exchanging.exchange, self._desk.actor, found.booking.id, car_id)
            self._tasks.once("change car", self._change(partial(ask, exchange, seen=found.booking.version)))

    def undo(self) -> None:
        """Back to the car before."""
        booking = self.state.booking
        if booking is not None and booking.history[-1].change is not None:
            ask = partial(self._desk.services.changing.change_back, self._desk.actor, booking.id)
            self._tasks.once("change car", self._change(partial(ask, seen=booking.version)))

    async def _ask(self, booking_id: BookingId) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, found=None, problem=None, taken_by=None))
        try:
            services, booking = self._desk.services, self.state.booking
            out = booking is not None and booking.state is BookingState.OUT
            ask = services.exchanging.other_cars if out else services.changing.other_cars
            found = await self._desk.call(partial(ask, self._desk.actor, booking_id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self.feed(replace(self.state, phase=Phase.READY, found=found))

    async def _change(self, change: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        self.feed(replace(self.state, acting=True, problem=None, taken_by=None))
        try:
            moved = await self._desk.call(change)
        except DriveSphereError as problem:
            by = await self._who_has(problem)
            self.feed(replace(self.state, acting=False, problem=problem, taken_by=by))
        else:
            self.feed(OtherCarsState(moved))
            self.moved.emit(moved)

    async def _who_has(self, problem: DriveSphereError) -> Booking | None:
        """The booking in the way, if the account may see it."""
        if not isinstance(problem, PeriodTaken) or not problem.booking_ids:
            return None
        first = BookingId(problem.booking_ids[0])
        try:
            return await self._desk.call(lambda: self._desk.services.booking.booking(self._desk.actor, first))
        except DriveSphereError:
            return None
