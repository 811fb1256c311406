"""The shapes of release 0.1.0, which knew no versions; new is only the mark that every upgrade puts on the fences."""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "rows"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
