"""What is said of renters: who is blocked, known twice, merged, or changed at another desk."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import assert_never

from desktop.words.figures import date_text, day_time, desk_zone
from engine.domain.booking.booking import Booking
from engine.domain.firm.audit import AuditRow
from engine.domain.money.payment import AttemptState, RefundState
from engine.domain.people.bill_to import BillTo
from engine.domain.people.driving import day_of
from engine.domain.people.people import Renter
from engine.domain.people.renter_errors import (
    RenterBlocked,
    RenterHasAccount,
    RenterKnown,
    RenterMerged,
    RenterOvertaken,
)
from engine.domain.people.renters import Block, Shared
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

CODES = frozenset(
    {RenterBlocked.code, RenterKnown.code, RenterMerged.code, RenterHasAccount.code, RenterOvertaken.code}
)


@singledispatch
def renter_sentence(problem: DriveSphereError) -> str:
    """What happened, and what to do next."""
    raise TypeError(f"no problem with a renter: {problem.code}")


@renter_sentence.register
def _blocked(problem: RenterBlocked) -> str:
    return tr("Nothing new is booked for this renter. {block}", block=block_words(problem.block))


@renter_sentence.register
def _known(_problem: RenterKnown) -> str:
    return tr("Somebody with this e-mail address or telephone is known already. Choose one of them, or add another.")


@renter_sentence.register
def _merged(_problem: RenterMerged) -> str:
    return tr("This renter was merged with another one meanwhile. Load again to see who it is now.")


@renter_sentence.register
def _has_account(problem: RenterHasAccount) -> str:
    return tr(
        "The renter that would go signs in as {account}. Keep that one instead, or ask an administrator "
        "to give the account the other renter first.",
        account=problem.account,
    )


@renter_sentence.register
def _overtaken(problem: RenterOvertaken) -> str:
    by = problem.by or tr("Another desk")
    if problem.at is None:
        return tr("{by} changed this renter. Load again to see how it is now.", by=by)
    return tr("{by} changed this renter at {at}. Load again to see how it is now.", by=by, at=_when(problem.at))


def block_words(block: Block) -> str:
    """``Blocked by lena since Tue 6 Oct 09:02: Damage to B-YD 7979``, in one or two sentences."""
    facts = {"by": block.by, "since": _when(block.since), "reason": block.reason}
    if block.until is None:
        return tr("Blocked by {by} since {since}: {reason}", **facts)
    return tr("Blocked by {by} since {since}, until {until}: {reason}", until=_when(block.until), **facts)


def bill_to_text(bill_to: BillTo) -> str:
    """In whose name and where to invoices go, a line for each."""
    vat_id = tr("VAT id {vat_id}", vat_id=bill_to.vat_id) if bill_to.vat_id else ""
    town = f"{bill_to.postcode} {bill_to.town}".strip()
    lines = (bill_to.company, bill_to.street, town, bill_to.in_country, vat_id)
    return "\n".join(filter(None, lines)) or tr("No address yet")


def driving_text(renter: Renter) -> str:
    """``Born 14 Mar 1987 · licence since 1 Apr 2006 · licence until 1 Apr 2036``, as far as somebody wrote it down."""
    born, since, until = (day_of(kept) for kept in (renter.born, renter.licence_since, renter.licence_until))
    told = (
        tr("Born {day}", day=date_text(born)) if born is not None else "",
        tr("licence since {day}", day=date_text(since)) if since is not None else "",
        tr("licence until {day}", day=date_text(until)) if until is not None else "",
    )
    return " · ".join(filter(None, told)) or tr("No day of birth or of the licence yet")


def shared_words(shared: frozenset[Shared]) -> str:
    """``same telephone``, ``same e-mail address and telephone``."""
    if len(shared) > 1:
        return tr("same e-mail address and telephone")
    return tr("same e-mail address") if Shared.EMAIL in shared else tr("same telephone")


def _when(at: datetime) -> str:
    return day_time(at, desk_zone())


#: What of the audit is told on the renter's page.
_CHANGES = {
    "renter.added": tr("Added"),
    "renter.mended": tr("Details changed"),
    "renter.told_apart": tr("Known to be somebody else"),
    "renter.blocked": tr("Blocked"),
    "renter.unblocked": tr("Block lifted"),
    "renter.noted": tr("Note"),
    "renter.merged": tr("Merged"),
    "renter.bookings_moved": tr("Bookings moved"),
}
_REFUNDS = {
    RefundState.DUE: tr("On its way"),
    RefundState.PENDING: tr("On its way to the bank"),
    RefundState.DONE: tr("Given back"),
    RefundState.FAILED: tr("Failed; head office must"),
}


def change_words(row: AuditRow) -> tuple[str, str]:
    """What was done, and the values before and after; what is not known by name is told as it is stored."""
    what = _CHANGES.get(row.what, row.what)
    names = dict.fromkeys((*row.before, *row.after))
    return what, "; ".join(_one_change(name, row.before.get(name, ""), row.after.get(name, "")) for name in names)


def _one_change(name: str, before: str, after: str) -> str:
    if before and after:
        return f"{name}: {before} → {after}"
    return f"{name}: {after or before}"


def payment_words(booking: Booking, now: datetime) -> str:
    """How the last try at being paid stands."""
    attempt, zone = booking.payment.newest, shown_zone(booking.zone)
    if attempt is None:
        return tr("At the counter")
    if attempt.captured_at is not None:
        return tr("Paid {captured_at}", captured_at=day_time(attempt.captured_at, zone, now=now))
    match attempt.state:
        case AttemptState.PAID:
            return tr("Approved, not taken yet")
        case AttemptState.OPEN:
            return tr("Page open, not paid yet")
        case AttemptState.LAPSED:
            return tr("Approved, never taken")
        case AttemptState.PREPARED | AttemptState.EXPIRED | AttemptState.VOID:
            return tr("Not paid")
    assert_never(attempt.state)


def refund_words(booking: Booking) -> str:
    return _REFUNDS[booking.payment.refund.state] if booking.payment.refund is not None else ""
