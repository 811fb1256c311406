"""Papers and series that were just written, held against their neighbours by the doctor's own rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession

from engine.adapters.mongo.client import Client, Database, session_of
from engine.adapters.mongo.codec.papers import lost_of, paper_of, series_record_of
from engine.adapters.mongo.codec.reading import shown, sound
from engine.domain.papers.paper import Paper
from engine.domain.papers.series import LostNumbers, Series, belongs, first_link, preceding
from engine.domain.shared.canonical import hash_of
from engine.domain.shared.remark import Remark, remark

Told = tuple[str, Any, Remark]
_Place = tuple[str, int]
_Near = dict[_Place, tuple[int, Paper | None]]


async def papers_among(client: Client, db: Database, papers: list[Any], series: list[Any]) -> list[Told]:
    """Collection, id and what is wrong, all of one moment. What cannot be read is told by its shape."""
    async with session_of(client, snapshot=True) as session:
        rows = sound("papers", await db.papers.find({"_id": {"$in": papers}}, session=session).to_list(), paper_of)
        wanted = {"_id": {"$in": [*series, *{each.series for each in rows}]}}
        counters = sound("series", await db.series.find(wanted, session=session).to_list(), series_record_of)
        named = {"series": {"$in": sorted({*(each.series for each in rows), *(each.id for each in counters)})}}
        lost = sound("lost_numbers", await db.lost_numbers.find(named, session=session).to_list(), lost_of)
        near = await _near(db, _Before(rows, counters, lost), session)
    known = {each.id: each for each in counters}
    told = [(each, line) for each in rows for line in _of_paper(each, known.get(each.series), near)]
    found: list[Told] = [("papers", each.id, line) for each, line in told]
    return found + [("series", each.id, line) for each in counters for line in _of_series(each, near)]


@dataclass(frozen=True, slots=True)
class _Before:
    """What was written, and the numbers that are lost before it."""

    rows: list[Paper]
    counters: list[Series]
    lost: list[LostNumbers]

    def places(self) -> dict[_Place, int]:
        """Series and number -> the number before it; 0 where there is none."""
        asked = [*((each.series, each.n) for each in self.rows), *((each.id, each.next) for each in self.counters)]
        return {(name, n): preceding(n, [each for each in self.lost if each.series == name]) for name, n in asked}


async def _near(db: Database, before: _Before, session: AsyncClientSession) -> _Near:
    """Of each paper that was written and each series where it stands: the number before, and that paper."""
    places = before.places()
    asked = [{"series": name, "n": n} for name, n in sorted({(name, n) for (name, _), n in places.items()}) if n > 0]
    found = await db.papers.find({"$or": asked}, session=session).to_list() if asked else []
    papers = {(each.series, each.n): each for each in sound("papers", found, paper_of)}
    return {(name, n): (last, papers.get((name, last))) for (name, n), last in places.items()}


def _of_paper(paper: Paper, series: Series | None, near: _Near) -> Iterator[Remark]:
    name, n, own = paper.series, str(paper.n), shown(paper.id)
    last, before = near[paper.series, paper.n]
    if series is None or paper.n >= series.next:
        yield remark("papers.beyond", series=name, n=n, paper=own)
    if paper.hash != hash_of(paper.prev_hash, paper.id, paper.series, paper.n, paper.issued_at, paper.body):
        yield remark("papers.changed", series=name, n=n, paper=own)
    elif not belongs(paper):
        yield remark("papers.series", series=name, n=n, paper=own)
    if last and before is None:
        yield remark("papers.gap", series=name, n=str(last), paper=own)
    elif paper.prev_hash != (before.hash if before else first_link(paper.series)):
        yield remark("papers.chain", series=name, n=n, paper=own)


def _of_series(series: Series, near: _Near) -> Iterator[Remark]:
    n, last = near[series.id, series.next]
    if last is None and n:
        yield remark("papers.next", series=series.id, n=str(series.next))
    elif (series.last_hash, series.last_at) != ((last.hash, last.issued_at) if last else _begun(series)):
        yield remark("papers.last", series=series.id, n=str(n))


def _begun(series: Series) -> tuple[str, datetime]:
    return first_link(series.id), series.last_at
