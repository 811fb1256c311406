"""How a drawer's shifts are stored."""

from __future__ import annotations

from engine.adapters.mongo.client import Document
from engine.adapters.mongo.codec.reading import Unreadable
from engine.adapters.mongo.codec.stored import Stored, choice, count, maybe_empty, moment, money, parts, text
from engine.domain.counter.shift import MOST_MOVES, CashMove, CashMoveKind, Shift, ShiftState

_MOVE = Stored(
    CashMove,
    {"kind": choice(CashMoveKind), "amount": money(), "at": moment(), "by": text(), "payment_id": maybe_empty()},
)
move_document = _MOVE.document_of
SHIFT = Stored(
    Shift,
    {
        "_id": text().of("id"),
        "branch_id": text(),
        "drawer": text(),
        "number": count(),
        "opened_by": text(),
        "opened_at": moment(),
        "began_with": money(),
        "state": choice(ShiftState),
        "moves": parts(_MOVE, MOST_MOVES),
        "counted": money().unless(),
        "reason": maybe_empty(),
        "closed_by": text().unless(),
        "closed_at": moment().unless(),
    },
)
shift_document = SHIFT.document_of


def shift_of(document: Document) -> Shift:
    """Raises: Unreadable, also where not all of its money is of the currency that it began with."""
    shift = SHIFT.record_of(document)
    money = [move.amount for move in shift.moves] + [shift.counted or shift.began_with]
    if any(each.currency != shift.began_with.currency for each in money):
        raise Unreadable("moves: not all of one currency")
    return shift
