"""The firm's rules to documents and back: a series to which rows are added and in which none is changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from engine.adapters.mongo_client import Client, Database, Document
from engine.adapters.mongo_documents import rules_document, rules_of
from engine.domain.people import AccountName
from engine.domain.settings import BEGINNING, FirmSettings, Revision

#: The one document of versions before there was a series; ``provision`` turns it into the first row.
OLD_ID = "firm"
_MOST = 1000
_NOBODY = AccountName("provision")


def revision_document(revision: Revision) -> Document:
    settings = revision.settings
    return {
        "_id": revision.number,
        "valid_from": revision.valid_from,
        "currency": settings.currency,
        "commission_bp": settings.commission_bp,
        "hold_s": int(settings.hold.total_seconds()),
        "cancellation": rules_document(settings.cancellation),
        "by": revision.by,
        "made_at": revision.made_at,
    }


def withdrawal_document(number: int, withdraws: int, by: str, at: datetime) -> Document:
    return {"_id": number, "withdraws": withdraws, "by": by, "made_at": at}


def first_revision(settings: FirmSettings) -> Revision:
    """What holds from the beginning, written when the database is made ready."""
    return Revision(1, BEGINNING, settings, _NOBODY, BEGINNING)


async def read_revisions(db: Database, session: Any = None) -> tuple[list[Revision], int]:
    """Every decision, oldest first, and the number of the last row."""
    found = await db.settings.find({}, session=session).sort("_id", -1).limit(_MOST).to_list()
    rows = [row for row in found if row["_id"] != OLD_ID]
    return _revisions(reversed(found)), rows[0]["_id"] if rows else 0


async def begin_series(client: Client, db: Database, settings: FirmSettings) -> list[str]:
    """The first row of the series: the rules an older version kept in one document, else *settings*."""
    known, last = await read_revisions(db)
    old = [each for each in known if each.number == 0]
    if last and not old:
        return []
    if not old:
        await db.settings.insert_one(revision_document(first_revision(settings)))
        return ["settings: written with their defaults"]
    async with client.start_session() as session, await session.start_transaction():
        await db.settings.delete_one({"_id": OLD_ID}, session=session)
        if not last:
            await db.settings.insert_one(revision_document(first_revision(old[0].settings)), session=session)
    return ["settings: the old ones made the first of the series"]


def _revisions(documents: Iterable[Document]) -> list[Revision]:
    rows = list(documents)
    withdrawn = {row["withdraws"] for row in rows if "withdraws" in row}
    return [_revision(row, withdrawn=row["_id"] in withdrawn) for row in rows if "withdraws" not in row]


def _revision(row: Document, *, withdrawn: bool) -> Revision:
    settings = FirmSettings(
        row["currency"], row["commission_bp"], timedelta(seconds=row["hold_s"]), rules_of(row["cancellation"])
    )
    if row["_id"] == OLD_ID:
        return Revision(0, BEGINNING, settings, _NOBODY, BEGINNING)
    return Revision(row["_id"], row["valid_from"], settings, AccountName(row["by"]), row["made_at"], withdrawn)
