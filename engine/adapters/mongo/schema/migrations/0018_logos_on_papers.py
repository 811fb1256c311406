"""The firm's legal data may name a picture and a language, and papers the picture (docs/decisions/0060).

No row is rewritten: those of before have neither. The version says that the validators take both, and keeps out desks
that would issue papers without them.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "rows"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
