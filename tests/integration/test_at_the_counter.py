"""A car that is promised to somebody who pays when it is handed over: no page, no clock, every guard."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import DATABASE, FULL, PASSWORD, RENTER, wish
from payments import opened

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.domain.booking.belief import Doubt
from engine.domain.booking.paying import PayFirst
from engine.domain.booking.states import BookingState
from engine.domain.money.tender import Tender
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import DriveSphereError, Forbidden, NotBelieved, PeriodTaken
from engine.domain.shared.period import RentalPeriod
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio


def moved(period, by):
    return RentalPeriod(period.starts_at + by, period.ends_at + by)


async def promised(desk, **changes):
    return await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, **changes))


async def test_the_car_is_promised_at_once_and_stripe_is_asked_nothing(world, stripe):
    async with world.desk() as desk:
        booking = await promised(desk)
        again = await desk.payment.carry_on(booking.id)
        with pytest.raises(PeriodTaken):
            await desk.booking.hold(desk.actor, wish(desk, key="other"))

    assert BookingState.CONFIRMED is booking.state is again.state
    assert [BookingState.HELD, BookingState.CONFIRMED] == [step.state for step in booking.history]
    stored = world.stored(booking)
    assert (1, [], "counter") == (stored["version"], stored["payments"][0]["attempts"], stored["payments"][0]["tender"])
    assert "due_at" not in stored
    assert [] == await stripe.pages(booking)


async def test_eight_presses_promise_one_car_once(world):
    async with world.desk() as one, world.desk() as other:
        desks = [one, other] * 4
        told = await asyncio.gather(
            *(promised(desk, key=f"key-{n}") for n, desk in enumerate(desks)), return_exceptions=True
        )

    assert 1 == sum(not isinstance(each, BaseException) for each in told)
    assert all(isinstance(each, DriveSphereError) for each in told if isinstance(each, BaseException))
    assert 1 == world.db.bookings.count_documents({"state": "confirmed"})
    assert 1 == len(world.db.fences.find_one({"_id": "car-1"})["claims"])


async def test_it_goes_out_and_comes_back_unpaid_and_is_cancelled_without_a_refund(world):
    async with world.desk() as desk:
        out = await promised(desk, first=0, last=1)
        await desk.rental.hand_over(desk.actor, out.id, FULL)
        back = await desk.rental.returned(desk.actor, out.id, FULL)
        other = await promised(desk, first=2, last=3, key="other")
        told = await desk.rental.quote_refund(desk.actor, other.id)
        gone = await desk.rental.cancel(desk.actor, other.id, told.given_back)

    assert (BookingState.COMPLETED, BookingState.CANCELLED) == (back.state, gone.state)
    assert (0, 0) == (told.given_back.minor, told.kept.minor)
    assert [] == world.db.fences.find_one({"_id": "car-1"})["claims"]
    assert 0 == world.db.ledger.count_documents({})


async def test_only_so_many_days_ahead_as_the_firm_says(world):
    async with world.desk() as desk, world.desk("admin") as admin:
        with pytest.raises(PayFirst) as refused:
            await promised(desk, first=31, last=32)
        assert 30 == refused.value.days
        await promised(desk, first=29, last=30)
        firm = await admin.admin.firm.firm(admin.actor)
        made = await admin.admin.firm.change(admin.actor, replace(firm.settings, unpaid_days=0), None, after=firm.last)
        world.db.settings.update_one({"_id": made.number}, {"$set": {"valid_from": admin.clock.now()}})
        async with world.desk() as later:
            with pytest.raises(PayFirst):
                await promised(later, car="car-2", key="today", first=0, last=1)
    assert 1 == world.db.bookings.count_documents({})


async def test_whoever_stands_at_no_counter_pays_on_a_page(world):
    async with world.desk() as desk:
        renter = Actor(AccountName("ada"), RENTER.name, Role.RENTER, renter=RENTER)
        with pytest.raises(Forbidden):
            await desk.booking.hold(renter, wish(desk, pays=Tender.COUNTER))
    assert 0 == world.db.bookings.count_documents({})


async def test_one_further_ahead_than_the_rules_allow_is_not_believed(world):
    async with world.desk() as desk:
        booking = await promised(desk, first=29, last=30)
        await desk.payment.belief.look(booking)
        later = replace(booking, period=moved(booking.period, timedelta(days=5)))
        with pytest.raises(NotBelieved) as told:
            await desk.payment.belief.look(later)
    assert Doubt.RULES == told.value.doubt


async def test_the_books_do_not_miss_money_for_it(world, stripe):
    worker = Credentials("worker", PASSWORD, DATABASE)
    async with (
        world.desk() as desk,
        world.desk("worker") as office,
        connect(world.deployment.mongo_url, worker) as client,
    ):
        booking = await promised(desk)
        reconciler = Reconciler(office.payment.gateway, MongoBooks(client, DATABASE), office.clock)
        report = await reconciler.among([booking.id], [], timedelta(seconds=30))
    assert [] == list(report.differences)
    assert 1 == report.looked


async def test_a_page_that_somebody_opened_for_it_is_not_taken(world, stripe):
    """Its row names no page: what is paid for it on one is let go."""
    async with world.desk() as desk:
        other = await opened(desk, key="other", car="car-2")
        booking = await promised(desk)
        assert booking == await desk.payment.heard(booking.id, other.payment.attempt.session_id)
