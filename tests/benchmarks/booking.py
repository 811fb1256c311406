"""Bookings per second through the whole service, beside the bare transaction of the same writes, in one run.

Both use the same driver, the same pool, the same documents; every client has a car of its own, so nobody waits for a
lock, and every booking is another renter's, so none is remembered.
The ratio is what counts: these machines are noisy, so the two take turns and the medians are compared.
What this process itself computes for a booking is told beside it, which other work on the machine changes little.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pymongo

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from builders import ACCOUNTS, BERLIN, LONG_AGO, PASSWORD, RATE, RENTER, make_car

from engine.adapters.mongo.client import TRANSACTION_S, Credentials, connect, database
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import (
    booking_claim,
    branch_document,
    car_document,
    fence_document,
    renter_document,
    series_document,
)
from engine.adapters.mongo.schema.provision import create_account, provision
from engine.adapters.mongo.store import MAJORITY, SNAPSHOT
from engine.bootstrap import Deployment, Engine, open_engine
from engine.config import Secret
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.car import CarId, terms_of
from engine.domain.firm.settings import FirmSettings
from engine.domain.people.people import RenterId
from engine.domain.shared.period import RentalPeriod
from engine.embedded.servers import open_servers
from engine.services.booking.booking import HoldCar

DATABASE = "ds_bench"
CLIENTS = (1, 8, 32, 64)
RENTERS = [replace(RENTER, id=RenterId(f"r-{n}"), name=f"Renter {n}", email=f"r{n}@example.org") for n in range(2_000)]


class Days:
    """Hands out periods that no two bookings share."""

    def __init__(self) -> None:
        self._next = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)

    def take(self) -> RentalPeriod:
        self._next += timedelta(hours=21)
        return RentalPeriod(self._next, self._next + timedelta(hours=20))


class Queue:
    """Hands out renters, none again before all others had their turn."""

    def __init__(self) -> None:
        self._next = cycle(RENTERS)

    def take(self) -> RenterId:
        return next(self._next).id


async def through_the_service(desk: Engine, car: CarId, days: Days, queue: Queue) -> None:
    await desk.booking.hold(desk.actor, HoldCar(secrets.token_hex(12), car, days.take(), queue.take(), RATE))


async def bare(client: pymongo.AsyncMongoClient, sample: Booking, car: CarId, days: Days) -> None:
    """The same two writes and the same commit, and nothing else."""
    db = database(client, DATABASE)
    booking = replace(
        sample, id=BookingId(secrets.token_hex(6)), intent_key=secrets.token_hex(12), car_id=car, period=days.take()
    )
    document, claim = booking_document(booking), booking_claim(booking)

    async def write(session: pymongo.asynchronous.client_session.AsyncClientSession) -> None:
        entered = {"$inc": {"seq": 1}, "$push": {"claims": claim}}
        await db.fences.update_one({"_id": car, "status": "active"}, entered, session=session)
        await db.bookings.insert_one(document, session=session)

    with pymongo.timeout(TRANSACTION_S):
        async with client.start_session() as session:
            await session.with_transaction(write, read_concern=SNAPSHOT, write_concern=MAJORITY)


async def timed(one: Callable[[CarId], Awaitable[None]], clients: int, each: int) -> tuple[float, list[float]]:
    """Bookings per second of *clients* at once, and every single duration in milliseconds."""
    took: list[float] = []

    async def client(car: CarId) -> None:
        for _ in range(each):
            began = time.perf_counter()
            await one(car)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(client(CarId(f"car-{n}")) for n in range(clients)))
    return clients * each / (time.perf_counter() - began), took


async def fill(admin: pymongo.AsyncMongoClient) -> None:
    await provision(admin, DATABASE, FirmSettings())
    db = database(admin, DATABASE)
    cars = [make_car(n) for n in range(max(CLIENTS))]
    await db.branches.insert_one(branch_document(BERLIN))
    await db.cars.insert_many([car_document(car) for car in cars])
    await db.fences.insert_many([fence_document(car, terms_of(car, BERLIN), ()) for car in cars])
    await db.car_terms.insert_many([series_document(terms_of(car, BERLIN), "bench", LONG_AGO) for car in cars])
    await db.renters.insert_many([renter_document(renter) for renter in (RENTER, *RENTERS)])
    await create_account(admin, DATABASE, ACCOUNTS[0])


async def forget(admin: pymongo.AsyncMongoClient) -> None:
    """Between the turns: nobody writes into calendars that the other has filled."""
    db = database(admin, DATABASE)
    await db.bookings.delete_many({})
    await db.fences.update_many({}, {"$set": {"claims": []}})


async def measure(turns: int, bookings: int, clients: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_servers(Path(folder), sandbox=False) as servers:
            admin = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
            await fill(admin)
            deployment = Deployment(servers.mongo_url, Secret(servers.redis_url), DATABASE)
            raw = connect(servers.mongo_url, Credentials(ACCOUNTS[0].account, PASSWORD, DATABASE))
            async with open_engine(deployment, ACCOUNTS[0].account, PASSWORD, background=False) as desk:
                await compare(desk, raw, admin, turns, bookings, clients)
            await raw.close()
            await admin.close()


async def compare(
    desk: Engine,
    raw: pymongo.AsyncMongoClient,
    admin: pymongo.AsyncMongoClient,
    turns: int,
    bookings: int,
    at_once: Sequence[int],
) -> None:
    days, queue = Days(), Queue()
    sample = await desk.booking.hold(desk.actor, HoldCar("sample", CarId("car-0"), days.take(), RENTER.id, RATE))
    kinds: dict[str, Callable[[CarId], Awaitable[None]]] = {
        "service": lambda car: through_the_service(desk, car, days, queue),
        "bare": lambda car: bare(raw, sample, car, days),
    }
    for one in kinds.values():
        await timed(one, 8, 10)
    print("clients  service/s    bare/s  ratio   service p50/p99 ms   bare p50/p99 ms  own CPU ms: service  bare")
    for clients in at_once:
        rates: dict[str, list[float]] = {name: [] for name in kinds}
        took: dict[str, list[float]] = {name: [] for name in kinds}
        cpu = dict.fromkeys(kinds, 0.0)
        for _ in range(turns):
            for name, one in kinds.items():
                await forget(admin)
                begun = time.process_time()
                rate, durations = await timed(one, clients, max(4, bookings // clients))
                cpu[name] += time.process_time() - begun
                rates[name].append(rate)
                took[name] += durations
        ratio = statistics.median(a / b for a, b in zip(rates["service"], rates["bare"], strict=True))
        service, plain = (statistics.median(rates[name]) for name in ("service", "bare"))
        print(
            f"{clients:>7}  {service:>9.0f}  {plain:>8.0f}  {ratio:>5.2f}"
            f"  {quantiles(took['service']):>19}  {quantiles(took['bare']):>16}"
            f"  {cpu['service'] / len(took['service']) * 1000:>20.2f}  {cpu['bare'] / len(took['bare']) * 1000:>5.2f}"
        )


def quantiles(durations: list[float]) -> str:
    cuts = statistics.quantiles(durations, n=100)
    return f"{cuts[49]:.1f} / {cuts[98]:.1f}"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--turns", type=int, default=5)
    asked.add_argument("--bookings", type=int, default=320, help="for each turn")
    asked.add_argument("--clients", type=int, nargs="+", default=CLIENTS)
    options = asked.parse_args()
    asyncio.run(measure(options.turns, options.bookings, options.clients))
