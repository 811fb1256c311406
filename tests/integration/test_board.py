"""The board: a page of fences with their bookings and movements, for who may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from at_counter import confirmed
from builders import BERLIN, LISBON, kept, make_car, wish

from engine.domain.booking.board import BarShape, BoardAsked, sound_rows
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus, OwnerId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import Forbidden, InvalidPeriod
from engine.domain.shared.period import RentalPeriod

pytestmark = pytest.mark.asyncio
DAY = timedelta(days=1)


def window(desk, branch=BERLIN.id, first=-1, last=13, **more):
    now = desk.clock.now()
    return BoardAsked(RentalPeriod(now + first * DAY, now + last * DAY), branch, **more)


def claim(world, car, *claims):
    """As if somebody had entered these in the car's fence."""
    change = {"$push": {"claims": {"$each": list(claims)}}}
    world.db.fences.update_one({"_id": car}, change, bypass_document_validation=True)


async def test_each_car_is_told_with_what_its_time_is_promised_for(world, stripe):
    world.add_cars(make_car(7, body=BodyType.ESTATE, status=CarStatus.MAINTENANCE))
    world.add_cars(make_car(8, status=CarStatus.RETIRED), make_car(9, branch_id=LISBON.id))
    async with world.desk() as desk, world.desk("owner") as owner:
        held = await desk.booking.hold(desk.actor, wish(desk))
        sold = await confirmed(desk, stripe, 100, 124, key="k2")
        far = await confirmed(desk, stripe, 20 * 24, 21 * 24, key="k3")
        service = RentalPeriod(held.period.ends_at + DAY, held.period.ends_at + 3 * DAY)
        await owner.servicing.plan(owner.actor, "car-2", service, "Brakes")
        board = await desk.board.board(desk.actor, window(desk))

    assert ["car-7", "car-1", "car-2", "car-3"] == [row.car_id for row in board.rows]
    assert 4 == board.total
    first = board.rows[1]
    told = [(bar.id, first.shape(bar, board.at), bar.booking.renter, bar.booking.price) for bar in first.bars]
    named = held.renter_name
    assert [
        (held.id, BarShape.HELD, named, held.price), (sold.id, BarShape.CONFIRMED, named, sold.price)
    ] == told  # fmt: skip
    assert far.id not in [bar.id for bar in first.bars]
    assert (held.period, held.free_at) == (first.bars[0].taken.period, first.bars[0].taken.free_at)
    assert (BERLIN.id, "B-DS 1", "Volkswagen Golf") == (first.at, first.plate, first.title)
    (brakes,) = board.rows[2].bars
    assert ("Brakes", BarShape.SERVICE) == (brakes.reason, board.rows[2].shape(brakes, board.at))
    assert CarStatus.MAINTENANCE is board.rows[0].status
    assert {BERLIN.id, LISBON.id} == {branch.id for branch in board.branches}


async def test_who_has_a_car_is_there_whatever_is_looked_at_and_is_late_once_it_should_be_back(world):
    async with world.desk() as desk:
        now = desk.clock.now()
        late = kept("bk-late", now - 9 * DAY, now - 7 * DAY, out=True)
        next_one = kept("bk-next", now + 0.5 * DAY, now + 2 * DAY)
        claim(world, "car-1", next_one, late)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"at": None}}, bypass_document_validation=True)
        board = await desk.board.board(desk.actor, window(desk))

    row = board.rows[0]
    assert [BarShape.LATE, BarShape.AT_RISK] == [row.shape(bar, board.at) for bar in row.bars]
    assert (None, board.at) == (row.at, row.bars[0].until(board.at))


async def test_a_fence_that_nobody_can_read_is_a_row_and_ends_no_list(world):
    async with world.desk() as desk:
        now = desk.clock.now()
        claim(world, "car-2", kept("bk-none", now, now + DAY) | {"free_at": "soon"}, kept("bk-x", now, now + DAY))
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"claims": 5}}, bypass_document_validation=True)
        board = await desk.board.board(desk.actor, window(desk))

    assert ["car-1"] == [row.id for row in board.rows if isinstance(row, Damaged)]
    second, third = sound_rows(board.rows)
    assert (1, ["bk-x"]) == (second.unread, [bar.id for bar in second.bars])
    assert (0, "car-3") == (third.unread, third.car_id)
    assert not second.free(now + 5 * DAY, now + 6 * DAY, now)
    assert third.free(now + 5 * DAY, now + 6 * DAY, now)


async def test_a_booking_that_nobody_can_read_still_takes_the_car(world):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        world.db.bookings.update_one({"_id": held.id}, {"$set": {"quote": 5}}, bypass_document_validation=True)
        board = await desk.board.board(desk.actor, window(desk))

    (bar,) = board.rows[0].bars
    assert (held.id, None, BarShape.CONFIRMED) == (bar.id, bar.booking, board.rows[0].shape(bar, board.at))


async def test_a_counter_sees_its_branch_an_owner_the_own_cars_and_head_office_all(world):
    world.add_cars(make_car(7, owner_id=OwnerId("owner-2")), make_car(8, branch_id=LISBON.id))
    async with world.desk() as desk, world.desk("owner") as owner, world.desk("admin") as office:
        held = await desk.booking.hold(desk.actor, wish(desk))
        own = await owner.board.board(owner.actor, window(owner, None))
        every = await office.board.board(office.actor, window(office, None))
        for branch in (LISBON.id, None):
            with pytest.raises(Forbidden):
                await desk.board.board(desk.actor, window(desk, branch))

    assert ["car-1", "car-2", "car-3", "car-8"] == [row.car_id for row in own.rows]
    assert ["car-1", "car-2", "car-3", "car-7", "car-8"] == [row.car_id for row in every.rows]
    assert ["A. M.", held.renter_name] == [each.rows[0].bars[0].booking.renter for each in (own, every)]


async def test_of_another_branchs_booking_a_counter_is_told_that_it_is_and_not_whose(world):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        other = {"$set": {"branch_id": LISBON.id, "booked_by": "clerk2"}}
        world.db.bookings.update_one({"_id": held.id}, other, bypass_document_validation=True)
        board = await desk.board.board(desk.actor, window(desk))

    assert "" == board.rows[0].bars[0].booking.renter


async def test_it_is_read_in_pages_of_one_body_and_car_by_car(world):
    world.add_cars(make_car(7, body=BodyType.SUV))
    async with world.desk() as desk:
        asked = window(desk)
        pages = [await desk.board.board(desk.actor, replace(asked, offset=at, limit=3)) for at in (0, 3)]
        suvs = await desk.board.board(desk.actor, replace(asked, bodies=frozenset({BodyType.SUV})))
        again = await desk.board.board(desk.actor, replace(asked, only=frozenset({"car-2"})))
        with pytest.raises(InvalidPeriod):
            window(desk, last=100)

    assert [["car-1", "car-2", "car-3"], ["car-7"]] == [[row.car_id for row in page.rows] for page in pages]
    assert [4, 4, 1] == [pages[0].total, pages[1].total, suvs.total]
    assert ["car-7"] == [row.car_id for row in suvs.rows]
    assert ["car-2"] == [row.car_id for row in again.rows]
