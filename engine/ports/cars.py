"""The doors to cars: which cannot be had, a fleet, its pictures, what each was let for, and when it is away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from engine.domain.booking.board import BoardAsked, BoardRows
from engine.domain.car.availability import Claim, Readiness, TakenRows
from engine.domain.car.car import BranchId, Car, CarId, OwnerId, TermsSince
from engine.domain.car.catalogue import CarsAmong, CarsFound, CarsSought, CarWish, Facets
from engine.domain.car.fleet import FleetOwner, FleetQuery, FleetRows, Outlook
from engine.domain.car.movement import Crossing, Movement, MovementId
from engine.domain.car.photo import Photo
from engine.domain.counter.known import KnownCar
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod


class TakenCars(Protocol):
    """A fixed number of commands each, whatever the fleet's size. Raises Unavailable("mongodb") as ``Store`` does."""

    async def taken(self, wish: CarWish, ready: Readiness, now: datetime, offset: int, limit: int) -> TakenRows:
        """One page of what ``Store.free_cars`` leaves out: cars that are claimed for the period or in maintenance."""

    async def calendar(self, car_id: CarId, now: datetime) -> tuple[Car, tuple[Claim, ...]]:
        """A car and what blocks it from now on, in order of time. Raises: NotFound."""


class BoardStore(Protocol):
    """A fixed number of commands, whatever the fleet's size. Raises Unavailable("mongodb") as ``Store`` does."""

    async def board(self, asked: BoardAsked, owner_id: OwnerId | None) -> BoardRows:
        """One page of cars in service with what they are promised for; with *owner_id* those of that owner only."""


class FleetStore(Protocol):
    """Cars as their owners see them. Raises Unavailable("mongodb") from every method, as ``Store`` does."""

    async def fleet(self, query: FleetQuery, now: datetime) -> FleetRows:
        """One page; *now* says which cars are out."""

    async def outlook(self, car_id: CarId) -> Outlook: ...

    async def owners(self) -> list[FleetOwner]:
        """Everybody who owns cars or has an account as an owner, by name."""


class Pictures(Protocol):
    """Raises Unavailable("mongodb") from every method, as ``Store`` does."""

    async def put(self, image_id: str, photo: Photo, car_id: CarId, by: AccountName, now: datetime) -> None:
        """Lay it down; it belongs to no car before ``Transaction.keep_pictures`` says so."""

    async def thumbnails(self, image_ids: Iterable[str]) -> dict[str, bytes]:
        """JPEGs by id, all in one command; those that are not there are left out."""

    async def picture(self, image_id: str) -> bytes:
        """Raises: NotFound."""

    async def drop(self, image_ids: Iterable[str]) -> None:
        """Remove those among them that belong to no car."""

    async def strays(self, before: datetime, limit: int) -> list[str]:
        """Pictures laid down before that moment that belong to no car."""


class CarStore(Protocol):
    """Cars, as search and booking ask for them."""

    async def facets(self, branch_id: BranchId) -> Facets: ...

    async def free_cars(self, wish: CarWish, ready: Readiness, now: datetime, offset: int, limit: int) -> CarsFound:
        """One page of the active cars that nothing keeps from the wished period."""

    async def car(self, car_id: CarId) -> Car:
        """Raises: NotFound."""

    async def names(self, branch_id: BranchId, limit: int) -> list[KnownCar]:
        """What cars in service at a branch are called by; one whose names cannot be read is left out."""

    async def cars_sought(self, text: str, among: CarsAmong, limit: int) -> CarsSought:
        """Cars any part of whose plate, brand and model is *text*, else those that differ from it by one slip."""


class Movements(Protocol):
    """Raises Unavailable("mongodb") from every method, as ``Store`` does."""

    async def ahead(self, car_id: CarId, now: datetime) -> list[Movement | Damaged]:
        """Those of a car that are open and not over, soonest first."""

    async def movement(self, movement_id: MovementId) -> Movement:
        """Raises: NotFound, DamagedRow."""

    async def crossing(self, car_id: CarId, period: RentalPeriod, leaving_out: MovementId | None = None) -> Crossing:
        """What *period* would be cut around; claims of *leaving_out* are as if they were not there."""


class TermsSeries(Protocol):
    """Rows are added by whoever may write cars, and never changed. Raises Unavailable("mongodb")."""

    async def of(self, car_id: CarId, n: int) -> TermsSince | None:
        """Number *n* of the car's series; None where there is none."""

    async def first(self, car_id: CarId) -> TermsSince | None:
        """With them the series began: a booking made before ``at`` is older than the series."""

    async def latest(self, car_id: CarId) -> TermsSince | None:
        """Those of which the car's fence has a copy."""
