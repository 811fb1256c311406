"""A branch's day as a sheet to be printed: asked for anew, or as it was known last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from desktop.viewmodels.desk import Desk
from desktop.viewmodels.papers.sheets import LaidSheets
from engine.domain.booking.today import Today
from engine.domain.car.car import BranchId
from engine.domain.shared.errors import DriveSphereError, Unavailable
from engine.domain.shared.zones import shown_zone

if TYPE_CHECKING:
    from desktop.papers.pdf import Drawn


@dataclass(frozen=True, slots=True)
class DayToDraw:
    """Attributes: ``known`` is what the page shows, drawn where nothing newer comes; None for nothing.

    ``online`` is False where nobody needs to be asked to know that.
    """

    desk: Desk
    branch_id: BranchId
    language: str
    known: Today | None
    online: bool

    async def lay_out(self) -> LaidSheets:
        """Raises: DriveSphereError, where the day does not come and none is known."""
        if not self.online and self.known is not None:
            return await self._laid(self.known, Unavailable("mongodb"))
        services, actor = self.desk.services, self.desk.actor
        try:
            today = await self.desk.call(lambda: services.today.day(actor, self.branch_id))
        except DriveSphereError as problem:
            if self.known is None:
                raise
            return await self._laid(self.known, problem)
        return await self._laid(today, None)

    async def note(self, drawn: Drawn) -> None:
        """It is kept nowhere."""

    async def _laid(self, today: Today, stale: DriveSphereError | None) -> LaidSheets:
        from desktop.papers.day import DaySheet  # noqa: PLC0415 -- loaded by who draws
        from desktop.papers.drawing import day_laid_out  # noqa: PLC0415 -- loaded by who draws
        from desktop.papers.pdf import day_written  # noqa: PLC0415 -- loaded by who draws

        sheet = DaySheet(today, self.desk.actor.name, self.language)
        laid = await asyncio.to_thread(day_laid_out, sheet)
        day = today.at.astimezone(shown_zone(today.branch.zone)).date()
        return LaidSheets(f"{today.branch.id}-{day.isoformat()}", laid, partial(day_written, sheet, laid), stale)
