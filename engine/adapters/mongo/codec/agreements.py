"""How agreements are stored."""

from __future__ import annotations

from engine.adapters.mongo.codec.fees import FEES
from engine.adapters.mongo.codec.reading import MOST_MINOR
from engine.adapters.mongo.codec.stored import (
    Stored,
    choice,
    count,
    counts,
    maybe_empty,
    moment,
    money,
    part,
    parts,
    text,
    whole,
)
from engine.domain.agreement.agreement import Agreement, AgreementState, AgreementStep, Leg, Waived
from engine.domain.agreement.reading import Gauge, Reading, Seen
from engine.domain.booking.changed_car import BookedCar
from engine.domain.car.form import MOST_KM
from engine.domain.money.pricing import LineKind, QuoteLine

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
_LEG = Stored(Leg, {"car": part(_CAR), "gauge": choice(Gauge), "out": part(_SEEN), "back": part(_SEEN).unless()})
_LINE = Stored(QuoteLine, {"kind": choice(LineKind), "count": whole(1, MOST_MINOR), "unit": money()})
_WAIVED = Stored(Waived, {"line": part(_LINE), "reason": text(), "at": moment(), "by": text()})
_STEP = Stored(
    AgreementStep,
    {"state": choice(AgreementState), "at": moment(), "by": text(), "reason": maybe_empty().unless("")},
)

AGREEMENT = Stored(
    Agreement,
    {
        "_id": text().of("booking_id"),
        "branch_id": text(),
        "zone": text(),
        "state": choice(AgreementState),
        "legs": parts(_LEG, 50, least=1),
        "lines": parts(_LINE, 100, least=1),
        "history": parts(_STEP, 500, least=1),
        "fees": part(FEES).unless(),
        "waived": parts(_WAIVED, 20),
        "returned_to": text().unless(),
        "version": count(),
    },
)
agreement_document, agreement_of = AGREEMENT.document_of, AGREEMENT.record_of
