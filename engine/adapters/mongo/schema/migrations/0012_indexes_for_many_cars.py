"""Lists, counts and searches are asked by indexes that older databases lack (docs/decisions/0051).

No row is rewritten. The program names the index that has all of an answer; without it the server would refuse the
question. So the version says that they are there: provisioning makes them before it records it.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "rows"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
