"""Live: what one desk does is told at the others, to those who may know, and whoever missed something is told that."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from builders import BERLIN, days, make_car, wish
from proxy import Line, Proxy
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.errors import OperationFailure
from within import WITHIN_S

from engine.adapters.mongo import changes as mongo_changes
from engine.domain.car.catalogue import CarWish
from engine.domain.firm.events import BookingChanged, CarChanged, CarClaimed, ConnectionLost, Heard, Resync
from engine.domain.money.money import Money
from engine.domain.shared.errors import Unavailable
from engine.services.firm import live
from engine.services.firm.live import Subscription
from engine.wiring.background import at_work

pytestmark = pytest.mark.asyncio


class Ear:
    """Listens and remembers."""

    def __init__(self, subscription):
        self.subscription, self.facts, self.pulse = subscription, [], subscription.pulse

    async def until(self, condition):
        async with asyncio.timeout(WITHIN_S):
            while not condition(self):
                news = await self.subscription.next()
                self.facts += news.facts
                self.pulse = news.pulse

    async def fact(self, kind):
        """The next one of *kind*; earlier ones are forgotten."""
        await self.until(lambda ear: any(isinstance(fact, kind) for fact in ear.facts))
        at = next(at for at, fact in enumerate(self.facts) if isinstance(fact, kind))
        found, self.facts = self.facts[at], self.facts[at + 1 :]
        return found


@asynccontextmanager
async def listening(desk):
    ear = Ear(desk.live.subscribe())
    async with at_work([desk.live.run]):
        await ear.until(lambda ear: ear.pulse.streaming)
        yield ear


async def test_a_booking_at_one_desk_is_told_at_the_other(world):
    async with world.desk() as one, world.desk("clerk2") as other, listening(other) as ear:
        booking = await one.booking.hold(one.actor, wish(one))
        taken = await ear.fact(CarClaimed)
        await one.rental.give_up(one.actor, booking.id)
        while (freed := await ear.fact(CarClaimed)).blocking:
            pass

    assert CarClaimed(booking.car_id, BERLIN.id, booking.id, booking.period, blocking=True) == taken
    assert replace(taken, blocking=False) == freed


async def test_who_may_not_see_a_booking_hears_of_the_car_only(world):
    async with (
        world.desk() as one,
        world.desk("clerk2") as lisbon,
        world.desk("admin") as admin,
        listening(lisbon) as there,
        listening(one) as here,
        listening(admin) as office,
    ):
        booking = await one.booking.hold(one.actor, wish(one))
        await there.fact(CarClaimed)

        assert BookingChanged(booking) == await here.fact(BookingChanged) == await office.fact(BookingChanged)
        assert not [fact for fact in there.facts if isinstance(fact, BookingChanged)]


async def test_an_owner_hears_of_the_own_cars_and_not_who_drives_them(world):
    world.add_cars(make_car(8, owner_id="owner-2"))
    async with world.desk() as clerk, world.desk("owner") as owner, listening(owner) as ear:
        await clerk.booking.hold(clerk.actor, wish(clerk, car="car-8", key="theirs"))
        await clerk.booking.hold(clerk.actor, wish(clerk, car="car-1", key="ours"))
        told = (await ear.fact(BookingChanged)).booking

    assert ("car-1", "A. M.", "", "") == (told.car_id, told.renter_name, told.payment.attempt.request, told.intent_key)
    assert {"car-1"} >= {fact.car_id for fact in ear.facts if isinstance(fact, CarClaimed)}


async def test_a_car_that_changes_is_told_and_the_search_forgets_it(world):
    async with world.desk() as desk, listening(desk) as ear:
        asked = CarWish(BERLIN.id, days(desk, 1, 3))
        await desk.catalogue.search(desk.actor, asked)
        # By somebody who tells no cache: what hears of it does.
        world.db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 10_00}})
        changed = await ear.fact(CarChanged)

        assert Money(10_00, "EUR") == changed.car.daily_rate
        cheapest = (await desk.catalogue.search(desk.actor, asked)).offers[0]
        assert ("car-1", Money(10_00, "EUR")) == (cheapest.car.id, cheapest.car.daily_rate)


async def test_a_change_whose_maker_died_before_telling_the_cache_is_made_up_for_by_who_hears_of_it(world, monkeypatch):
    async with world.desk() as one, world.desk("clerk2") as other, listening(other) as ear:
        asked = CarWish(BERLIN.id, days(one, 1, 3))

        async def free():
            return [offer.car.id for offer in (await other.catalogue.search(other.actor, asked)).offers]

        assert "car-1" in await free()

        async def died(*_what): ...

        monkeypatch.setattr(one.cache, "bump", died)
        await one.booking.hold(one.actor, wish(one))
        await ear.fact(CarClaimed)

        assert "car-1" not in await free()


async def test_nothing_is_missed_between_signing_in_and_listening(world):
    async with world.desk("clerk2") as late, world.desk() as one:
        booking = await one.booking.hold(one.actor, wish(one))
        async with listening(late) as ear:
            assert booking.id == (await ear.fact(CarClaimed)).booking_id


async def test_the_pulse_goes_on_without_changes(world):
    async with world.desk() as desk, listening(desk) as ear:
        first = ear.pulse.heard_at
        await ear.until(lambda ear: ear.pulse.heard_at > first)

        assert (True, None) == (ear.pulse.streaming, ear.pulse.problem)
        assert [] == ear.facts


@pytest.mark.parametrize("how", [Line.CUT, Line.HOLE])
async def test_X5_a_lost_connection_is_told_and_what_happened_meanwhile_comes_after_it(world, monkeypatch, how):
    monkeypatch.setattr(mongo_changes, "SILENT_S", 1.5)
    port = port_of(world)
    async with Proxy(port) as proxy:
        url = world.deployment.mongo_url.replace(f":{port}/", f":{proxy.port}/")
        far = replace(world, deployment=replace(world.deployment, mongo_url=url))
        async with world.desk() as one, far.desk("clerk2") as other, listening(other) as ear:
            await proxy.move_to(how)
            await ear.until(lambda ear: not ear.pulse.streaming)
            assert isinstance(ear.pulse.problem, Unavailable)
            booking = await one.booking.hold(one.actor, wish(one))
            await proxy.move_to(Line.OPEN)

            assert booking.id == (await ear.fact(CarClaimed)).booking_id
            await ear.until(lambda ear: ear.pulse.streaming)
            assert not [fact for fact in ear.facts if isinstance(fact, Resync)]


async def test_a_place_that_the_database_has_forgotten_leads_to_asking_for_everything(world, monkeypatch):
    """The oplog moved on: emulated by a token that leads nowhere, to which MongoDB says the same."""
    async with world.desk() as desk:
        asked = CarWish(BERLIN.id, days(desk, 1, 3))
        await desk.catalogue.search(desk.actor, asked)
        real, heard = mongo_changes._Stream._open, []

        async def forgetful(stream):
            if stream.source not in heard:
                heard.append(stream.source)
                raise OperationFailure("resume point may no longer be in the oplog", 286)
            return await real(stream)

        monkeypatch.setattr(mongo_changes._Stream, "_open", forgetful)
        world.db.cars.update_one({"_id": "car-1"}, {"$set": {"daily_rate.minor": 10_00}})
        async with listening(desk) as ear:
            await ear.fact(Resync)

            assert Money(10_00, "EUR") == (await desk.catalogue.search(desk.actor, asked)).offers[0].car.daily_rate
            await desk.booking.hold(desk.actor, wish(desk, car="car-2"))
            assert "car-2" == (await ear.fact(CarClaimed)).car_id


async def test_a_token_that_is_none_begins_anew(world):
    async with world.desk() as desk:
        words, began = [], asyncio.Event()

        def tell(word):
            words.append(word)
            if isinstance(word, Heard) and word.missed:
                began.set()

        stream = mongo_changes._Stream(
            desk.live._changes._db.cars,
            mongo_changes.StreamSource(mongo_changes._car_in),
            tell,
            after={"_data": "82" + "00" * 20},
        )
        async with at_work([stream.run]), asyncio.timeout(WITHIN_S):
            await began.wait()

    assert any(isinstance(word, ConnectionLost) for word in words)


async def test_a_record_that_is_not_understood_leads_to_asking_for_everything(world):
    async with world.desk() as desk, listening(desk) as ear:
        strange = {"$set": {"body": "hovercraft"}}
        world.db.cars.update_one({"_id": "car-1"}, strange, bypass_document_validation=True)
        await ear.fact(Resync)


async def test_a_slow_listener_is_told_to_ask_instead_of_being_told_everything(monkeypatch):
    monkeypatch.setattr(live, "MOST_WAITING", 3)
    slow = Subscription()
    for number in range(10):
        slow.tell([CarChanged(make_car(number))], slow.pulse)
        assert len(slow._waiting) <= 4

    assert Resync() == (await slow.next()).facts[0]


async def test_the_newest_on_each_subject_is_enough():
    listener = Subscription()
    for km in range(1000):
        listener.tell([CarChanged(make_car(1, odometer_km=km)), CarChanged(make_car(2))], listener.pulse)

    assert (CarChanged(make_car(1, odometer_km=999)), CarChanged(make_car(2))) == (await listener.next()).facts


async def test_closing_leaves_no_stream_behind(world):
    def streams():
        pipeline = [{"$currentOp": {"allUsers": True, "idleCursors": True}}, {"$match": {"ns": {"$regex": "^ds_test"}}}]
        found = world.db.client.admin.aggregate(pipeline)
        watching = [op for op in found if "$changeStream" in str(op.get("cursor", {}).get("originatingCommand"))]
        return {(op["cursor"]["cursorId"], op["ns"]) for op in watching}

    of_others = streams()
    async with world.desk(background=True) as desk, asyncio.timeout(WITHIN_S):
        listener = desk.live.subscribe()
        while not (await listener.next()).pulse.streaming:
            pass
        ours = streams() - of_others
        assert {"ds_test.bookings", "ds_test.cars", "ds_test.renters"} <= {name for _, name in ours}
    async with asyncio.timeout(WITHIN_S):
        while ours & streams():  # noqa: ASYNC110 -- the server ends them on its own time
            await asyncio.sleep(0.05)


async def test_leaving_ends_also_where_the_driver_keeps_the_cancellation_to_itself(world, monkeypatch):
    """pymongo does so now and then, when an answer comes in the same moment; a group asks its tasks once only."""
    next_of = AsyncChangeStream.try_next
    kept = []

    async def keeping(stream):
        try:
            return await next_of(stream)
        except asyncio.CancelledError:
            kept.append(stream)
            return None

    monkeypatch.setattr(AsyncChangeStream, "try_next", keeping)
    async with asyncio.timeout(WITHIN_S), world.desk() as desk, listening(desk):
        pass

    assert kept


def port_of(world):
    return int(world.deployment.mongo_url.split("://")[1].split("/")[0].rpartition(":")[2])
