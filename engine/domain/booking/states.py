"""What each state of a booking means to the engine, told in one place.

A new state is red in mypy until ``facts_of`` has it; lists of states elsewhere are made from here. What the window says
of it stands in ``desktop/words/booking_words.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType
from typing import assert_never


class BookingState(StrEnum):
    HELD = auto()
    RELEASING = auto()
    RELEASED = auto()
    AWAITING_FUNDS = auto()
    CONFIRMED = auto()  #: paid or promised, and the car was not handed over yet
    OUT = auto()  #: the car was handed over and is not back
    NO_SHOW = auto()  #: nobody came for it, and the car was let go
    COMPLETED = auto()
    CANCELLED = auto()
    REFUND_DUE = auto()
    REFUNDED = auto()


class Standing(StrEnum):
    """A booking's state as people are told it."""

    PENDING = auto()
    CONFIRMED = auto()
    OUT = auto()
    COMPLETED = auto()
    NO_SHOW = auto()
    EXPIRED = auto()
    CANCELLED = auto()


class MoneyExpected(StrEnum):
    """Whether money belongs to a booking that stands so."""

    NONE = auto()  #: none was paid, and none will be
    ASKED = auto()  #: it may be paid at any moment
    PAID = auto()  #: it was paid
    RETURNED = auto()  #: it was paid, and some or all of it goes back


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What holds of every booking in one state.

    Attributes:
        blocks: Nobody else can have the car. The availability query, the overlap check and the index all use this.
        next: Where it may go; empty where it ends.
        hold: A renter has not paid yet; the clock or Stripe ends it.
        due: Its next step is an engine's, and due as soon as it is reached.
        takes: A payment that was approved for it is taken.
    """

    standing: Standing
    money: MoneyExpected
    next: frozenset[BookingState]
    blocks: bool = False
    hold: bool = False
    due: bool = False
    takes: bool = False


def facts_of(state: BookingState) -> StateFacts:  # noqa: C901, PLR0911 -- one for each state
    to = _to
    match state:
        case BookingState.HELD:
            goals = to("confirmed releasing awaiting_funds")
            return StateFacts(Standing.PENDING, MoneyExpected.ASKED, goals, blocks=True, hold=True)
        case BookingState.AWAITING_FUNDS:
            return StateFacts(Standing.PENDING, MoneyExpected.ASKED, to("confirmed releasing"), due=True, blocks=True)
        case BookingState.RELEASING:
            goals = to("released confirmed")
            return StateFacts(Standing.PENDING, MoneyExpected.ASKED, goals, blocks=True, hold=True, due=True)
        case BookingState.RELEASED:
            return StateFacts(Standing.EXPIRED, MoneyExpected.NONE, to("confirmed refund_due"))
        case BookingState.CONFIRMED:
            return StateFacts(
                Standing.CONFIRMED, MoneyExpected.PAID, to("out no_show cancelled"), takes=True, blocks=True
            )
        case BookingState.OUT:
            return StateFacts(Standing.OUT, MoneyExpected.PAID, to("completed"), takes=True, blocks=True)
        case BookingState.NO_SHOW:
            return StateFacts(Standing.NO_SHOW, MoneyExpected.PAID, to("confirmed"), takes=True)
        case BookingState.COMPLETED:
            return StateFacts(Standing.COMPLETED, MoneyExpected.PAID, to(""), takes=True)
        case BookingState.CANCELLED:
            return StateFacts(Standing.CANCELLED, MoneyExpected.RETURNED, to(""), takes=True)
        case BookingState.REFUND_DUE:
            return StateFacts(Standing.CANCELLED, MoneyExpected.RETURNED, to("refunded"), due=True)
        case BookingState.REFUNDED:
            return StateFacts(Standing.CANCELLED, MoneyExpected.RETURNED, to(""))
    assert_never(state)


def _to(names: str) -> frozenset[BookingState]:
    return frozenset(map(BookingState, names.split()))


FACTS = MappingProxyType({state: facts_of(state) for state in BookingState})
#: The renter had the car, or has it.
TOOK_PLACE = frozenset({BookingState.OUT, BookingState.COMPLETED})
#: States in which nobody else can have the car.
BLOCKING = tuple(state for state, facts in FACTS.items() if facts.blocks)
#: The whole state machine (docs/payment-protocol.md): from -> where it may go.
MOVES = MappingProxyType({state: facts.next for state, facts in FACTS.items()})
STANDING = MappingProxyType({state: facts.standing for state, facts in FACTS.items()})
