"""What really happened, in order: every committed version of every booking, read back from MongoDB's own log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import Timestamp
from firm import Firm

from engine.domain.booking.states import BLOCKING

_TOLD_WITHIN_S, _LOOK_EVERY_S = 120.0, 0.1


@dataclass(frozen=True)
class Version:
    """One stored version of a booking, and the server's time when it was written."""

    at: datetime
    document: dict[str, Any]
    by_root: bool = False

    @property
    def blocking(self) -> bool:
        return self.document["state"] in BLOCKING


@dataclass
class History:
    """Booking id -> its versions in order; ``order`` holds all of them in the order of their commits."""

    bookings: dict[str, list[Version]] = field(default_factory=dict)
    order: list[tuple[str, Version]] = field(default_factory=list)

    def add(self, booking: str, version: Version) -> None:
        self.bookings.setdefault(booking, []).append(version)
        self.order.append((booking, version))

    def last(self) -> list[dict[str, Any]]:
        return [versions[-1].document for versions in self.bookings.values()]


async def start_of_history(firm: Firm) -> Timestamp:
    """A moment from which ``read_history`` can read; a member that just started tells none until it has its keys."""
    async with asyncio.timeout(_TOLD_WITHIN_S):
        while "operationTime" not in (told := await firm.root.admin.command("ping")):  # noqa: ASYNC110 -- no event
            await asyncio.sleep(_LOOK_EVERY_S)
    return told["operationTime"]


async def read_history(firm: Firm, since: Timestamp, car_prefix: str) -> History:
    """What was committed by a majority; writes that a failover took back are not in it."""
    mark = await firm.db.suite_marks.insert_one({"run": car_prefix})
    history = History()
    pipeline = [{"$match": {"ns.coll": {"$in": ["bookings", "suite_marks"]}}}]
    async with await firm.db.watch(pipeline, start_at_operation_time=since, max_await_time_ms=500) as changes:
        async for change in changes:
            if change["documentKey"]["_id"] == mark.inserted_id:
                break
            if change["ns"]["coll"] == "bookings":
                _take(history, change, car_prefix)
    return history


def _take(history: History, change: dict[str, Any], car_prefix: str) -> None:
    booking, at = change["documentKey"]["_id"], change["wallTime"]
    if "fullDocument" in change:
        if change["fullDocument"]["car_id"].startswith(f"{car_prefix}-"):
            history.add(booking, Version(at, change["fullDocument"]))
    elif (
        booking in history.bookings and "updateDescription" in change
    ):  # only the suite itself edits in place, to let time pass
        edited = {**history.bookings[booking][-1].document, **change["updateDescription"]["updatedFields"]}
        for name in change["updateDescription"]["removedFields"]:
            edited.pop(name, None)
        history.add(booking, Version(at, edited, by_root=True))
