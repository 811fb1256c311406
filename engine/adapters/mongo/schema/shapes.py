"""The shapes that the database itself insists on. Data only; ``mongo.schema.rules`` adds what fields owe each other."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.agreements import AGREEMENT
from engine.adapters.mongo.codec.bookings import BOOKING
from engine.adapters.mongo.codec.documents import AUDIT, BRANCH, CAR, CLAIM, LEDGER, MOVEMENT, TERMS, TERMS_OF_SERIES
from engine.adapters.mongo.codec.marks import MARK
from engine.adapters.mongo.codec.papers import LEGAL, LOGO, LOST, PAPER, RENDERING, SERIES, TAX
from engine.adapters.mongo.codec.payments import DISPUTE, RESTORED
from engine.adapters.mongo.codec.people import ANSWER, PERSON, REQUEST, SIGNER, WISH
from engine.adapters.mongo.codec.renter_files import FILE
from engine.adapters.mongo.codec.settings import REVISION
from engine.adapters.mongo.codec.shifts import SHIFT
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.shape_parts import (
    COUNT,
    DATE,
    MAYBE_EMPTY,
    TEXT,
    WHOLE,
    list_of,
    one_of,
    record,
)
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import CarStatus
from engine.domain.car.form import MOST_KM
from engine.domain.car.photo import MOST_BYTES
from engine.domain.money.payment import StripeMode
from engine.domain.money.trouble import Why

#: What GridFS makes of a picture.
MOST_CHUNK = 255 * 1024
_PART: Document = {"bsonType": ["int", "long"], "minimum": 0, "maximum": MOST_BYTES // MOST_CHUNK}


SHAPES: dict[str, Document] = {
    # While it is being changed it asks to be read by every booking: branch_rules.
    "branches": {**BRANCH.shape, "properties": {**BRANCH.shape["properties"], "asking": TEXT}},
    "cars": CAR.shape,
    # Added to whenever a car joins a fleet or its status changes, never altered: utilisation counts on it.
    "car_statuses": record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": TEXT,
            "owner_id": TEXT,
            "status": one_of(CarStatus),
            "since": DATE,
        }
    ),
    "fences": record(
        {
            "_id": TEXT,
            # Only a program of this very version has the car promised: schema.version.
            "schema": {"enum": [LATEST]},
            "seq": WHOLE,
            "status": one_of(CarStatus),
            "body": one_of(BodyType),
            "terms": TERMS.shape,
            # Where the car stands; null while a renter has it.
            "at": {"bsonType": ["string", "null"], "maxLength": TEXT["maxLength"]},
            # As it was read last at a counter; null before the first time.
            "odometer_km": {"bsonType": ["int", "long", "null"], "minimum": 0, "maximum": MOST_KM},
            "claims": list_of(CLAIM.shape, 5000),
            # By which rules of its branch it was sold last: branch_rules.
            "rules": TEXT,
        },
        optional=("rules",),
    ),
    # What a car was let for, and from when on: added to, never altered. A fence carries a copy of the last.
    "car_terms": record(
        {
            "_id": {"bsonType": "objectId"},
            "car_id": TEXT,
            "n": COUNT,
            "terms": TERMS_OF_SERIES.shape,
            "by": TEXT,
            "at": DATE,
        }
    ),
    "renters": FILE.shape,
    "bookings": BOOKING.shape,
    "audit": AUDIT.shape,
    "ledger": LEDGER.shape,
    # A series: a set of rules with the moment it holds from, or the word that an earlier one shall not hold.
    "settings": {
        "oneOf": [
            REVISION.shape,
            record({"_id": COUNT, "withdraws": COUNT, "by": TEXT, "made_at": DATE}),
        ]
    },
    "rounds": record({"_id": TEXT, "by": TEXT, "desk": TEXT, "at": DATE, "count": WHOLE}),
    "restored_payments": RESTORED.shape,
    "disputes": DISPUTE.shape,
    # What was backed up and when; only added to.
    "backups": record(
        {
            "_id": TEXT,
            "what": {"enum": ["mark", "done", "failed"]},
            "at": DATE,
            "by": TEXT,
            "desk": TEXT,
            "rows": WHOLE,
            "size": WHOLE,
            "as_of": DATE,
            "code": TEXT,
        },
        optional=("by", "desk", "as_of", "rows", "size", "code"),
    ),
    # What is said beside a booking's row, where whoever writes bookings cannot unsay it.
    "returns": record({"_id": TEXT, "car_id": TEXT, "at": DATE, "by": TEXT}),
    "settlements": record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": TEXT,
            "why": one_of(Why),
            "since": DATE,
            "by": TEXT,
            "at": DATE,
            "note": TEXT,
        }
    ),
    # Bookings that an engine met and could not read; a note counts only while its row is like that.
    "damaged_bookings": record({"_id": TEXT, "reason": TEXT, "at": DATE}),
    # Where Stripe sends live payers back to.
    "return_pages": record(
        {
            "_id": {"bsonType": "string", "pattern": "^https://[a-z0-9.-]+(:[0-9]+)?(/.*)?$", "maxLength": 400},
            "by": TEXT,
            "at": DATE,
        }
    ),
    # GridFS; its own fields may grow with the driver.
    "images.files": record(
        {
            "_id": TEXT,
            "length": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_BYTES},
            "chunkSize": {"bsonType": ["int", "long"], "minimum": 1, "maximum": MOST_CHUNK},
            "uploadDate": DATE,
            "metadata": record({"car_id": TEXT, "by": TEXT, "at": DATE, "kept": {"bsonType": "bool"}}),
        },
        closed=False,
    ),
    "images.chunks": record(
        {"_id": {"bsonType": "objectId"}, "files_id": TEXT, "n": _PART, "data": {"bsonType": "binData"}}
    ),
    "deployment": record(
        {"_id": TEXT, "mode": one_of(StripeMode), "by": TEXT, "at": DATE, "version": WHOLE, "to": WHOLE},
        optional=("mode", "by", "at", "version", "to"),
        closed=False,
    ),
    "people": PERSON.shape,
    # Who administers; the one document that two administrators changing each other at once both have to change.
    "roster": record({"_id": TEXT, "members": list_of(TEXT, 1000)}),
    # Which zone data the desk reads; empty in those of before it was noted.
    "sign_ins": record(
        {"_id": {"bsonType": "objectId"}, "account": TEXT, "at": DATE, "desk": TEXT, "zones": MAYBE_EMPTY}
    ),
    # That a booking changed, for those who may not read it whole.
    "news": record(
        {
            "_id": {"bsonType": "objectId"},
            "booking_id": TEXT,
            "car_id": TEXT,
            "branch_id": TEXT,
            "owner_id": TEXT,
            "starts_at": DATE,
            "ends_at": DATE,
            "blocking": {"bsonType": "bool"},
            "at": DATE,
        }
    ),
    "wishes": WISH.shape,
    "wish_answers": ANSWER.shape,
    "wish_keys": SIGNER.shape,
    "carriers": record({"_id": {"bsonType": "string", "pattern": "^[0-9a-f]{24}$"}, "at": DATE}),
    "movements": MOVEMENT.shape,
    # What was seen and agreed at the counter; one for each booking whose car went out.
    "agreements": AGREEMENT.shape,
    "shifts": SHIFT.shape,
    # What was found on a car; never altered but for what became of it.
    "marks": MARK.shape,
    # Issued and never altered; each is chained to the number before it (docs/decisions/0060).
    "papers": PAPER.shape,
    "series": SERIES.shape,
    # Which numbers a restored database knows no papers of; an administrator's word, never altered.
    "lost_numbers": LOST.shape,
    # What papers say of the firm and its taxes: added to, never altered.
    "legal_data": LEGAL.shape,
    "logos": LOGO.shape,
    "tax_rates": TAX.shape,
    # That a paper was drawn, and to which bytes.
    "renderings": RENDERING.shape,
    "account_requests": REQUEST.shape,
}
