"""Why a car is not to be had, when it is, and which other one would do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.car.availability import (
    Blocked,
    BlockedPage,
    CarCalendar,
    Obstacle,
    WhyTaken,
    next_free,
    obstacle_of,
    readiness,
)
from engine.domain.car.car import Car, CarId, CarStatus, branch_among
from engine.domain.car.catalogue import PAGE_SIZE, CarWish, offers_of
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.period import RentalPeriod
from engine.ports.cars import TakenCars
from engine.ports.local import Clock
from engine.ports.rules import FirmStore
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class AvailabilityService:
    store: FirmStore
    taken: TakenCars
    clock: Clock

    async def taken_cars(self, actor: Actor, wish: CarWish, *, offset: int = 0, limit: int = PAGE_SIZE) -> BlockedPage:
        """One page of the cars that a search leaves out, each with what is in the way and what could be done.

        Raises:
            InvalidPeriod: The pick-up lies in the past.
            NotFound: There is no such branch.
        """
        actor.must(Deed.BROWSE_CARS)
        now = self.clock.now()
        wish.period.refuse_past(now)
        branch = branch_among(await self.store.branches(), wish.branch_id)
        settings = await self.store.settings(now)
        ready = readiness(branch, wish.period.ends_at)
        rows = await self.taken.taken(wish, ready, now, offset, min(limit, PAGE_SIZE))

        def blocked(car: Car) -> Blocked:
            other = rows.instead.get(car.id)
            offers, _ = offers_of([other] if other else [], wish.period, branch, settings.commission_bp)
            instead = next(iter(offers), None)
            if car.status is CarStatus.MAINTENANCE:
                return Blocked(car, Obstacle(WhyTaken.MAINTENANCE), instead=instead)
            claims = rows.claims.get(car.id, ())
            wished = ready.stretch(wish.period, car.body)
            ways = [claim for claim in claims if claim.taken.in_the_way(wished, now)]
            if not ways and car.id in rows.elsewhere:
                return Blocked(car, Obstacle(WhyTaken.ELSEWHERE), instead=instead)
            if not ways:
                # Set free between two looks: what is there now is told at the next search.
                return Blocked(car, Obstacle(WhyTaken.BOOKED), next_free=wish.period, instead=instead)
            first = obstacle_of(ways[0], now, named=_may_know(actor))
            free = next_free(wished, (claim.taken for claim in claims), branch.tzinfo, now)
            return Blocked(car, first, len(ways) - 1, free, instead)

        return BlockedPage(tuple(blocked(car) for car in rows.cars), offset, rows.total, rows.damaged)

    async def calendar(self, actor: Actor, car_id: CarId, span: RentalPeriod) -> CarCalendar:
        """When the car is out within *span*; who has it is told to those who may see bookings. Raises: NotFound."""
        actor.must(Deed.BROWSE_CARS)
        now = self.clock.now()
        car, claims = await self.taken.calendar(car_id, now)
        busy = [claim for claim in claims if claim.period.overlaps(span) or claim.taken.overdue(now)]
        named = _may_know(actor)
        return CarCalendar(car, span, tuple(obstacle_of(claim, now, named=named) for claim in busy))


def _may_know(actor: Actor) -> bool:
    """Whether *actor* is told which desk has a car; a renter is only told that it is out."""
    return actor.may(Deed.SEE_BRANCH_BOOKINGS) or actor.may(Deed.SEE_ALL_BOOKINGS)
