"""Lists of bookings: narrowed by the account, searched without patterns, every plan an index, always by pages."""

from __future__ import annotations

import csv
import io
import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from altered import altered
from builders import BERLIN, LISBON, RENTER, make_car, wish
from csv_readers import GERMAN, TABBED, rows_of
from pymongo import monitoring

from engine.adapters.mongo.client import Credentials, connect, database
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.queries.listing import _in_order, filter_of, order_of
from engine.adapters.mongo.schema.views import FLEET as FLEET_VIEW
from engine.adapters.mongo.schema.views import FLEET_IN_ORDER, FLEET_LIST, RENTER_CHANGES, STANDINGS, VIEWS
from engine.domain.booking.listing import (
    COUNT_CAP,
    BookingOrder,
    BookingQuery,
    BookingScope,
    scopes_of,
    selection,
    told_to,
)
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState, Standing
from engine.domain.car.car import BranchId, OwnerId
from engine.domain.money.ledger import LedgerKind, charge_rows, refund_rows
from engine.domain.money.money import Money
from engine.domain.money.payment import Refund
from engine.domain.people.people import RenterId, Role
from engine.domain.shared.csv_text import PLAIN
from engine.domain.shared.errors import Forbidden, InvalidText, NotFound
from engine.wiring.booking_desk import readable_to

pytestmark = pytest.mark.asyncio
MINE, BRANCH, FLEET, ALL = BookingScope.MINE, BookingScope.BRANCH, BookingScope.FLEET, BookingScope.ALL
_MOMENT = datetime(2026, 11, 24, tzinfo=UTC)
BEA = replace(RENTER, id=RenterId("renter-2"), name="Béa Ortiz-Lund", email="bea@example.org")


@pytest.fixture
def filled(world):
    """A second owner's car, one in Lisbon, and a second renter."""
    world.add_cars(
        make_car(8, owner_id=OwnerId("owner-2"), plate="M-XY 88"), make_car(9, branch_id=LISBON.id, plate="LX-77-AA")
    )
    world.db.renters.insert_one(renter_document(BEA))
    return world


async def _book(desk, n, car, **changes):
    return await desk.booking.hold(desk.actor, wish(desk, car=car, key=f"key-{n}", **changes))


async def _ids(desk, scope, **changes):
    return [row.id for row in (await desk.listing.page(desk.actor, BookingQuery(scope, **changes))).rows]


async def test_each_account_lists_what_its_scope_holds_and_no_other(filled):
    async with filled.desk("clerk") as berlin, filled.desk("clerk2") as lisbon:
        here = (await _book(berlin, 1, "car-1")).id
        foreign = (await _book(berlin, 2, "car-8")).id
        there = (await _book(berlin, 3, "car-9")).id
        async with filled.desk("owner") as owner, filled.desk("admin") as admin:
            assert [there, foreign, here] == await _ids(berlin, MINE)
            assert [foreign, here] == await _ids(berlin, BRANCH)
            assert [] == await _ids(lisbon, MINE)
            assert [there] == await _ids(lisbon, BRANCH)
            assert [there, here] == await _ids(owner, FLEET)
            assert [there, foreign, here] == await _ids(admin, ALL)
            assert [] == await _ids(admin, MINE)


@pytest.mark.parametrize("account", ["clerk", "owner", "admin", "worker"])
async def test_every_scope_is_refused_to_whom_it_does_not_belong(world, account):
    async with world.desk(account) as desk:
        allowed = scopes_of(desk.actor)
        for scope in set(BookingScope) - set(allowed):
            with pytest.raises(Forbidden):
                await _ids(desk, scope)
        for scope in allowed:
            assert [] == await _ids(desk, scope)


async def test_a_scope_is_not_widened_by_asking_for_somebody_elses(world):
    async with world.desk("clerk") as clerk, world.desk("owner") as owner:
        with pytest.raises(Forbidden):
            await _ids(clerk, BRANCH, branch_id=LISBON.id)
        with pytest.raises(Forbidden):
            await _ids(owner, FLEET, owner_id=OwnerId("owner-2"))
        assert [] == await _ids(clerk, BRANCH, branch_id=BERLIN.id)


@pytest.mark.parametrize(
    "text",
    ["b-ds 1", "BDS1", "b ds1", "ada", "ADA MOR", "moreau", "mor"],
)
async def test_a_booking_is_found_by_the_beginning_of_plate_and_name(filled, text):
    async with filled.desk() as desk:
        wanted = (await _book(desk, 1, "car-1")).id
        await _book(desk, 2, "car-8", renter_id=BEA.id)

        assert [wanted] == await _ids(desk, MINE, text=text)


async def test_a_booking_is_found_by_its_number_however_it_is_written(filled):
    async with filled.desk() as desk:
        wanted = (await _book(desk, 1, "car-1")).id
        await _book(desk, 2, "car-8")

        for text in (wanted, wanted.lower(), f"{wanted[:4]}-{wanted[4:8]}-{wanted[8:]}", wanted[:6]):
            assert [wanted] == await _ids(desk, MINE, text=text)


async def test_accents_and_the_second_word_of_a_name_do_not_matter(filled):
    async with filled.desk() as desk:
        wanted = (await _book(desk, 1, "car-1", renter_id=BEA.id)).id

        for text in ("bea", "BÉA", "ortiz", "lund", "bea  ortiz"):
            assert [wanted] == await _ids(desk, MINE, text=text)


_SPELT = (
    "030 901820", "(030) 90 18 20", "+49 30 901820", "0049 30 901820", "+49 (0)30 901820", "tel:+49-30-901820",
    "901820", "0182", "ada@example.org", "a@exam", "EXAMPLE", "072RRE", "B072 RRE2 I55", "oreau", "Moreau, Ada", "ds1",
)  # fmt: skip
_SLIPPED = ("Moureau", "Moerau", "Moreua", "Ada Mreau", "ada@exmaple.org", "B072RRE2I5S", "030 901802", "B-SD 1")


async def test_a_booking_is_found_by_any_part_of_its_renter_and_plate_and_one_slip_is_forgiven(filled):
    async with filled.desk() as desk, filled.desk("owner") as owner:
        wanted = (await _book(desk, 1, "car-1")).id
        await _book(desk, 2, "car-9", renter_id=filled_renter(filled), first=5, last=6)
        number = f"{wanted[:4]}-{wanted[4:8]}-{wanted[8:]}"
        other = "7" if wanted[5] != "7" else "8"
        slipped = [
            f"{number[:6]}{other}{number[7:]}", number[1:], f"{number[:2]}{other}{number[2:]}",
            f"{wanted[:4]}{wanted[5]}{wanted[4]}{wanted[6:]}",
        ]  # fmt: skip

        for text in (*_SPELT, *(wanted[at : at + 5] for at in range(8)), number[3:11]):
            page = await desk.listing.page(desk.actor, BookingQuery(MINE, text=text))
            assert ([wanted], False) == ([row.id for row in page.rows], page.slip), text
        for text in (*_SLIPPED, *slipped):
            page = await desk.listing.page(desk.actor, BookingQuery(MINE, text=text))
            assert [wanted] == [row.id for row in page.rows], text
            assert page.slip or text.replace("-", "") in wanted
        for text in (wanted[3:9], "ds 1", *slipped):
            assert [wanted] == await _ids(owner, FLEET, text=text), text
        for text in (*_SPELT[:-1], *_SLIPPED[:-1]):
            assert [] == await _ids(owner, FLEET, text=text), text


def filled_renter(world):
    """Somebody of whom nothing is like Ada's."""
    far = replace(
        RENTER, id=RenterId("renter-3"), name="Øystein Quisling", email="oq@firma.no", phone="+4722334455",
        licence="NO55",
    )  # fmt: skip
    world.db.renters.insert_one(renter_document(far))
    return far.id


async def test_a_search_reads_what_it_shows_and_not_the_collection(filled):
    async with filled.desk() as desk, filled.desk("admin") as admin:
        made = await _book(desk, 1, "car-1")
        _multiply(filled, made, 400, plain=True)
        listing = admin.listing
        for text in ("901820", made.id[2:9], "Moreua", f"{made.id[:5]}{made.id[6:]}"):
            chosen = await listing._chosen(admin.actor, BookingQuery(ALL, text=text, limit=20))
            order = dict(order_of(chosen))
            asked = {"find": "bookings", "filter": filter_of(chosen), "sort": order, "limit": 20}
            plan = filled.db.command("explain", asked)

            assert "COLLSCAN" not in json.dumps(plan, default=str)
            assert 1 <= plan["executionStats"]["nReturned"]
            assert 40 >= plan["executionStats"]["totalDocsExamined"], text
            assert 40 >= plan["executionStats"]["totalKeysExamined"], text


@pytest.mark.parametrize("text", [".*", "^", "$", "(", '{"$gt": ""}', "ada|bea", "\\", "%", "~"])
async def test_S9_typed_text_is_never_a_pattern(filled, text):
    async with filled.desk() as desk:
        await _book(desk, 1, "car-1")

        assert [] == await _ids(desk, MINE, text=text)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": {"$gt": ""}},
        {"text": "x" * 10_000},
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {"branch_id": {"$ne": None}},
        {"car_id": ["car-1"]},
        {"owner_id": {"$gt": ""}},
    ],
)
async def test_S9_query_operators_and_broken_text_are_refused_by_type(world, changes):
    async with world.desk("admin") as admin:
        with pytest.raises(InvalidText):
            await _ids(admin, ALL, **changes)


async def test_filters_narrow_by_standing_branch_owner_car_and_day(filled):
    async with filled.desk() as clerk, filled.desk("admin") as admin:
        first = await _book(clerk, 1, "car-1", first=1, last=3)
        second = await _book(clerk, 2, "car-8", first=5, last=7)
        third = await _book(clerk, 3, "car-9", first=9, last=11)
        filled.db.bookings.update_one(
            {"_id": second.id}, {"$set": {"state": BookingState.REFUNDED}}, bypass_document_validation=True
        )
        start = second.period.starts_at

        assert [second.id] == await _ids(admin, ALL, standings=frozenset({Standing.CANCELLED}))
        assert [third.id, first.id] == await _ids(admin, ALL, standings=frozenset({Standing.PENDING}))
        assert [third.id] == await _ids(admin, ALL, branch_id=LISBON.id)
        assert [second.id] == await _ids(admin, ALL, owner_id=OwnerId("owner-2"))
        assert [first.id] == await _ids(admin, ALL, car_id=first.car_id)
        assert [third.id, second.id] == await _ids(admin, ALL, since=start)
        assert [first.id] == await _ids(admin, ALL, until=start)
        assert [second.id] == await _ids(admin, ALL, since=start, until=start + timedelta(milliseconds=1))


async def test_every_order_reads_both_ways_and_pages_join_without_a_gap(filled):
    async with filled.desk() as clerk, filled.desk("admin") as admin:
        made = [
            await _book(clerk, 1, "car-1", first=9, last=10),
            await _book(clerk, 2, "car-2", first=1, last=5, renter_id=BEA.id),
            await _book(clerk, 3, "car-9", first=5, last=11),
        ]
        keys = {
            BookingOrder.CREATED: lambda row: row.created_at,
            BookingOrder.PICK_UP: lambda row: row.period.starts_at,
            BookingOrder.RETURN: lambda row: row.period.ends_at,
            BookingOrder.RENTER: lambda row: (row.renter_name != RENTER.name, row.id),
            BookingOrder.PRICE: lambda row: row.price.minor,
        }
        for order, key in keys.items():
            wanted = [row.id for row in sorted(made, key=key)]
            assert wanted == await _ids(admin, ALL, order=order, descending=False)
            assert wanted[::-1] == await _ids(admin, ALL, order=order, descending=True)
            pages = [await _ids(admin, ALL, order=order, descending=False, offset=n, limit=1) for n in range(3)]
            assert wanted == list(itertools.chain(*pages))


async def test_an_owner_is_told_initials_and_cannot_fish_for_names(filled):
    async with filled.desk() as clerk, filled.desk("owner") as owner:
        booking = await _book(clerk, 1, "car-1")
        [seen] = (await owner.listing.page(owner.actor, BookingQuery(FLEET))).rows

        assert "A. M." == seen.renter_name
        assert "ada" not in repr(seen).casefold()
        assert RENTER.id not in repr(seen)
        assert seen == await owner.booking.booking(owner.actor, booking.id)
        assert [] == await _ids(owner, FLEET, text="ada")
        assert [booking.id] == await _ids(owner, FLEET, text="b-ds 1")
        with pytest.raises(Forbidden):
            await _ids(owner, FLEET, order=BookingOrder.RENTER)


async def test_a_renters_account_lists_what_was_booked_for_that_person_only(filled):
    async with filled.desk() as clerk:
        mine = await _book(clerk, 1, "car-1")
        other = await _book(clerk, 2, "car-8", renter_id=BEA.id)
        renter = replace(clerk.actor, account="ada", role=Role.RENTER, branch_id=None, renter=RENTER)

        assert (MINE,) == scopes_of(renter)
        assert [mine.id] == [row.id for row in (await clerk.listing.page(renter, BookingQuery(MINE))).rows]
        assert mine == await clerk.booking.booking(renter, mine.id)
        with pytest.raises(NotFound):
            await clerk.booking.booking(renter, other.id)


def _queries(actor):
    """Every scope, order and filter of the account, alone and a few together."""
    filters = [
        {},
        {"text": "B-DS"},
        {"standings": frozenset({Standing.PENDING, Standing.CANCELLED})},
        {"car_id": "car-1"},
        {"since": _MOMENT, "until": _MOMENT + timedelta(days=7)},
        {"text": "B-DS", "standings": frozenset({Standing.PENDING}), "since": _MOMENT},
    ]
    if ALL in scopes_of(actor):
        filters += [{"branch_id": BranchId("br-berlin")}, {"owner_id": OwnerId("owner-1")}]
    for scope, order, down, chosen in itertools.product(scopes_of(actor), BookingOrder, (True, False), filters):
        if (scope, order) != (FLEET, BookingOrder.RENTER):
            yield BookingQuery(scope, order=order, descending=down, **chosen)


@pytest.mark.parametrize("account", ["clerk", "owner", "admin"])
async def test_O4_no_list_reads_the_whole_collection(world, account):
    async with world.desk(account) as desk:
        for query in _queries(desk.actor):
            chosen = selection(desk.actor, query)
            wanted, order = filter_of(chosen), dict(order_of(chosen))
            plan = world.db.command("explain", {"find": "bookings", "filter": wanted, "sort": order, "limit": 50})
            assert "COLLSCAN" not in json.dumps(plan, default=str), query
            count = [{"$match": wanted}, {"$limit": COUNT_CAP + 1}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
            asked = {
                "aggregate": "bookings",
                "pipeline": count,
                "cursor": {},
                **({} if wanted else {"hint": "created"}),
            }
            assert "COLLSCAN" not in json.dumps(world.db.command("explain", asked), default=str), query


def _stages(told):
    """The names of all stages that the server chose, of the query and of the pipeline behind it."""
    return _named(told["stages"] if "stages" in told else told["queryPlanner"]["winningPlan"])


def _named(plan):
    if isinstance(plan, list):
        return [name for each in plan for name in _named(each)]
    if not isinstance(plan, dict):
        return []
    own = [plan["stage"]] if isinstance(plan.get("stage"), str) else []
    own += [name for name in plan if name.startswith("$")]
    return own + [name for key, each in plan.items() if key != "rejectedPlans" for name in _named(each)]


#: How each view is asked elsewhere than in lists: by id, by owner, by owner and time.
_ASKED = {
    FLEET_VIEW: [{"_id": "B1"}, {"owner_id": "owner-1"}, {"owner_id": "owner-1", "ends_at": {"$gt": _MOMENT}}],
    FLEET_LIST: [{"_id": "B1"}, {"owner_id": "owner-1"}, {"_id": {"$in": ["B1", "B2"]}}],
    RENTER_CHANGES: [{"subject": {"$in": ["renter:r1", "renter:r2"]}}],
    STANDINGS: [{"_id": "B1"}, {"_id": {"$in": ["B1", "B2"]}}],
}


@pytest.mark.parametrize("account", ["owner", "renter", "clerk"])
async def test_every_list_goes_along_an_index_through_whatever_the_account_reads(world, account):
    """A list in an order of its own stops after a page: nothing is sorted, and no more is read than is shown."""
    async with world.desk() as desk:
        _multiply(world, await desk.booking.hold(desk.actor, wish(desk)), 300)
    world.db.bookings.update_many({}, {"$set": {"renter_id": RENTER.id, "owner_id": "owner-1"}})
    async with world.desk(account) as desk:
        source, sorts = readable_to(desk.actor).listed, 0
        for query in _queries(desk.actor):
            chosen = selection(desk.actor, query)
            cursor = _in_order(desk.payment.store._db, source, chosen).limit(20)
            asked = {"find": cursor.collection.name, "filter": filter_of(chosen), "limit": 20}
            if cursor.collection.name not in FLEET_IN_ORDER.values():
                asked["sort"] = dict(order_of(chosen))
            plan = world.db.command({"explain": asked, "verbosity": "executionStats"})
            stages = _stages(plan)

            assert "IXSCAN" in stages, query
            assert "COLLSCAN" not in stages, query
            if query.standings or query.text or query.car_id or query.order is BookingOrder.PRICE:
                continue
            narrow = query.order is BookingOrder.CREATED and not query.since
            sorts += narrow
            assert not narrow or not {"SORT", "$sort"} & set(stages), query
            assert not narrow or 20 >= _examined(plan), query
    assert sorts >= 2


def _examined(plan):
    first = plan["stages"][0]["$cursor"] if "stages" in plan else plan
    return first["executionStats"]["totalDocsExamined"]


async def test_no_view_is_asked_in_a_way_that_reads_all_of_it(world):
    assert set(VIEWS) == {*_ASKED, *FLEET_IN_ORDER.values()}
    for name, filters in _ASKED.items():
        for wanted in filters:
            stages = _stages(world.db.command("explain", {"find": name, "filter": wanted}))
            assert {"IXSCAN", "IDHACK"} & set(stages), (name, wanted)
            assert "COLLSCAN" not in stages, (name, wanted)


async def test_O4_a_page_is_two_commands_and_counting_stops_at_a_cap(world, monkeypatch):
    for module in ("adapters.mongo.queries.listing", "services.booking.listing"):
        monkeypatch.setattr(f"engine.{module}.COUNT_CAP", 100)
    asked = []

    class Counter(monitoring.CommandListener):
        def started(self, event):
            asked.append(event.command_name)

        def succeeded(self, event): ...
        def failed(self, event): ...

    counter = Counter()
    monitoring.register(counter)
    try:
        async with world.desk() as desk:
            _multiply(world, await desk.booking.hold(desk.actor, wish(desk)), 120)
            asked.clear()
            page = await desk.listing.page(desk.actor, BookingQuery(MINE, limit=10_000))
            commands = sorted(name for name in asked if not name.startswith("sasl"))
    finally:
        monitoring._LISTENERS.command_listeners.remove(counter)

    assert ["aggregate", "find"] == commands
    assert (100, True, 121) == (page.total, page.capped, len(page.rows))


def _multiply(world, booking, count, *, plain=False):
    """With *plain*, others of nobody in particular, found by nothing of *booking*'s."""
    row = world.stored(booking)
    if plain:
        row |= {"renter_id": "nobody", "search_keys": ["zzz"]}
    world.db.bookings.insert_many(
        [{**row, "_id": f"B{n}", "intent_key": f"many-{n}", "session_ids": [f"cs-{n}"]} for n in range(count)]
    )


async def _exported(desk, query, habits=PLAIN):
    pieces = []
    done = await desk.listing.export(desk.actor, query, pieces.append, habits=habits)
    return done, "".join(pieces), len(pieces)


async def test_an_export_holds_every_row_in_the_lists_order(filled):
    async with filled.desk() as desk:
        first = await _book(desk, 1, "car-1")
        second = await _book(desk, 2, "car-8", renter_id=BEA.id)
        done, text, _ = await _exported(desk, BookingQuery(MINE, limit=1, offset=7))
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))

    assert text.startswith("\ufeffBooking,")
    assert (2, True) == (done.rows, done.complete)
    assert [second.id, first.id] == [row["Booking"] for row in rows]
    assert ("B-DS 1", "Ada Moreau", "100.00", "EUR") == tuple(
        rows[1][name] for name in ("Plate", "Renter", "Price", "Currency")
    )
    assert [f"'{BEA.phone}", f"'{RENTER.phone}"] == [row["Telephone"] for row in rows]
    assert [("", "", "")] * 2 == [(row["Commission"], row["Net"], row["Payments"]) for row in rows]


@pytest.mark.parametrize("refunded", [None, 33_33, 100_00])
async def test_an_export_tells_the_shares_as_the_ledger_posts_them(filled, refunded):
    async with filled.desk() as clerk, filled.desk("owner") as owner:
        held = await _book(clerk, 1, "car-1")
        paid = replace(held.payment.attempts[-1], payment_intent="pi_1", captured_at=clerk.clock.now())
        back = None if refunded is None else Money(refunded, held.price.currency)
        rows = [*charge_rows(held, "pi_1", clerk.clock.now())]
        rows += [] if back is None else refund_rows(held, "re_1", back, clerk.clock.now())
        after = altered(held, attempts=(paid,), refund=None if back is None else Refund(back))
        filled.db.bookings.replace_one({"_id": held.id}, booking_document(after), bypass_document_validation=True)
        texts = [(await _exported(desk, BookingQuery(scope)))[1] for desk, scope in ((clerk, MINE), (owner, FLEET))]
    told = [next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) for text in texts]
    posted = [
        f"{sum(row.amount.minor for row in rows if row.kind is kind) / 100:.2f}"
        for kind in (LedgerKind.PLATFORM_SHARE, LedgerKind.OWNER_SHARE)
    ]

    assert [posted] * 2 == [[each["Commission"], each["Net"]] for each in told]
    # An account that may not read bookings themselves is told of no payment (decision 0028).
    assert ["pi_1", ""] == [each["Payments"] for each in told]
    assert ["", f"'{RENTER.phone}"] == sorted(each["Telephone"] for each in told)


@pytest.mark.parametrize("habits", [GERMAN, TABBED], ids=repr)
async def test_an_export_is_written_as_the_spreadsheet_expects_it(filled, habits):
    async with filled.desk() as desk:
        made = await _book(desk, 1, "car-1")
        await _book(desk, 2, "car-8", renter_id=BEA.id)
        plain, asked = [(await _exported(desk, BookingQuery(MINE), each))[1] for each in (PLAIN, habits)]

    assert rows_of(plain, PLAIN) == rows_of(asked, habits)
    assert f"100,00{habits.separator}" in asked
    out = made.period.starts_at.astimezone(ZoneInfo(made.zone))
    assert f"{habits.separator}{habits.day(out)} " in asked


@pytest.mark.parametrize("said", ["paid by phone, too", "=1+1", "Moreau; \u05d0\u05d3\u05d4"])
async def test_an_export_tells_why_money_went_back_and_owners_not_what_was_said(filled, said):
    async with filled.desk() as clerk, filled.desk("owner") as owner:
        held = await _book(clerk, 1, "car-1")
        told = replace(held.history[-1], reason=RefundReason(UsualReason.TWICE, said))
        after = replace(held, history=(told,))
        filled.db.bookings.replace_one({"_id": held.id}, booking_document(after), bypass_document_validation=True)
        texts = [(await _exported(desk, BookingQuery(scope)))[1] for desk, scope in ((clerk, MINE), (owner, FLEET))]
        (shown,) = (await owner.listing.page(owner.actor, BookingQuery(FLEET))).rows
    rows = [next(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) for text in texts]

    assert [f"twice: {said}", "twice"] == [row["Refund reason"] for row in rows]
    assert RefundReason(UsualReason.TWICE) == shown.reason == told_to(owner.actor, after).reason
    assert said not in repr(list(filled.db[FLEET_LIST].find()))


async def test_an_owners_export_tells_initials_only(filled):
    async with filled.desk() as clerk, filled.desk("owner") as owner:
        await _book(clerk, 1, "car-1")
        _, text, _ = await _exported(owner, BookingQuery(FLEET))

    assert "A. M." in text
    assert "Moreau" not in text


async def test_a_name_that_is_a_formula_is_exported_as_text(world):
    world.db.renters.insert_one({**renter_document(BEA), "name": '=HYPERLINK("http://x","y")'})
    async with world.desk() as desk:
        await _book(desk, 1, "car-1", renter_id=BEA.id)
        _, text, _ = await _exported(desk, BookingQuery(MINE))

    assert '"\'=HYPERLINK(""http://x"",""y"")"' in text


async def test_a_long_export_comes_in_pieces_and_says_when_it_is_cut(world, monkeypatch):
    monkeypatch.setattr("engine.services.booking.listing.MOST_EXPORTED", 450)
    async with world.desk() as desk:
        _multiply(world, await desk.booking.hold(desk.actor, wish(desk)), 600)
        done, text, pieces = await _exported(desk, BookingQuery(MINE))

    assert (450, False) == (done.rows, done.complete)
    assert 451 == text.count("\r\n")
    assert 4 == pieces


async def test_bookings_of_an_older_version_get_their_keys(world, endpoints):
    async with world.desk() as desk:
        made = await _book(desk, 1, "car-1")
        before = world.stored(made)
        older = {"$set": {"search_keys": ["BDS1"]}, "$unset": {"renter_key": 1}}
        world.db.bookings.update_one({"_id": made.id}, older, bypass_document_validation=True)
        admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
        keys = import_module("engine.adapters.mongo.schema.migrations.0007_any_part_of_a_booking")
        done = [await keys.up(database(admin, world.deployment.database)) for _ in range(2)]
        await admin.close()

        assert [1, 0] == done
        assert before == world.stored(made)
        assert [made.id] == await _ids(desk, MINE, text="oreau")


async def test_the_count_is_kept_and_true_after_ones_own_write_and_anothers(filled):
    async with filled.desk() as clerk, filled.desk("admin") as admin:
        await _book(clerk, 1, "car-1")
        assert [1, 1] == [await _total(desk, scope) for desk, scope in ((clerk, MINE), (admin, ALL))]
        await _book(clerk, 2, "car-8")

        assert [2, 2] == [await _total(desk, scope) for desk, scope in ((clerk, MINE), (admin, ALL))]
        assert [2, 1] == [await _total(admin, ALL, owner_id=owner) for owner in (None, OwnerId("owner-1"))]


async def test_the_count_is_asked_once_for_all_pages_and_orders(filled):
    async with filled.desk() as desk:
        await _book(desk, 1, "car-1")
        await _total(desk, MINE)
        filled.db.bookings.delete_many({})  # behind everybody's back: nothing was bumped

        assert 1 == await _total(desk, MINE, offset=50, order=BookingOrder.PRICE)
        assert 0 == await _total(desk, MINE, text="ada")


async def test_nobody_can_read_a_booking_in_redis(filled):
    async with filled.desk() as clerk, filled.desk("owner") as owner:
        made = await _book(clerk, 1, "car-1")
        await _total(clerk, MINE, text="ada")
        await _total(owner, FLEET)

    kept = b" ".join(filled.redis.dump(key) or b"" for key in filled.redis.keys("*cache*"))
    assert kept
    for word in (made.renter_name, RENTER.email, made.id, "B-DS 1"):
        assert word.encode() not in kept


async def _total(desk, scope, **changes):
    return (await desk.listing.page(desk.actor, BookingQuery(scope, **changes))).total
