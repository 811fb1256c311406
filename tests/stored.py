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

from engine.adapters.mongo_bookings import booking_of
from engine.adapters.stripe_gateway import StripeGateway
from engine.domain.period import whole_milliseconds

FOLDER = Path(__file__).parent / "data" / "release_0_1_0"
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
    there, old = db.list_collection_names(), validators()
    for name in there:
        if name in old:
            db.command("collMod", name, validator=old[name])
            db[name].delete_many({})
        else:
            db.drop_collection(name)
    for name in old.keys() - set(there):
        db.create_collection(name, validator=old[name])
    moved = whole_milliseconds(now) - MADE_AT if now else timedelta(0)
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
    """Make the sandbox know the live bookings' pages and payments; the rows get the ids that it gives.

    The frozen bytes go out under the old key, so that asking again finds the same page.
    """
    for row in db.bookings.find({"intent_key": {"$regex": "^live_"}, "session_ids": {"$exists": True}}):
        attempt, n = row["attempts"][-1], len(row["attempts"]) - 1
        page = await gateway.open_page(attempt["request"], f"co:{row['_id']}:{attempt['n']}")
        told = {
            f"attempts.{n}.session_id": page.session_id,
            f"attempts.{n}.url": page.url,
            "session_ids.0": page.session_id,
        }
        if attempt["state"] == "expired":
            await gateway.close_page(page.session_id)
        db.bookings.update_one({"_id": row["_id"]}, {"$set": told}, bypass_document_validation=True)
        if attempt["state"] == "paid":
            intent = await _paid(db, gateway, stripe, row["_id"])
            told = {f"attempts.{n}.payment_intent": intent}
            db.bookings.update_one({"_id": row["_id"]}, {"$set": told}, bypass_document_validation=True)


async def _paid(db: Database, gateway: StripeGateway, stripe: Stripe, booking_id: str) -> str:
    row = db.bookings.find_one({"_id": booking_id})
    attempt, refund = row["attempts"][-1], row.get("refund")
    answer = await stripe.pay_at(attempt["url"])
    assert answer.status_code in (200, 303), answer.text
    intent = (await gateway.page(attempt["session_id"])).payment_intent
    amount = booking_of(row).attempt.amount
    if attempt["captured_at"]:
        await gateway.capture(intent, amount, f"cap:{booking_id}:stored")
    if refund and refund["state"] == "done":
        await gateway.refund(intent, amount, f"re:{booking_id}:stored")
    return intent
