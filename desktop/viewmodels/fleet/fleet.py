"""A fleet: searched, filtered, sorted, in pages. The owner's own one, or any for an administrator."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.car import Branch
from engine.domain.car.fleet import FleetOwner, FleetQuery, FleetRows
from engine.domain.firm.events import CarChanged, CarClaimed, Fact
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError

#: A burst of news loads once.
_SOON_S = 0.3


@dataclass(frozen=True, slots=True)
class FleetState:
    """Everything there is to draw.

    Attributes:
        owners: Whose cars there are, for an administrator; empty for an owner.
        first: The first page of ``query``, once it is there; kept while it is loaded again.
        run: Counts the loads; a page that answers an older one is dropped.
    """

    phase: Phase = Phase.LOADING
    query: FleetQuery = field(default_factory=FleetQuery)
    branches: tuple[Branch, ...] = ()
    owners: tuple[FleetOwner, ...] = ()
    first: FleetRows | None = None
    run: int = 0
    problem: DriveSphereError | None = None

    def branch(self, branch_id: str) -> Branch | None:
        return next((branch for branch in self.branches if branch.id == branch_id), None)

    def owner_name(self, owner_id: str) -> str:
        return next((owner.name for owner in self.owners if owner.id == owner_id), "")


class FleetViewModel(StateViewModel[FleetState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        page_arrived: A later page: its run, its offset, the FleetRows.
        page_failed: A later page did not come: its run, its offset, the problem.
    """

    page_arrived = Signal(int, int, object)
    page_failed = Signal(int, int, object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(FleetState())
        self._desk, self._tasks = desk, tasks

    @property
    def any_owner(self) -> bool:
        """Whether the cars of all owners are shown."""
        return self._desk.actor.may(Deed.MANAGE_ANY_CAR)

    def load(self) -> None:
        """The same query once more."""
        self.ask(self.state.query)

    def apply(self, fact: Fact) -> None:
        """Something changed at another desk: a car, or what one is promised for; a burst loads once."""
        if isinstance(fact, CarChanged | CarClaimed):
            self._tasks.once(f"fleet {id(self)} soon", self._soon())

    def ask(self, query: FleetQuery) -> None:
        """Replace what is looked for; a load under way is dropped."""
        self._tasks.latest(f"fleet {id(self)}", self._load(replace(query, offset=0)))

    def clear_filters(self) -> None:
        self.ask(FleetQuery(owner_id=self.state.query.owner_id, order=self.state.query.order))

    def need_page(self, offset: int) -> None:
        run, query = self.state.run, replace(self.state.query, offset=offset)
        self._tasks.once(f"fleet {id(self)} {run} {offset}", self._page(run, query))

    async def _soon(self) -> None:
        await asyncio.sleep(_SOON_S)
        await self._tasks.ended(f"fleet {id(self)}")
        self.load()

    async def _load(self, query: FleetQuery) -> None:
        kept = self.state.first if query == self.state.query else None
        run = self.state.run + 1
        self.feed(replace(self.state, phase=Phase.LOADING, query=query, first=kept, problem=None, run=run))
        try:
            await self._know_places()
            first = await self._rows(query)
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
        else:
            self.feed(replace(self.state, phase=Phase.READY, first=first))

    async def _know_places(self) -> None:
        """Branches and owners change seldom: once a session is enough, and again after a reload found none."""
        if not self.state.branches:
            _, branches = await self._desk.call(lambda: self._desk.fleet.rules(self._desk.actor))
            self.feed(replace(self.state, branches=branches))
        if self.any_owner and not self.state.owners:
            owners = await self._desk.call(lambda: self._desk.fleet.owners(self._desk.actor))
            self.feed(replace(self.state, owners=tuple(owners)))

    async def _page(self, run: int, query: FleetQuery) -> None:
        try:
            rows = await self._rows(query)
        except DriveSphereError as problem:
            self.page_failed.emit(run, query.offset, problem)
        else:
            self.page_arrived.emit(run, query.offset, rows)

    async def _rows(self, query: FleetQuery) -> FleetRows:
        return await self._desk.call(lambda: self._desk.fleet.page(self._desk.actor, query))
