"""Running a fleet: look at it, add a car, change it, take it out of service and back."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from engine.domain.booking.booking import BookingId
from engine.domain.car.car import Branch, Car, CarId, CarStatus, OwnerId
from engine.domain.car.fleet import FleetOwner, FleetQuery, FleetRows, Outlook
from engine.domain.car.form import CarForm, CarRules, checked, facts_of, reason_for
from engine.domain.firm.audit import AuditRow, changed
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import DriveSphereError, Forbidden, NotFound, Overtaken
from engine.ports.bookings import Store, Transaction
from engine.ports.cars import FleetStore
from engine.ports.local import Clock
from engine.services.fleet.photos import AnyPhoto, PhotoService, Tray
from engine.services.input_guard import gated

_VERBS = {
    CarStatus.ACTIVE: "car.activated",
    CarStatus.MAINTENANCE: "car.sent_to_maintenance",
    CarStatus.RETIRED: "car.retired",
}


@gated
@dataclass(frozen=True, slots=True)
class FleetService:
    """Owners run their own cars, administrators any.

    Every change is compare-and-set against the car as it was shown, goes through the car's fence, and is audited in
    the same transaction. ``desk`` is the machine's name, for the audit.
    """

    store: Store
    fleet: FleetStore
    photos: PhotoService
    clock: Clock
    desk: str

    async def page(self, actor: Actor, query: FleetQuery) -> FleetRows:
        """Raises: Forbidden, for another owner's fleet."""
        return await self.fleet.fleet(replace(query, owner_id=_scope(actor, query.owner_id)), self.clock.now())

    async def owners(self, actor: Actor) -> list[FleetOwner]:
        actor.must(Deed.MANAGE_ANY_CAR)
        return await self.fleet.owners()

    async def rules(self, actor: Actor) -> tuple[CarRules, tuple[Branch, ...]]:
        """What a form is held to while it is filled in, and the branches to choose from."""
        _scope(actor, None)
        return await self._rules()

    async def car(self, actor: Actor, car_id: CarId) -> Car:
        """Raises: NotFound, also for one of another owner."""
        return _own(actor, await self.store.car(car_id))

    async def outlook(self, actor: Actor, car_id: CarId) -> Outlook:
        """What the car is promised for: to be told before it is taken out of service or moved to another branch."""
        await self.car(actor, car_id)
        return await self.fleet.outlook(car_id)

    async def add(
        self, actor: Actor, form: CarForm, *, owner_id: OwnerId | None = None, photos: Sequence[AnyPhoto] = ()
    ) -> Car:
        """A new car, for rent at once.

        Raises:
            InvalidText: The first field that is wrong.
            PlateTaken: Another car has the plate, whoever owns it and whatever its status.
            PhotoRefused: A file is no picture.
        """
        owner = _scope(actor, owner_id)
        if owner is None:
            raise NotFound("owner", "")
        if actor.may(Deed.MANAGE_ANY_CAR) and owner not in {each.id for each in await self.fleet.owners()}:
            raise NotFound("owner", owner)
        rules, _ = await self._rules()
        car = checked(form, rules).new(_new_id(), owner)
        tray = await self.photos.lay_down(actor, car.id, (), photos, self.clock.now())
        car = replace(car, image_ids=tray.order)

        async def change(work: Transaction) -> None:
            await work.add_car(car, actor.account, self.clock.now())
            await work.note_status(car, self.clock.now())
            await work.keep_pictures(tray.new, ())
            await work.audit(self._row(actor, "car.added", None, car))

        await self._save(change, tray)
        return car

    async def edit(
        self,
        actor: Actor,
        shown: Car,
        form: CarForm,
        *,
        photos: Sequence[AnyPhoto] | None = None,
        reason: str = "",
        seen: frozenset[BookingId] = frozenset(),
    ) -> Car:
        """*shown* as the form says; *photos* in their new order, None leaves them as they are.

        A move to another branch leaves coming bookings where they are picked up; *seen* are those that were told.

        Raises:
            Overtaken: The car is no longer as it was shown, or a booking counts on its branch that is not in *seen*.
            InvalidText, PlateTaken, PhotoRefused: As for a new one; an odometer that goes back needs a *reason*.
        """
        await self._must_still_be(actor, shown)
        rules, _ = await self._rules()
        form = checked(form, rules)
        why = reason_for(shown.odometer_km, form.odometer_km, reason)
        wanted = shown.image_ids if photos is None else photos
        tray = await self.photos.lay_down(actor, shown.id, shown.image_ids, wanted, self.clock.now())
        car = replace(form.on(shown), image_ids=tray.order)
        if car == shown:
            return shown
        told = None if car.branch_id == shown.branch_id else seen
        return await self._change(actor, shown, car, tray, "car.changed", reason=why, seen=told)

    async def set_status(
        self, actor: Actor, shown: Car, status: CarStatus, *, seen: frozenset[BookingId] = frozenset()
    ) -> Car:
        """For rent, in maintenance, or retired. Coming bookings stay what they are; *seen* are those that were told.

        Raises:
            Overtaken: The car is no longer as it was shown, or a booking counts on it that is not in *seen*.
        """
        await self._must_still_be(actor, shown)
        if status is shown.status:
            return shown
        car = replace(shown, status=status)
        told = None if status is CarStatus.ACTIVE else seen
        return await self._change(actor, shown, car, Tray(shown.image_ids), _VERBS[status], seen=told)

    async def _change(
        self,
        actor: Actor,
        before: Car,
        after: Car,
        tray: Tray,
        what: str,
        *,
        reason: str = "",
        seen: frozenset[BookingId] | None = None,
    ) -> Car:
        async def change(work: Transaction) -> None:
            await work.change_car(before, after, actor.account, self.clock.now(), seen)
            if after.status is not before.status:
                await work.note_status(after, self.clock.now())
            await work.keep_pictures(tray.new, tray.gone)
            await work.audit(self._row(actor, what, before, after, reason))

        await self._save(change, tray)
        return after

    async def _save(self, change: Callable[[Transaction], Awaitable[None]], tray: Tray) -> None:
        try:
            await self.store.transact(change)
        except DriveSphereError as problem:
            await self.photos.take_back(tray, problem)
            raise
        await self.photos.tidy(tray, self.clock.now())

    async def _must_still_be(self, actor: Actor, shown: Car) -> None:
        """Rights are judged by the stored car, never by what the caller says of it."""
        stored = await self.car(actor, shown.id)
        if stored != shown:
            raise Overtaken(f"car {shown.id} was changed by somebody else")

    async def _rules(self) -> tuple[CarRules, tuple[Branch, ...]]:
        now = self.clock.now()
        # No car is brought to a branch that was given up.
        branches = tuple(branch for branch in await self.store.branches() if not branch.closed)
        settings = await self.store.settings(now)
        # A year ahead is allowed anyway, so the zone of the branch does not matter here.
        countries = {branch.id: branch.country for branch in branches}
        return CarRules(now.year, settings.currency, frozenset(countries), countries), branches

    def _row(self, actor: Actor, what: str, before: Car | None, after: Car, reason: str = "") -> AuditRow:
        was, now = changed(facts_of(before) if before else {}, facts_of(after))
        told = {**now, "reason": reason} if reason else now
        return AuditRow(self.clock.now(), actor.account, self.desk, what, f"car:{after.id}", was, told)


def _scope(actor: Actor, wanted: OwnerId | None) -> OwnerId | None:
    """Whose cars: any for an administrator (None: all), the own ones for an owner. Raises: Forbidden."""
    if actor.may(Deed.MANAGE_ANY_CAR):
        return wanted
    actor.must(Deed.MANAGE_OWN_CARS)
    if actor.owner_id is None or wanted not in (None, actor.owner_id):
        raise Forbidden("these are somebody else's cars")
    return actor.owner_id


def _own(actor: Actor, car: Car) -> Car:
    if not actor.may(Deed.MANAGE_ANY_CAR):
        actor.must(Deed.MANAGE_OWN_CARS)
        if actor.owner_id != car.owner_id:
            raise NotFound("car", car.id)
    return car


def _new_id() -> CarId:
    return CarId(f"ca-{secrets.token_hex(6)}")
