"""A rental whose car is out ends later or earlier: never into somebody else's time, and what it costs is a line."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from at_counter import HOUR, confirmed, fence
from builders import FULL

from engine.adapters.mongo import fences
from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.agreement.reading import Reading
from engine.domain.booking.booking import EndChange
from engine.domain.car.handing_over import ClosedThen
from engine.domain.health.health import HealthArea, Level
from engine.domain.money.money import Money
from engine.domain.shared.errors import (
    DriveSphereError,
    InvalidPeriod,
    MoveRefused,
    NotBelieved,
    Overtaken,
    PeriodTaken,
)

pytestmark = pytest.mark.asyncio
DAY = timedelta(days=1)


async def out(desk, stripe, last=47, **changes):
    booking = await confirmed(desk, stripe, -0.3, last, **changes)
    return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def lines(desk, booking):
    agreement = await desk.agreements.agreement(desk.actor, booking.id)
    return [(line.kind.value, line.count, line.amount.minor) for line in agreement.lines]


async def health(world):
    async with world.desk("admin") as admin:
        report = await admin.admin.health.examine(admin.actor)
    wanted = (HealthArea.CLAIMS, HealthArea.AGREEMENTS, HealthArea.OVERLAPS, HealthArea.RECONCILE)
    return {each.area: each for each in report.findings if each.area in wanted and each.level is not Level.GOOD}


async def test_longer_and_shorter_and_back_and_the_books_agree(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        ends_at = booking.period.ends_at
        told = await desk.agreements.quote_end(desk.actor, booking.id, ends_at + 2 * DAY)
        assert (2 * DAY, Money(100_00, "EUR")) == (told.by, told.costs)

        longer = await desk.agreements.extend(desk.actor, booking.id, ends_at + 2 * DAY, seen=booking.version)
        (claim,) = fence(world)["claims"]
        assert (ends_at + 2 * DAY, ends_at + 2 * DAY, True) == (claim["ends_at"], claim["free_at"], claim["out"])
        assert (EndChange(ends_at, ends_at + 2 * DAY), booking.quote, booking.since) == (
            longer.history[-1].ends,
            longer.quote,
            longer.since,
        )
        assert booking.period == longer.sold_period
        shorter = await desk.agreements.extend(desk.actor, booking.id, ends_at + DAY, seen=longer.version)
        assert [("day", 2, 100_00), ("extended", 2, 100_00), ("shortened", 1, -50_00)] == await lines(desk, booking)
        assert {} == await health(world)
        await desk.rental.returned(desk.actor, shorter.id, Reading(10_100, 8))

    assert {} == await health(world)
    rows = list(world.db.audit.find({"what": {"$in": ["booking.extended", "booking.shortened"]}}))
    assert ["10000 EUR", "-5000 EUR"] == [row["after"]["costs"] for row in rows]


async def test_an_extension_into_a_sold_day_is_refused_and_names_it(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        sold = await confirmed(desk, stripe, 72, 90, key="next")
        with pytest.raises(PeriodTaken) as caught:
            await desk.agreements.extend(desk.actor, booking.id, sold.period.starts_at + HOUR, seen=booking.version)
        assert ((sold.id,), sold.free_at) == (caught.value.booking_ids, caught.value.until)
        assert booking == await desk.booking.booking(desk.actor, booking.id)
        assert [("day", 2, 100_00)] == await lines(desk, booking)
        await desk.agreements.extend(desk.actor, booking.id, sold.period.starts_at, seen=booking.version)

    assert {} == await health(world)


async def test_what_cannot_be_is_refused_and_leaves_everything(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        waiting = await confirmed(desk, stripe, 1, 20, key="w", car="car-2")
        agreements, now, ends_at = desk.agreements, desk.clock.now(), booking.period.ends_at
        for wished, refused in (
            (now - HOUR, MoveRefused),
            (ends_at, MoveRefused),
            (booking.period.starts_at + 367 * DAY, InvalidPeriod),
        ):
            with pytest.raises(refused):
                await agreements.extend(desk.actor, booking.id, wished, seen=booking.version)
        with pytest.raises(Overtaken):
            await agreements.extend(desk.actor, booking.id, ends_at + DAY, seen=booking.version - 1)
        never = dict.fromkeys(("out_of_hours.return.allowed", "out_of_hours.key_box.allowed"), False)
        closed = {**never, "week": [{"open": []}] * 7}
        world.db.branches.update_one({"_id": "br-berlin"}, {"$set": closed})
        with pytest.raises(ClosedThen):
            await agreements.extend(desk.actor, booking.id, ends_at + DAY, seen=booking.version)
        with pytest.raises(MoveRefused):
            await agreements.extend(desk.actor, waiting.id, ends_at + DAY, seen=waiting.version)

    assert booking.version == world.stored(booking)["version"]


async def test_a_row_with_another_end_than_its_history_tells_is_not_believed(world, stripe):
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        later = {"ends_at": booking.period.ends_at + DAY, "free_at": booking.free_at + DAY}
        world.db.bookings.update_one({"_id": booking.id}, {"$set": later})
        with pytest.raises(NotBelieved):
            await desk.agreements.extend(desk.actor, booking.id, booking.period.ends_at + 2 * DAY, seen=booking.version)


async def test_an_extension_against_an_extension_a_return_and_a_sale(world, stripe):
    """Of all that is pressed at once each is done whole or not at all."""
    async with world.desk() as one, world.desk() as other:
        booking = await out(one, stripe)
        ends_at = booking.period.ends_at
        tried = await asyncio.gather(
            *(
                desk.agreements.extend(desk.actor, booking.id, ends_at + n * DAY, seen=booking.version)
                for n, desk in enumerate((one, other, one, other), 1)
            ),
            other.rental.returned(other.actor, booking.id, Reading(10_100, 8)),
            return_exceptions=True,
        )

    refused = [each for each in tried if isinstance(each, BaseException)]
    assert (4, []) == (len(refused), [each for each in refused if not isinstance(each, DriveSphereError)])
    row, agreement = world.stored(booking), world.db.agreements.find_one({"_id": booking.id})
    extended = [step for step in row["history"] if "ends" in step]
    assert len(extended) == sum(line["kind"] == "extended" for line in agreement["lines"]) <= 1
    assert {} == await health(world)


async def test_the_guards_are_what_holds(world, stripe, monkeypatch):
    """Without them the same doings end otherwise, so the tests above would see it."""
    monkeypatch.setattr(fences, "between", lambda *_: {"id": "nobody's"})
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        monkeypatch.undo()
        await confirmed(desk, stripe, 72, 90, key="next")
        monkeypatch.setattr(fences, "between", lambda *_: {"id": "nobody's"})
        await desk.agreements.extend(desk.actor, booking.id, booking.period.ends_at + 2 * DAY, seen=booking.version)
    assert {HealthArea.OVERLAPS, HealthArea.CLAIMS} <= (await health(world)).keys()


async def test_without_its_line_an_extension_is_told(world, stripe, monkeypatch):
    async def nothing(_self, _agreement):
        """It stays as it was."""

    monkeypatch.setattr(MongoTransaction, "replace_agreement", nothing)
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        await desk.agreements.extend(desk.actor, booking.id, booking.period.ends_at + DAY, seen=booking.version)

    assert [HealthArea.AGREEMENTS] == list(await health(world))
