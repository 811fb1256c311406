"""The firm's rules to documents and back: a series to which rows are added and in which none is changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from engine.adapters.mongo.client import Client, Database, Document
from engine.adapters.mongo.codec.documents import RULE, WHOLE_BP
from engine.adapters.mongo.codec.fees import FEES
from engine.adapters.mongo.codec.reading import Fields, split
from engine.adapters.mongo.codec.stored import Field, Stored, choice, count, flag, moment, part, parts, text, whole
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.agreement.checks import MOST_AGE, MOST_YEARS_HELD, NO_CHECKS, Check, CheckRules, Severity
from engine.domain.agreement.fees import MOST_CURRENCIES
from engine.domain.firm.settings import BEGINNING, MOST_UNPAID_DAYS, FirmSettings, Revision
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.remark import Remark, remark

#: The one document of versions before there was a series; ``provision`` turns it into the first row.
OLD_ID = "firm"
_MOST = 1000
_LONGEST_HOLD_S = 86_400
_NOBODY = AccountName("provision")


def _hold(row: Fields, name: str) -> timedelta:
    return timedelta(seconds=row.whole(name, 1, _LONGEST_HOLD_S))


_HOLD: Document = {"bsonType": ["int", "long"], "minimum": 60, "maximum": 1800}
_CHECKS = Stored(
    CheckRules,
    {
        **{check.value: choice(Severity) for check in Check},
        "youngest": whole(0, MOST_AGE),
        "years_held": whole(0, MOST_YEARS_HELD),
    },
)
_RULES = {
    "currency": Field(shapes.CURRENCY, lambda row, name: Money(0, row.text(name)).currency),
    "commission_bp": whole(0, WHOLE_BP),
    "hold_s": Field(_HOLD, _hold, lambda hold: int(hold.total_seconds())).of("hold"),
    "cancellation": parts(RULE, 10),
    "unpaid_days": whole(0, MOST_UNPAID_DAYS),
    "fees": parts(FEES, MOST_CURRENCIES),
    "checks": part(_CHECKS).unless(NO_CHECKS),
    "receipts": flag().unless(False),  # noqa: FBT003 -- what a row without it is read as
}
_OLDER = {"unpaid_days": _RULES["unpaid_days"].older(FirmSettings().unpaid_days), "fees": _RULES["fees"].older(())}
_OLD_SETTINGS = Stored(FirmSettings, {**_RULES, **_OLDER})
REVISION = Stored(
    Revision,
    {
        "_id": count().of("number"),
        "valid_from": moment(),
        **{name: field.of(f"settings.{field.attribute or name}") for name, field in _RULES.items()},
        "by": text(),
        "made_at": moment(),
    },
    together={"settings": FirmSettings},
    apart=("withdrawn",),
)
revision_document = REVISION.document_of


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


async def begin_series(client: Client, db: Database, settings: FirmSettings) -> list[Remark]:
    """The first row of the series: the rules an older version kept in one document, else *settings*."""
    known, last = await read_revisions(db)
    old = [each for each in known if each.number == 0]
    if last and not old:
        return []
    if not old:
        await db.settings.insert_one(revision_document(first_revision(settings)))
        return [remark("done.settings")]
    async with client.start_session() as session, await session.start_transaction():
        await db.settings.delete_one({"_id": OLD_ID}, session=session)
        if not last:
            await db.settings.insert_one(revision_document(first_revision(old[0].settings)), session=session)
    return [remark("done.settings_series")]


def _revisions(documents: Iterable[Document]) -> tuple[list[Revision], list[Damaged]]:
    rows = list(documents)
    withdrawn = {row["withdraws"] for row in rows if isinstance(row.get("withdraws"), int)}

    def revision_of(row: Document) -> Revision:
        return _revision(row, withdrawn=row["_id"] in withdrawn)

    return split("settings", (row for row in rows if "withdraws" not in row), revision_of)


def _revision(document: Document, *, withdrawn: bool) -> Revision:
    row = Fields(document)
    if document["_id"] == OLD_ID:
        return Revision(0, BEGINNING, _OLD_SETTINGS.read(row), _NOBODY, BEGINNING)
    return REVISION.read(row, withdrawn=withdrawn)
