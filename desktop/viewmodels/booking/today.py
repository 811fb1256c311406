"""The day of a branch: its lines, what changes in them, and the two steps that are taken from the list."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.one_booking import Change, verb_of
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.papers.of_day import DayToDraw
from desktop.viewmodels.papers.sheets import SheetsViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.agreement.agreement import Agreement, further_of
from engine.domain.agreement.checks import Finding
from engine.domain.agreement.reading import ReadBefore
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.booking.today import STATES, DayAsked, DaySection, Today, section_of
from engine.domain.car.car import BranchId
from engine.domain.car.condition import CarMarks
from engine.domain.people.people import AccountName
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
    """Signals: ``done`` carries the Booking after a step, ``refused`` the problem that kept one back.

    ``looked_at`` when another line was chosen: which steps can be taken follows it.
    """

    done = Signal(object)
    refused = Signal(object)
    looked_at = Signal()

    def __init__(self, desk: Desk, tasks: TaskScope, branch_id: BranchId) -> None:
        super().__init__(TodayState())
        self._desk, self._tasks, self._branch_id = desk, tasks, branch_id
        self._language = ""
        self.sheets = SheetsViewModel(tasks)

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
            if booking.state is BookingState.OUT:
                self._tasks.latest("today further", self._further(booking))
        elif section_of(booking, DayAsked(self._branch_id, self._desk.now(), today.until)) is not None:
            self._tasks.once("today soon", self._soon())

    async def _further(self, booking: Booking) -> None:
        """What an extension made of its price, for its line."""
        further, today = further_of(booking, await self.agreement_of(booking)), self.state.today
        if today is not None and further is not None:
            self.feed(replace(self.state, today=replace(today, further={**today.further, booking.id: further})))

    def look_on(self) -> None:
        """Time went on: lines that belong into another section by now, or into another day, are asked for again."""
        today, now = self.state.today, self._desk.now()
        if today is None or self.state.phase is not Phase.READY:
            return
        asked = DayAsked(self._branch_id, now, today.until)
        moved = any(_elsewhere(part, asked) for part in today.sections)
        if moved or now >= today.until:
            self._tasks.once("today soon", self._soon())

    async def read_before(self, booking: Booking) -> ReadBefore | None:
        """What is known of its car before it is read; None, and ``refused`` told, where nothing is."""
        agreements, actor = self._desk.services.agreements, self._desk.actor
        try:
            return await self._desk.call(lambda: agreements.read_before(actor, booking.id))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    async def check(self, booking: Booking) -> tuple[Finding, ...] | None:
        """What is not as the firm wants it before its car goes out; None, and ``refused`` told, where nobody says."""
        rental, actor = self._desk.services.rental, self._desk.actor
        try:
            return await self._desk.call(lambda: rental.check(actor, booking.id))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    async def marks_of(self, booking: Booking) -> CarMarks | None:
        """What is known of its car before it is looked at; without it the car goes out and comes back all the same."""
        marks, actor = self._desk.services.marks, self._desk.actor
        try:
            return await self._desk.call(lambda: marks.of_car(actor, booking.car_id))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    async def agreement_of(self, booking: Booking) -> Agreement | None:
        """None where it has none, or none that can be read: the car comes back all the same."""
        agreements, actor = self._desk.services.agreements, self._desk.actor
        try:
            return await self._desk.call(lambda: agreements.agreement(actor, booking.id))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return None

    async def language(self, *, online: bool) -> str:
        """In which the firm writes; the last one that was told where it does not come, and empty before."""
        if online:
            billing, actor = self._desk.services.billing, self._desk.actor
            # Where it does not come, neither does the day, which says so itself.
            with suppress(DriveSphereError):
                self._language = await self._desk.call(lambda: billing.language(actor))
        return self._language

    def day_to_draw(self, language: str, *, online: bool) -> DayToDraw:
        return DayToDraw(self._desk, self._branch_id, language, self.state.today, online=online)

    @property
    def account(self) -> AccountName:
        return self._desk.actor.account

    def change(self, booking: Booking, change: Change, *given: object) -> None:
        """Hand the car over, or take it back, after the person read it; with what is given along."""
        self._tasks.once("today step", self._change(booking, change, given))

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

    async def _change(self, booking: Booking, change: Change, given: tuple[object, ...]) -> None:
        try:
            after = await self._desk.call(partial(verb_of(self._desk, change), self._desk.actor, booking.id, *given))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return
        self.took(after)
        self.done.emit(after)


def _with(section: DaySection, booking: Booking) -> DaySection:
    """With *booking* in the place of an older version of itself."""
    rows = (booking if row.id == booking.id and row.version < booking.version else row for row in section.rows)
    return replace(section, rows=tuple(rows))


def _elsewhere(part: DaySection, asked: DayAsked) -> bool:
    """Whether a line of *part* belongs into another one by the time alone."""
    rows = (row for row in part.rows if isinstance(row, Booking) and row.state in STATES[part.section])
    return any(section_of(row, asked) is not part.section for row in rows)
