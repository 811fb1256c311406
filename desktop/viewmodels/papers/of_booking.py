"""The papers of the booking that is looked at: which there are, issuing others, and one of them on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.papers.sheets import LaidSheets, SheetsViewModel
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.money.money import Money
from engine.domain.papers.of_agreement import Protocol
from engine.domain.papers.of_booking import BookingPapers, PaidIn, branch_of_papers
from engine.domain.papers.paper import Paper, PaperKind
from engine.domain.papers.rendering import Rendering
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError

if TYPE_CHECKING:
    from desktop.papers.pdf import Drawn


@dataclass(frozen=True, slots=True)
class PapersState:
    """Everything there is to draw.

    Attributes:
        booking: The one that is looked at; None where the account sees no papers.
        stands: How it stands on paper, once that is known.
        acting: A paper was asked for and is not issued yet.
        problem: Why they did not come, or none was issued.
    """

    booking: Booking | None = None
    stands: BookingPapers | None = None
    acting: bool = False
    problem: DriveSphereError | None = None


class PapersViewModel(StateViewModel[PapersState]):
    """Signals: ``issued`` carries the Paper that somebody asked for.

    Attributes: ``sheets`` draws the papers.
    """

    issued = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(PapersState())
        self._desk, self._tasks = desk, tasks
        self.sheets = SheetsViewModel(tasks)

    @property
    def sees(self) -> bool:
        return self._desk.actor.may(Deed.SEE_PAPERS)

    @property
    def may_credit(self) -> bool:
        return self._desk.actor.may(Deed.CREDIT)

    @property
    def may_set_up(self) -> bool:
        """Whether the account gives what papers need of the firm."""
        return self._desk.actor.may(Deed.MANAGE_FIRM)

    @property
    def may_issue(self) -> bool:
        """Here: whoever works at another branch sees the papers and issues none."""
        booking, actor = self.state.booking, self._desk.actor
        if booking is None or not actor.may(Deed.ISSUE_PAPER):
            return False
        return actor.branch_id is None or actor.branch_id == branch_of_papers(booking, actor)

    def look_at(self, booking: Booking | None) -> None:
        """What the panel shows now; a later version of it may stand otherwise."""
        booking = booking if self.sees else None
        known = self.state.booking
        if booking is None or known is None or booking.id != known.id:
            self._tasks.stop("booking papers")
            self.feed(PapersState(booking))
        elif booking.version == known.version:
            return
        else:
            self.feed(replace(self.state, booking=booking))
        self.load()

    def load(self) -> None:
        if self.state.booking is not None:
            self._tasks.latest("booking papers", self._load(self.state.booking.id))

    def issue_invoice(self, language: str) -> None:
        billing, actor = self._desk.services.billing, self._desk.actor
        self._issue(lambda booking: billing.invoice(actor, booking.id, language))

    def issue_receipt(self, taken: PaidIn, language: str) -> None:
        billing, actor = self._desk.services.billing, self._desk.actor
        self._issue(lambda booking: billing.receipt(actor, booking.id, taken.key, language))

    def issue_agreement(self, language: str) -> None:
        contracts, actor = self._desk.services.contracts, self._desk.actor
        self._issue(lambda booking: contracts.agreement(actor, booking.id, language))

    def issue_protocol(self, protocol: Protocol, language: str) -> None:
        contracts, actor = self._desk.services.contracts, self._desk.actor
        self._issue(lambda booking: contracts.protocol(actor, booking.id, protocol, language))

    def give_back(self, paper: Paper, amount: Money, reason: str) -> None:
        """A credit note of *amount*; all that is left is taken line by line."""
        billing, actor, stands = self._desk.services.billing, self._desk.actor, self.state.stands
        every = stands is not None and stands.left == amount
        self._issue(lambda _booking: billing.give_back(actor, paper.id, None if every else amount, reason))

    def to_draw(self, paper: Paper) -> PaperToDraw:
        return PaperToDraw(self._desk, paper)

    def _issue(self, make: Callable[[Booking], Coroutine[Any, Any, Paper]]) -> None:
        """One at a time: a second press while the first is under way does nothing."""
        if (booking := self.state.booking) is not None:
            self._tasks.once("issue paper", self._issued(booking, make))

    async def _issued(self, booking: Booking, make: Callable[[Booking], Coroutine[Any, Any, Paper]]) -> None:
        self.feed(replace(self.state, acting=True, problem=None))
        try:
            paper = await self._desk.call(lambda: make(booking))
        except DriveSphereError as problem:
            self._settle(booking.id, problem)
        else:
            self._settle(booking.id, None)
            self.issued.emit(paper)
        await self._load(booking.id)

    def _settle(self, booking_id: BookingId, problem: DriveSphereError | None) -> None:
        mine = self.state.booking is not None and self.state.booking.id == booking_id
        self.feed(replace(self.state, acting=False, problem=problem if mine else self.state.problem))

    async def _load(self, booking_id: BookingId) -> None:
        try:
            stands = await self._desk.call(lambda: self._desk.services.billing.standing(self._desk.actor, booking_id))
        except DriveSphereError as problem:
            self._show(booking_id, problem=self.state.problem or problem)
        else:
            self._show(booking_id, stands=stands)

    def _show(self, booking_id: BookingId, **told: Any) -> None:
        if self.state.booking is not None and self.state.booking.id == booking_id:
            self.feed(replace(self.state, **told))


@dataclass(frozen=True, slots=True)
class PaperToDraw:
    desk: Desk
    paper: Paper

    async def lay_out(self) -> LaidSheets:
        """Raises: PaperRefused, and as ``PaperService.logo``."""
        from desktop.papers.drawing import laid_out  # noqa: PLC0415 -- loaded by who draws
        from desktop.papers.pdf import written  # noqa: PLC0415 -- loaded by who draws

        papers, actor = self.desk.services.papers, self.desk.actor
        logo = await self.desk.call(lambda: papers.logo(actor, self.paper.body.seller.logo))
        laid = await asyncio.to_thread(laid_out, self.paper, logo)
        return LaidSheets(self.paper.number, laid, partial(written, self.paper, laid))

    async def note(self, drawn: Drawn) -> None:
        """Which bytes came of it."""
        papers, actor, size = self.desk.services.papers, self.desk.actor, len(drawn.data)
        form, now = self.paper.body.template, self.desk.now()
        word = Rendering(self.paper.id, drawn.sha256, size, drawn.pages, form, drawn.fonts, actor.account, now)
        await self.desk.call(lambda: papers.note(actor, word))


def is_creditable(paper: Paper, stands: BookingPapers) -> bool:
    """Whether it is the invoice that stands."""
    return paper.body.kind is PaperKind.INVOICE and stands.invoice is not None and stands.invoice.id == paper.id
