"""Periods of service: planned, changed, ended early and cancelled, around what is sold (docs/decisions/0048)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from engine.domain.booking.booking import BookingId
from engine.domain.car.car import Car, CarId
from engine.domain.car.movement import (
    Crossing,
    Movement,
    MovementId,
    MovementKind,
    MovementState,
    Visit,
    must_lie_ahead,
    read_reason,
)
from engine.domain.firm.audit import AuditRow, changed
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import NotFound, Overtaken
from engine.domain.shared.period import RentalPeriod
from engine.ports.bookings import Transaction
from engine.ports.cars import Movements
from engine.services.fleet.fleet import FleetService
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class ServicingService:
    """Owners plan for their own cars, administrators for any; the counter sees it."""

    fleet: FleetService
    movements: Movements

    async def ahead(self, actor: Actor, car_id: CarId) -> tuple[Visit | Damaged, ...]:
        """What is planned or going on, soonest first, each with the bookings that wait to be moved.

        Raises:
            Forbidden, NotFound: As for every car.
        """
        await self._seen(actor, car_id)
        found = await self.movements.ahead(car_id, self.fleet.clock.now())
        return tuple([each if isinstance(each, Damaged) else await self._visit(each) for each in found])

    async def look(
        self, actor: Actor, car_id: CarId, period: RentalPeriod, *, instead_of: MovementId | None = None
    ) -> Crossing:
        """What *period* would be cut around: to be told before it is planned, or takes the place of *instead_of*."""
        await self.fleet.car(actor, car_id)
        return await self.movements.crossing(car_id, period, instead_of)

    async def plan(
        self,
        actor: Actor,
        car_id: CarId,
        period: RentalPeriod,
        reason: str,
        *,
        seen: frozenset[BookingId] = frozenset(),
    ) -> Movement:
        """Keep the car free for service; *seen* are the bookings in that time which the person was told of.

        Raises:
            Forbidden, NotFound: As for every car.
            InvalidText: There is no reason, or a long one.
            InvalidPeriod: It begins in the past, or ends there.
            AlreadyPlanned: The car has a period of service that shares time with it.
            NoTimeLeft: Bookings take all of it: move them first.
            Overtaken: A booking came in meanwhile.
        """
        car, now = await self.fleet.car(actor, car_id), self.fleet.clock.now()
        must_lie_ahead(period, now)
        made = Movement(
            id=MovementId(f"mv-{secrets.token_hex(6)}"),
            car_id=car.id,
            owner_id=car.owner_id,
            kind=MovementKind.SERVICE,
            state=MovementState.PLANNED,
            period=period,
            start_id=car.branch_id,
            end_id=car.branch_id,
            reason=read_reason(reason),
            by=actor.account,
            at=now,
        )
        return await self._put(actor, "car.service_planned", None, made, seen)

    async def change(
        self,
        actor: Actor,
        shown: Movement,
        period: RentalPeriod,
        reason: str,
        *,
        seen: frozenset[BookingId] = frozenset(),
    ) -> Movement:
        """Another time or another reason. Raises: MoveRefused, where it is over or began otherwise; and as ``plan``."""
        await self._still(actor, shown)
        after = shown.changed(period, reason, self.fleet.clock.now())
        return await self._put(actor, "car.service_changed", shown, after, seen)

    async def end(self, actor: Actor, shown: Movement) -> Movement:
        """The car is back before its time: it is for rent from now on. Raises: MoveRefused; Overtaken."""
        await self._still(actor, shown)
        return await self._put(actor, "car.service_ended", shown, shown.ended(self.fleet.clock.now()))

    async def cancel(self, actor: Actor, shown: Movement) -> Movement:
        """It will not be. Raises: MoveRefused, where it has begun; Overtaken."""
        await self._still(actor, shown)
        return await self._put(actor, "car.service_cancelled", shown, shown.cancelled(self.fleet.clock.now()))

    async def _put(
        self,
        actor: Actor,
        what: str,
        before: Movement | None,
        after: Movement,
        seen: frozenset[BookingId] = frozenset(),
    ) -> Movement:
        now = self.fleet.clock.now()
        was, told = changed(before.facts() if before else {}, after.facts())
        row = AuditRow(
            now, actor.account, self.fleet.desk, what, f"car:{after.car_id}", was, {**told, "movement": after.id}
        )

        async def write(work: Transaction) -> Movement:
            await work.put_movement(before, after, seen, now)
            await work.audit(row)
            return after

        return await self.fleet.store.transact(write)

    async def _visit(self, movement: Movement) -> Visit:
        return Visit(movement, await self.movements.crossing(movement.car_id, movement.period, movement.id))

    async def _still(self, actor: Actor, shown: Movement) -> None:
        """Rights are judged by the stored row, never by what the caller says of it."""
        if not actor.may(Deed.MANAGE_ANY_CAR):
            actor.must(Deed.MANAGE_OWN_CARS)
        stored = await self.movements.movement(shown.id)
        try:
            await self.fleet.car(actor, stored.car_id)
        except NotFound as problem:
            raise NotFound("movement", shown.id) from problem
        if stored != shown:
            raise Overtaken(f"movement {shown.id} was changed by somebody else")

    async def _seen(self, actor: Actor, car_id: CarId) -> Car:
        if actor.may(Deed.SEE_BRANCH_BOOKINGS):
            return await self.fleet.store.car(car_id)
        return await self.fleet.car(actor, car_id)
