"""What happens at other desks, told to the pages of this one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from engine.domain.booking.booking import Booking
from engine.domain.car.car import Car
from engine.domain.car.movement import Movement
from engine.domain.firm.events import (
    BookingChanged,
    BookingMoved,
    ConnectionLost,
    Fact,
    Heard,
    Pulse,
    Resync,
    facts_for,
    subject,
)
from engine.domain.firm.freshness import (
    EVERYTHING,
    Namespace,
    cars_at,
    touched_by_booking,
    touched_by_car,
    touched_by_move,
)
from engine.domain.people.people import Actor
from engine.domain.people.renters import RenterFile
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import DriveSphereError
from engine.ports.bookings import BookingStore
from engine.ports.local import Cache, Changes, Clock

log = structlog.get_logger(__name__)

#: More facts than this waiting for somebody are worth less than one "ask again for everything".
MOST_WAITING = 500
#: A busy firm tells of hundreds of bookings a second; an account that sees a few of them asks five times.
_BETWEEN_LOOKS_S = 0.2


@dataclass(frozen=True, slots=True)
class News:
    """Attributes: ``facts`` in the order in which they happened; empty when only the pulse went on."""

    facts: tuple[Fact, ...]
    pulse: Pulse


@dataclass(slots=True)
class Subscription:
    """One listener's facts, the newest on each subject; bounded, however slow the listener is."""

    pulse: Pulse = field(default_factory=Pulse)
    _waiting: dict[tuple[str, ...], Fact] = field(default_factory=dict)
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self) -> News:
        """Wait for facts or for a word from the server; what was told once is not told again."""
        await self._something.wait()
        self._something.clear()
        facts, self._waiting = tuple(self._waiting.values()), {}
        return News(facts, self.pulse)

    def tell(self, facts: Iterable[Fact], pulse: Pulse) -> None:
        for fact in facts:
            if isinstance(fact, Resync) or len(self._waiting) >= MOST_WAITING:
                self._waiting = {("resync",): Resync()}
            else:
                self._waiting.pop(subject(fact), None)
                self._waiting[subject(fact)] = fact
        self.pulse = pulse
        self._something.set()


class LiveService:
    """Hears the database's changes and passes on what the actor may know.

    Before a change is passed on, what the cache keeps of it is made unreachable: whoever made the change has done so
    too, unless it died over it.
    """

    def __init__(self, changes: Changes, store: BookingStore, cache: Cache, clock: Clock, actor: Actor) -> None:
        """*store* is asked for bookings that were told as moved only."""
        self._changes, self._store, self._cache, self._clock, self._actor = changes, store, cache, clock, actor
        self._listeners: list[Subscription] = []
        self._heard_at: dict[str, datetime] = {}
        self._lost: dict[str, DriveSphereError] = {}
        self._records: list[Booking | BookingMoved | Car | Movement | RenterFile] = []
        self._missed = False
        self._something = asyncio.Event()

    @property
    def pulse(self) -> Pulse:
        silent = [source for source in self._changes.sources if source not in self._heard_at]
        heard_at = None if silent else min(self._heard_at.values())
        problem = next(iter(self._lost.values()), None)
        return Pulse(heard_at is not None and problem is None, heard_at, problem)

    def subscribe(self) -> Subscription:
        """Facts from now on, for as long as this is."""
        listener = Subscription(self.pulse)
        self._listeners.append(listener)
        return listener

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._changes.follow(self._hear), name="changes")
                group.create_task(self._pass_on(), name="live")
        except ExceptionGroup:
            # A bug; without this line nobody would know why nothing is live any more.
            log.exception("live.ended")
            raise

    def _hear(self, word: Heard | ConnectionLost) -> None:
        if isinstance(word, ConnectionLost):
            self._lost[word.source] = word.problem
        else:
            self._lost.pop(word.source, None)
            self._heard_at[word.source] = self._clock.now()
            self._missed = self._missed or word.missed
            if isinstance(word.record, Booking | BookingMoved | Car | Movement | RenterFile):
                self._records.append(word.record)
            if len(self._records) > MOST_WAITING:
                self._missed, self._records = True, []
        self._something.set()

    async def _pass_on(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            records, self._records = self._records, []
            missed, self._missed = self._missed, False
            if records or missed:
                await self._cache.bump(_touched(records) | ({EVERYTHING} if missed else set()))
            facts: list[Fact] = [Resync()] if missed else []
            for record in records:
                facts += facts_for(self._actor, record)
            facts += await self._looked_up(records)
            for listener in self._listeners:
                listener.tell(facts, self.pulse)
            if any(isinstance(record, BookingMoved) for record in records):
                await rest(_BETWEEN_LOOKS_S)  # what comes meanwhile is looked up in one question

    async def _looked_up(self, records: Iterable[Booking | BookingMoved | Car | Movement | RenterFile]) -> list[Fact]:
        """The bookings that were told as moved, as far as the account sees them."""
        moved = {record.booking_id for record in records if isinstance(record, BookingMoved)}
        if not moved:
            return []
        try:
            found = await self._store.bookings_among(moved)
        except DriveSphereError as problem:
            log.info("live.not_looked_up", code=problem.code)
            return [Resync()]
        facts = (fact for booking in found for fact in facts_for(self._actor, booking))
        return [fact for fact in facts if isinstance(fact, BookingChanged)]


def _touched(records: Iterable[Booking | BookingMoved | Car | Movement | RenterFile]) -> set[Namespace]:
    touched: set[Namespace] = set()
    for record in records:
        match record:
            case Car():
                touched |= touched_by_car(record)
            case BookingMoved():
                touched |= touched_by_move(record)
            case Booking():
                touched |= touched_by_booking(record)
            case Movement():
                touched.add(cars_at(record.end_id))
            case RenterFile():
                pass  # nothing of renters is kept
    return touched
