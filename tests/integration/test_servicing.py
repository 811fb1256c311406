"""Periods of service beside what is sold: rows and claims counted in a real database (docs/decisions/0048)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from builders import BERLIN, kept, make_car, wish
from payments import opened

from engine.adapters.mongo import movements as mongo_movements
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import WhyTaken
from engine.domain.car.car import BranchId, CarStatus, OwnerId
from engine.domain.car.catalogue import CarWish
from engine.domain.car.fleet import FleetQuery
from engine.domain.car.movement import MovementState
from engine.domain.car.movement_errors import AlreadyPlanned, NoTimeLeft
from engine.domain.firm.events import CarClaimed
from engine.domain.health.health import HealthArea, Level
from engine.domain.shared.errors import (
    DriveSphereError,
    Forbidden,
    InvalidPeriod,
    InvalidText,
    MoveRefused,
    NotFound,
    Overtaken,
    PeriodTaken,
)
from engine.domain.shared.period import RentalPeriod
from engine.wiring.background import at_work
from engine.words.health import facts_of

pytestmark = pytest.mark.asyncio


def between(desk, first, last):
    """From *first* to *last* days after the next full hour: whole, unlike what a booking takes."""
    start = desk.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return RentalPeriod(start + timedelta(days=first), start + timedelta(days=last))


def claims(world, car="car-1", kind="movement"):
    fence = world.db.fences.find_one({"_id": car})
    found = [(each["starts_at"], each["ends_at"]) for each in fence["claims"] if each["kind"] == kind]
    return sorted(found)


def overlaps(world):
    """Pairs of claims that share time, over all fences."""
    found = 0
    for fence in world.db.fences.find({}):
        times = sorted((claim["starts_at"], claim["ends_at"]) for claim in fence["claims"])
        found += sum(before[1] > after[0] for before, after in pairwise(times))
    return found


async def wrong_claims(world):
    async with world.desk("admin") as admin:
        report = await admin.admin.health.examine(admin.actor)
    finding = next(each for each in report.findings if each.area is HealthArea.CLAIMS)
    return finding.level, dict(facts_of(finding)).get("Wrong", "")


async def plan(desk, first, last, *, car="car-1", reason="Brakes", seen=frozenset()):
    return await desk.servicing.plan(desk.actor, car, between(desk, first, last), reason, seen=seen)


async def test_a_period_is_a_row_with_a_claim_and_an_audit_row_and_a_clerk_sees_it(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        made = await plan(owner, 1, 3)
        (seen,) = await clerk.servicing.ahead(clerk.actor, "car-1")

    row = world.db.movements.find_one()
    assert made == seen.movement
    assert ("service", "planned", "car-1", "owner-1", "Brakes", "owner") == tuple(
        row[name] for name in ("kind", "state", "car_id", "owner_id", "reason", "by")
    )
    assert [(row["starts_at"], row["ends_at"])] == claims(world)
    audited = world.db.audit.find_one({"what": "car.service_planned"})
    assert ("owner", "car:car-1", "Brakes") == (audited["by"], audited["subject"], audited["after"]["reason"])
    assert (Level.GOOD, "") == await wrong_claims(world)


async def test_nothing_is_sold_in_it_nothing_found_and_why_not_says_until_when(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        made = await plan(owner, 1, 3)
        asked = CarWish(BranchId("br-berlin"), between(clerk, 2, 4))
        free = await clerk.catalogue.search(clerk.actor, asked)
        (blocked,) = (await clerk.availability.taken_cars(clerk.actor, asked)).blocked
        weeks = await clerk.availability.calendar(clerk.actor, "car-1", between(clerk, 0, 20))
        with pytest.raises(PeriodTaken) as refused:
            await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=4))

    assert ["car-2", "car-3"] == sorted(offer.car.id for offer in free.offers)
    assert (WhyTaken.SERVICE, made.period) == (blocked.obstacle.why, blocked.obstacle.period)
    assert made.period.ends_at == blocked.next_free.starts_at
    assert [(WhyTaken.SERVICE, made.period)] == [(each.why, each.period) for each in weeks.busy]
    assert () == refused.value.booking_ids
    assert 0 == world.db.bookings.count_documents({})


async def test_it_is_cut_around_what_is_sold_and_the_bookings_in_it_wait_to_be_moved(world, stripe):
    async with world.desk("owner") as owner, world.desk() as clerk, world.desk("admin") as admin:
        held = await opened(clerk, first=2, last=3)
        await stripe.pay(held)
        booking = await clerk.payment.settle(clerk.actor, held.id)
        asked = between(owner, 1, 5)
        told = await owner.servicing.look(owner.actor, "car-1", asked)
        made = await plan(owner, 1, 5, seen=told.sold.seen)
        (visit,) = await owner.servicing.ahead(owner.actor, "car-1")
        waiting = await admin.admin.manual_review.waiting(admin.actor)
        counted = await admin.admin.overview.pulse(admin.actor)

    assert 1 == waiting.total == counted.cases
    before, after = (asked.starts_at, booking.period.starts_at), (booking.period.ends_at, asked.ends_at)
    assert [before, after] == claims(world) == [(each.starts_at, each.ends_at) for each in told.parts]
    assert {booking.id} == told.sold.seen == visit.crossing.sold.seen
    assert [booking.id] == [each.id for each in visit.crossing.sold.first]
    assert asked == made.period
    assert [booking.id] == [case.booking.id for case in waiting.rows]
    assert (Level.GOOD, "") == await wrong_claims(world)


async def test_the_fleets_own_list_has_a_car_whose_service_crosses_what_is_sold_until_it_is_moved(world, stripe):
    async with world.desk("owner") as owner, world.desk("admin") as admin, world.desk() as clerk:
        made = [await opened(clerk, first=first, last=first + 1, key=f"k{first}") for first in (2, 4, 9)]
        for each in made:
            await stripe.pay(each)
        sold = [await clerk.payment.settle(clerk.actor, each.id) for each in made]
        unpaid = await clerk.booking.hold(clerk.actor, wish(clerk, first=6, last=7, key="unpaid"))
        before = await owner.fleet.page(owner.actor, FleetQuery(owner.actor.owner_id, to_move=True))
        await plan(owner, 1, 8, seen=frozenset({*(each.id for each in sold[:2]), unpaid.id}))
        pages = [
            await desk.fleet.page(desk.actor, FleetQuery(desk.actor.owner_id, to_move=True)) for desk in (owner, admin)
        ]
        waiting = await admin.admin.manual_review.waiting(admin.actor)
        for each in sold[:2]:
            await clerk.changing.change(clerk.actor, each.id, "car-2", seen=each.version)
        after = await owner.fleet.page(owner.actor, FleetQuery(owner.actor.owner_id))

    assert (0, (), 2) == (before.to_move, before.rows, waiting.total)
    for page in pages:
        assert [("car-1", 4, 2, True)] == [(row.car.id, row.coming, row.moving, row.to_move) for row in page.rows]
        assert (1, 1) == (page.to_move, page.total)
    assert 0 == after.to_move == sum(row.moving for row in after.rows)


async def test_what_is_moved_out_of_it_leaves_its_time_to_the_service_and_not_to_the_next_renter(world, stripe):
    async with world.desk("owner") as owner, world.desk() as clerk, world.desk("admin") as admin:
        held = await opened(clerk, first=2, last=3)
        await stripe.pay(held)
        booking = await clerk.payment.settle(clerk.actor, held.id)
        made = await plan(owner, 1, 5, seen=frozenset({booking.id}))
        await clerk.changing.change(clerk.actor, booking.id, "car-2", seen=booking.version)
        waiting = await admin.admin.manual_review.waiting(admin.actor)
        with pytest.raises(PeriodTaken):
            await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3, key="next"))
        moved = await clerk.booking.booking(clerk.actor, booking.id)
        with pytest.raises(PeriodTaken):
            await clerk.changing.change_back(clerk.actor, booking.id, seen=moved.version)

    assert [(made.period.starts_at, made.period.ends_at)] == claims(world)
    assert () == waiting.rows
    assert [(booking.period.starts_at, booking.period.ends_at)] == claims(world, "car-2", "booking")
    assert (Level.GOOD, "") == await wrong_claims(world)


async def test_a_hold_that_is_given_up_leaves_its_time_to_the_service(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3))
        made = await plan(owner, 1, 5, seen=frozenset({held.id}))
        parts = len(claims(world))
        await clerk.rental.give_up(clerk.actor, held.id)

    assert 2 == parts
    assert BookingState.RELEASED == world.stored(held)["state"]
    assert [(made.period.starts_at, made.period.ends_at)] == claims(world)


async def test_it_is_changed_ended_early_and_cancelled_and_each_is_audited(world):
    async with world.desk("owner") as owner, world.desk("admin") as admin:
        made = await plan(owner, 2, 3)
        later = await admin.servicing.change(admin.actor, made, between(admin, 4, 6), "Brakes and tyres")
        moved = claims(world)
        with pytest.raises(Overtaken):
            await owner.servicing.cancel(owner.actor, made)
        with pytest.raises(MoveRefused):
            await owner.servicing.end(owner.actor, later)
        await owner.servicing.cancel(owner.actor, later)
        gone = claims(world)
        now = owner.clock.now()
        going_on = await owner.servicing.plan(
            owner.actor, "car-1", RentalPeriod(now - timedelta(minutes=5), now + timedelta(days=2)), "Inspection"
        )
        with pytest.raises(MoveRefused):
            await owner.servicing.cancel(owner.actor, going_on)
        with pytest.raises(MoveRefused):
            await owner.servicing.change(owner.actor, going_on, between(owner, 1, 2), "Inspection")
        longer = await owner.servicing.change(
            owner.actor, going_on, RentalPeriod(going_on.period.starts_at, now + timedelta(days=3)), "Inspection"
        )
        page = await owner.fleet.page(owner.actor, FleetQuery())
        outlook = await owner.fleet.outlook(owner.actor, "car-1")
        done = await owner.servicing.end(owner.actor, longer)
        free = await owner.servicing.ahead(owner.actor, "car-1")

    assert [(later.period.starts_at, later.period.ends_at)] == moved
    assert [] == gone == claims(world)
    assert () == free
    assert [True, False, False] == [row.away_at(now) for row in page.rows]
    assert outlook.away_at(now)
    rows = {row["_id"]: row for row in world.db.movements.find()}
    assert ("cancelled", 3) == (rows[made.id]["state"], rows[made.id]["version"])
    assert (MovementState.ARRIVED, done.period.ends_at) == (rows[done.id]["state"], rows[done.id]["ends_at"])
    assert [
        "car.service_planned", "car.service_changed", "car.service_cancelled",
        "car.service_planned", "car.service_changed", "car.service_ended",
    ] == [row["what"] for row in world.db.audit.find({"what": {"$regex": "service"}}).sort("at", 1)]  # fmt: skip
    assert (Level.GOOD, "") == await wrong_claims(world)


async def test_what_cannot_be_is_refused_and_leaves_nothing_behind(world):
    world.add_cars(make_car(9, owner_id=OwnerId("owner-2")))
    async with world.desk("owner") as owner, world.desk() as clerk, world.desk("admin") as admin:
        now = owner.clock.now()
        held = await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3))
        sold = RentalPeriod(held.period.starts_at + timedelta(hours=1), held.period.ends_at - timedelta(hours=1))
        service = owner.servicing
        with pytest.raises(NoTimeLeft):
            await service.plan(owner.actor, "car-1", sold, "Brakes", seen=frozenset({held.id}))
        with pytest.raises(Overtaken):
            await plan(owner, 1, 5)
        with pytest.raises(InvalidPeriod):
            await service.plan(owner.actor, "car-2", RentalPeriod(now - timedelta(days=2), now), "Brakes")
        with pytest.raises(InvalidPeriod):
            await service.plan(owner.actor, "car-2", RentalPeriod(now - timedelta(days=2), sold.ends_at), "Brakes")
        for reason in ("", "  ", "x" * 401):
            with pytest.raises(InvalidText):
                await plan(owner, 1, 2, car="car-2", reason=reason)
        with pytest.raises(NotFound):
            await plan(owner, 1, 2, car="car-9")
        with pytest.raises(NotFound):
            await owner.servicing.ahead(owner.actor, "car-9")
        theirs = await plan(admin, 1, 2, car="car-9")
        with pytest.raises(NotFound):
            await owner.servicing.cancel(owner.actor, theirs)
        with pytest.raises(Forbidden):
            await clerk.servicing.cancel(clerk.actor, theirs)
        with pytest.raises(Forbidden):
            await plan(clerk, 1, 2)
        first = await plan(owner, 1, 3, car="car-2")
        with pytest.raises(AlreadyPlanned) as there:
            await plan(owner, 2, 4, car="car-2")
        await plan(owner, 3, 4, car="car-2")

    assert first.period == there.value.period
    assert ["car-2", "car-2", "car-9"] == sorted(row["car_id"] for row in world.db.movements.find())
    assert [] == claims(world)


@pytest.mark.parametrize("guarded", [True, False], ids=["", "without the guard"])
async def test_of_a_hold_and_a_service_at_one_moment_exactly_one_wins(world, monkeypatch, guarded):
    """Both write the car's fence. Without what the transaction reads of it, both have the car."""
    if not guarded:
        monkeypatch.setattr(mongo_movements, "_must_be_told", lambda *_: None)
        monkeypatch.setattr(mongo_movements, "_others", lambda *_: [])
        monkeypatch.setattr(mongo_movements, "claim_anew", _claim_all)
    both = won = 0
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(world.desk("owner"))
        clerks = [await stack.enter_async_context(world.desk(lease=False)) for _ in range(2)]
        for round_ in range(8):
            first = 1 + 3 * round_

            async def hold(clerk, n, first=first, round_=round_):
                await clerk.booking.hold(clerk.actor, wish(clerk, first=first, last=first + 2, key=f"k{round_}-{n}"))

            deeds = [plan(owner, first, first + 2), *(hold(clerk, n) for n, clerk in enumerate(clerks))]
            Random(round_).shuffle(deeds)  # noqa: S311 -- a test's dice
            answers = await asyncio.gather(*deeds, return_exceptions=True)
            assert all(isinstance(each, DriveSphereError | None) or not isinstance(each, Exception) for each in answers)
            won += sum(not isinstance(each, Exception) for each in answers)
            both += overlaps(world) > 0

    rows = world.db.movements.count_documents({}) + world.db.bookings.count_documents({})
    if guarded:
        assert (0, 8, 8) == (both, won, rows)
        assert (Level.GOOD, "") == await wrong_claims(world)
    else:
        assert both > 0


async def _claim_all(db, session, car_id):
    """A claim for every open movement, whatever else the fence has."""
    rows = await db.movements.find({"car_id": car_id, **mongo_movements.OPEN_NOW}, session=session).to_list()
    made = [kept(f"{row['_id']}/1", row["starts_at"], row["ends_at"], "movement") for row in rows]
    await db.fences.update_one({"_id": car_id}, {"$pull": {"claims": {"kind": "movement"}}}, session=session)
    await db.fences.update_one({"_id": car_id}, {"$push": {"claims": {"$each": made}}}, session=session)


@pytest.mark.parametrize("seed", range(4))
async def test_R_whatever_comes_and_goes_claims_stay_disjoint_and_are_all_of_the_time_nothing_else_takes(world, seed):
    rng, planned, held = Random(seed), [], []  # noqa: S311 -- a test's dice
    done = 0
    async with world.desk("owner") as owner, world.desk() as clerk:
        for step in range(30):
            first, long = rng.randrange(1, 40), rng.randrange(1, 9)
            try:
                match rng.randrange(6):
                    case 0 | 1:
                        held.append(
                            await clerk.booking.hold(
                                clerk.actor, wish(clerk, first=first, last=first + min(long, 3), key=f"k{step}")
                            )
                        )
                    case 2:
                        told = await owner.servicing.look(owner.actor, "car-1", between(owner, first, first + long))
                        planned.append(await plan(owner, first, first + long, seen=told.sold.seen))
                    case 3 if planned:
                        wanted, at = between(owner, first, first + long), rng.randrange(len(planned))
                        told = await owner.servicing.look(owner.actor, "car-1", wanted, instead_of=planned[at].id)
                        planned[at] = await owner.servicing.change(
                            owner.actor, planned[at], wanted, "Tyres", seen=told.sold.seen
                        )
                    case 4 if planned:
                        await owner.servicing.cancel(owner.actor, planned.pop(rng.randrange(len(planned))))
                    case 5 if held:
                        await clerk.rental.give_up(clerk.actor, held.pop(rng.randrange(len(held))).id)
                done += 1
            except (PeriodTaken, AlreadyPlanned, NoTimeLeft):
                pass
            assert 0 == overlaps(world)

    assert done > 10
    assert (Level.GOOD, "") == await wrong_claims(world)


async def test_the_doctor_tells_forged_rows_phantom_claims_and_claims_that_do_not_fit(world):
    async with world.desk("owner") as owner:
        made = await plan(owner, 1, 3)
        moved = await plan(owner, 1, 3, car="car-2")
        emptied = await plan(owner, 1, 3, car="car-3")
    calm = await wrong_claims(world)
    row = world.db.movements.find_one({"_id": made.id})
    week = timedelta(days=7)
    forged = {**row, "starts_at": row["starts_at"] + week, "ends_at": row["ends_at"] + week}
    world.db.movements.insert_many(
        [
            {**forged, "_id": "mv-forged"},
            {**row, "_id": "mv-ghost", "car_id": "ghost"},
            {**forged, "_id": "mv-theirs", "owner_id": "owner-2", "car_id": "car-2"},
        ]
    )
    begins = forged["starts_at"] + 2 * week
    phantom = kept("mv-phantom/1", begins, begins + week, "movement")
    world.db.fences.update_one({"_id": "car-1"}, {"$push": {"claims": phantom}})
    world.db.fences.update_one(
        {"_id": "car-2"},
        {"$set": dict.fromkeys(("claims.0.ends_at", "claims.0.free_at"), moved.period.ends_at + week / 7)},
    )
    world.db.fences.update_one({"_id": "car-3"}, {"$set": {"claims": []}})

    level, lines = await wrong_claims(world)

    assert (Level.GOOD, "") == calm
    assert Level.BAD is level
    assert "car-1: planned by mv-forged, and not claimed by it for all of its time" in lines
    assert "car-1: claimed by mv-phantom/1, which is no open movement of it" in lines
    assert "ghost: planned by mv-ghost, and there is no such car" in lines
    assert "car-2: planned by mv-theirs as another owner's car" in lines
    assert f"car-2: claimed by {moved.id}/1 for other times than it is planned" in lines
    assert f"car-3: planned by {emptied.id}, and not claimed by it for all of its time" in lines


async def test_a_car_in_maintenance_of_before_stays_so_and_its_statuses_stay_for_the_past(world):
    async with world.desk("owner") as owner:
        car = await owner.fleet.car(owner.actor, "car-1")
        idle = await owner.fleet.set_status(owner.actor, car, CarStatus.MAINTENANCE)
        made = await plan(owner, 1, 3)
        back = await owner.fleet.set_status(owner.actor, idle, CarStatus.ACTIVE)

    assert CarStatus.ACTIVE is back.status
    assert [(made.period.starts_at, made.period.ends_at)] == claims(world)
    assert ["maintenance", "active"] == [row["status"] for row in world.db.car_statuses.find().sort("since", 1)]


async def test_other_desks_and_the_owner_hear_of_it_and_no_other_owner_does(world):
    world.add_cars(make_car(8, owner_id=OwnerId("owner-2")))
    async with (
        world.desk("owner") as owner,
        world.desk() as clerk,
        world.desk("admin") as admin,
        listening(clerk) as counter,
        listening(owner) as home,
    ):
        theirs = await plan(admin, 1, 2, car="car-8")
        made = await plan(admin, 1, 3)
        heard = [await ear.fact(CarClaimed) for ear in (home, counter, counter)]
        longer = await admin.servicing.change(admin.actor, made, between(admin, 5, 6), "Tyres")
        freed, again = await counter.fact(CarClaimed), await counter.fact(CarClaimed)
        await admin.servicing.cancel(admin.actor, longer)
        gone = await counter.fact(CarClaimed)

    def told(movement, **how):
        return CarClaimed(movement.car_id, BERLIN.id, movement.id, movement.period, **how)

    assert [told(each, blocking=True) for each in (made, theirs, made)] == heard
    assert (False, told(longer, blocking=True)) == (freed.blocking, again)
    assert told(longer, blocking=False) == gone


class Ear:
    """Facts as they come."""

    def __init__(self, subscription):
        self.subscription, self.facts, self.streaming = subscription, [], False

    async def more(self):
        async with asyncio.timeout(30):
            news = await self.subscription.next()
        self.facts += news.facts
        self.streaming = news.pulse.streaming

    async def fact(self, kind):
        while not (found := [fact for fact in self.facts if isinstance(fact, kind)]):
            await self.more()
        self.facts.remove(found[0])
        return found[0]


@asynccontextmanager
async def listening(desk):
    ear = Ear(desk.live.subscribe())
    async with at_work([desk.live.run]):
        while not ear.streaming:
            await ear.more()
        yield ear


async def test_damaged_movements_stop_no_list_and_no_booking(world):
    async with world.desk("owner") as owner, world.desk() as clerk:
        held = await clerk.booking.hold(clerk.actor, wish(clerk, first=2, last=3))
        made = await plan(owner, 1, 5, seen=frozenset({held.id}))
        row = world.db.movements.find_one({"_id": made.id})
        world.db.movements.insert_one({**row, "_id": "mv-odd", "reason": {"$gt": ""}}, bypass_document_validation=True)
        found = await owner.servicing.ahead(owner.actor, "car-1")
        await clerk.rental.give_up(clerk.actor, held.id)

    assert {made.id, "mv-odd"} == {getattr(each, "id", None) or each.movement.id for each in found}
    assert [(made.period.starts_at, made.period.ends_at)] == claims(world)
