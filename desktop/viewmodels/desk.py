"""What a signed-in desk hands to its pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from engine.domain.shared.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from desktop.bridge import EngineThread
    from engine.domain.people.people import Actor
    from engine.services.firm.services import Services

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """The engine's services, and the way across to their thread.

    Attributes:
        suspect: Hears that the database did not answer somebody.
        branch: Id of the branch at which this computer stands, if that was set.
    """

    bridge: EngineThread
    services: Services
    suspect: Callable[[], None]
    branch: str = ""

    @property
    def actor(self) -> Actor:
        return self.services.actor

    def now(self) -> datetime:
        """The server's time (UTC)."""
        return self.services.clock.now()

    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a service's coroutine over there."""
        try:
            return await self.bridge.call(make)
        except Unavailable as problem:
            if problem.server == "mongodb":
                self.suspect()
            raise
