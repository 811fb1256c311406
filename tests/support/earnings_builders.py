"""Whole histories of a fleet, written into the real database, and the plain sums of its raw ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from builders import BERLIN, LISBON, RENTER, World, make_car

from engine.adapters.mongo.codec.bookings import booking_document, news_document
from engine.adapters.mongo.codec.documents import car_document, ledger_document, movement_document, status_document
from engine.domain.booking.booking import HOLD, Booking, BookingId, Step, rental_payment
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Car, CarStatus, OwnerId
from engine.domain.car.movement import Movement, MovementId, MovementKind, MovementState
from engine.domain.money.ledger import charge_rows, refund_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState
from engine.domain.money.pricing import quote
from engine.domain.people.people import AccountName
from engine.domain.shared.period import RentalPeriod

MINE, OTHER = OwnerId("owner-1"), OwnerId("owner-2")
STANDS = ("confirmed", "out", "completed")
MS = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class History:
    """Writes bookings with their ledger rows as the engine does: both or neither."""

    world: World
    written: int = 0
    refunded: Counter = field(default_factory=Counter)

    def cars(self, *cars: Car) -> None:
        self.world.db.cars.delete_many({})
        self.world.db.cars.insert_many([car_document(car) for car in cars])

    def status(self, car: Car, status: CarStatus, since: datetime) -> None:
        self.world.db.car_statuses.insert_one(status_document(car.id, car.owner_id, status, since))

    def service(self, car: Car, starts: datetime, days: float, state: MovementState = MovementState.PLANNED) -> None:
        period = RentalPeriod(starts, starts + timedelta(days=days))
        told = (
            MovementKind.SERVICE,
            state,
            period,
            car.branch_id,
            car.branch_id,
            "Brakes",
            AccountName("owner"),
            starts,
        )
        count = self.world.db.movements.count_documents({})
        row = Movement(MovementId(f"mv-{count}"), car.id, car.owner_id, *told)
        self.world.db.movements.insert_one(movement_document(row))

    def book(  # noqa: PLR0913 -- the parts of a booking
        self,
        car: Car,
        starts: datetime,
        days: float = 2,
        state: BookingState = BookingState.CONFIRMED,
        *,
        charged: datetime | None = None,
        refunded: datetime | None = None,
        back: int = 10_000,
        commission_bp: int = 1500,
    ) -> Booking:
        """*charged* and *refunded* are when the money moved; *back* is the share of the price given back."""
        self.written += 1
        n = self.written
        home = {BERLIN.id: BERLIN, LISBON.id: LISBON}[car.branch_id]
        period = RentalPeriod(starts, starts + timedelta(days=days))
        price = quote(car.daily_rate, period, zone=home.tzinfo, commission_bp=commission_bp)
        made = min(starts, charged or starts) - timedelta(days=3)
        attempt = Attempt(
            1, "{}", price.total, made + HOLD, AttemptState.PAID if charged else AttemptState.EXPIRED,
            f"cs_{n}", "https://pay", f"pi_{n}" if charged else "", captured_at=charged,
        )  # fmt: skip
        booking = Booking(
            id=BookingId(f"bk-{n:05d}"), car_id=car.id, car_label=car.label, owner_id=car.owner_id,
            branch_id=car.branch_id, return_branch_id=car.branch_id, zone=home.zone, renter_id=RENTER.id,
            renter_name=RENTER.name, booked_by=AccountName("clerk"), period=period, state=state,
            hold_until=made + HOLD, created_at=made, quote=price,
            payments=(rental_payment(f"bk-{n:05d}", price.total, attempt),), intent_key=f"key-{n}",
            history=(Step(BookingState.HELD, made, "clerk"), Step(state, charged or made, "clerk")),
        )  # fmt: skip
        rows = list(charge_rows(booking, f"ch_{n}", charged)) if charged else []
        if charged and refunded:
            rows += refund_rows(
                booking, f"re_{n}", Money(max(1, price.total.minor * back // 10_000), price.total.currency), refunded
            )
        self.world.db.bookings.insert_one(booking_document(booking))
        if rows:
            self.world.db.ledger.insert_many([ledger_document(row) for row in rows])
        # Last, as nothing here is one transaction: who hears of it finds all of it.
        self.world.db.news.insert_one(news_document(booking))
        return booking


def berlin(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def edges(zone: str, years: tuple[int, ...]) -> list[datetime]:
    """First moments of months there, and of days around which the clock may change."""
    days = [date(year, month, 1) for year in years for month in range(1, 13)]
    days += [
        date(year, month, day)
        for year in years
        for month in (3, 10, 11)
        for day in (25, 26, 28, 29, 30, 31, 4, 5)
        if day < 31 or month != 11
    ]
    return [first_moment(day, zone) for day in days]


@cache
def first_moment(day: date, zone: str) -> datetime:
    """The first millisecond that a calendar on the wall there calls *day* (or a later one), found by halving."""
    wall = ZoneInfo(zone)
    low = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    high = low + timedelta(days=4)
    while high - low > MS:
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond % 1000)
        if middle.astimezone(wall).date() >= day:
            high = middle
        else:
            low = middle
    return high


STATES = tuple(BookingState)


def draw(history: History, rng: Random, zone: str, years: tuple[int, ...]) -> None:
    """A random history: cars of several currencies, owners and pasts, bookings in every state, money at odd moments."""
    rates = (Money(50_00, "EUR"), Money(79_90, "EUR"), Money(9_000, "JPY"), Money(21_500, "KWD"))
    cars = [
        make_car(
            n,
            daily_rate=rng.choice(rates),
            owner_id=rng.choice((MINE, MINE, MINE, OTHER)),
            branch_id=rng.choice((BERLIN.id, LISBON.id)),
        )
        for n in range(1, rng.randint(2, 6))
    ]
    history.cars(*cars)
    marks = edges(zone, years)
    for car in cars:
        at = datetime(years[0], 1, 1, tzinfo=UTC) + timedelta(days=rng.randint(0, 200))
        if rng.random() < 0.8:
            history.status(car, CarStatus.ACTIVE, at)
            for _ in range(rng.randint(0, 4)):
                at += timedelta(hours=rng.randint(1, 3000))
                history.status(car, rng.choice(tuple(CarStatus)), at)
        away = datetime(years[0], 1, 1, 8, tzinfo=UTC) + timedelta(hours=rng.randint(0, 3000))
        for _ in range(rng.randint(0, 4)):
            days = rng.choice((0.2, 1, 7, 90))
            history.service(car, away, days, rng.choice(tuple(MovementState)))
            away += timedelta(days=days, hours=rng.choice((0, 1, 2000)))
        out = datetime(years[0], 1, 1, 8, tzinfo=UTC) + timedelta(hours=rng.randint(0, 2000))
        for _ in range(rng.randint(1, 9)):
            days = rng.choice((0.5, 1, 1.5, 2, 5, 14, 40))
            state = rng.choice((*STATES, BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CANCELLED))
            charged = refunded = None
            if state not in (BookingState.HELD, BookingState.RELEASED, BookingState.RELEASING) and rng.random() < 0.9:
                charged = rng.choice(marks) + rng.choice((-1, 0, 1, 3_600_000)) * MS
                if state in (BookingState.CANCELLED, BookingState.REFUNDED) and rng.random() < 0.8:
                    refunded = charged + rng.choice((MS, timedelta(days=1), timedelta(days=40)))
            history.book(
                car, out, days, state, charged=charged, refunded=refunded,
                back=rng.choice((10_000, 5_000, 3_333)), commission_bp=rng.choice((0, 1500, 1750, 3333, 10_000)),
            )  # fmt: skip
            out += timedelta(days=days, hours=rng.randint(0, 1500))


@dataclass(frozen=True)
class Raw:
    """All rows as they lie in the database, read once."""

    bookings: dict
    ledger: list
    cars: list
    changes: list
    movements: list

    @classmethod
    def of(cls, world: World) -> Raw:
        db = world.db
        return cls(
            {each["_id"]: each for each in db.bookings.find()},
            list(db.ledger.find()),
            list(db.cars.find({"owner_id": MINE})),
            list(db.car_statuses.find().sort([("since", 1), ("_id", 1)])),
            list(db.movements.find({"state": {"$ne": "cancelled"}})),
        )


def plain(raw: Raw, zone: str, first: date, end: date, as_of: datetime, *, car: str = "", branch: str = "") -> dict:
    """Every figure by currency, out of the raw rows, the slow and plain way; *car* and *branch* narrow."""
    wall = ZoneInfo(zone)
    found: dict[str, Counter] = defaultdict(Counter)
    for row in raw.ledger:
        if row["owner_id"] != MINE or not first <= row["at"].astimezone(wall).date() < end:
            continue
        if (car and row["car_id"] != car) or (branch and row["branch_id"] != branch):
            continue
        figures = found[row["amount"]["currency"]]
        figures[NAMES[row["kind"]]] += row["amount"]["minor"]
        booking = raw.bookings[row["booking_id"]]
        if row["kind"] == "charge" and booking["state"] in STANDS:
            figures["rentals"] += 1
            figures["days"] += booking["quote"]["lines"][0]["count"]
            figures["paid_minor"] += row["amount"]["minor"]
    if not branch:
        since, until = first_moment(first, zone), min(first_moment(end, zone), as_of)
        _add_time(raw, found, since, until, car)
    return {code: {name: n for name, n in figures.items() if n} for code, figures in found.items()}


NAMES = {
    "charge": "gross_minor",
    "refund": "refunds_minor",
    "platform_share": "commission_minor",
    "owner_share": "net_minor",
}


def _add_time(raw: Raw, found: dict, since: datetime, until: datetime, only: str) -> None:
    paid = {row["booking_id"] for row in raw.ledger if row["kind"] == "charge"}
    for car in raw.cars:
        figures = found[car["daily_rate"]["currency"]]
        if only and car["_id"] != only:
            continue
        changes = [change for change in raw.changes if change["car_id"] == car["_id"]]
        changes = changes or [{"since": EPOCH, "status": car["status"]}]
        ends = [change["since"] for change in changes[1:]] + [datetime(2200, 1, 1, tzinfo=UTC)]
        for change, stop in zip(changes, ends, strict=True):
            low, high = max(since, change["since"]), min(until, stop)
            if change["status"] == "active" and low < high:
                figures["available_ms"] += (high - low) // MS - _in_service(raw, car["_id"], paid, low, high)
                figures["rented_ms"] += _out(raw, car["_id"], paid, low, high)


def _in_service(raw: Raw, car_id: str, paid: set, low: datetime, high: datetime) -> int:
    """But for what was rented in that time."""
    gone = 0
    for movement in raw.movements:
        since, until = max(low, movement["starts_at"]), min(high, movement["ends_at"])
        if movement["car_id"] == car_id and since < until:
            gone += (until - since) // MS - _out(raw, car_id, paid, since, until)
    return gone


def _out(raw: Raw, car_id: str, paid: set, low: datetime, high: datetime) -> int:
    out = timedelta(0)
    for booking in raw.bookings.values():
        if booking["car_id"] == car_id and booking["state"] in STANDS and booking["_id"] in paid:
            out += max(timedelta(0), min(high, booking["ends_at"]) - max(low, booking["starts_at"]))
    return out // MS
