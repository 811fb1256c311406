"""Looking for a car, and for the person who is to drive it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.car.availability import readiness
from engine.domain.car.car import Branch, BranchId, branch_among
from engine.domain.car.catalogue import (
    PAGE_SIZE,
    CarsAmong,
    CarsFound,
    CarsSought,
    CarWish,
    Facets,
    OfferPage,
    offers_of,
)
from engine.domain.counter.known import KnownCar
from engine.domain.firm.freshness import BRANCHES, SEARCHES_LIVE, Lookup, cars_at
from engine.domain.people.people import Actor, Deed
from engine.domain.people.phone import phone_beginnings
from engine.domain.people.renters import RentersFound
from engine.domain.shared.sought import sought, words
from engine.domain.shared.text import clean, search_forms
from engine.ports.bookings import Store
from engine.ports.local import Cache, Clock
from engine.services.input_guard import gated

#: So many are told; ``total`` says how many there are.
MOST_FOUND = 20
MOST_CARS = 20
#: No branch has as many.
MOST_NAMES = 5_000


@gated
@dataclass(frozen=True, slots=True)
class CatalogueService:
    store: Store
    clock: Clock
    cache: Cache

    async def branches(self, actor: Actor) -> list[Branch]:
        actor.must(Deed.BROWSE_CARS)
        return await self.cache.read(Lookup("branches", (), list[Branch], (BRANCHES,)), self.store.branches)

    async def facets(self, actor: Actor, branch_id: BranchId) -> Facets:
        actor.must(Deed.BROWSE_CARS)
        lookup = Lookup("facets", (branch_id,), Facets, (cars_at(branch_id),))
        return await self.cache.read(lookup, lambda: self.store.facets(branch_id))

    async def names(self, actor: Actor, branch_id: BranchId) -> list[KnownCar]:
        """What the cars in service at a branch are called by, for reading what is typed at its counter.

        No more than ``MOST_NAMES``.
        """
        actor.must(Deed.HAND_OVER)
        lookup = Lookup("car names", (branch_id,), list[KnownCar], (cars_at(branch_id),))
        return await self.cache.read(lookup, lambda: self.store.names(branch_id, MOST_NAMES))

    async def search(self, actor: Actor, wish: CarWish, *, offset: int = 0) -> OfferPage:
        """One page of free cars with their price for the period.

        Raises:
            InvalidPeriod: The pick-up lies in the past.
            NotFound: There is no such branch.
        """
        actor.must(Deed.BROWSE_CARS)
        now = self.clock.now()
        wish.period.refuse_past(now)
        branch = branch_among(await self.branches(actor), wish.branch_id)
        settings = await self.store.settings(now)
        ready = readiness(branch, wish.period.ends_at)
        lookup = Lookup("free cars", (wish, ready, offset), CarsFound, (cars_at(branch.id),), SEARCHES_LIVE)
        found = await self.cache.read(lookup, lambda: self.store.free_cars(wish, ready, now, offset, PAGE_SIZE))
        offers, no_price = offers_of(found.cars, wish.period, branch, settings.commission_bp)
        return OfferPage(offers, offset, found.total, (*found.damaged, *no_price), found.slip)

    async def cars(self, actor: Actor, text: str) -> CarsSought:
        """Cars any part of whose plate, brand and model is *text*, else those that differ by one slip, in their order.

        An owner's are the own ones, a renter's those for rent.
        """
        actor.must(Deed.BROWSE_CARS)
        wanted = clean("search", text, longest=100, required=False)
        if not words(wanted):
            return CarsSought()
        among = CarsAmong(actor.owner_id, rentable=not actor.may(Deed.TAKE_BACK) and actor.owner_id is None)
        return await self.store.cars_sought(wanted, among, MOST_CARS)

    async def renters(self, actor: Actor, text: str, country: str = "") -> RentersFound:
        """Past renters any part of whose name, e-mail, phone or licence is *text*; none for an empty one.

        Those come first that begin with it; only where there are none, those that differ from it by one slip.
        A number without a + is read as one of *country* (ISO 3166).
        """
        actor.must(Deed.SEE_RENTERS)
        wanted = clean("search", text, longest=100, required=False)
        numbers = phone_beginnings(wanted, country)
        beginnings = (*search_forms(wanted), *numbers)
        if not beginnings:
            return RentersFound()
        found, meant = await self.store.renters(beginnings, MOST_FOUND), sought(wanted, numbers)
        if len(found) < MOST_FOUND:
            others = await self.store.renters_sought(meant, MOST_FOUND)
            found = list({row.id: row for row in (*found, *others)}.values())[:MOST_FOUND]
        if not found:
            meant = await self.store.renters_meant(wanted)
            found = await self.store.renters_sought(meant, MOST_FOUND)
        total = await self.store.count_renters(meant) if len(found) == MOST_FOUND else len(found)
        return RentersFound(tuple(found), max(total, len(found)), bool(found) and meant.slip)
