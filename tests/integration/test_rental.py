"""After the booking: late payments, cancelling with a quoted refund, returning, taking up again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from builders import FULL, MISTAKE, wish
from payments import let_go, opened, run_out
from pymongo.errors import WriteError

from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.refund_reason import RefundReason, UsualReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import CarStatus
from engine.domain.car.catalogue import CarWish
from engine.domain.money.money import Money
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import (
    InvalidText,
    MoveRefused,
    NotFound,
    PaymentMismatch,
    PeriodTaken,
    PriceChanged,
    Unavailable,
)
from engine.domain.shared.period import RentalPeriod
from engine.services.payment import checkout_pages as pages

pytestmark = pytest.mark.asyncio


async def _confirmed(desk, stripe, **changes):
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    return await desk.payment.settle(desk.actor, booking.id)


async def _begun(desk, stripe):
    """Paid, and five minutes ago the renter was expected."""
    begun = desk.clock.now() - timedelta(minutes=5)
    return await _confirmed(desk, stripe, period=RentalPeriod(begun, begun + timedelta(days=2)))


def _ledger(world, booking):
    rows = world.db.ledger.find({"booking_id": booking.id})
    return sorted((row["kind"], row["amount"]["minor"]) for row in rows)


async def _released_but_paid(world, desk, stripe, **changes):
    """A page that was paid although its booking was let go: as after a loss of the database's last seconds."""
    booking = await opened(desk, **changes)
    await stripe.pay(booking)
    let_go(world, booking)
    world.db.fences.update_one({"_id": booking.car_id}, {"$pull": {"claims": {"id": booking.id}}})
    return booking


async def test_B6_row_14_a_late_payment_gets_the_same_car_if_it_is_still_free(world, stripe):
    async with world.desk() as desk:
        late = await _released_but_paid(world, desk, stripe)

        settled = await asyncio.gather(
            *(desk.payment.heard(late.id, late.payment.attempt.session_id) for _ in range(4))
        )

    assert {BookingState.CONFIRMED} == {each.state for each in settled}
    assert 1 == world.blocking("car-1")
    assert [late.id] == [claim["id"] for claim in world.db.fences.find_one({"_id": "car-1"})["claims"]]
    assert 3 == world.db.ledger.count_documents({})


async def test_B6_row_15_a_late_payment_for_a_car_sold_again_is_voided_and_costs_nobody_anything(world, stripe):
    async with world.desk() as desk:
        late = await _released_but_paid(world, desk, stripe)
        other = await _confirmed(desk, stripe, key="k2")

        settled = await desk.payment.heard(late.id, late.payment.attempt.session_id)

    assert BookingState.REFUNDED == settled.state
    assert 1 == world.blocking("car-1")
    assert "confirmed" == world.stored(other)["state"]
    assert [] == _ledger(world, late)
    assert [0] == [charge["captured"] for charge in await stripe.charges(late)]
    assert "due_at" not in world.stored(late)


async def test_row_15_a_late_payment_for_a_car_in_the_workshop_is_voided(world, stripe):
    async with world.desk() as desk:
        late = await _released_but_paid(world, desk, stripe)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {"status": CarStatus.MAINTENANCE}})

        settled = await desk.payment.heard(late.id, late.payment.attempt.session_id)

    assert BookingState.REFUNDED == settled.state
    assert 0 == world.blocking("car-1")


async def test_a_session_of_another_booking_is_not_believed(world, stripe):
    async with world.desk() as desk:
        late = await _released_but_paid(world, desk, stripe)
        other = await _confirmed(desk, stripe, car="car-2", key="k2")

        with pytest.raises(PaymentMismatch):
            await desk.payment.heard(late.id, other.payment.attempt.session_id)


async def test_B6_without_the_claim_a_late_payment_would_sell_the_car_twice(world, stripe, monkeypatch):
    """The guard earns its place."""

    async def claim_blindly(_work, _booking, _now):
        return None

    async with world.desk() as desk:
        late = await _released_but_paid(world, desk, stripe)
        await _confirmed(desk, stripe, key="k2")
        monkeypatch.setattr(MongoTransaction, "claim_again", claim_blindly)
        await desk.payment.heard(late.id, late.payment.attempt.session_id)

    assert 2 == world.blocking("car-1")


@pytest.mark.parametrize(("days_before", "back"), [(5, 100_00), (1, 50_00)])
async def test_P9_cancelling_quotes_the_refund_gives_it_once_and_frees_the_car(world, stripe, days_before, back):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe, first=days_before, last=days_before + 2)
        quoted = await desk.rental.quote_refund(desk.actor, booking.id)
        assert (back, 100_00 - back) == (quoted.given_back.minor, quoted.kept.minor)

        cancelled = await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)
        await asyncio.gather(*(desk.payment.settle(desk.actor, booking.id) for _ in range(5)))
        with pytest.raises(MoveRefused):
            await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)

    assert BookingState.CANCELLED == cancelled.state
    assert 0 == world.blocking("car-1")
    assert [] == world.db.fences.find_one({"_id": "car-1"})["claims"]
    row = world.stored(booking)
    assert ("done", back) == (
        row["payments"][0]["refunds"][0]["state"],
        row["payments"][0]["refunds"][0]["amount"]["minor"],
    )
    assert [back] == [charge["refunded"] for charge in await stripe.charges(booking)]
    posted = _ledger(world, booking)
    assert [100_00] == [amount for kind, amount in posted if kind == "charge"]
    assert [-back] == [amount for kind, amount in posted if kind == "refund"]
    assert 100_00 - back == sum(amount for kind, amount in posted if kind.endswith("share"))


def _written_by(world, booking, reason):
    changes = [{"q": {"_id": booking.id}, "u": {"$set": {"history.2.reason": reason}}}]
    world.db.command("update", "bookings", updates=changes, bypassDocumentValidation=True)


async def _cancelled(desk, booking, reason):
    quoted = await desk.rental.quote_refund(desk.actor, booking.id)
    return await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, reason)


async def test_a_refund_asks_for_a_reason_that_is_kept_with_the_history_and_in_the_audit(world, stripe):
    said = RefundReason(UsualReason.TWICE, " paid\tby phone,\u200b too ")
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe)
        for wrong in (None, RefundReason(UsualReason.OTHER, " \u2003"), RefundReason(UsualReason.CAR, "x" * 10_000)):
            with pytest.raises(InvalidText):
                await _cancelled(desk, booking, wrong)
        assert "confirmed" == world.stored(booking)["state"]
        assert 0 == world.db.audit.count_documents({"subject": f"booking:{booking.id}"})

        cancelled = await _cancelled(desk, booking, said)
        again = await desk.booking.booking(desk.actor, booking.id)

    kept = {"usual": "twice", "said": "paid by phone, too"}
    assert RefundReason(UsualReason.TWICE, "paid by phone, too") == cancelled.reason == again.reason
    assert [None, None, kept] == [step.get("reason") for step in world.stored(booking)["history"]]
    (row,) = world.db.audit.find({"what": "booking.cancelled"})
    assert f"booking:{booking.id}" == row["subject"]
    assert {"state": "cancelled", "given back": "5000 EUR", "reason": "twice", "said": kept["said"]} == row["after"]
    assert [50_00] == [charge["refunded"] for charge in await stripe.charges(booking)]


async def test_without_money_to_give_back_nobody_is_asked_why(world, stripe):
    async with world.desk() as desk:
        unpaid = await opened(desk)
        given_up = await _cancelled(desk, unpaid, None)

    assert BookingState.RELEASED == given_up.state
    assert given_up.reason is None


async def test_a_reason_written_past_the_program_is_refused_and_stops_no_list(world, stripe):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe)
        await _cancelled(desk, booking, MISTAKE)
        for hostile in ({"usual": "bribe", "said": ""}, {"$gt": ""}, {"usual": "car", "said": "x" * 10_000}, "car"):
            with pytest.raises(WriteError):
                world.db.bookings.update_one({"_id": booking.id}, {"$set": {"history.2.reason": hostile}})
            _written_by(world, booking, hostile)
            rows = await desk.listing.page(desk.actor, BookingQuery(BookingScope.BRANCH))
            assert isinstance(rows.rows[0], Damaged)
            _written_by(world, booking, {"usual": "car", "said": ""})


async def test_P9_a_refund_that_was_not_shown_is_not_given(world, stripe):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe)
        with pytest.raises(PriceChanged):
            await desk.rental.cancel(desk.actor, booking.id, Money(1, "EUR"), MISTAKE)

    assert "confirmed" == world.stored(booking)["state"]


async def test_P9_cancelling_what_is_not_paid_closes_its_page(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        quoted = await desk.rental.quote_refund(desk.actor, booking.id)
        cancelled = await desk.rental.cancel(desk.actor, booking.id, quoted.given_back, MISTAKE)

    assert 0 == quoted.given_back.minor
    assert BookingState.RELEASED == cancelled.state
    assert "expired" == (await stripe.page(booking))["status"]


async def test_P9_a_refund_whose_answer_was_lost_is_given_once(world, stripe):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe, first=5, last=7)
        await stripe.fault(kind="lose", times=10, operation="PostRefunds")
        with pytest.raises(Unavailable):
            await desk.rental.cancel(desk.actor, booking.id, Money(100_00, "EUR"), MISTAKE)
        await stripe.calm()
        assert "due_at" in world.stored(booking)

        await desk.payment.settle(desk.actor, booking.id)

    assert [100_00] == [charge["refunded"] for charge in await stripe.charges(booking)]
    assert [-100_00] == [amount for kind, amount in _ledger(world, booking) if kind == "refund"]


async def test_cancelling_before_the_money_was_taken_lets_it_go_without_a_refund(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk, first=5, last=7)
        await stripe.pay(booking)
        await stripe.fault(kind="fail", status=403, times=1, operation="PostPaymentIntentsIntentCapture")
        waiting = await desk.payment.settle(desk.actor, booking.id)
        assert waiting.money_waits
        await stripe.calm()

        cancelled = await desk.rental.cancel(desk.actor, booking.id, Money(100_00, "EUR"), MISTAKE)

    assert BookingState.CANCELLED == cancelled.state
    assert [] == _ledger(world, booking)
    assert "void" == world.stored(booking)["payments"][0]["attempts"][0]["state"]
    assert "due_at" not in world.stored(booking)


async def test_B8_an_overdue_car_is_not_promised_for_today_and_is_free_once_it_is_back(world, stripe):
    async with world.desk() as desk:
        now = desk.clock.now()
        booking = await desk.rental.hand_over(desk.actor, (await _begun(desk, stripe)).id, FULL)
        ended = {"starts_at": now - timedelta(days=2)} | dict.fromkeys(("ends_at", "free_at"), now - timedelta(hours=1))
        world.db.bookings.update_one({"_id": booking.id}, {"$set": ended}, bypass_document_validation=True)
        world.db.fences.update_one({"_id": "car-1"}, {"$set": {f"claims.0.{name}": at for name, at in ended.items()}})
        today = wish(
            desk, key="k2", period=RentalPeriod(now, now + timedelta(hours=20)), shown_price=Money(50_00, "EUR")
        )
        page = await desk.catalogue.search(desk.actor, CarWish("br-berlin", today.period))
        assert "car-1" not in [offer.car.id for offer in page.offers]
        with pytest.raises(PeriodTaken) as caught:
            await desk.booking.hold(desk.actor, today)
        assert booking.id in caught.value.booking_ids
        await desk.booking.hold(desk.actor, wish(desk, key="k3", first=3, last=5))

        completed = await desk.rental.returned(desk.actor, booking.id, FULL)
        await desk.booking.hold(desk.actor, today)

    assert BookingState.COMPLETED == completed.state
    assert 2 == world.blocking("car-1")


async def test_B8_a_car_that_was_not_handed_over_cannot_be_returned(world, stripe):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe)
        with pytest.raises(MoveRefused):
            await desk.rental.returned(desk.actor, booking.id, FULL)


async def test_B8_a_rental_is_not_cancelled_under_its_drivers_feet(world, stripe):
    async with world.desk() as desk:
        booking = await _begun(desk, stripe)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        with pytest.raises(MoveRefused):
            await desk.rental.cancel(desk.actor, booking.id, Money(0, "EUR"), MISTAKE)

    assert 1 == world.blocking("car-1")


async def test_a_booking_that_has_begun_is_cancelled_for_nothing_while_the_car_is_here(world, stripe):
    async with world.desk() as desk:
        booking = await _begun(desk, stripe)
        cancelled = await desk.rental.cancel(desk.actor, booking.id, Money(0, "EUR"))

    assert BookingState.CANCELLED == cancelled.state
    assert 0 == world.blocking("car-1")
    assert [("charge", 100_00), ("owner_share", 85_00), ("platform_share", 15_00)] == _ledger(world, booking)


async def test_row_15_a_refund_whose_key_stripe_forgot_is_not_given_again(world, stripe):
    async with world.desk() as desk:
        booking = await _confirmed(desk, stripe)
        cancelled = await desk.rental.cancel(desk.actor, booking.id, Money(50_00, "EUR"), MISTAKE)
        forgotten = {
            "payments.0.refunds.0.state": "due",
            "payments.0.refunds.0.refund_id": "",
            "due_at": booking.created_at,
        }
        world.db.bookings.update_one({"_id": booking.id}, {"$set": forgotten}, bypass_document_validation=True)
        world.db.ledger.delete_many({"booking_id": booking.id, "amount.minor": {"$lt": 0}})
        await stripe.forget_keys()

        again = await desk.payment.settle(desk.actor, booking.id)

    assert cancelled.payment.refund == again.payment.refund
    assert [50_00] == [charge["refunded"] for charge in await stripe.charges(booking)]


async def test_S3_another_branchs_hold_cannot_be_given_up(world, stripe):
    async with world.desk() as one, world.desk("clerk2") as other:
        booking = await opened(one)
        with pytest.raises(NotFound):
            await other.rental.give_up(other.actor, booking.id)

    assert "held" == world.stored(booking)["state"]


async def test_X3_an_expired_booking_stays_listed_and_is_taken_up_again_in_one_step(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        run_out(world, booking)
        await desk.payment.settle(desk.actor, booking.id)
        listed = await desk.listing.page(desk.actor, BookingQuery(BookingScope.MINE))
        assert [booking.id] == [each.id for each in listed.rows]

        again = await desk.rental.take_up_again(desk.actor, booking.id, "again-1")

    assert (booking.car_id, booking.period, booking.price) == (again.car_id, again.period, again.price)
    assert 1 == world.blocking("car-1")


async def test_X3_taken_by_somebody_else_it_says_so(world, stripe):
    async with world.desk() as desk:
        booking = await opened(desk)
        await desk.payment.give_up(booking.id)
        await desk.booking.hold(desk.actor, wish(desk, key="k2"))

        with pytest.raises(PeriodTaken):
            await desk.rental.take_up_again(desk.actor, booking.id, "again-1")


async def test_a_hold_that_ran_out_is_released_at_once_when_somebody_wants_the_car(world, stripe):
    async with world.desk() as one, world.desk("clerk2") as other:
        booking = await opened(one)
        run_out(world, booking)

        await other.booking.hold(other.actor, wish(other, key="k2"))

    assert "released" == world.stored(booking)["state"]
    assert "expired" == (await stripe.page(booking))["status"]
    assert 1 == world.blocking("car-1")


async def test_a_hold_that_ran_out_but_was_paid_keeps_the_car(world, stripe):
    async with world.desk() as one, world.desk("clerk2") as other:
        booking = await opened(one)
        await stripe.pay(booking)
        run_out(world, booking)

        with pytest.raises(PeriodTaken):
            await other.booking.hold(other.actor, wish(other, key="k2"))

    assert "confirmed" == world.stored(booking)["state"]


async def test_a_clerk_cannot_cancel_another_branchs_booking(world, stripe):
    async with world.desk() as one, world.desk("clerk2") as other:
        booking = await opened(one)
        with pytest.raises(NotFound):
            await other.rental.cancel(other.actor, booking.id, Money(0, "EUR"), MISTAKE)


async def test_row_12_a_page_whose_key_stripe_forgot_is_found_and_closed(world, stripe, monkeypatch):
    async with world.desk() as desk:
        booking = await opened(desk)
        row = {
            "payments.0.attempts.0.state": "prepared",
            "payments.0.attempts.0.session_id": "",
            "payments.0.attempts.0.url": "",
        }
        world.db.bookings.update_one(
            {"_id": booking.id}, {"$set": row, "$unset": {"session_ids": ""}}, bypass_document_validation=True
        )
        run_out(world, booking)
        monkeypatch.setattr(pages, "_KEY_LIVES", timedelta(seconds=-1))

        released = await desk.payment.settle(desk.actor, booking.id)

    assert BookingState.RELEASED == released.state
    assert "expired" == (await stripe.page(booking))["status"]
