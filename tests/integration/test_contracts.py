"""A renter signs what is agreed, and it is put on paper: as it stands, the same again until something is added."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from at_counter import confirmed
from builders import FULL
from paper_builders import FIRM, may_issue

from engine.domain.agreement.reading import Reading
from engine.domain.agreement.signing import standing
from engine.domain.car.body_parts import PartId, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.car import CarId
from engine.domain.car.condition import MarkKind, NewMark
from engine.domain.health.health import Level
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.of_agreement import Protocol, protocols_of
from engine.domain.shared.errors import DamagedRow, InvalidText, MoveRefused, Overtaken
from engine.services.agreement.exchanging import Exchange
from engine.services.firm.health_rows import HURRIED
from engine.services.firm.health_rows import agreements as look_at_agreements

pytestmark = pytest.mark.asyncio
INK = "100,300 900,200 1500,420;1600,300 2400,350"


async def out(desk, stripe):
    booking = await confirmed(desk, stripe, -0.3, 47)
    return await desk.rental.hand_over(desk.actor, booking.id, FULL)


async def well(world):
    async with world.desk("admin") as admin:
        return (await look_at_agreements(admin.admin.health.inspection, HURRIED)).level is Level.GOOD


async def test_a_signature_stands_until_something_is_agreed_anew_and_is_counted_again_by_the_doctor(world, stripe):
    may_issue(world.db)
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        after = await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", INK, seen=booking.version)
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert FIRM.terms_version == agreement.signatures[0].terms_version
        assert standing(agreement, booking.period.ends_at) == agreement.signatures[0]
        assert await well(world)

        longer = booking.period.ends_at + timedelta(days=2)
        extended = await desk.agreements.extend(desk.actor, booking.id, longer, seen=after.version)
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert standing(agreement, longer) is None
        assert await well(world)
        await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", INK, seen=extended.version)
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert standing(agreement, longer) == agreement.signatures[1]
        await desk.rental.returned(desk.actor, booking.id, FULL)
        assert await well(world)

    row = world.db.audit.find_one({"what": "agreement.signed"}, sort=[("_id", 1)])
    assert ("Ana Silva", agreement.signatures[0].content) == (row["after"]["name"], row["after"]["content"])
    world.db.agreements.update_one({"_id": booking.id}, {"$set": {"signatures.1.content": "0" * 64}})
    assert not await well(world)


async def test_a_dot_is_no_signature_and_nothing_is_signed_twice_at_once_or_before_or_after(world, stripe):
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        with pytest.raises(MoveRefused):
            await desk.contracts.sign(desk.actor, booking.id, "Ana", INK, seen=booking.version)
        gone = await desk.rental.hand_over(desk.actor, booking.id, FULL)
        for ink, code in (("500,500", "field.ink_short"), ("500,500 1499,500", "field.ink_short"), ("x", "field.ink")):
            with pytest.raises(InvalidText) as caught:
                await desk.contracts.sign(desk.actor, booking.id, "Ana", ink, seen=gone.version)
            assert ("ink", code) == (caught.value.field, caught.value.said.code)
        with pytest.raises(Overtaken):
            await desk.contracts.sign(desk.actor, booking.id, "Ana", INK, seen=booking.version)
        await desk.rental.returned(desk.actor, booking.id, FULL)
        back = await desk.booking.booking(desk.actor, booking.id)
        with pytest.raises(MoveRefused):
            await desk.contracts.sign(desk.actor, booking.id, "Ana", INK, seen=back.version)

    assert "signatures" not in world.db.agreements.find_one({"_id": booking.id})


FRONT = NewMark(Place(View.LEFT, 4_000, 5_000), PartId("door-front-left"), MarkKind.SCRATCH, 2, 40)


async def test_an_agreement_and_its_protocols_are_issued_once_with_what_was_read_found_and_signed(world, stripe):
    may_issue(world.db)
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        with pytest.raises(PaperRefused) as refused:
            await desk.contracts.agreement(desk.actor, booking.id)
        assert "paper.no_agreement" == refused.value.said.code
        gone = await desk.rental.hand_over(desk.actor, booking.id, FULL, marks=(FRONT,))
        unsigned = await desk.contracts.agreement(desk.actor, booking.id)
        signed = await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", INK, seen=gone.version)
        papers = [await desk.contracts.agreement(desk.actor, booking.id, "de") for _ in range(2)]
        hand_over = await desk.contracts.protocol(desk.actor, booking.id, Protocol(1, ""))
        with pytest.raises(PaperRefused):
            await desk.contracts.protocol(desk.actor, booking.id, Protocol(1, "", back=True))
        await desk.rental.returned(desk.actor, booking.id, Reading(10_900, 6))
        back = await desk.contracts.protocol(desk.actor, booking.id, Protocol(1, "", back=True))
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        over = await desk.contracts.agreement(desk.actor, booking.id, "de")

    told, (mark,) = papers[0].body.content, papers[0].body.content.marks
    assert papers[0] == papers[1] == over
    assert ("AGR", "OUT", "RET") == tuple(each.series.split("-")[2] for each in (unsigned, hand_over, back))
    assert () == unsigned.body.content.signatures
    assert [agreement.signatures[0].content] == [each.content for each in told.signatures]
    assert ("door-front-left", "scratch", 2, 40, True) == (mark.part, mark.mark, mark.severity, mark.mm, mark.new)
    assert (10_000, None, "hatchback") == (told.car.km_out, told.car.km_in, told.car.body)
    assert (10_900, 6, False) == (
        back.body.content.car.km_in,
        back.body.content.car.fuel_in,
        back.body.content.marks[0].new,
    )
    assert signed.price == papers[0].body.total
    assert 4 == world.db.papers.count_documents({})


async def test_desks_that_issue_an_agreement_at_once_issue_one(world, stripe):
    may_issue(world.db)
    async with world.desk() as one, world.desk() as other:
        booking = await out(one, stripe)
        first, second = await asyncio.gather(
            *(desk.contracts.agreement(desk.actor, booking.id) for desk in (one, other))
        )

    assert first == second
    assert "hatchback" == first.body.content.car.body
    assert 1 == world.db.papers.count_documents({})


async def test_what_cannot_be_read_of_a_car_is_left_out_of_no_paper(world, stripe):
    may_issue(world.db)
    async with world.desk() as desk:
        booking = await confirmed(desk, stripe, -0.3, 47)
        await desk.rental.hand_over(desk.actor, booking.id, FULL, marks=(FRONT,))
        world.db.agreements.update_one({"_id": booking.id}, {"$unset": {"legs.0.out.marks": 1}})
        unseen = await desk.contracts.protocol(desk.actor, booking.id, Protocol(1, ""))
        assert ("", ()) == (unseen.body.content.car.body, unseen.body.content.marks)
        world.db.marks.update_one({}, {"$set": {"severity": "much"}}, bypass_document_validation=True)
        with pytest.raises(DamagedRow):
            await desk.contracts.protocol(desk.actor, booking.id, Protocol(1, ""))


async def test_another_car_has_to_be_signed_for_and_has_its_own_protocols(world, stripe):
    may_issue(world.db)
    async with world.desk() as desk:
        booking = await out(desk, stripe)
        signed = await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", INK, seen=booking.version)
        exchange = Exchange(Reading(10_050, 7), FULL, "a flat tyre")
        other = await desk.exchanging.exchange(desk.actor, booking.id, CarId("car-2"), exchange, seen=signed.version)
        agreement = await desk.agreements.agreement(desk.actor, booking.id)
        assert standing(agreement, other.period.ends_at) is None
        assert await well(world)
        paper = await desk.contracts.agreement(desk.actor, booking.id)
        await desk.contracts.sign(desk.actor, booking.id, "Ana Silva", INK, seen=other.version)
        later = await desk.contracts.agreement(desk.actor, booking.id)
        protocols = [
            await desk.contracts.protocol(desk.actor, booking.id, each)
            for each in protocols_of(await desk.agreements.agreement(desk.actor, booking.id))
        ]

    assert [(10_000, 10_050), (10_000, None)] == [(each.car.km_out, each.car.km_in) for each in paper.body.content.legs]
    assert () == paper.body.content.signatures
    assert 1 == len(later.body.content.signatures)
    assert ["hand_over", "return", "hand_over"] == [each.body.kind for each in protocols]
    assert await well(world)
