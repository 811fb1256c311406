"""A rental may go on with another car while the first one is out, and a leg says why (docs/decisions/0072).

No row is rewritten. A program of the version before would not believe such a booking, so the version counts on.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "bookings and agreements"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
