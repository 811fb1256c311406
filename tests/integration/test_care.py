"""What needs a person is found, told once, and leaves the list when somebody saw to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import BERLIN, DATABASE, MISTAKE, PASSWORD
from payments import opened, run_out, wrote

from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.config import Secret
from engine.domain.booking.states import BookingState
from engine.domain.car.catalogue import CarWish
from engine.domain.money.payment import AttemptState, RefundState
from engine.domain.money.trouble import Why
from engine.domain.reports.books import DifferenceKind
from engine.domain.shared.errors import Forbidden, InvalidText, MoveRefused, Overtaken, Unavailable
from engine.services.payment.reconcile import Reconciler

pytestmark = pytest.mark.asyncio


@pytest.fixture
def keyless(world):
    """The same firm at a desk without a Stripe key."""
    return replace(world, deployment=replace(world.deployment, stripe_key=Secret(), stripe_url=""))


async def waiting(desk, **page):
    cases = await desk.admin.manual_review.waiting(desk.actor, **page)
    return [(case.booking.id, case.why) for case in cases.rows]


async def confirmed(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


async def cancelled(desk, booking):
    quoted = await desk.rental.quote_refund(desk.actor, booking.id)
    return await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)


async def with_failed_refund(desk, stripe, **changes):
    await stripe.next_refund("failed")
    return await cancelled(desk, await confirmed(desk, stripe, first=10, last=12, **changes))


async def uncaptured(desk, stripe, **changes):
    """Confirmed and authorised, but the money was not taken yet."""
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    await stripe.fault(kind="drop", operation="PostPaymentIntentsIntentCapture", times=9)
    with pytest.raises(Unavailable):
        await desk.payment.settle(desk.actor, booking.id)
    await stripe.calm()
    return await desk.booking.booking(desk.actor, booking.id)


async def lapsed(desk, stripe, **changes):
    """What Stripe does seven days after the authorisation."""
    booking = await uncaptured(desk, stripe, **changes)
    await stripe.cancel_intent(booking.payment.attempt.payment_intent)
    return await desk.payment.settle(desk.actor, booking.id)


def posted(world, booking, *kinds):
    rows = world.db.ledger.find({"booking_id": booking.id, "kind": {"$in": kinds}}).sort("_id", 1)
    return [row["amount"]["minor"] for row in rows]


def now_due(world, booking):
    """The time until the next try has passed."""
    past = booking.created_at - timedelta(hours=2)
    put_off = {"_id": booking.id, "due_at": {"$exists": True}, "payments.trouble": {"$exists": True}}
    world.db.bookings.update_one(put_off, {"$set": {"due_at": past, "payments.0.trouble.again_at": past}})


def an_hour_passes(world, booking):
    """What was stored about its trouble lies an hour back."""
    back = {"$subtract": ["$person_at", 3_600_000]}
    world.db.bookings.update_one({"_id": booking.id}, [{"$set": {"person_at": back}}])


async def test_P9_a_refund_that_stripe_failed_needs_a_person_and_is_not_asked_for_again(world, stripe):
    async with world.desk("admin") as admin:
        booking = await with_failed_refund(admin, stripe)

        assert RefundState.FAILED == booking.payment.refund.state
        assert [(booking.id, Why.REFUND_FAILED)] == await waiting(admin)
        assert 0 == await admin.sweeper.sweep()


async def test_a_refund_without_a_car_that_failed_needs_a_person_too(world, stripe):
    """REFUND_DUE was looked at by every sweep for ever."""
    async with world.desk("admin") as admin:
        booking = await opened(admin)
        await stripe.pay(booking)
        intent = (await stripe.page(booking))["payment_intent"]
        paid = {"payments.0.attempts.0.state": "paid", "payments.0.attempts.0.payment_intent": intent}
        wrote(world, booking, "releasing", "released", "refund_due", **paid)
        await stripe.capture(intent)  # by somebody in Stripe's dashboard
        await stripe.next_refund("failed")

        settled = await admin.payment.settle(admin.actor, booking.id)

        assert BookingState.REFUND_DUE == settled.state
        assert [(booking.id, Why.REFUND_FAILED)] == await waiting(admin)
        assert 0 == await admin.sweeper.sweep()


async def test_P9_a_refund_that_comes_back_weeks_later_is_unposted_once_and_needs_a_person(world, stripe):
    """At Stripe a refund to a card is done at once, and fails when the bank sends it back."""
    async with world.desk("admin") as admin, world.desk("worker") as office:
        booking = await cancelled(admin, await confirmed(admin, stripe, first=10, last=12))
        assert RefundState.DONE == (await office.payment.heard(booking.id, "")).payment.refund.state
        await stripe.refund_comes_back(booking)

        got = await asyncio.gather(*(each.payment.heard(booking.id, "") for each in (office, admin) * 3))

        assert {RefundState.FAILED} == {each.payment.refund.state for each in got}
        assert [(booking.id, Why.REFUND_FAILED)] == await waiting(admin)
        assert [100_00, -100_00, 100_00] == posted(world, booking, "charge", "refund")
        assert 100_00 == sum(posted(world, booking, "owner_share", "platform_share"))
        assert [0] == [charge["refunded"] for charge in await stripe.charges(booking)]


async def test_P9_what_was_let_go_before_it_was_taken_cannot_come_back(world, stripe):
    async with world.desk("admin") as admin:
        booking = await cancelled(admin, await uncaptured(admin, stripe, first=10, last=12))

        assert booking == await admin.payment.heard(booking.id, "")


async def test_row_16_a_lapsed_authorisation_ends_and_needs_a_person(world, stripe):
    async with world.desk("admin") as admin:
        booking = await lapsed(admin, stripe)

        assert (BookingState.CONFIRMED, AttemptState.LAPSED) == (booking.state, booking.payment.attempt.state)
        assert [(booking.id, Why.LAPSED)] == await waiting(admin)
        assert 0 == await admin.sweeper.sweep()
        assert 0 == world.db.ledger.count_documents({})


async def test_row_16_what_a_person_saw_to_is_no_difference_for_reconcile(world, stripe):
    async with (
        world.desk("admin") as admin,
        connect(world.deployment.mongo_url, Credentials("admin", PASSWORD, DATABASE)) as client,
    ):
        booking = await lapsed(admin, stripe)
        reconciler = Reconciler(admin.payment.gateway, MongoBooks(client, DATABASE), admin.clock)
        span = (booking.created_at - timedelta(minutes=1), booking.created_at + timedelta(minutes=1))

        before = [each.kind for each in (await reconciler.compare(*span)).differences if each.booking_id == booking.id]
        await admin.admin.manual_review.settle_by_hand(
            admin.actor, booking.id, "paid at the counter", seen=booking.version
        )
        after = await reconciler.compare(*span)

        assert [DifferenceKind.BOOKED_UNPAID] == before
        assert booking.id not in {each.booking_id for each in after.differences}
        assert 1 == after.by_hand


async def test_row_16_nothing_is_given_back_of_what_was_never_taken(world, stripe):
    async with world.desk("admin") as admin:
        booking = await lapsed(admin, stripe, first=10, last=12)
        over = await cancelled(admin, booking)

        assert (BookingState.CANCELLED, None) == (over.state, over.payment.refund)
        assert [] == await waiting(admin)
        assert 0 == world.blocking("car-1")


async def test_row_16_a_cancellation_whose_fee_lapsed_gives_nothing_back_twice(world, stripe):
    """Cancelled late, so half was to be kept; before it was taken the authorisation ran out."""
    async with world.desk("admin") as admin:
        booking = await uncaptured(admin, stripe)
        await stripe.fault(kind="drop", operation="PostPaymentIntentsIntentCapture", times=9)
        quoted = await admin.rental.quote_refund(admin.actor, booking.id)
        with pytest.raises(Unavailable):
            await admin.rental.cancel(admin.actor, booking.id, quoted.given_back, MISTAKE)
        await stripe.calm()
        await stripe.cancel_intent(booking.payment.attempt.payment_intent)

        over = await admin.payment.settle(admin.actor, booking.id)

        assert (BookingState.CANCELLED, RefundState.DONE) == (over.state, over.payment.refund.state)
        assert [(booking.id, Why.LAPSED)] == await waiting(admin)
        assert 0 == world.db.ledger.count_documents({})


async def test_row_11_a_release_without_an_answer_is_asked_for_less_and_less_often(world, stripe):
    async with world.desk("admin") as admin:
        booking = await opened(admin)
        run_out(world, booking)
        await stripe.fault(kind="drop", operation="PostCheckoutSessionsSessionExpire", times=100)

        looked = [await admin.sweeper.sweep() for _ in range(2)]
        stored = world.stored(booking)
        now_due(world, booking)
        looked.append(await admin.sweeper.sweep())

        assert [1, 0, 1] == looked
        assert ("stuck", "unavailable", 1) == tuple(
            stored["payments"][0]["trouble"][name] for name in ("why", "code", "tries")
        )
        assert 2 == world.stored(booking)["payments"][0]["trouble"]["tries"]
        assert 1 == world.blocking("car-1")


async def test_row_11_an_alarm_comes_after_a_while_and_ends_with_the_answer(world, stripe):
    async with world.desk("admin") as admin:
        booking = await opened(admin)
        run_out(world, booking)
        await stripe.fault(kind="drop", operation="PostCheckoutSessionsSessionExpire", times=100)
        await admin.sweeper.sweep()
        early = await waiting(admin)
        an_hour_passes(world, booking)
        late = await waiting(admin)
        await stripe.calm()
        now_due(world, booking)
        await admin.sweeper.sweep()

        assert ([], [(booking.id, Why.STUCK)]) == (early, late)
        assert "released" == world.stored(booking)["state"]
        assert [] == await waiting(admin)


async def test_row_11_whoever_wants_the_car_does_not_wait_for_the_next_try(world, stripe):
    async with world.desk("admin") as admin:
        booking = await opened(admin)
        run_out(world, booking)
        await stripe.fault(kind="drop", operation="PostCheckoutSessionsSessionExpire", times=100)
        await admin.sweeper.sweep()
        await stripe.calm()

        other = await opened(admin, key="another")

    assert "released" == world.stored(booking)["state"]
    assert "held" == world.stored(other)["state"]


async def test_B9_what_a_sweep_sets_free_is_found_by_the_other_desks_at_once(world, stripe):
    async with world.desk("worker") as office, world.desk() as desk:

        async def found():
            page = await desk.catalogue.search(desk.actor, CarWish(BERLIN.id, booking.period))
            return "car-1" in {offer.car.id for offer in page.offers}

        booking = await opened(desk)
        run_out(world, booking)
        await stripe.fault(kind="fail", status=429, operation="PostCheckoutSessionsSessionExpire")
        await office.sweeper.sweep()
        assert not await found()
        now_due(world, booking)
        await office.sweeper.sweep()

        assert "released" == world.stored(booking)["state"]
        assert await found()


async def test_a_desk_whose_key_may_not_puts_nothing_off_for_the_others(world, stripe, keyless):
    async with keyless.desk() as poor, world.desk("admin") as admin:
        booking = await opened(admin)
        await stripe.pay(booking)
        run_out(world, booking)

        assert 1 == await poor.sweeper.sweep()
        assert "trouble" not in world.stored(booking)["payments"][0]
        assert 1 == await admin.sweeper.sweep()

    assert "confirmed" == world.stored(booking)["state"]


async def test_a_step_that_nobody_takes_needs_a_person(world, stripe, keyless):
    async with keyless.desk("admin") as admin:
        booking = await opened(admin)
        early = await waiting(admin)
        world.db.bookings.update_one({"_id": booking.id}, {"$set": {"person_at": booking.created_at}})

        assert ([], [(booking.id, Why.NOBODY)]) == (early, await waiting(admin))


async def test_P1_a_mismatch_needs_a_person_at_once(world, stripe):
    async with world.desk("admin") as admin:
        booking, other = await opened(admin), await opened(admin, car="car-2", key="k2")
        run_out(world, booking)
        world.db.bookings.delete_one({"_id": other.id})
        swapped = {
            "payments.0.attempts.0.session_id": other.payment.attempt.session_id,
            "session_ids": [other.payment.attempt.session_id],
        }
        world.db.bookings.update_one({"_id": booking.id}, {"$set": swapped}, bypass_document_validation=True)
        await admin.sweeper.sweep()

        assert [(booking.id, Why.MISMATCH)] == await waiting(admin)
        assert 1 == world.blocking("car-1")


async def test_money_on_its_way_is_waited_for_for_days(world, stripe):
    async with world.desk("admin") as admin:
        await stripe.next_refund("pending")
        booking = await cancelled(admin, await confirmed(admin, stripe, first=10, last=12))
        await admin.sweeper.sweep()

        trouble = world.stored(booking)["payments"][0]["trouble"]

        assert "slow" == trouble["why"]
        assert [] == await waiting(admin)
        assert timedelta(days=10) == world.stored(booking)["person_at"] - trouble["since"]


async def test_settled_by_hand_it_leaves_the_list_with_a_note_in_the_audit(world, stripe):
    async with world.desk("admin") as admin:
        booking = await with_failed_refund(admin, stripe)
        done = await admin.admin.manual_review.settle_by_hand(
            admin.actor, booking.id, " paid out in cash ", seen=booking.version
        )

        assert [] == await waiting(admin)
        assert "paid out in cash" == done.trouble.settled.note
        row = world.db.audit.find_one({"subject": f"booking:{booking.id}"})
        assert ("admin", "booking.settled") == (row["by"], row["what"])
        assert ({"needs": "refund_failed"}, {"settled by hand": "paid out in cash"}) == (row["before"], row["after"])
        with pytest.raises(MoveRefused):
            await admin.admin.manual_review.settle_by_hand(admin.actor, booking.id, "again", seen=done.version)


async def test_nobody_settles_what_has_changed_since_or_without_a_word(world, stripe):
    async with world.desk("admin") as admin:
        booking = await with_failed_refund(admin, stripe)

        with pytest.raises(Overtaken):
            await admin.admin.manual_review.settle_by_hand(admin.actor, booking.id, "cash", seen=booking.version - 1)
        with pytest.raises(InvalidText):
            await admin.admin.manual_review.settle_by_hand(admin.actor, booking.id, "  ", seen=booking.version)

        assert 0 == world.db.audit.count_documents({"what": "booking.settled"})
        assert 1 == len(await waiting(admin))


async def test_S2_the_list_is_the_head_offices_and_settling_the_admins(world, stripe):
    async with world.desk("admin") as admin, world.desk("worker") as office:
        booking = await with_failed_refund(admin, stripe)
        assert 1 == len(await waiting(office))
        for account in ("clerk", "owner"):
            async with world.desk(account) as other:
                with pytest.raises(Forbidden):
                    await other.admin.manual_review.waiting(other.actor)
        with pytest.raises(Forbidden):
            await office.admin.manual_review.settle_by_hand(office.actor, booking.id, "cash", seen=booking.version)


async def test_the_list_is_paged_by_an_index_the_oldest_first(world, stripe):
    async with world.desk("admin") as admin:
        made = [await with_failed_refund(admin, stripe, car=f"car-{n}", key=f"k{n}") for n in (1, 2)]

        assert [made[0].id] == [booking for booking, _ in await waiting(admin, limit=1)]
        assert [made[1].id] == [booking for booking, _ in await waiting(admin, offset=1, limit=1)]
        assert 2 == (await admin.admin.manual_review.waiting(admin.actor, limit=1)).total
        order = [("person_at", 1), ("_id", 1)]
        plan = world.db.bookings.find({"person_at": {"$lte": admin.clock.now()}}).sort(order).explain()
        assert "needs_person" in str(plan["queryPlanner"]["winningPlan"])
        assert "SORT" not in str(plan["queryPlanner"]["winningPlan"])
