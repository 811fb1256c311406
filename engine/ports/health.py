"""The doors through which is looked at whether everything is as it should be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from engine.domain.booking.watch import Touched, WatchFinding
from engine.domain.health.claims import Walk
from engine.domain.health.health import (
    BackupNote,
    Claimed,
    DatabaseFacts,
    Member,
    RestoredFacts,
    RoundFinding,
    SchemaFacts,
)
from engine.domain.money.money import Money
from engine.domain.shared.remark import Remark

#: Hears how far a long look came.
Hear = Callable[[Remark], None]


class Inspection(Protocol):
    """What can be seen of MongoDB. Raises Unavailable("mongodb"), and Forbidden where the account may not look."""

    async def database(self) -> DatabaseFacts: ...

    def members(self) -> tuple[Member, ...]:
        """As they were last seen, without asking again; the one thing to be had when no member leads."""

    async def schema(self) -> SchemaFacts: ...

    async def last_round(self, name: str = "sweeper") -> RoundFinding | None: ...

    async def refunds_without_car(self, now: datetime) -> int:
        """Refunds of taken money without a car that nobody has made a quarter of an hour after they were due."""

    async def restored(self) -> RestoredFacts | None:
        """None for a database that was never restored."""

    async def backups(self) -> tuple[BackupNote | None, BackupNote | None]:
        """Of the last back-up that is whole, and of the last one that failed."""

    def claims(self) -> AsyncIterator[list[Claimed]]:
        """Everything that keeps a car, all of one car together."""

    async def still(self, pair: tuple[Claimed, Claimed]) -> bool:
        """Whether both, read again at one moment, still keep the same car at the same time."""

    async def strange_terms(self) -> list[str]:
        """Cars whose terms name another time zone than their branch has."""

    async def terms_beside_series(self) -> list[str]:
        """Cars whose fence has other terms than the latest of their series."""

    async def sums(self) -> dict[str, Money]:
        """Currency -> charges and refunds less all shares; zero where the ledger is whole."""

    async def claims_beside_bookings(self, now: datetime, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def rows_beside_shapes(self, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def agreements_beside_bookings(self, most: timedelta, hear: Hear = ...) -> Walk:
        """And what was read off each car beside what its fence says."""

    async def shifts_beside_bookings(self, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def marks_of_cars(self, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def papers_in_series(self, most: timedelta, hear: Hear = ...) -> Walk: ...

    async def zones_of_desks(self, since: datetime) -> Mapping[str, str]:
        """Desk -> version of its zone data at its last sign-in, of those since then.

        Raises:
            Forbidden: The account may not see sign-ins.
            Unavailable: MongoDB does not answer.
        """


class CachePulse(Protocol):
    async def pulse(self) -> tuple[str, timedelta]:
        """Version and round trip. Raises: Unavailable("redis")."""


class WatchRows(Protocol):
    """Raises Unavailable("mongodb")."""

    async def follow(self, tell: Callable[[Touched | None], None]) -> None:
        """Every row that is written from now on, until cancelled; None where some cannot be told any more."""

    async def look(self, rows: Mapping[str, list[Any]], now: datetime) -> list[WatchFinding]:
        """What is wrong with those rows, collection -> ids, and with the cars that they name."""
