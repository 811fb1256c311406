"""Whether a stored booking is one that the program could have written: its history, its times, its attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

from engine.domain.booking.booking import Booking, Step
from engine.domain.booking.states import MOVES, BookingState
from engine.domain.money.payment import Attempt, AttemptState, Purpose
from engine.domain.money.tender import AT_THE_COUNTER, Tender

Moves = Mapping[BookingState, frozenset[BookingState]]

#: What one engine's idea of the server's time may differ from another's; servers of a set may differ a little too.
SLACK = timedelta(seconds=30)
#: Before cars were handed over at the counter: a booking was confirmed until its car came back. The migration that
#: ended it wrote the one move to ``OUT``, of bookings that had begun.
_NEVER_HANDED_OVER: Moves = MappingProxyType(
    {
        **MOVES,
        BookingState.CONFIRMED: frozenset({BookingState.COMPLETED, BookingState.CANCELLED, BookingState.OUT}),
        BookingState.NO_SHOW: frozenset(),
    }
)
#: Schema version -> the table of moves that its engines kept to, up to the next version named here.
MOVES_SINCE: Mapping[int, Moves] = MappingProxyType({1: _NEVER_HANDED_OVER, 16: MOVES})
#: State of a booking -> where its newest attempt can be then.
_ATTEMPTS: Mapping[BookingState, frozenset[AttemptState]] = MappingProxyType(
    {
        BookingState.HELD: frozenset({AttemptState.PREPARED, AttemptState.OPEN}),
        BookingState.AWAITING_FUNDS: frozenset({AttemptState.OPEN}),
        BookingState.RELEASING: frozenset(
            {AttemptState.PREPARED, AttemptState.OPEN, AttemptState.VOID, AttemptState.EXPIRED}
        ),
        BookingState.RELEASED: frozenset({AttemptState.VOID, AttemptState.EXPIRED}),
        BookingState.CONFIRMED: frozenset({AttemptState.PAID, AttemptState.LAPSED}),
        BookingState.OUT: frozenset({AttemptState.PAID, AttemptState.LAPSED}),
        BookingState.NO_SHOW: frozenset({AttemptState.PAID, AttemptState.LAPSED}),
        BookingState.COMPLETED: frozenset({AttemptState.PAID, AttemptState.LAPSED}),
        BookingState.CANCELLED: frozenset({AttemptState.PAID, AttemptState.LAPSED, AttemptState.VOID}),
        BookingState.REFUND_DUE: frozenset({AttemptState.PAID}),
        BookingState.REFUNDED: frozenset({AttemptState.PAID, AttemptState.VOID}),
    }
)
#: Where a booking can stand that is paid at the counter.
_PROMISED = frozenset(
    {
        BookingState.CONFIRMED,
        BookingState.OUT,
        BookingState.NO_SHOW,
        BookingState.COMPLETED,
        BookingState.CANCELLED,
    }
)
#: Attempts that are over, as every attempt but the newest is.
_OVER = frozenset({AttemptState.VOID, AttemptState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Reached:
    """Attributes: ``at`` is when the deployment came to that schema version (server time, UTC)."""

    version: int
    at: datetime


def moves_at(at: datetime, reached: Sequence[Reached] = ()) -> Moves:
    """The table of moves by which a step of that moment was taken."""
    first = min(MOVES_SINCE)
    version = max((each.version for each in reached if each.at <= at), default=first)
    return MOVES_SINCE[max((each for each in MOVES_SINCE if each <= version), default=first)]


def history_is_lawful(booking: Booking, reached: Sequence[Reached] = ()) -> bool:
    """Whether it begins with a hold, ends where the booking stands, and each move between is in its table."""
    steps = booking.history
    if not steps or steps[0].state is not BookingState.HELD or steps[-1].state is not booking.state:
        return False
    return steps[0].moves and all(_follows(before, after, reached) for before, after in pairwise(steps))


def _follows(before: Step, after: Step, reached: Sequence[Reached]) -> bool:
    if after.ends is not None:
        return after.change is None and before.state is after.state is BookingState.OUT
    if after.change is not None:
        return before.state is after.state and after.state in (BookingState.CONFIRMED, BookingState.OUT)
    return after.state in moves_at(after.at, reached)[before.state]


def cars_are_lawful(booking: Booking, reached: Sequence[Reached] = ()) -> bool:
    """Whether each car follows the one before, up to the one that the booking has, and none after it was out.

    While nobody said when a car was handed over, it was out from the agreed pick-up on.
    """
    changes = booking.changes
    if not changes:
        return True
    then = [each.before for each in changes[1:]] + [booking.car]
    if any(each.after != car for each, car in zip(changes, then, strict=True)):
        return False
    if any(each.before.car_id == each.after.car_id for each in changes):
        return False
    latest = max(step.at for step in booking.history if step.change is not None)
    return latest <= booking.period.starts_at + SLACK or moves_at(latest, reached) is not _NEVER_HANDED_OVER


def times_are_lawful(booking: Booking, now: datetime) -> bool:
    """Whether the steps follow one another, begin with the booking, and none is still to come; and so do its ends."""
    ends = [step.ends for step in booking.history if step.ends is not None]
    then = [each.before for each in ends[1:]] + [booking.period.ends_at]
    if any(each.after != end for each, end in zip(ends, then, strict=False)):
        return False
    times = [booking.created_at, *(step.at for step in booking.history)]
    if abs(times[1] - times[0]) > SLACK or max(times) > now + SLACK:
        return False
    return all(after >= before - SLACK for before, after in pairwise(times))


def attempts_are_lawful(booking: Booking) -> bool:
    """Whether they are counted from 1, all but the newest are over, and the newest fits the booking's state.

    They are those of the first payment, on pages of Stripe's, of which is given back once at most. What is paid at the
    counter has none, and no engine gives it back.
    """
    payment = booking.payment
    usual = (f"{booking.id}:1", Purpose.RENTAL)
    first = (payment.id, payment.purpose) == usual and len(payment.refunds) <= 1 and payment.taken is None
    if not first or not _counter_is_lawful(booking):
        return False
    if payment.tender is Tender.COUNTER:
        return not payment.attempts and not payment.refunds and booking.state in _PROMISED
    if payment.tender is not Tender.CHECKOUT or not payment.attempts:
        return False
    *older, newest = booking.payment.attempts
    if [attempt.n for attempt in booking.payment.attempts] != list(range(1, len(booking.payment.attempts) + 1)):
        return False
    if any(attempt.state not in _OVER for attempt in older) or newest.state not in _ATTEMPTS[booking.state]:
        return False
    return _names_what_it_has(newest)


def _counter_is_lawful(booking: Booking) -> bool:
    """Whether the payments after the first changed hands at the counter, and never more went back than was taken."""
    left = Counter[Tender]()
    for n, payment in enumerate(booking.payments[1:], 2):
        plain = payment.tender in AT_THE_COUNTER and payment.taken is not None and payment.amount.minor > 0
        if not plain or payment.id != f"{booking.id}:{n}" or payment.attempts or payment.refunds or payment.trouble:
            return False
        if payment.amount.currency != booking.price.currency or booking.state not in _PROMISED:
            return False
        sign = -1 if payment.purpose is Purpose.GIVE_BACK else 1
        left[payment.tender] += sign * payment.amount.minor
        if left[payment.tender] < 0:
            return False
    return True


def _names_what_it_has(attempt: Attempt) -> bool:
    if attempt.state is AttemptState.PREPARED:
        return not (attempt.session_id or attempt.payment_intent or attempt.captured_at)
    if attempt.state is AttemptState.OPEN:
        return bool(attempt.session_id) and not (attempt.payment_intent or attempt.captured_at)
    if attempt.state is AttemptState.PAID:
        return bool(attempt.session_id and attempt.payment_intent)
    if attempt.state is AttemptState.LAPSED:
        return bool(attempt.session_id and attempt.payment_intent) and attempt.captured_at is None
    # What was taken is over by being given back only: it was never let go.
    return attempt.captured_at is None
