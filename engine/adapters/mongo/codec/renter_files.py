"""Renters as MongoDB keeps them: documents and back, and what a booking asks of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.reading import Fields, must
from engine.adapters.mongo.codec.stored import Field, Stored, derived, maybe_empty, moment, part, parts, text, texts
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.people.bill_to import BillTo
from engine.domain.people.driving import DRIVING
from engine.domain.people.people import Renter, RenterId
from engine.domain.people.renters import (
    MOST_NOTES,
    MOST_OTHERS,
    MOST_PAST_BLOCKS,
    Block,
    Note,
    PastBlock,
    RenterFile,
)
from engine.domain.shared.errors import DriveSphereError, NotFound

#: Somebody merged into somebody who was merged, and so on.
_LONGEST_WAY = 20


_NOTE = Stored(Note, {"text": text(), "by": text(), "at": moment()})
_BLOCK = Stored(Block, {"reason": text(), "by": text(), "since": moment(), "until": moment().unless()})
_PAST_BLOCK = Stored(
    PastBlock,
    {
        "reason": text().of("block.reason"),
        "by": text().of("block.by"),
        "since": moment().of("block.since"),
        "until": moment().of("block.until").unless(),
        "lifted_by": text().of("by"),
        "lifted_at": moment().of("at"),
        "note": Field(shapes.TEXT, Fields.maybe),
    },
    together={"block": Block},
)


#: Where invoices go.
BILLED = tuple(each.name for each in fields(BillTo))


def _found(file: RenterFile, ways: Iterable[str]) -> list[str]:
    """Whoever was merged into somebody is found as that one."""
    return [] if file.merged_into else list(ways)


FILE = Stored(
    RenterFile,
    {
        "_id": text().of("renter.id"),
        "name": text().of("renter.name"),
        "keys": derived(shapes.list_of(shapes.TEXT, 20), lambda file: _found(file, file.renter.keys)),
        "order": derived(shapes.MAYBE_EMPTY, lambda file: file.order),
        "parts": derived(shapes.list_of(shapes.TEXT, 600), lambda file: _found(file, file.renter.parts)),
        "email": text().of("renter.email"),
        "phone": text().of("renter.phone"),
        "licence": maybe_empty().of("renter.licence"),
        **{name: text().of(f"renter.{name}").unless("") for name in DRIVING},
        "version": Field({"bsonType": ["int", "long"], "minimum": 1}, lambda row, name: row.whole(name, 1)),
        "changed_by": text().unless(""),
        "changed_at": moment().unless(),
        "block": part(_BLOCK).unless(),
        "past_blocks": parts(_PAST_BLOCK, MOST_PAST_BLOCKS).unless(()),
        "not_same": texts(MOST_OTHERS).unless(()),
        "merged_into": text().unless(),
        "notes": parts(_NOTE, MOST_NOTES).unless(()),
        **{name: text().of(f"bill_to.{name}").unless("") for name in BILLED},
    },
    together={"renter": Renter, "bill_to": BillTo},
)
file_document, file_of = FILE.document_of, FILE.record_of


async def found_files(db: Database, renter_ids: Sequence[RenterId]) -> list[RenterFile | DriveSphereError]:
    """As ``found_file`` for each of them, with what is wrong with one in its place."""
    rows = await db.renters.find({"_id": {"$in": list(set(renter_ids))}}, batch_size=len(renter_ids) + 1).to_list()
    known = {row["_id"]: row for row in rows}
    return [await _file_or_problem(db, renter_id, known.get(renter_id)) for renter_id in renter_ids]


async def _file_or_problem(db: Database, renter_id: RenterId, row: Document | None) -> RenterFile | DriveSphereError:
    try:
        if row is None:
            raise NotFound("renter", renter_id)
        file = must("renters", row, file_of)
        return file if file.merged_into is None else await found_file(db, file.merged_into)
    except DriveSphereError as problem:
        return problem


async def found_file(db: Database, renter_id: RenterId, session: AsyncClientSession | None = None) -> RenterFile:
    """The renter, or whom it was merged into. Raises: NotFound, DamagedRow."""
    asked = renter_id
    for _ in range(_LONGEST_WAY):
        found = await db.renters.find_one({"_id": asked}, session=session)
        if found is None:
            break
        file = must("renters", found, file_of)
        if file.merged_into is None:
            return file
        asked = file.merged_into
    raise NotFound("renter", renter_id)
