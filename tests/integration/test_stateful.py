"""Random commands against the real services and servers; after each of them, nothing is lost and nothing sold twice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from builders import wish
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from payments import run_out, stripe_of

from engine.domain.booking import BLOCKING, Booking, BookingState
from engine.domain.errors import DriveSphereError

CARS = st.sampled_from(["car-1", "car-2"])
PICK = st.integers(0, 30)


class Firm(RuleBasedStateMachine):
    """Two desks, two cars, a payer and time that runs out."""

    world = None

    def __init__(self):
        super().__init__()
        self.loop = asyncio.SelectorEventLoop()
        self.leaving = AsyncExitStack()
        self.presses = 0
        self.made = []
        for name in ("bookings", "ledger"):
            self.world.db[name].delete_many({})
        self.world.db.fences.update_many({}, {"$set": {"claims": [], "status": "active"}})
        self.world.redis.flushall()
        self.do(self._open())

    async def _open(self):
        enter = self.leaving.enter_async_context
        self.desks = [await enter(self.world.desk("clerk")), await enter(self.world.desk("admin"))]
        self.stripe = await enter(stripe_of(self.world))

    def do(self, work):
        return self.loop.run_until_complete(work)

    def attempt(self, work):
        """A refusal is a fine answer; anything that is no error of ours is not."""
        try:
            return self.do(work)
        except DriveSphereError:
            return None

    def pick(self, number):
        return self.made[number % len(self.made)] if self.made else None

    async def _book(self, desk, make):
        """Hold and open the page, as a desk does; what was held counts, whatever Stripe says."""
        self.presses += 1
        booking = await make(f"press-{self.presses}")
        self.made.append(booking)
        self.made[-1] = await desk.payment.settle(desk.actor, booking.id)

    @rule(car=CARS, first=st.integers(1, 4), length=st.integers(1, 3), desk=st.integers(0, 1))
    def book(self, car, first, length, desk):
        used = self.desks[desk]
        want = wish(used, car=car, first=first, last=first + length)
        self.attempt(self._book(used, lambda key: used.booking.hold(used.actor, replace(want, intent_key=key))))

    @rule(car=CARS, first=st.integers(1, 3))
    def both_desks_want_the_same(self, car, first):
        async def rush():
            wants = []
            for desk in self.desks * 2:
                self.presses += 1
                want = wish(desk, car=car, first=first, last=first + 1, key=f"press-{self.presses}")
                wants.append(desk.booking.hold(desk.actor, want))
            return await asyncio.gather(*wants, return_exceptions=True)

        got = self.do(rush())
        assert all(isinstance(each, Booking | DriveSphereError) for each in got)
        self.made += [each for each in got if isinstance(each, Booking)]

    @rule(number=PICK)
    def pay(self, number):
        booking = self.pick(number)
        if booking and booking.attempt.url:
            self.do(self.stripe.pay(booking))

    @rule(number=PICK)
    def time_runs_out(self, number):
        booking = self.pick(number)
        if booking and self.world.stored(booking)["state"] == "held":
            run_out(self.world, booking)

    @rule(number=PICK, desk=st.integers(0, 1))
    def settle(self, number, desk):
        if booking := self.pick(number):
            self.attempt(self.desks[desk].payment.settle(self.desks[desk].actor, booking.id))

    @rule(number=PICK)
    def give_up(self, number):
        if booking := self.pick(number):
            self.attempt(self.desks[0].payment.give_up(booking.id))

    @rule(number=PICK)
    def cancel(self, number):
        async def cancel(booking):
            desk = self.desks[1]
            quoted = await desk.rental.quote_refund(desk.actor, booking.id)
            return await desk.rental.cancel(desk.actor, booking.id, quoted.given_back)

        if booking := self.pick(number):
            self.attempt(cancel(booking))

    @rule(number=PICK)
    def a_webhook_comes(self, number):
        if booking := self.pick(number):
            self.attempt(self.desks[1].payment.heard(booking.id, booking.attempt.session_id))

    @rule(number=PICK)
    def take_up_again(self, number):
        if booking := self.pick(number):
            desk = self.desks[1]
            self.attempt(self._book(desk, lambda key: desk.rental.take_up_again(desk.actor, booking.id, key)))

    @rule()
    def sweep(self):
        self.attempt(self.desks[0].sweeper.sweep())

    @rule(car=CARS, status=st.sampled_from(["active", "maintenance"]))
    def workshop(self, car, status):
        self.world.db.fences.update_one({"_id": car}, {"$set": {"status": status}, "$inc": {"seq": 1}})

    @rule(kind=st.sampled_from(["lose", "drop", "fail"]), times=st.integers(1, 4))
    def a_bad_day_at_stripe(self, kind, times):
        self.do(self.stripe.fault(kind=kind, times=times))

    @invariant()
    def no_car_is_sold_twice_and_the_fence_says_the_same(self):
        for fence in self.world.db.fences.find({"_id": {"$in": ["car-1", "car-2"]}}):
            rows = list(
                self.world.db.bookings.find({"car_id": fence["_id"], "state": {"$in": list(BLOCKING)}}).sort(
                    "starts_at"
                )
            )
            assert all(earlier["ends_at"] <= later["starts_at"] for earlier, later in pairwise(rows))
            assert {row["_id"] for row in rows} == {claim["booking_id"] for claim in fence["claims"]}

    def teardown(self):
        try:
            self.do(self._judge())
        finally:
            self.do(self.leaving.aclose())
            self.loop.close()

    async def _judge(self):
        """When the bad day is over and everything was settled, Stripe's books and ours agree to the cent."""
        await self.stripe.calm()
        for booking in self.made:
            settled = await self.desks[1].payment.settle(self.desks[1].actor, booking.id)
            page = await self.stripe.page(settled) if settled.attempt.session_id else {"status": "never made"}
            assert settled.state is not BookingState.RELEASED or page["status"] != "open", "released, yet payable"
            ledger = defaultdict(int)
            for row in self.world.db.ledger.find({"booking_id": booking.id}):
                ledger[row["kind"]] += row["amount"]["minor"]
            charges = await self.stripe.charges(booking)
            assert ledger["charge"] == sum(charge["captured"] for charge in charges)
            assert -ledger["refund"] == sum(charge["refunded"] for charge in charges)
            assert ledger["charge"] + ledger["refund"] == ledger["owner_share"] + ledger["platform_share"]
            if ledger["charge"] > -ledger["refund"]:
                assert settled.state in (BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CANCELLED)
            assert not settled.refund_waits
            assert not settled.money_waits


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_random_commands_lose_nothing_and_sell_nothing_twice(world):
    Firm.world = world
    calm = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    run_state_machine_as_test(Firm, settings=calm)
