"""Renters as MongoDB keeps them: documents and back, and what a booking asks of one."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.documents import renter_document, renter_of
from engine.adapters.mongo.codec.reading import Fields, must
from engine.domain.people.people import RenterId
from engine.domain.people.renters import Block, Note, PastBlock, RenterFile
from engine.domain.shared.errors import DriveSphereError, NotFound

#: Somebody merged into somebody who was merged, and so on.
_LONGEST_WAY = 20


def file_document(file: RenterFile) -> Document:
    there: Document = {
        "changed_by": file.changed_by or None,
        "changed_at": file.changed_at,
        "block": file.block and _block_document(file.block),
        "past_blocks": [_past_document(past) for past in file.past_blocks],
        "not_same": list(file.not_same),
        "merged_into": file.merged_into,
        "notes": [{"text": note.text, "by": note.by, "at": note.at} for note in file.notes],
    }
    found: Document = {"keys": [], "parts": []} if file.merged_into else {}
    return {
        **renter_document(file.renter),
        **found,
        "version": file.version,
        "order": file.order,
        **{name: value for name, value in there.items() if value},
    }


def _note_of(row: Fields) -> Note:
    return Note(row.text("text"), row.text("by"), row.moment("at"))


def _block_document(block: Block) -> Document:
    until = {"until": block.until} if block.until else {}
    return {"reason": block.reason, "by": block.by, "since": block.since, **until}


def _past_document(past: PastBlock) -> Document:
    return {**_block_document(past.block), "lifted_by": past.by, "lifted_at": past.at, "note": past.note}


def file_of(document: Document) -> RenterFile:
    row = Fields(document)
    return RenterFile(
        renter=renter_of(document),
        version=row.whole("version", 1),
        changed_by=row.text("changed_by") if row.has("changed_by") else "",
        changed_at=row.moment("changed_at") if row.has("changed_at") else None,
        block=_block_of(row.part("block")) if row.has("block") else None,
        past_blocks=tuple(_past_of(past) for past in row.parts("past_blocks")) if row.has("past_blocks") else (),
        not_same=tuple(RenterId(each) for each in row.texts("not_same")) if row.has("not_same") else (),
        merged_into=RenterId(row.text("merged_into")) if row.has("merged_into") else None,
        notes=tuple(map(_note_of, row.parts("notes"))) if row.has("notes") else (),
    )


def _block_of(row: Fields) -> Block:
    until = row.moment("until") if row.has("until") else None
    return Block(row.text("reason"), row.text("by"), row.moment("since"), until)


def _past_of(row: Fields) -> PastBlock:
    return PastBlock(_block_of(row), row.text("lifted_by"), row.moment("lifted_at"), row.maybe("note"))


async def found_files(db: Database, renter_ids: Sequence[RenterId]) -> list[RenterFile | DriveSphereError]:
    """As ``found_file`` for each of them, with what is wrong with one in its place."""
    rows = await db.renters.find({"_id": {"$in": list(set(renter_ids))}}, batch_size=len(renter_ids) + 1).to_list()
    known = {row["_id"]: row for row in rows}
    return [await _found(db, renter_id, known.get(renter_id)) for renter_id in renter_ids]


async def _found(db: Database, renter_id: RenterId, row: Document | None) -> RenterFile | DriveSphereError:
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
