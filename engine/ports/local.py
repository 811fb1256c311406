"""What the services ask of this computer and of what all desks share: the clock, the cache, pictures at hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from engine.domain.car.photo import Photo
from engine.domain.firm.events import ConnectionLost, Heard
from engine.domain.firm.freshness import Lookup, Namespace
from engine.domain.money.payment import (
    StripeMode,
)
from engine.ports.leases import Turn

T = TypeVar("T")


class Clock(Protocol):
    def now(self) -> datetime:
        """The server's time in UTC, whole milliseconds; never this desk's own clock."""


class Cache(Protocol):
    """Answers kept for a while and shared between desks. Without a working Redis every answer is loaded anew."""

    async def read(self, lookup: Lookup[T], load: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, else what *load* finds; never one older than this desk's own last ``bump``.

        The actor is checked before: what a role or an account may not see must be in ``lookup.asked``.
        """

    async def bump(self, namespaces: Iterable[Namespace], turn: Turn | None = None) -> None:
        """Something of these changed: after the commit, by ``Store``. A *turn* that ends with it is given back too."""


class ImageImport(Protocol):
    def develop(self, data: bytes) -> Photo:
        """The picture in a file's bytes as we keep it; slow. Raises: PhotoRefused."""

    def logo(self, data: bytes) -> bytes:
        """The picture in a file's bytes as papers bear it, a PNG; slow. Raises: PhotoRefused."""


class ThumbnailCache(Protocol):
    """Small things kept on this computer under keys whose value never changes. Never fails: at worst it is empty."""

    async def get(self, keys: frozenset[str]) -> dict[str, bytes]: ...
    async def put(self, found: dict[str, bytes]) -> None: ...


class DeploymentRecord(Protocol):
    """What is true of the whole firm's installation. Raises Unavailable("mongodb")."""

    async def stripe_mode(self) -> StripeMode | None:
        """None until somebody recorded it.

        Raises:
            ProgramTooOld, DatabaseTooOld: The stored shapes are not those of this program, which must not write.
        """

    async def looking_back(self) -> datetime | None:
        """Of which moment a restored database is while the payments made since are still looked for; else None."""

    async def record_stripe_mode(self, mode: StripeMode, by: str, at: datetime) -> None:
        """The first one stays. Raises: Forbidden, for an account that is neither an admin's nor a worker's."""


class Changes(Protocol):
    """What is written to the database, by whomever."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the streams there are."""

    async def follow(self, tell: Callable[[Heard | ConnectionLost], None]) -> None:
        """Until cancelled: every change, a word every second without one, and word of every stream that is lost.

        Nothing is left out and nothing told twice over a lost connection; where that cannot be kept, ``Heard.missed``
        says so.
        """
