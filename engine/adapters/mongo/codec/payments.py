"""How payments are stored that are no booking's any more: a bank takes them back, or a restored database lacks them."""

from __future__ import annotations

from engine.adapters.mongo.codec.stored import (
    Stored,
    beside,
    choice,
    count,
    derived,
    flag,
    moment,
    moment_or_none,
    money,
    part,
    price,
    text,
)
from engine.adapters.mongo.schema import shape_parts as shapes
from engine.domain.booking.restored import Outcome, RestoredPayment
from engine.domain.money.dispute import Dispute, DisputeFacts
from engine.domain.money.payment import Stay
from engine.domain.shared.period import RentalPeriod

#: As Stripe tells of it.
DISPUTE = Stored(
    Dispute,
    {
        "_id": text().of("facts.dispute_id"),
        "booking_id": text(),
        "payment_intent": text().of("facts.payment_intent"),
        "amount": money().of("facts.amount"),
        "reason": text().of("facts.reason"),
        "status": text().of("facts.status"),
        "over": derived({"bsonType": "bool"}, lambda dispute: dispute.facts.over),
        "due_by": moment_or_none().of("facts.due_by"),
        "created_at": moment().of("facts.created_at"),
        "livemode": flag().of("facts.livemode"),
        "looked_at": moment(),
    },
    together={"facts": DisputeFacts},
)
dispute_document, dispute_of = DISPUTE.document_of, DISPUTE.record_of

_STAY = Stored(
    Stay,
    {
        "car_id": text(),
        "starts_at": moment().of("period.starts_at"),
        "ends_at": moment().of("period.ends_at"),
        "rate": price(),
    },
    together={"period": RentalPeriod},
)
#: A person decides on each.
RESTORED = Stored(
    RestoredPayment,
    {
        "_id": text().of("payment_intent"),
        "session_id": text(),
        "booking_id": text(),
        "attempt": count(),
        "amount": price(),
        "expires_at": moment(),
        "found_at": moment(),
        "paid_at": moment().unless(),
        "claimed": flag(),
        "outcome": choice(Outcome),
        "stay": part(_STAY).unless(),
        # Who decided, and when.
        "by": beside(shapes.TEXT),
        "at": beside(shapes.DATE),
    },
)
restored_document, restored_of = RESTORED.document_of, RESTORED.record_of
