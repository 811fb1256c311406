"""A firm of any size, drawn the same every time, as the engine's own document functions write it.

Every car has ten bookings, one after the other over a year and a half. One owner has every twentieth car, the others
some fifty each. Two renters for a car, three rows of audit. Nothing but ``now`` depends on the day.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bson import ObjectId

from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import (
    audit_document,
    branch_document,
    car_document,
    fence_document,
    ledger_document,
    renter_document,
    series_document,
    status_document,
)
from engine.adapters.mongo.codec.people import person_document
from engine.adapters.mongo.schema.founding import NewAccount
from engine.domain.booking.booking import HOLD
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, Fuel, OwnerId, Transmission, terms_of
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.settings import BEGINNING
from engine.domain.money.money import Money
from engine.domain.people.accounts import Person, Post
from engine.domain.people.people import AccountName, Renter, RenterId, Role
from engine.domain.shared.period import RentalPeriod
from engine.embedded.demo_calendar import Plan
from engine.embedded.demo_fleet import branches as demo_branches
from engine.embedded.demo_history import DemoBookings, raised_at
from engine.embedded.demo_tables import dice, rows

#: SCALE -> cars and branches.
SIZES = MappingProxyType({"1k": (1_000, 20), "10k": (10_000, 100), "100k": (100_000, 400)})
BOOKINGS_A_CAR = 10
HUGE = OwnerId("ow-huge")
PASSWORD = "the firm that is measured"
CLERK, OWNER, HUGE_OWNER, ADMIN = "scale.clerk", "scale.owner", "scale.huge", "scale.admin"
_SEED = 16
_BLOCK = 200
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_DAY = timedelta(days=1)
_AUDITED = ("car.added", "car.price_changed", "car.status_changed")


@dataclass(frozen=True, slots=True)
class _Days:
    """What ``DemoBookings`` asks of a calendar: ten plans of one car, newest first."""

    now: datetime
    zone: ZoneInfo
    rng: Random

    def plans(self) -> Iterator[Plan]:
        back = self.now + _DAY * self.rng.randrange(2, 75)
        for _ in range(BOOKINGS_A_CAR):
            out = back - _DAY * self.rng.choice((1, 2, 3, 3, 4, 5, 7, 10))
            yield self._plan(RentalPeriod(out, back))
            back = out - timedelta(hours=self.rng.randrange(3, 24 * 100))

    def _plan(self, period: RentalPeriod) -> Plan:
        created = min(period.starts_at, self.now) - timedelta(hours=self.rng.randrange(2, 24 * 40))
        fate = self.rng.random()
        if fate < 0.06:
            return Plan(period, BookingState.CANCELLED, created, created + timedelta(minutes=self.rng.randrange(5, 90)))
        if fate < 0.10:
            return Plan(period, BookingState.RELEASED, created, created + HOLD + timedelta(seconds=20))
        over = period.ends_at <= self.now
        return Plan(period, BookingState.COMPLETED if over else BookingState.CONFIRMED, created)


@dataclass(frozen=True)
class ScaledFirm:
    """Attributes: ``now`` is a whole hour (UTC); what lies before it is over."""

    cars: int
    homes: int
    now: datetime

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        drawn = [home.branch for home in demo_branches()]
        own = (
            {"id": BranchId(f"br-{n:03d}"), "name": f"{drawn[n % len(drawn)].name} {n:03d}", "code": f"B{n:03d}"}
            for n in range(self.homes)
        )
        return tuple(replace(drawn[n % len(drawn)], **each) for n, each in enumerate(own))

    @cached_property
    def _models(self) -> list[dict[str, str]]:
        return rows("models")

    @cached_property
    def renters(self) -> Sequence[Renter]:
        cultures = [(each["given"].split(), each["family"].split(), each["culture"]) for each in rows("names")]
        return [self._renter(n, *cultures[n % len(cultures)]) for n in range(2 * self.cars)]

    def _renter(self, n: int, given: list[str], family: list[str], culture: str) -> Renter:
        rng = dice(_SEED, "renter", str(n))
        name = f"{rng.choice(given)} {rng.choice(family)}-{rng.choice(family)}"
        address = unicodedata.normalize("NFKD", name.lower().replace(" ", ".")).encode("ascii", "ignore").decode()
        licence = f"{culture.upper()}{rng.randrange(10**8, 10**9)}"
        return Renter(RenterId(f"re-{n:06d}"), name, f"{address}.{n}@example.org", f"+4930{n:08d}", licence)

    def blocks(self) -> int:
        return -(-self.cars // _BLOCK)

    def accounts(self) -> list[NewAccount]:
        """Those that somebody can sign in with."""
        return [
            NewAccount(CLERK, PASSWORD, Role.CLIENT, "Cleo Clerk", self.branches[0].id),
            NewAccount(OWNER, PASSWORD, Role.OWNER, "Olga Owner", owner_id=owner_of(1)),
            NewAccount(HUGE_OWNER, PASSWORD, Role.OWNER, "Hugo Huge", owner_id=HUGE),
            NewAccount(ADMIN, PASSWORD, Role.ADMIN, "Ari Admin"),
        ]

    def beginning(self) -> dict[str, list[dict]]:
        """What is there once: branches, and people that nobody signs in as."""
        since = self.now - 600 * _DAY
        owners = sorted({owner_of(n) for n in range(self.cars)} - {HUGE, owner_of(1)})
        people = [
            Person(AccountName(f"owner.{each}"), f"Owner {each}", "", "", Post(Role.OWNER, owner_id=each), since)
            for each in owners
        ]
        people += [
            Person(clerk_of(each), f"Clerk {each.name}", "", "", Post(Role.CLIENT, each.id), since)
            for each in self.branches[1:]
        ]
        return {
            "branches": [branch_document(each) for each in self.branches],
            "people": [person_document(each) for each in people],
        }

    def block(self, number: int) -> dict[str, list[dict]]:
        """Collection -> rows of some cars with all that is about them; every row has its lasting ``_id``."""
        found: dict[str, list[dict]] = {}
        for n in range(number * _BLOCK, min((number + 1) * _BLOCK, self.cars)):
            for name, documents in self._about(n).items():
                found.setdefault(name, []).extend(documents)
        for documents in found.values():
            for at, document in enumerate(documents):
                document.setdefault("_id", ObjectId(f"{number:012x}{at:012x}"))
        return found

    def _about(self, n: int) -> dict[str, list[dict]]:
        car, home = self.car(n), self.branches[_home(n) % self.homes]
        rng = dice(_SEED, "days", str(n))
        days = _Days(self.now, home.tzinfo, rng)
        drawn = DemoBookings(car, days, self.renters, clerk_of(home), raised_at(self.now), rng)
        booked = list(drawn.booked())
        bookings = [booking for booking, _ in booked]
        since, terms = self.now - 600 * _DAY, terms_of(car, home)
        changes = [
            AuditRow(
                since + 190 * k * _DAY, AccountName(ADMIN), "head-office", what, f"car:{car.id}", {}, {"n": str(k)}
            )
            for k, what in enumerate(_AUDITED)
        ]
        return {
            "cars": [car_document(car)],
            "fences": [fence_document(car, terms, [each for each in bookings if each.blocking])],
            "car_terms": [series_document(terms, "scale", BEGINNING)],
            "car_statuses": [status_document(car.id, car.owner_id, CarStatus.ACTIVE, since)],
            "renters": [renter_document(each) for each in self.renters[2 * n : 2 * n + 2]],
            "bookings": [booking_document(each) for each in bookings],
            "ledger": [ledger_document(row) for _, posted in booked for row in posted],
            "audit": [audit_document(each) for each in changes],
        }

    def car(self, n: int) -> Car:
        rng, home = dice(_SEED, "car", str(n)), self.branches[_home(n) % self.homes]
        model = self._models[rng.randrange(len(self._models))]
        fuel = Fuel(rng.choice(model["fuels"].split()))
        gears = "automatic" if fuel in (Fuel.ELECTRIC, Fuel.HYBRID) else rng.choice(model["gears"].split())
        fate, age = rng.random(), rng.randrange(0, 7)
        pair, number = n // 9_000, 1_000 + n * 7919 % 9_000
        return Car(
            id=CarId(f"ca-{n:06d}"),
            plate=f"B-{_LETTERS[pair // 22]}{_LETTERS[pair % 22]} {number}",
            brand=model["brand"],
            model=model["model"],
            year=self.now.year - age,
            body=BodyType(model["body"]),
            colour="#446688",
            fuel=fuel,
            transmission=Transmission(gears),
            seats=int(model["seats"]),
            odometer_km=age * 18_000 + rng.randrange(900, 9_000),
            daily_rate=Money(100 * (int(model["rate"]) + rng.randrange(-2, 4)), "EUR"),
            status=CarStatus.RETIRED if fate < 0.01 else CarStatus.MAINTENANCE if fate < 0.04 else CarStatus.ACTIVE,
            owner_id=owner_of(n),
            branch_id=home.id,
            country=home.country,
        )


def _home(n: int) -> int:
    # Shifted with every twentieth, so that the huge owner has cars everywhere.
    return n + n // 20


def owner_of(n: int) -> OwnerId:
    """Whose the car of that number is."""
    return HUGE if n % 20 == 0 else OwnerId(f"ow-{n // 50:04d}")


def clerk_of(branch: Branch) -> AccountName:
    return AccountName(CLERK if branch.id == "br-000" else f"clerk.{branch.id}")
