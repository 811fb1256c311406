"""The copy of an owner's books on this computer: kept up to date while the desk is open, and forgotten when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from PySide6.QtCore import Signal

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels.earnings.earnings import EarningsSource
from desktop.viewmodels.state import StateViewModel
from engine.domain.people.copy_pin import CopyLocked
from engine.domain.people.people import Actor
from engine.domain.reports.copying import CopyNews, OwnCopy
from engine.domain.reports.report_period import moment
from engine.domain.shared.errors import CopyOutOfReach, DriveSphereError, NoKeyring, NotFound, Unavailable
from engine.services.reports.copying import CopyService, StoredBooks
from engine.services.reports.earnings import EarningsService

_EVERY_S = 600.0
#: After a sync that got no answer; whoever sees the servers come back starts one at once.
_AGAIN_S = 30.0


class CopyStatus(Enum):
    NONE = auto()  #: nothing is kept here
    SYNCING = auto()
    KEPT = auto()
    NO_KEYRING = auto()
    AWAY = auto()  #: the database did not answer; what was kept before still is
    STUCK = auto()  #: a full disk, or something holds the file; what was kept before still is
    BROKEN = auto()
    LOCKED = auto()  #: its PIN was not typed in this sign-in; what is kept is not brought up to date


@dataclass(frozen=True, slots=True)
class CopyState:
    """Attributes: ``as_of`` and ``complete`` are those of the copy that can be opened now; None if there is none.

    ``pin`` is whether its key is wrapped by one.
    """

    status: CopyStatus = CopyStatus.NONE
    as_of: datetime | None = None
    complete: bool = False
    pin: bool = False


class CopyViewModel(StateViewModel[CopyState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        told: Something happened since the last copy; carries the CopyNews.
        locked: Once: the copy wants its PIN.
    """

    told = Signal(object)
    locked = Signal()

    def __init__(
        self,
        bridge: EngineThread,
        tasks: TaskScope,
        service: CopyService | None,
        actor: Actor,
        keeps: Callable[[], bool] = lambda: True,
    ) -> None:
        """*service* is None for accounts that keep no copy; *keeps* is whether this computer may keep any."""
        super().__init__(CopyState())
        self.keeps = keeps
        self._bridge, self._tasks, self._service, self._actor = bridge, tasks, service, actor
        self._source: EarningsSource | None = None
        self._stored: OwnCopy | None = None
        self._asked = False

    @property
    def source(self) -> EarningsSource | None:
        """Figures out of the copy; None while there is none."""
        return self._source

    @property
    def stored(self) -> OwnCopy | None:
        """What is kept, as it was read last; None while there is none."""
        return None if self._source is None else self._stored

    @property
    def is_kept(self) -> bool:
        """Whether there is one on this computer, also one that is locked."""
        return self._source is not None or self.state.status is CopyStatus.LOCKED

    async def unlock(self, pin: str) -> None:
        """And bring it up to date. Raises: what keeps it closed."""
        if (service := self._service) is not None:
            await self._bridge.call(lambda: service.unlock(self._actor, pin))
            self.feed(CopyState(pin=True))
            self.start()

    async def change_pin(self, old: str, new: str) -> None:
        """An empty *new* takes it away. Raises: what is wrong with either."""
        if (service := self._service) is not None:
            await self._bridge.call(lambda: service.change_pin(self._actor, old, new))
            self.feed(replace(self.state, pin=bool(new)))

    def start(self) -> None:
        """Sync now and every ten minutes; again at once when the servers are back."""
        if self._service is not None and self.keeps():
            self._tasks.latest("copy", self._keep(self._service))

    def forget(self) -> None:
        """No copy stays, and none is made until the next sign-in."""
        if self._service is not None:
            self._tasks.stop("copy")
            self._tasks.once("forget copy", self._forget(self._service))

    async def _keep(self, service: CopyService) -> None:
        await self._open(service)
        while self.state.status is not CopyStatus.LOCKED:
            if not await self._sync(service):
                return
            await asyncio.sleep(_AGAIN_S if self.state.status is CopyStatus.AWAY else _EVERY_S)

    async def _sync(self, service: CopyService) -> bool:
        """False where trying again makes no sense."""
        self.feed(replace(self.state, status=CopyStatus.SYNCING))
        try:
            news = await self._bridge.call(lambda: service.sync(self._actor))
        except NoKeyring:
            self._source = None
            self.feed(CopyState(CopyStatus.NO_KEYRING))
            return False
        except Unavailable:
            await self._open(service)
            self.feed(replace(self.state, status=CopyStatus.AWAY))
        except CopyLocked:
            self._lock()
            return False
        except CopyOutOfReach:
            self.feed(replace(self.state, status=CopyStatus.STUCK))
        except DriveSphereError:
            self.feed(replace(self.state, status=CopyStatus.BROKEN))
        else:
            await self._open(service)
            if news:
                self.told.emit(news)
        return True

    async def _open(self, service: CopyService) -> None:
        """Have what is kept at hand, before the network goes."""
        try:
            copy = await self._bridge.call(lambda: service.copy(self._actor))
            pin = await self._bridge.call(lambda: service.has_pin(self._actor))
        except CopyLocked:
            self._lock()
            return
        except (NotFound, NoKeyring):
            return
        except CopyOutOfReach:
            self.feed(replace(self.state, status=CopyStatus.STUCK))
            return
        except DriveSphereError:
            self.feed(replace(self.state, status=CopyStatus.BROKEN))
            return
        self._stored = copy
        self._source = EarningsSource(self._bridge, EarningsService(StoredBooks(copy)), self._actor)
        head = copy.manifest.head
        self.feed(CopyState(CopyStatus.KEPT, moment(head.as_of), head.complete, pin))

    def _lock(self) -> None:
        self._source = None
        self.feed(CopyState(CopyStatus.LOCKED, pin=True))
        if not self._asked:
            self._asked = True
            self.locked.emit()

    async def _forget(self, service: CopyService) -> None:
        self._source = None
        await self._bridge.call(lambda: service.forget(self._actor))
        self.feed(CopyState())


def news_counts(news: CopyNews) -> tuple[tuple[int, str], ...]:
    """How many of what; only what there is."""
    counts = ((news.rentals, "rental"), (news.refunds, "refund"), (news.cars, "change of a car"))
    return tuple((count, what) for count, what in counts if count)
