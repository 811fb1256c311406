"""A firm to break: the cluster with its database provisioned, a way in as root, and Stripe from outside."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from builders import ACCOUNTS, BERLIN, DATABASE, LISBON, LONG_AGO, PASSWORD, RENTER, make_car
from cluster import ROOT, Cluster
from desk_process import DeskSpec
from desks import Nursery
from plain_http import PLAIN
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError
from redis.asyncio import Redis
from within import WITHIN_S

from engine.adapters.mongo.client import Credentials, connect, database
from engine.adapters.mongo.codec.documents import (
    branch_document,
    car_document,
    fence_document,
    renter_document,
    series_document,
)
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.schema.provision import create_account, provision
from engine.domain.car.car import terms_of
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.payment import StripeMode
from engine.domain.shared.period import whole_milliseconds

T = TypeVar("T")
CARD = {"email": "ada@example.org", "expiry": "12/30", "cvc": "123", "name": "Ada"}
PAID, DECLINED, ASKS_3DS = "4242424242424242", "4000000000000002", "4000002500003155"
_PAGE = 100
_BREATH_S, _OUTLASTS_S = 0.1, 300.0
#: Given up before the sandbox hangs up, which it does after five seconds: a question sent just then is lost.
_SHORT_LINES = httpx.Limits(keepalive_expiry=1.0)


class Stripe:
    """The sandbox from outside: payers, switches, books."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def fault(self, **fault: Any) -> None:
        (await self._http.post("/_control/faults", json=fault)).raise_for_status()

    async def clear(self) -> None:
        (await self._http.delete("/_control/faults")).raise_for_status()

    async def webhook(self, url: str, secret: str) -> None:
        (await self._http.post("/_control/webhooks", json={"url": url, "secret": secret})).raise_for_status()

    async def no_webhook(self, url: str) -> None:
        (await self._http.delete("/_control/webhooks", params={"url": url})).raise_for_status()

    async def resend(self, event: str) -> None:
        (await self._http.post(f"/_control/events/{event}/resend")).raise_for_status()

    async def try_card(self, url: str, number: str = PAID) -> int:
        """Submit the page's form as a browser does; its HTTP status."""
        return (await self._http.post(url, data={**CARD, "number": number})).status_code

    async def answer_3ds(self, url: str, *, approve: bool) -> int:
        verdict = "approve" if approve else "fail"
        return (await self._http.post(f"{url}/verify", data={"verdict": verdict})).status_code

    async def sessions(self, since: datetime) -> list[dict[str, Any]]:
        """Every page that was ever made since then."""
        return await self._all("/v1/checkout/sessions", {"created[gte]": int(since.timestamp())})

    async def latest_events(self) -> list[str]:
        answer = await self._http.get("/v1/events", params={"limit": _PAGE})
        return [event["id"] for event in answer.raise_for_status().json()["data"]]

    async def books(self) -> list[dict[str, Any]]:
        """Every charge that was authorised, with what was captured, voided and refunded of it."""
        return (await self._http.get("/_control/books")).raise_for_status().json()["charges"]

    async def _all(self, path: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            answer = await self._http.get(path, params={**params, **after, "limit": _PAGE})
            page = answer.raise_for_status().json()
            found += page["data"]
            if not page["has_more"]:
                return found


@dataclass(frozen=True)
class Firm:
    cluster: Cluster
    nursery: Nursery
    root: AsyncMongoClient
    redis: Redis
    stripe: Stripe

    @property
    def db(self):
        return database(self.root, DATABASE)

    def spec(self, name: str, **changes: Any) -> DeskSpec:
        cluster = self.cluster
        usual = {
            "mongo_url": cluster.mongo_url,
            "redis_url": cluster.redis_url,
            "stripe_key": cluster.stripe_key,
            "stripe_url": cluster.stripe_url,
            "database": DATABASE,
            "account": "clerk",
            "password": PASSWORD,
            "log": str(cluster.folder / "desks.log"),
        }
        return DeskSpec(name, **{**usual, **changes})

    async def add_cars(self, prefix: str, count: int, **changes: object) -> list[str]:
        cars = [
            make_car(number, id=f"{prefix}-{number}", plate=f"{prefix} {number}", **changes) for number in range(count)
        ]
        await self.db.cars.insert_many([car_document(car) for car in cars])
        await self.db.fences.insert_many([fence_document(car, terms_of(car, BERLIN), ()) for car in cars])
        await self.db.car_terms.insert_many([series_document(terms_of(car, BERLIN), "tests", LONG_AGO) for car in cars])
        return [car.id for car in cars]

    async def run_out(self, query: dict[str, Any]) -> int:
        """The time of these holds is over, as far as the stored rows say."""
        past = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1)
        held = {**query, "state": "held", "hold_until": {"$gt": past}}
        over = {"$set": {"hold_until": past, "due_at": past}}
        return (await insist(lambda: self.db.bookings.update_many(held, over))).modified_count

    async def hasten(self, query: dict[str, Any]) -> None:
        """What was put off for a while is due again."""
        now = datetime.now(UTC).replace(microsecond=0)
        put_off = {**query, "due_at": {"$gt": now}, "payments.trouble": {"$exists": True}}
        over = {"$set": {"due_at": now, "payments.0.trouble.again_at": now}}
        await insist(lambda: self.db.bookings.update_many(put_off, over))

    async def booking(self, booking: str) -> dict[str, Any]:
        return await insist(lambda: self.db.bookings.find_one({"_id": booking}))

    async def let_go_by_mistake(self, booking: str) -> bool:
        """Free the car while its page can be paid, which the engine never does; whether nobody was quicker."""
        found = await self.db.bookings.find_one({"_id": booking, "state": "held"})
        if found is None:
            return False
        for attempt in found["payments"][0]["attempts"]:
            attempt["state"] = "expired"
        # Step by step, as an engine would have written it: of another row nothing would be believed afterwards.
        now = max(whole_milliseconds(datetime.now(UTC)), found["history"][-1]["at"])
        steps = [{"state": state, "at": now, "by": "root"} for state in ("releasing", "released")]
        change = {
            "$set": {
                "state": "released",
                "payments": found["payments"],
                "history": [*found["history"], *steps],
            },
            "$inc": {"version": len(steps)},
            "$unset": {"due_at": ""},
        }
        done = await self.db.bookings.update_one({"_id": booking, "version": found["version"]}, change)
        if done.modified_count:
            claims = {"$pull": {"claims": {"id": booking}}, "$inc": {"seq": 1}}
            await self.db.fences.update_one({"_id": found["car_id"]}, claims)
        return bool(done.modified_count)

    async def unsettled(self, query: dict[str, Any]) -> int:
        return await self.db.bookings.count_documents({**query, "due_at": {"$exists": True}})


async def insist(ask: Callable[[], Awaitable[T]]) -> T:
    """The suite's own questions and edits outlast any bad day; asking twice does no harm."""
    async with asyncio.timeout(_OUTLASTS_S):
        while True:
            try:
                return await ask()
            except PyMongoError:
                await asyncio.sleep(_BREATH_S)


async def prepare(cluster: Cluster) -> None:
    """Provision the database; once for a cluster."""
    admin = connect(cluster.mongo_url, Credentials(ROOT, cluster.password, "admin"))
    try:
        await provision(admin, DATABASE, FirmSettings())
        await MongoDeployment(admin, DATABASE).record_stripe_mode(StripeMode.TEST, "tests", datetime.now(UTC))
        for account in ACCOUNTS:
            await create_account(admin, DATABASE, account)
        db = database(admin, DATABASE)
        await db.branches.insert_many([branch_document(BERLIN), branch_document(LISBON)])
        await db.renters.insert_one(renter_document(RENTER))
        await db.create_collection("suite_marks")
    finally:
        await admin.close()


@asynccontextmanager
async def open_firm(cluster: Cluster, nursery: Nursery) -> AsyncIterator[Firm]:
    """The firm for one test, with clients of that test's event loop."""
    headers = {"Authorization": f"Bearer {cluster.stripe_key}", "Stripe-Version": "2026-05-27.dahlia"}
    async with AsyncExitStack() as leaving:
        http = await leaving.enter_async_context(
            httpx.AsyncClient(
                base_url=cluster.stripe_url, headers=headers, **PLAIN, timeout=WITHIN_S, limits=_SHORT_LINES
            )
        )
        root = connect(cluster.mongo_url, Credentials(ROOT, cluster.password, "admin"))
        leaving.push_async_callback(root.close)
        redis = Redis.from_url(cluster.redis_root_url)
        leaving.push_async_callback(redis.aclose)
        yield Firm(cluster, nursery, root, redis, Stripe(http))


class Payer:
    """Somebody at the browser: what they do is decided by chance, and only they know when."""

    def __init__(self, stripe: Stripe, chance: random.Random) -> None:
        self._stripe, self._chance = stripe, chance

    async def pay(self, url: str) -> None:
        """Pay, sometimes after a declined card, sometimes through 3-D Secure. The page may be gone by then."""
        way = self._chance.random()
        if way < 0.15:
            await self._stripe.try_card(url, DECLINED)
        if way > 0.85:
            await self._stripe.try_card(url, ASKS_3DS)
            await self._stripe.answer_3ds(url, approve=True)
        else:
            await self._stripe.try_card(url)
