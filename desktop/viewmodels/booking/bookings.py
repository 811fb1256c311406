"""A list of bookings: whose, searched, filtered, sorted, by pages; kept true by what changes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.day_span import DaySpan, moments, zone_of_days
from desktop.viewmodels.export import ExportViewModel
from desktop.viewmodels.list_desk import ListDesk
from desktop.viewmodels.paged import PagedViewModel, Read
from desktop.viewmodels.phases import Phase
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import (
    AnyBranch,
    BookingOrder,
    BookingQuery,
    BookingRows,
    BookingScope,
    Listed,
    matches,
    scopes_of,
    selection,
    told_to,
)
from engine.domain.booking.states import Standing
from engine.domain.car.car import BranchId
from engine.domain.shared.csv_text import PLAIN, CsvHabits
from engine.domain.shared.errors import DriveSphereError

_numbers = count(1)
#: So many changes are remembered while a page is on its way.
_MOST_HEARD = 200


@dataclass(frozen=True, slots=True)
class BookingsState:
    """Everything there is to draw.

    Attributes:
        query: What is asked for; its offset and its moments do not count, ``days`` says which days are meant.
        branches: All of them, once they are known.
        first: The first page, once it is there; kept while it is loaded again, gone when another query is asked.
        run: Counts the loads; a page that answers an older one is dropped.
        only: What a car or owner filter that was set from elsewhere is called, such as ``Car: B-DS 12``.
    """

    phase: Phase = Phase.LOADING
    query: BookingQuery = field(default_factory=BookingQuery)
    days: DaySpan = field(default_factory=DaySpan)
    branches: tuple[AnyBranch, ...] = ()
    first: BookingRows[Listed] | None = None
    run: int = 0
    only: str = ""
    problem: DriveSphereError | None = None

    @property
    def narrowed(self) -> bool:
        """Whether something was searched or filtered for."""
        asked = self.query
        by_id = asked.branch_id or asked.owner_id or asked.car_id
        return bool(asked.text or asked.standings or by_id or self.days != DaySpan())


class BookingsViewModel(PagedViewModel[BookingsState]):
    """A page that arrives is a BookingRows.

    Signals:
        row_changed: A booking that may be on the list is now so; carries it as the account is told it.
    """

    row_changed = Signal(object)

    def __init__(self, desk: ListDesk, tasks: TaskScope, scopes: tuple[BookingScope, ...] | None = None) -> None:
        """*scopes* are those offered, the first one opened with; all that the account may see if not given."""
        offered = scopes_of(desk.actor) if scopes is None else scopes
        begun = BookingsState(query=BookingQuery(offered[0] if offered else BookingScope.MINE))
        super().__init__(begun, tasks, f"bookings {next(_numbers)}")
        self.scopes = offered
        self._desk, self.account = desk, desk.actor.account
        self.export = ExportViewModel(desk.bridge, tasks, self._name)
        self._heard: dict[str, Listed] = {}

    def begin_with(self, scope: str) -> None:
        """Open with *scope*, if it is one of those offered; before the first load."""
        if scope in self.scopes:
            self.state = replace(self.state, query=BookingQuery(BookingScope(scope)))

    def load(self) -> None:
        self._tasks.stop(f"{self._name} soon")
        self._tasks.latest(self._name, self._load())

    def ask(self, query: BookingQuery, days: DaySpan | None = None, only: str | None = None) -> None:
        """Show another list; the same one is loaded again only by ``load``. What is not given stays as it is."""
        days = self.state.days if days is None else days
        only = self.state.only if only is None else only
        if (query, days) != (self.state.query, self.state.days):
            self.feed(replace(self.state, phase=Phase.LOADING, query=query, days=days, only=only, first=None))
            self.load()

    def show_scope(self, scope: BookingScope) -> None:
        """Whose bookings; a branch is asked for anew, since the account's own is the only one of its branch."""
        branch = self.state.query.branch_id if scope is not BookingScope.BRANCH else None
        self.ask(replace(self.state.query, scope=scope, branch_id=branch))

    def search(self, text: str) -> None:
        self.ask(replace(self.state.query, text=text))

    def filter(self, standings: frozenset[Standing], branch_id: BranchId | None, days: DaySpan) -> None:
        self.ask(replace(self.state.query, standings=standings, branch_id=branch_id), days)

    def sort(self, order: BookingOrder, *, descending: bool) -> None:
        self.ask(replace(self.state.query, order=order, descending=descending))

    def sort_by(self, order: BookingOrder) -> None:
        """A heading was pressed: by that, or the other way round; what is dated or dear begins with the most."""
        asked = self.state.query
        falls = order in (BookingOrder.CREATED, BookingOrder.PRICE)
        self.sort(order, descending=not asked.descending if order is asked.order else falls)

    def clear(self) -> None:
        """Everything of the scope, in the order as it is."""
        asked = self.state.query
        self.ask(BookingQuery(asked.scope, order=asked.order, descending=asked.descending), DaySpan(), "")

    def widen(self) -> None:
        """No longer one car's or one owner's."""
        self.ask(replace(self.state.query, car_id=None, owner_id=None), only="")

    def save(self, path: Path, habits: CsvHabits = PLAIN) -> None:
        """Write the whole list, as it is asked for now, to *path* as CSV."""
        query, listing, actor = self.asked(), self._desk.services.listing, self._desk.actor
        self.export.write(path, lambda write, on_rows: listing.export(actor, query, write, on_rows, habits))

    def asked(self) -> BookingQuery:
        """The query with the moments of its days, as the engine takes it."""
        since, until = moments(self.state.days, self._zone_branch(), self._desk.now())
        return replace(self.state.query, since=since, until=until)

    def today(self) -> date:
        """On the clock by which the days of this list begin."""
        return self._desk.now().astimezone(zone_of_days(self._zone_branch())).date()

    def took(self, booking: Booking) -> None:
        """A booking came to be or changed, here or at another desk."""
        if not booking.visible_to(self._desk.actor):
            return
        told = told_to(self._desk.actor, booking)
        self._remember(told)
        if self.state.first is not None:
            self.row_changed.emit(told)

    def missing(self, booking: Booking) -> None:
        """It is on no loaded page: ask for the list again, unless it does not belong there."""
        asked = self.state.first.chosen if self.state.first is not None else None
        if matches(asked or selection(self._desk.actor, self.asked()), booking):
            self.load_soon()

    def stop(self) -> None:
        for name in (self._name, f"{self._name} soon"):
            self._tasks.stop(name)
        self.export.stop()

    def _zone_branch(self) -> AnyBranch | None:
        """In whose zone a day begins: the branch that is filtered for, else the account's own."""
        wanted = self.state.query.branch_id or self._desk.actor.branch_id
        return next((branch for branch in self.state.branches if branch.id == wanted), None)

    def _remember(self, booking: Booking) -> None:
        """Rows that were read before the change may arrive after the news of it."""
        self._heard[booking.id] = booking
        while len(self._heard) > _MOST_HEARD:
            del self._heard[next(iter(self._heard))]

    def _newest(self, rows: BookingRows[Listed]) -> BookingRows[Listed]:
        known = ((row, self._heard.get(row.id, row)) for row in rows.rows)
        return replace(rows, rows=tuple(heard if heard.version > row.version else row for row, heard in known))

    def _again(self) -> None:
        self._tasks.latest(self._name, self._load())

    async def _load(self) -> None:
        self._heard.clear()
        await self._load_from(self.state)
        if self.state.phase is Phase.READY:
            for booking in tuple(self._heard.values()):
                self.row_changed.emit(booking)  # one that came to be meanwhile is not on the page

    async def _first(self) -> BookingsState:
        if not self.state.branches:
            branches = await self._desk.call(lambda: self._desk.services.catalogue.branches(self._desk.actor))
            self.feed(replace(self.state, branches=tuple(branches)))
        first = await self._rows(self.asked(), 0)
        return replace(self.state, first=first)

    def _reader(self) -> Read:
        return partial(self._rows, self.asked())

    async def _rows(self, query: BookingQuery, offset: int) -> BookingRows[Listed]:
        wanted = replace(query, offset=offset)
        return self._newest(await self._desk.call(lambda: self._desk.services.listing.page(self._desk.actor, wanted)))
