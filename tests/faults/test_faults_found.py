"""Faults that this suite found once, each small enough to be read."""

from __future__ import annotations

import asyncio

import pytest
from builders import RENTER
from pymongo.errors import OperationFailure, WriteConcernError
from run import open_run
from within import WITHIN_S

from engine.adapters.mongo.client import speaking
from engine.domain.shared.errors import Unavailable


@pytest.mark.asyncio
async def test_B4_a_desk_that_dies_before_the_commit_leaves_no_answer_behind(firm):
    """The once-key was written with the lease: a repeat was sent to a booking that never came to be."""
    async with open_run(firm, "found", 1, cars=1, lease_s=0.5) as run:
        wish = run.wish(run.cars[0], 0)
        doomed, other = await run.desk(), await run.desk()
        await doomed.ask("arm", point="before transact claim", action="kill")
        await run.hold(doomed, wish)
        async with asyncio.timeout(WITHIN_S):
            while not await run.hold(other, wish):
                assert run.evidence.calls[-1].answer in {"contended", "unavailable"}

        outcome = await run.judged()

    assert 1 == outcome.bookings
    assert [] == outcome.violations


@pytest.mark.asyncio
async def test_a_page_that_stripe_refuses_to_make_does_not_keep_the_car(firm):
    """Stripe knows no such e-mail address: there is no page, so nothing keeps the car when the hold is over."""
    async with open_run(firm, "found", 2, cars=1) as run:
        desk, car = await run.desk(), run.cars[0]
        await firm.db.renters.update_many({}, {"$set": {"email": "ada@nowhere"}})
        booking = await run.hold(desk, run.wish(car, 0))
        await firm.db.renters.update_many({}, {"$set": {"email": RENTER.email}})
        await run.do(desk, "open", booking=booking)
        await firm.run_out({"_id": booking})

        other = await run.hold(desk, run.wish(car, 0))

        assert "held" == run.evidence.calls[-1].answer
        assert other
        assert [] == (await run.judged()).violations


@pytest.mark.asyncio
async def test_trouble_with_the_booking_in_the_way_is_not_that_of_the_next_renter(firm):
    """Stripe tells another amount than the one stored: a person must look, and the car stays taken until then."""
    async with open_run(firm, "found", 3, cars=1) as run:
        desk, wish = await run.desk(), run.wish(run.cars[0], 0)
        booking = await run.hold(desk, wish)
        await run.do(desk, "open", booking=booking)
        await firm.run_out({"_id": booking})
        await firm.db.bookings.update_one(
            {"_id": booking}, {"$inc": {"payments.0.attempts.0.amount.minor": 1}}, bypass_document_validation=True
        )

        await run.hold(desk, {**wish, "key": "another"})

        assert "booking.period_taken" == run.evidence.calls[-1].answer
        await firm.db.bookings.update_one({"_id": booking}, {"$inc": {"payments.0.attempts.0.amount.minor": -1}})
        assert [] == (await run.judged()).violations


def test_a_write_that_an_election_cut_short_is_told_as_no_answer():
    """Seen with a primary killed under load: the driver's own exception came through to the desk."""
    cut_short = {"code": 11602, "codeName": "InterruptedDueToReplStateChange", "errorLabels": ["RetryableWriteError"]}

    with pytest.raises(Unavailable), speaking():
        raise WriteConcernError("operation was interrupted", 11602, cut_short)


@pytest.mark.parametrize(("code", "name"), [(211, "KeyNotFound"), (134, "ReadConcernMajorityNotAvailableYet")])
def test_a_member_that_is_between_two_parts_is_told_as_no_answer(code, name):
    """One that has just started has not loaded its signing keys, and says so without a label for the driver."""
    with pytest.raises(Unavailable), speaking():
        raise OperationFailure("No keys found for HMAC", code, {"ok": 0.0, "code": code, "codeName": name})


@pytest.mark.asyncio
async def test_bookings_that_wait_for_a_person_do_not_keep_the_sweeper_from_the_others(firm):
    """The oldest are looked at first; a hundred of them that cannot go on would have been looked at for ever."""
    async with open_run(firm, "found", 4, cars=4) as run:
        desk = await run.desk(sweep_batch=2)
        bookings = [await run.hold(desk, run.wish(car, 0)) for car in run.cars]
        for booking in bookings:
            await desk.ask("open", booking=booking)
            await firm.run_out({"_id": booking})
        stuck = {"_id": {"$in": bookings[:3]}}
        await firm.db.bookings.update_many(
            stuck, {"$inc": {"payments.0.attempts.0.amount.minor": 1}}, bypass_document_validation=True
        )

        assert {"looked_at": 4} == await desk.ask("sweep")

        assert 0 == await firm.unsettled({"_id": bookings[3]})
        await firm.db.bookings.update_many(stuck, {"$inc": {"payments.0.attempts.0.amount.minor": -1}})
        assert [] == (await run.judged()).violations
