"""Seed a firm of any size into a MongoDB: bulk inserts, indexes afterwards, taken up where it was cut off.

``SCALE=1k|10k|100k python tests/support/scale_seed.py`` seeds it into a data folder of its own, kept between runs:
``--data``, else ``drivesphere-scale/SCALE`` in the user's cache. Benchmarks open the same with ``opened``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from pymongo import WriteConcern
from pymongo.errors import BulkWriteError
from scale_firm import SIZES, ScaledFirm

from engine.adapters.mongo.client import Client, Credentials, Document, connect, database
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.schema.provision import create_account, provision
from engine.config import Secret
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.payment import StripeMode
from engine.embedded.servers import Endpoints, open_servers
from engine.wiring.deployment import Deployment
from engine.words.problems import told as words

DATABASE = "ds_scale"
_MARK = "scale"
_DUPLICATE = 11000
_SAY_EVERY = 25
#: Made after the rows: filling an index row by row takes several times as long.
_BULKY = ("cars", "fences", "car_terms", "car_statuses", "renters", "bookings", "ledger", "audit")


async def seed(
    client: Client, name: str, cars: int, homes: int, now: datetime, say: Callable[[str], None]
) -> ScaledFirm:
    """The firm, whole in database *name* at the end; of one that was begun before, with its own *now*."""
    await provision(client, name, FirmSettings(), lambda told: say(words(told)))
    db = database(client, name)
    mark = await db.deployment.find_one({"_id": _MARK}) or {"now": now, "blocks": 0}
    firm = ScaledFirm(cars, homes, mark["now"])
    if mark["blocks"] < firm.blocks():
        await _fill(client, name, firm, mark, say)
        say("making indexes")
        await provision(client, name, FirmSettings(), lambda told: say(words(told)))
    # Each only where it is missing: it may have been cut off in between.
    await MongoDeployment(client, name).record_stripe_mode(StripeMode.TEST, "scale", datetime.now(UTC))
    for account in firm.accounts():
        await create_account(client, name, account)
    # Its payments are drawn, as the demo's are, and stand in no book of Stripe's.
    await db.deployment.update_one({"_id": "demo"}, {"$setOnInsert": {"schema": "scale"}}, upsert=True)
    return firm


async def _fill(client: Client, name: str, firm: ScaledFirm, mark: Document, say: Callable[[str], None]) -> None:
    db = database(client, name)
    for collection in _BULKY:
        await db[collection].drop_indexes()
    if not mark["blocks"]:
        await _put(client, name, firm.beginning())
    began, first, under_way = time.monotonic(), mark["blocks"], None
    for number in range(first, firm.blocks()):
        drawn = await asyncio.to_thread(firm.block, number)
        if under_way:
            await under_way
        under_way = asyncio.create_task(_put(client, name, drawn, number + 1, firm.now))
        if number % _SAY_EVERY == 0:
            say(f"block {number} of {firm.blocks()}, {time.monotonic() - began:.0f} s")
    if under_way:
        await under_way


async def _put(
    client: Client, name: str, drawn: dict[str, list[Document]], blocks: int = 0, now: datetime | None = None
) -> None:
    """Rows have the same ``_id`` each time: those of a block that was cut off are there already."""
    db = database(client, name)
    for collection, rows in drawn.items():
        quick = db[collection].with_options(write_concern=WriteConcern(w=1, j=False))
        try:
            await quick.insert_many(rows, ordered=False, bypass_document_validation=True)
        except BulkWriteError as problem:
            if any(each["code"] != _DUPLICATE for each in problem.details["writeErrors"]):
                raise
    if blocks:
        await db.deployment.update_one({"_id": _MARK}, {"$set": {"now": now, "blocks": blocks}}, upsert=True)


def folder_of(scale: str) -> Path:
    return platformdirs.user_cache_path("drivesphere-scale", appauthor=False) / scale


@asynccontextmanager
async def opened(scale: str, data: Path | None = None) -> AsyncIterator[tuple[Deployment, Endpoints, ScaledFirm]]:
    """The servers of the firm of that *scale*, seeded where it is not yet."""
    cars, homes = SIZES[scale]
    async with open_servers(data or folder_of(scale)) as servers:
        client = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
        try:
            now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
            firm = await seed(client, DATABASE, cars, homes, now, _say)
        finally:
            await client.close()
        deployment = Deployment(servers.mongo_url, Secret(servers.redis_url), DATABASE)
        if servers.stripe_url:
            deployment = replace(deployment, stripe_key=Secret(servers.stripe_key), stripe_url=servers.stripe_url)
        yield deployment, servers, firm


def _say(line: str) -> None:
    sys.stderr.write(f"  {line}\n")


async def main(scale: str, data: Path | None) -> None:
    began = time.monotonic()
    async with opened(scale, data) as (deployment, _, firm):
        told = f"{firm.cars:,} cars at {firm.homes} branches as of {firm.now:%Y-%m-%d %H:%M}"
        _say(f"{told} in {data or folder_of(scale)} at {deployment.mongo_url}, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", choices=SIZES, default=os.environ.get("SCALE", "1k"))
    asked.add_argument("--data", type=Path)
    options = asked.parse_args()
    asyncio.run(main(options.scale, options.data))
