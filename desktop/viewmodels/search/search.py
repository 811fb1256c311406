"""Looking for a free car at a branch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import PagedViewModel, Read
from desktop.viewmodels.phases import Phase
from engine.domain.car.availability import Blocked, BlockedPage
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Fuel, Transmission
from engine.domain.car.catalogue import PAGE_SIZE, CarOrder, CarWish, Facets, Offer, OfferPage
from engine.domain.car.openings import first_opening_hour
from engine.domain.firm.events import CarChanged, CarClaimed, Fact
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.wall import on_wall, wall_of

_STAY = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What the person filled in. Both times are the branch's wall clock (no zone); empty sets mean "any".

    Attributes:
        taken: Cars that are not to be had are shown too, behind the free ones.
        text: Any part of plate, brand and model; whoever names a car is told of it whether it is free or not.
    """

    branch_id: BranchId
    pick_up: datetime
    drop_off: datetime
    brands: frozenset[str] = frozenset()
    bodies: frozenset[BodyType] = frozenset()
    fuels: frozenset[Fuel] = frozenset()
    transmissions: frozenset[Transmission] = frozenset()
    min_seats: int | None = None
    max_daily_minor: int | None = None
    order: CarOrder = CarOrder.PRICE
    taken: bool = False
    text: str = ""

    @property
    def with_taken(self) -> bool:
        return self.taken or bool(self.text)

    @property
    def filters(self) -> int:
        """How many filters are set."""
        sets = (self.brands, self.bodies, self.fuels, self.transmissions, self.text)
        return sum(map(bool, sets)) + (self.min_seats is not None) + (self.max_daily_minor is not None)


@dataclass(frozen=True, slots=True)
class SearchState:
    """Everything there is to draw.

    Attributes:
        first: The first page of the result, once it is there; the others come by ``slice_arrived``.
        taken: The first of the taken cars, which follow the free ones; None unless they were asked for.
        run: Counts the searches; a page that answers an older one is dropped.
        problem: Why the search failed, with ``phase`` FAILED.
    """

    phase: Phase = Phase.LOADING
    branches: tuple[Branch, ...] = ()
    facets: Facets = field(default_factory=Facets)
    form: SearchForm | None = None
    wish: CarWish | None = None
    first: OfferPage | None = None
    taken: BlockedPage | None = None
    run: int = 0
    problem: DriveSphereError | None = None

    @property
    def branch(self) -> Branch | None:
        wanted = self.form.branch_id if self.form else None
        return next((branch for branch in self.branches if branch.id == wanted), None)


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Some rows of the result: free cars, then, where they were asked for, taken ones; behind each what is damaged."""

    offers: tuple[Offer, ...]
    blocked: tuple[Blocked, ...] = ()
    damaged_free: tuple[Damaged, ...] = ()
    damaged_taken: tuple[Damaged, ...] = ()


class SearchViewModel(PagedViewModel[SearchState]):
    """A page that arrives is a FoundRows."""

    soon_s = 0.2

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(SearchState(), tasks, "search")
        self._desk = desk
        self._facets_of: BranchId | None = None
        self._last_form: Callable[[tuple[Branch, ...]], SearchForm | None] = _no_form

    def open(self, last_form: Callable[[tuple[Branch, ...]], SearchForm | None] | None = None) -> None:
        """Load branches and search as *last_form* says.

        Else at the desk's own branch, or the actor's, from the next full hour, two days.
        """
        self._last_form = last_form or self._last_form
        self._tasks.latest("search", self._open())

    def search(self, form: SearchForm) -> None:
        """Replace what is searched; a search under way is dropped."""
        if not self.state.branches:
            # Their zones decide what the form means.
            self.open(lambda _branches: form)
            return
        self._tasks.latest("search", self._search(form))

    def again(self) -> None:
        """The same search; cards that are still true stay where they are."""
        if self.state.form is None:
            self.open()
        else:
            self.search(self.state.form)

    def apply(self, fact: Fact) -> None:
        """Something changed at another desk: look again if it concerns these cars, once for a burst."""
        if self._concerns(fact):
            self.load_soon()

    def clear_filters(self) -> None:
        form = self.state.form
        if form is not None:
            self.search(plain(form))

    def need_slice(self, offset: int) -> None:
        """Ask for the rows from *offset* (a multiple of PAGE_SIZE) of the current search."""
        if self.state.wish is not None and self.state.first is not None:
            super().need_slice(offset)

    def _concerns(self, fact: Fact) -> bool:
        form, wish, first = self.state.form, self.state.wish, self.state.first
        if form is None:
            return False
        if wish is None or first is None:
            # A search under way may have read what was true before.
            where = fact.car.branch_id if isinstance(fact, CarChanged) else getattr(fact, "branch_id", "")
            return where == form.branch_id
        if isinstance(fact, CarClaimed):
            # One that ends may also be an overdue car that is back, whatever its days were.
            return fact.branch_id == wish.branch_id and (not fact.blocking or wish.period.overlaps(fact.period))
        if isinstance(fact, CarChanged):
            stood_here = any(offer.car.id == fact.car.id for offer in first.offers)
            return stood_here or fact.car.branch_id == wish.branch_id
        return False

    def _again(self) -> None:
        if self.state.phase is not Phase.FAILED:
            self.again()

    async def _open(self) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, problem=None))
        try:
            known = await self._desk.call(lambda: self._desk.services.catalogue.branches(self._desk.actor))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        branches = tuple(branch for branch in known if not branch.closed)
        self.feed(replace(self.state, branches=branches))
        own = (self._desk.branch, self._desk.actor.branch_id)
        home = next((branch for each in own for branch in branches if branch.id == each), None)
        if form := self._last_form(branches):
            await self._search(form)
        elif start := home or next(iter(branches), None):
            await self._search(first_form(start, self._desk.now()))
        else:
            self.feed(replace(self.state, phase=Phase.READY))

    async def _search(self, form: SearchForm) -> None:
        await self._load_from(replace(self.state, form=form, first=None, taken=None))

    async def _first(self) -> SearchState:
        form = self.state.form
        if form is None:
            return self.state
        wish = wish_of(form, self.state.branch)
        # Asked for the branch they were loaded for: a search that was dropped may not have got as far.
        if self._facets_of != form.branch_id:
            facets = await self._desk.call(
                lambda: self._desk.services.catalogue.facets(self._desk.actor, form.branch_id)
            )
            self._facets_of = form.branch_id
            self.feed(replace(self.state, facets=facets))
        page = await self._desk.call(lambda: self._desk.services.catalogue.search(self._desk.actor, wish))
        taken = await self._taken(wish, 0, PAGE_SIZE - page.rows) if form.with_taken else None
        return replace(self.state, wish=wish, first=page, taken=taken)

    def _reader(self) -> Read:
        return partial(self._rows, self.state)

    async def _rows(self, asked: SearchState, offset: int) -> FoundRows:
        wish, free = asked.wish, asked.first.total if asked.first is not None else 0
        page, taken = OfferPage((), offset, free), BlockedPage((), 0, 0)
        if wish is not None and offset < free:
            page = await self._desk.call(
                partial(self._desk.services.catalogue.search, self._desk.actor, wish, offset=offset)
            )
        if wish is not None and asked.taken is not None and offset + PAGE_SIZE > free:
            taken = await self._taken(wish, max(offset - free, 0), PAGE_SIZE - page.rows)
        return FoundRows(page.offers, taken.blocked, page.damaged, taken.damaged)

    async def _taken(self, wish: CarWish, offset: int, limit: int) -> BlockedPage:
        """At least one row is asked for: the number of all comes with it."""
        ask = partial(
            self._desk.services.availability.taken_cars, self._desk.actor, wish, offset=offset, limit=max(limit, 1)
        )
        return await self._desk.call(ask)


def _no_form(_branches: tuple[Branch, ...]) -> SearchForm | None:
    return None


def first_form(branch: Branch, now: datetime) -> SearchForm:
    """Two days from the next full hour at *branch*, or from its opening if it is closed then.

    An hour that comes twice that night is no proposal: nobody chose which.
    """
    zone, start = branch.clock, first_opening_hour(branch.hours, branch.clock, now)
    while on_wall(wall_of(start, zone), zone).twice or on_wall(wall_of(start, zone) + _STAY, zone).twice:
        start += timedelta(hours=1)
    pick_up = wall_of(start, zone)
    return SearchForm(branch.id, pick_up, on_wall(pick_up + _STAY, zone).at)


def plain(form: SearchForm) -> SearchForm:
    """*form* without its filters."""
    return SearchForm(form.branch_id, form.pick_up, form.drop_off, order=form.order, taken=form.taken)


def wish_of(form: SearchForm, branch: Branch | None) -> CarWish:
    """The form in UTC. Of a wall-clock time that comes twice ``fold`` says which; one that is skipped moves on.

    Raises:
        InvalidPeriod: The return is not after the pick-up, or too far.
        UnknownZone: This desk does not know the branch's time zone.
    """
    zone = branch.tzinfo if branch else UTC
    period = RentalPeriod.between(on_wall(form.pick_up, zone).moment, on_wall(form.drop_off, zone).moment)
    return CarWish(
        branch_id=form.branch_id,
        period=period,
        brands=form.brands,
        bodies=form.bodies,
        fuels=form.fuels,
        transmissions=form.transmissions,
        min_seats=form.min_seats,
        max_daily_minor=form.max_daily_minor,
        order=form.order,
        text=form.text,
    )


__all__ = ["PAGE_SIZE", "FoundRows", "SearchForm", "SearchState", "SearchViewModel", "first_form", "plain", "wish_of"]
