"""One booking that is not believed: what Stripe has for it now, and the two ways out."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.manual_review import Case
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.unbelieved import UnbelievedCase
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError


@dataclass(frozen=True, slots=True)
class UnbelievedRow:
    """A line of what needs a person: its booking as the list has it, or a row that cannot be read."""

    case: Case | None = None
    damaged: Damaged | None = None

    @property
    def booking_id(self) -> BookingId:
        if self.case is not None:
            return self.case.booking.id
        return BookingId(self.damaged.id if self.damaged is not None else "")


@dataclass(frozen=True, slots=True)
class UnbelievedState:
    """Everything there is to draw.

    Attributes:
        found: As it is stored, and as Stripe tells it; None until that has come.
        busy: Stripe is asked, or it is being decided.
    """

    row: UnbelievedRow | None = None
    found: UnbelievedCase | None = None
    problem: DriveSphereError | None = None
    busy: bool = False


class UnbelievedViewModel(StateViewModel[UnbelievedState]):
    """Signals: ``changed`` carries the new state; ``decided`` the Booking after a decision."""

    decided = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(UnbelievedState())
        self._desk, self._tasks = desk, tasks

    def start(self, row: UnbelievedRow) -> None:
        self.feed(UnbelievedState(row, busy=True))
        self.look()

    def look(self) -> None:
        """Ask Stripe, and the database, what is true now."""
        if self.state.row is not None:
            self._tasks.latest("unbelieved look", self._look(self.state.row))

    def let_go(self, found: UnbelievedCase, reason: str) -> None:
        """A second press while the first is under way does nothing."""
        service, actor = self._desk.services.admin.unbelieved, self._desk.actor
        self._tasks.once("unbelieved", self._decide(partial(service.let_go, actor, found.booking.id, reason)))

    def give_back(self, found: UnbelievedCase, reason: RefundReason) -> None:
        """What *found* says is left."""
        service, actor, left = self._desk.services.admin.unbelieved, self._desk.actor, found.money.left
        decide = partial(service.give_back, actor, found.booking.id, reason, shown=left)
        self._tasks.once("unbelieved", self._decide(decide))

    async def _look(self, row: UnbelievedRow, before: DriveSphereError | None = None) -> None:
        """*before* is what went wrong before this: a part of it may be done, so all is looked up anew beside it."""
        self.feed(replace(self.state, busy=True, problem=before))
        service, actor = self._desk.services.admin.unbelieved, self._desk.actor
        found, problem = self.state.found, before
        try:
            found = await self._desk.call(lambda: service.case(actor, row.booking_id))
        except DriveSphereError as told:
            problem = before or told
        if self.state.row == row:
            self.feed(UnbelievedState(row, found, problem))

    async def _decide(self, decide: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        row = self.state.row
        self.feed(replace(self.state, busy=True, problem=None))
        try:
            booking = await self._desk.call(decide)
        except DriveSphereError as problem:
            if row is not None and self.state.row == row:
                await self._look(row, problem)
        else:
            self.feed(replace(self.state, busy=False))
            self.decided.emit(booking)
