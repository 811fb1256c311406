"""What the firm looks at before a car goes out: some of it forbids that, some is told and kept in the audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import FULL, RENTER, wish

from engine.domain.agreement.checks import Check, CheckRules, HandOverChecked, Severity
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.tender import Tender
from engine.domain.people.driving import DRIVING
from engine.domain.shared.errors import InvalidText
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio
WARN, BLOCK = Severity.WARN, Severity.BLOCK


def look_at(world, **changes):
    rules = {**{check.value: "off" for check in Check}, "youngest": 21, "years_held": 1, **changes}
    world.db.settings.update_one({"_id": 1}, {"$set": {"checks": rules}})


def days(world, **changes):
    world.db.renters.update_one({"_id": RENTER.id}, {"$set": changes})


async def promised(desk):
    """Two days, to be paid at the counter."""
    return await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, first=0.01, last=1.99))


def out(world, booking):
    return world.stored(booking)["state"], world.db.agreements.count_documents({})


async def test_nothing_is_looked_at_until_the_firm_says_so(world):
    async with world.desk() as desk:
        booking = await promised(desk)
        assert () == await desk.rental.check(desk.actor, booking.id)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    assert ("out", 1) == out(world, booking)


async def test_what_is_told_is_seen_or_the_car_stays_and_the_audit_keeps_it(world):
    look_at(world, balance=WARN, age=WARN)
    async with world.desk() as desk:
        booking = await promised(desk)
        found = await desk.rental.check(desk.actor, booking.id)
        assert [(Check.AGE, None, None), (Check.BALANCE, None, 100_00)] == [
            (each.check, each.day, each.open and each.open.minor) for each in found
        ]
        for seen in (frozenset(), frozenset({Check.AGE})):
            with pytest.raises(HandOverChecked) as caught:
                await desk.rental.hand_over(desk.actor, booking.id, FULL, warned=seen)
            assert Check.BALANCE in {each.check for each in caught.value.findings}
        assert ("confirmed", 0) == out(world, booking)
        await desk.rental.hand_over(desk.actor, booking.id, FULL, warned=frozenset(each.check for each in found))

    assert ("out", 1) == out(world, booking)
    told = world.db.audit.find_one({"what": "agreement.warned"})
    assert ({"age": "not known", "balance": "10000 EUR"}, f"booking:{booking.id}") == (told["after"], told["subject"])


async def test_what_forbids_it_is_not_seen_away(world):
    look_at(world, licence_valid=BLOCK)
    async with world.desk() as desk:
        booking = await promised(desk)
        ends = booking.period.ends_at.date()
        for until in ({}, {"licence_until": f"{ends - timedelta(days=1)}"}, {"licence_until": "no day"}):
            days(world, **until)
            with pytest.raises(HandOverChecked):
                await desk.rental.hand_over(desk.actor, booking.id, FULL, warned=frozenset(Check))
        assert ("confirmed", 0) == out(world, booking)
        # A day more than the return's, whatever day it is at the branch.
        days(world, licence_until=f"{ends + timedelta(days=1)}")
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    assert ("out", 1) == out(world, booking)
    assert 0 == world.db.audit.count_documents({"what": "agreement.warned"})


@pytest.mark.parametrize(("check", "field", "wanted"), [("age", "born", 21), ("licence_held", "licence_since", 1)])
async def test_years_are_counted_at_the_branch_on_the_day_of_the_hand_over(world, check, field, wanted):
    look_at(world, **{check: BLOCK})
    async with world.desk() as desk:
        booking = await promised(desk)
        today = desk.clock.now().date()
        days(world, **{field: f"{today.replace(year=today.year - wanted, day=1) + timedelta(days=62)}"})
        with pytest.raises(HandOverChecked) as caught:
            await desk.rental.hand_over(desk.actor, booking.id, FULL)
        assert wanted == caught.value.findings[0].wanted
        days(world, **{field: f"{today.replace(year=today.year - wanted - 1, day=1)}"})
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
    assert ("out", 1) == out(world, booking)


async def test_a_renters_days_are_kept_asked_for_or_not_and_follow_a_merge(world):
    typed = NewRenter("Bea Bird", "bea@example.org", "+4930901833", "B1", born="14.3.1987", licence_until="2031-03-01")
    async with world.desk() as desk:
        bea = (await desk.renters.add(desk.actor, typed)).renter
        assert ("1987-03-14", "", "2031-03-01") == tuple(getattr(bea, name) for name in DRIVING)
        unasked = await desk.renters.mend(
            desk.actor, bea.id, 1, NewRenter("Bea B. Bird", bea.email, bea.phone, bea.licence)
        )
        assert "1987-03-14" == unasked.renter.born
        with pytest.raises(InvalidText) as caught:
            await desk.renters.mend(desk.actor, bea.id, 2, replace(typed, born="3/4/1987"))
        assert "born" == caught.value.field
        gone = await desk.renters.mend(desk.actor, bea.id, 2, replace(typed, born=""))
        assert "" == gone.renter.born
    row = world.db.renters.find_one({"_id": bea.id})
    assert ("born" in row, row["licence_until"]) == (False, "2031-03-01")


async def test_the_firm_decides_on_them_from_a_moment_on(world):
    rules = CheckRules(balance=WARN, age=BLOCK, youngest=23)
    async with world.desk("admin") as admin:
        firm = await admin.admin.firm.firm(admin.actor)
        changed = replace(firm.settings, checks=replace(rules, youngest=120))
        with pytest.raises(InvalidText):
            await admin.admin.firm.change(admin.actor, changed, None, after=firm.last)
        await admin.admin.firm.change(admin.actor, replace(firm.settings, checks=rules), None, after=firm.last)
        again = await admin.admin.firm.firm(admin.actor)
    assert rules == again.planned[0].settings.checks
    assert FirmSettings().checks == again.settings.checks
    told = world.db.audit.find_one({"after.looked at before a car goes out": {"$exists": True}})
    assert "age block, balance warn, from 23 years, held 1" == told["after"]["looked at before a car goes out"]
