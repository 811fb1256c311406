"""A booking's past in words: what happened when and by whom, and each payment with what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import assert_never

from desktop.theme.tokens import Tone
from desktop.views.booking.refund_reason import reason_words
from desktop.views.parts.doubt_words import doubt_in_full
from desktop.widgets.timeline import TimelineEntry
from desktop.words.booking_words import TENDERS, by_a_person, step_words
from desktop.words.messages import amount, branch_time
from engine.domain.booking.balance import balance
from engine.domain.booking.booking import UNTOLD, Booking, Step
from engine.domain.booking.manual_review import LostCar
from engine.domain.booking.states import BookingState
from engine.domain.money.payment import Attempt, AttemptState, Payment, Purpose, RefundState
from engine.domain.money.tender import Tender
from engine.domain.money.trouble import Why
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_LATE_KEPT = tr("Paid after the hold was over; the car was still free")
_LATE_LOST = tr("Paid after the hold was over; the car was no longer free")
_TOO_LATE = tr("Paid after the rental would have ended")
#: What engines sign with when nobody at a desk asked for it.
_OURSELVES = frozenset({"sweeper", "stripe", "worker", "demo", "legacy"})


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment or refund.

    Attributes:
        ids: What Stripe calls it: kind and id, to be copied.
    """

    title: str
    detail: str
    tone: Tone
    ids: tuple[tuple[str, str], ...]


def car_lost_words(booking: Booking, why: LostCar) -> str:
    lost = tr("left service") if why is LostCar.CAR else tr("is in service then")
    return tr("{plate} {lost}. Move the booking to another car, or cancel it.", plate=booking.plate, lost=lost)


def by_words(account: str, before: str = " by ") -> str:
    """Who did it; nothing for whoever is not told."""
    return "" if account == UNTOLD else f"{before}{account}"


def moments_of(booking: Booking, now: datetime) -> list[TimelineEntry]:
    """Every step of the history, oldest first."""
    zone = shown_zone(booking.zone)
    steps: list[tuple[Step | None, Step]] = [(None, booking.history[0]), *pairwise(booking.history)]
    told = []
    for before, step in steps:
        title, tone = _step(booking, before, step)
        by = by_words(step.by, " · by ") if _was_asked(booking, before, step) else ""
        why = "" if step.reason is None else reason_words(step.reason)
        told.append(TimelineEntry(title, f"{branch_time(step.at, zone, now=now)}{by}", tone, why))
    return told


def late_words(booking: Booking) -> str:
    """Why a payment that came late led where it did; empty where none did."""
    for before, step in pairwise(booking.history):
        if before.state is BookingState.RELEASED:
            return _late(booking, step)
    return ""


def trouble_words(booking: Booking) -> str:  # noqa: PLR0911 -- one for each trouble
    """What keeps it from its next step; empty while it goes well or somebody has seen to it."""
    if booking.trouble is None or booking.settled_by_hand:
        return ""
    match booking.trouble.why:
        case Why.STUCK:
            return tr("Stripe has not answered for a while. It is asked again; nothing is lost.")
        case Why.SLOW:
            return tr("The money is on its way at a bank.")
        case Why.NOBODY:
            return tr("Its next step is due and no desk with a Stripe key has taken it.")
        case Why.MISMATCH:
            return tr("Stripe tells something else than was asked for. Head office must look.")
        case Why.DOUBTED:
            return doubt_in_full(booking.trouble.code)
        case Why.REFUND_FAILED:
            return tr("Stripe could not give the money back. Head office must pay it another way.")
        case Why.LAPSED:
            return tr("The card's approval ran out before the money was taken. The booking stands unpaid.")
    assert_never(booking.trouble.why)


def payments_of(booking: Booking, now: datetime) -> list[PaymentLine]:
    zone = shown_zone(booking.zone)
    pages = (_attempt(booking, attempt, zone, now) for attempt in booking.payment.attempts)
    at_counter = (_at_counter(payment, zone, now) for payment in booking.payments[1:])
    return [*pages, *_refund(booking), *at_counter, *_open_at_counter(booking)]


def _open_at_counter(booking: Booking) -> Iterator[PaymentLine]:
    still = balance(booking).open
    if booking.payment.tender is Tender.COUNTER and still.minor > 0:
        yield PaymentLine(tr("{amount} open", amount=amount(still)), tr("To be paid at the counter"), Tone.ACCENT, ())


def _at_counter(payment: Payment, zone: tzinfo, now: datetime) -> PaymentLine:
    taken, moved = payment.taken, amount(payment.amount)
    back = payment.purpose is Purpose.GIVE_BACK
    title = tr("{amount} given back", amount=moved) if back else tr("{amount} paid", amount=moved)
    by = by_words(taken.by, " · by ") if taken is not None else ""
    when = branch_time(taken.at, zone, now=now) if taken is not None else ""
    reference = taken.reference if taken is not None else ""
    ids = ((tr("reference"), reference),) if reference else ()
    return PaymentLine(title, f"{TENDERS[payment.tender]}, {when}{by}", Tone.NEUTRAL if back else Tone.POSITIVE, ids)


def _was_asked(booking: Booking, before: Step | None, step: Step) -> bool:
    """Whether somebody at a desk did it. What the clock or Stripe does is signed by the desk that took note of it."""
    given_up = step.state is BookingState.RELEASING and not _ran_out(booking, step)
    came = before is not None and before.state is BookingState.NO_SHOW
    return (by_a_person(step.state) or given_up or came or not step.moves) and step.by not in _OURSELVES


def _ran_out(booking: Booking, step: Step) -> bool:
    return step.at >= booking.hold_until


def _step(booking: Booking, before: Step | None, step: Step) -> tuple[str, Tone]:
    if step.ends is not None:
        zone = shown_zone(booking.zone)
        later = step.ends.after > step.ends.before
        told = branch_time(step.ends.after, zone)
        return (tr("Extended until {end}", end=told) if later else tr("Shortened to {end}", end=told)), Tone.ACCENT
    if step.change is not None:
        return tr(
            "Moved from {before} to {after}", before=step.change.before.label, after=step.change.after.label
        ), Tone.ACCENT
    if step.state is BookingState.RELEASING and _ran_out(booking, step):
        return tr("The hold ran out unpaid"), Tone.NEUTRAL
    if before is not None and before.state is BookingState.NO_SHOW:
        return tr("The renter came after all"), Tone.POSITIVE
    if before is not None and before.state is BookingState.RELEASED:
        return _late(booking, step), Tone.POSITIVE if step.state is BookingState.CONFIRMED else Tone.WARNING
    return step_words(step.state)


def _late(booking: Booking, step: Step) -> str:
    if step.state is BookingState.CONFIRMED:
        return _LATE_KEPT
    return _TOO_LATE if step.at >= booking.period.ends_at else _LATE_LOST


def _attempt(booking: Booking, attempt: Attempt, zone: tzinfo, now: datetime) -> PaymentLine:
    price = amount(attempt.amount)
    if attempt.captured_at is not None:
        words = (
            tr("{price} paid", price=price),
            tr("Taken {captured_at}", captured_at=branch_time(attempt.captured_at, zone, now=now)),
            Tone.POSITIVE,
        )
    else:
        words = {
            AttemptState.PREPARED: (
                tr("{price} asked for", price=price),
                tr("The payment page is being made"),
                Tone.NEUTRAL,
            ),
            AttemptState.OPEN: (tr("{price} asked for", price=price), _payable(booking, zone, now), Tone.ACCENT),
            AttemptState.PAID: (
                tr("{price} approved", price=price),
                tr("The card approved it; the money is taken next"),
                Tone.POSITIVE,
            ),
            AttemptState.EXPIRED: (
                tr("{price} not paid", price=price),
                tr("The page is closed; nothing was charged"),
                Tone.NEUTRAL,
            ),
            AttemptState.VOID: (
                tr("{price} not charged", price=price),
                tr("Let go before any money moved"),
                Tone.NEUTRAL,
            ),
            AttemptState.LAPSED: (
                tr("{price} not taken", price=price),
                tr("The card's approval ran out"),
                Tone.WARNING,
            ),
        }[attempt.state]
    ids = ((tr("payment id"), attempt.payment_intent), (tr("page id"), attempt.session_id))
    return PaymentLine(*words, tuple((kind, value) for kind, value in ids if value))


def _payable(booking: Booking, zone: tzinfo, now: datetime) -> str:
    """One time counts: the hold's. Stripe's page could be paid for longer, and is closed when the hold is over."""
    if booking.state is BookingState.AWAITING_FUNDS:
        return tr("The money is on its way")
    if booking.state is not BookingState.HELD or booking.hold_over(now):
        return tr("The page is being closed")
    return tr("The page can be paid until {hold_until}", hold_until=branch_time(booking.hold_until, zone, now=now))


def _refund(booking: Booking) -> Iterator[PaymentLine]:
    refund = booking.payment.refund
    if refund is None:
        return
    detail, tone = {
        RefundState.DUE: (tr("Stripe is asked to give it back"), Tone.ACCENT),
        RefundState.PENDING: (tr("On its way to the renter's bank"), Tone.ACCENT),
        RefundState.DONE: (tr("Given back"), Tone.NEUTRAL),
        RefundState.FAILED: (tr("Stripe could not give it back; head office must"), Tone.DANGER),
    }[refund.state]
    voided = refund.refund_id.startswith("pi_")
    ids = ((tr("refund id"), refund.refund_id),) if refund.refund_id and not voided else ()
    yield PaymentLine(
        tr("{amount} refund", amount=amount(refund.amount)),
        tr("Let go before any money moved") if voided else detail,
        tone,
        ids,
    )
