"""What release 0.1.0 left behind is carried to its end by this one, and its owners' year stays as it was told."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
import stored
from builders import ACCOUNTS, PASSWORD, World
from payments import stripe_of

from engine.adapters.mongo.client import CODEC, Connector, Credentials, connect
from engine.adapters.mongo.queries.earnings import MongoEarnings
from engine.adapters.mongo.schema.provision import create_account, provision
from engine.adapters.mongo.schema.views import FLEET
from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.firm.settings import FirmSettings
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.reports.report_period import month
from engine.services.reports.earnings import EarningsService

pytestmark = pytest.mark.asyncio
NAME = "ds_stored_release"
#: Intent key -> what becomes of it when its renter pays wherever a page is open, and time goes on.
ENDS = {
    "live_held_prepared": BookingState.CONFIRMED,
    "live_held_open": BookingState.CONFIRMED,
    "live_releasing_prepared": BookingState.RELEASED,
    "live_releasing_open": BookingState.RELEASED,
    "live_awaiting_funds": BookingState.CONFIRMED,
    "live_confirmed_authorised": BookingState.CONFIRMED,
    "live_confirmed_captured": BookingState.CONFIRMED,
    "live_cancelled_refund_due": BookingState.CANCELLED,
    "live_cancelled_refunded": BookingState.CANCELLED,
    "live_refund_due": BookingState.REFUNDED,
    "live_car_sold_on": BookingState.RELEASED,
    "live_completed": BookingState.COMPLETED,
    "live_released": BookingState.RELEASED,
}


@pytest_asyncio.fixture
async def upgraded(world, endpoints, root):
    """The stored database, as old as it was when it was stored, after this release's provisioning."""
    made = replace(
        world, deployment=replace(world.deployment, database=NAME), db=root.get_database(NAME, codec_options=CODEC)
    )
    stored.restore(made.db, now=datetime.now(UTC))
    admin = connect(endpoints.mongo_url, Credentials(endpoints.root_name, endpoints.root_password, "admin"))
    await provision(admin, NAME, FirmSettings())
    for account in ACCOUNTS:
        await create_account(admin, NAME, account)
    yield made
    await admin.close()
    made.db.command("dropAllUsersFromDatabase")
    made.db.command("dropAllRolesFromDatabase")
    root.drop_database(NAME)


def by_key(world: World) -> dict:
    return {row["intent_key"]: row for row in world.db.bookings.find({"intent_key": {"$regex": "^live_"}})}


async def test_every_open_booking_of_the_old_release_comes_to_its_end(upgraded):
    deployment = upgraded.deployment
    gateway = StripeGateway(deployment.stripe_key.reveal(), base_url=deployment.stripe_url)
    async with stripe_of(upgraded) as stripe, upgraded.desk() as desk, upgraded.desk("worker") as worker:
        await stored.tell_stripe(upgraded.db, gateway, stripe)
        await gateway.aclose()
        before = by_key(upgraded)

        await desk.payment.settle(desk.actor, before["live_held_prepared"]["_id"])
        await desk.rental.give_up(desk.actor, before["live_car_sold_on"]["_id"])
        for key in ("live_held_prepared", "live_held_open", "live_awaiting_funds"):
            paid = await stripe.pay_at(by_key(upgraded)[key]["payments"][0]["attempts"][-1]["url"])
            assert 303 == paid.status_code, key
        for row in before.values():
            await worker.payment.settle(worker.actor, row["_id"])

        after = by_key(upgraded)
        assert {key: state.value for key, state in ENDS.items()} == {key: row["state"] for key, row in after.items()}
        assert [] == [key for key, row in after.items() if "due_at" in row or "trouble" in row["payments"][0]]
        for key, row in after.items():
            assert kept(row) == sum(charge["net"] for charge in await stripe.charges_of(row["_id"])), key
    blocking = {row["_id"] for row in upgraded.db.bookings.find({"state": {"$in": list(BLOCKING)}})}
    claims = [claim["id"] for fence in upgraded.db.fences.find() for claim in fence["claims"]]
    assert sorted(blocking) == sorted(claims)


def kept(row: dict) -> int:
    """What Stripe should hold of the renter's money."""
    standing = row["state"] in ("confirmed", "out", "completed")
    return row["quote"]["total"] if standing else 0


async def test_owners_are_told_the_same_year_to_the_cent(upgraded, endpoints):
    where = Connector(endpoints.mongo_url)
    async with upgraded.desk("owner") as desk, where.open("owner", PASSWORD, NAME) as client:
        service = EarningsService(MongoEarnings(client, NAME, desk.clock, FLEET))
        told = {}
        for owner, about in stored.OWNERS.items():
            actor = Actor(AccountName("owner"), "Olga Owner", Role.OWNER, owner_id=owner)
            assert about["zone"] == await service.zone(actor)
            for name in about["months"]:
                year, number = map(int, name.split("-"))
                report = await service.report(actor, month(year, number, about["zone"]))
                told.setdefault(owner, {})[name] = {each.currency: asdict(each.total) for each in report.currencies}

    assert {owner: about["months"] for owner, about in stored.OWNERS.items()} == told
    assert 36 == sum(len(months) for months in told.values())
