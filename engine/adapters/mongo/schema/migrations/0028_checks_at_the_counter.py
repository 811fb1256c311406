"""A renter may have days of birth and of the licence, and the firm's rules what is looked at at a hand-over (0076).

No row is rewritten: nothing is looked at until the firm says so. A program of the version before would hand cars over
without looking, so the version counts on.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "renters and settings"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
