"""When a rental is done with: its car is back and nothing is open; and how one that was closed is opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engine.domain.agreement.agreement import Agreement, AgreementState, AgreementStep, Waived, further_of
from engine.domain.agreement.charges import AT_RETURN, Charging, Due, charged
from engine.domain.agreement.reading import LONGEST_REASON
from engine.domain.booking.balance import Balance, balance
from engine.domain.booking.booking import Booking
from engine.domain.money.payment import AttemptState
from engine.domain.money.pricing import LineKind
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import MoveRefused, RuleBroken
from engine.domain.shared.text import clean

#: The car is back, and money may still move.
OPEN_STATES = frozenset({AgreementState.RETURNED, AgreementState.REOPENED})
#: As often as it can be closed and opened again.
_MOST_STEPS = 400


class BalanceOpen(RuleBroken):
    """Something is still to be paid, or to be given back: the rental cannot be closed. Attributes: ``balance``."""

    code = "agreement.balance_open"

    def __init__(self, told: Balance) -> None:
        super().__init__(f"{told.open.minor} {told.open.currency} open")
        self.balance = told


class AgreementClosed(RuleBroken):
    """No money moves for a rental that is closed; it has to be opened again first."""

    code = "agreement.closed"

    def __init__(self, booking_id: str) -> None:
        super().__init__(booking_id)
        self.booking_id = booking_id


class Invoiced(RuleBroken):
    """What is charged stands on an invoice: it has to be credited first. Attributes: ``number`` is the invoice's."""

    code = "agreement.invoiced"

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def settled(booking: Booking, agreement: Agreement) -> bool:
    """Whether nothing is to be paid or given back; a page that nobody paid yet is no money."""
    page = booking.payment.newest
    paid = page is None or page.state in {AttemptState.PAID, AttemptState.LAPSED}
    return paid and balance(booking, further_of(booking, agreement)).open.minor == 0


def closed(agreement: Agreement, booking: Booking, at: datetime, by: AccountName) -> Agreement:
    """The next version, of a rental that is done with.

    Raises:
        MoveRefused: Its car is not back, or it is closed already.
        BalanceOpen: Something is to be paid or given back.
    """
    if agreement.state not in OPEN_STATES:
        raise MoveRefused(agreement.state, AgreementState.CLOSED)
    if not settled(booking, agreement):
        raise BalanceOpen(balance(booking, further_of(booking, agreement)))
    return _stepped(agreement, AgreementState.CLOSED, at, by)


def closed_by_itself(agreement: Agreement, booking: Booking, at: datetime, by: AccountName) -> Agreement | None:
    """The same version, closed, if its car is back and nothing is open any more; None otherwise."""
    if agreement.state not in OPEN_STATES or not settled(booking, agreement):
        return None
    return replace(_stepped(agreement, AgreementState.CLOSED, at, by), version=agreement.version)


def reopened(agreement: Agreement, at: datetime, by: AccountName, reason: str) -> Agreement:
    """The next version: money moves again, and charges may be corrected. Papers stay as they are.

    Raises:
        InvalidText: ``reason`` cannot be kept, or is none.
        MoveRefused: It is not closed, or was opened again too often.
    """
    why = clean("reason", reason, longest=LONGEST_REASON)
    if agreement.state is not AgreementState.CLOSED or len(agreement.history) >= _MOST_STEPS:
        raise MoveRefused(agreement.state, AgreementState.REOPENED)
    return _stepped(agreement, AgreementState.REOPENED, at, by, why)


def recharged(agreement: Agreement, due: Due, charging: Charging, at: datetime, by: AccountName) -> Agreement:
    """The next version, with what its return costs as *charging* says now; what was read stays.

    Raises:
        InvalidText: ``reason``: something is waived, and nobody says why.
        MoveRefused: Its car is not back or it is closed, something is waived that is not charged, or nothing changes.
    """
    back, place = agreement.leg.back, agreement.returned_to
    if agreement.state not in OPEN_STATES or back is None or place is None:
        raise MoveRefused(agreement.state, "other charges")
    added, waived = charged(agreement, back, place, due, charging)
    before = {each.line.kind: each for each in agreement.waived}
    # What stays waived stays so by whom it was, unless another reason is given now.
    told = tuple(_first_said(replace(each, at=at, by=by), before.get(each.line.kind)) for each in waived)
    kept = tuple(line for line in agreement.lines if line.kind not in AT_RETURN)
    after = replace(agreement, lines=(*kept, *added), waived=told, version=agreement.version + 1)
    if (after.lines, after.waived) == (agreement.lines, agreement.waived):
        raise MoveRefused("the same charges", "other charges")
    return after


def charging_of(agreement: Agreement) -> Charging:
    """What was said of the charges of a car that came back."""
    every = [*agreement.lines, *(each.line for each in agreement.waived)]
    cleaning = any(line.kind is LineKind.CLEANING for line in every)
    return Charging(cleaning, tuple((each.line.kind, each.reason) for each in agreement.waived))


def _first_said(now: Waived, before: Waived | None) -> Waived:
    same = before is not None and (before.line, before.reason) == (now.line, now.reason)
    return before if before is not None and same else now


def _stepped(agreement: Agreement, state: AgreementState, at: datetime, by: AccountName, reason: str = "") -> Agreement:
    step = AgreementStep(state, at, by, reason)
    return replace(agreement, state=state, history=(*agreement.history, step), version=agreement.version + 1)
