"""Giving a paper its number, as the last write of a transaction; an abort takes the number back with all else."""

from __future__ import annotations

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Database
from engine.adapters.mongo.codec.papers import paper_document, series_document, series_record_of, stands_at
from engine.adapters.mongo.codec.reading import must
from engine.domain.health.backup import Epoch
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.paper import Draft, Paper
from engine.domain.papers.series import begun, issued, series_of, unconfirmed
from engine.domain.shared.errors import Contended, Overtaken


async def issue(db: Database, session: AsyncClientSession, draft: Draft, now: datetime, epoch: Epoch | None) -> Paper:
    """The series is read and moved on before the paper is written: who loses the conflict has written the least.

    *epoch* is the last restore of the database.

    Raises:
        PaperRefused: ``paper.restored``: the series may have gone further before the restore.
        Overtaken: Another credit note of the same paper came first, or this very paper was issued.
        DamagedRow: The series cannot be read.
        UnknownZone: That of the branch is not known here.
    """
    series_id = series_of(draft.body, now)
    row = await db.series.find_one({"_id": series_id}, session=session)
    known = must("series", row, series_record_of) if row else None
    if unconfirmed(known, series_id, epoch, draft.body.zone):
        raise PaperRefused("paper.restored", series=series_id)
    series = known or begun(series_id, now)
    paper, after = issued(draft, series, now)
    if row is None:
        # Two that begin one series at once conflict here as they do below.
        await db.series.insert_one(series_document(after), session=session)
    else:
        moved = {name: value for name, value in series_document(after).items() if name != "_id"}
        done = await db.series.update_one(stands_at(series), {"$set": moved}, session=session)
        if done.matched_count == 0:
            raise Contended(f"the series {series_id} moved on")
    try:
        await db.papers.insert_one(paper_document(paper), session=session)
    except DuplicateKeyError as problem:
        raise Overtaken(f"paper {draft.id} was overtaken by another of its kind") from problem
    return paper
