"""The doors to papers, and to what each of them says of the firm."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from engine.domain.firm.audit import AuditRow
from engine.domain.health.backup import Epoch
from engine.domain.papers.legal import LegalDecision, TaxDecision
from engine.domain.papers.logo import Logo
from engine.domain.papers.paper import Paper
from engine.domain.papers.rendering import Rendering
from engine.domain.papers.series import LostNumbers, Series
from engine.domain.shared.damage import Damaged


class PaperBook(Protocol):
    """What was issued; ``Transaction.issue`` adds to it. Raises Unavailable("mongodb") and Forbidden."""

    async def paper(self, paper_id: str) -> Paper:
        """Raises: NotFound, DamagedRow."""

    async def numbered(self, series: str, n: int) -> Paper:
        """Raises: NotFound, DamagedRow."""

    async def of_booking(self, booking_id: str) -> list[Paper | Damaged]:
        """Oldest first."""

    async def credits_of(self, paper_id: str) -> list[Paper]:
        """Its credit notes in the order of their turns. Raises: DamagedRow, as whoever counts them must see all."""

    async def series(self) -> list[Series]:
        """All that were begun, by name."""

    async def epoch(self) -> Epoch | None:
        """The last restore of the database."""

    async def go_on(self, before: Series | None, after: Series, lost: LostNumbers | None, row: AuditRow) -> None:
        """Let a series go on above numbers that were lost. Raises: Overtaken, when it is not as *before* any more."""

    async def note(self, rendering: Rendering) -> None:
        """Write down that the paper was drawn, unless the same bytes were before."""

    async def renderings(self, paper_id: str) -> list[Rendering]:
        """Oldest first; those that can be read."""


class LegalBook(Protocol):
    """Raises Unavailable("mongodb") and Forbidden. What is read may be half a minute old."""

    async def legal(self) -> list[LegalDecision]:
        """Every decision, oldest first."""

    async def taxes(self) -> list[TaxDecision]:
        """Every decision, oldest first."""

    async def logo(self, logo_id: str) -> Logo:
        """Raises: NotFound, DamagedRow."""

    async def add_legal(self, decision: LegalDecision, row: AuditRow, logo: Logo | None = None) -> None:
        """*logo* is what it names and nobody has stored yet. Raises: Overtaken, when its number is taken."""

    async def add_tax(self, decision: TaxDecision, row: AuditRow) -> None:
        """Raises: Overtaken, when its number is taken."""


class Queue(Protocol):
    """Courtesy between desks that write at one place: without it nothing goes wrong, but much is done in vain."""

    def in_turn(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Wait for a while to be the only one at *name*; the block is entered either way and told whether it is."""
