"""An agreement may be closed and opened again (0075).

No row is rewritten: what came back before stays returned until somebody closes it. A program of the version before
would take a closed agreement for a damaged row, so the version counts on.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "agreements"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
