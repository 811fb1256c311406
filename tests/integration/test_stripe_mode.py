"""Test payments and live ones never meet, whichever key a desk was given."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import PASSWORD, wish
from payments import let_go, opened

from engine.adapters.stripe.gateway import StripeGateway
from engine.bootstrap import open_engine
from engine.config import Secret
from engine.domain.money.payment import StripeMode
from engine.domain.shared.errors import Forbidden, WrongStripeMode
from engine.services.payment.missed_payments import MissedPayments

pytestmark = pytest.mark.asyncio


@pytest.fixture
def recorded(world):
    """Set what the firm has recorded, for one test."""

    def record(mode):
        world.db.deployment.delete_one({"_id": "stripe"})
        if mode:
            world.db.deployment.insert_one({"_id": "stripe", "mode": mode, "by": "tests"})

    yield record
    record("test")


async def test_P1_a_desk_with_a_test_key_does_not_open_in_a_live_firm(world, recorded):
    recorded("live")

    for account in ("clerk", "admin", "worker"):
        with pytest.raises(WrongStripeMode) as caught:
            async with world.desk(account):
                pass

        assert ("live", "test") == (caught.value.firm, caught.value.key)


async def test_P1_a_desk_with_a_live_key_does_not_open_in_a_test_firm(world):
    away = replace(
        world.deployment, stripe_key=Secret("rk_live_abcdefgh"), stripe_url="", success_url="https://x.example"
    )

    with pytest.raises(WrongStripeMode):
        async with open_engine(away, "clerk", PASSWORD, background=False):
            pass


async def test_P1_once_the_firm_is_live_a_test_desk_opens_no_page_and_believes_none(world, stripe, recorded):
    async with world.desk("admin") as desk:
        paid, held = await opened(desk), await desk.booking.hold(desk.actor, wish(desk, car="car-2", key="k2"))
        await stripe.pay(paid)
        recorded("live")

        for booking in (paid, held):
            with pytest.raises(WrongStripeMode):
                await desk.payment.settle(desk.actor, booking.id)
            with pytest.raises(WrongStripeMode):
                await desk.payment.heard(booking.id, paid.payment.attempt.session_id)
        await desk.sweeper.sweep()
        assert 0 == await MissedPayments(desk.payment.store, desk.payment.gateway, desk.payment, desk.clock).look()

        assert ["held", "held"] == [world.stored(booking)["state"] for booking in (paid, held)]
        assert [] == await stripe.pages(held)
        recorded("test")
        assert "confirmed" == (await desk.payment.settle(desk.actor, paid.id)).state


async def test_P1_money_that_nobody_expected_is_not_believed_by_a_key_of_the_other_mode(world, stripe, recorded):
    async with world.desk("admin") as desk:
        late = await opened(desk)
        await stripe.pay(late)
        let_go(world, late)
        recorded("live")

        with pytest.raises(WrongStripeMode):
            await desk.payment.heard(late.id, late.payment.attempt.session_id)

    assert "released" == world.stored(late)["state"]


@pytest.mark.parametrize("account", ["admin", "worker"])
async def test_the_first_admin_or_worker_with_a_key_settles_the_firms_mode(world, recorded, account):
    recorded(None)

    async with world.desk(account), world.desk("clerk"):
        row = world.db.deployment.find_one({"_id": "stripe"})

    assert ("test", account) == (row["mode"], row["by"])


async def test_a_clerk_does_not_settle_it(world, recorded):
    recorded(None)

    with pytest.raises(WrongStripeMode) as caught:
        async with world.desk("clerk"):
            pass

    assert "" == caught.value.firm
    assert None is world.db.deployment.find_one({"_id": "stripe"})


async def test_desks_without_a_key_open_in_every_firm(world, recorded):
    keyless = replace(world, deployment=replace(world.deployment, stripe_key=Secret(), stripe_url=""))
    for mode in ("live", "test", None):
        recorded(mode)
        async with keyless.desk("admin") as desk:
            assert None is desk.payment.gateway.mode


async def test_the_first_one_stays(world):
    async with world.desk("worker") as desk:
        deployment = desk.payment.mode.deployment
        await deployment.record_stripe_mode(StripeMode.LIVE, "worker", desk.clock.now())

        assert StripeMode.TEST == await deployment.stripe_mode()


@pytest.mark.parametrize(("account", "doing"), [("clerk", "insert"), ("clerk", "update"), ("admin", "update")])
async def test_S1_the_server_itself_refuses_to_change_it(world, account, doing):
    async with world.desk(account) as desk:
        deployment = desk.payment.mode.deployment
        change = {"insert": deployment.record_stripe_mode, "update": deployment.change_stripe_mode}[doing]
        with pytest.raises(Forbidden):
            await change(StripeMode.LIVE, account, desk.clock.now())

    assert "test" == world.db.deployment.find_one({"_id": "stripe"})["mode"]


@pytest.mark.parametrize(
    ("key", "mode"), [("", None), ("sk_test_abc", StripeMode.TEST), ("rk_live_abc", StripeMode.LIVE)]
)
async def test_a_key_tells_its_mode(key, mode):
    gateway = StripeGateway(key)

    assert mode is gateway.mode
    await gateway.aclose()
