"""The demo's cars are read as they go out and as they come back, as a counter would; every other renter signs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.agreements import agreement_document, agreement_of
from engine.adapters.mongo.codec.bookings import booking_of
from engine.adapters.mongo.codec.documents import car_of, read_km
from engine.adapters.mongo.codec.reading import sound
from engine.domain.agreement.agreement import Agreement, handed_over
from engine.domain.agreement.charges import Charging, Due, charged, return_lines
from engine.domain.agreement.closing import closed_by_itself
from engine.domain.agreement.reading import Gauge, Reading, Seen, gauge_of
from engine.domain.agreement.signing import signed
from engine.domain.booking.booking import Booking, Step
from engine.domain.money.pricing import LineKind
from engine.domain.people.people import AccountName
from engine.domain.shared.ink import Stroke, ink_of
from engine.embedded.demo_fleet import FEES
from engine.embedded.demo_marks import seen_on
from engine.embedded.demo_papers import legal

_KM_A_DAY, _USED = 140, 3
_LATE = frozenset({LineKind.LATE_DAY, LineKind.LATE_HOUR})


#: Since when a mark is there, and its number.
_Marks = list[tuple[datetime, int]]


def _seen(km: int, gauge: Gauge, used: int, step: Step, marks: _Marks) -> Seen:
    shown = tuple(sorted(n for at, n in marks if at <= step.at))
    return Seen(Reading(km, gauge.most - used * gauge.most // 8), step.at, AccountName(step.by), shown)


async def hand_out(db: Database, numbers: Iterable[str]) -> None:
    """An agreement for each of those bookings, whose cars are out by now; their fences know what was read."""
    bookings = sound("bookings", await db.bookings.find({"_id": {"$in": list(numbers)}}).to_list(), booking_of)
    cars = {"$in": [each.car_id for each in bookings]}
    known = {each.id: each for each in sound("cars", await db.cars.find({"_id": cars}).to_list(), car_of)}
    marks = await seen_on(db, known)
    fences = {row["_id"]: read_km(row) async for row in db.fences.find({"_id": cars}, {"odometer_km": 1})}
    for booking in bookings:
        car, last = known[booking.car_id], fences.get(booking.car_id)
        gauge, km = gauge_of(car.fuel), car.odometer_km if last is None else last
        step = booking.history[-1]
        agreement = handed_over(booking, gauge, _seen(km, gauge, 0, step, marks.get(car.id, [])), FEES)
        await _kept(db, _signed(agreement, booking, step), booking.car_id, km)


def _signed(agreement: Agreement, booking: Booking, step: Step) -> Agreement:
    if sum(map(ord, booking.id)) % 2:
        return agreement
    name, terms = booking.renter_name, legal(AccountName(step.by)).data.terms_version
    return signed(agreement, name, _drawn(name), terms, booking.period.ends_at, step.at, AccountName(step.by))


def _drawn(name: str) -> str:
    """Up and down as the letters of *name* go, a stroke for each of its words."""
    strokes, x = list[Stroke](), 600
    for word in name.split():
        places = list[tuple[int, int]]()
        for n, letter in enumerate(word):
            places += [(x, 2_000 - 60 * (ord(letter) % 17)), (x + 180, 2_300 + 40 * (n % 3))]
            x += 360
        strokes.append(tuple(places))
        x += 240
    return ink_of(tuple(strokes))


async def take_back(db: Database, numbers: Iterable[str]) -> None:
    """Those agreements are closed, for cars that are back by now."""
    wanted: Document = {"_id": {"$in": list(numbers)}}
    rows = sound("bookings", await db.bookings.find(wanted).to_list(), booking_of)
    bookings: dict[Any, Booking] = {each.id: each for each in rows}
    marks = await seen_on(db, {each.car_id for each in rows})
    for agreement in sound("agreements", await db.agreements.find(wanted).to_list(), agreement_of):
        booking, out = bookings[agreement.booking_id], agreement.leg.out
        step, km = booking.history[-1], out.km + _KM_A_DAY * booking.quote.days
        back = _seen(km, agreement.leg.gauge, _USED, step, marks.get(booking.car_id, []))
        due, place = Due(booking.period.ends_at, booking.return_branch_id), booking.return_branch_id
        late = [line.kind for line in return_lines(agreement, back, place, due, cleaning=False) if line.kind in _LATE]
        told = Charging(waived=tuple((kind, "Came in time, and was noted later") for kind in late))
        over = agreement.returned(back, place, *charged(agreement, back, place, due, told))
        await _kept(db, closed_by_itself(over, booking, step.at, back.by) or over, booking.car_id, km)


async def _kept(db: Database, agreement: Agreement, car_id: str, km: int) -> None:
    await db.agreements.replace_one({"_id": agreement.booking_id}, agreement_document(agreement), upsert=True)
    await db.fences.update_one({"_id": car_id}, {"$set": {"odometer_km": km}, "$inc": {"seq": 1}})
