"""The list of bookings out of the stored copy: what the database lists, without what is kept of nobody."""

from __future__ import annotations

import asyncio
import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from builders import BERLIN, LISBON, RENTER, make_car
from csv_readers import GERMAN, TABBED, rows_of
from earnings_builders import MINE, OTHER, History, draw
from keyrings import MemoryKeyring, keyring_in_use

from engine.adapters.disk.copy_vault import CopyVault
from engine.adapters.mongo.codec import owner_rows as mongo_ownrows
from engine.adapters.mongo.queries import copy_of_books as mongo_copy
from engine.domain.booking.listing import BookingOrder, BookingQuery, BookingScope
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import BookingState, Standing
from engine.domain.people.people import Role
from engine.domain.reports.copying import kept_since
from engine.domain.shared.csv_text import PLAIN
from engine.domain.shared.errors import Forbidden, InvalidText
from engine.services.reports.stored_listing import StoredListing

pytestmark = pytest.mark.asyncio

FLEET = BookingScope.FLEET
NOW = datetime.now(UTC).replace(microsecond=0)
GOLF, POLO = make_car(1), make_car(2)
ORDERS = [order for order in BookingOrder if order is not BookingOrder.RENTER]


@pytest.fixture
def place(world, tmp_path):
    with keyring_in_use(MemoryKeyring()):
        yield replace(world, deployment=replace(world.deployment, copies_dir=tmp_path / "copies" / "firm"))


@pytest.fixture
def history(place):
    made = History(place)
    made.cars(GOLF, POLO)
    return made


async def listing_of(place, desk):
    await desk.copying.sync(desk.actor)
    return StoredListing(await asyncio.to_thread(CopyVault(place.deployment.copies_dir).load, desk.actor.account))


def ago(days):
    return NOW - timedelta(days=days)


async def all_of(listing, actor, query):
    """The ids of all pages, and the count each of them told."""
    ids, told, offset, more = [], set(), 0, True
    while more:
        page = await listing.page(actor, replace(query, offset=offset))
        ids += [row.id for row in page.rows]
        told.add((page.total, page.capped))
        offset += query.limit
        more = offset < page.total
    return ids, told


async def test_every_query_lists_what_the_database_lists(place):
    history = History(place)
    for seed in range(4):
        draw(history, Random(seed), BERLIN.zone, (NOW.year - 1, NOW.year))  # noqa: S311 -- a test's dice
    some = place.db.bookings.find_one({"owner_id": MINE})
    narrowed = [
        *(BookingQuery(FLEET, standings=frozenset({standing})) for standing in Standing),
        *(BookingQuery(FLEET, order=order, descending=down) for order in ORDERS for down in (True, False)),
        *(BookingQuery(FLEET, branch_id=branch.id) for branch in (BERLIN, LISBON)),
        BookingQuery(FLEET, car_id=some["car_id"]),
        BookingQuery(FLEET, text=some["_id"][:6].lower()),
        BookingQuery(FLEET, text=some["car_label"].rpartition(" · ")[2].lower().replace("-", " ")),
        *(BookingQuery(FLEET, text=text) for text in ("·", RENTER.name, ".*")),
        BookingQuery(FLEET, since=ago(400), until=ago(200), order=BookingOrder.PICK_UP, descending=False),
    ]

    async with place.desk("owner") as desk:
        stored = await listing_of(place, desk)
        for query in narrowed:
            asked = replace(query, limit=7)
            assert await all_of(desk.listing, desk.actor, asked) == await all_of(stored, desk.actor, asked), query
        assert 15 < len((await all_of(stored, desk.actor, BookingQuery(FLEET)))[0])
        kept = {branch.id for branch in await stored.branches(desk.actor)}

    assert kept == set(place.db.bookings.distinct("branch_id", {"owner_id": MINE}))


async def test_older_bookings_are_not_listed_though_the_figures_keep_those_that_were_paid(place, history):
    edge = kept_since(NOW)
    new = history.book(GOLF, edge + timedelta(days=3, hours=1), charged=edge + timedelta(days=3))
    old = history.book(GOLF, edge + timedelta(days=1), charged=edge + timedelta(days=1))
    history.book(GOLF, edge - timedelta(days=40), state=BookingState.RELEASED)

    async with place.desk("owner") as desk:
        stored = await listing_of(place, desk)
        page = await stored.page(desk.actor, BookingQuery(FLEET))

    assert old.created_at < edge <= new.created_at
    assert [new.id] == [row.id for row in page.rows]
    assert 1 == page.total
    assert {new.id, old.id} == set(stored.copy.books.rentals)


def _say(place, booking, usual, said="because of Ada"):
    """As a cancellation writes it, or somebody past the program."""
    reason = {"history.$[last].reason": {"usual": usual, "said": said}, "version": booking.version + 1}
    where = [{"last.state": booking.state.value}]
    place.db.bookings.update_one(
        {"_id": booking.id}, {"$set": reason}, array_filters=where, bypass_document_validation=True
    )


async def _reasons(listing, desk):
    pieces = []
    await listing.export(desk.actor, BookingQuery(FLEET), pieces.append)
    text = "".join(pieces).removeprefix("\ufeff")
    return {row["Booking"]: row["Refund reason"] for row in csv.DictReader(text.splitlines())}


@pytest.mark.parametrize("usual", [*(each.value for each in UsualReason), "of another release", 7, None])
async def test_the_file_says_why_money_was_given_back_as_the_one_from_the_database_does(place, history, usual):
    kept = history.book(GOLF, ago(30), charged=ago(31))
    back = history.book(POLO, ago(20), state=BookingState.CANCELLED, charged=ago(22), refunded=ago(21), back=5_000)
    _say(place, back, usual)

    async with place.desk("owner") as desk:
        stored = await _reasons(await listing_of(place, desk), desk)
        online = await _reasons(desk.listing, desk) if usual in list(UsualReason) else {kept.id: "", back.id: ""}

    assert online == stored
    assert stored[back.id] == (usual if usual in list(UsualReason) else "")


async def test_months_that_an_older_program_kept_without_reasons_are_read_anew(place, history, monkeypatch):
    back = history.book(POLO, ago(20), state=BookingState.CANCELLED, charged=ago(22), refunded=ago(21), back=5_000)
    _say(place, back, "twice")

    async with place.desk("owner") as desk:
        with monkeypatch.context() as older:
            older.setattr(mongo_copy, "RENTAL_SHAPE", "1")
            older.setattr(mongo_ownrows, "_usual_reason", lambda _row: "")
            assert {back.id: ""} == await _reasons(await listing_of(place, desk), desk)
        assert {back.id: "twice"} == await _reasons(await listing_of(place, desk), desk)


async def test_the_file_holds_the_whole_list_with_its_stamp_and_nothing_of_a_renter(place, history):
    for n in range(250):
        history.book(GOLF, ago(300 - n), 0.5, charged=ago(300 - n))
    back = history.book(
        POLO, ago(20), state=BookingState.CANCELLED, charged=ago(22), refunded=ago(21), back=5_000
    )  # fmt: skip
    pieces, counts = [], []

    async with place.desk("owner") as desk:
        stored = await listing_of(place, desk)
        done = await stored.export(desk.actor, BookingQuery(FLEET), pieces.append, counts.append)
        partial = stored.copy.manifest
        partial = replace(partial, head=replace(partial.head, complete=False))
        cut_off, told = StoredListing(replace(stored.copy, manifest=partial)), []
        await cut_off.export(desk.actor, BookingQuery(FLEET, car_id=POLO.id), told.append)

    rows = list(csv.DictReader("".join(pieces).removeprefix("\ufeff").splitlines()))
    assert (251, True, [200, 251]) == (done.rows, done.complete, counts)
    assert 251 == len(rows) == len({row["Booking"] for row in rows})
    assert {("stored copy", "yes")} == {(row["Source"], row["Complete"]) for row in rows}
    (one,) = (row for row in rows if row["Booking"] == back.id)
    assert ("100.00", "50.00", "EUR", "2") == (one["Price"], one["Refunded"], one["Currency"], one["Days"])
    assert ("7.50", "42.50") == (one["Commission"], one["Net"])
    assert "cancelled" == one["Standing"]
    assert not any(word in "".join(pieces) for word in (*RENTER.name.split(), RENTER.email, "clerk"))
    assert ["partial"] == [row["Complete"] for row in csv.DictReader("".join(told).removeprefix("\ufeff").splitlines())]


@pytest.mark.parametrize("habits", [GERMAN, TABBED], ids=repr)
async def test_the_file_is_written_as_the_spreadsheet_expects_it(place, history, habits):
    history.book(GOLF, ago(10), charged=ago(10))
    plain, asked = [], []

    async with place.desk("owner") as desk:
        stored = await listing_of(place, desk)
        await stored.export(desk.actor, BookingQuery(FLEET), plain.append)
        await stored.export(desk.actor, BookingQuery(FLEET), asked.append, habits=habits)

    assert rows_of("".join(plain), PLAIN) == rows_of("".join(asked), habits)
    assert f"{habits.separator}15,00{habits.separator}85,00{habits.separator}EUR" in "".join(asked)


async def test_it_is_told_to_its_owner_only_and_asked_as_the_database_is(place, history):
    history.book(GOLF, ago(10), charged=ago(10))

    async with place.desk("owner") as desk:
        stored, actor = await listing_of(place, desk), desk.actor
    for other in (replace(actor, owner_id=OTHER), replace(actor, owner_id=None, role=Role.ADMIN)):
        for ask in (stored.page, lambda who, query: stored.export(who, query, print)):
            with pytest.raises(Forbidden):
                await ask(other, BookingQuery(FLEET))
        with pytest.raises(Forbidden):
            await stored.branches(other)
    with pytest.raises(Forbidden):
        await stored.page(actor, BookingQuery(FLEET, order=BookingOrder.RENTER))
    with pytest.raises(Forbidden):
        await stored.page(actor, BookingQuery(BookingScope.ALL))
    with pytest.raises(InvalidText):
        await stored.page(actor, BookingQuery(FLEET, car_id={"$ne": ""}))
    assert 1 == (await stored.page(actor, BookingQuery(FLEET, limit=10**9))).total
