"""A booking on paper: its invoice once, however many ask for it, receipts, and what is given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from builders import RENTER, wish
from paper_builders import may_issue
from payments import wrote

from engine.domain.money.money import Money
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.of_booking import Lack
from engine.domain.papers.paper import PaperKind
from engine.domain.shared.errors import NotFound

pytestmark = pytest.mark.asyncio
HOME = {"street": "8 rue des Tilleuls", "postcode": "69003", "town": "Lyon", "in_country": "France"}
LATER = timedelta(minutes=3)


async def back(world, desk, **fields):
    """A booking whose renter was here, paid online, and is back."""
    booking = await desk.booking.hold(desk.actor, wish(desk))
    told = {"state": "paid", "captured_at": booking.created_at + LATER, "payment_intent": "pi_1"}
    attempt = {f"payments.0.attempts.0.{name}": value for name, value in told.items()}
    wrote(world, booking, "confirmed", "out", "completed", **attempt, **fields)
    return booking


def at_home(world, **more):
    world.db.renters.update_one({"_id": RENTER.id}, {"$set": {**HOME, **more}})


def kinds(world):
    return sorted(row["body"]["kind"] for row in world.db.papers.find())


async def test_the_invoice_says_what_was_agreed_and_names_the_prepayment(world):
    may_issue(world.db)
    at_home(world, company="Moreau SARL", vat_id="FR123")
    async with world.desk() as desk:
        booking = await back(world, desk)
        receipt = await desk.billing.receipt(desk.actor, booking.id, f"{booking.id}:1-1")
        invoice = await desk.billing.invoice(desk.actor, booking.id, "de")

    body, told = invoice.body, invoice.body.content
    assert (PaperKind.INVOICE, "de", 100_00, 100_00) == (body.kind, body.language, body.total.minor, body.paid.minor)
    assert ("Moreau SARL", "FR123") == (told.buyer.name, told.buyer.vat_id)
    assert "Ada Moreau, 8 rue des Tilleuls, 69003 Lyon, France" == told.buyer.address
    assert [("rental", 2, "day", "standard")] == [
        (each.kind, each.quantity, each.unit, each.tax) for each in told.lines
    ]
    assert [("checkout", receipt.number)] == [(each.tender, each.reference) for each in told.payments]
    assert ("pi_1", (), ()) == (
        receipt.body.content.payments[0].reference,
        receipt.body.taxes,
        receipt.body.content.lines,
    )
    assert booking.period.starts_at == told.supply.starts_at
    rows = {row["what"]: row for row in world.db.audit.find({"what": {"$regex": "^paper"}})}
    assert {"paper.invoice", "paper.receipt"} == set(rows)
    assert (f"paper:{invoice.id}", booking.id) == (
        rows["paper.invoice"]["subject"],
        rows["paper.invoice"]["after"]["booking"],
    )


async def test_an_invoice_is_issued_once_on_a_second_press_and_at_two_desks_at_once(world):
    may_issue(world.db)
    at_home(world)
    async with world.desk() as one, world.desk("admin") as two:
        booking = await back(world, one)
        key = f"{booking.id}:1-1"
        presses = [desk.billing.invoice(desk.actor, booking.id) for desk in (one, two, one, two)]
        presses += [desk.billing.receipt(desk.actor, booking.id, key) for desk in (one, two)]
        papers = await asyncio.gather(*presses)
        again = await two.billing.invoice(two.actor, booking.id)

    assert 1 == len({paper.id for paper in (*papers[:4], again)})
    assert ["invoice", "receipt"] == kinds(world)
    assert [1, 1] == [row["n"] for row in world.db.papers.find()]
    assert 2 == world.db.audit.count_documents({"what": {"$regex": "^paper"}})


async def test_what_was_given_back_in_full_may_be_billed_anew_and_only_then(world):
    may_issue(world.db)
    at_home(world)
    async with world.desk("admin") as desk:
        booking = await back(world, desk)
        first = await desk.billing.invoice(desk.actor, booking.id)
        part = await desk.billing.give_back(desk.actor, first.id, Money(30_00, "EUR"), "broken radio")
        stands = await desk.billing.standing(desk.actor, booking.id)
        same = await desk.billing.invoice(desk.actor, booking.id)
        with pytest.raises(PaperRefused):
            await desk.billing.give_back(desk.actor, first.id, Money(70_01, "EUR"), "too much")
        await desk.billing.give_back(desk.actor, first.id, None, "wrong address")
        second = await desk.billing.invoice(desk.actor, booking.id)

    assert (30_00, 70_00, False) == (part.body.total.minor, stands.left.minor, stands.billable)
    assert (first.id, True) == (same.id, first.id != second.id)
    assert ["credit_note", "credit_note", "invoice", "invoice"] == kinds(world)


async def test_what_is_missing_is_told_before_and_takes_no_number(world):
    async with world.desk() as desk:
        booking = await back(world, desk)
        bare = await desk.billing.standing(desk.actor, booking.id)
        with pytest.raises(PaperRefused) as told:
            await desk.billing.invoice(desk.actor, booking.id)
        at_home(world)
        with pytest.raises(PaperRefused) as next_told:
            await desk.billing.invoice(desk.actor, booking.id)

    assert ((Lack.LEGAL, Lack.RATE, Lack.CODE, Lack.ADDRESS), True) == (bare.lacking, bare.billable)
    assert ["paper.no_address", "paper.no_legal"] == [each.value.said.code for each in (told, next_told)]
    assert (0, 0) == (world.db.papers.count_documents({}), world.db.series.count_documents({}))


async def test_nothing_is_billed_before_the_car_is_back_nor_at_another_branch(world):
    may_issue(world.db)
    at_home(world)
    async with world.desk() as desk, world.desk("clerk2") as lisbon:
        held = await desk.booking.hold(desk.actor, wish(desk))
        with pytest.raises(PaperRefused) as told:
            await desk.billing.invoice(desk.actor, held.id)
        with pytest.raises(NotFound):
            await lisbon.billing.invoice(lisbon.actor, held.id)
        with pytest.raises(PaperRefused):
            await desk.billing.receipt(desk.actor, held.id, f"{held.id}:1-1")

    assert "paper.not_back" == told.value.said.code
    assert [] == kinds(world)
