"""With no network: the copies on this computer, and the desk that one of them makes.

API: StoredCopy(bridge, settings): await heads(), await open(account, pin) -> Actor, await forget(account),
work(deployment, tasks) -> StoredWork, close().
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from engine.config import Settings
from engine.domain.people.people import AccountName, Actor
from engine.domain.reports.copying import CopyHead
from engine.domain.shared.errors import Unavailable

if TYPE_CHECKING:
    from desktop.views.frame.offline import StoredWork
    from engine.wiring.deployment import Deployment
    from engine.wiring.offline import StoredDesk


class StoredCopy:
    """What the program keeps of an opened copy. Everything of the disk happens in the engine's thread."""

    def __init__(self, bridge: EngineThread, settings: Settings) -> None:
        self._bridge, self._settings = bridge, settings
        self._desk: StoredDesk | None = None

    @property
    def is_open(self) -> bool:
        return self._desk is not None

    async def heads(self) -> tuple[CopyHead, ...]:
        """The copies that can be opened, the newest first."""
        offline = await self._bridge.call(_load)
        found: tuple[CopyHead, ...] = await self._bridge.call(lambda: offline.copies(self._settings))
        return found

    async def open(self, account: AccountName, pin: str = "") -> Actor:
        """*pin* as it was typed. Raises: as ``engine.wiring.offline.open_copy``."""
        offline = await self._bridge.call(_load)
        desk: StoredDesk = await self._bridge.call(lambda: offline.open_copy(self._settings, account, pin))
        self._desk = desk
        return desk.actor

    async def forget(self, account: AccountName) -> None:
        """Neither the copy nor its key stays on this computer."""
        offline = await self._bridge.call(_load)
        await self._bridge.call(lambda: offline.forget_copy(self._settings, account))

    def work(self, deployment: Deployment | None, tasks: TaskScope) -> StoredWork:
        """*deployment* is only asked whether it answers again; None where our own servers did not come up."""
        from desktop.viewmodels.connection import ConnectionViewModel  # noqa: PLC0415 -- not before the first frame
        from desktop.viewmodels.earnings.earnings import EarningsSource  # noqa: PLC0415 -- as above
        from desktop.viewmodels.list_desk import StoredListDesk, StoredLists  # noqa: PLC0415 -- as above
        from desktop.views.frame.offline import StoredWork  # noqa: PLC0415 -- as above

        if self._desk is None:
            raise RuntimeError("no copy is open")

        async def probe() -> tuple[datetime, bool]:
            if deployment is None:
                raise Unavailable("embedded")
            offline = await _load()
            await offline.must_answer(deployment)
            return datetime.now(UTC), True

        def now() -> datetime:
            return datetime.now(UTC)

        return StoredWork(
            bridge=self._bridge,
            actor=self._desk.actor,
            copy=self._desk.copy,
            lists=StoredListDesk(self._bridge, self._desk.actor, now, StoredLists(self._desk.listing)),
            source=EarningsSource(self._bridge, self._desk.earnings, self._desk.actor),
            connection=ConnectionViewModel(self._bridge, probe, tasks),
            tasks=tasks,
            now=now,
            forget=partial(self.forget, self._desk.actor.account),
        )

    def close(self) -> None:
        self._desk = None


async def _load() -> ModuleType:
    from engine.wiring import offline  # noqa: PLC0415 -- the drivers are loaded in the engine's thread, not before the frame

    return offline
