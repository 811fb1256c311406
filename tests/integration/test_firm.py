"""The firm's rules and branches: each change holds from a moment on, is audited, and leaves bookings as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import BERLIN, LISBON, PASSWORD, days, make_car, wish
from refusing import refused

from engine.adapters.mongo.client import Credentials, connect, database
from engine.adapters.mongo.schema.provision import provision
from engine.adapters.mongo.store import MongoStore
from engine.adapters.redis.cache import NoCache
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, CarStatus
from engine.domain.car.opening_hours import (
    BodyTurn,
    Fee,
    Handing,
    Interval,
    OutOfHours,
    OutsideRule,
    SpecialDay,
    Surcharge,
    TurnRound,
    every_day,
)
from engine.domain.firm.settings import BEGINNING, SOONEST, FirmSettings, settings_at
from engine.domain.money.money import Money
from engine.domain.shared.errors import AlreadyHolds, BranchInUse, Forbidden, InvalidText, NotFound, Overtaken
from engine.words.provisioning import written

pytestmark = pytest.mark.asyncio
DEAR = FirmSettings("EUR", 2000, timedelta(minutes=5), (CancellationRule(24, 10_000),))
PORTO = Branch(BranchId(""), "Ribeira", "Porto", "Rua 3", "Europe/Lisbon", every_day("09:00", "19:00"))


async def change(desk, settings, valid_from=None):
    firm = await desk.admin.firm.firm(desk.actor)
    return await desk.admin.firm.change(desk.actor, settings, valid_from, after=firm.last)


async def test_rules_hold_from_their_moment_and_every_desk_knows_them_by_then(world):
    async with world.desk("admin") as desk:
        now = desk.clock.now()
        made = await change(desk, DEAR)
        firm = await desk.admin.firm.firm(desk.actor)

        assert now + SOONEST <= made.valid_from <= desk.clock.now() + SOONEST
        assert (FirmSettings(), (made,)) == (firm.settings, firm.planned)
        assert FirmSettings() == await desk.booking.store.settings(made.valid_from - timedelta(milliseconds=1))
        assert DEAR == await desk.booking.store.settings(made.valid_from)


async def test_a_booking_keeps_the_rules_of_its_day(world):
    async with world.desk("admin") as admin, world.desk("clerk") as clerk:
        before = await clerk.booking.hold(clerk.actor, wish(clerk))
        made = await change(admin, DEAR)
        world.db.settings.update_one({"_id": made.number}, {"$set": {"valid_from": admin.clock.now()}})
        async with world.desk("clerk") as later:
            after = await later.booking.hold(later.actor, wish(later, car="car-2", key="key-2"))

    old, new = world.stored(before), world.stored(after)
    assert (1500, 2000) == (old["quote"]["commission_bp"], new["quote"]["commission_bp"])
    assert (2, 1) == (len(old["cancellation"]), len(new["cancellation"]))
    held = [row["hold_until"] - row["created_at"] for row in (old, new)]
    assert [timedelta(minutes=10), timedelta(minutes=5)] == held


async def test_of_two_who_decide_on_the_same_state_the_second_is_told(world):
    async with world.desk("admin") as desk:
        seen = (await desk.admin.firm.firm(desk.actor)).last
        await desk.admin.firm.change(desk.actor, DEAR, None, after=seen)
        with pytest.raises(Overtaken):
            await desk.admin.firm.change(desk.actor, replace(DEAR, commission_bp=1), None, after=seen)

    assert 2 == world.db.settings.count_documents({})
    assert 1 == world.db.audit.count_documents({"what": "settings.changed"})


async def test_every_change_has_its_row_with_what_differs_and_from_when(world):
    async with world.desk("admin") as desk:
        made = await change(desk, DEAR)

    (row,) = world.db.audit.find()
    assert ("admin", "settings.changed", "settings:2") == (row["by"], row["what"], row["subject"])
    assert {"commission": "15 %", "hold": "10 min", "cancellation": "48 h before: 100 %, 0 h before: 50 %"} == row[
        "before"
    ]
    assert {"commission": "20 %", "hold": "5 min", "cancellation": "24 h before: 100 %"} == {
        name: value for name, value in row["after"].items() if name != "valid_from"
    }
    assert f"{made.valid_from:%Y-%m-%d %H:%M:%S} UTC" == row["after"]["valid_from"]


async def test_a_plan_can_be_withdrawn_until_it_holds_and_stays_in_the_history(world):
    async with world.desk("admin") as desk:
        made = await change(desk, DEAR, desk.clock.now() + timedelta(days=30))
        await desk.admin.firm.withdraw(desk.actor, made.number, after=made.number)
        firm = await desk.admin.firm.firm(desk.actor)
        with pytest.raises(NotFound):
            await desk.admin.firm.withdraw(desk.actor, made.number, after=firm.last)
        with pytest.raises(AlreadyHolds):
            await desk.admin.firm.withdraw(desk.actor, 1, after=firm.last)

    assert () == firm.planned
    assert [(2, True)] == [(each.number, each.withdrawn) for each in firm.past]
    assert FirmSettings() == settings_at([*firm.past, firm.holding], made.valid_from)
    assert ["settings.changed", "settings.withdrawn"] == [row["what"] for row in world.db.audit.find().sort("_id")]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("currency", {"currency": "EUT"}),
        ("commission", {"commission_bp": 10_001}),
        ("hold", {"hold": timedelta(minutes=31)}),
        ("hold", {"hold": timedelta(seconds=90)}),
        ("cancellation", {"cancellation": (CancellationRule(48, 2_000), CancellationRule(0, 5_000))}),
        ("cancellation", {"cancellation": (CancellationRule(48, 2_000), CancellationRule(48, 1_000))}),
    ],
)
async def test_rules_that_cannot_be_are_named_by_their_field(world, field, changes):
    async with world.desk("admin") as desk:
        with pytest.raises(InvalidText) as told:
            await change(desk, replace(DEAR, **changes))
        with pytest.raises(InvalidText):
            await change(desk, DEAR, desk.clock.now() - timedelta(minutes=5))
        with refused(InvalidText, match="differ"):
            await change(desk, FirmSettings())

    assert field == told.value.field
    assert 1 == world.db.settings.count_documents({})


async def test_rules_of_the_past_cannot_be_rewritten_even_by_an_admin_with_a_raw_connection(world):
    client = connect(world.deployment.mongo_url, Credentials("admin", PASSWORD, world.deployment.database))
    settings = database(client, world.deployment.database).settings

    for tried in (settings.update_one({}, {"$set": {"commission_bp": 0}}), settings.delete_many({})):
        with pytest.raises(Exception, match="not authorized"):
            await tried
    await client.close()


async def test_the_one_document_of_older_versions_becomes_the_first_of_the_series(endpoints, root):
    name = "ds_series_test"
    client = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    old = {"_id": "firm", "currency": "CHF", "commission_bp": 900, "hold_s": 600, "cancellation": []}
    root[name].settings.insert_one(old)
    try:
        unmoved = await MongoStore(client, name, NoCache()).settings(datetime.now(UTC))
        lines = [written(each) for each in await provision(client, name, FirmSettings())]
        again = [written(each) for each in await provision(client, name, FirmSettings())]
        (row,) = root[name].settings.find()
        moved = await MongoStore(client, name, NoCache()).settings(BEGINNING)
    finally:
        await client.close()
        root[name].command("dropAllRolesFromDatabase")
        root.drop_database(name)

    assert "settings: the old ones made the first of the series" in lines
    assert [] == again
    assert (1, "CHF", 900) == (row["_id"], row["currency"], row["commission_bp"])
    assert FirmSettings("CHF", 900, timedelta(minutes=10), ()) == unmoved == moved


async def test_nobody_else_may_see_or_change_what_the_firm_decides(world):
    for account in ("clerk", "owner", "worker", "renter"):
        async with world.desk(account) as desk:
            for tried in (
                desk.admin.firm.firm(desk.actor),
                desk.admin.firm.change(desk.actor, DEAR, None, after=1),
                desk.admin.firm.withdraw(desk.actor, 1, after=1),
                desk.admin.branches.lines(desk.actor),
                desk.admin.branches.add(desk.actor, PORTO),
                desk.admin.branches.change(desk.actor, BERLIN, PORTO),
                desk.admin.branches.close(desk.actor, BERLIN),
                desk.admin.branches.reopen(desk.actor, BERLIN),
            ):
                with pytest.raises(Forbidden):
                    await tried

    assert (1, 2, 0) == tuple(world.db[name].count_documents({}) for name in ("settings", "branches", "audit"))


async def test_a_branch_is_opened_changed_and_listed_with_what_depends_on_it(world):
    async with world.desk("admin") as desk, world.desk("clerk") as clerk:
        await clerk.booking.hold(clerk.actor, wish(clerk))
        porto = await desk.admin.branches.add(desk.actor, PORTO)
        moved = await desk.admin.branches.change(desk.actor, porto, replace(porto, name="  Bolhão "))
        lines = {line.branch.id: (line.cars, line.bookings) for line in await desk.admin.branches.lines(desk.actor)}

    assert "Bolhão" == moved.name == world.db.branches.find_one({"_id": porto.id})["name"]
    assert {BERLIN.id: (3, 1), LISBON.id: (0, 0), porto.id: (0, 0)} == lines
    opened, renamed = world.db.audit.find().sort("_id")
    assert ("branch.opened", "Porto") == (opened["what"], opened["after"]["city"])
    assert ({"name": "Ribeira"}, {"name": "Bolhão"}) == (renamed["before"], renamed["after"])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("zone", {"zone": "Europe/Atlantis"}),
        ("zone", {"zone": "../../etc/passwd"}),
        ("week.0", {"hours": every_day("25:00", "18:00")}),
        ("opens", {"hours": every_day({"$gt": ""}, "18:00")}),
        ("pickup", {"hours": replace(BERLIN.hours, out_of_hours=OutOfHours(OutsideRule(fee=Money(1_00, "USD"))))}),
        ("name", {"name": "evil\ue000"}),
        ("city", {"city": "x" * 81}),
    ],
)
async def test_a_branch_that_cannot_be_is_refused_by_its_field(world, field, changes):
    async with world.desk("admin") as desk:
        with pytest.raises(InvalidText) as told:
            await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, **changes))

    assert field == told.value.field
    assert BERLIN.zone == world.db.branches.find_one({"_id": BERLIN.id})["zone"]


async def test_hours_are_kept_as_they_are_told_and_fees_that_are_gone_are_remembered(world):
    christmas = date(datetime.now(UTC).year + 1, 12, 25)
    rules = OutOfHours(OutsideRule(allowed=False), OutsideRule(fee=Money(20_00, "EUR")), OutsideRule())
    hours = replace(
        BERLIN.hours,
        week=((Interval("08:00", "12:00"), Interval("13:00", "02:00")), *BERLIN.hours.week[1:6], ()),
        special_days=(SpecialDay(christmas, (Interval("10:00", "12:00"),), Money(30_00, "EUR"), "Christmas"),),
        out_of_hours=rules,
        turn=TurnRound(60, (BodyTurn(BodyType.VAN, 90),)),
        counts_only_open_hours=True,
    )
    async with world.desk("admin") as desk:
        made = await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, hours=hours))
        lines = [line.branch for line in await desk.admin.branches.lines(desk.actor)]
        dearer = replace(hours, special_days=(), out_of_hours=OutOfHours(back=OutsideRule(fee=Money(25_00, "EUR"))))
        after = await desk.admin.branches.change(desk.actor, made, replace(made, hours=dearer))

    assert made in lines
    assert (hours, ()) == (made.hours, made.former_fees)
    former = (Fee(Surcharge.RETURN_CLOSED, Money(20_00, "EUR")), Fee(Surcharge.SPECIAL_DAY, Money(30_00, "EUR")))
    assert former == after.former_fees
    told = world.db.audit.find_one({"subject": f"branch:{BERLIN.id}"}, sort=[("_id", 1)])["after"]
    assert ("08:00-12:00, 13:00-02:00", "closed", "60, van 90") == tuple(
        told[name] for name in ("open mon", "open sun", "turn-round")
    )
    assert f"{christmas} 10:00-12:00 for 30.00 EUR" == told["special days"]
    assert ("no", "for 20.00 EUR") == tuple(told[f"out of hours: {name}"] for name in ("pickup", "return"))


@pytest.mark.parametrize("name", [LISBON.name, f" {LISBON.name.upper()} "])
async def test_two_branches_never_have_one_name(world, name):
    async with world.desk("admin") as desk:
        branches = desk.admin.branches
        for act in (
            lambda: branches.add(desk.actor, replace(PORTO, name=name)),
            lambda: branches.change(desk.actor, BERLIN, replace(BERLIN, name=name)),
        ):
            with pytest.raises(InvalidText) as told:
                await act()
            assert "name" == told.value.field
        await branches.change(desk.actor, LISBON, replace(LISBON, name=LISBON.name.upper()))

    assert [BERLIN.name, LISBON.name.upper()] == [row["name"] for row in world.db.branches.find().sort("_id")]


async def test_T1_a_new_zone_reaches_the_terms_of_every_car_there_and_no_booking(world):
    world.add_cars(make_car(9, branch_id=LISBON.id))
    async with world.desk("admin") as desk, world.desk("clerk") as clerk:
        booked = await clerk.booking.hold(clerk.actor, wish(clerk))
        await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, zone="Europe/London"))
        later = await clerk.booking.hold(clerk.actor, wish(clerk, car="car-2", key="key-2"))

    zones = {fence["_id"]: fence["terms"]["zone"] for fence in world.db.fences.find()}
    assert {"car-1": "Europe/London", "car-2": "Europe/London", "car-3": "Europe/London", "car-9": LISBON.zone} == zones
    assert (BERLIN.zone, "Europe/London") == (world.stored(booked)["zone"], world.stored(later)["zone"])


async def test_of_two_who_change_a_branch_the_second_is_told_and_leaves_nothing(world):
    async with world.desk("admin") as desk:
        await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, name="Kreuzberg"))
        with pytest.raises(Overtaken):
            await desk.admin.branches.change(desk.actor, BERLIN, replace(BERLIN, zone="Europe/London"))

    assert {BERLIN.zone} == {fence["terms"]["zone"] for fence in world.db.fences.find()}
    assert 1 == world.db.audit.count_documents({})


async def test_I4_a_branch_with_cars_or_bookings_is_not_given_up_and_none_is_deleted(world):
    async with world.desk("admin") as desk, world.desk("clerk") as clerk:
        back = replace(wish(clerk), return_branch_id=LISBON.id)
        held = await clerk.booking.hold(clerk.actor, replace(back, period=days(clerk, 1, 3)))
        with pytest.raises(BranchInUse) as berlin:
            await desk.admin.branches.close(desk.actor, BERLIN)
        with pytest.raises(BranchInUse) as lisbon:
            await desk.admin.branches.close(desk.actor, LISBON)
        world.db.bookings.update_many({}, {"$set": {"state": "completed"}}, bypass_document_validation=True)
        closed = await desk.admin.branches.close(desk.actor, LISBON)
        world.db.cars.update_many({}, {"$set": {"status": CarStatus.RETIRED}})
        await desk.admin.branches.close(desk.actor, BERLIN)
        await desk.admin.branches.reopen(desk.actor, closed)

    assert ((3, 1), (0, 1)) == tuple((told.value.cars, told.value.bookings) for told in (berlin, lisbon))
    assert (held.id,) == berlin.value.booking_ids == lisbon.value.booking_ids
    assert {BERLIN.id: True, LISBON.id: False} == {row["_id"]: row["closed"] for row in world.db.branches.find()}


async def test_hours_that_would_strand_what_was_promised_name_it_before(world):
    nobody = OutOfHours(*(OutsideRule(allowed=False),) * 3)
    async with world.desk("admin") as desk, world.desk("clerk") as clerk:
        period = days(clerk, 1, 3)
        held = await clerk.booking.hold(clerk.actor, replace(wish(clerk), return_branch_id=LISBON.id))
        shut = (
            SpecialDay(period.starts_at.astimezone(BERLIN.tzinfo).date()),
            SpecialDay(period.ends_at.astimezone(BERLIN.tzinfo).date()),
        )
        closed = replace(BERLIN, hours=replace(BERLIN.hours, special_days=shut, out_of_hours=nobody))
        asked = replace(closed, hours=replace(closed.hours, out_of_hours=OutOfHours()))
        told = await desk.admin.branches.stranded(desk.actor, BERLIN, closed)
        others = await desk.admin.branches.stranded(desk.actor, BERLIN, asked)
        await desk.admin.branches.change(desk.actor, BERLIN, closed)

    assert [(held.id, Handing.PICKUP, period.starts_at)] == [(each.booking_id, each.handing, each.at) for each in told]
    assert [] == others
    assert 1 == world.blocking("car-1")


async def test_a_branch_that_was_given_up_takes_no_car(world):
    async with world.desk("admin") as desk:
        await desk.admin.branches.close(desk.actor, LISBON)
        rules, offered = await desk.fleet.rules(desk.actor)

    assert (frozenset({BERLIN.id}), (BERLIN,)) == (rules.branches, offered)
