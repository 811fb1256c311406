"""Change streams, found again when lost; and the port ``Changes`` made of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import pymongo
import stamina
import structlog
from bson.codec_options import CodecOptions
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError

from engine.adapters.mongo.client import CODEC, Client, Database, Document, database, speaking
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.documents import car_of, movement_of
from engine.adapters.mongo.codec.reading import Fields, read
from engine.adapters.mongo.codec.renter_files import file_of
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.availability import ClaimKind
from engine.domain.car.car import BranchId, Car, CarId, OwnerId
from engine.domain.car.movement import Movement
from engine.domain.firm.events import BookingMoved, ConnectionLost, Heard, Record
from engine.domain.people.people import Actor, Role
from engine.domain.people.renters import RenterFile
from engine.domain.shared.boot_clock import heed_cancellation
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError, Unavailable
from engine.domain.shared.period import RentalPeriod

Tell: TypeAlias = Callable[[Heard | ConnectionLost], None]

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


@dataclass(frozen=True, slots=True)
class StreamSource:
    """How one collection's changes are heard.

    Attributes:
        read: What a change tells; None for one that tells nothing.
        stages: A pipeline over the changes.
        whole: Whether the row is told along, as it is now.
    """

    read: Callable[[Document], Record | None]
    stages: list[Document] = field(default_factory=list)
    codec: CodecOptions[Document] = CODEC
    whole: bool = True


class MongoChanges:
    """What is heard depends on what the account may read: see ``sources_of``."""

    def __init__(self, client: Client, name: str, since: Any, actor: Actor) -> None:
        """*since* is the operation time from which on nothing is to be missed."""
        self.client, self.name, self.since = client, name, since
        self._db: Database = database(client, name)
        self._sources = sources_of(actor)

    @classmethod
    async def open(cls, client: Client, name: str, actor: Actor) -> Self:
        """To follow from now on. Raises: Unavailable."""
        with speaking():
            return cls(client, name, (await client.admin.command("hello")).get("operationTime"), actor)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self._sources)

    async def follow(self, tell: Tell) -> None:
        """Until cancelled."""
        await follow(self._db, self._sources, tell, self.since)


async def follow(db: Database, sources: Mapping[str, StreamSource], tell: Tell, since: Any = None) -> None:
    """Tell of every change in *sources*, collections by name, until cancelled; from the operation time *since* on."""
    async with asyncio.TaskGroup() as streams:
        for name, source in sources.items():
            stream = _Stream(db.get_collection(name, codec_options=source.codec), source, tell, start_at=since)
            streams.create_task(stream.run(), name=f"changes of {name}")


def sources_of(actor: Actor) -> Mapping[str, StreamSource]:
    """Bookings whole for those who may read them.

    Owners and renters may not: new claims in the fences and the rows of ``news`` tell them that a booking came or
    changed, and nothing of whose it is (decision 0028).
    """
    if actor.role not in (Role.OWNER, Role.RENTER):
        return {
            "bookings": StreamSource(_booking_in),
            "cars": StreamSource(_car_in),
            "movements": StreamSource(_movement_in),
            "renters": StreamSource(_renter_in),
        }
    # Renters may read nothing of a car's movements; their searches go by the fences.
    own = {"movements": StreamSource(_movement_in, _of(actor.owner_id, "owner_id"))} if actor.role is Role.OWNER else {}
    return {
        **own,
        "fences": StreamSource(_claim_in, [*_of(actor.owner_id, "terms.owner_id"), *_WITHOUT_CLAIMS]),
        "news": StreamSource(_move_in, _of(actor.owner_id, "owner_id")),
        "cars": StreamSource(_car_in, _of(actor.owner_id, "owner_id")),
    }


def _of(owner_id: OwnerId | None, field_name: str) -> list[Document]:
    """All changes, or with *owner_id* only those of that owner's cars."""
    if owner_id is None:
        return []
    return [{"$match": {"$or": [{f"fullDocument.{field_name}": owner_id}, {"operationType": "invalidate"}]}}]


#: A fence may hold thousands of claims. The new one stands under a name of its own, such as ``claims.12``, or, where
#: that is shorter, the server tells all of them, the new one last.
_WITHOUT_CLAIMS: list[Document] = [
    {"$set": {"last": {"$slice": ["$updateDescription.updatedFields.claims", -1]}}},
    {"$project": {"fullDocument.claims": 0, "updateDescription.updatedFields.claims": 0}},
]
_NEW_CLAIM = re.compile(r"claims\.\d+")


def _booking_in(change: Document) -> Booking | None:
    return booking_of(change["fullDocument"]) if change.get("fullDocument") else None


def _renter_in(change: Document) -> RenterFile | None:
    return file_of(change["fullDocument"]) if change.get("fullDocument") else None


def _car_in(change: Document) -> Car | None:
    return car_of(change["fullDocument"]) if change.get("fullDocument") else None


def _movement_in(change: Document) -> Movement | None:
    return movement_of(change["fullDocument"]) if change.get("fullDocument") else None


def _claim_in(change: Document) -> BookingMoved | None:
    """The claim that a booking has entered, if that is what happened to the fence.

    After one was taken out it may be an old one, told once more.
    """
    fence, fields = change.get("fullDocument"), change.get("updateDescription", {}).get("updatedFields", {})
    new = [claim for name, claim in fields.items() if _NEW_CLAIM.fullmatch(name)] or change.get("last") or []
    if not fence or len(new) != 1 or new[0]["kind"] != ClaimKind.BOOKING:
        return None
    return _moved({"car_id": fence["_id"], **fence["terms"], **new[0], "booking_id": new[0]["id"], "blocking": True})


def _move_in(change: Document) -> BookingMoved | None:
    return _moved(change["fullDocument"]) if change.get("fullDocument") else None


def _moved(document: Document) -> BookingMoved:
    row = Fields(document)
    return BookingMoved(
        booking_id=BookingId(row.text("booking_id")),
        car_id=CarId(row.text("car_id")),
        branch_id=BranchId(row.text("branch_id")),
        owner_id=OwnerId(row.text("owner_id")),
        period=RentalPeriod(row.moment("starts_at"), row.moment("ends_at")),
        blocking=row.flag("blocking"),
    )


@dataclass(slots=True)
class _Stream:
    """One collection's changes. ``after`` is the place in the oplog up to which everything was told."""

    collection: AsyncCollection[Document]
    how: StreamSource
    tell: Tell
    start_at: Any = None
    after: Mapping[str, Any] | None = None
    missed: bool = field(default=False)

    @property
    def source(self) -> str:
        return self.collection.name

    async def run(self) -> None:
        while True:
            heed_cancellation()
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
                heed_cancellation()
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
            stream = await self.collection.watch(
                self.how.stages,
                full_document="updateLookup" if self.how.whole else None,
                max_await_time_ms=WORD_EVERY_MS,
                batch_size=_AT_A_TIME,
                **place,
            )
        # Open from here on, so that nothing falls between the reload and the first change that is told.
        missed, self.missed = self.missed, False
        self.tell(Heard(self.source, missed=missed, opened=True))
        return stream

    async def _listen(self, stream: AsyncChangeStream[Document]) -> None:
        told = 0
        while stream.alive:
            heed_cancellation()
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
        if not change:
            self.tell(Heard(self.source))
            return
        record = read(self.source, change, self.how.read)
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
        self.tell(ConnectionLost(self.source, ours))
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
