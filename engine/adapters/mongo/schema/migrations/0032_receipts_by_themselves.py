"""The firm's rules may have a receipt issued for whatever is paid at the counter (docs/decisions/0067).

No row is rewritten: none is issued by itself until the firm says so. A program of the version before would issue none,
so the version counts on.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "settings"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
