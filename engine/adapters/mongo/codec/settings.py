"""The firm's rules to documents and back: a series to which rows are added and in which none is changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from engine.adapters.mongo.client import Client, Database, Document
from engine.adapters.mongo.codec.documents import WHOLE_BP, rules_document, rules_of
from engine.adapters.mongo.codec.reading import Fields, split
from engine.domain.firm.settings import BEGINNING, FirmSettings, Revision
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged

#: The one document of versions before there was a series; ``provision`` turns it into the first row.
OLD_ID = "firm"
_MOST = 1000
_LONGEST_HOLD_S = 86_400
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
    revisions, _, last = await read_series(db, session)
    return revisions, last


async def read_series(db: Database, session: Any = None) -> tuple[list[Revision], list[Damaged], int]:
    """As ``read_revisions``, with what cannot be read in between: it holds nothing, and those before it go on."""
    found = await db.settings.find({}, session=session).sort("_id", -1).limit(_MOST).to_list()
    numbers = [row["_id"] for row in found if isinstance(row["_id"], int)]
    return *_revisions(reversed(found)), int(max(numbers, default=0))


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


def _revisions(documents: Iterable[Document]) -> tuple[list[Revision], list[Damaged]]:
    rows = list(documents)
    withdrawn = {row["withdraws"] for row in rows if isinstance(row.get("withdraws"), int)}

    def revision_of(row: Document) -> Revision:
        return _revision(row, withdrawn=row["_id"] in withdrawn)

    return split("settings", (row for row in rows if "withdraws" not in row), revision_of)


def _revision(document: Document, *, withdrawn: bool) -> Revision:
    row = Fields(document)
    settings = FirmSettings(
        Money(0, row.text("currency")).currency,
        row.whole("commission_bp", 0, WHOLE_BP),
        timedelta(seconds=row.whole("hold_s", 1, _LONGEST_HOLD_S)),
        rules_of(row.parts("cancellation")),
    )
    if document["_id"] == OLD_ID:
        return Revision(0, BEGINNING, settings, _NOBODY, BEGINNING)
    number, by = row.whole("_id", 1), AccountName(row.text("by"))
    return Revision(number, row.moment("valid_from"), settings, by, row.moment("made_at"), withdrawn)
