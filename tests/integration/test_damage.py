"""Rows written past the program, on real servers: one line each, in every list, file and sum, and the others go on."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from bson.datetime_ms import DatetimeMS
from builders import BERLIN, days, wish
from hostile import VALUES, paths, with_value
from payments import opened
from pymongo.errors import WriteError
from within import WITHIN_S

from engine.domain.booking.listing import MOST_ROWS, BookingQuery, BookingScope
from engine.domain.car.catalogue import CarWish
from engine.domain.car.fleet import FleetQuery
from engine.domain.firm.audit import AuditQuery
from engine.domain.people.accounts import PeopleQuery
from engine.domain.reports.figure_sources import Figure, FigureQuestion
from engine.domain.reports.overview import MoneyQuestion
from engine.domain.reports.report_period import milliseconds, month
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import DamagedRow

pytestmark = pytest.mark.asyncio
ALL = BookingQuery(BookingScope.ALL, limit=MOST_ROWS)
NUMBERS = count(1)


def plant(world, collection: str, values, most: int = 150) -> list[str]:
    """Copies of an honest row of *collection*, each with one hostile value, past the validator; their ids."""
    honest = world.db[collection].find_one()
    changes = [(path, value) for path in paths(honest) for value in values]
    step = max(1, len(changes) // most)
    made = []
    for path, value in changes[::step]:
        copied = with_value(honest, path, value)
        # Unique indexes are the database's own and hold for hostile rows too.
        unique = {"intent_key": f"k{next(NUMBERS)}", "plate_key": f"P{next(NUMBERS)}", "source_id": f"s{next(NUMBERS)}"}
        for name, other in unique.items():
            if name in copied and path[0] != name:
                copied[name] = other
        if path[0] != "session_ids":
            copied.pop("session_ids", None)
        copied["_id"] = f"bad-{next(NUMBERS)}"
        made.append(copied)
    kept = []
    for each in made:
        # An index takes no list beside another: such a row is refused by the server itself.
        with suppress(WriteError):
            world.db[collection].insert_one(each, bypass_document_validation=True)
            kept.append(each["_id"])
    assert len(kept) > len(made) / 2
    return kept


async def all_rows(page) -> list:
    """All pages of a list, and that the counts fit."""
    rows, first = [], await page(0)
    rows += first.rows
    while len(rows) < first.total:
        more = (await page(len(rows))).rows
        assert more, (len(rows), first.total)
        rows += more
    assert len(rows) == first.total
    return rows


async def test_bookings_past_the_program_are_one_line_each_everywhere(world):
    async with world.desk() as clerk, world.desk("admin") as admin, world.desk("owner") as owner:
        honest = await opened(clerk)
        planted = set(plant(world, "bookings", VALUES))
        waiting = world.stored(honest) | {"_id": "bad-case", "intent_key": "case", "person_at": honest.created_at}
        waiting.pop("session_ids", None)
        world.db.bookings.insert_one(with_value(waiting, ("quote", "lines"), []), bypass_document_validation=True)
        planted.add("bad-case")
        office = admin.admin

        def page(offset):
            asked = BookingQuery(BookingScope.ALL, limit=MOST_ROWS, offset=offset)
            return admin.listing.page(admin.actor, asked)

        rows = await all_rows(page)
        damaged = {row.id for row in rows if isinstance(row, Damaged)}
        lines: list[str] = []
        done = await admin.listing.export(admin.actor, ALL, lines.append)
        theirs = await owner.listing.page(owner.actor, BookingQuery(BookingScope.FLEET, limit=MOST_ROWS))
        overview, pulse = await office.overview.figures(admin.actor), await office.overview.pulse(admin.actor)
        cases = await office.manual_review.waiting(admin.actor, limit=200)
        a_line = next(iter(damaged))
        with pytest.raises(DamagedRow) as refused:
            await admin.booking.booking(admin.actor, a_line)
        await clerk.sweeper.sweep()
        again = await clerk.booking.booking(clerk.actor, honest.id)

    assert planted >= damaged
    assert len(damaged) > len(planted) / 2
    assert honest.id in {row.id for row in rows}
    text = "".join(lines)
    assert done.rows == len(rows) == text.count("\r\n") - 1
    assert all(f"damaged: {each}" in text for each in damaged)
    assert honest.id in text
    assert theirs.total > 1
    assert overview.cars == 3
    assert pulse.latest
    assert "bad-case" in {case.id for case in cases.rows if isinstance(case, Damaged)}
    assert a_line == refused.value.key
    assert again.id == honest.id


async def test_cars_and_branches_past_the_program_stop_neither_search_nor_fleet_nor_hold(world):
    planted = plant(world, "cars", VALUES)
    plant(world, "branches", VALUES)
    async with world.desk() as clerk, world.desk("admin") as admin, world.desk("owner") as owner:
        asked = CarWish(BERLIN.id, days(clerk, 1, 3))
        await clerk.catalogue.facets(clerk.actor, BERLIN.id)
        found, offset = [], 0
        while (page := await clerk.catalogue.search(clerk.actor, asked, offset=offset)).rows:
            found += [*(offer.car.id for offer in page.offers), *(each.id for each in page.damaged)]
            offset += page.rows
        again = await clerk.catalogue.search(clerk.actor, asked)
        held = await clerk.booking.hold(clerk.actor, wish(clerk))
        taken = await clerk.availability.taken_cars(clerk.actor, asked)
        fleet = await all_rows(lambda at: admin.fleet.page(admin.actor, FleetQuery(offset=at, limit=200)))
        own = await owner.fleet.page(owner.actor, FleetQuery(limit=200))
        lines = await admin.admin.branches.lines(admin.actor)
        await admin.admin.overview.figures(admin.actor)

    assert again.total == page.total == len(found)
    assert {"car-1", "car-2", "car-3"} <= set(found)
    assert held.car_id == "car-1"
    assert taken.total >= 1
    damaged = {row.id for row in fleet if isinstance(row, Damaged)}
    assert damaged
    assert damaged <= set(planted)
    assert any(isinstance(row, Damaged) for row in own.rows)
    assert {"br-berlin", "br-lisbon"} <= {line.branch.id for line in lines if not isinstance(line, Damaged)}
    assert any(isinstance(line, Damaged) for line in lines)


async def test_people_requests_renters_and_audit_past_the_program_stop_no_list(world):
    async with world.desk() as clerk, world.desk("admin") as admin:
        await opened(clerk)
        world.db.audit.insert_one(
            {"at": datetime.now(UTC), "by": "a", "desk": "d", "what": "car.added", "subject": "car:1"}
            | {"before": {}, "after": {"seats": "5"}}
        )
        planted = {name: plant(world, name, VALUES, 60) for name in ("people", "audit", "renters", "settings")}
        office = admin.admin
        try:
            people = await all_rows(lambda at: admin.accounts.page(admin.actor, PeopleQuery(), offset=at))
            audit = await all_rows(lambda at: office.audit.page(admin.actor, AuditQuery(offset=at, limit=200)))
            lines: list[str] = []
            exported = await office.audit.export(admin.actor, AuditQuery(), lines.append)
            await office.audit.names(admin.actor)
            renters = (await clerk.catalogue.renters(clerk.actor, "ada")).rows
            firm = await office.firm.firm(admin.actor)
            held = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="other"))
        finally:
            world.db.people.delete_many({"_id": {"$in": planted["people"]}})

    assert any(isinstance(row, Damaged) for row in people)
    assert {"clerk", "admin"} <= {row.person.account for row in people if not isinstance(row, Damaged)}
    assert exported == len(audit) == "".join(lines).count("\r\n") - 1
    assert any(isinstance(row, Damaged) for row in audit)
    assert any(isinstance(row, Damaged) for row in renters)
    assert firm.damaged
    assert firm.holding is not None
    assert held.quote.commission_bp == 1500


async def test_a_ledger_past_the_program_stops_no_sum_and_what_belongs_to_no_booking_earns_nothing(world, stripe):
    async with world.desk() as clerk, world.desk("admin") as admin, world.desk("owner") as owner:
        booking = await opened(clerk)
        await stripe.pay(booking)
        paid = await clerk.payment.settle(clerk.actor, booking.id)
        today = clerk.clock.now().astimezone(ZoneInfo("Europe/Berlin"))
        span = month(today.year, today.month, "Europe/Berlin")
        honest = await owner.earnings.report(owner.actor, span)
        rows = list(world.db.ledger.find())
        plant(world, "ledger", VALUES)
        world.db.ledger.delete_many({"booking_id": paid.id, "_id": {"$nin": [row["_id"] for row in rows]}})
        ghosts = [row | {"_id": f"ghost-{n}", "booking_id": "GHOST"} for n, row in enumerate(rows)]
        world.db.ledger.insert_many(ghosts, bypass_document_validation=True)
        world.redis.flushall()

        forged = await owner.earnings.report(owner.actor, span)
        since, until = milliseconds(span.starts_at), milliseconds(span.ends_at)
        asked = FigureQuestion(figure=Figure.NET, currency="EUR", since=since, until=until)
        explained = await owner.earnings.explain(owner.actor, asked)
        overview = await admin.admin.overview.figures(admin.actor)
        behind = await admin.admin.overview.behind(admin.actor, MoneyQuestion(overview.months, "EUR"))

    assert [replace(each.total, available_ms=0) for each in honest.currencies] == [
        replace(each.total, available_ms=0) for each in forged.currencies
    ]
    assert honest.strays == 0
    assert forged.strays >= 1
    assert explained.minor == honest.currencies[0].total.net_minor
    assert "damaged: GHOST" in {row.booking.line for row in behind.rows if isinstance(row.booking, Damaged)}
    assert paid.id in {row.booking.id for row in behind.rows}


async def test_the_live_word_goes_on_after_a_row_that_cannot_be_read(world):
    async with world.desk("admin", background=True) as admin, world.desk() as clerk:
        await opened(clerk)
        listener = admin.live.subscribe()
        plant(world, "bookings", [DatetimeMS(2**60), float("nan")], 20)

        honest = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="after"))

        async with asyncio.timeout(WITHIN_S):
            seen: set[str] = set()
            while honest.id not in seen:
                news = await listener.next()
                seen |= {fact.booking.id for fact in news.facts if hasattr(fact, "booking")}


async def test_a_claim_or_terms_that_cannot_be_read_refuse_by_name_and_let_go(world):
    async with world.desk() as clerk:
        held = await opened(clerk)
        world.db.fences.update_one(
            {"_id": "car-1"}, {"$set": {"terms.daily_rate.minor": 2**62}}, bypass_document_validation=True
        )
        with pytest.raises(DamagedRow) as refused:
            await clerk.booking.hold(clerk.actor, wish(clerk, first=10, last=12, key="late"))

        released = await clerk.rental.give_up(clerk.actor, held.id)

    assert ("fences", "car-1") == (refused.value.collection, refused.value.key)
    assert not released.blocking
    assert [] == world.db.fences.find_one({"_id": "car-1"})["claims"]
    assert 1 == world.db.bookings.count_documents({})
