"""How branches, cars with their fences and movements, renters, the audit and the ledger are stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.opening_hours import FEE, HOURS
from engine.adapters.mongo.codec.reading import MOST_COUNT, Fields, must, sound
from engine.adapters.mongo.codec.stored import (
    Stored,
    choice,
    count,
    derived,
    facts,
    flag,
    matching,
    maybe_empty,
    moment,
    money,
    parts,
    price,
    text,
    texts,
    whole,
)
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.shape_parts import MAYBE_EMPTY, TEXT, list_of
from engine.domain.booking.booking import Booking
from engine.domain.booking.cancellation import CancellationRule
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import ClaimKind, Stretch, taken_by
from engine.domain.car.body_type import BodyType
from engine.domain.car.branches import MOST_FORMER
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, CarTerms, Fuel, OwnerId, Transmission
from engine.domain.car.form import MOST_KM, MOST_SEATS, OLDEST_YEAR
from engine.domain.car.movement import Movement, MovementKind, MovementState
from engine.domain.car.opening_hours import OpeningHours
from engine.domain.car.places import Leg
from engine.domain.car.plates import plate_key
from engine.domain.firm.audit import AuditRow
from engine.domain.money.ledger import LedgerKind, LedgerRow
from engine.domain.people.driving import DRIVING
from engine.domain.people.people import Renter
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import search_key

#: A share of all, in basis points.
WHOLE_BP = 10_000
BRANCH = Stored(
    Branch,
    {
        "_id": text().of("id"),
        "name": text(),
        "city": text(),
        "address": text(),
        "zone": text(),
        **HOURS,
        "closed": flag().older(False),  # noqa: FBT003 -- what rows of before it are read as
        "former_fees": parts(FEE, MOST_FORMER),
        "code": matching("^([A-Z][A-Z0-9]{1,4})?$", Fields.maybe),
        "code_confirmed": flag(),
    },
    together={"hours": OpeningHours},
)
branch_document, branch_of = BRANCH.document_of, BRANCH.record_of

CAR = Stored(
    Car,
    {
        "_id": text().of("id"),
        "plate": text(),
        "country": matching("^([A-Z]{2})?$", Fields.maybe),
        "plate_key": derived(TEXT, lambda car: plate_key(car.plate, car.country)),
        "parts": derived(list_of(TEXT, 300), lambda car: list(car.parts)),
        "order": derived(MAYBE_EMPTY, lambda car: search_key(car.title)),
        "brand": text(),
        "model": text(),
        "year": whole(OLDEST_YEAR, 2100, read=(1, 9999)),
        "body": choice(BodyType),
        "colour": matching("^#[0-9a-f]{6}$"),
        "fuel": choice(Fuel),
        "transmission": choice(Transmission),
        "seats": whole(1, MOST_SEATS, read=(1, 1000)),
        "odometer_km": whole(0, MOST_KM, read=(0, MOST_COUNT)),
        "daily_rate": price(),
        "status": choice(CarStatus),
        "owner_id": text(),
        "branch_id": text(),
        "image_ids": texts(5),
    },
)
car_document, car_of = CAR.document_of, CAR.record_of

_TERMS = {"label": text(), "owner_id": text(), "branch_id": text(), "zone": text(), "daily_rate": price()}
#: As a fence has its car's terms, and as their series has them.
TERMS = Stored(CarTerms, {**_TERMS, "n": count()}, apart=("car_id",))
TERMS_OF_SERIES = Stored(CarTerms, _TERMS, apart=("car_id", "n"))
terms_document = TERMS.document_of


def fence_document(car: Car, terms: CarTerms, blocking: Iterable[Booking]) -> Document:
    """A new fence; ``claims`` are the periods of the blocking bookings."""
    kept = list(blocking)
    return {
        "_id": car.id,
        "schema": LATEST,
        "seq": 0,
        "status": car.status,
        "body": car.body,
        "terms": terms_document(terms),
        # Where it stands; nowhere while a renter has it.
        "at": None if any(booking.state is BookingState.OUT for booking in kept) else terms.branch_id,
        # As it was read last at a counter; null before the first time.
        "odometer_km": None,
        "claims": [booking_claim(booking) for booking in kept],
    }


def booking_claim(booking: Booking) -> Document:
    """What *booking* has in the fence of its car."""
    return claim_document(
        booking.id, taken_by(booking), ClaimKind.BOOKING, Way(booking.branch_id, booking.return_branch_id)
    )


def series_document(terms: CarTerms, by: str, at: datetime) -> Document:
    """A row of ``car_terms``; the fence's copy is *terms* with their number."""
    return {"car_id": terms.car_id, "n": terms.n, "terms": TERMS_OF_SERIES.document_of(terms), "by": by, "at": at}


def status_document(car_id: CarId, owner_id: OwnerId, status: CarStatus, since: datetime) -> Document:
    """What the car of that owner is from *since* on."""
    return {"car_id": car_id, "owner_id": owner_id, "status": status, "since": since}


class Way(NamedTuple):
    """Branches: where a car is taken, and where it is left."""

    start_id: BranchId
    end_id: BranchId


class Claimed(NamedTuple):
    """What keeps a car, as its fence has it.

    Attributes:
        id: The number of a booking, if it is one.
        floats: It may be moved to another car of its class by whoever needs this one.
    """

    id: str
    kind: ClaimKind
    taken: Stretch
    way: Way
    floats: bool = False

    @property
    def leg(self) -> Leg:
        return Leg(self.taken.starts_at, *self.way)


#: A claim in its fence.
CLAIM = Stored(
    Claimed,
    {
        "id": text(),
        "kind": choice(ClaimKind),
        "starts_at": moment().of("taken.starts_at"),
        "ends_at": moment().of("taken.ends_at"),
        # From then on the next one may have the car.
        "free_at": moment().of("taken.free_at"),
        "out": flag().of("taken.out"),
        "from": text().of("way.start_id"),
        "to": text().of("way.end_id"),
        "floats": flag(),
    },
    together={"taken": Stretch, "way": Way},
)


def claim_document(claim_id: str, taken: Stretch, kind: ClaimKind, way: Way) -> Document:
    """Attributes: ``claim_id`` is the booking's number, or what else tells this claim from all others."""
    return CLAIM.document_of(Claimed(claim_id, kind, taken, way))


def read_km(fence: Document) -> int | None:
    """The kilometres that were read last at a counter; None before, and where they are no number."""
    found = fence.get("odometer_km")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def body_of(fence: Document) -> BodyType | None:
    """What its car is built as; None where nobody can read it."""
    found = fence.get("body")
    return next((body for body in BodyType if body == found), None)


def stands_of(fence: Document) -> BranchId:
    """Where the car stands, or the branch that it belongs to while it is out or nobody can read where it stands."""
    at, terms = fence.get("at"), fence.get("terms")
    home = terms.get("branch_id") if isinstance(terms, dict) else None
    return BranchId(at if isinstance(at, str) else home if isinstance(home, str) else "")


def claims_of(fence: Document) -> list[Claimed]:
    """Those that can be read, soonest first; the doctor tells of the others."""
    claims = fence.get("claims")
    rows = [{"_id": fence.get("_id"), "claim": each} for each in claims] if isinstance(claims, list) else []
    return sorted(sound("fences", rows, _claim_of), key=lambda claim: claim.taken.starts_at)


def booked(fence: Document) -> list[Claimed]:
    """Those that are bookings, soonest first."""
    return [claim for claim in claims_of(fence) if claim.kind is ClaimKind.BOOKING]


def booked_ids(fence: Document) -> frozenset[str]:
    """Of all bookings that claim the car, those that cannot be read among them: a change must not pass over any."""
    claims = fence.get("claims")
    every = (each for each in (claims if isinstance(claims, list) else []) if isinstance(each, dict))
    ids = (each.get("id") for each in every if each.get("kind") == ClaimKind.BOOKING)
    return frozenset(each for each in ids if isinstance(each, str))


def _claim_of(row: Document) -> Claimed:
    return CLAIM.read(Fields(row).part("claim"))


def terms_of_fence(fence: Document) -> CarTerms:
    """Raises: DamagedRow."""
    return must("fences", fence, _terms_of)


def _terms_of(fence: Document) -> CarTerms:
    row = Fields(fence)
    return TERMS.read(row.part("terms"), car_id=CarId(row.text("_id")))


#: A renter as part of an account's row or of a key's.
RENTER = Stored(
    Renter,
    {
        "_id": text().of("id"),
        "name": text(),
        "keys": derived(list_of(TEXT, 20), lambda renter: list(renter.keys)),
        "email": text(),
        "phone": text(),
        "licence": maybe_empty(),
        **{name: text().unless("") for name in DRIVING},
    },
)
renter_within, renter_of = RENTER.document_of, RENTER.record_of


def renter_document(renter: Renter) -> Document:
    """A row of ``renters``: somebody new with what it is found and listed by."""
    return {**renter_within(renter), "order": search_key(renter.name), "parts": list(renter.parts), "version": 1}


#: Time of a car that is nobody's rental. While it is open, its fence has claims of kind "movement" for it.
MOVEMENT = Stored(
    Movement,
    {
        "_id": text().of("id"),
        "car_id": text(),
        "owner_id": text(),
        "kind": choice(MovementKind),
        "state": choice(MovementState),
        "starts_at": moment().of("period.starts_at"),
        "ends_at": moment().of("period.ends_at"),
        # Branches: where the car stands before, and where afterwards.
        "from": text().of("start_id"),
        "to": text().of("end_id"),
        "reason": text(),
        "by": text(),
        "at": moment(),
        "version": count(),
    },
    together={"period": RentalPeriod},
)
movement_document, movement_of = MOVEMENT.document_of, MOVEMENT.record_of

RULE = Stored(CancellationRule, {"hours_before": whole(0, 100_000), "refund_bp": whole(0, WHOLE_BP)})


AUDIT = Stored(
    AuditRow,
    {
        "at": moment(),
        "by": text(),
        "desk": text(),
        "what": text(),
        "subject": text(),
        "before": facts(),
        "after": facts(),
    },
    apart=("names",),
    numbered=True,
)
audit_document, audit_row_of = AUDIT.document_of, AUDIT.record_of

LEDGER = Stored(
    LedgerRow,
    {
        "booking_id": text(),
        "payment_id": text(),
        "kind": choice(LedgerKind),
        "source_id": text(),
        "amount": money(),
        "car_id": text(),
        "owner_id": text(),
        "branch_id": text(),
        "at": moment(),
    },
    numbered=True,
)
ledger_document, ledger_of = LEDGER.document_of, LEDGER.record_of
