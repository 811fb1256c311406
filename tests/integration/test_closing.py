"""A rental is closed where nothing is open, no money moves for it then, and it is opened again with a reason."""

from __future__ import annotations

import pytest
from at_counter import confirmed
from builders import FULL, RENTER, wish
from paper_builders import may_issue

from engine.adapters.mongo.transaction import MongoTransaction
from engine.domain.agreement.agreement import AgreementState
from engine.domain.agreement.charges import Charging
from engine.domain.agreement.closing import AgreementClosed, BalanceOpen, Invoiced
from engine.domain.agreement.fees import AMOUNTS
from engine.domain.agreement.reading import Reading
from engine.domain.health.health import Level
from engine.domain.money.money import Money
from engine.domain.money.pricing import LineKind
from engine.domain.money.tender import Handed, Tender
from engine.domain.shared.errors import Forbidden, InvalidText, MoveRefused, Overtaken
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import agreements as look_at_agreements

pytestmark = pytest.mark.asyncio
OUT, RETURNED, CLOSED, REOPENED = AgreementState
HOME = {"street": "8 rue des Tilleuls", "postcode": "69003", "town": "Lyon", "in_country": "France"}
FEES = {**dict.fromkeys(AMOUNTS, 0), "currency": "EUR", "free_km": 100, "km": 25, "eighth": 12_00, "cleaning": 45_00}


def by_card(minor):
    return Handed(Tender.TERMINAL, Money(minor, "EUR"), reference="4711")


async def take(desk, booking, minor):
    return await desk.till.take(desk.actor, booking.id, by_card(minor), seen=booking.version)


async def give_back(desk, booking, minor):
    return await desk.till.give_back(desk.actor, booking.id, by_card(minor), reason="too much", seen=booking.version)


async def out(world, desk, **changes):
    """100.00 EUR to be paid at the counter, and its car is out."""
    world.db.settings.update_one({"_id": 1}, {"$set": {"fees": [FEES]}})
    booking = await desk.booking.hold(desk.actor, wish(desk, pays=Tender.COUNTER, first=0.01, last=1.99, **changes))
    return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def back(world, desk, reading=FULL, charging=None, **changes):
    """Out and back, with nothing paid."""
    booking = await out(world, desk, **changes)
    told = (None, charging) if charging else ()
    return await desk.rental.returned(desk.actor, booking.id, reading, *told)


def states(world, booking):
    return [step["state"] for step in world.db.agreements.find_one({"_id": booking.id})["history"]]


def counted(world, booking):
    """Rows of the ledger, and of the audit's that name it."""
    about = {"subject": f"booking:{booking.id}"}
    return world.db.ledger.count_documents({"booking_id": booking.id}), world.db.audit.count_documents(about)


async def well(world):
    async with world.desk("admin") as admin:
        return (await look_at_agreements(admin.admin.health.inspection, HURRIED)).level is Level.GOOD


async def test_what_is_paid_already_is_closed_as_its_car_comes_back(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL)
        over = await desk.rental.returned(desk.actor, booking.id, FULL)

        assert (["out", "returned", "closed"], 2) == (
            states(world, booking),
            world.db.agreements.find_one({"_id": booking.id})["version"],
        )
        before = counted(world, booking)
        with pytest.raises(MoveRefused):
            await desk.closing.close(desk.actor, over.id, seen=over.version)
        with pytest.raises(AgreementClosed):
            await take(desk, over, 1_00)
    assert before == counted(world, booking)
    assert await well(world)


async def test_the_last_money_closes_it_and_none_moves_after(world):
    async with world.desk() as desk:
        booking = await back(world, desk, Reading(10_000, 6))
        with pytest.raises(BalanceOpen) as caught:
            await desk.closing.close(desk.actor, booking.id, seen=booking.version)
        assert (124_00, ["out", "returned"]) == (caught.value.balance.open.minor, states(world, booking))

        booking = await take(desk, booking, 100_00)
        assert ["out", "returned"] == states(world, booking)
        booking = await take(desk, booking, 24_00)
        assert ["out", "returned", "closed"] == states(world, booking)

        before = counted(world, booking)
        for doing in (take, give_back):
            with pytest.raises(AgreementClosed):
                await doing(desk, booking, 1_00)
        assert before == counted(world, booking)
    assert await well(world)


async def test_it_is_opened_again_with_a_reason_by_whoever_may_and_charged_otherwise(world):
    async with world.desk() as desk, world.desk("admin") as office:
        booking = await take(desk, await back(world, desk, Reading(10_000, 6)), 124_00)
        with pytest.raises(Forbidden):
            await desk.closing.reopen(desk.actor, booking.id, "the tank was full", seen=booking.version)
        for reason in ("", "  "):
            with pytest.raises(InvalidText):
                await office.closing.reopen(office.actor, booking.id, reason, seen=booking.version)
        with pytest.raises(Overtaken):
            await office.closing.reopen(office.actor, booking.id, "stale", seen=booking.version - 1)
        booking = await office.closing.reopen(office.actor, booking.id, "the tank was full", seen=booking.version)

        wrong = Charging(waived=((LineKind.KM, "nobody drove"),))
        for charging in (wrong, Charging()):
            with pytest.raises(MoveRefused):
                await desk.closing.recharge(desk.actor, booking.id, charging, seen=booking.version)
        waived = Charging(cleaning=True, waived=((LineKind.FUEL, "misread"),))
        booking = await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert (145_00, ["misread"]) == (agreement.total.minor, [each.reason for each in agreement.waived])
        booking = await take(desk, booking, 21_00)

    assert ["out", "returned", "closed", "reopened", "closed"] == states(world, booking)
    told = {row["what"]: row["after"] for row in world.db.audit.find({"subject": f"booking:{booking.id}"})}
    assert "the tank was full" == told["agreement.reopened"]["reason"]
    assert ("14500 EUR", "fuel 2400 EUR: misread") == (
        told["agreement.recharged"]["total"],
        told["agreement.recharged"]["not charged"],
    )
    assert await well(world)


async def test_what_was_charged_too_much_goes_back_and_then_it_is_closed(world):
    async with world.desk() as desk:
        booking = await take(desk, await out(world, desk), 100_00)
        booking = await desk.rental.returned(desk.actor, booking.id, Reading(10_000, 6))
        booking = await take(desk, booking, 20_00)
        waived = Charging(waived=((LineKind.FUEL, "misread"),))
        booking = await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        with pytest.raises(BalanceOpen):
            await desk.closing.close(desk.actor, booking.id, seen=booking.version)
        booking = await give_back(desk, booking, 20_00)

    assert ["out", "returned", "closed"] == states(world, booking)
    assert await well(world)


async def test_it_is_closed_where_the_last_charge_is_waived(world):
    async with world.desk() as desk:
        booking = await take(desk, await back(world, desk, Reading(10_000, 6)), 100_00)
        waived = Charging(waived=((LineKind.FUEL, "misread"),))
        booking = await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        with pytest.raises(AgreementClosed):
            await give_back(desk, booking, 1_00)
    row = world.db.agreements.find_one({"_id": booking.id})
    assert (["out", "returned", "closed"], 3) == (states(world, booking), row["version"])
    assert await well(world)


async def test_what_stands_on_an_invoice_is_credited_before_it_is_charged_otherwise(world):
    async with world.desk() as desk, world.desk("admin") as office:
        may_issue(world.db)
        world.db.renters.update_one({"_id": RENTER.id}, {"$set": HOME})
        booking = await back(world, desk, Reading(10_000, 6))
        invoice = await desk.billing.invoice(desk.actor, booking.id)
        waived = Charging(waived=((LineKind.FUEL, "misread"),))
        with pytest.raises(Invoiced) as caught:
            await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        assert (invoice.number, 124_00) == (
            caught.value.number,
            (await desk.agreements.agreement(desk.actor, booking.id)).total.minor,
        )
        await office.billing.give_back(office.actor, invoice.id, None, "misread")
        await desk.closing.recharge(desk.actor, booking.id, waived, seen=booking.version)
        again = await desk.billing.invoice(desk.actor, booking.id)
    assert invoice.number != again.number
    assert await well(world)


@pytest.mark.parametrize("first", ["close", "recharge"])
async def test_what_closes_or_charges_it_while_money_moves_is_seen_by_the_money(world, monkeypatch, first):
    """The other desk does so after the payment has read the agreement, and before it is written."""
    async with world.desk() as desk, world.desk("admin") as office:
        booking = await take(desk, await back(world, desk, Reading(10_000, 6)), 124_00)
        booking = await office.closing.reopen(office.actor, booking.id, "look again", seen=booking.version)
        read, doings = MongoTransaction.agreement, [first]

        async def meanwhile(work, booking_id):
            found = await read(work, booking_id)
            if doings and work is not None:
                doing = doings.pop()
                waived = (Charging(waived=((LineKind.FUEL, "misread"),)),) if doing == "recharge" else ()
                await getattr(office.closing, doing)(office.actor, booking_id, *waived, seen=booking.version)
            return found

        monkeypatch.setattr(MongoTransaction, "agreement", meanwhile)
        with pytest.raises((AgreementClosed, Overtaken)):
            await give_back(desk, booking, 24_00)

    refunds = world.db.ledger.count_documents({"booking_id": booking.id, "kind": "refund"})
    assert (2, 0) == (len(world.stored(booking)["payments"]), refunds)
    assert await well(world)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines.0.unit.minor": 1}, "agreement.closed_open"),
        ({"history.2.state": "reopened"}, "agreement.steps"),
        ({"history.3.state": "closed", "state": "closed"}, "agreement.steps"),
        ({"history.3.reason": ""}, "agreement.steps"),
    ],
)
async def test_what_was_closed_past_the_program_is_told(world, change, code):
    async with world.desk() as desk, world.desk("admin") as office:
        booking = await take(desk, await back(world, desk), 100_00)
        if code == "agreement.steps":
            await office.closing.reopen(office.actor, booking.id, "look again", seen=booking.version)
        assert await well(world)
        world.db.agreements.update_one({"_id": booking.id}, {"$set": change}, bypass_document_validation=True)
        found = await look_at_agreements(office.admin.health.inspection, HURRIED)
    assert code in [line.code for line in dict(found.facts)["wrong"]]
