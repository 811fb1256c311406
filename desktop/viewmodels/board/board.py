"""The board: a window of it, what changes in it, and rows that are asked for anew one by one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.board.acts import BoardActs
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.booking.board import MOST_CARS, Board, BoardAsked, BoardRow
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import BranchId, Car, CarId
from engine.domain.car.catalogue import CarWish
from engine.domain.firm.events import BookingChanged, CarChanged, CarClaimed, Fact
from engine.domain.people.people import Deed
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

_DAY = timedelta(days=1)
#: Days that a window may show.
ZOOMS = (1, 3, 7, 14, 28, 60)
#: Around the window so much more is asked for at once, until it is as much as the longest.
_MOST_DAYS = 60
#: From here on the day before today is shown too.
_BACK_FROM = 14
_SOON_S = 0.25


@dataclass(frozen=True, slots=True)
class Look:
    """What of the board is looked at.

    Attributes:
        first: Day on the wall; None goes along with today.
        branch_id: None for all that the account may see.
        offset: The first car of the page.
    """

    days: int = 14
    first: date | None = None
    branch_id: BranchId | None = None
    bodies: frozenset[BodyType] = frozenset()
    offset: int = 0

    def first_day(self, now: datetime, zone: tzinfo) -> date:
        if self.first is not None:
            return self.first
        today = now.astimezone(zone).date()
        return today - _DAY if self.days >= _BACK_FROM else today


@dataclass(frozen=True, slots=True)
class BoardState:
    """Attributes: ``board`` is kept while it is loaded again, and where that failed."""

    phase: Phase = Phase.LOADING
    look: Look = Look()
    board: Board | None = None
    run: int = 0
    problem: DriveSphereError | None = None


class BoardViewModel(StateViewModel[BoardState]):
    """Signals: ``refused`` carries the problem that kept a step back; ``offered`` an Offer, its period and its branch.

    ``sold`` carries the row of a car that is not to be had for a period any more.
    """

    refused = Signal(object)
    offered = Signal(object, object, object)
    sold = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope, branch_id: BranchId | None) -> None:
        super().__init__(BoardState(look=Look(branch_id=branch_id)))
        self._desk, self._tasks = desk, tasks
        self._stale: set[CarId] = set()
        self.acts = BoardActs(desk, tasks)

    @property
    def own_fleet(self) -> bool:
        """An owner looks on, and sees the own cars."""
        return self._desk.actor.owner_id is not None

    @property
    def may_choose_branch(self) -> bool:
        return self.own_fleet or self._desk.actor.may(Deed.SEE_ALL_BOOKINGS)

    def load(self) -> None:
        self._tasks.latest("board", self._load())

    def look_at(self, look: Look) -> None:
        """Another window, branch or kind of car; what is not known of it yet is asked for, and told by ``changed``."""
        before, self.state = self.state.look, replace(self.state, look=look)
        same = replace(before, days=look.days, first=look.first) == look
        if not (same and self._covers(look)):
            self.load()

    def took(self, fact: Fact) -> None:
        """Something changed, here or at another desk: the rows that it is about are asked for anew, in their places."""
        board = self.state.board
        if board is None:
            return
        rows = {row.car_id: row for row in board.rows if isinstance(row, BoardRow)}
        if isinstance(fact, CarChanged):
            self._car_changed(fact.car, rows.get(fact.car.id))
            return
        if isinstance(fact, BookingChanged):
            touched = _with(rows, fact.booking.id, fact.booking.car_id)
        elif isinstance(fact, CarClaimed):
            touched = _with(rows, fact.booking_id, fact.car_id)
        else:
            return
        if touched:
            self._note(touched)

    def look_for_offer(self, row: BoardRow, since: datetime, until: datetime) -> None:
        """What the car costs then, and whether it is to be had: asked as every search asks it."""
        self._tasks.latest("board offer", self._offer(row, RentalPeriod(since, until)))

    def heard(self, booking: Booking) -> None:
        """This desk changed a booking."""
        self.took(BookingChanged(booking))

    def _car_changed(self, car: Car, row: BoardRow | None) -> None:
        look = self.state.look
        if row is not None and (look.branch_id is None or car.branch_id == row.branch_id):
            self._note({car.id})
        elif row is not None or look.branch_id in (None, car.branch_id):
            self._tasks.once("board again", self._again())

    def _note(self, car_ids: set[CarId]) -> None:
        self._stale |= car_ids
        self._tasks.once("board rows", self._renew())

    async def _offer(self, row: BoardRow, period: RentalPeriod) -> None:
        board, services, actor = self.state.board, self._desk.services, self._desk.actor
        branch = next((each for each in (board.branches if board else ()) if each.id == row.branch_id), None)
        if branch is None:
            return
        wish = CarWish(row.branch_id, period, bodies=frozenset({row.body}), text=row.plate)
        try:
            found = await self._desk.call(lambda: services.catalogue.search(actor, wish))
        except DriveSphereError as problem:
            self.refused.emit(problem)
            return
        offer = next((each for each in found.offers if each.car.id == row.car_id), None)
        if offer is not None:
            self.offered.emit(offer, period, branch)
        else:
            self.sold.emit(row)
            self._note({row.car_id})

    async def _again(self) -> None:
        await asyncio.sleep(4 * _SOON_S)
        self.load()

    async def _renew(self) -> None:
        """While the whole is loaded, which may have been read before, the rows wait."""
        await asyncio.sleep(_SOON_S)
        while self._stale and self.state.phase is Phase.READY and self.state.board is not None:
            ids, self._stale, run = frozenset(self._stale), set(), self.state.run
            try:
                found = await self._ask(replace(self.state.board.asked, only=ids))
            except DriveSphereError:
                # The connection tells of itself, and when it is back everything is asked for again.
                self._stale |= ids
                return
            if run == self.state.run:
                self._put(ids, found)

    async def _ask(self, asked: BoardAsked) -> Board:
        services, actor = self._desk.services, self._desk.actor
        return await self._desk.call(lambda: services.board.board(actor, asked))

    def _put(self, ids: frozenset[CarId], found: Board) -> None:
        board = self.state.board
        if board is None:
            return
        new = {row.car_id if isinstance(row, BoardRow) else CarId(row.id): row for row in found.rows}
        if ids - new.keys():
            # Sent away, or to another branch.
            self.load()
            return
        rows = (new.get(row.car_id if isinstance(row, BoardRow) else CarId(row.id), row) for row in board.rows)
        self.feed(replace(self.state, board=replace(board, at=found.at, rows=tuple(rows))))

    async def _load(self) -> None:
        look = self.state.look
        known = self.state.board
        if known is not None and (known.asked.branch_id, known.asked.offset) != (look.branch_id, look.offset):
            known = None
        self.feed(replace(self.state, phase=Phase.LOADING, board=known, run=self.state.run + 1, problem=None))
        self._stale.clear()
        try:
            board = await self._ask(self._asked(look))
        except DriveSphereError as problem:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        self.feed(replace(self.state, phase=Phase.READY, board=board))
        if self._stale:
            self._note(set())

    def _asked(self, look: Look) -> BoardAsked:
        """In whatever zone the days are."""
        first = look.first_day(self._desk.now(), UTC)
        around = min(max((_MOST_DAYS - look.days) // 2, 0), look.days) + 1
        since = datetime.combine(first, time(), UTC) - around * _DAY
        span = RentalPeriod(since, since + (look.days + 2 * around) * _DAY)
        return BoardAsked(span, look.branch_id, look.bodies, offset=look.offset, limit=MOST_CARS)

    def _covers(self, look: Look) -> bool:
        board = self.state.board
        if board is None or self.state.phase is not Phase.READY:
            return False
        first = look.first_day(self._desk.now(), UTC)
        since = datetime.combine(first, time(), UTC) - _DAY
        return board.asked.span.starts_at <= since and since + (look.days + 2) * _DAY <= board.asked.span.ends_at


def _with(rows: dict[CarId, BoardRow], booking_id: BookingId, car_id: CarId) -> set[CarId]:
    """The car that has the booking now, and whoever is shown with it."""
    shown = {row.car_id for row in rows.values() if any(bar.id == booking_id for bar in row.bars)}
    return shown | ({car_id} & rows.keys())
