"""A fleet: searched, filtered, sorted, in pages. The owner's own one, or any for an administrator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import PagedViewModel, Read
from desktop.viewmodels.phases import Phase
from engine.domain.car.car import Branch
from engine.domain.car.fleet import FleetOwner, FleetQuery, FleetRows
from engine.domain.firm.events import CarChanged, CarClaimed, Fact
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError

_numbers = count(1)


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


class FleetViewModel(PagedViewModel[FleetState]):
    """A page that arrives is a FleetRows."""

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(FleetState(), tasks, f"fleet {next(_numbers)}")
        self._desk = desk

    @property
    def any_owner(self) -> bool:
        """Whether the cars of all owners are shown."""
        return self._desk.actor.may(Deed.MANAGE_ANY_CAR)

    def load(self) -> None:
        """The same query once more."""
        self.ask(self.state.query)

    def apply(self, fact: Fact) -> None:
        """Something changed at another desk: a car, or what one is promised for."""
        if isinstance(fact, CarChanged | CarClaimed):
            self.load_soon()

    def ask(self, query: FleetQuery) -> None:
        """Replace what is looked for; a load under way is dropped."""
        self._tasks.latest(self._name, self._load(replace(query, offset=0)))

    def clear_filters(self) -> None:
        self.ask(FleetQuery(owner_id=self.state.query.owner_id, order=self.state.query.order))

    def _again(self) -> None:
        self.load()

    def _reader(self) -> Read:
        return partial(self._rows, self.state.query)

    async def _load(self, query: FleetQuery) -> None:
        kept = self.state.first if query == self.state.query else None
        await self._load_from(replace(self.state, query=query, first=kept))

    async def _first(self) -> FleetState:
        await self._know_branches()
        first = await self._rows(self.state.query, 0)
        return replace(self.state, first=first)

    async def _know_branches(self) -> None:
        """Branches and owners change seldom: once a session is enough, and again after a reload found none."""
        if not self.state.branches:
            _, branches = await self._desk.call(lambda: self._desk.services.fleet.rules(self._desk.actor))
            self.feed(replace(self.state, branches=branches))
        if self.any_owner and not self.state.owners:
            owners = await self._desk.call(lambda: self._desk.services.fleet.owners(self._desk.actor))
            self.feed(replace(self.state, owners=tuple(owners)))

    async def _rows(self, query: FleetQuery, offset: int) -> FleetRows:
        wanted = replace(query, offset=offset)
        return await self._desk.call(lambda: self._desk.services.fleet.page(self._desk.actor, wanted))
