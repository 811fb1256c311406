"""What is put on paper of an agreement: all of it, and a protocol for each car that went out or came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from engine.domain.agreement.agreement import Agreement, Leg
from engine.domain.agreement.charges import AT_RETURN
from engine.domain.agreement.reading import Gauge, Seen
from engine.domain.agreement.signing import agreed_lines, standing
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch, BranchId, CarId
from engine.domain.car.condition import CarMarks, FoundWhen, Mark
from engine.domain.papers.drafts import PaperWish
from engine.domain.papers.of_booking import buyer_of, paper_line, payments_of, supply_of
from engine.domain.papers.paper import (
    Content,
    Paper,
    PaperCar,
    PaperDriver,
    PaperKind,
    PaperLeg,
    PaperMark,
    PaperSignature,
    Supply,
)
from engine.domain.people.renters import RenterFile
from engine.domain.shared.canonical import canonical
from engine.domain.shared.damage import Damaged


@dataclass(frozen=True, slots=True)
class Protocol:
    """Of which there can be a paper. Attributes: ``leg`` from 1 on, of a car called ``label``; ``back``: its return."""

    leg: int
    label: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class RentalTold:
    """What papers of an agreement are made of.

    Attributes:
        cars: Those of its legs, with all their marks.
        terms_version: Of the terms that the paper will bear.
    """

    booking: Booking
    agreement: Agreement
    renter: RenterFile
    branches: Mapping[BranchId, Branch]
    cars: Mapping[CarId, CarMarks]
    papers: tuple[Paper | Damaged, ...]
    terms_version: str


def protocols_of(agreement: Agreement) -> tuple[Protocol, ...]:
    """The last first."""
    every = [each for n, leg in enumerate(agreement.legs, 1) for each in _of_leg(n, leg)]
    return tuple(reversed(every))


def paper_id(wish: PaperWish) -> str:
    """The same for the same words: what nothing was added to is issued once."""
    told = sha256(canonical({"language": wish.language, "content": wish.content})).hexdigest()
    return f"{wish.kind}-{wish.content.booking_id}-{told[:16]}"


def agreement_wish(told: RentalTold, branch_id: BranchId, language: str) -> PaperWish:
    """The contract, with its cars as they went out, what was paid by then, and the signature that is under it.

    What the return came to stands in its protocol and on the invoice.
    """
    booking, agreement = told.booking, told.agreement
    last, back = len(agreement.legs), agreement.leg.back
    legs = tuple(_leg(told, n) for n in range(1, last + 1)) if last > 1 else ()
    content = Content(
        buyer=buyer_of(told.renter),
        lines=tuple(paper_line(booking, told.branches, each) for each in agreed_lines(agreement)),
        supply=supply_of(booking, told.branches),
        car=_car(told, last, back=False),
        legs=legs,
        drivers=(_driver(told.renter),),
        marks=_marks(told, last, FoundWhen.OUT),
        payments=tuple(each for each in payments_of(booking, told.papers) if back is None or each.at < back.at),
        signatures=_signatures(told),
        booking_id=booking.id,
        agreement_id=booking.id,
    )
    return PaperWish(PaperKind.AGREEMENT, branch_id, language, booking.price.currency, content)


def protocol_wish(told: RentalTold, protocol: Protocol, branch_id: BranchId, language: str) -> PaperWish:
    """How its car was as it went out, or came back; with the last one, what the return came to."""
    booking, agreement, back = told.booking, told.agreement, protocol.back
    over = back and protocol.leg == len(agreement.legs)
    lines = tuple(line for line in agreement.lines if line.kind in AT_RETURN) if over else ()
    content = Content(
        buyer=buyer_of(told.renter),
        lines=tuple(paper_line(booking, told.branches, each) for each in lines),
        supply=_stay(told, protocol),
        car=_car(told, protocol.leg, back=back),
        drivers=() if back else (_driver(told.renter),),
        marks=_marks(told, protocol.leg, FoundWhen.BACK if back else FoundWhen.OUT),
        signatures=() if back else _signatures(told),
        booking_id=booking.id,
        agreement_id=booking.id,
    )
    kind = PaperKind.RETURN if back else PaperKind.HAND_OVER
    return PaperWish(kind, branch_id, language, booking.price.currency, content)


def _of_leg(n: int, leg: Leg) -> Iterator[Protocol]:
    yield Protocol(n, leg.car.label)
    if leg.back is not None:
        yield Protocol(n, leg.car.label, back=True)


def _stay(told: RentalTold, protocol: Protocol) -> Supply | None:
    """From when its car went out until it came back, or is to."""
    whole, leg = supply_of(told.booking, told.branches, told.agreement), told.agreement.legs[protocol.leg - 1]
    back = leg.back.at if protocol.back and leg.back is not None else whole.ends_at
    return Supply(leg.out.at, back, whole.start_place, whole.end_place) if back > leg.out.at else None


def _leg(told: RentalTold, n: int) -> PaperLeg:
    leg = told.agreement.legs[n - 1]
    exchanged = n < len(told.agreement.legs)
    came = leg.back.at if exchanged and leg.back is not None else None
    return PaperLeg(_car(told, n, back=exchanged), leg.out.at, came)


def _car(told: RentalTold, n: int, *, back: bool) -> PaperCar:
    """As it went out and, where *back* says so, came back; drawn where somebody kept which marks it showed then."""
    leg = told.agreement.legs[n - 1]
    known, came = told.cars.get(leg.car.car_id), leg.back if back else None
    looked_at = (came or leg.out).marks is not None
    title, _, plate = leg.car.label.rpartition(" · ")
    return PaperCar(
        plate,
        title or plate,
        km_out=leg.out.km,
        km_in=_km(came),
        fuel_out=leg.out.reading.full,
        fuel_in=came.reading.full if came is not None else None,
        electric=leg.gauge is Gauge.PERCENT,
        body=known.car.body.value if known is not None and looked_at else "",
    )


def _km(seen: Seen | None) -> int | None:
    return None if seen is None else seen.km


def _driver(file: RenterFile) -> PaperDriver:
    renter = file.renter
    return PaperDriver(renter.name, renter.born, renter.licence, renter.licence_since, renter.licence_until)


def _marks(told: RentalTold, n: int, when: FoundWhen) -> tuple[PaperMark, ...]:
    """Those that its car showed then."""
    leg = told.agreement.legs[n - 1]
    seen, known = leg.back if when is FoundWhen.BACK else leg.out, told.cars.get(leg.car.car_id)
    if seen is None or seen.marks is None or known is None:
        return ()
    sound = (each for each in known.marks if isinstance(each, Mark))
    return tuple(_mark(each, told.booking, n, when) for each in sound if each.n in seen.marks)


def _mark(mark: Mark, booking: Booking, leg: int, when: FoundWhen) -> PaperMark:
    found, place = mark.found, mark.place
    new = (found.agreement_id, found.leg, found.when) == (booking.id, leg, when)
    return PaperMark(
        mark.n,
        new=new,
        view=place.view.value,
        x=place.x,
        y=place.y,
        part=mark.part,
        mark=mark.kind.value,
        severity=mark.severity,
        mm=mark.mm,
    )


def _signatures(told: RentalTold) -> tuple[PaperSignature, ...]:
    """The one that is under all that is agreed, with the terms of this paper."""
    signature = standing(told.agreement, _agreed_end(told))
    if signature is None or signature.terms_version != told.terms_version:
        return ()
    return (PaperSignature(signature.name, "renter", signature.at, signature.content, signature.ink),)


def _agreed_end(told: RentalTold) -> datetime:
    return told.booking.period.ends_at
