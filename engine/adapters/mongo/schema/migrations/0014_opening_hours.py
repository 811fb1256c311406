"""A branch is open by weekdays, on special days otherwise, and says what is done out of hours.

Its one stretch for every day becomes that of all seven. Hours were told and not enforced: out of hours everything stays
allowed, for nothing, until the firm says otherwise, and no car has to be got ready.
"""

from __future__ import annotations

from engine.adapters.mongo.client import Database, Document

WHAT = "branches"
OLD: dict[str, Document] = {"branches": {"week": {"$exists": False}}}

_EVERY_DAY: Document = {"open": [{"opens": "$opens", "closes": "$closes"}]}
_ALLOWED: Document = {"allowed": True}
_TO_HOURS: list[Document] = [
    {
        "$replaceWith": {
            "_id": "$_id",
            "name": "$name",
            "city": "$city",
            "address": "$address",
            "zone": "$zone",
            "week": [_EVERY_DAY] * 7,
            "special_days": [],
            "out_of_hours": {"pickup": _ALLOWED, "return": _ALLOWED, "key_box": _ALLOWED},
            "turn": {"usual": 0, "by_body": []},
            "counts_only_open_hours": False,
            # Branches of before there was any that is given up do not say that they are open.
            "closed": {"$ifNull": ["$closed", False]},
            "former_fees": [],
        }
    }
]


async def up(db: Database) -> int:
    done = await db.branches.update_many(OLD["branches"], _TO_HOURS, bypass_document_validation=True)
    return done.modified_count
