"""The marks of a car in its panel: what is known, adding what was found, and closing what is no more."""

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
from engine.domain.car.condition import CarMarks, Mark, NewMark
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class MarksState:
    """Everything there is to draw.

    Attributes:
        car: Whose marks they are; None while the panel is closed.
        known: None until they are there.
        problem: Why they are not, or why what was asked for was not done.
    """

    car: Car | None = None
    known: CarMarks | None = None
    busy: bool = False
    problem: DriveSphereError | None = None


class MarksViewModel(StateViewModel[MarksState]):
    """Signals: ``changed`` carries the state; ``done`` comes after each change."""

    done = Signal()

    def __init__(self, desk: Desk, tasks: TaskScope, of: str) -> None:
        """*of* is a name of its own among those that share *tasks*."""
        super().__init__(MarksState())
        self._desk, self._tasks, self._of = desk, tasks, of

    @property
    def may_see(self) -> bool:
        return any(map(self._desk.actor.may, (Deed.MARK_CARS, Deed.MANAGE_OWN_CARS, Deed.MANAGE_ANY_CAR)))

    @property
    def may_mark(self) -> bool:
        return self._desk.actor.may(Deed.MARK_CARS)

    @property
    def may_close(self) -> bool:
        return self._desk.actor.may(Deed.CLOSE_MARKS)

    def look_at(self, car: Car | None) -> None:
        """Another car begins anew; of the same one what is shown stays until newer is there."""
        same = car is not None and self.state.car is not None and car.id == self.state.car.id
        if car is None:
            self._tasks.stop(f"marks {self._of}")
        self.feed(replace(self.state, car=car) if same else MarksState(car))
        self.load()

    def load(self) -> None:
        if self.state.car is not None and self.may_see:
            self._tasks.latest(f"marks {self._of}", self._load(self.state.car))

    def add(self, new: tuple[NewMark, ...]) -> None:
        """Write down what was found on the car that is shown."""
        if self.state.car is not None:
            add = self._desk.services.marks.add
            self._do(partial(add, self._desk.actor, self.state.car.id, new))

    def repair(self, mark: Mark, why: str) -> None:
        self._do(partial(self._desk.services.marks.repair, self._desk.actor, mark.id, why))

    def follow(self, mark: Mark, new: NewMark, why: str) -> None:
        """*new* takes the place of *mark*."""
        self._do(partial(self._desk.services.marks.follow, self._desk.actor, mark.id, new, why))

    def _do(self, deed: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self._tasks.once(f"mark {self._of}", self._carry_out(deed))

    async def _load(self, car: Car) -> None:
        try:
            known = await self._desk.call(partial(self._desk.services.marks.of_car, self._desk.actor, car.id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            # Why something was not done stays to be read.
            told = self.state.problem if self.state.known is not None else None
            self.feed(replace(self.state, known=known, problem=told))

    async def _carry_out(self, deed: Callable[[], Coroutine[Any, Any, object]]) -> None:
        car = self.state.car
        self.feed(replace(self.state, busy=True, problem=None))
        try:
            await self._desk.call(deed)
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False, problem=problem))
        else:
            self.feed(replace(self.state, busy=False))
            self.done.emit()
        # Also after a failure: somebody else may have been quicker, or it was done and no answer came.
        if self.state.car == car:
            self.load()
