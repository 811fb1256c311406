"""The firm's figures by aggregation over indexes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.documents import branch_of
from engine.adapters.mongo.codec.reading import LATEST, SUMS_UP, read, shown, sound
from engine.adapters.mongo.queries.owner_sums import part_of
from engine.domain.booking.booking import Booking
from engine.domain.booking.restored import Outcome
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId, CarStatus
from engine.domain.firm.settings import BEGINNING
from engine.domain.money.ledger import LedgerKind
from engine.domain.money.money import Money
from engine.domain.people.people import Role
from engine.domain.reports.overview import (
    BehindMoney,
    BehindPage,
    BranchCars,
    Counts,
    MoneyCell,
    MoneyCells,
    MoneyQuestion,
    month_bounds,
)
from engine.domain.reports.report_period import milliseconds
from engine.domain.shared.damage import Damaged

_REVENUE = (LedgerKind.CHARGE.value, LedgerKind.REFUND.value)
#: All groups of a year in one answer: months, branches, currencies and kinds.
_ONE_ANSWER = 50_000
#: This index has all that is summed; the server prefers a shorter one and reads each row.
_SUMMED = "report"
#: ``$type`` in a filter would also take a list of times.
_DATED: Document = {"$eq": [{"$type": "$at"}, "date"]}
_COUNTED = [*_REVENUE, LedgerKind.PLATFORM_SHARE.value]


class MongoOverview:
    """The port ``OverviewBook``."""

    def __init__(self, client: Client, name: str) -> None:
        self._db = database(client, name)

    async def counts(self, branches: list[Branch]) -> Counts:
        with speaking():
            cars, out = await self._cars(), await self._out(branches)
            bookings = await self._bookings()
        return Counts(tuple(_branch_cars(each, cars, out) for each in branches), bookings)

    async def restored(self) -> int:
        with speaking():
            return await self._db.restored_payments.count_documents({"outcome": Outcome.OPEN})

    async def disputed(self) -> int:
        with speaking():
            return await self._db.disputes.count_documents({"over": False})

    async def _cars(self) -> dict[tuple[str, str], int]:
        pipeline: list[Document] = [
            # Every branch: so that the index answers and no car has to be read.
            {"$match": {"branch_id": {"$gt": ""}}},
            {"$group": {"_id": {"branch": "$branch_id", "status": "$status"}, "count": {"$sum": 1}}},
        ]
        rows = await (await self._db.cars.aggregate(pipeline)).to_list()
        keys = [((row["_id"].get("branch"), row["_id"].get("status")), row["count"]) for row in rows]
        return {key: cars for key, cars in keys if all(isinstance(each, str) for each in key)}

    async def _out(self, branches: Iterable[Branch]) -> Counter[str]:
        """Cars that were handed over and are not back, each once."""
        out: Document = {"state": BookingState.OUT, "starts_at": {"$gt": BEGINNING}}
        pipeline: list[Document] = [
            {"$match": {**out, "branch_id": {"$in": [branch.id for branch in branches]}}},
            {"$group": {"_id": "$car_id", "branch": {"$min": "$branch_id"}}},
            {"$group": {"_id": "$branch", "count": {"$sum": 1}}},
        ]
        # It begins with the state and has all that is asked; left to itself the server reads the rows.
        rows = await (await self._db.bookings.aggregate(pipeline, hint="blocking_time")).to_list()
        return Counter({row["_id"]: row["count"] for row in rows if isinstance(row["_id"], str)})

    async def _bookings(self) -> dict[BookingState, int]:
        pipeline: list[Document] = [
            {"$match": {"state": {"$in": [state.value for state in BookingState]}}},
            {"$group": {"_id": "$state", "count": {"$sum": 1}}},
        ]
        rows = await (await self._db.bookings.aggregate(pipeline)).to_list()
        return {BookingState(row["_id"]): row["count"] for row in rows}

    async def users(self) -> dict[Role, int]:
        pipeline: list[Document] = [
            {"$match": {"role": {"$in": [role.value for role in Role]}, "disabled": {"$ne": True}}},
            {"$group": {"_id": "$role", "count": {"$sum": 1}}},
        ]
        with speaking():
            rows = await (await self._db.people.aggregate(pipeline)).to_list()
        return {Role(row["_id"]): row["count"] for row in rows}

    async def money(self, months: tuple[str, ...], branches: list[Branch]) -> MoneyCells:
        zones = {branch.zone for branch in branches}
        if not zones:
            return MoneyCells()
        since = min(month_bounds(months[0], months[-1], zone)[0] for zone in zones)
        pipeline: list[Document] = [
            # By what the index tells alone: whatever else is to be true of a row is asked in its group.
            {"$match": {"at": {"$gte": since, "$lt": LATEST}, "kind": {"$in": _COUNTED}}},
            {
                "$group": {
                    "_id": {
                        "part": _month(months, branches),
                        "branch": "$branch_id",
                        "currency": "$amount.currency",
                        "kind": "$kind",
                        "sound": SUMS_UP,
                        "dated": _DATED,
                    },
                    "minor": {"$sum": "$amount.minor"},
                    "rows": {"$sum": 1},
                }
            },
        ]
        with speaking():
            rows = await (await self._db.ledger.aggregate(pipeline, batchSize=_ONE_ANSWER, hint=_SUMMED)).to_list()
        return _cells(months, rows)

    async def latest(self, limit: int) -> list[Booking | Damaged]:
        with speaking():
            cursor = self._db.bookings.find().sort([("created_at", -1), ("_id", -1)]).limit(limit)
            return [read("bookings", document, booking_of) for document in await cursor.to_list()]

    async def holds(self, limit: int) -> list[Booking | Damaged]:
        """Whatever waits is due: the index on that is short, however long the history."""
        wanted: Document = {"due_at": {"$gt": BEGINNING}, "state": BookingState.HELD}
        with speaking():
            cursor = self._db.bookings.find(wanted).sort([("hold_until", 1), ("_id", 1)]).limit(limit)
            return [read("bookings", document, booking_of) for document in await cursor.to_list()]

    async def behind(self, question: MoneyQuestion) -> BehindPage:
        with speaking():
            there = await self._db.branches.find(batch_size=_ONE_ANSWER).to_list()
            wanted = [each for each in sound("branches", there, branch_of) if question.branch_id in (None, each.id)]
            found = (await (await self._db.ledger.aggregate(_behind(question, wanted), hint=_SUMMED)).to_list(1))[0]
            ids = [row["_id"] for row in found["rows"]]
            known = {each["_id"]: each async for each in self._db.bookings.find({"_id": {"$in": ids}})}
        sums = found["sums"][0] if found["sums"] else {"count": 0, "revenue": 0, "commission": 0}
        currency = question.currency
        return BehindPage(
            rows=tuple(_row(row, known, currency) for row in found["rows"]),
            total=sums["count"],
            revenue=Money(int(sums["revenue"]), currency),
            commission=Money(int(sums["commission"]), currency),
        )


def _cells(months: tuple[str, ...], rows: Iterable[Document]) -> MoneyCells:
    cells: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    unsummed = 0
    for row in rows:
        key = row["_id"]
        if not key["dated"]:
            continue
        month = ["", *months, ""][key["part"]]
        if not key["sound"] or not isinstance(key.get("branch"), str):
            unsummed += row["rows"]
        elif month:
            cells[month, key["branch"], key["currency"]][0 if key["kind"] in _REVENUE else 1] += row["minor"]
    found = (MoneyCell(month, BranchId(branch), code, *sums) for (month, branch, code), sums in sorted(cells.items()))
    return MoneyCells(tuple(found), unsummed)


def _month(months: tuple[str, ...], branches: Iterable[Branch]) -> Document:
    """Which of *months* a row lies in on the wall of its branch, counted from 1; 0 is before all, the last after all.

    The limits come from here: the database's own table of zones may be older than ours, and fails where it has none.
    """

    def part(zone: str) -> Document:
        bounds = [month_bounds(month, month, zone) for month in months]
        marks = (BEGINNING, *(begin for begin, _ in bounds), bounds[-1][1], LATEST)
        found: Document = part_of(tuple(map(milliseconds, marks)))
        return found

    cases = [{"case": {"$in": ["$branch_id", ids]}, "then": part(zone)} for zone, ids in _by_zone(branches).items()]
    return {"$switch": {"branches": cases, "default": part("UTC")}}


def _branch_cars(branch: Branch, cars: dict[tuple[str, str], int], out: Counter[str]) -> BranchCars:
    active, maintenance, retired = (
        cars.get((branch.id, status.value), 0)
        for status in (CarStatus.ACTIVE, CarStatus.MAINTENANCE, CarStatus.RETIRED)
    )
    return BranchCars(branch.id, branch.name, branch.city, active, maintenance, retired, out[branch.id])


def _within(question: MoneyQuestion, branches: Iterable[Branch]) -> Document:
    """Whether a row lies in one of the months, on the wall of its branch."""

    def of_zone(zone: str) -> list[Document]:
        bounds = [month_bounds(month, month, zone) for month in question.months]
        return [{"$and": [{"$gte": ["$at", begin]}, {"$lt": ["$at", end]}]} for begin, end in bounds]

    cases = [
        {"case": {"$in": ["$branch_id", ids]}, "then": {"$or": of_zone(zone)}}
        for zone, ids in _by_zone(branches).items()
    ]
    return {"$switch": {"branches": cases, "default": False}} if cases else {"$literal": False}


def _by_zone(branches: Iterable[Branch]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for branch in branches:
        found[branch.zone].append(branch.id)
    return found


def _behind(question: MoneyQuestion, branches: list[Branch]) -> list[Document]:
    bounds = [month_bounds(month, month, zone) for zone in _by_zone(branches) for month in question.months]
    begin = min((since for since, _ in bounds), default=BEGINNING)
    end = max((until for _, until in bounds), default=BEGINNING)
    matched: Document = {"at": {"$gte": begin, "$lt": end}, "amount.currency": question.currency}
    return [
        # By what the index tells alone: with another question each row would be read.
        {"$match": {**matched, "kind": {"$in": _COUNTED}, "branch_id": {"$in": [branch.id for branch in branches]}}},
        {
            "$group": {
                "_id": {"booking": "$booking_id", "counts": {"$and": [SUMS_UP, _DATED, _within(question, branches)]}},
                "charged": _sum_of(LedgerKind.CHARGE),
                "refunded": _sum_of(LedgerKind.REFUND),
                "commission": _sum_of(LedgerKind.PLATFORM_SHARE),
                "at": {"$max": "$at"},
            }
        },
        {"$match": {"_id.counts": True}},
        {"$set": {"_id": {"$ifNull": ["$_id.booking", None]}}},
        {
            "$facet": {
                "rows": [{"$sort": {"at": -1, "_id": 1}}, {"$skip": question.offset}, {"$limit": question.limit}],
                "sums": [
                    {
                        "$group": {
                            "_id": None,
                            "count": {"$sum": 1},
                            "revenue": {"$sum": {"$add": ["$charged", "$refunded"]}},
                            "commission": {"$sum": "$commission"},
                        }
                    }
                ],
            }
        },
    ]


def _sum_of(kind: LedgerKind) -> Document:
    return {"$sum": {"$cond": [{"$eq": ["$kind", kind.value]}, "$amount.minor", 0]}}


def _row(row: Document, known: dict[str, Document], currency: str) -> BehindMoney:
    booking: Booking | Damaged = Damaged("bookings", shown(row["_id"]), "there is no such booking")
    if isinstance(row["_id"], str) and row["_id"] in known:
        booking = read("bookings", known[row["_id"]], booking_of)
    return BehindMoney(booking, *(Money(int(row[field]), currency) for field in ("charged", "refunded", "commission")))
