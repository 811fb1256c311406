"""Honest bookings, rows written past the program beside them, the acts, and who noticed what."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any

import pymongo
from attack_cells import Cell, Document, bent, honest_of, part_of, schema_at, shape_of, values
from bson import ObjectId
from builders import DATABASE, FULL, MISTAKE, PASSWORD, World, days, make_car, wish
from hostile import GONE
from payments import Stripe, run_out
from pymongo.errors import PyMongoError, WriteError

from engine.adapters.mongo.client import CODEC
from engine.adapters.mongo.guest import GUEST, GUEST_PASSWORD
from engine.adapters.mongo.schema.rights import RIGHTS
from engine.bootstrap import Engine
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import MOST_ROWS, BookingQuery, BookingScope
from engine.domain.booking.wish import MOST_WISHES
from engine.domain.car.car import CarId
from engine.domain.car.fleet import FleetQuery
from engine.domain.firm.audit import AuditQuery
from engine.domain.people.accounts import PeopleQuery
from engine.domain.reports.books import DifferenceKind
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import (
    DamagedRow,
    DriveSphereError,
    NotBelieved,
    PaymentMismatch,
    PaymentRefused,
    StrangeAddress,
)
from engine.domain.shared.period import RentalPeriod
from engine.words.health import facts_of, says

ACCOUNTS = {"ds_client": "clerk", "ds_guest": GUEST}
#: What tells a person that a row is not as the program writes it.
ALARMS = (NotBelieved, DamagedRow, PaymentMismatch, PaymentRefused, StrangeAddress)
REFUSED = "refused by the server"
DOOR = "refused at the door"
_AT_THE_DOOR = 121
_AT_ONCE = 6
#: Shorter texts are found in lines that are about something else.
_TELLING = 8
#: What may have been taken, given back and let go of an honest booking once its act was played; by the sandbox's books.
LAWFUL = {
    "open": (False, False, False),
    "capture": (True, False, True),
    "void": (True, False, True),
    "refund": (True, True, False),
    "sweep": (True, False, False),
}


@dataclass
class Tried:
    """One value at one place.

    Attributes: ``door`` where its collection's validator refused it to the role, and somebody else wrote it then;
        ``marks`` are what detectors name it by, ``by`` is who noticed; ``seconds`` it took them, from the writing for
        who looks by itself, from the asking for the others.
    """

    cell: Cell
    tag: str
    booking: Booking | None = None
    value: Any = None
    refused: str = ""
    door: bool = False
    marks: set[str] = field(default_factory=set)
    by: dict[str, str] = field(default_factory=dict)
    written: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    moved: Document = field(default_factory=dict)


class Run:
    """One world with all cells in it, each with a car and a booking of its own where it needs them."""

    def __init__(self, world: World, stripe: Stripe, cells: list[Cell]) -> None:
        self.world, self.stripe = world, stripe
        self.tried = [Tried(cell, f"cell{n:06d}") for n, cell in enumerate(cells)]
        self.fell: list[str] = []
        self.reports: dict[str, str] = {}
        self.took: dict[str, float] = {}

    async def prepare(self, desk: Engine, control: list[Tried]) -> None:
        """Honest bookings, each of a car of its own, that stand where the acts of their cells begin."""
        beside = [each for each in (*self.tried, *control) if each.cell.act]
        self.world.add_cars(*(make_car(n, id=CarId(each.tag), plate=f"B-X {n}") for n, each in enumerate(beside, 1000)))
        await _all(self._stand(desk, each) for each in beside)

    async def _stand(self, desk: Engine, tried: Tried) -> None:
        act = tried.cell.act
        period = days(desk, 5, 7)
        if act == "sweep":
            begun = desk.clock.now() - timedelta(minutes=5)
            period = RentalPeriod(begun, begun + timedelta(days=2))
        asked = wish(desk, car=tried.tag, key=f"k-{tried.tag}", first=5, last=7, period=period)
        booking = await desk.booking.hold(desk.actor, asked)
        if act != "open":
            booking = await desk.payment.settle(desk.actor, booking.id)
            await self.stripe.pay(booking)
        if act in ("refund", "sweep"):
            booking = await desk.payment.settle(desk.actor, booking.id)
        if act == "sweep":
            booking = await desk.rental.hand_over(desk.actor, booking.id, FULL)
            booking = await desk.rental.returned(desk.actor, booking.id, FULL)
        if act == "void":
            run_out(self.world, booking)
        tried.booking = booking

    def write(self) -> None:
        """Everything past the program, each by a raw connection of the role's own account."""
        with ExitStack() as stack:
            raw = {role: stack.enter_context(self._raw(role)) for role in {each.cell.role for each in self.tried}}
            for number, each in enumerate(self.tried):
                self._write(raw[each.cell.role].get_database(DATABASE, codec_options=CODEC), each, number)

    def _raw(self, role: str) -> pymongo.MongoClient:
        account = ACCOUNTS.get(role, role.removeprefix("ds_"))
        password = GUEST_PASSWORD if account == GUEST else PASSWORD
        return pymongo.MongoClient(
            self.world.deployment.mongo_url, username=account, password=password, authSource=DATABASE, retryWrites=False
        )

    def _write(self, db: pymongo.database.Database, tried: Tried, number: int) -> None:
        cell, rows = tried.cell, db[tried.cell.collection]
        row, there = self._row(tried, number)
        place = part_of(row, cell.path)
        offered = values(cell.collection, cell.path, tried.tag, place)
        if place is None:  # To take away what is not there is no attack; another value is.
            offered = [value for value in offered if value is not GONE]
        tried.value = offered[cell.at % len(offered)]
        tried.marks |= {tried.tag, str(row["_id"]), *({tried.booking.id} if tried.booking else ())}
        if cell.path == ("_id",):
            tried.marks.add(str(tried.value))
            if cell.collection == "papers":  # A name that cannot be shown is told by its number.
                tried.marks.add(f"has the number {row['n']},")
        tried.marks = {mark for mark in tried.marks if len(mark) >= _TELLING}
        try:
            try:
                self._put(rows, tried, row, there=there)
            except WriteError as problem:
                if problem.code != _AT_THE_DOOR:
                    raise
                # Whoever owns the server, or wrote it before there was such a rule, gets it in all the same.
                tried.door = True
                self._put(self.world.db[cell.collection], tried, row, there=there)
        except (PyMongoError, OverflowError, ValueError) as problem:
            tried.refused = f"{REFUSED} ({getattr(problem, 'code', None) or type(problem).__name__})"
        tried.written = perf_counter()

    def _put(self, rows: pymongo.collection.Collection, tried: Tried, row: Document, *, there: bool) -> None:
        path = tried.cell.path
        if there and path != ("_id",):
            place = ".".join(path)
            change = {"$unset": {place: ""}} if tried.value is GONE else {"$set": {place: tried.value}}
            rows.update_one({"_id": row["_id"]}, change, bypass_document_validation=tried.door)
        else:
            rows.insert_one(bent(row, path, tried.value), bypass_document_validation=tried.door)

    def _row(self, tried: Tried, number: int) -> tuple[Document, bool]:
        """The honest row that is bent, and whether it is there already."""
        name, db = tried.cell.collection, self.world.db
        if tried.booking and name in ("bookings", "agreements", "cars", "fences"):
            key = tried.tag if name in ("cars", "fences") else tried.booking.id
            row = db[name].find_one({"_id": key})
            if tried.cell.path == ("_id",):
                row |= {name: tried.tag for name in ("intent_key", "plate_key") if name in row}
                row.pop("session_ids", None)
            return row, True
        row = self._sample(tried, number)
        if tried.booking or not self._may_update(tried):
            return row, False
        with suppress(PyMongoError):
            db[name].insert_one(row, bypass_document_validation=True)
        return row, True

    def _may_update(self, tried: Tried) -> bool:
        return "update" in RIGHTS[tried.cell.role][tried.cell.collection]

    def _sample(self, tried: Tried, number: int) -> Document:
        name, tag = tried.cell.collection, tried.tag
        row = honest_of(shape_of(name), tag)
        if name == "deployment":
            row = {"_id": tag, "mode": "test", "by": "tests", "at": row["at"], "epoch": tag, "back_to": row["at"]}
        own = {"slot": number % MOST_WISHES, "account": "renter", "n": 2, "what": row.get("what")}
        if name == "papers":  # No two have one number.
            own["n"] = number + 2
        if name == "marks":  # Somebody said what became of it.
            row |= {"state": "repaired", "n": 1}
        kind = schema_at(name, ("_id",)).get("bsonType")
        ids = {
            "rounds": "sweeper",
            "carriers": f"{number:024x}",
            "return_pages": f"https://firm.example/{tag}",
            "series": f"A{number:04d}-2026-INV",
        }
        own["_id"] = ids.get(name, tag) if kind == "string" else ObjectId()
        if tried.booking:
            booking = self.world.stored(tried.booking)
            own |= {k: booking[k] for k in ("car_id", "owner_id", "branch_id", "starts_at", "ends_at") if k in row}
            own["booking_id"] = booking["_id"]
            if name in ("returns", "restored_payments"):
                own["_id"] = booking["_id"] if name == "returns" else f"pi_{tag}"
        return row | {k: v for k, v in own.items() if k in row}

    async def act(self, desk: Engine, others: list[Tried]) -> None:
        await _all(self._act(desk, each) for each in (*self.tried, *others) if each.booking)

    async def _act(self, desk: Engine, tried: Tried) -> None:
        began = perf_counter()
        try:
            if tried.cell.act == "refund":
                told = await desk.rental.quote_refund(desk.actor, tried.booking.id)
                await desk.rental.cancel(desk.actor, tried.booking.id, told.given_back, MISTAKE)
            else:
                await desk.payment.settle(desk.actor, tried.booking.id)
        except ALARMS as problem:
            tried.by["desk"] = getattr(problem, "doubt", None) or problem.code
            tried.seconds["desk"] = perf_counter() - began
        except DriveSphereError as problem:
            tried.moved["act"] = problem.code
        except Exception as problem:  # noqa: BLE001 -- whatever falls is what is looked for
            self.fell.append(f"{tried.cell.place} = {tried.value!r}: act {type(problem).__name__}: {problem}")

    async def look(self, worker: Engine, admin: Engine, clerk: Engine, others: list[Tried]) -> None:
        """One sweep, one list, one file, one comparison, one doctor; each goes on whatever was written."""
        every = [*self.tried, *others]
        await self._step("carry", self._carry(clerk))
        await self._step("sweep", worker.sweeper.sweep())
        doubted = {
            row["_id"]: row["payments"][0]["trouble"]
            for row in self.world.db.bookings.find({"payments.trouble": {"$exists": True}})
        }
        for each in every:
            trouble = doubted.get(each.booking.id) if each.booking else None
            if isinstance(trouble, dict) and trouble.get("tries", 0) and not trouble.get("settled"):
                each.by["sweep"] = str(trouble.get("code") or trouble.get("why"))
                each.seconds["sweep"] = self.took["sweep"]
        await self._step("list", self._list(admin))
        await self._step("export", self._export(admin))
        await self._step("people", admin.accounts.page(admin.actor, PeopleQuery()))
        await self._step("fleet", admin.fleet.page(admin.actor, FleetQuery(limit=200)))
        await self._step("audit", admin.admin.audit.export(admin.actor, AuditQuery(), [].append))
        await self._step("overview", admin.admin.overview.figures(admin.actor))
        await self._step("care", admin.admin.manual_review.waiting(admin.actor, limit=200))
        await self._step("reconcile", self._reconcile(admin))
        await self._step("doctor", self._doctor(admin))
        for who, text in self.reports.items():
            lines = text.splitlines()
            for each in every:
                if found := next((line for line in lines if any(mark in line for mark in each.marks if mark)), ""):
                    each.by[who] = found.partition("|")[0]
                    each.seconds[who] = self.took[who]

    async def _step(self, name: str, work: Any) -> None:
        began = perf_counter()
        try:
            await work
        except Exception as problem:  # noqa: BLE001 -- whatever falls is what is looked for
            self.fell.append(f"{name}: {type(problem).__name__}: {problem}")
        self.took[name] = perf_counter() - began

    async def _carry(self, clerk: Engine) -> None:
        for made in await clerk.carrier.wishes.waiting():
            with suppress(DriveSphereError):
                await clerk.carrier.deeds.carry(made)

    async def _list(self, admin: Engine) -> None:
        lines, offset = [], 0
        while True:
            page = await admin.listing.page(admin.actor, BookingQuery(BookingScope.ALL, limit=MOST_ROWS, offset=offset))
            lines += [f"damaged|{each.id}" for each in page.rows if isinstance(each, Damaged)]
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                break
        self.reports["list"] = "\n".join(lines)

    async def _export(self, admin: Engine) -> None:
        lines: list[str] = []
        await admin.listing.export(admin.actor, BookingQuery(BookingScope.ALL, limit=MOST_ROWS), lines.append)
        told = [f"damaged|{each}" for each in "".join(lines).splitlines() if "damaged: " in each]
        self.reports["export"] = "\n".join(told)

    async def _reconcile(self, admin: Engine) -> None:
        now = admin.clock.now()
        # The doctor's own, but that it asks Stripe about each.
        reconciler = admin.admin.health.reconciler
        object.__setattr__(reconciler, "most_asked", None)
        object.__setattr__(reconciler, "most_time", None)
        report = await reconciler.compare(now - timedelta(hours=6), now)
        told = [
            f"{each.kind}{':' * (each.kind == DifferenceKind.DOUBTED)}"
            f"{each.detail if each.kind == DifferenceKind.DOUBTED else ''}"
            f"|{each.booking_id} {each.payment_intent} {each.detail}"
            for each in report.differences
        ]
        told += [f"damaged|{name} {number}" for name, number in report.damaged]
        self.reports["reconcile"] = "\n".join(told)

    async def _doctor(self, admin: Engine) -> None:
        report = await admin.admin.health.examine(admin.actor)
        self.fell += [
            f"doctor {each.area}: {says(each)}" for each in report.findings if "could not be looked at" in says(each)
        ]
        told = [
            f"{each.area}|{line}"
            for each in report.findings
            if each.area != "reconcile"
            for name, fact in facts_of(each)
            for line in fact.split("; ")
            if name in _DOUBLES
        ]
        self.reports["doctor"] = "\n".join(told)

    async def money(self, others: list[Tried]) -> list[str]:
        """What moved at the sandbox that no honest way of the booking moves; by its own books."""
        books = (await self.stripe._http.get("/_control/books")).json()
        of = {each.booking.id: each for each in (*self.tried, *others) if each.booking}
        unlawful = []
        for charge in books["charges"]:
            each = of.get(charge["booking"])
            if each is None:
                unlawful.append(f"a charge of nobody's: {charge}")
                continue
            price = each.booking.price.minor
            captured, refunded, voided = LAWFUL[each.cell.act]
            each.moved |= {name: charge[name] for name in ("captured", "refunded", "voided") if charge[name]}
            wrong = charge["captured"] not in (0, price if captured else 0)
            wrong |= charge["refunded"] not in (0, price if refunded else 0) or (bool(charge["voided"]) and not voided)
            if wrong:
                unlawful.append(
                    f"{each.cell.place} by {each.cell.role} before {each.cell.act} = {each.value!r}: {charge}"
                )
        return unlawful + [each async for each in self._pages(of)]

    async def _pages(self, of: dict[str, Tried]) -> Any:
        after: dict[str, str] = {}
        while True:
            listed = (await self.stripe._http.get("/v1/checkout/sessions", params={"limit": 100, **after})).json()[
                "data"
            ]
            for page in listed:
                each = of.get(page["client_reference_id"])
                if each is None or page["amount_total"] != each.booking.price.minor:
                    yield f"a page that is not the booking's: {page['client_reference_id']}"
                elif page["success_url"] != json.loads(each.booking.payment.attempt.request)["success_url"]:
                    yield f"a page that leads elsewhere: {page['success_url']}"
            if len(listed) < 100:
                return
            after = {"starting_after": listed[-1]["id"]}

    def table(self, reason: Any) -> list[str]:
        """collection.field x role x act -> what happened, one line for those of one outcome."""
        lines = Counter((each.cell.place, each.cell.role, each.cell.act, outcome(each, reason)) for each in self.tried)
        return [f"{place} | {role} | {act} | {told} | {n}" for (place, role, act, told), n in sorted(lines.items())]


_DOUBLES = {"Wrong", "Cars", "Double", "Differs"}


def outcome(tried: Tried, reason: Any) -> str:
    if tried.refused:
        return tried.refused
    if tried.door or tried.by:
        known = "; ".join(f"{who}: {told}" for who, told in tried.by.items())
        return f"{DOOR}; past it {known or 'harmless'}" if tried.door else known
    return f"harmless: {reason(tried.cell)}" if reason(tried.cell) else "NOT NOTICED"


async def _all(works: Any) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(work: Any) -> None:
        async with places:
            await work

    await asyncio.gather(*map(one, works))
