"""Records and wishes that tests are made of."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pymongo
import redis
from within import WITHIN_S

from engine.adapters.mongo.codec.documents import car_document, fence_document, series_document
from engine.adapters.mongo.schema.provision import NewAccount
from engine.bootstrap import Deployment, Engine, open_engine
from engine.domain.agreement.reading import Reading
from engine.domain.booking.booking import Booking
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BLOCKING
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, Fuel, OwnerId, Transmission, terms_of
from engine.domain.car.opening_hours import every_day
from engine.domain.money.money import Money
from engine.domain.people.people import Renter, RenterId, Role
from engine.domain.shared.period import RentalPeriod
from engine.embedded.folder import ServerFolder
from engine.services.booking.booking import HoldCar
from engine.wiring.background import at_work

DATABASE = "ds_test"
PASSWORD = "a pass phrase for tests"
#: Why a desk gives money back.
MISTAKE = RefundReason(UsualReason.MISTAKE, "other days")
BERLIN = Branch(BranchId("br-berlin"), "Mitte", "Berlin", "Teststrasse 1", "Europe/Berlin", every_day("08:00", "18:00"))
LISBON = Branch(
    BranchId("br-lisbon"), "Baixa", "Lisboa", "Rua do Teste 2", "Europe/Lisbon", every_day("08:00", "20:00")
)
RENTER = Renter(RenterId("renter-1"), "Ada Moreau", "ada@example.org", "+4930901820", "B072RRE2I55")
RATE = Money(50_00, "EUR")
#: Since when the test cars are let for what they are.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ACCOUNTS = (
    NewAccount("clerk", PASSWORD, Role.CLIENT, "Cleo Clerk", BERLIN.id),
    NewAccount("clerk2", PASSWORD, Role.CLIENT, "Colin Clerk", LISBON.id),
    NewAccount("owner", PASSWORD, Role.OWNER, "Olga Owner", owner_id="owner-1"),
    NewAccount("admin", PASSWORD, Role.ADMIN, "Ari Admin"),
    NewAccount("worker", PASSWORD, Role.WORKER, "Head office"),
    NewAccount("renter", PASSWORD, Role.RENTER, RENTER.name, renter=RENTER),
    NewAccount("backup", PASSWORD, Role.BACKUP, "Back-up"),
)


#: What the test cars' instruments show, and what is read off them at a counter.
FULL = Reading(10_000, 8)


def make_car(number: int, **changes: object) -> Car:
    car = Car(
        id=CarId(f"car-{number}"),
        plate=f"B-DS {number}",
        brand="Volkswagen",
        model="Golf",
        year=2022,
        body=BodyType.HATCHBACK,
        colour="#446688",
        fuel=Fuel.PETROL,
        transmission=Transmission.MANUAL,
        seats=5,
        odometer_km=10_000,
        daily_rate=RATE,
        status=CarStatus.ACTIVE,
        owner_id=OwnerId("owner-1"),
        branch_id=BERLIN.id,
        country="DE",
    )
    return replace(car, **changes)


def redis_of(folder: Path, redis_url: str) -> redis.Redis:
    """The embedded lease server with all rights, for tests that look into it or break it; desks have fewer."""
    port = urlsplit(redis_url).port or 0
    return redis.Redis(port=port, password=ServerFolder(folder).secret("valkey"))


@dataclass(frozen=True)
class World:
    """One test's deployment: the place to open engines on, and its raw database and Redis to look into."""

    deployment: Deployment
    db: pymongo.database.Database
    redis: redis.Redis

    @asynccontextmanager
    async def desk(self, account: str = "clerk", **options: object):
        async with open_engine(self.deployment, account, PASSWORD, **{"background": False, **options}) as engine:
            yield engine

    @asynccontextmanager
    async def carrying(self, account: str = "clerk"):
        """A desk that carries out what renters wish, and has said so."""
        async with self.desk(account) as desk, at_work([desk.carrier.run]):
            async with asyncio.timeout(WITHIN_S):
                while not self.db.carriers.count_documents({}):  # noqa: ASYNC110 -- the database tells nobody of this
                    await asyncio.sleep(0.01)
            yield desk

    def add_cars(self, *cars: Car) -> None:
        branches = {BERLIN.id: BERLIN, LISBON.id: LISBON}
        self.db.cars.insert_many([car_document(car) for car in cars])
        terms = {car.id: terms_of(car, branches[car.branch_id]) for car in cars}
        self.db.fences.insert_many([fence_document(car, terms[car.id], ()) for car in cars])
        self.db.car_terms.insert_many([series_document(each, "tests", LONG_AGO) for each in terms.values()])

    def blocking(self, car_id: str) -> int:
        return self.db.bookings.count_documents({"car_id": car_id, "state": {"$in": list(BLOCKING)}})

    def stored(self, booking: Booking) -> dict:
        return self.db.bookings.find_one({"_id": booking.id})


def collections(db):
    """The names of what rows are stored in, sorted; views show them once more, and ``system.`` is the server's own."""
    found = db.list_collections(filter={"type": "collection"})
    return sorted(info["name"] for info in found if not info["name"].startswith("system."))


def days(engine: Engine, first: float, last: float) -> RentalPeriod:
    """From *first* to *last* days after the next full hour, counted so that no night with 25 hours adds a day."""
    start = engine.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return RentalPeriod(start + timedelta(days=first), start + timedelta(days=last, hours=-2))


def kept(claim_id: str, starts_at: datetime, ends_at: datetime, kind: str = "booking", *, out: bool = False) -> dict:
    """A claim as a fence has it, of a car of the branch in Berlin."""
    times = {"starts_at": starts_at, "ends_at": ends_at, "free_at": ends_at}
    way = {"from": BERLIN.id, "to": BERLIN.id}
    return {"id": claim_id, "kind": str(kind), **times, "out": out, **way, "floats": False}


def wish(
    engine: Engine, *, car: str = "car-1", first: float = 1, last: float = 3, key: str = "key-1", **changes: object
):
    """A press of "Book" for the days *first* to *last* from now, at the test cars' rate."""
    price = Money(RATE.minor * max(1, round(last - first)), "EUR")
    made = HoldCar(key, CarId(car), days(engine, first, last), RENTER.id, price)
    return replace(made, **changes)
