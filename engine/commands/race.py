"""The proof: many clients want one car for the same days at the same moment, from several processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from queue import Empty
from threading import BrokenBarrierError
from typing import Any

import structlog

from engine.adapters.mongo.client import Client, Credentials, connect, database, speaking
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import (
    branch_document,
    car_document,
    fence_document,
    renter_document,
    series_document,
)
from engine.adapters.mongo.schema.provision import NewAccount, create_account, provision
from engine.bootstrap import Deployment, Engine, open_engine
from engine.commands.race_hand_over import promised, times_of
from engine.config import Secret
from engine.domain.agreement.reading import Reading
from engine.domain.booking.booking import BookingId
from engine.domain.booking.handing_over import StillOut
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, Fuel, OwnerId, Transmission, terms_of
from engine.domain.car.opening_hours import every_day
from engine.domain.firm.settings import BEGINNING, FirmSettings
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName, Renter, RenterId, Role
from engine.domain.shared.errors import (
    AlreadyAsked,
    Contended,
    DriveSphereError,
    MoveRefused,
    Overtaken,
    PeriodTaken,
    ServersFailed,
    Unavailable,
)
from engine.domain.shared.period import RentalPeriod, whole_milliseconds
from engine.services.booking.booking import HoldCar

_CLERK, _BRANCH, _RENTER = "race.clerk", BranchId("br-race"), RenterId("renter-race")
_RATE = Money(50_00, "EUR")
#: What every client reads off its car.
_READ = Reading(1, 8)
_START_WITHIN_S, _ROUND_WITHIN_S = 60.0, 120.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What is raced. Attributes: ``handover`` is whether a booked car is handed over and taken back instead."""

    clients: int = 2
    rounds: int = 1
    processes: int = 1
    lease: bool = True
    handover: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One client's outcome: 201 with a booking, 409 somebody else was first, 423 being processed, 503 no answer."""

    client: int
    code: int
    booking_id: str = ""


@dataclass(frozen=True, slots=True)
class RaceRound:
    """One round's outcome.

    Attributes:
        codes: How many clients got which code.
        blocking: Blocking bookings of the car for the period, counted in the database.
        overlapping: Pairs among them that overlap, counted in the database.
        given, taken_back: How often the booking of the car went out and came back, counted in the database; of a race
            for that only.
        seconds: From the start signal to the last answer.
    """

    round: int
    codes: dict[int, int]
    blocking: int
    overlapping: int
    seconds: float
    answers: tuple[Answer, ...] = field(repr=False, default=())
    given: int | None = None
    taken_back: int | None = None

    @property
    def fair(self) -> bool:
        """Whether exactly one client has the car, or handed it over, and it came back once."""
        if self.given is not None:
            return (self.given, self.taken_back, self.blocking, self.codes.get(201, 0)) == (1, 1, 0, 1)
        return self.blocking == 1 and self.overlapping == 0 and self.codes.get(201, 0) == 1

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        del told["answers"]
        return told


def race(mongo_url: str, redis_url: str, admin: Credentials, terms: Terms) -> Iterator[RaceRound]:
    """Race in a database of its own, which is dropped at the end.

    Raises:
        Forbidden: *admin* may not create databases and accounts.
        Unavailable: The servers, or one of our processes, did not answer in time.
    """
    deployment = Deployment(mongo_url, Secret(redis_url), f"drivesphere_race_{secrets.token_hex(4)}")
    password = secrets.token_urlsafe(16)
    period = _days_ahead()
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(terms.processes + 1), context.Queue()
    shares = [range(first, terms.clients, terms.processes) for first in range(terms.processes)]
    runners = [
        context.Process(target=_runner, args=(deployment, password, period, share, terms, start, answers), daemon=True)
        for share in shares
    ]
    try:
        asyncio.run(_prepare(deployment, admin, password, terms))
        for runner in runners:
            runner.start()
        for number in range(terms.rounds):
            _give_the_start(start)
            began = time.perf_counter()
            got = _collect(answers, terms.clients)
            seconds = time.perf_counter() - began
            yield asyncio.run(_judge(deployment, admin, number, period, got, seconds, handover=terms.handover))
        for runner in runners:
            runner.join(_START_WITHIN_S)
    finally:
        for runner in runners:
            if runner.is_alive():
                runner.kill()
        asyncio.run(_clean_up(deployment, admin))


def _give_the_start(start: Barrier) -> None:
    try:
        start.wait(_START_WITHIN_S)
    except BrokenBarrierError as problem:
        raise ServersFailed("race.late_process") from problem


def _runner(
    deployment: Deployment,
    password: str,
    period: RentalPeriod,
    share: range,
    terms: Terms,
    start: Barrier,
    answers: Any,
) -> None:
    # A process of its own: standard output belongs to the command's answers here too.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(_run(deployment, password, period, share, terms, start, answers))


async def _run(
    deployment: Deployment,
    password: str,
    period: RentalPeriod,
    share: range,
    terms: Terms,
    start: Barrier,
    answers: Any,
) -> None:
    async with open_engine(deployment, _CLERK, password, lease=terms.lease, background=False) as engine:

        async def hand_over(client: int, car: CarId) -> Answer:
            """And back, whoever handed it over."""
            booking_id = BookingId(f"bk-{car}")
            try:
                answer = Answer(client, 201, (await engine.rental.hand_over(engine.actor, booking_id, _READ)).id)
            except DriveSphereError as problem:
                answer = Answer(client, _code(problem))
            while answer.code == 201:  # noqa: PLR2004 -- the one who handed it over sees to it that it comes back
                with suppress(Overtaken, Contended, Unavailable):
                    await _took_back(engine, booking_id)
                    return answer
            with suppress(DriveSphereError):
                await engine.rental.returned(engine.actor, booking_id, _READ)
            return answer

        async def ask(client: int, car: CarId) -> Answer:
            if terms.handover:
                return await hand_over(client, car)
            wish = HoldCar(secrets.token_hex(8), car, period, _RENTER, _RATE)
            try:
                return Answer(client, 201, (await engine.booking.hold(engine.actor, wish)).id)
            except DriveSphereError as problem:
                return Answer(client, _code(problem))

        for number in range(terms.rounds):
            await asyncio.to_thread(start.wait, _START_WITHIN_S)
            for answer in await asyncio.gather(*(ask(client, _car_id(number)) for client in share)):
                answers.put(answer)


async def _took_back(engine: Engine, booking_id: BookingId) -> None:
    """Whoever did it. Raises: what may pass by itself."""
    with suppress(MoveRefused):
        await engine.rental.returned(engine.actor, booking_id, _READ)


def _code(problem: DriveSphereError) -> int:
    match problem:
        case Contended():
            return 423
        case PeriodTaken() | AlreadyAsked() | MoveRefused() | Overtaken() | StillOut():
            return 409
        case Unavailable():
            return 503
        case _:
            return 500


def _collect(answers: Any, clients: int) -> tuple[Answer, ...]:
    deadline = time.monotonic() + _ROUND_WITHIN_S
    got: list[Answer] = []
    while len(got) < clients:
        try:
            got.append(answers.get(timeout=max(0.0, deadline - time.monotonic())))
        except Empty as problem:
            raise ServersFailed("race.no_answer", number=clients - len(got)) from problem
    return tuple(sorted(got, key=lambda answer: answer.client))


async def _judge(
    deployment: Deployment,
    admin: Credentials,
    number: int,
    period: RentalPeriod,
    answers: tuple[Answer, ...],
    seconds: float,
    *,
    handover: bool,
) -> RaceRound:
    async with _administering(deployment, admin) as client:
        bookings = database(client, deployment.database).bookings
        query = {
            "car_id": _car_id(number),
            "state": {"$in": list(BLOCKING)},
            "starts_at": {"$lt": period.ends_at},
            "ends_at": {"$gt": period.starts_at},
        }
        found = await bookings.find(query, {"starts_at": 1, "ends_at": 1}).sort("starts_at", 1).to_list()
        own = await bookings.find_one({"_id": f"bk-{_car_id(number)}"}) if handover else None
    overlapping = sum(later["starts_at"] < earlier["ends_at"] for earlier, later in pairwise(found))
    codes = dict(sorted(Counter(answer.code for answer in answers).items()))
    outcome = RaceRound(number + 1, codes, len(found), overlapping, round(seconds, 3), answers)
    if own is None:
        return outcome
    return replace(outcome, given=times_of(own, BookingState.OUT), taken_back=times_of(own, BookingState.COMPLETED))


@asynccontextmanager
async def _administering(deployment: Deployment, admin: Credentials) -> AsyncIterator[Client]:
    client = connect(deployment.mongo_url, admin, deployment.ca_file)
    try:
        with speaking():
            yield client
    finally:
        await client.close()


async def _prepare(deployment: Deployment, admin: Credentials, password: str, race_terms: Terms) -> None:
    branch = Branch(_BRANCH, "Race", "Berlin", "Start 1", "Europe/Berlin", every_day("08:00", "18:00"))
    cars = [_car(number) for number in range(race_terms.rounds)]
    terms = [terms_of(car, branch) for car in cars]
    renter = Renter(_RENTER, "Robin Race", "robin@example.org", "+49301234567", "R-1")
    async with _administering(deployment, admin) as client:
        await provision(client, deployment.database, FirmSettings())
        db = database(client, deployment.database)
        await db.branches.insert_one(branch_document(branch))
        await db.cars.insert_many([car_document(car) for car in cars])
        now = whole_milliseconds(datetime.now(UTC))
        booked = [promised(each, renter, AccountName(_CLERK), now) for each in terms] if race_terms.handover else []
        kept = {booking.car_id: (booking,) for booking in booked}
        await db.fences.insert_many(
            [fence_document(car, own, kept.get(car.id, ())) for car, own in zip(cars, terms, strict=True)]
        )
        await db.car_terms.insert_many([series_document(each, "race", BEGINNING) for each in terms])
        if booked:
            # Nobody paid for them at Stripe: they are drawn, as the demo's past is.
            await db.deployment.insert_one({"_id": "demo"})
            await db.bookings.insert_many([booking_document(booking) for booking in booked])
        await db.renters.insert_one(renter_document(renter))
        await create_account(client, deployment.database, NewAccount(_CLERK, password, Role.CLIENT, "Race", _BRANCH))


async def _clean_up(deployment: Deployment, admin: Credentials) -> None:
    async with _administering(deployment, admin) as client:
        db = client.get_database(deployment.database)
        await db.command("dropAllUsersFromDatabase")
        await db.command("dropAllRolesFromDatabase")
        await client.drop_database(deployment.database)


def _car_id(number: int) -> CarId:
    return CarId(f"car-race-{number}")


def _car(number: int) -> Car:
    return Car(
        id=_car_id(number),
        plate=f"RACE {number}",
        brand="Proof",
        model="One",
        year=2024,
        body=BodyType.SEDAN,
        colour="#446688",
        fuel=Fuel.PETROL,
        transmission=Transmission.MANUAL,
        seats=5,
        odometer_km=1,
        daily_rate=_RATE,
        status=CarStatus.ACTIVE,
        owner_id=OwnerId("owner-race"),
        branch_id=_BRANCH,
    )


def _days_ahead() -> RentalPeriod:
    """Twenty hours, tomorrow; far enough that a desk's wrong clock does not put it into the past."""
    starts_at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    return RentalPeriod(starts_at, starts_at + timedelta(hours=20))
