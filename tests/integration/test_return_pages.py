"""Where live payers may be sent back to: recorded by an administrator, used by every desk (docs/decisions/0026)."""

from __future__ import annotations

from dataclasses import replace

import pymongo
import pytest
from builders import DATABASE, PASSWORD
from payments import opened
from pymongo.errors import OperationFailure

from engine.domain.money.addresses import NOWHERE
from engine.domain.shared.errors import Forbidden, InvalidText, Misconfigured, NotFound

pytestmark = pytest.mark.asyncio
PAGE, OTHER = "https://firm.example/paid", "https://firm.example/thanks"


@pytest.fixture
def live(world):
    """The firm takes live payments, at desks without a key."""
    world.db.deployment.update_one({"_id": "stripe"}, {"$set": {"mode": "live"}})
    yield replace(
        world, deployment=replace(world.deployment, stripe_key=type(world.deployment.stripe_key)(), stripe_url="")
    )
    world.db.deployment.update_one({"_id": "stripe"}, {"$set": {"mode": "test"}})


async def test_an_administrator_records_a_page_and_desks_use_it(live):
    with pytest.raises(Misconfigured):
        async with live.desk():
            pass
    async with live.desk("admin") as admin:
        pages = admin.admin.return_pages
        assert await pages.add(admin.actor, PAGE)
        assert not await pages.add(admin.actor, PAGE)
        for strange in ("http://firm.example/paid", "javascript:alert(1)", "https://u@firm.example/x", ""):
            with pytest.raises(InvalidText):
                await pages.add(admin.actor, strange)
    async with live.desk() as desk:
        assert PAGE == desk.return_page.address
        with pytest.raises(Forbidden):
            await desk.admin.return_pages.add(desk.actor, OTHER)
    async with live.desk("admin") as admin:
        await admin.admin.return_pages.remove(admin.actor, PAGE)
        with pytest.raises(NotFound):
            await admin.admin.return_pages.remove(admin.actor, PAGE)

    told = [row["what"] for row in live.db.audit.find({"subject": "return pages"}).sort("_id", 1)]
    assert ["return_page.added", "return_page.removed"] == told
    assert 0 == live.db.return_pages.count_documents({})


async def test_the_first_administrator_of_a_live_firm_brings_the_page_along(live):
    own = replace(live, deployment=replace(live.deployment, success_url=PAGE))
    async with own.desk("admin") as admin:
        assert PAGE == admin.return_page.address
    strange = replace(live, deployment=replace(live.deployment, success_url=OTHER))
    async with strange.desk() as desk:
        assert PAGE == desk.return_page.address, "a desk's own page that nobody recorded is not used"

    assert [PAGE] == [row["_id"] for row in live.db.return_pages.find()]


async def test_test_payments_come_back_to_the_firms_page_where_there_is_one(world, stripe):
    async with world.desk("admin") as admin:
        assert not admin.return_page.address.startswith("https:") or admin.return_page.address == NOWHERE
        await admin.admin.return_pages.add(admin.actor, PAGE)
    try:
        async with world.desk() as desk:
            booking = await opened(desk)
            page = await stripe.page(booking)
    finally:
        world.db.return_pages.delete_many({})

    assert page["success_url"].startswith(f"{PAGE}?booking={booking.id}")


@pytest.mark.parametrize("account", ["clerk", "renter", "owner", "worker"])
async def test_nobody_else_records_one_past_the_program(world, account):
    client = pymongo.MongoClient(world.deployment.mongo_url, username=account, password=PASSWORD, authSource=DATABASE)
    with pytest.raises(OperationFailure):
        client[DATABASE].return_pages.insert_one(
            {"_id": PAGE, "by": "admin", "at": world.db.command("hello")["localTime"]}
        )
    client.close()
