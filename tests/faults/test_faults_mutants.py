"""Each guard earns its place: the same bad hour, once with the guard and once without it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from run import Run, open_run

from engine.adapters.mongo.branch_rules import MARK
from engine.adapters.mongo.client import Database
from engine.domain.shared.period import whole_milliseconds

pytestmark = pytest.mark.asyncio

_RUNS, _LEASE_S = 3, 1.5
_CROWD = 12


async def a_late_holder_leaves(run: Run) -> None:
    """One desk stands still for longer than its lease; the next is being served when the first one wakes and leaves."""
    car, (late, holder, third) = run.cars[0], [await run.desk() for _ in range(3)]
    await late.ask("arm", point="after turn", action="stop")
    waking = asyncio.create_task(run.hold(late, run.wish(car, 0)))
    await late.stopped()
    await asyncio.sleep(_LEASE_S + 0.1)
    await holder.ask("delay", point="before transact claim", seconds=0.9)
    served = asyncio.create_task(run.hold(holder, run.wish(car, 10)))
    await run.hear(lambda: any(section.desk == holder.spec.name for section in run.evidence.sections))
    late.resume()
    await waking
    await run.hold(third, run.wish(car, 20))
    await served


async def a_crowd_without_redis(run: Run) -> None:
    desks = [await run.desk() for _ in range(3)]
    run.firm.cluster.valkey.kill()
    run.faults["Valkey killed"] += 1
    await asyncio.gather(*(run.hold(desks[at % 3], run.wish(run.cars[0], 0)) for at in range(_CROWD)))
    run.firm.cluster.valkey.mend()


async def _opened(run: Run) -> tuple[object, str]:
    desk = await run.desk()
    booking = await run.hold(desk, run.wish(run.cars[0], 0))
    await run.do(desk, "open", booking=booking)
    return desk, booking


async def a_desk_dies_letting_go(run: Run) -> None:
    desk, booking = await _opened(run)
    await run.firm.run_out({"_id": booking})
    await desk.ask("arm", point="after store released expired", action="kill")
    await run.do(desk, "settle", booking=booking)


async def stripe_falls_silent_at_the_end(run: Run) -> None:
    desk, booking = await _opened(run)
    await run.firm.run_out({"_id": booking})
    await run.firm.stripe.fault(kind="drop", operation="PostCheckoutSessionsSessionExpire", times=20)
    run.faults["Stripe drop"] += 1
    await run.do(desk, "settle", booking=booking)


async def an_answer_to_a_create_is_lost(run: Run) -> None:
    await run.firm.stripe.fault(kind="lose", operation="PostCheckoutSessions", times=2)
    run.faults["Stripe lose"] += 1
    desk, booking = await _opened(run)
    await run.do(desk, "open", booking=booking)


async def a_page_is_opened(run: Run) -> None:
    await _opened(run)


async def a_slow_desk_confirms_what_is_long_done(run: Run) -> None:
    slow, booking = await _opened(run)
    quick = await run.desk()
    await run.payer.pay(run.urls[booking])
    await slow.ask("arm", point="before store confirmed paid", action="stop")
    slowly = asyncio.create_task(run.do(slow, "settle", booking=booking))
    await slow.stopped()
    await run.do(quick, "settle", booking=booking)
    slow.resume()
    await slowly


async def a_desk_is_an_hour_fast(run: Run) -> None:
    desk = await run.desk(clock_off_s=3600)
    await run.hold(desk, run.wish(run.cars[0], 0))
    run.faults["wrong clocks"] += 1


async def the_primary_dies_before_the_others_heard(run: Run) -> None:
    cluster, desk = run.firm.cluster, await run.desk()
    primary = cluster.primary()
    followers = [member for member in cluster.mongods if member is not primary]
    for member in followers:
        member.kill()
    await run.hold(desk, run.wish(run.cars[0], 0))
    primary.kill()
    run.faults["mongod killed"] += 3
    for member in followers:
        member.start()
    await asyncio.to_thread(cluster.primary)
    primary.mend()


async def two_desks_give_back_at_once(run: Run) -> None:
    """Cancelled the day before, so half is given back; both desks have seen that nothing was given back yet."""
    slow, booking = await _opened(run)
    quick = await run.desk()
    await run.payer.pay(run.urls[booking])
    await run.do(slow, "settle", booking=booking)
    await slow.ask("arm", point="before stripe refund", action="stop")
    slowly = asyncio.create_task(run.do(slow, "cancel", booking=booking))
    await slow.stopped()
    await run.do(quick, "settle", booking=booking)
    slow.resume()
    await slowly


async def _forge(run: Run, booking: str, change: dict) -> None:
    """Write *change* past the program, let the head office look at it, and put back what was there."""
    db, before = run.firm.db, await run.firm.stripe.books()
    worker = await run.desk(account="worker", stripe_key=run.firm.cluster.stripe_key)
    row = await db.bookings.find_one({"_id": booking})
    await db.bookings.update_one(
        {"_id": booking}, {"$set": {**change, "due_at": row["created_at"]}}, bypass_document_validation=True
    )
    run.faults["forged rows"] += 1
    await run.do(worker, "sweep")
    after = await run.firm.stripe.books()
    run.evidence.moved_by_forged_rows += [str(entry) for entry in after if entry not in before]
    now = await db.bookings.find_one({"_id": booking})
    new = {name: "" for name in now if name not in row}
    back = {"$set": {**row, "version": now["version"] + 1}, **({"$unset": new} if new else {})}
    await db.bookings.update_one({"_id": booking}, back)


async def a_rental_is_written_back_to_its_money(run: Run) -> None:
    desk, booking = await _opened(run)
    await run.payer.pay(run.urls[booking])
    await run.do(desk, "settle", booking=booking)
    row = await run.firm.db.bookings.find_one({"_id": booking})
    whole = {"amount": row["payments"][0]["attempts"][0]["amount"], "state": "due", "refund_id": ""}
    await _forge(run, booking, {"state": "refund_due", "payments.0.refunds": [whole]})


async def a_row_names_somebody_elses_payment(run: Run) -> None:
    """The other's is taken, for a rental that stands; it would be given back in the name of this one."""
    desk, booking = await _opened(run)
    other = await run.hold(desk, run.wish(run.cars[0], 10))
    await run.do(desk, "open", booking=other)
    await run.payer.pay(run.urls[other])
    await run.do(desk, "settle", booking=other)
    theirs = await run.firm.db.bookings.find_one({"_id": other})
    mine = await run.firm.db.bookings.find_one({"_id": booking})
    paid = {"state": "paid", "payment_intent": theirs["payments"][0]["attempts"][0]["payment_intent"]}
    at = mine["history"][-1]["at"]
    steps = [{"state": state, "at": at, "by": "sweeper"} for state in ("releasing", "released", "refund_due")]
    change = {
        "state": "refund_due",
        "history": [*mine["history"], *steps],
        "payments.0.attempts": [{**mine["payments"][0]["attempts"][0], **paid}],
    }
    await _forge(run, booking, change)


async def _today(run: Run, desk, first: float, last: float, car: int = 0) -> str:
    """Paid, for so many hours from now to so many."""
    wish = run.wish(run.cars[car], 0, days=1)
    times = {"starts_at": run.began + timedelta(hours=first), "ends_at": run.began + timedelta(hours=last)}
    told = {name: whole_milliseconds(at).isoformat() for name, at in times.items()}
    booking = await run.hold(desk, {**wish, **told})
    if booking:
        await run.do(desk, "open", booking=booking)
        await run.payer.pay(run.urls[booking])
        await run.do(desk, "settle", booking=booking)
    return booking


async def the_next_renter_is_early(run: Run) -> None:
    desk = await run.desk()
    first, second = await _today(run, desk, 1, 3), await _today(run, desk, 4, 6)
    await run.do(desk, "hand_over", booking=first)
    await run.do(desk, "hand_over", booking=second)


async def the_key_is_given_and_the_desk_dies(run: Run) -> None:
    """Before the hand-over is committed."""
    desk = await run.desk()
    booking = await _today(run, desk, 1, 3)
    await run.do(desk, "arm", point="after add_agreement", action="kill")
    await run.do(desk, "hand_over", booking=booking)


async def a_renter_stays_into_a_sold_day(run: Run) -> None:
    desk = await run.desk()
    first = await _today(run, desk, 1, 3)
    await _today(run, desk, 6, 9)
    await run.do(desk, "hand_over", booking=first)
    await run.do(desk, "extend", booking=first, hours=4)


async def a_renter_has_a_car_instead_that_is_sold(run: Run) -> None:
    desk = await run.desk()
    first = await _today(run, desk, 1, 6)
    await _today(run, desk, 3, 5, car=1)
    await run.do(desk, "hand_over", booking=first)
    await run.do(desk, "exchange", booking=first, car=run.cars[1])


async def a_renter_owes_for_a_day_more(run: Run) -> None:
    desk = await run.desk()
    first = await _today(run, desk, 1, 3)
    await run.do(desk, "hand_over", booking=first)
    await run.do(desk, "extend", booking=first, hours=30)
    await run.do(desk, "take_back", booking=first)


async def a_reading_falls(run: Run) -> None:
    desk = await run.desk()
    first = await _today(run, desk, 1, 3)
    await run.do(desk, "hand_over", booking=first)
    await run.do(desk, "take_back", booking=first)
    second = await _today(run, desk, 4, 6)
    await run.do(desk, "hand_over", booking=second, driven=-40)


async def the_next_renter_comes_at_the_return(run: Run) -> None:
    db, desk, run.evidence.turn_minutes = run.firm.db, await run.desk(), 60
    await _takes(db, 60)
    try:
        await _today(run, desk, 30, 40)
        await _today(run, desk, 40.5, 50)
    finally:
        await _takes(db, 0)


async def _takes(db: Database, minutes: int) -> None:
    """From now on it takes so long to make a car ready, whatever desks remember of the branches."""
    await db.branches.update_many({}, {"$set": {"turn.usual": minutes}})
    await db.fences.update_many({}, {"$unset": {MARK: ""}})


#: mutant -> what happens, and the promise that must be seen broken without the guard.
STORIES = {
    "lease released without its token": (a_late_holder_leaves, "leases keep others out"),
    "no fence": (a_crowd_without_redis, "one car one renter"),
    "a car goes out twice": (the_next_renter_is_early, "cars are out once"),
    "an agreement outside of its transaction": (
        the_key_is_given_and_the_desk_dies,
        "agreements stand with their cars",
    ),
    "extended without asking the fence": (a_renter_stays_into_a_sold_day, "one car one renter"),
    "exchanged without asking the fence": (a_renter_has_a_car_instead_that_is_sold, "one car one renter"),
    "closed while something is open": (a_renter_owes_for_a_day_more, "what is closed owes nothing"),
    "readings believed": (a_reading_falls, "kilometres follow"),
    "a car is never made ready": (the_next_renter_comes_at_the_return, "cars are made ready"),
    "released before expired": (a_desk_dies_letting_go, "pages are known and closed"),
    "silence counts as released": (stripe_falls_silent_at_the_end, "pages are known and closed"),
    "deadline recomputed": (an_answer_to_a_create_is_lost, "everything ends"),
    "browser before store": (a_page_is_opened, "browsers open stored pages"),
    "confirmed without compare-and-set": (a_slow_desk_confirms_what_is_long_done, "moves and versions"),
    "the desk's own clock believed": (a_desk_is_an_hour_fast, "holds last ten minutes"),
    "one member's word is enough": (the_primary_dies_before_the_others_heard, "accepted is stored"),
    "refunded under a fresh key": (two_desks_give_back_at_once, "nobody pays for nothing"),
    "rows believed": (a_rental_is_written_back_to_its_money, "forged rows move nothing"),
    "payments believed": (a_row_names_somebody_elses_payment, "forged rows move nothing"),
}


#: Of these a guard is taken out in ``make test`` too.
_QUICK = {"lease released without its token", "no fence", "browser before store", "rows believed"}
NAMES = [name if name in _QUICK else pytest.param(name, marks=pytest.mark.make_faults) for name in STORIES]


async def _broken(firm, story, mutant: str, seed: int):
    async with open_run(firm, "mutants" if mutant else "their guards", seed, 2, mutant=mutant, lease_s=_LEASE_S) as run:
        run.quiet_within_s = 4 if mutant else 45
        await story(run)
        return await run.judged()


@pytest.mark.parametrize("mutant", NAMES)
async def test_without_its_guard_the_promise_is_broken_and_seen(firm, mutant):
    story, promise = STORIES[mutant]
    for seed in range(_RUNS):
        outcome = await _broken(firm, story, mutant, seed)
        if promise in {violation.promise for violation in outcome.violations}:
            return
    pytest.fail(f"not seen in {_RUNS} runs; the last: {outcome}")


@pytest.mark.parametrize("mutant", NAMES)
async def test_with_its_guard_the_promise_is_kept(firm, report, mutant):
    outcome = report(await _broken(firm, STORIES[mutant][0], "", 1))

    assert [] == outcome.violations
