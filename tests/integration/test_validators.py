"""What the database itself refuses to whoever writes past the program, and what it lets be done with older rows."""

from __future__ import annotations

import copy
import random
from datetime import UTC, datetime, timedelta

import pymongo
import pytest
from bson import Binary, Int64
from builders import DATABASE, PASSWORD, days, kept, wish
from pymongo.errors import BulkWriteError, WriteError
from refusing import refused

from engine.adapters.mongo.schema.rules import EARLIEST, LATEST, RULES, VALIDATORS, same_validator
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.health.health import HealthArea, Level
from engine.domain.papers.logo import MOST_LOGO_BYTES
from engine.domain.shared.errors import InvalidPeriod, NotBelieved
from engine.domain.shared.period import RentalPeriod
from engine.words.health import facts_of

pytestmark = pytest.mark.asyncio
HOUR, SEED = timedelta(hours=1), 44
DRAW = random.Random(SEED)  # noqa: S311 -- repeatable on purpose
_REFUSED = 121


def put(row: dict, path: str, value) -> dict:
    """A copy of *row* with *value* at *path*; a callable makes it of what is there."""
    changed = copy.deepcopy(row)
    *way, last = [int(step) if step.lstrip("-").isdigit() else step for step in path.split(".")]
    part = changed
    for step in way:
        part = part[step]
    part[last] = value(part[last]) if callable(value) else value
    return changed


def far() -> datetime:
    """Any time that nothing is booked for."""
    late = LATEST + timedelta(days=DRAW.randrange(2_000_000))
    return DRAW.choice([late, EARLIEST - timedelta(days=1 + DRAW.randrange(700_000)), LATEST])


def changed(row: dict, changes: list[tuple[str, object]]) -> list[dict]:
    return [put(row, path, value) for path, value in changes]


def bookings(row: dict) -> list[dict]:
    """What no booking holds, each by one change of an honest one."""
    total, draw = row["quote"]["total"], DRAW.randrange
    more = [total + 1, 1 + draw(total), total * (2 + draw(9))]
    lines = [[], [{"kind": "day", "count": 1, "unit": Int64(total - 1)}], row["quote"]["lines"] * 2]
    attempt, step = row["payments"][0]["attempts"][0], row["history"][-1]
    refund = {"state": "due", "refund_id": ""}
    times = ("starts_at", "ends_at", "hold_until", "created_at", "payments.0.attempts.0.expires_at", "history.0.at")
    changes: list[tuple[str, object]] = [
        *((path, far()) for path in times for _ in range(3)),
        ("ends_at", row["starts_at"]),
        ("ends_at", row["starts_at"] - timedelta(minutes=1 + draw(10**6))),
        ("ends_at", row["starts_at"] + timedelta(days=367 + draw(900))),
        ("hold_until", row["created_at"] + timedelta(minutes=31 + draw(10**6))),
        *(("quote.total", value) for value in (*more, 0, -total)),
        *(("quote.lines", value) for value in lines),
        ("quote.lines.0.unit", lambda unit: unit + 1),
        ("quote.lines.0.count", lambda count: count + 1),
        ("quote.currency", "USD"),
        *(("payments.0.attempts.0.amount.minor", value) for value in (1, *more)),
        ("payments.0.attempts.0.amount.currency", "USD"),
        *(("payments.0.attempts.0.n", value) for value in (0, -1, 2, 2**31)),
        ("payments", []),
        ("payments.0.amount.minor", total + 1),
        ("payments.0.purpose", "tip"),
        ("payments.0.attempts", []),
        ("payments.0.attempts", [attempt, attempt]),
        ("payments.0.attempts", [attempt, {**attempt, "n": 2, "amount": {"minor": total - 1, "currency": "EUR"}}]),
        ("history", []),
        *(("state", each.value) for each in BookingState if each != row["state"]),
        *(("history.0.state", each.value) for each in BookingState if each != "held"),
        ("history", [step, {**step, "state": "confirmed"}]),
        ("history", [{**step, "state": "released"}, step]),
        *(
            ("payments.0.refunds", [{**refund, "amount": {"minor": value, "currency": "EUR"}}])
            for value in (total + 1, 0, -1)
        ),
        ("payments.0.refunds", [{**refund, "amount": {"minor": 1, "currency": "USD"}}]),
        ("version", -1),
        ("version", 2**60),
        ("priced.terms_n", -1),
    ]
    return changed(row, changes)


def fences(row: dict) -> list[dict]:
    claim = row["claims"][0]
    backwards = {**claim, "ends_at": claim["starts_at"] - timedelta(minutes=DRAW.randrange(10**6))}
    changes = [
        ("seq", -5),
        ("seq", 2**60),
        ("terms.n", 0),
        *(("terms.daily_rate.minor", value) for value in (0, -1, 10**13)),
        ("claims", [claim, backwards]),
        ("claims", [backwards, claim]),
        ("claims.0.ends_at", claim["starts_at"] + timedelta(days=367)),
        ("claims.0.ends_at", far()),
        ("claims.0.starts_at", far()),
    ]
    return changed(row, changes)


def others(booking: dict) -> dict[str, tuple[dict, list[tuple[str, object]]]]:
    """Collection -> an honest row and what makes it none."""
    now = booking["created_at"]
    money = {"minor": 5_000, "currency": "EUR"}
    stay = {"car_id": "car-1", "starts_at": now, "ends_at": now + HOUR, "rate": money}
    period = {"starts_at": booking["starts_at"], "ends_at": booking["ends_at"]}
    where = {"car_id": "car-1", "branch_id": "br-berlin", "owner_id": "owner-1"}
    signed = {"slot": 1, "account": "renter", "kind": "HOLD", "body": "{}", "at": Int64(1), "sig": Binary(b"s" * 64)}
    payment = {"session_id": "cs_1", "booking_id": "B", "attempt": 1, "amount": money, "expires_at": now}
    return {
        "news": (
            {"booking_id": "B", **where, **period, "blocking": True, "at": now},
            [("ends_at", booking["starts_at"]), ("at", far())],
        ),
        "ledger": (
            {
                "booking_id": "B",
                "payment_id": "B:1",
                "kind": "charge",
                "source_id": "s",
                "amount": money,
                **where,
                "at": now,
            },
            [("at", far()), ("amount.minor", 10**13), ("amount.minor", -(10**13)), ("amount.currency", "eur")],
        ),
        "movements": (
            {
                "_id": "mv-1",
                "car_id": "car-1",
                "owner_id": "owner-1",
                "kind": "service",
                "state": "planned",
                "starts_at": now,
                "ends_at": now + timedelta(days=1),
                "from": "br-1",
                "to": "br-1",
                "reason": "Brakes",
                "by": "owner",
                "at": now,
                "version": 1,
            },
            [("ends_at", now), ("ends_at", now + timedelta(days=367)), ("starts_at", far()), ("version", 0)],
        ),
        "restored_payments": (
            {"_id": "pi_1", **payment, "found_at": now, "claimed": False, "outcome": "open", "stay": stay},
            [("stay.ends_at", now), ("amount.minor", 0), ("stay.rate.minor", -1), ("found_at", far())],
        ),
        "settings": ({"_id": 9, "withdraws": 8, "by": "admin", "made_at": now}, [("withdraws", 9), ("withdraws", 10)]),
        "images.chunks": (
            {"files_id": "p", "n": 0, "data": Binary(b"x" * 255 * 1024)},
            [("data", Binary(b"")), ("data", Binary(b"x" * (255 * 1024 + 1))), ("n", -1), ("n", 1_000)],
        ),
        "wishes": ({"_id": "w", **signed}, [("sig", Binary(b"")), ("sig", Binary(b"s" * 65)), ("sig", Binary(b"s"))]),
        "wish_keys": (
            {"_id": "somebody", "name": "A", "renter": {}, "public": Binary(b"k" * 32), "active": True, "since": now},
            [("public", Binary(b"k" * 31)), ("public", Binary(b"k" * 64)), ("since", far())],
        ),
        "logos": (
            {"_id": "a" * 64, "data": Binary(b"p"), "by": "admin", "at": now},
            [("data", Binary(b"")), ("data", Binary(b"p" * (MOST_LOGO_BYTES + 1))), ("at", far())],
        ),
        "marks": (
            {
                "_id": "mk-1",
                "car_id": "car-1",
                "n": 1,
                "view": "left",
                "x": 1,
                "y": 10_000,
                "part": "sill-left",
                "kind": "dent",
                "severity": 3,
                "photos": [],
                "found": {"by": "clerk", "at": now, "agreement_id": "B", "leg": 1, "when": "out"},
                "state": "repaired",
                "ended": {"by": "admin", "at": now, "why": "painted"},
            },
            [
                ("state", "open"),
                ("found", {"by": "clerk", "at": now, "leg": 1, "when": "out"}),
                ("found", {"by": "clerk", "at": now, "agreement_id": "B", "when": "out"}),
                ("found", {"by": "clerk", "at": now, "agreement_id": "B", "leg": 1}),
                ("ended.at", far()),
            ],
        ),
        "rounds": ({"_id": "sweeper", "by": "w", "desk": "d", "at": now, "count": 0}, [("count", -1), ("at", far())]),
    }


def matched(world, rows: list[dict], wanted: dict) -> list[dict]:
    """Those of *rows* that match, by the server's own word; nothing is written."""
    return list(world.db.client.admin.aggregate([{"$documents": rows}, {"$match": wanted}]))


@pytest.fixture
def raw(endpoints, world):
    """Connections of an account's own, past the program."""
    opened = []

    def connect(account: str) -> pymongo.database.Database:
        client = pymongo.MongoClient(
            endpoints.mongo_url, username=account, password=PASSWORD, authSource=DATABASE, tz_aware=True, tzinfo=UTC
        )
        opened.append(client)
        return client[DATABASE]

    yield connect
    for client in opened:
        client.close()


async def held(world, **changes) -> Booking:
    async with world.desk() as desk:
        return await desk.booking.hold(desk.actor, wish(desk, **changes))


async def test_no_desk_can_write_what_no_booking_and_no_fence_holds(world, raw):
    booking = await held(world)
    row, fence = world.stored(booking), world.db.fences.find_one({"_id": "car-1"})
    clerk, before = raw("clerk"), [row, fence]

    for name, honest, hostile in (("bookings", row, bookings(row)), ("fences", fence, fences(fence))):
        changes = [pymongo.ReplaceOne({"_id": honest["_id"]}, each) for each in hostile]
        with pytest.raises(BulkWriteError) as told:
            clerk[name].bulk_write(changes, ordered=False)
        refused = {each["index"] for each in told.value.details["writeErrors"] if each["code"] == _REFUSED}
        assert [] == [each for at, each in enumerate(hostile) if at not in refused]
    new = [{**each, "_id": f"new-{n}", "intent_key": f"new-{n}"} for n, each in enumerate(bookings(row))]
    with pytest.raises(BulkWriteError) as told:
        clerk.bookings.insert_many(new, ordered=False)

    assert len(new) == len(told.value.details["writeErrors"])
    assert before == [world.stored(booking), world.db.fences.find_one({"_id": "car-1"})]
    assert 1 == world.db.bookings.count_documents({})


async def test_every_rule_lets_honest_rows_pass_and_refuses_something(world):
    row = world.stored(await held(world))
    fence = world.db.fences.find_one({"_id": "car-1"})
    cases = {"bookings": (row, bookings(row)), "fences": (fence, fences(fence))}
    cases |= {name: (honest, changed(honest, what)) for name, (honest, what) in others(row).items()}
    never = {name for name in cases if name not in RULES and name not in ("ledger", "rounds")}

    for name, (honest, hostile) in cases.items():
        whole = {"_id": "x", **honest} if name not in ("images.chunks", "news", "ledger") else honest
        shaped = VALIDATORS[name]["$and"][1:] or [{}]
        assert 1 == len(matched(world, [whole], {"$and": shaped})), name
        for rule in RULES.get(name, ()):
            assert matched(world, hostile, {"$nor": [{"$expr": rule}]}), (name, rule)
    assert set() == never
    assert RULES.keys() <= cases.keys()


async def test_other_rows_are_refused_to_the_roles_that_may_write_them(world, raw):
    row = world.stored(await held(world))
    who = {"settings": "admin", "images.chunks": "owner", "wishes": "renter", "wish_keys": "admin", "logos": "admin"}
    who |= {"movements": "owner", "restored_payments": "worker", "ledger": "clerk", "news": "clerk", "rounds": "clerk"}
    who["marks"] = "clerk"

    for name, (honest, what) in others(row).items():
        rows, db = changed(honest, what), raw(who[name])
        for n, each in enumerate(rows):
            key = (
                {"_id": each["_id"] if isinstance(each.get("_id"), int) else f"{each['_id']}{n}"}
                if "_id" in each
                else {}
            )
            with pytest.raises(WriteError) as told:
                db[name].insert_one({**each, **key})
            assert _REFUSED == told.value.code, (name, what[n])
        db[name].insert_one(dict(honest))
    # Of these, tests share the rows.
    assert 1 == world.db.wish_keys.delete_many({"_id": "somebody"}).deleted_count
    assert 1 == world.db.restored_payments.delete_many({"_id": "pi_1"}).deleted_count


async def test_a_row_from_before_its_rule_is_told_put_aside_and_can_be_let_go_of(world):
    """Under a strict validator neither desk could write what it found, and the car would be kept for ever."""
    booking = await held(world)
    until = {"hold_until": booking.created_at + timedelta(days=3650)}
    world.db.bookings.update_one({"_id": booking.id}, {"$set": until}, bypass_document_validation=True)
    claim = kept("old", booking.period.ends_at, booking.period.starts_at, "movement")
    world.db.fences.update_one({"_id": "car-1"}, {"$push": {"claims": claim}}, bypass_document_validation=True)

    async with world.desk("admin") as admin:
        report = await admin.admin.health.examine(admin.actor)
    async with world.desk() as desk:
        with pytest.raises(NotBelieved):
            await desk.rental.give_up(desk.actor, booking.id)
        other = await desk.booking.hold(desk.actor, wish(desk, key="other", first=20, last=22))
        claimed = {each["id"] for each in world.db.fences.find_one({"_id": "car-1"})["claims"]}
        await desk.rental.give_up(desk.actor, other.id)

    (rows,) = [each for each in report.findings if each.area is HealthArea.ROWS]
    assert Level.BAD is rows.level
    assert f"bookings: {booking.id}" in dict(facts_of(rows))["Wrong"]
    assert "fences: car-1" in dict(facts_of(rows))["Wrong"]
    assert "doubted" == world.stored(booking)["payments"][0]["trouble"]["why"]
    assert {booking.id, "old", other.id} == claimed
    assert {booking.id, "old"} == {each["id"] for each in world.db.fences.find_one({"_id": "car-1"})["claims"]}


async def test_a_validator_that_only_warns_or_looks_away_is_another_one(world):
    options = next(iter(world.db.list_collections(filter={"name": "cars"})))["options"]

    assert same_validator(options, VALIDATORS["cars"])
    for weaker in ({"validationLevel": "off"}, {"validationAction": "warn"}, {"validator": {}}):
        assert not same_validator({**options, **weaker}, VALIDATORS["cars"])


async def test_nothing_is_promised_for_a_time_that_no_row_may_hold(world):
    late = RentalPeriod(datetime(2199, 12, 30, tzinfo=UTC), LATEST + DRAW.randrange(8_700) * HOUR)

    async with world.desk() as desk:
        with refused(InvalidPeriod, match="too far ahead"):
            await desk.booking.hold(desk.actor, wish(desk, period=late))
        kept = await desk.booking.hold(desk.actor, wish(desk, period=days(desk, 5, 7)))

    assert 1 == world.db.bookings.count_documents({"_id": kept.id})
