"""One search over everything that the account may see: bookings, cars, renters and accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.list_desk import ListDesk, StoredListDesk
from engine.domain.booking.listing import BookingQuery, BookingRows, BookingScope, Listed, scopes_of
from engine.domain.car.car import Car
from engine.domain.people.accounts import PeopleQuery, PersonRow
from engine.domain.people.people import Deed, Renter
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.marks import is_exactly

#: So many of a kind are shown; the page of the kind has the others.
MOST = 5
_SHORTEST = 2
_PAUSE_S = 0.2

T = TypeVar("T")


class HitKind(StrEnum):
    RENTERS = auto()
    BOOKINGS = auto()
    CARS = auto()
    PEOPLE = auto()


@dataclass(frozen=True, slots=True)
class HitRows(Generic[T]):
    """What there is of a kind.

    Attributes:
        rows: Up to ``MOST`` of them.
        total: All there are, as the page of the kind counts them.
        slip: Nothing is spelt as typed; these differ from it by one sign.
    """

    rows: tuple[T, ...] = ()
    total: int = 0
    slip: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """What there is to a text.

    Attributes:
        scope: Whose bookings were counted.
        more_renters: As for ``BookingRows``.
        problem: Why some kinds could not be asked for; the others are there.
        stored: Out of the copy on this computer.
    """

    bookings: HitRows[Any] = field(default_factory=HitRows)
    cars: HitRows[Car] = field(default_factory=HitRows)
    renters: HitRows[Renter] = field(default_factory=HitRows)
    people: HitRows[PersonRow] = field(default_factory=HitRows)
    scope: BookingScope = BookingScope.MINE
    more_renters: bool = False
    problem: DriveSphereError | None = None
    stored: bool = False

    @property
    def kinds(self) -> dict[HitKind, HitRows[Any]]:
        """In the order in which they are shown; those without rows are none."""
        every: tuple[tuple[HitKind, HitRows[Any]], ...] = (
            (HitKind.RENTERS, self.renters),
            (HitKind.BOOKINGS, self.bookings),
            (HitKind.CARS, self.cars),
            (HitKind.PEOPLE, self.people),
        )
        return {kind: found for kind, found in every if found.rows}


class LookupViewModel(QObject):
    """Signals: ``found`` carries the text that was asked for and what was ``Hit``; ``asking`` the text alone."""

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
        self.found.emit(text, await self.look(text))

    async def look(self, text: str) -> Hit:
        """What there is to *text*; a kind that could not be asked for is empty."""
        # Not ``HitRows[Car]()``: that writes into the frozen record.
        no_cars: HitRows[Car] = HitRows()
        no_renters: HitRows[Renter] = HitRows()
        no_people: HitRows[PersonRow] = HitRows()
        (found, a), (cars, b), (renters, c), (people, d) = await asyncio.gather(
            _tried(self._bookings(text), Hit()),
            _tried(self._cars(text), no_cars),
            _tried(self._renters(text), no_renters),
            _tried(self._people(text), no_people),
        )
        stored = isinstance(self._desk, StoredListDesk)
        return replace(found, cars=cars, renters=renters, people=people, problem=a or b or c or d, stored=stored)

    async def _bookings(self, text: str) -> Hit:
        """Of every scope; where one has what is spelt as typed, what only nearly is stays away."""
        pages: dict[BookingScope, BookingRows[Listed]] = {}
        for scope in scopes_of(self._desk.actor):
            query = BookingQuery(scope, text=text, limit=MOST)
            pages[scope] = await self._desk.call(partial(self._desk.services.listing.page, self._desk.actor, query))
        slip = all(page.slip or not page.total for page in pages.values())
        told = {scope: page for scope, page in pages.items() if page.total and page.slip == slip}
        more = any(page.more_renters for page in pages.values())
        if not told:
            return Hit(more_renters=more)
        largest = max(told, key=lambda scope: told[scope].total)
        rows = {row.id: row for page in told.values() for row in page.rows}
        found = HitRows(tuple(rows.values())[:MOST], told[largest].total, slip)
        return Hit(found, scope=largest, more_renters=more)

    async def _cars(self, text: str) -> HitRows[Car]:
        if not self._desk.actor.may(Deed.BROWSE_CARS):
            return HitRows()
        found = await self._desk.call(partial(self._desk.services.catalogue.cars, self._desk.actor, text))
        return HitRows(_sound(found.rows, text, lambda car: (car.plate, car.title)), found.total, found.slip)

    async def _renters(self, text: str) -> HitRows[Renter]:
        desk = self._desk
        if not isinstance(desk, Desk) or not desk.actor.may(Deed.SEE_RENTERS):
            return HitRows()
        found = await desk.call(partial(desk.services.catalogue.renters, desk.actor, text))
        return HitRows(_sound(found.rows, text, lambda renter: (renter.name, renter.email)), found.total, found.slip)

    async def _people(self, text: str) -> HitRows[PersonRow]:
        desk = self._desk
        if not isinstance(desk, Desk) or not desk.actor.may(Deed.MANAGE_ACCOUNTS):
            return HitRows()
        page = await desk.call(partial(desk.services.accounts.page, desk.actor, PeopleQuery(text=text)))
        return HitRows(
            _sound(page.rows, text, lambda row: (row.person.name, row.person.account)), page.total, page.slip
        )


async def _tried(ask: Coroutine[Any, Any, T], otherwise: T) -> tuple[T, DriveSphereError | None]:
    try:
        return await ask, None
    except DriveSphereError as problem:
        return otherwise, problem


def _sound(rows: Sequence[T | Damaged], text: str, words: Callable[[T], tuple[str, ...]]) -> tuple[T, ...]:
    """Those that can be read, first what is exactly as typed."""
    sound = [each for each in rows if not isinstance(each, Damaged)]
    return tuple(sorted(sound, key=lambda each: not is_exactly(text, words(each))))[:MOST]
