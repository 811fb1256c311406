"""Somebody who telephones has no licence at hand: it is asked for when the car goes out, and no car goes without."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import FULL, wish

from engine.domain.booking.handing_over import NoLicence
from engine.domain.booking.states import BookingState
from engine.domain.money.tender import Tender
from engine.domain.shared.errors import InvalidText
from engine.services.people.renters import NewRenter

pytestmark = pytest.mark.asyncio
CALLER = NewRenter("Nele Ruf", "nele.ruf@example.org", "+49 30 901899", "")


@pytest.mark.parametrize("licence", ["", "   ", "\u200b"])
async def test_a_car_is_promised_to_who_has_no_licence_and_goes_out_once_it_is_written_down(world, licence):
    async with world.desk() as desk:
        added = await desk.renters.add(desk.actor, replace(CALLER, licence=licence), "DE")
        assert "" == added.renter.licence
        promise = wish(desk, first=0, last=1, pays=Tender.COUNTER, renter_id=added.renter.id)
        booking = await desk.booking.hold(desk.actor, promise)
        with pytest.raises(NoLicence) as told:
            await desk.rental.hand_over(desk.actor, booking.id, FULL)
        assert added.renter.id == told.value.renter_id
        assert BookingState.CONFIRMED == world.stored(booking)["state"]
        assert 0 == world.db.agreements.count_documents({})

        await desk.renters.correct(desk.actor, added.renter, replace(CALLER, licence="B072RRE2I55"), "DE")
        out = await desk.rental.hand_over(desk.actor, booking.id, FULL)

    assert BookingState.OUT is out.state


async def test_name_and_telephone_cannot_follow(world):
    async with world.desk() as desk:
        for name in ("name", "email", "phone"):
            with pytest.raises(InvalidText) as told:
                await desk.renters.add(desk.actor, replace(CALLER, **{name: " "}), "DE")
            assert name == told.value.field
    assert 0 == world.db.renters.count_documents({"name": CALLER.name})
