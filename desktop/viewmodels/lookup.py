"""Bookings by what people read out: number, plate or name, in everything the account may see."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.list_desk import ListDesk
from engine.domain.errors import DriveSphereError
from engine.domain.listing import BookingQuery, Listed, scopes_of

_MOST = 5
_SHORTEST = 3
_PAUSE_S = 0.2


class LookupViewModel(QObject):
    """Signals: ``found`` carries the text that was asked for and a tuple of the desk's rows, newest first."""

    found = Signal(str, object)

    def __init__(self, desk: ListDesk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks

    def ask(self, text: str) -> None:
        """Nothing is asked for a letter or two, nor before the typing pauses."""
        self._tasks.stop("lookup")
        if len(text) >= _SHORTEST:
            self._tasks.latest("lookup", self._ask(text))

    async def _ask(self, text: str) -> None:
        await asyncio.sleep(_PAUSE_S)
        found: dict[str, Listed] = {}
        try:
            for scope in scopes_of(self._desk.actor):
                query = BookingQuery(scope, text=text, limit=_MOST)
                page = await self._desk.call(lambda: self._desk.listing.page(self._desk.actor, query))  # noqa: B023 -- awaited here
                found |= {booking.id: booking for booking in page.rows}
        except DriveSphereError:
            return  # a palette that finds fewer is not worth a message
        self.found.emit(text, tuple(found.values())[:_MOST])
