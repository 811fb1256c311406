"""One payment that a restored database lacks, and the two ways out: its booking made again, or its money given back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.panel_state import PanelState
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.booking import Booking
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.restored import RestoredCase
from engine.domain.people.people import Renter, RenterId
from engine.domain.people.renter_errors import RenterKnown
from engine.domain.people.renters import RentersFound
from engine.domain.shared.errors import DriveSphereError
from engine.services.people.renters import NewRenter


@dataclass(frozen=True, slots=True)
class RestoredState:
    """Everything there is to draw.

    Attributes:
        picking: Who drives, as far as it is chosen.
        busy: It is being decided.
    """

    case: RestoredCase | None = None
    picking: PanelState = field(default_factory=PanelState)
    busy: bool = False

    @property
    def problem(self) -> DriveSphereError | None:
        return self.picking.problem


class RestoredViewModel(StateViewModel[RestoredState]):
    """Signals: ``changed`` carries the new state; ``decided`` the Booking that a decision made."""

    decided = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(RestoredState())
        self._desk, self._tasks = desk, tasks

    def start(self, case: RestoredCase) -> None:
        self._tasks.stop("restored renters")
        self.feed(RestoredState(case, PanelState(branch=case.branch)))

    def find_renter(self, text: str) -> None:
        self._tasks.latest("restored renters", self._find_renter(text))

    def choose(self, renter: Renter | None) -> None:
        self._pick(renter=renter, problem=None, twins=())

    def add_renter(self, new: NewRenter, beside: tuple[RenterId, ...] = ()) -> None:
        """Somebody new; *beside* are those with the same telephone or address who are somebody else."""
        self._tasks.once("restored new renter", self._add_renter(new, beside))

    def book_again(self, case: RestoredCase, renter: Renter) -> None:
        """For *renter*, under its old number; a second press while the first is under way does nothing."""
        service, payment = self._desk.services.restored, case.payment.payment_intent
        decide = partial(service.book_again, self._desk.actor, payment, renter.id)
        self._tasks.once("restored", self._decide(case, decide))

    def give_back(self, case: RestoredCase, reason: RefundReason) -> None:
        """All of its money."""
        service, payment = self._desk.services.restored, case.payment.payment_intent
        decide = partial(service.give_back, self._desk.actor, payment, reason)
        self._tasks.once("restored", self._decide(case, decide))

    async def _decide(self, case: RestoredCase, decide: Callable[[], Coroutine[Any, Any, Booking]]) -> None:
        self.feed(replace(self.state, busy=True))
        try:
            booking = await self._desk.call(decide)
        except DriveSphereError as problem:
            if self.state.case == case:
                self._pick(problem=problem)
        else:
            self.decided.emit(booking)
        finally:
            self.feed(replace(self.state, busy=False))

    async def _find_renter(self, text: str) -> None:
        self._pick(searching=True, problem=None)
        country = self.state.picking.country
        try:
            found = await self._desk.call(
                lambda: self._desk.services.catalogue.renters(self._desk.actor, text, country)
            )
        except DriveSphereError as problem:
            self._pick(searching=False, problem=problem)
        else:
            self._pick(searching=False, found=found)

    async def _add_renter(self, new: NewRenter, beside: tuple[RenterId, ...]) -> None:
        case, country = self.state.case, self.state.picking.country
        try:
            added = await self._desk.call(
                lambda: self._desk.services.renters.add(self._desk.actor, new, country, beside)
            )
        except RenterKnown as known:
            self._pick(problem=None, twins=known.twins)
        except DriveSphereError as problem:
            self._pick(problem=problem)
        else:
            if self.state.case == case:
                self._pick(renter=added.renter, found=RentersFound((added.renter,), 1), problem=None, twins=added.twins)

    def _pick(self, **changes: Any) -> None:
        self.feed(replace(self.state, picking=replace(self.state.picking, **changes)))
