"""Agreements held against their bookings, and what was read off each car against what was read before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from engine.domain.agreement.agreement import Agreement, AgreementState, Leg
from engine.domain.agreement.charges import Due, charged_right
from engine.domain.agreement.closing import settled
from engine.domain.agreement.legs import days_by_car, share_of_leg
from engine.domain.agreement.signing import content_of
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.shared.remark import Remark, remark
from engine.domain.shared.zones import shown_zone

_STANDS_WITH = {
    AgreementState.OUT: BookingState.OUT,
    AgreementState.RETURNED: BookingState.COMPLETED,
    AgreementState.CLOSED: BookingState.COMPLETED,
    AgreementState.REOPENED: BookingState.COMPLETED,
}
#: Steps that the booking makes at the same moment.
_SAME_MOMENT = frozenset({AgreementState.OUT, AgreementState.RETURNED})
#: What may come after what in its history.
_AFTER = {
    AgreementState.OUT: {AgreementState.RETURNED},
    AgreementState.RETURNED: {AgreementState.CLOSED},
    AgreementState.CLOSED: {AgreementState.REOPENED},
    AgreementState.REOPENED: {AgreementState.CLOSED},
}


@dataclass(frozen=True, slots=True)
class LegOf:
    """Attributes: ``number`` is the agreement's."""

    number: str
    leg: Leg


def agreement_faults(agreement: Agreement, booking: Booking | None) -> Iterator[Remark]:
    """What does not fit between an agreement and its booking, both of one moment."""
    number = agreement.booking_id
    if booking is None:
        yield remark("agreement.no_booking", number=number)
        return
    steps = {step.state: step.at for step in booking.history if step.moves}
    if booking.state is not _STANDS_WITH[agreement.state] or agreement.state is not agreement.history[-1].state:
        yield remark("agreement.state", number=number)
    elif steps[booking.state] not in [
        each.at for each in agreement.history if _STANDS_WITH[each.state] is booking.state
    ]:
        yield remark("agreement.times", number=number)
    yield from _of_closing(agreement, booking)
    if (
        not _cars_follow(agreement, booking)
        or agreement.branch_id != booking.branch_id
        or agreement.zone != booking.zone
    ):
        yield remark("agreement.other_car", number=number)
    sold = agreement.lines[: len(booking.quote.lines)] == booking.quote.lines
    if not sold or agreement.days != booking.period.billable_days(shown_zone(booking.zone)):
        yield remark("agreement.lines", number=number)
    if not charged_right(agreement, Due(booking.period.ends_at, booking.return_branch_id)):
        yield remark("agreement.charges", number=number)
    if any(each.content != content_of(agreement, each) for each in agreement.signatures):
        yield remark("agreement.signed", number=number)
    yield from _of_legs(agreement, steps)


def _cars_follow(agreement: Agreement, booking: Booking) -> bool:
    """Whether the cars of its legs are those that the booking had since the first went out, at those moments."""
    went = [(step.at, step.change.before) for step in booking.exchanges if step.change is not None]
    if [leg.car for leg in agreement.legs] != [*(car for _, car in went), booking.car]:
        return False
    return all(
        before.back is not None and (before.back.at, after.out.at) == (at, at) and bool(after.why)
        for (before, after), (at, _) in zip(pairwise(agreement.legs), went, strict=True)
    )


def shares_faults(agreement: Agreement, booking: Booking, on_cars: Mapping[str, Mapping[str, int]]) -> Iterator[Remark]:
    """Of a closed rental with several cars: *on_cars* is what the ledger has of it, car -> currency -> minor units."""
    if agreement.state is not AgreementState.CLOSED or not booking.exchanges:
        return
    due = Counter[str]()
    for leg in days_by_car(booking)[:-1]:
        due[leg.car.car_id] += share_of_leg(booking, leg).minor
    for car_id, minor in due.items():
        # A car that came back into the same rental has the rest besides.
        if car_id != booking.car_id and on_cars.get(car_id, {}).get(booking.price.currency, 0) != minor:
            yield remark("agreement.shares", number=agreement.booking_id, car=car_id)


def _of_closing(agreement: Agreement, booking: Booking) -> Iterator[Remark]:
    steps, number = agreement.history, agreement.booking_id
    told = all(after.state in _AFTER[before.state] for before, after in pairwise(steps))
    if not told or any(step.state is AgreementState.REOPENED and not step.reason for step in steps):
        yield remark("agreement.steps", number=number)
    if agreement.state is AgreementState.CLOSED and not settled(booking, agreement):
        yield remark("agreement.closed_open", number=number)


def _of_legs(agreement: Agreement, steps: Mapping[BookingState, datetime]) -> Iterator[Remark]:
    number, out = agreement.booking_id, agreement.state is AgreementState.OUT
    away = [leg.back is None for leg in agreement.legs]
    if away != [*([False] * (len(away) - 1)), out] or out is not (agreement.returned_to is None):
        yield remark("agreement.legs", number=number)
    went = agreement.legs[0].out
    if BookingState.OUT in steps and (went.at != steps[BookingState.OUT] or went.at != agreement.history[0].at):
        yield remark("agreement.times", number=number)
    back = [each.at for each in agreement.history if each.state is AgreementState.RETURNED]
    if agreement.leg.back is not None and [agreement.leg.back.at] != back:
        yield remark("agreement.times", number=number)
    for seen in (each for leg in agreement.legs for each in (leg.out, leg.back) if each is not None):
        gauge = next(leg.gauge for leg in agreement.legs if seen in (leg.out, leg.back))
        if seen.reading.full > gauge.most:
            yield remark("agreement.gauge", number=number)


def readings_faults(car_id: str, fence_km: int | None, legs: Iterable[LegOf]) -> Iterator[Remark]:
    """What does not fit among everything that was read off one car: *fence_km* is what was read last."""
    ordered = sorted(legs, key=lambda each: (each.leg.out.at, each.number))
    if (several := [each.number for each in ordered if each.leg.back is None])[1:]:
        yield remark("agreement.out_twice", car=car_id, numbers=", ".join(several))
    seen = [(each.number, read) for each in ordered for read in (each.leg.out, each.leg.back) if read is not None]
    for (_, before), (number, after) in pairwise(seen):
        if after.km < before.km and not after.reading.reason:
            yield remark("agreement.falls", car=car_id, number=number, before=str(before.km), after=str(after.km))
    last = seen[-1][1].km if seen else None
    if last != fence_km:
        yield remark("agreement.read_last", car=car_id, last=_shown(last), fence=_shown(fence_km))


def without_agreement(bookings: Sequence[Booking], numbers: Iterable[str]) -> Iterator[Remark]:
    """Of *bookings* whose cars are out, those that have none among *numbers*."""
    known = set(numbers)
    for booking in bookings:
        if booking.id not in known:
            yield remark("agreement.missing", number=booking.id, car=booking.car_id)


def _shown(km: int | None) -> str:
    return "-" if km is None else str(km)
