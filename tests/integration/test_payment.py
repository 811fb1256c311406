"""The payment protocol's main path, against the sandbox: rows 1 to 6, 8 to 12 and 16."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import wish
from payments import opened, run_out

from engine.config import Secret
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import AttemptState, NoStripeKey
from engine.domain.shared.errors import Forbidden, NotBelieved, NotFound, Unavailable

pytestmark = pytest.mark.asyncio


async def test_paying_the_page_confirms_captures_and_posts_once(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        assert AttemptState.OPEN == booking.payment.attempt.state
        assert booking.payment.attempt.url.startswith(world.deployment.stripe_url)

        await stripe.pay(booking)
        settled = await asyncio.gather(*(desk.payment.settle(desk.actor, booking.id) for _ in range(5)))

    assert {BookingState.CONFIRMED} == {each.state for each in settled}
    row = world.stored(booking)
    assert ("confirmed", "paid") == (row["state"], row["payments"][0]["attempts"][0]["state"])
    assert row["payments"][0]["attempts"][0]["captured_at"] is not None
    assert "due_at" not in row
    ledger = {each["kind"]: each["amount"]["minor"] for each in world.db.ledger.find({"booking_id": booking.id})}
    assert {"charge": 100_00, "owner_share": 85_00, "platform_share": 15_00} == ledger
    assert 3 == world.db.ledger.count_documents({})
    assert [100_00] == [charge["captured"] for charge in await stripe.charges(booking)]


async def test_a_declined_card_changes_nothing_and_another_pays_on_the_same_page(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        declined = await stripe.pay(booking, number="4000 0000 0000 0002")
        assert declined.status_code < 500
        assert booking == await desk.payment.settle(desk.actor, booking.id)

        await stripe.pay(booking)
        settled = await desk.payment.settle(desk.actor, booking.id)

    assert BookingState.CONFIRMED == settled.state
    assert 1 == len(await stripe.pages(booking))


async def test_P5_many_clicks_open_one_payable_page(world, stripe):
    async with world.desk() as desk, world.desk() as other:
        held = await desk.booking.hold(desk.actor, wish(desk))
        got = await asyncio.gather(*(each.payment.settle(each.actor, held.id) for each in (desk, other) * 4))

        assert 1 == len({booking.payment.attempt.session_id for booking in got})
        assert 1 == len(await stripe.pages(held))


async def test_row_2_a_lost_answer_leads_to_the_same_page(world, stripe):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        await stripe.fault(kind="lose", times=10)
        with pytest.raises(Unavailable):
            await desk.payment.settle(desk.actor, held.id)
        assert "prepared" == world.stored(held)["payments"][0]["attempts"][0]["state"]
        await stripe.calm()

        booking = await desk.payment.settle(desk.actor, held.id)

    assert AttemptState.OPEN == booking.payment.attempt.state
    assert 1 == len(await stripe.pages(booking))


async def test_row_3_a_deadline_too_near_begins_a_further_attempt(world, stripe):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        request = world.stored(held)["payments"][0]["attempts"][0]["request"]
        stale = str(int(held.payment.attempt.expires_at.timestamp()))
        too_near = str(int((held.created_at + timedelta(minutes=5)).timestamp()))
        world.db.bookings.update_one(
            {"_id": held.id},
            {
                "$set": {
                    "payments.0.attempts.0.request": request.replace(stale, too_near),
                    "payments.0.attempts.0.expires_at": datetime.fromtimestamp(int(too_near), UTC),
                }
            },
        )

        booking = await desk.payment.settle(desk.actor, held.id)

    assert ["void", "open"] == [attempt["state"] for attempt in world.stored(booking)["payments"][0]["attempts"]]
    assert 1 == len(await stripe.pages(booking))


async def test_rows_8_and_9_a_hold_that_ran_out_is_released_on_stripes_word(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        run_out(world, booking)

        released = await desk.payment.settle(desk.actor, booking.id)
        again = await desk.booking.hold(desk.actor, wish(desk, key="k2"))

    assert BookingState.RELEASED == released.state
    assert AttemptState.EXPIRED == released.payment.attempt.state
    assert "expired" == (await stripe.page(booking))["status"]
    assert BookingState.HELD == again.state
    assert [again.id] == [claim["id"] for claim in world.db.fences.find_one({"_id": "car-1"})["claims"]]


async def test_row_8_the_car_stays_blocked_until_the_page_is_closed(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        run_out(world, booking)
        await stripe.fault(kind="fail", status=500, times=50)

        with pytest.raises(Unavailable):
            await desk.payment.settle(desk.actor, booking.id)
        assert "releasing" == world.stored(booking)["state"]
        assert 1 == world.blocking("car-1")
        await stripe.calm()

        released = await desk.payment.settle(desk.actor, booking.id)

    assert BookingState.RELEASED == released.state
    assert 0 == world.blocking("car-1")


async def test_row_6_a_payment_in_the_last_second_wins_over_the_release(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        run_out(world, booking)

        settled = await desk.payment.settle(desk.actor, booking.id)

    assert BookingState.CONFIRMED == settled.state
    assert ["held", "releasing", "confirmed"] == [step["state"] for step in world.stored(booking)["history"]]
    assert 3 == world.db.ledger.count_documents({})


async def test_row_12_a_page_never_heard_of_is_closed_before_the_car_is_free(world, stripe):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        run_out(world, held)

        released = await desk.payment.settle(desk.actor, held.id)

    assert BookingState.RELEASED == released.state
    assert ["expired"] == [page["status"] for page in await stripe.pages(held)]


async def test_the_renter_gives_up_and_the_page_can_no_longer_be_paid(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)

        released = await desk.payment.give_up(booking.id)

    assert BookingState.RELEASED == released.state
    assert "expired" == (await stripe.page(booking))["status"]


async def test_P1_another_amount_is_not_believed(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        world.db.bookings.update_one(
            {"_id": booking.id}, {"$set": {"payments.0.attempts.0.amount.minor": 1}}, bypass_document_validation=True
        )

        with pytest.raises(NotBelieved):
            await desk.payment.settle(desk.actor, booking.id)

    assert "held" == world.stored(booking)["state"]
    assert 0 == world.db.ledger.count_documents({})


async def test_row_16_a_capture_whose_answer_was_lost_posts_once(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await stripe.pay(booking)
        await stripe.fault(kind="lose", times=10, operation="PostPaymentIntentsIntentCapture")
        with pytest.raises(Unavailable):
            await desk.payment.settle(desk.actor, booking.id)
        assert "confirmed" == world.stored(booking)["state"]
        assert 0 == world.db.ledger.count_documents({})
        await stripe.calm()

        await desk.payment.settle(desk.actor, booking.id)

    assert 3 == world.db.ledger.count_documents({})
    assert [100_00] == [charge["captured"] for charge in await stripe.charges(booking)]


async def test_a_desk_without_a_key_leaves_the_payment_to_one_that_has(world, stripe):
    keyless = replace(world, deployment=replace(world.deployment, stripe_key=Secret(), stripe_url=""))
    async with keyless.desk() as poor, world.desk() as rich:
        booking = await opened(poor)
        assert AttemptState.PREPARED == booking.payment.attempt.state

        carried_on = await rich.payment.settle(rich.actor, booking.id)

        assert (False, True) == (poor.payment.opens_pages, rich.payment.opens_pages)
        with pytest.raises(NoStripeKey):
            await poor.payment.page_address(poor.actor, booking.id)

    assert AttemptState.OPEN == carried_on.payment.attempt.state


async def test_the_sweeper_goes_on_for_a_desk_that_is_gone(world, stripe):
    async with world.desk() as desk:
        paid, unpaid = await opened(desk), await opened(desk, car="car-2", key="k2")
        await stripe.pay(paid)
    for booking in (paid, unpaid):
        run_out(world, booking)

    async with world.desk("clerk2") as other:
        looked_at = await other.sweeper.sweep()

    assert 2 == looked_at
    assert ("confirmed", "released") == (world.stored(paid)["state"], world.stored(unpaid)["state"])


async def test_the_follower_hears_of_a_payment_when_the_browser_comes_back(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        waiting = asyncio.create_task(desk.follower.next_change(desk.actor, booking.id, booking.version))
        await stripe.pay(booking)
        async with asyncio.timeout(60):
            while not waiting.done():
                desk.follower.arrived(booking.id)
                await asyncio.wait({waiting}, timeout=0.05)

    assert BookingState.CONFIRMED == waiting.result().state


async def test_S2_nobody_settles_or_watches_a_booking_that_is_not_theirs_to_see(world, stripe):
    async with world.desk() as desk, world.desk("clerk2") as other, world.desk("owner") as owner:
        booking = await opened(desk)
        await stripe.pay(booking)

        for ask in (other.payment.settle, lambda *who: other.follower.next_change(*who, 0)):
            with pytest.raises(NotFound):
                await ask(other.actor, booking.id)
        with pytest.raises(Forbidden):
            await owner.payment.settle(owner.actor, booking.id)

        assert "held" == world.stored(booking)["state"]
        assert (
            BookingState.CONFIRMED == (await desk.follower.next_change(desk.actor, booking.id, booking.version)).state
        )
