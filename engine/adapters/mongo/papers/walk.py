"""All series of papers for the doctor: numbers without a gap, chains whole, credits within their invoices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from time import perf_counter

from engine.adapters.mongo.client import Client, Database, Document, session_of, speaking
from engine.adapters.mongo.codec.papers import lost_of, paper_of, series_record_of
from engine.adapters.mongo.codec.reading import read, shown, sound
from engine.adapters.mongo.queries.walks import Hear, deaf
from engine.domain.health.claims import Walk
from engine.domain.papers.credits import credits_wrong
from engine.domain.papers.paper import Paper
from engine.domain.papers.series import ChainLook, Series
from engine.domain.shared.damage import Damaged
from engine.domain.shared.remark import remark

_PAGE = 500
_BY_NUMBER = [("series", 1), ("n", 1)]


async def papers_walk(client: Client, db: Database, most: timedelta, hear: Hear = deaf) -> Walk:
    """Each series from its first paper to the one before ``next``, and what claims to lie beyond."""
    walk, began, notes = Walk(), perf_counter(), dict[str, list[Paper]]()
    with speaking():
        for name in await _names(db):
            async for rows in _of_series(client, db, name, walk):
                walk.looked += len(rows)
                for paper in rows:
                    if paper.body.corrects is not None:
                        notes.setdefault(paper.body.corrects.paper_id, []).append(paper)
                hear(remark("progress.papers", looked=walk.looked))
                if perf_counter() - began > most.total_seconds():
                    walk.cut_off = True
                    return walk
        for paper_id, of_one in notes.items():
            row = await db.papers.find_one({"_id": paper_id})
            original = read("papers", row, paper_of) if row else None
            if isinstance(original, Damaged) or credits_wrong(original, of_one):
                walk.add([remark("papers.credits", paper=shown(paper_id), note=of_one[-1].id)])
    return walk


async def _names(db: Database) -> list[str]:
    named = await db.papers.distinct("series")
    known = await db.series.distinct("_id")
    return sorted({each for each in (*named, *known) if isinstance(each, str)})


async def _of_series(client: Client, db: Database, name: str, walk: Walk) -> AsyncIterator[list[Paper]]:
    async with session_of(client, snapshot=True) as session:
        row = await db.series.find_one({"_id": name}, session=session)
        series = read("series", row, series_record_of) if row else None
        beyond: Document = {"series": name}
        if isinstance(series, Series):
            beyond["n"] = {"$not": {"$lt": series.next}}
        strays = await db.papers.find(beyond, {"n": 1}, session=session).limit(_PAGE).to_list()
    walk.add(remark("papers.beyond", series=name, n=shown(each.get("n")), paper=shown(each["_id"])) for each in strays)
    if isinstance(series, Damaged):
        walk.add([series.remark])
    if not isinstance(series, Series):
        return
    lost = sound("lost_numbers", await db.lost_numbers.find({"series": name}).to_list(), lost_of)
    look = ChainLook(series, tuple(lost))
    async for rows in _pages(db, series):
        yield [paper for paper in (_looked(look, row) for row in rows) if paper is not None]
    look.end()
    walk.add(remark(f"papers.{each.what}", series=name, n=str(each.n), paper=each.paper_id) for each in look.wrong)


async def _pages(db: Database, series: Series) -> AsyncIterator[list[Document]]:
    last = 0
    while True:
        wanted = {"series": series.id, "n": {"$gt": last, "$lt": series.next}}
        rows = await db.papers.find(wanted).sort(_BY_NUMBER).limit(_PAGE).batch_size(_PAGE + 1).to_list()
        yield rows
        if len(rows) < _PAGE:
            return
        last = rows[-1]["n"]


def _looked(look: ChainLook, row: Document) -> Paper | None:
    paper = read("papers", row, paper_of)
    if isinstance(paper, Damaged):
        look.skip(paper.id, int(row["n"]))
        return None
    look.look(paper)
    return paper
