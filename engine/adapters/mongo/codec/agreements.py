"""How agreements are stored."""

from __future__ import annotations

from engine.adapters.mongo.codec.fees import FEES
from engine.adapters.mongo.codec.reading import MOST_MINOR
from engine.adapters.mongo.codec.stored import (
    Field,
    Stored,
    choice,
    count,
    counts,
    matching,
    maybe_empty,
    moment,
    money,
    part,
    parts,
    text,
    whole,
)
from engine.domain.agreement.agreement import (
    MOST_LEGS,
    Agreement,
    AgreementState,
    AgreementStep,
    Leg,
    Signature,
    Waived,
)
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.agreement.signing import MOST_SIGNATURES
from engine.domain.booking.changed_car import BookedCar
from engine.domain.car.form import MOST_KM
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.shared.ink import MOST_INK

#: More than a car shows at once.
_MOST_MARKS = 500
_CAR = Stored(BookedCar, {"car_id": text(), "label": text(), "owner_id": text()})
_SEEN = Stored(
    Seen,
    {
        "odometer_km": whole(0, MOST_KM).of("reading.odometer_km"),
        "full": whole(0, Gauge.PERCENT.most).of("reading.full"),
        "reason": maybe_empty().of("reading.reason"),
        "at": moment(),
        "by": text(),
        "marks": counts(_MOST_MARKS).unless(),
    },
    together={"reading": Reading},
)
_LEG = Stored(
    Leg,
    {
        "car": part(_CAR),
        "gauge": choice(Gauge),
        "out": part(_SEEN),
        "back": part(_SEEN).unless(),
        "why": maybe_empty().unless(""),
    },
)
_LINE = Stored(QuoteLine, {"kind": choice(LineKind), "count": whole(1, MOST_MINOR), "unit": money()})
_WAIVED = Stored(Waived, {"line": part(_LINE), "reason": text(), "at": moment(), "by": text()})
_STEP = Stored(
    AgreementStep,
    {"state": choice(AgreementState), "at": moment(), "by": text(), "reason": maybe_empty().unless("")},
)
_INK = Field({"bsonType": "string", "minLength": 1, "maxLength": MOST_INK}, lambda row, name: row.text(name, MOST_INK))
_SIGNATURE = Stored(
    Signature,
    {
        "name": text(),
        "ink": _INK,
        "content": matching("^[0-9a-f]{64}$"),
        "terms_version": maybe_empty().unless(""),
        "ends_at": moment(),
        "lines": count(),
        "legs": count(),
        "at": moment(),
        "by": text(),
    },
)

AGREEMENT = Stored(
    Agreement,
    {
        "_id": text().of("booking_id"),
        "branch_id": text(),
        "zone": text(),
        "state": choice(AgreementState),
        "legs": parts(_LEG, MOST_LEGS, least=1),
        "lines": parts(_LINE, 100, least=1),
        "history": parts(_STEP, 500, least=1),
        "fees": part(FEES).unless(),
        "waived": parts(_WAIVED, 20),
        "returned_to": text().unless(),
        "signatures": parts(_SIGNATURE, MOST_SIGNATURES).unless(()),
        "version": count(),
    },
)
agreement_document, agreement_of = AGREEMENT.document_of, AGREEMENT.record_of
