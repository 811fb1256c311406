"""Papers and series that were just written, held against their neighbours by the doctor's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, session_of
from engine.adapters.mongo.codec.papers import paper_of, series_record_of
from engine.adapters.mongo.codec.reading import shown, sound
from engine.domain.papers.canonical import hash_of
from engine.domain.papers.paper import Paper
from engine.domain.papers.series import Series, first_link, series_of
from engine.domain.shared.remark import Remark, remark

Told = tuple[str, Any, Remark]


async def papers_among(client: Client, db: Database, papers: list[Any], series: list[Any]) -> list[Told]:
    """Collection, id and what is wrong, all of one moment. What cannot be read is told by its shape."""
    async with session_of(client, snapshot=True) as session:
        rows = sound("papers", await db.papers.find({"_id": {"$in": papers}}, session=session).to_list(), paper_of)
        wanted = {"_id": {"$in": [*series, *{each.series for each in rows}]}}
        counters = sound("series", await db.series.find(wanted, session=session).to_list(), series_record_of)
        near = await _near(db, rows, counters, session)
    known = {each.id: each for each in counters}
    told = [(each, line) for each in rows for line in _of_paper(each, known.get(each.series), near)]
    found: list[Told] = [("papers", each.id, line) for each, line in told]
    return found + [("series", each.id, line) for each in counters for line in _of_series(each, near)]


async def _near(
    db: Database, rows: list[Paper], counters: list[Series], session: AsyncClientSession
) -> dict[tuple[str, int], Paper]:
    """The papers before *rows*, and the last ones of *counters*."""
    places = {*((each.series, each.n - 1) for each in rows), *((each.id, each.next - 1) for each in counters)}
    asked = [{"series": series, "n": n} for series, n in sorted(places) if n > 0]
    if not asked:
        return {}
    found = await db.papers.find({"$or": asked}, session=session).to_list()
    return {(each.series, each.n): each for each in sound("papers", found, paper_of)}


def _of_paper(paper: Paper, series: Series | None, near: dict[tuple[str, int], Paper]) -> Iterator[Remark]:
    name, n, own = paper.series, str(paper.n), shown(paper.id)
    before = near.get((paper.series, paper.n - 1))
    if series is None or paper.n >= series.next:
        yield remark("papers.beyond", series=name, n=n, paper=own)
    if paper.hash != hash_of(paper.prev_hash, paper.id, paper.series, paper.n, paper.issued_at, paper.body):
        yield remark("papers.changed", series=name, n=n, paper=own)
    elif series_of(paper.body, paper.issued_at) != paper.series:
        yield remark("papers.series", series=name, n=n, paper=own)
    if paper.n > 1 and before is None:
        yield remark("papers.gap", series=name, n=str(paper.n - 1), paper=own)
    elif paper.prev_hash != (before.hash if before else first_link(paper.series)):
        yield remark("papers.chain", series=name, n=n, paper=own)


def _of_series(series: Series, near: dict[tuple[str, int], Paper]) -> Iterator[Remark]:
    last = near.get((series.id, series.next - 1))
    if last is None and series.next > 1:
        yield remark("papers.next", series=series.id, n=str(series.next))
    elif (series.last_hash, series.last_at) != ((last.hash, last.issued_at) if last else _begun(series)):
        yield remark("papers.last", series=series.id, n=str(series.next - 1))


def _begun(series: Series) -> tuple[str, datetime]:
    return first_link(series.id), series.last_at
