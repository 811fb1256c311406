"""How marks on cars are stored."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Unreadable
from engine.adapters.mongo.codec.stored import Stored, choice, count, moment, part, text, texts, whole
from engine.domain.car.body_parts import FULL, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.condition import (
    LEAST_SEVERE,
    LONGEST_MM,
    MOST_SEVERE,
    Ended,
    Found,
    FoundWhen,
    Mark,
    MarkKind,
    MarkState,
)
from engine.domain.car.photo import MOST_PHOTOS

#: As many as an agreement has.
MOST_LEGS = 50
_FOUND = Stored(
    Found,
    {
        "by": text(),
        "at": moment(),
        "agreement_id": text().unless(""),
        "leg": whole(1, MOST_LEGS).unless(0),
        "when": choice(FoundWhen).unless(),
    },
)
_ENDED = Stored(Ended, {"by": text(), "at": moment(), "why": text()})
MARK = Stored(
    Mark,
    {
        "_id": text().of("id"),
        "car_id": text(),
        "n": count(),
        "view": choice(View).of("place.view"),
        "x": whole(0, FULL).of("place.x"),
        "y": whole(0, FULL).of("place.y"),
        "part": text(),
        "kind": choice(MarkKind),
        "severity": whole(LEAST_SEVERE, MOST_SEVERE),
        "mm": whole(1, LONGEST_MM).unless(),
        "photos": texts(MOST_PHOTOS),
        "found": part(_FOUND),
        "state": choice(MarkState),
        "follows": text().unless(),
        "ended": part(_ENDED).unless(),
    },
    together={"place": Place},
)
mark_document = MARK.document_of


def mark_of(document: Document) -> Mark:
    """Raises: Unreadable, also where its state and what became of it do not fit, or half of where it was found."""
    mark = MARK.record_of(document)
    if mark.is_open is not (mark.ended is None):
        raise Unreadable(f"ended: does not fit a mark that is {mark.state}")
    found = mark.found
    if not bool(found.agreement_id) is bool(found.leg) is (found.when is not None):
        raise Unreadable("found: names half of an agreement's leg")
    return mark
