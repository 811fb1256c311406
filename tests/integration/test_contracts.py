"""A renter signs what is agreed: what was signed can be counted again, and no longer stands once something changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from at_counter import confirmed
from builders import FULL
from paper_builders import FIRM, may_issue

from engine.domain.agreement.signing import standing
from engine.domain.health.health import Level
from engine.domain.shared.errors import InvalidText, MoveRefused, Overtaken
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
