"""The port ``Changes`` of ``services.live``: a change stream for bookings and one for cars, found again when lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import pymongo
import stamina
import structlog
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import PyMongoError

from engine.adapters.mongo_bookings import booking_of
from engine.adapters.mongo_client import Client, Database, Document, database, speaking
from engine.adapters.mongo_documents import car_of
from engine.adapters.mongo_reading import read
from engine.domain.booking import Booking
from engine.domain.car import Car, OwnerId
from engine.domain.damage import Damaged
from engine.domain.errors import DriveSphereError, Unavailable
from engine.domain.events import Heard, Lost

Tell: TypeAlias = Callable[[Heard | Lost], None]

#: The server says something at least this often, and so proves that it is there.
WORD_EVERY_MS = 1_000
#: Without a word for so long a stream is given up; the driver itself would wait longer.
SILENT_S = 4.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.1, 5.0
#: Between two streams that opened well and broke at once.
_PAUSE_S = 0.2
_AT_A_TIME = 100
_CLOSE_WITHIN_S = 0.5
_FOR_THE_MOMENT = "ResumableChangeStreamError"

log = structlog.get_logger(__name__)


class MongoChanges:
    """Fences are not watched: every change of one shares its transaction with that of a booking or a car."""

    def __init__(self, client: Client, name: str, since: Any) -> None:
        """*since* is the operation time from which on nothing is to be missed."""
        self._db: Database = database(client, name)
        self._since = since

    @classmethod
    async def open(cls, client: Client, name: str) -> Self:
        """To follow from now on. Raises: Unavailable."""
        with speaking():
            return cls(client, name, (await client.admin.command("hello")).get("operationTime"))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(_READ)

    async def follow(self, owner_id: OwnerId | None, tell: Tell) -> None:
        """Until cancelled. With *owner_id* only of that owner's cars."""
        only: list[Document] = []
        if owner_id is not None:
            only = [{"$match": {"$or": [{"fullDocument.owner_id": owner_id}, {"operationType": "invalidate"}]}}]
        async with asyncio.TaskGroup() as streams:
            for source, read in _READ.items():
                stream = _Stream(self._db, source, read, only, tell, start_at=self._since)
                streams.create_task(stream.run(), name=f"changes of {source}")


_READ: Mapping[str, Callable[[Document], Booking | Car]] = {"bookings": booking_of, "cars": car_of}


@dataclass(slots=True)
class _Stream:
    """One collection's changes. ``after`` is the place in the oplog up to which everything was told."""

    db: Database
    source: str
    read: Callable[[Document], Booking | Car]
    only: list[Document]
    tell: Tell
    start_at: Any = None
    after: Mapping[str, Any] | None = None
    missed: bool = field(default=False)

    async def run(self) -> None:
        while True:
            stream = await self._found_again()
            try:
                await self._listen(stream)
            except PyMongoError as problem:
                self._lose(problem)
            finally:
                await _close(stream)
            await asyncio.sleep(_PAUSE_S)

    async def _found_again(self) -> AsyncChangeStream[Document]:
        """An open stream that has said its first word; with growing pauses, however long it takes."""
        patience = stamina.retry_context(
            on=DriveSphereError,
            attempts=None,
            timeout=None,
            wait_initial=_FIRST_WAIT_S,
            wait_max=_LONGEST_WAIT_S,
            wait_jitter=_FIRST_WAIT_S,
        )
        async for attempt in patience:
            with attempt:
                try:
                    return await self._open()
                except PyMongoError as problem:
                    raise self._lose(problem) from problem
        raise AssertionError("patience without an end has ended")

    async def _open(self) -> AsyncChangeStream[Document]:
        place: dict[str, Any] = {"start_at_operation_time": self.start_at}
        if self.after is not None:
            place = {"resume_after": self.after}
        with pymongo.timeout(SILENT_S):
            stream = await self.db[self.source].watch(
                self.only,
                full_document="updateLookup",
                max_await_time_ms=WORD_EVERY_MS,
                batch_size=_AT_A_TIME,
                **place,
            )
        # Open from here on, so that nothing falls between the reload and the first change that is told.
        missed, self.missed = self.missed, False
        self.tell(Heard(self.source, missed=missed))
        return stream

    async def _listen(self, stream: AsyncChangeStream[Document]) -> None:
        told = 0
        while stream.alive:
            with pymongo.timeout(SILENT_S):
                change = await stream.try_next()
            self.after = stream.resume_token
            self._pass_on(change)
            told += 1
            if told % _AT_A_TIME == 0:
                await asyncio.sleep(0)  # what is buffered comes without a pause
        # Invalidated: the collection was dropped or renamed, and the token leads nowhere.
        self._begin_anew()

    def _pass_on(self, change: Document | None) -> None:
        document = change and change.get("fullDocument")
        if not document:
            self.tell(Heard(self.source))
            return
        record = read(self.source, document, self.read)
        if isinstance(record, Damaged):
            # Perhaps written by a release that knows more than this one; the pages ask for it and say so.
            self.tell(Heard(self.source, missed=True))
        else:
            self.tell(Heard(self.source, record))

    def _lose(self, problem: PyMongoError) -> DriveSphereError:
        ours = _ours(problem)
        if ours is None:
            # Neither the connection nor the account: the place in the oplog is not there any more.
            ours = Unavailable("mongodb", "its place in the news is gone")
            if not problem.has_error_label(_FOR_THE_MOMENT):
                self._begin_anew()
        log.info("changes.lost", source=self.source, code=ours.code, problem=str(problem))
        self.tell(Lost(self.source, ours))
        return ours

    def _begin_anew(self) -> None:
        self.after = self.start_at = None
        self.missed = True


def _ours(problem: PyMongoError) -> DriveSphereError | None:
    try:
        with speaking():
            raise problem
    except DriveSphereError as known:
        return known
    except PyMongoError:
        return None


async def _close(stream: AsyncChangeStream[Document]) -> None:
    """The server forgets an idle stream by itself; telling it is a courtesy."""
    with suppress(PyMongoError), pymongo.timeout(_CLOSE_WITHIN_S):
        await stream.close()
