"""What is true of a whole firm's installation, whoever asks."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Client, Document, database, speaking
from engine.adapters.mongo.codec.reading import Fields, must, read
from engine.adapters.mongo.schema.version import SCHEMA, judge
from engine.domain.health.backup import Epoch
from engine.domain.money.payment import StripeMode
from engine.domain.shared.damage import Damaged
from engine.domain.shared.remark import Remark, remark

_STRIPE: Document = {"_id": "stripe"}
_EPOCH: Document = {"_id": "epoch"}
#: Before the epoch's id: the payments made since the back-up were looked for.
LOOKED = "looked:"


class MongoDeployment:
    """The port ``DeploymentRecord``."""

    def __init__(self, client: Client, name: str) -> None:
        self._rows = database(client, name).deployment
        self._looked = False

    async def stripe_mode(self) -> StripeMode | None:
        with speaking():
            rows = {row["_id"]: row async for row in self._rows.find({"_id": {"$in": [SCHEMA, _STRIPE["_id"]]}})}
        judge(rows.get(SCHEMA))
        found = rows.get(_STRIPE["_id"])
        return must("deployment", found, lambda row: Fields(row).choice("mode", StripeMode)) if found else None

    async def record_stripe_mode(self, mode: StripeMode, by: str, at: datetime) -> None:
        with speaking():
            try:
                await self._rows.insert_one({**_STRIPE, "mode": mode, "by": by, "at": at})
            except DuplicateKeyError:
                return

    async def epoch(self) -> Epoch | None:
        """None for a database that was never restored, or of which nobody can read when."""
        with speaking():
            found = await self._rows.find_one(_EPOCH)
        known = read("deployment", found, _epoch) if found else None
        return None if isinstance(known, Damaged) else known

    async def looking_back(self) -> datetime | None:
        if self._looked:
            return None
        epoch = await self.epoch()
        with speaking():
            if epoch is None or await self._rows.find_one({"_id": f"{LOOKED}{epoch.id}"}, {"_id": 1}):
                # Another restore is another database, to which nobody is signed in yet.
                self._looked = True
                return None
            takes_payments = await self._rows.find_one(_STRIPE, {"_id": 1})
        return epoch.back_to if takes_payments else None

    async def begin_epoch(self, epoch: Epoch) -> None:
        """For restoring: whatever is kept elsewhere of the time before is void from here on."""
        told = {"epoch": epoch.id, "at": epoch.at, "back_to": epoch.back_to, "by": epoch.by}
        with speaking():
            await self._rows.replace_one(_EPOCH, {**_EPOCH, **told}, upsert=True)

    async def change_stripe_mode(self, mode: StripeMode, by: str, at: datetime) -> list[Remark]:
        """For provisioning: no account of the firm may. A line for the change, if it is one."""
        told = {"mode": mode, "by": by, "at": at}
        with speaking():
            before = await self._rows.find_one_and_update(_STRIPE, {"$set": told}, upsert=True)
        if before is None:
            return [remark("done.stripe", mode=mode.value)]
        if before["mode"] == mode:
            return []
        return [remark("done.stripe_changed", mode=mode.value, before=str(before["mode"]))]


def _epoch(document: Document) -> Epoch:
    row = Fields(document)
    return Epoch(row.text("epoch"), row.moment("at"), row.moment("back_to"), row.text("by"))
