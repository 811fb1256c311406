"""Brings the stored database of release 0.1.0 back (``data/make_release_0_1_0.py`` says what is in it)."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import json_util
from payments import Stripe
from pymongo.database import Database

from engine.adapters.stripe.gateway import StripeGateway

FOLDER = Path(__file__).parents[1] / "data" / "release_0_1_0"
ABOUT = json.loads((FOLDER / "figures.json").read_text())
MADE_AT = datetime.fromisoformat(ABOUT["made_at"])
#: owner -> {"zone", "months": {"2026-01": {currency: figures}}}, as that release told them.
OWNERS = ABOUT["owners"]
_OPTIONS = json_util.CANONICAL_JSON_OPTIONS.with_options(tz_aware=True, tzinfo=UTC)


def rows(collection: str) -> list[dict[str, Any]]:
    """As they were stored."""
    text = gzip.decompress((FOLDER / f"{collection}.jsonl.gz").read_bytes()).decode()
    return [json_util.loads(line, json_options=_OPTIONS) for line in text.splitlines()]


def collections() -> list[str]:
    return [path.name.removesuffix(".jsonl.gz") for path in sorted(FOLDER.glob("*.jsonl.gz"))]


def validators() -> dict[str, Any]:
    return json_util.loads(gzip.decompress((FOLDER / "validators.json.gz").read_bytes()).decode())


def restore(db: Database, *, now: datetime | None = None) -> None:
    """Make *db* the old one: its rows under its validators. Accounts, roles and indexes stay.

    With *now* its live bookings are as old as they were then: their times, and the deadlines in the frozen requests,
    move along. The owners' history stays where it is.
    """
    there = [name for name in db.list_collection_names() if not name.startswith("system.")]
    old = validators()
    for name in there:
        if name in old:
            db.command("collMod", name, validator=old[name], validationLevel="strict")
            db[name].delete_many({})
        else:
            db.drop_collection(name)
    for name in old.keys() - set(there):
        db.create_collection(name, validator=old[name])
    # By whole seconds, as Stripe counts them.
    moved = timedelta(seconds=int((now - MADE_AT).total_seconds())) if now else timedelta(0)
    for name in collections():
        found = [_moved(name, row, moved) for row in rows(name)]
        if found:
            db[name].insert_many(found)


def _moved(collection: str, row: dict[str, Any], by: timedelta) -> dict[str, Any]:
    live = str(row.get("intent_key", "")).startswith("live_") or (collection == "fences" and row["_id"][:4] == "car-")
    if not live or not by:
        return row
    moved: dict[str, Any] = _later(row, by)
    for attempt in moved.get("attempts", ()):
        request = json.loads(attempt["request"])
        request["expires_at"] += int(by.total_seconds())
        attempt["request"] = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return moved


def _later(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _later(each, by) for key, each in value.items()}
    return [_later(each, by) for each in value] if isinstance(value, list) else value


async def tell_stripe(db: Database, gateway: StripeGateway, stripe: Stripe) -> None:
    """Make the sandbox know the live bookings' pages and payments; the rows, migrated, get the ids that it gives.

    The frozen bytes go out under the old key, so that asking again finds the same page.
    """
    asked = gateway._client.v1
    for row in db.bookings.find({"intent_key": {"$regex": "^live_"}, "session_ids": {"$exists": True}}):
        payment = row["payments"][0]
        attempt, n = payment["attempts"][-1], len(payment["attempts"]) - 1
        newest = f"payments.0.attempts.{n}"
        key = {"idempotency_key": f"co:{row['_id']}:{attempt['n']}"}
        page = await asked.checkout.sessions.create_async(json.loads(attempt["request"]), key)
        told = {f"{newest}.session_id": page.id, f"{newest}.url": page.url, "session_ids.0": page.id}
        if attempt["state"] == "expired":
            await asked.checkout.sessions.expire_async(page.id)
        if attempt["state"] == "paid":
            assert 303 == (await stripe.pay_at(page.url)).status_code
            intent = (await asked.checkout.sessions.retrieve_async(page.id)).payment_intent
            told[f"{newest}.payment_intent"] = intent
            if attempt["captured_at"]:
                await asked.payment_intents.capture_async(intent)
            if "done" in [refund["state"] for refund in payment["refunds"]]:
                await asked.refunds.create_async({"payment_intent": intent})
        db.bookings.update_one({"_id": row["_id"]}, {"$set": told}, bypass_document_validation=True)
