"""The demo's cars have lived: some show what was found on them in the yard, and some of that was mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from engine.adapters.mongo.client import Database
from engine.adapters.mongo.codec.marks import mark_document, mark_of
from engine.adapters.mongo.codec.reading import sound
from engine.domain.car.body_parts import Part, parts_of
from engine.domain.car.car import Car, CarId
from engine.domain.car.condition import Ended, Found, Mark, MarkId, MarkKind, MarkState, NewMark, repaired, written
from engine.domain.people.people import AccountName
from engine.domain.shared.period import whole_milliseconds

#: Of ten cars so many have marks, and each no more than this.
_OF_TEN, _MOST = 4, 4
_MENDED = 0.2
_PAINT = (MarkKind.SCRATCH, MarkKind.SCRATCH, MarkKind.DENT, MarkKind.SCUFF, MarkKind.CHIP)
_BY_PART = {
    "wheel": (MarkKind.KERBED,),
    "windscreen": (MarkKind.CHIP, MarkKind.CRACK),
    "window": (MarkKind.SCRATCH,),
    "seat": (MarkKind.STAIN, MarkKind.BURN),
    "floor": (MarkKind.STAIN,),
    "dashboard": (MarkKind.SCRATCH,),
}
_LENGTHS = (None, 15, 20, 40, 60, 90)


async def find_marks(db: Database, cars: Iterable[Car], by: AccountName, now: datetime) -> None:
    """The same for the same cars, all of them found before *now*."""
    marks = [mark for car in cars for mark in _of_car(car, by, now)]
    if marks:
        await db.marks.insert_many([mark_document(each) for each in marks])


async def seen_on(db: Database, car_ids: Collection[CarId]) -> dict[CarId, list[tuple[datetime, int]]]:
    """What is to be seen on each of them now: since when, and its number."""
    rows = db.marks.find({"car_id": {"$in": list(car_ids)}, "state": MarkState.OPEN})
    seen: dict[CarId, list[tuple[datetime, int]]] = {}
    for mark in sound("marks", await rows.to_list(), mark_of):
        seen.setdefault(mark.car_id, []).append((mark.found.at, mark.n))
    return seen


def _of_car(car: Car, by: AccountName, now: datetime) -> Iterator[Mark]:
    draw = Random(f"marks of {car.id}")  # noqa: S311 -- the same at every start
    if draw.randrange(10) >= _OF_TEN:
        return
    days = sorted((draw.randrange(3, 300) for _ in range(draw.randint(1, _MOST))), reverse=True)
    for n, ago in enumerate(days, 1):
        at = whole_milliseconds(now - timedelta(days=ago, hours=draw.randrange(9)))
        part = draw.choice(parts_of(car.body))
        mark = written(_new(part, draw), MarkId(f"mk-{car.id}-{n}"), car.id, n, Found(by, at))
        if draw.random() < _MENDED:
            mark = repaired(mark, Ended(AccountName("admin"), at + timedelta(days=2), "Workshop, with the inspection"))
        yield mark


def _new(part: Part, draw: Random) -> NewMark:
    kinds = next((kinds for name, kinds in _BY_PART.items() if part.id.startswith(name)), _PAINT)
    return NewMark(part.at, part.id, draw.choice(kinds), draw.choice((1, 1, 2, 2, 3)), draw.choice(_LENGTHS))
