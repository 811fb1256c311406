"""A renter's own account: the same counter, narrowed to one person; each use case asked with that actor."""

from __future__ import annotations

from dataclasses import replace

import pymongo
import pytest
from builders import BERLIN, DATABASE, FULL, PASSWORD, RENTER, days, wish
from pymongo.errors import OperationFailure

from engine.adapters.mongo.codec.documents import renter_document
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.states import BookingState
from engine.domain.car.catalogue import CarWish
from engine.domain.money.money import Money
from engine.domain.shared.errors import Forbidden, NotFound
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio
OTHER = replace(RENTER, id="renter-2", name="Bo Other", email="bo@example.org")


@pytest.fixture
def other(world):
    world.db.renters.insert_one(renter_document(OTHER))
    return OTHER


async def test_a_renter_looks_for_cars_books_and_pays(world, stripe):
    async with world.carrying() as counter, world.desk("renter") as desk:
        found = await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, days(desk, 1, 3)))
        held = await desk.booking.hold(desk.actor, wish(desk))
        await counter.payment.carry_on(held.id)
        opened = await desk.payment.settle(desk.actor, held.id)
        await stripe.pay(opened)
        await counter.payment.carry_on(held.id)
        paid = await desk.payment.settle(desk.actor, held.id)
        mine = await desk.listing.page(desk.actor, BookingQuery())

    assert 3 == found.total
    assert (RENTER.id, RENTER.name, "renter") == (held.renter_id, held.renter_name, held.booked_by)
    assert BookingState.CONFIRMED is paid.state
    assert [held.id] == [booking.id for booking in mine.rows]


async def test_S4_a_renter_books_for_nobody_else(world, other):
    async with world.desk("renter") as desk:
        with pytest.raises(Forbidden):
            await desk.booking.hold(desk.actor, wish(desk, renter_id=other.id))
        nobody = replace(desk.actor, renter=None)
        with pytest.raises(Forbidden):
            await desk.booking.hold(nobody, wish(desk))

    assert 0 == world.db.bookings.count_documents({})


async def test_S3_what_others_booked_is_not_there_for_a_renter(world, other):
    async with world.desk() as counter, world.desk("renter") as desk:
        theirs = await counter.booking.hold(counter.actor, wish(counter, renter_id=other.id))
        actor, number = desk.actor, theirs.id
        for ask in (
            lambda: desk.booking.booking(actor, number),
            lambda: desk.payment.settle(actor, number),
            lambda: desk.follower.next_change(actor, number, 0),
            lambda: desk.rental.quote_refund(actor, number),
            lambda: desk.rental.cancel(actor, number, Money(0, "EUR")),
            lambda: desk.rental.give_up(actor, number),
            lambda: desk.rental.take_up_again(actor, number, "key-2"),
        ):
            with pytest.raises(NotFound):
                await ask()

    assert BookingState.HELD == world.stored(theirs)["state"]
    assert theirs.version == world.stored(theirs)["version"]


async def test_what_the_counter_booked_for_a_renter_is_theirs_to_see_and_to_give_up(world):
    async with world.carrying() as counter, world.desk("renter") as desk:
        booked = await counter.booking.hold(counter.actor, wish(counter))

        seen = await desk.booking.booking(desk.actor, booked.id)
        told = await desk.rental.quote_refund(desk.actor, booked.id)
        given_up = await desk.rental.give_up(desk.actor, booked.id)

    assert booked.id == seen.id
    assert 0 == told.given_back.minor
    assert not given_up.blocking


async def test_a_renter_takes_no_car_back_and_sees_no_branch_and_no_renters(world, other):
    async with world.carrying(), world.desk("renter") as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        for ask in (
            lambda: desk.rental.returned(desk.actor, held.id, FULL),
            lambda: desk.listing.page(desk.actor, BookingQuery(BookingScope.BRANCH)),
            lambda: desk.listing.page(desk.actor, BookingQuery(BookingScope.ALL)),
            lambda: desk.catalogue.renters(desk.actor, "bo"),
            lambda: desk.renters.add(desk.actor, NewRenter("A", "a@b.example", "+4930901820", "1")),
        ):
            with pytest.raises(Forbidden):
                await ask()

    assert 2 == world.db.renters.count_documents({})


async def test_a_renter_is_told_that_a_car_is_out_but_not_who_has_it(world, other):
    async with world.desk() as counter, world.desk("renter") as desk:
        await counter.booking.hold(counter.actor, wish(counter, renter_id=other.id))

        page = await desk.availability.taken_cars(desk.actor, CarWish(BERLIN.id, days(desk, 1, 3)))
        calendar = await desk.availability.calendar(desk.actor, "car-1", days(desk, 0, 42))

    for told in (page.blocked[0].obstacle, calendar.busy[0]):
        assert (None, None) == (told.by, told.booking_id)
        assert told.period is not None


async def test_S2_the_database_itself_shows_a_renter_no_other_renter(world, other):
    url = world.deployment.mongo_url
    with pymongo.MongoClient(url, username="renter", password=PASSWORD, authSource=DATABASE) as raw:
        for ask in (
            lambda: raw[DATABASE].renters.find_one({}),
            lambda: raw[DATABASE].people.find_one({}),
            lambda: raw[DATABASE].audit.find_one({}),
            lambda: raw[DATABASE].ledger.find_one({}),
            lambda: raw[DATABASE].cars.update_one({"_id": "car-1"}, {"$set": {"status": "retired"}}),
        ):
            with pytest.raises(OperationFailure) as refused:
                ask()
            assert 13 == refused.value.code
