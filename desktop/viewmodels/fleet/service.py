"""A car's periods of service in its panel: what is planned, planning, changing, ending and cancelling one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.car import Car
from engine.domain.car.movement import Crossing, Movement, Visit
from engine.domain.firm.events import CarClaimed, Fact
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, Overtaken
from engine.domain.shared.period import RentalPeriod

_LOOK, _DEED = "service", "service deed"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Everything there is to draw.

    Attributes:
        car: Whose periods they are; None while the panel is closed.
        visits: None until they are known.
        filling: The form is open.
        changing: Which one it changes; None for a new one.
        crossing: What the form's period would be cut around; None until that is known.
        problem: Why nothing is shown, or what was asked for was not done.
    """

    car: Car | None = None
    visits: tuple[Visit | Damaged, ...] | None = None
    filling: bool = False
    changing: Movement | None = None
    crossing: Crossing | None = None
    busy: bool = False
    problem: DriveSphereError | None = None


class ServiceViewModel(StateViewModel[ServiceState]):
    """Signals: ``changed`` carries the state; ``done`` the Movement that was written."""

    done = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(ServiceState())
        self._desk, self._tasks = desk, tasks

    def look_at(self, car: Car | None) -> None:
        """Another car begins anew; of the same one a form that is open stays."""
        same = car is not None and self.state.car is not None and car.id == self.state.car.id
        if not same:
            self._tasks.stop(_LOOK)
            self._tasks.stop(f"{_LOOK} crossing")
        self.feed(replace(self.state, car=car) if same else ServiceState(car))
        self.load()

    def load(self) -> None:
        if self.state.car is not None:
            self._tasks.latest(_LOOK, self._load(self.state.car))

    def apply(self, fact: Fact) -> None:
        """Somebody planned, booked or moved a booking."""
        if isinstance(fact, CarClaimed) and self.state.car is not None and fact.car_id == self.state.car.id:
            self.load()
            if self.state.crossing is not None:
                self.ask(self.state.crossing.period)

    def begin(self, movement: Movement | None = None) -> None:
        """Open the form, for a new one or for *movement*."""
        self.feed(replace(self.state, filling=True, changing=movement, crossing=None, problem=None))

    def give_up(self) -> None:
        self._tasks.stop(f"{_LOOK} crossing")
        self.feed(replace(self.state, filling=False, changing=None, crossing=None, problem=None))

    def ask(self, period: RentalPeriod | None) -> None:
        """What the form's *period* would be cut around; None for one that is none."""
        self.feed(replace(self.state, crossing=None, problem=None))
        if period is not None and self.state.car is not None:
            self._tasks.latest(f"{_LOOK} crossing", self._ask(self.state.car, period))

    def save(self, reason: str) -> None:
        """The period that was asked about last, with the bookings that were told."""
        state = self.state
        if state.car is None or state.crossing is None:
            return
        told, service, actor = state.crossing, self._desk.services.servicing, self._desk.actor
        if state.changing is None:
            deed = partial(service.plan, actor, state.car.id, told.period, reason, seen=told.sold.seen)
        else:
            deed = partial(service.change, actor, state.changing, told.period, reason, seen=told.sold.seen)
        self._tasks.once(_DEED, self._do(deed))

    def end(self, movement: Movement) -> None:
        self._tasks.once(_DEED, self._do(partial(self._desk.services.servicing.end, self._desk.actor, movement)))

    def cancel(self, movement: Movement) -> None:
        self._tasks.once(_DEED, self._do(partial(self._desk.services.servicing.cancel, self._desk.actor, movement)))

    async def _load(self, car: Car) -> None:
        try:
            visits = await self._desk.call(partial(self._desk.services.servicing.ahead, self._desk.actor, car.id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            known = self.state.problem if self.state.filling else None
            self.feed(replace(self.state, visits=visits, problem=known))

    async def _ask(self, car: Car, period: RentalPeriod) -> None:
        instead = self.state.changing.id if self.state.changing is not None else None
        look = partial(self._desk.services.servicing.look, self._desk.actor, car.id, period, instead_of=instead)
        try:
            crossing = await self._desk.call(look)
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, crossing=crossing))

    async def _do(self, deed: Callable[[], Coroutine[Any, Any, Movement]]) -> None:
        car = self.state.car
        self.feed(replace(self.state, busy=True, problem=None))
        try:
            written = await self._desk.call(deed)
        except DriveSphereError as problem:
            self._refused(problem)
            return
        if self.state.car == car:
            self.feed(replace(self.state, busy=False, filling=False, changing=None, crossing=None))
            self.load()
        self.done.emit(written)

    def _refused(self, problem: DriveSphereError) -> None:
        """Of what somebody did meanwhile the person is told, and decides anew."""
        period = self.state.crossing.period if self.state.crossing is not None else None
        self.feed(replace(self.state, busy=False, problem=problem))
        if isinstance(problem, Overtaken):
            self.load()
            if self.state.car is not None and period is not None:
                self._tasks.latest(f"{_LOOK} crossing", self._ask(self.state.car, period))
