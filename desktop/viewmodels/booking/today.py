"""The day of a branch: its lines, what changes in them, and the two steps that are taken from the list."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.one_booking import Change, verb_of
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.booking import Booking
from engine.domain.booking.today import DayAsked, DaySection, Today, section_of
from engine.domain.car.car import BranchId
from engine.domain.shared.errors import DriveSphereError

_SOON_S = 1.0


@dataclass(frozen=True, slots=True)
class TodayState:
    """Attributes: ``today`` is kept while it is loaded again, and where that failed."""

    phase: Phase = Phase.LOADING
    today: Today | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class TodayViewModel(StateViewModel[TodayState]):
    """Signals: ``done`` carries the Booking after a step, ``refused`` the problem that kept one back."""

    done = Signal(object)
    refused = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope, branch_id: BranchId) -> None:
        super().__init__(TodayState())
        self._desk, self._tasks, self._branch_id = desk, tasks, branch_id

    def load(self) -> None:
        self._tasks.latest("today", self._load())

    def took(self, booking: Booking) -> None:
        """A booking changed, here or at another desk: its line stays where it is; a new one is asked for."""
        today = self.state.today
        if today is None or booking.branch_id != self._branch_id:
            return
        sections = tuple(_with(section, booking) for section in today.sections)
        if any(row.id == booking.id for section in today.sections for row in section.rows):
            self.feed(replace(self.state, today=replace(today, sections=sections)))
        elif section_of(booking, DayAsked(self._branch_id, self._desk.now(), today.until)) is not None:
            self._tasks.once("today soon", self._soon())

    def change(self, booking: Booking, change: Change) -> None:
        """Hand the car over, or take it back, after the person agreed."""
        self._tasks.once("today step", self._change(booking, change))

    async def _soon(self) -> None:
        await asyncio.sleep(_SOON_S)
        self.load()

    async def _load(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, run=self.state.run + 1, problem=None))
        services, actor = self._desk.services, self._desk.actor
        try:
            today = await self._desk.call(lambda: services.today.day(actor, self._branch_id))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        self.feed(replace(self.state, phase=Phase.READY, today=today))

    async def _change(self, booking: Booking, change: Change) -> None:
        try:
            after = await self._desk.call(partial(verb_of(self._desk, change), self._desk.actor, booking.id))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return
        self.took(after)
        self.done.emit(after)


def _with(section: DaySection, booking: Booking) -> DaySection:
    """With *booking* in the place of an older version of itself."""
    rows = (booking if row.id == booking.id and row.version < booking.version else row for row in section.rows)
    return replace(section, rows=tuple(rows))
