"""One car in detail: what is known at once, and its coming weeks, which are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.marks.marks import MarksViewModel
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.availability import Blocked, CarCalendar, blocked_by, readiness
from engine.domain.car.car import Branch, Car
from engine.domain.car.catalogue import Offer, OfferPage
from engine.domain.firm.events import CarChanged, CarClaimed, Fact
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

#: Whole weeks that are shown.
WEEKS = 6
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CarState:
    """Everything there is to draw.

    Attributes:
        found: The car as it was found, or as its calendar has it since; None while the panel is closed.
        offer: The last price known for the asked-for days; None for a car that was never free.
        span: The weeks that are shown, whole days on the branch's clock.
        calendar: Its coming weeks, once they are there.
        problem: Why they are not.
    """

    found: Offer | Blocked | None = None
    offer: Offer | None = None
    period: RentalPeriod | None = None
    branch: Branch | None = None
    span: RentalPeriod | None = None
    calendar: CarCalendar | None = None
    problem: DriveSphereError | None = None

    @property
    def car(self) -> Car | None:
        return self.found.car if self.found is not None else None


class FoundCarViewModel(StateViewModel[CarState]):
    """Signals: ``changed`` carries the new state."""

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(CarState())
        self._desk, self._tasks = desk, tasks
        self.marks = MarksViewModel(desk, tasks, "of the car that was found")

    def open(self, found: Offer | Blocked, period: RentalPeriod, branch: Branch) -> None:
        span = shown_weeks(period, branch, self._desk.now())
        self.feed(CarState(found, found if isinstance(found, Offer) else None, period, branch, span))
        self.load()
        self.marks.look_at(found.car)

    def load(self) -> None:
        """Ask for the coming weeks; what is shown stays until they are there."""
        if self.state.found is not None:
            self._tasks.latest("calendar", self._load())

    def apply(self, fact: Fact) -> None:
        """Something changed at another desk: if it is about this car, its weeks are asked for again (X1)."""
        about = fact.car_id if isinstance(fact, CarClaimed) else fact.car.id if isinstance(fact, CarChanged) else None
        if self.state.car is not None and self.state.car.id == about:
            self.load()

    def renew(self, period: RentalPeriod, page: OfferPage) -> None:
        """A search for *period* is there: a car that was taken may be free again, at a price that is known now."""
        state = self.state
        if state.car is None or not isinstance(state.found, Blocked) or period != state.period:
            return
        known = next((offer for offer in page.offers if offer.car.id == state.car.id), None)
        if known is not None and known != state.offer:
            self.feed(replace(state, offer=known))
            self.load()

    def close(self) -> None:
        self._tasks.stop("calendar")
        self.marks.look_at(None)
        self.feed(CarState())

    def hold_left_s(self) -> float:
        """Seconds until the hold in the way is over, by the server's clock; 0 without one."""
        found = self.state.found
        until = found.obstacle.hold_until if isinstance(found, Blocked) else None
        return max((until - self._desk.now()).total_seconds(), 0.0) if until is not None else 0.0

    async def _load(self) -> None:
        state = self.state
        if state.car is None or state.span is None:
            return
        self.feed(replace(state, problem=None))
        ask = partial(self._desk.services.availability.calendar, self._desk.actor, state.car.id, state.span)
        try:
            calendar = await self._desk.call(ask)
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, calendar=calendar, found=self._found_now(self.state, calendar)))

    def _found_now(self, state: CarState, calendar: CarCalendar) -> Offer | Blocked | None:
        """Free or taken is what the calendar says last, not what the search said when the panel was opened."""
        if state.period is None or state.branch is None:
            return state.found
        ready = readiness(state.branch, state.period.ends_at)
        wished = ready.stretch(state.period, calendar.car.body)
        blocked = blocked_by(calendar, wished, state.branch.clock, self._desk.now())
        if blocked is None and isinstance(state.found, Blocked):
            # Without a price it is for the next search to say so; until then these very days are the way out.
            return state.offer or replace(state.found, next_free=state.period)
        if blocked is None or not isinstance(state.found, Blocked):
            return blocked or state.found
        same = state.found.obstacle == blocked.obstacle
        return state.found if same else replace(blocked, instead=state.found.instead)


def shown_weeks(period: RentalPeriod, branch: Branch, now: datetime) -> RentalPeriod:
    """Six weeks of whole days from today on the branch's clock; later ones when the asked-for days lie further off."""
    zone = branch.clock
    first = now.astimezone(zone).date()
    out, back = period.starts_at.astimezone(zone).date(), period.ends_at.astimezone(zone).date()
    if back > first + WEEKS * _WEEK:
        first = out - _WEEK
    ends = (first, first + WEEKS * _WEEK)
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in ends)
    return RentalPeriod(start, end)
