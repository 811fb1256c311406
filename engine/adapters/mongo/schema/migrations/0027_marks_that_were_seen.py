"""A reading says which marks the car showed then (docs/decisions/0074). Of those before nobody kept it.

No row is rewritten. The version keeps out desks that would take the word out of an agreement as they change it.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "agreements"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
