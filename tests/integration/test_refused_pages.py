"""What Stripe refuses for good lets the car go at once; what may yet be taken keeps it."""

from __future__ import annotations

import pytest
from builders import wish
from payments import opened

from engine.domain.booking.states import BookingState
from engine.domain.shared.errors import PaymentRefused

pytestmark = pytest.mark.asyncio

OPENING = "PostCheckoutSessions"


@pytest.mark.parametrize(
    ("param", "code"),
    [
        ("customer_email", "email_invalid"),
        ("customer_email", ""),
        ("line_items", "amount_too_small"),
        ("line_items[0][price_data][unit_amount]", "parameter_invalid_integer"),
        ("", "amount_too_small"),
        ("", "amount_too_large"),
    ],
)
async def test_what_can_never_be_paid_lets_the_car_go_at_once(world, stripe, param, code):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        await stripe.fault(kind="refuse", operation=OPENING, param=param, code=code)
        with pytest.raises(PaymentRefused) as refused:
            await desk.payment.settle(desk.actor, held.id)
        row = world.stored(held)
        again = await opened(desk, key="k2")

    assert (param, code) == (refused.value.param, refused.value.stripe_code)
    assert ["held", "releasing", "released"] == [step["state"] for step in row["history"]]
    assert ["void"] == [attempt["state"] for attempt in row["payments"][0]["attempts"]]
    assert "due_at" not in row
    assert [] == await stripe.pages(held)
    assert 1 == world.blocking(held.car_id)
    assert BookingState.HELD == again.state


@pytest.mark.parametrize(("param", "code"), [("success_url", "url_invalid"), ("", ""), ("", "account_invalid")])
async def test_what_the_firm_can_mend_meanwhile_keeps_the_car(world, stripe, param, code):
    async with world.desk() as desk:
        held = await desk.booking.hold(desk.actor, wish(desk))
        await stripe.fault(kind="refuse", operation=OPENING, param=param, code=code)
        with pytest.raises(PaymentRefused):
            await desk.payment.settle(desk.actor, held.id)
        assert "held" == world.stored(held)["state"]
        assert 1 == world.blocking(held.car_id)

        booking = await desk.payment.settle(desk.actor, held.id)

    assert 1 == len(await stripe.pages(booking))
