"""Agreements and protocols are put on paper, with all cars of a rental and their marks (0073).

No row is rewritten. A program of the version before would take such a paper for a damaged row, so the version
counts on.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database

WHAT = "papers"


async def up(_: Database) -> int:
    """Nothing is rewritten."""
    return 0
