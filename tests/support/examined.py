"""What MongoDB examined for what it returned, by its own profiler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pymongo

_PROFILE_BYTES = 64 * 1024 * 1024
_READS = ("query", "command", "getmore")


@dataclass(frozen=True, slots=True)
class Examined:
    """One command.

    Attributes: ``what`` is its name, ``where`` its collection; ``returned`` counts rows or groups, and what was counted
    where it counts.
    """

    what: str
    where: str
    keys: int
    docs: int
    returned: int
    plan: str
    asked: str

    @property
    def per_row(self) -> float:
        """Documents for one that it returned; what returns none may look at as many as for one."""
        return self.docs / max(self.returned, 1)

    def __str__(self) -> str:
        told = f"{self.docs:,} documents and {self.keys:,} keys for {self.returned:,} rows"
        return f"{self.what} {self.where}: {told} by {self.plan}: {self.asked[:300]}"


async def examined(db: pymongo.database.Database, work: Callable[[], Awaitable[object]]) -> list[Examined]:
    """The reads that *work* has carried out in *db*, which root's client reaches."""
    db.command("profile", 0)
    db["system.profile"].drop()
    db.create_collection("system.profile", capped=True, size=_PROFILE_BYTES)
    for name in db.list_collection_names(filter={"type": "collection"}):
        if not name.startswith("system."):
            # Of another text's plan, which the server tries first, nobody here wants to hear.
            db.command("planCacheClear", name)
    db.command("profile", 2)
    try:
        await work()
    finally:
        db.command("profile", 0)
    rows = db["system.profile"].find({"op": {"$in": _READS}}).sort("$natural", 1)
    return [
        _examined(db, row)
        for row in rows
        if not row.get("ns", "").endswith(("system.profile", "$cmd.aggregate", "$cmd"))
    ]


def _examined(db: pymongo.database.Database, row: dict) -> Examined:
    command = row.get("command", {})
    asked = row.get("originatingCommand") if row["op"] == "getmore" else None
    what = "getMore" if asked else next(iter(command), row["op"])
    pick = command.get("pipeline") or command.get("filter") or command.get("q") or command
    where, pipeline = row["ns"].partition(".")[2], command.get("pipeline", [])
    # How the driver counts; its one row tells how many there are.
    counts = bool(pipeline) and pipeline[-1].get("$group") == {"_id": 1, "n": {"$sum": 1}}
    counted = next(iter(db[command["aggregate"]].aggregate(pipeline)), {}).get("n", 0) if counts else 0
    return Examined(
        what="count" if counts else what,
        where=where,
        keys=row.get("keysExamined", 0),
        docs=row.get("docsExamined", 0),
        returned=counted or row.get("nreturned", 0),
        plan=row.get("planSummary", ""),
        asked=str((asked or {}).get("pipeline") or (asked or {}).get("filter") or pick),
    )
