"""One search over everything that the account may see: bookings, cars, renters and accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.list_desk import ListDesk, StoredListDesk
from engine.domain.accounts import PeopleQuery, PersonRow
from engine.domain.car import Car
from engine.domain.damage import Damaged
from engine.domain.errors import DriveSphereError
from engine.domain.listing import BookingQuery, BookingRows, Listed, scopes_of
from engine.domain.people import Deed, Renter

#: So many of a kind are shown; the page of the kind has the others.
MOST = 5
_SHORTEST = 2
_PAUSE_S = 0.2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to a text.

    Attributes:
        bookings, cars, renters, people: Up to ``MOST`` of each; ``total`` counts all bookings.
        problem: Why some kinds could not be asked for; the others are there.
        stored: Out of the copy on this computer.
    """

    bookings: tuple[Any, ...] = ()
    total: int = 0
    slip: bool = False
    cars: tuple[Car, ...] = ()
    renters: tuple[Renter, ...] = ()
    people: tuple[PersonRow, ...] = ()
    problem: DriveSphereError | None = None
    stored: bool = False

    @property
    def count(self) -> int:
        return self.total + len(self.cars) + len(self.renters) + len(self.people)


class LookupViewModel(QObject):
    """Signals: ``found`` carries the text that was asked for and what was ``Found``; ``asking`` the text alone."""

    found = Signal(str, object)
    asking = Signal(str)

    def __init__(self, desk: ListDesk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks

    def ask(self, text: str) -> None:
        """Nothing is asked for a letter, nor before the typing pauses."""
        self._tasks.stop("lookup")
        if len(text) >= _SHORTEST:
            self.asking.emit(text)
            self._tasks.latest("lookup", self._ask(text))

    async def _ask(self, text: str) -> None:
        await asyncio.sleep(_PAUSE_S)
        (listed, a), (cars, b), (renters, c), (people, d) = await asyncio.gather(
            _tried(self._bookings(text), ((), 0, False)),
            _tried(self._cars(text), ()),
            _tried(self._renters(text), ()),
            _tried(self._people(text), ()),
        )
        stored = isinstance(self._desk, StoredListDesk)
        kinds = (_sound(cars), _sound(renters), _sound(people))
        self.found.emit(text, Found(*listed, *kinds, problem=a or b or c or d, stored=stored))

    async def _bookings(self, text: str) -> tuple[tuple[Listed, ...], int, bool]:
        """Of every scope; where one has what is spelt as typed, what only nearly is stays away."""
        pages: list[BookingRows[Listed]] = []
        for scope in scopes_of(self._desk.actor):
            query = BookingQuery(scope, text=text, limit=MOST)
            pages.append(await self._desk.call(partial(self._desk.listing.page, self._desk.actor, query)))
        slip = all(page.slip or not page.total for page in pages)
        told = [page for page in pages if page.total and page.slip == slip]
        rows = {row.id: row for page in told for row in page.rows}
        return tuple(rows.values())[:MOST], max((page.total for page in told), default=0), slip and bool(told)

    async def _cars(self, text: str) -> Sequence[Car | Damaged]:
        if not self._desk.actor.may(Deed.BROWSE_CARS):
            return ()
        return await self._desk.call(partial(self._desk.catalogue.cars, self._desk.actor, text))

    async def _renters(self, text: str) -> Sequence[Renter | Damaged]:
        desk = self._desk
        if not isinstance(desk, Desk) or not desk.actor.may(Deed.SEE_RENTERS):
            return ()
        return await desk.call(partial(desk.catalogue.renters, desk.actor, text))

    async def _people(self, text: str) -> Sequence[PersonRow | Damaged]:
        desk = self._desk
        if not isinstance(desk, Desk) or not desk.actor.may(Deed.MANAGE_ACCOUNTS):
            return ()
        page = await desk.call(partial(desk.accounts.page, desk.actor, PeopleQuery(text=text)))
        return page.rows


async def _tried(ask: Coroutine[Any, Any, T], otherwise: T) -> tuple[T, DriveSphereError | None]:
    try:
        return await ask, None
    except DriveSphereError as problem:
        return otherwise, problem


def _sound(rows: Sequence[T | Damaged]) -> tuple[T, ...]:
    return tuple(each for each in rows if not isinstance(each, Damaged))[:MOST]
