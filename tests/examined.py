"""What MongoDB examined for what it returned, by its own profiler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pymongo

_PROFILE_BYTES = 64 * 1024 * 1024
_READS = ("query", "command", "getmore")


@dataclass(frozen=True, slots=True)
class Examined:
    """One command. Attributes: ``what`` is its name, ``where`` its collection, ``returned`` rows or groups."""

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
    db.command("profile", 2)
    try:
        await work()
    finally:
        db.command("profile", 0)
    rows = db["system.profile"].find({"op": {"$in": _READS}}).sort("$natural", 1)
    return [
        _examined(row) for row in rows if not row.get("ns", "").endswith(("system.profile", "$cmd.aggregate", "$cmd"))
    ]


def _examined(row: dict) -> Examined:
    command = row.get("command", {})
    asked = row.get("originatingCommand") if row["op"] == "getmore" else None
    what = "getMore" if asked else next(iter(command), row["op"])
    pick = command.get("pipeline") or command.get("filter") or command.get("q") or command
    return Examined(
        what=what,
        where=row["ns"].partition(".")[2],
        keys=row.get("keysExamined", 0),
        docs=row.get("docsExamined", 0),
        returned=row.get("nreturned", 0),
        plan=row.get("planSummary", ""),
        asked=str((asked or {}).get("pipeline") or (asked or {}).get("filter") or pick),
    )
