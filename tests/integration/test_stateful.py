"""Random commands against the real services and servers; after each of them, nothing is lost and nothing sold twice."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from builders import FULL, MISTAKE, wish
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from payments import run_out, stripe_of

from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.money.payment import AttemptState, RefundState
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.period import RentalPeriod

CARS = st.sampled_from(["car-1", "car-2"])
PICK = st.integers(0, 30)
#: By the length of ``make faults``; the first is for ``make test``.
EXAMPLES = {"": 10, "short": 20, "long": 60}[os.environ.get("FAULTS", "")]
#: Some five seconds each in quiet, and many times that beside others' work.
_A_GAME_WITHIN_S = 30


class Firm(RuleBasedStateMachine):
    """Two desks, two cars, a payer and time that runs out."""

    world = None

    def __init__(self):
        super().__init__()
        self.loop = asyncio.SelectorEventLoop()
        self.leaving = AsyncExitStack()
        self.presses = 0
        self.made = []
        self.let_go_by_mistake = set()
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

    def pick_stored(self, number, **query):
        """One of those whose row says so, where there is one; so that rare commands find what they are for."""
        ids = {row["_id"] for row in self.world.db.bookings.find(query, {"_id": 1})}
        found = [booking for booking in self.made if booking.id in ids]
        return found[number % len(found)] if found else None

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

    @rule(car=CARS, first=st.integers(0, 4), length=st.integers(1, 3), taken=st.booleans())
    def sell(self, car, first, length, taken):
        """Booked and paid in one go, from now on or later; the money may not be taken at once."""
        desk = self.desks[0]
        want = wish(desk, car=car, first=first, last=first + length)
        if first == 0:
            period = RentalPeriod(desk.clock.now(), want.period.ends_at - timedelta(hours=1))
            want = replace(want, period=period)
        self.attempt(self._book(desk, lambda key: desk.booking.hold(desk.actor, replace(want, intent_key=key))))
        booking = self.made[-1] if self.made else None
        if booking and booking.payment.attempt.url:
            self.do(self.stripe.pay(booking))
            if not taken:
                self.do(self.stripe.fault(kind="fail", status=429, operation="PostPaymentIntentsIntentCapture"))
            self.attempt(desk.payment.settle(desk.actor, booking.id))

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
        if booking and booking.payment.attempt.url:
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
            self.attempt(self.desks[0].rental.give_up(self.desks[0].actor, booking.id))

    @rule(number=PICK)
    def cancel(self, number):
        async def cancel(booking):
            desk = self.desks[1]
            quoted = await desk.rental.quote_refund(desk.actor, booking.id)
            return await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)

        if booking := self.pick_stored(number, state="confirmed") or self.pick(number):
            self.attempt(cancel(booking))

    @rule(number=PICK)
    def the_car_goes_out(self, number):
        if booking := self.pick_stored(number, state="confirmed"):
            self.attempt(self.desks[0].rental.hand_over(self.desks[0].actor, booking.id, FULL))

    @rule(number=PICK)
    def the_car_comes_back(self, number):
        if booking := self.pick_stored(number, state="out"):
            self.attempt(self.desks[0].rental.returned(self.desks[0].actor, booking.id, FULL))

    @rule(number=PICK)
    def paid_for_a_car_let_go(self, number):
        """As after a loss of the database's last seconds: the page outlived its booking, and is paid."""
        booking = self.pick_stored(number, state="held")
        if booking is None or not booking.payment.attempt.url:
            return
        at = booking.history[-1].at
        steps = [{"state": state, "at": at, "by": "test"} for state in ("releasing", "released")]
        free = {
            "$set": {"state": "released", "payments.0.attempts.$[].state": "expired"},
            "$push": {"history": {"$each": steps}},
            "$unset": {"due_at": "", "payments.0.trouble": ""},
        }
        done = self.world.db.bookings.update_one({"_id": booking.id, "state": "held"}, {**free, "$inc": {"version": 1}})
        if done.modified_count:
            self.let_go_by_mistake.add(booking.id)
            claim = {"$pull": {"claims": {"id": booking.id}}, "$inc": {"seq": 1}}
            self.world.db.fences.update_one({"_id": booking.car_id}, claim)
            self.do(self.stripe.pay(booking))

    @rule(number=PICK)
    def an_authorisation_runs_out(self, number):
        uncaptured = {"$elemMatch": {"state": "paid", "captured_at": None}}
        if booking := self.pick_stored(number, **{"payments.0.attempts": uncaptured}):
            paid = self.world.stored(booking)["payments"][0]["attempts"][-1]
            self.do(self.stripe.calm())
            # Taken already where the answer was lost: then there is no authorisation that could run out.
            if self.do(self.stripe.intent(paid["payment_intent"]))["status"] == "requires_capture":
                self.do(self.stripe.cancel_intent(paid["payment_intent"]))

    @rule()
    def stripe_will_fail_a_refund(self):
        self.do(self.stripe.next_refund("failed"))

    @rule(number=PICK)
    def somebody_sees_to_it(self, number):
        async def see_to(booking):
            desk = self.desks[1]
            now = await desk.booking.booking(desk.actor, booking.id)
            return await desk.admin.manual_review.settle_by_hand(desk.actor, now.id, "by telephone", seen=now.version)

        if booking := self.pick_stored(number, **{"payments.trouble": {"$exists": True}}):
            self.attempt(see_to(booking))

    @rule(number=PICK)
    def a_webhook_comes(self, number):
        if booking := self.pick(number):
            self.attempt(self.desks[1].payment.heard(booking.id, booking.payment.attempt.session_id))

    @rule(number=PICK)
    def take_up_again(self, number):
        if booking := self.pick_stored(number, state="released"):
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
            assert {row["_id"] for row in rows} == {claim["id"] for claim in fence["claims"]}

    def teardown(self):
        try:
            self.do(self._judge())
        finally:
            self.do(self.leaving.aclose())
            self.loop.close()

    async def _judge(self):
        """When the bad day is over and everything was settled, Stripe's books and ours agree to the cent."""
        await self.stripe.calm()
        await self.stripe.next_refund("succeeded")
        desk = self.desks[1]
        for booking in self.made:
            settled = await desk.payment.settle(desk.actor, booking.id)
            if booking.id in self.let_go_by_mistake:
                settled = await desk.payment.heard(booking.id, booking.payment.attempt.session_id)
                assert settled.state is not BookingState.RELEASED, "paid, and nobody knows"
            await self._judge_page(settled)
            await self._judge_money(settled)
            assert not settled.refund_waits
            assert not settled.money_waits
            assert settled.due_at is None or settled.state is BookingState.HELD
        await self._judge_list()

    async def _judge_page(self, settled):
        pages = await self.stripe.pages(settled)
        payable = [page["id"] for page in pages if page["status"] == "open"]
        assert len(payable) <= (settled.state is BookingState.HELD), "a page can be paid that should not"
        assert {page["id"] for page in pages} <= {attempt.session_id for attempt in settled.payment.attempts}

    async def _judge_money(self, settled):
        ledger = defaultdict(int)
        for row in self.world.db.ledger.find({"booking_id": settled.id}):
            ledger[row["kind"]] += row["amount"]["minor"]
        charges = await self.stripe.charges(settled)
        assert ledger["charge"] == sum(charge["captured"] for charge in charges)
        assert -ledger["refund"] == sum(charge["refunded"] for charge in charges)
        assert ledger["charge"] + ledger["refund"] == ledger["owner_share"] + ledger["platform_share"]
        assert all(len(charge["refunds"]) <= 1 for charge in charges)
        if ledger["charge"] > -ledger["refund"]:
            failed = settled.payment.refund is not None and settled.payment.refund.state is RefundState.FAILED
            assert failed or settled.state in (
                BookingState.CONFIRMED, BookingState.COMPLETED, BookingState.CANCELLED
            ), "charged without a car"  # fmt: skip

    async def _judge_list(self):
        """Whatever no engine can end is in somebody's care, unless a person has seen to it."""
        desk = self.desks[1]
        listed = {case.booking.id for case in (await desk.admin.manual_review.waiting(desk.actor, limit=1000)).rows}
        for booking in self.made:
            now = await desk.booking.booking(desk.actor, booking.id)
            failed = now.payment.refund is not None and now.payment.refund.state is RefundState.FAILED
            lapsed = now.payment.attempt.state is AttemptState.LAPSED and now.trouble is not None
            asked = (failed or lapsed) and not now.settled_by_hand
            assert (booking.id in listed) == (asked or self._is_carless(now))

    def _is_carless(self, booking):
        """Sold, not handed over, and its car left service: somebody has to move it."""
        idle = self.world.db.fences.find_one({"_id": booking.car_id})["status"] != "active"
        ahead = booking.period.ends_at > self.desks[1].clock.now()
        return idle and ahead and booking.state is BookingState.CONFIRMED


@pytest.mark.timeout(EXAMPLES * _A_GAME_WITHIN_S)
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_random_commands_lose_nothing_and_sell_nothing_twice(world):
    Firm.world = world
    calm = settings(
        max_examples=EXAMPLES,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        # A failing example is told as it is: to look for a smaller one takes minutes with real servers.
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Firm, settings=calm)
