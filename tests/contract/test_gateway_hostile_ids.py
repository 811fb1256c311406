"""Ids that somebody wrote into the database past the program: Stripe is asked by them, or cannot be."""

from __future__ import annotations

import pytest

from engine.domain.booking.belief import OpenPage, VoidPayment
from engine.domain.shared.errors import PaymentRefused

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("stored", ["\u202e=cmd|\U0001f4a3\x00", "\u00fc", "\x00", "a/../b"])
async def test_a_stored_page_that_is_none_is_refused_and_no_outage(gateway, stored):
    for ask in (gateway.page(stored), gateway.close_page(stored)):
        with pytest.raises(PaymentRefused):
            await ask


@pytest.mark.parametrize("stored", ["\U0001f4a3", "\u00fc", "\x00", "a\r\nX: y"])
async def test_a_key_that_cannot_be_sent_is_refused_and_not_tried_for_ever(gateway, order, stored):
    """It has the booking's id in it, which somebody may have written past the program."""
    page = OpenPage(gateway.freeze(order()), f"co:{stored}")
    for ask in (gateway.open_page(page), gateway.void(VoidPayment("pi_1", f"void:{stored}"))):
        with pytest.raises(PaymentRefused):
            await ask
