"""A fence may say by which rules of its branch it was sold last, and a branch that it is being changed (0071).

No row is rewritten: a fence that says nothing has the branch read at the next booking, which marks it. The version
keeps out desks that would change a branch without taking the marks off.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "rows"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
