"""A renter's own account writes wishes; desks carry them out once, whoever dies meanwhile, or say why not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pymongo
import pytest
from bson import Binary
from bson.int64 import Int64
from builders import DATABASE, PASSWORD, RENTER, make_car, wish
from pymongo.errors import OperationFailure
from within import WITHIN_S

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.codec.documents import renter_document
from engine.adapters.mongo.schema.provision import provision
from engine.adapters.mongo.schema.views import own_names
from engine.adapters.wish_signing import new_key, sign
from engine.domain.booking.states import BookingState
from engine.domain.booking.wish import GiveUpWish, HoldWish, Refusal, Wish, WishId, WishKind, body_of
from engine.domain.booking.wish_errors import NobodyCarries, WishUnanswered
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.people.people import Renter, RenterId
from engine.domain.shared.errors import (
    MoveRefused,
    PeriodTaken,
    PriceChanged,
)
from engine.domain.shared.remark import remark
from engine.wiring.background import at_work

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def carried(world, account="clerk"):
    """A desk that carries wishes out, and one of the renter's."""
    async with world.carrying(account) as first, world.desk("renter") as renter:
        yield first, renter


async def answer_to(world, wish_id):
    return await until(lambda: world.db.wish_answers.find_one({"_id": wish_id}))


async def until(look):
    """What *look* finds in the database, once it is there."""
    async with asyncio.timeout(WITHIN_S):
        while not (found := look()):  # noqa: ASYNC110 -- the database tells nobody of this
            await asyncio.sleep(0.02)
    return found


def key_of(world, account="renter"):
    return bytes(world.db.command("usersInfo", account)["users"][0]["customData"]["key"])


def raw_wish(world, desk, key=None, **changes):
    """As somebody writes it with MongoDB's own tools."""
    press = wish(desk)
    hold = HoldWish(press.car_id, press.period, press.renter_id, press.shown_price)
    unsigned = replace(Wish(WishId("raw-1"), "renter", WishKind.HOLD, body_of(hold), _now(desk)), **changes)
    return replace(unsigned, signature=sign(key or key_of(world), unsigned.signed_bytes))


def insert(world, made, slot=0, **changes):
    """On the renter's own raw connection."""
    document = {
        "_id": made.id, "slot": slot, "account": made.account, "kind": str(made.kind), "body": made.body,
        "at": Int64(made.at_ms), "sig": Binary(made.signature),
    }  # fmt: skip
    with pymongo.MongoClient(
        world.deployment.mongo_url, username="renter", password=PASSWORD, authSource=DATABASE
    ) as raw:
        raw[DATABASE].wishes.insert_one(document | changes)


@pytest.mark.parametrize("account", ["clerk", "worker", "admin"])
async def test_a_desk_books_what_a_renter_wishes_and_says_that_it_carried_it(world, stripe, account):
    async with carried(world, account) as (_, renter):
        held = await renter.booking.hold(renter.actor, wish(renter))

    stored = world.stored(held)
    row = world.db.audit.find_one({"what": "wish.carried_out"})
    assert (RENTER.id, "renter", "key-1") == (stored["renter_id"], stored["booked_by"], stored["intent_key"])
    assert f"renter via {account}" == stored["history"][0]["by"]
    assert (account, f"booking:{held.id}", "renter") == (row["by"], row["subject"], row["after"]["account"])
    assert (1, 0) == (world.db.bookings.count_documents({}), world.db.wishes.count_documents({}))


async def test_a_renter_pays_in_the_browser_and_the_desk_asks_stripe(world, stripe):
    async with carried(world) as (_, renter):
        held = await renter.booking.hold(renter.actor, wish(renter))
        async with asyncio.timeout(WITHIN_S):
            while held.payment.attempt.url == "":
                held = await renter.follower.next_change(renter.actor, held.id, held.version)
            await stripe.pay(held)
            while held.state is not BookingState.CONFIRMED:
                held = await renter.follower.next_change(renter.actor, held.id, held.version)

    assert 1 == world.db.bookings.count_documents({"state": "confirmed"})


async def test_a_renter_cancels_and_is_given_back_what_the_rules_say(world, stripe):
    async with carried(world) as (desk, renter):
        held = await renter.booking.hold(renter.actor, wish(renter, first=9, last=11))
        await stripe.pay(await desk.payment.carry_on(held.id))
        await desk.payment.carry_on(held.id)
        told = await renter.rental.quote_refund(renter.actor, held.id)
        with pytest.raises(PriceChanged):
            await renter.rental.cancel(renter.actor, held.id, told.given_back + Money(1, "EUR"))
        cancelled = await renter.rental.cancel(renter.actor, held.id, told.given_back)
        with pytest.raises(MoveRefused):
            await renter.rental.cancel(renter.actor, held.id, told.given_back)
        await until(lambda: world.db.ledger.count_documents({"kind": "refund"}))

    stored = world.stored(cancelled)
    assert "cancelled" == stored["state"]
    assert "renter via clerk" in [step["by"] for step in stored["history"]]
    assert told.given_back.minor == stored["payments"][0]["refunds"][0]["amount"]["minor"]
    assert 0 == world.blocking("car-1")


async def test_a_renter_gives_up_and_the_car_is_free(world):
    async with carried(world) as (_, renter):
        held = await renter.booking.hold(renter.actor, wish(renter))
        given_up = await renter.rental.give_up(renter.actor, held.id)
        again = await renter.rental.take_up_again(renter.actor, held.id, "key-2")

    assert BookingState.RELEASED is given_up.state
    assert [again.id] == [row["_id"] for row in world.db.bookings.find({"state": "held"})]


async def test_what_is_given_up_while_its_page_is_opened_is_given_up_all_the_same(world, monkeypatch):
    async with world.desk("clerk") as one, world.desk("worker") as two:
        held = await one.booking.hold(one.actor, wish(one))
        pages = type(one.payment._pages)
        let_run_out, opened = pages.let_run_out, []

        async def after_it_was_opened(self, booking):
            if not opened:
                opened.append(await two.payment.carry_on(held.id))
            return await let_run_out(self, booking)

        monkeypatch.setattr(pages, "let_run_out", after_it_was_opened)
        given_up = await one.rental.give_up(one.actor, held.id)

    assert held.version < opened[0].version
    assert BookingState.RELEASED is given_up.state


async def test_a_refusal_comes_with_its_reason_and_the_same_press_may_be_tried_again(world):
    async with carried(world) as (desk, renter):
        first = await desk.booking.hold(desk.actor, wish(desk, key="counter"))
        with pytest.raises(PeriodTaken) as taken:
            await renter.booking.hold(renter.actor, wish(renter))
        await desk.rental.give_up(desk.actor, first.id)
        held = await renter.booking.hold(renter.actor, wish(renter))

    assert (first.period.ends_at, ()) == (taken.value.until, taken.value.booking_ids)
    assert BookingState.HELD is held.state


async def test_with_no_desk_open_the_window_is_told_at_once_and_nothing_is_asked(world):
    async with world.desk("renter") as renter:
        with pytest.raises(NobodyCarries):
            await renter.booking.hold(renter.actor, wish(renter))

    assert 0 == world.db.wishes.count_documents({})


async def test_a_desk_that_leaves_says_so(world):
    async with carried(world) as (_, renter):
        await renter.booking.must_have_somebody(renter.actor)

    assert 0 == world.db.carriers.count_documents({})


async def test_what_nobody_answers_is_told_when_the_last_desk_has_gone(world):
    async with world.desk("clerk") as desk, world.desk("renter") as renter:
        await desk.carrier.wishes.here()
        asking = asyncio.create_task(renter.booking.hold(renter.actor, wish(renter)))
        await until(lambda: world.db.wishes.count_documents({}))
        await desk.carrier.wishes.gone()
        with pytest.raises(WishUnanswered):
            await asking
        async with at_work([desk.carrier.run]):
            await answer_to(world, "key-1")
        await desk.carrier.wishes.here()
        led = await renter.booking.hold(renter.actor, wish(renter))

    assert [led.id] == [row["_id"] for row in world.db.bookings.find()]


async def test_two_desks_at_one_wish_make_one_booking_and_one_answer(world):
    async with world.desk("clerk") as one, world.desk("worker") as two, world.desk("admin") as three:
        made = raw_wish(world, one)
        insert(world, made)
        [waiting] = await one.carrier.wishes.waiting()
        await asyncio.gather(*(desk.carrier.until_decided(waiting) for desk in (one, two, three)))

    assert 1 == world.db.bookings.count_documents({})
    assert 1 == len(world.db.fences.find_one({"_id": "car-1"})["claims"])
    assert [""] == [row["code"] for row in world.db.wish_answers.find()]
    assert 1 == world.db.audit.count_documents({"what": "wish.carried_out"})


@pytest.mark.parametrize("dies_at", ["before the commit", "after the commit", "before the answer of a repeat"])
async def test_a_desk_that_dies_over_a_wish_leaves_it_to_the_next(world, monkeypatch, dies_at):
    class Died(BaseException): ...

    async with world.desk("clerk") as one, world.desk("worker") as two:
        insert(world, raw_wish(world, one))
        [waiting] = await one.carrier.wishes.waiting()

        async def die(*_args, **_options):
            raise Died

        if dies_at == "before the commit":
            monkeypatch.setattr(type(one.carrier.deeds.bookings.store), "transact", die)
        else:
            monkeypatch.setattr(type(one.carrier.deeds.payment), "carry_on", die)
        with pytest.raises(Died):
            await one.carrier.deeds.carry(waiting)
        monkeypatch.undo()
        if waiting in await two.carrier.wishes.waiting():
            await two.carrier.until_decided(waiting)

    assert 1 == world.db.bookings.count_documents({})
    assert [""] == [row["code"] for row in world.db.wish_answers.find()]
    assert 0 == world.db.wishes.count_documents({})


async def test_what_waits_when_a_desk_opens_is_carried_out(world):
    async with world.desk("clerk") as desk:
        insert(world, raw_wish(world, desk))
        async with at_work([desk.carrier.run]):
            answer = await answer_to(world, "raw-1")

    assert ("", 1) == (answer["code"], world.db.bookings.count_documents({}))


FORGED = {
    "another key": (lambda world, desk: raw_wish(world, desk, key=new_key()), Refusal.SIGNATURE),
    "no such account": (lambda world, desk: raw_wish(world, desk, account="nobody"), Refusal.ACCOUNT),
    "an account of the counter": (lambda world, desk: raw_wish(world, desk, account="clerk"), Refusal.ACCOUNT),
    "another's renter": (
        lambda world, desk: raw_wish(world, desk, body=raw_wish(world, desk).body.replace(RENTER.id, "renter-2")),
        Refusal.RENTER,
    ),
    "another kind": (lambda world, desk: raw_wish(world, desk, kind="refund"), Refusal.KIND),
    "no body": (lambda world, desk: raw_wish(world, desk, body=""), Refusal.BODY),
    "a body with more": (
        lambda world, desk: raw_wish(world, desk, body=raw_wish(world, desk).body[:-1] + ',"state":"confirmed"}'),
        Refusal.BODY,
    ),
    "yesterday's": (lambda world, desk: raw_wish(world, desk, at_ms=_now(desk) - 86_400_000), Refusal.EXPIRED),
    "tomorrow's": (lambda world, desk: raw_wish(world, desk, at_ms=_now(desk) + 86_400_000), Refusal.EXPIRED),
    "beyond all time": (lambda world, desk: raw_wish(world, desk, at_ms=2**53), Refusal.EXPIRED),
    "changed after it was signed": (
        lambda world, desk: replace(raw_wish(world, desk), body=raw_wish(world, desk, id="other").body + " "),
        Refusal.SIGNATURE,
    ),
    "sent under another id": (lambda world, desk: replace(raw_wish(world, desk), id="raw-2"), Refusal.SIGNATURE),
}


def _now(desk):
    return round(desk.clock.now().timestamp() * 1000)


@pytest.mark.parametrize("forged", FORGED)
async def test_a_wish_that_is_not_the_accounts_own_does_nothing_and_is_told_why(world, forged):
    make, why = FORGED[forged]
    async with world.desk("clerk") as desk:
        made = make(world, desk)
        insert(world, made)
        [waiting] = await desk.carrier.wishes.waiting()
        assert await desk.carrier.deeds.carry(waiting) is None

    answer = world.db.wish_answers.find_one({"_id": made.id})
    assert ("wish.refused", why) == (answer["code"], answer["facts"]["why"])
    assert (0, 0) == (world.db.bookings.count_documents({}), world.db.wishes.count_documents({}))
    assert not any(fence["claims"] for fence in world.db.fences.find())


async def test_an_account_of_which_nothing_can_be_read_is_refused_and_stops_nobody(world):
    known = world.db.wish_keys.find_one({"_id": "renter"})
    async with world.desk("clerk") as desk:
        insert(world, raw_wish(world, desk))
        world.db.wish_keys.update_one({"_id": "renter"}, {"$set": {"renter.name": 7}})
        [waiting] = await desk.carrier.wishes.waiting()
        await desk.carrier.deeds.carry(waiting)
        world.db.wish_keys.replace_one({"_id": "renter"}, known)

    assert Refusal.ACCOUNT == world.db.wish_answers.find_one({"_id": waiting.id})["facts"]["why"]


async def test_a_wish_that_was_carried_out_does_nothing_when_it_is_sent_again(world):
    async with world.desk("clerk") as desk:
        made = raw_wish(world, desk)
        for slot in (1, 2):
            insert(world, made, slot)
            [waiting] = await desk.carrier.wishes.waiting()
            await desk.carrier.deeds.carry(waiting)
        world.db.wish_answers.delete_many({})
        insert(world, made, 3)
        [waiting] = await desk.carrier.wishes.waiting()
        await desk.carrier.until_decided(waiting)

    assert 1 == world.db.bookings.count_documents({})
    assert 0 == world.db.wishes.count_documents({})


async def test_a_key_of_somebody_elses_booking_leads_nowhere(world):
    async with world.desk("clerk") as desk:
        theirs = await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="raw-1"))
        world.db.bookings.update_one({"_id": theirs.id}, {"$set": {"renter_id": "renter-9"}})
        insert(world, raw_wish(world, desk))
        [waiting] = await desk.carrier.wishes.waiting()
        await desk.carrier.deeds.carry(waiting)

    answer = world.db.wish_answers.find_one({"_id": "raw-1"})
    assert (Refusal.USED, "") == (answer["facts"]["why"], answer["booking_id"])
    assert 1 == world.db.bookings.count_documents({})


async def test_nobody_gives_up_or_cancels_what_is_somebody_elses(world):
    async with world.desk("clerk") as desk:
        theirs = await desk.booking.hold(desk.actor, wish(desk))
        world.db.bookings.update_one({"_id": theirs.id}, {"$set": {"renter_id": "renter-9"}})
        made = raw_wish(world, desk, kind=WishKind.GIVE_UP, body=body_of(GiveUpWish(theirs.id)))
        insert(world, made)
        [waiting] = await desk.carrier.wishes.waiting()
        await desk.carrier.deeds.carry(waiting)

    assert "not_found" == world.db.wish_answers.find_one({"_id": made.id})["code"]
    assert "held" == world.stored(theirs)["state"]


async def test_a_disabled_account_and_an_old_key_wish_in_vain(world, staff):
    async with world.desk("admin") as admin, world.desk("clerk") as desk:
        old = raw_wish(world, desk)
        await admin.accounts.reset_password(admin.actor, "renter")
        with_new = raw_wish(world, desk, id="raw-2")
        await admin.accounts.disable(admin.actor, "renter", PASSWORD)
        disabled = raw_wish(world, desk, id="raw-3", key=key_of(world))
        whys = []
        for made in (old, with_new, disabled):
            world.db.wishes.insert_one(
                {"_id": made.id, "slot": 0, "account": made.account, "kind": made.kind, "body": made.body,
                 "at": Int64(made.at_ms), "sig": Binary(made.signature)}
            )  # fmt: skip
            [waiting] = await desk.carrier.wishes.waiting()
            await desk.carrier.deeds.carry(waiting)
            whys.append(world.db.wish_answers.find_one({"_id": made.id})["facts"]["why"])
        await admin.accounts.enable(admin.actor, "renter")
        insert_as_root = raw_wish(world, desk, id="raw-4")
        assert (await desk.carrier.wishes.signer("renter")).active
        assert desk.carrier.deeds._proven(insert_as_root, await desk.carrier.wishes.signer("renter")).renter == RENTER

    assert [Refusal.ACCOUNT, Refusal.ACCOUNT, Refusal.ACCOUNT] == whys
    assert 0 == world.db.bookings.count_documents({})


async def test_rows_of_any_bytes_stop_nobody(world):
    """A raw connection writes what is no text at all; the next wish is carried out all the same."""
    async with world.desk("clerk") as desk:
        with pymongo.MongoClient(
            world.deployment.mongo_url, username="renter", password=PASSWORD, authSource=DATABASE
        ) as raw:
            for slot, text in enumerate(("\x00", "$where", "x" * 80)):
                raw[DATABASE].wishes.insert_one(
                    {"_id": text, "slot": slot, "account": text[:40], "kind": text[:20], "body": "{" * 999,
                     "at": Int64(slot), "sig": Binary(bytes(64))}
                )  # fmt: skip
        insert(world, raw_wish(world, desk), 9)
        async with at_work([desk.carrier.run]):
            answer = await answer_to(world, "raw-1")

    assert ("", 1) == (answer["code"], world.db.bookings.count_documents({}))


async def test_a_flood_takes_as_many_places_as_there_are_and_leaves_as_many_answers(world):
    async with world.desk("clerk") as desk:
        for _ in range(2):
            for slot in range(3):
                insert(world, raw_wish(world, desk, key=new_key(), id=f"{_}-{slot}"), slot)
            with pytest.raises(pymongo.errors.DuplicateKeyError):
                insert(world, raw_wish(world, desk, id="one more"), 2)
            for waiting in await desk.carrier.wishes.waiting():
                await desk.carrier.deeds.carry(waiting)

    assert 3 == world.db.wish_answers.count_documents({})
    with pytest.raises(OperationFailure):
        insert(world, raw_wish_plain(), 200)


def raw_wish_plain():
    return Wish(WishId("x"), "renter", "hold", "", 1, b"")


PLANTED = {
    "name": "Zacharias Quillfeather",
    "email": "zq@planted.example",
    "phone": "+4930901899",
    "licence": "ZQ-PLANTED",
}


@pytest.mark.parametrize("account", ["renter", "owner"])
async def test_nothing_that_a_renter_or_an_owner_may_read_holds_somebody_elses_name_address_or_price(world, account):
    """Every collection and view is asked on a raw connection; what may be read is searched for what was planted."""
    world.add_cars(make_car(9, daily_rate=Money(77_77, "EUR")))
    other = Renter(RenterId("renter-9"), **PLANTED)
    world.db.renters.insert_one(renter_document(other))
    world.db.cars.update_one({"_id": "car-9"}, {"$set": {"daily_rate.minor": 1}})
    async with world.carrying() as counter, world.desk("renter") as renter:
        press = wish(counter, car="car-9", key="theirs", renter_id=other.id, shown_price=Money(2 * 77_77, "EUR"))
        theirs = await counter.payment.carry_on((await counter.booking.hold(counter.actor, press)).id)
        mine = await renter.booking.hold(renter.actor, wish(renter))
    names = [*world.db.list_collection_names(), "system.views", "system.js"]
    read = {}
    with pymongo.MongoClient(
        world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE
    ) as raw:
        for name in names:
            with suppress(OperationFailure):
                read[name] = str(list(raw[DATABASE][name].find()))
    planted = [*PLANTED.values(), "zacharias", "Quillfeather", theirs.payment.attempt.url, other.id, "theirs"]
    planted += ["15554", "renter_name': 'Ada"] if account == "renter" else ["Ada", RENTER.email, RENTER.id, "clerk"]
    found = {(name, word) for name, text in read.items() for word in planted if word and word in text}
    own = {name for name, text in read.items() if mine.id in text}

    allowed = {(name, "renter_name': 'Ada") for name in own if name.startswith("own.bookings")}
    assert allowed == found
    assert bool(own)
    assert (account == "renter") == any(RENTER.email in read[name] for name in own)


@pytest.mark.parametrize("view", ["booking_standings", "own"])
async def test_a_view_that_was_opened_wide_is_found_by_the_doctor_and_narrowed_again(world, endpoints, view):
    name = own_names("renter", RENTER.id).bookings if view == "own" else view
    world.db.command("collMod", name, viewOn="bookings", pipeline=[])
    async with world.desk("admin") as office:
        wide = (await office.admin.health.inspection.schema()).wrong
    changes = await provisioned(endpoints)
    async with world.desk("admin") as office:
        mended = (await office.admin.health.inspection.schema()).wrong

    assert remark("schema.view", collection=name) in wide
    assert remark("done.view_renewed", view=name) in changes
    assert [] == [line for line in mended if "view" in line.code]


async def provisioned(endpoints):
    """With MongoDB's own administrator, as a firm runs it after an update."""
    client = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    try:
        return await provision(client, DATABASE, FirmSettings())
    finally:
        await client.close()
