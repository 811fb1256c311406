"""What is checked of a stored booking before money moves, and what may be asked of Stripe once it was believed.

A row is only a claim: whoever has an account's password can write one past the program. So nothing is opened, captured,
voided or given back before ``doubt_of`` found nothing, and the gateway takes no order that did not come out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from zoneinfo import ZoneInfo

from engine.domain.booking import frozen
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.changed_car import as_booked
from engine.domain.booking.giving_back import Reason, owed, reason_of
from engine.domain.booking.states import BookingState
from engine.domain.booking.successor import (
    SLACK,
    Reached,
    attempts_are_lawful,
    cars_are_lawful,
    history_is_lawful,
    times_are_lawful,
)
from engine.domain.car.car import CarTerms, TermsSince
from engine.domain.car.handing_over import fees_in
from engine.domain.car.opening_hours import Fee
from engine.domain.firm.settings import FirmSettings, Revision, settings_at
from engine.domain.money.addresses import returns_here
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, IntentFacts, PageFacts, Payment, Refund
from engine.domain.money.pricing import quote
from engine.domain.money.tender import Tender
from engine.domain.shared.errors import DriveSphereError, Forbidden, NotBelieved

#: A desk may go by rules that it read half a minute ago.
_RULES_SLACK = timedelta(minutes=1)
#: Every engine carries out a cancellation at once, and the sweeper within its minute. One of which nobody heard for
#: so long, told after the car was due out, is for a person: only its own row says when it was.
_HEARD_WITHIN = timedelta(hours=1)


class Doubt(StrEnum):
    """Why a row is not believed."""

    HISTORY = auto()  #: its history does not lead to where it stands by moves that there are
    TIMES = auto()  #: its times are out of order, or still to come
    ATTEMPTS = auto()  #: its payment attempts do not fit its state
    CAR = auto()  #: the cars that it went on with do not follow each other, or are not what their terms say
    RULES = auto()  #: commission, cancellation or hold are not those that the firm had then
    PRICE = auto()  #: its price is not what the car's terms and its days make
    OWN_PRICE = auto()  #: older than the series of terms: its price is not what its own lines and days make
    REQUEST = auto()  #: what is to be asked of Stripe is not what the program freezes
    RETURN_PAGE = auto()  #: the payer would be sent to a page that nobody recorded
    REFUND = auto()  #: what is to be given back is not what the rules say
    CAR_WAS_OUT = auto()  #: it is to be given back although the car was out, or came back
    PAYMENT = auto()  #: Stripe's payment is not this booking's
    DAMAGED = auto()  #: it cannot be read as a booking


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a row is held against; written by others than whoever may write bookings.

    Attributes:
        now: The server's time (UTC).
        revisions: The firm's rules, every decision.
        terms: Those of its car's series that the booking names, if they held then (``terms_then``); else None.
        moved_by: Of each car that it went on with, the terms that are named for that, if they held then; else None.
        older_than_terms: The booking is older than its car's series of terms, so it is compared with itself.
        return_pages: Success URLs that an administrator recorded.
        live: Whether the firm takes live payments; else a desk's own page on its computer is good.
        demo: Whether provisioning marked the deployment as the demo, whose past was made up.
        returned: A counter wrote down that the car came back from this rental.
        taken_at: When money was first posted for it; None if it was not, or nothing hangs on it.
        ledger_seen: Whether this engine's account may read the ledger.
        reached: When the deployment came to which schema version.
        fees: What its branches ask for handing over, or did once; empty where its price has none.
    """

    now: datetime
    revisions: Sequence[Revision]
    terms: CarTerms | None = None
    older_than_terms: bool = True
    return_pages: frozenset[str] = frozenset()
    live: bool = True
    demo: bool = False
    returned: bool = False
    taken_at: datetime | None = None
    ledger_seen: bool = False
    reached: Sequence[Reached] = ()
    moved_by: Sequence[CarTerms | None] = ()
    fees: frozenset[Fee] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Attributes: ``request`` is sent as it is stored, under ``key``."""

    request: str
    key: str


@dataclass(frozen=True, slots=True)
class Capture:
    payment_intent: str
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class VoidPayment:
    payment_intent: str
    key: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Attributes: ``tags`` are the payment's own; Stripe's events about a refund carry the refund's only."""

    payment_intent: str
    amount: Money
    key: str
    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Believed:
    """A booking in which nothing was doubted. Made by ``believe`` alone; the only source of orders for the gateway.

    Attributes:
        outdated: Its newest attempt was frozen by an older release, in the words of then.
        ledger_seen: Whether the ledger was asked, too, what it knows of the booking.
    """

    booking: Booking
    outdated: bool = False
    ledger_seen: bool = False

    @property
    def payment(self) -> Payment:
        """What orders are about."""
        return self.booking.payment

    def page(self) -> OpenPage:
        attempt = self.payment.attempt
        return OpenPage(attempt.request, f"co:{self.booking.id}:{attempt.n}")

    def capture(self, intent: IntentFacts) -> Capture:
        """Raises: NotBelieved, when *intent* is not this booking's payment."""
        self._must_own(intent)
        return Capture(intent.payment_intent, self.payment.attempt.amount, self._key("cap", intent))

    def void(self, intent: IntentFacts) -> VoidPayment:
        """Raises: NotBelieved, when *intent* is not this booking's payment."""
        self._must_own(intent)
        return VoidPayment(intent.payment_intent, self._key("void", intent))

    def give_back(self, refund: Refund, intent: IntentFacts) -> GiveBack:
        """What was taken is given back.

        Raises:
            NotBelieved: *intent* is not this booking's payment, or the refund is not what is owed.
            Forbidden: Only who may read the ledger can tell a rental that took place from a car that was gone.
        """
        self._must_own(intent)
        if reason_of(self.booking) is Reason.CAR_GONE and not self.ledger_seen:
            raise Forbidden("this account may not look up whether the money was taken for a rental")
        if refund.amount != owed(self.booking):
            raise NotBelieved(self.booking.id, Doubt.REFUND)
        return GiveBack(intent.payment_intent, refund.amount, self._key("rf", intent), tuple(intent.tags.items()))

    def void_stray(self, own: IntentFacts | None, page: PageFacts) -> VoidPayment:
        """A further page of this booking was paid; *own* is the payment that the booking counts on, if it does.

        Raises:
            NotBelieved: The booking counts on a payment that is not its own, so this may be the one it should name.
        """
        if own is not None:
            self._must_own(own)
        if page.booking_id != self.booking.id:
            raise NotBelieved(self.booking.id, Doubt.PAYMENT)
        return VoidPayment(page.payment_intent, f"void:{self.booking.id}:{page.payment_intent}")

    def _must_own(self, intent: IntentFacts) -> None:
        """It is the newest attempt's payment by Stripe's word: its tags and its amount, not only its id in the row."""
        booking, attempt = self.booking, self.payment.attempt
        named = frozen.names(booking, attempt, intent.tags)
        if intent.payment_intent != attempt.payment_intent or intent.amount != attempt.amount or not named:
            raise NotBelieved(booking.id, Doubt.PAYMENT)

    def _key(self, verb: str, intent: IntentFacts) -> str:
        return f"{verb}:{self.booking.id}:{intent.payment_intent}"


@dataclass(frozen=True, slots=True)
class DecidedByHand:
    """What an administrator decided on a booking that is not believed: orders by Stripe's word, none by its row's.

    Made by ``services.unbelieved`` alone (docs/decisions/0045).
    """

    booking_id: BookingId

    def give_back(self, intent: IntentFacts, amount: Money) -> GiveBack:
        """Raises: NotBelieved, when Stripe does not call *intent* a payment of this booking."""
        self._must_own(intent)
        return GiveBack(intent.payment_intent, amount, self._key("rf", intent), tuple(intent.tags.items()))

    def void(self, intent: IntentFacts) -> VoidPayment:
        """Raises: NotBelieved, when Stripe does not call *intent* a payment of this booking."""
        self._must_own(intent)
        return VoidPayment(intent.payment_intent, self._key("void", intent))

    def _must_own(self, intent: IntentFacts) -> None:
        if intent.tags.get("booking") != self.booking_id:
            raise NotBelieved(self.booking_id, Doubt.PAYMENT)

    def _key(self, verb: str, intent: IntentFacts) -> str:
        """One for each booking and payment, whoever decides how often."""
        return f"hand:{verb}:{self.booking_id}:{intent.payment_intent}"


def believe(booking: Booking, evidence: Evidence) -> Believed:
    """Raises: NotBelieved, naming the first doubt."""
    try:
        doubt = doubt_of(booking, evidence)
    except (DriveSphereError, ValueError, TypeError, LookupError, ArithmeticError, OSError) as problem:
        # Values of the right type that no computation takes: a zone that is none, a price without lines.
        raise NotBelieved(booking.id, Doubt.DAMAGED) from problem
    if doubt is not None:
        raise NotBelieved(booking.id, doubt)
    return Believed(booking, _version(booking) not in (None, frozen.NEWEST), evidence.ledger_seen)


def doubt_of(booking: Booking, evidence: Evidence) -> Doubt | None:
    """The first thing about *booking* that is not as the program writes it; None if all is."""
    lawful: dict[Doubt, Callable[[], bool]] = {
        Doubt.HISTORY: lambda: history_is_lawful(booking, evidence.reached),
        Doubt.TIMES: lambda: times_are_lawful(booking, evidence.now),
        Doubt.ATTEMPTS: lambda: attempts_are_lawful(booking),
        Doubt.CAR: lambda: cars_are_lawful(booking, evidence.reached) and _cars_are_the_terms(booking, evidence),
        Doubt.RULES: lambda: _rules_held(booking, evidence.revisions),
        Doubt.OWN_PRICE: lambda: _price_is_its_own(booking),
        Doubt.PRICE: lambda: _price_is_the_terms(booking, evidence),
        Doubt.REQUEST: lambda: _asks_nothing(booking, evidence) or _version(booking) is not None,
        Doubt.RETURN_PAGE: lambda: _asks_nothing(booking, evidence) or _comes_back_here(booking, evidence),
        Doubt.REFUND: lambda: _refund_is_owed(booking),
        Doubt.CAR_WAS_OUT: lambda: not _car_was_out(booking, evidence),
    }
    return next((doubt for doubt, holds in lawful.items() if not holds()), None)


def _rules_held(booking: Booking, revisions: Sequence[Revision]) -> bool:
    """Whether commission, cancellation, hold and being paid later are those of the firm then."""
    return any(
        booking.quote.commission_bp == rules.commission_bp
        and booking.cancellation == rules.cancellation
        and booking.hold_until <= booking.created_at + rules.hold + SLACK
        and (_is_paid_on_a_page(booking) or booking.period.starts_at <= booking.created_at + rules.unpaid_ahead + SLACK)
        for rules in _rules_at(booking.created_at, revisions)
    )


def _is_paid_on_a_page(booking: Booking) -> bool:
    return booking.payment.tender is Tender.CHECKOUT


def _rules_at(at: datetime, revisions: Sequence[Revision]) -> Iterable[FirmSettings]:
    return (settings_at(revisions, at - slack) for slack in (timedelta(0), _RULES_SLACK, -SLACK))


def _price_is_its_own(booking: Booking) -> bool:
    """Whether days, lines, total and attempts agree with each other, whatever the car's terms were."""
    line, *fees = booking.quote.lines
    if fees_in(fees) is None:
        return False
    share = booking.quote.commission_bp
    made = quote(line.unit, booking.sold_period, zone=ZoneInfo(booking.zone), commission_bp=share, fees=fees)
    payment = booking.payment
    asked = {payment.amount, *(attempt.amount for attempt in payment.attempts)}
    return made == booking.quote and asked == {made.total}


def terms_then(booking: Booking, named: TermsSince | None, first: TermsSince | None) -> tuple[CarTerms | None, bool]:
    """The terms by which *booking* may be priced, and whether it is older than the series.

    *named* are those of the series that it names, *first* are those with which the series began.
    """
    made, priced = booking.created_at, booking.priced
    if priced is None:
        # One that only says so is not older.
        return None, first is None or made < first.at + SLACK
    if named is None or (priced.car_id, priced.terms_n) != (named.terms.car_id, named.terms.n):
        return None, False
    return held_then(named, made), False


def held_then(terms: TermsSince | None, at: datetime) -> CarTerms | None:
    """*terms* if they held at *at*, give or take what clocks differ by; else None."""
    if terms is None or at < terms.at - SLACK or (terms.until is not None and at > terms.until + SLACK):
        return None
    return terms.terms


def _cars_are_the_terms(booking: Booking, evidence: Evidence) -> bool:
    changes = booking.changes
    if len(changes) != len(evidence.moved_by):
        return False
    return all(
        terms is not None and as_booked(terms) == change.after and terms.branch_id == booking.branch_id
        for change, terms in zip(changes, evidence.moved_by, strict=True)
    )


def _price_is_the_terms(booking: Booking, evidence: Evidence) -> bool:
    if not evidence.fees.issuperset(fees_in(booking.quote.lines[1:]) or ()):
        return False
    terms = evidence.terms
    if terms is None:
        return evidence.older_than_terms
    sold = booking.sold
    told = (sold.car_id, sold.label, sold.owner_id, booking.branch_id, booking.zone)
    agreed = (terms.car_id, terms.label, terms.owner_id, terms.branch_id, terms.zone)
    return told == agreed and booking.quote.lines[0].unit == terms.daily_rate


#: What the demo's made-up past has in place of a request.
DRAWN_REQUEST = '{"demo":true}'


def _is_drawn(booking: Booking, evidence: Evidence) -> bool:
    newest = booking.payment.newest
    drawn = newest is not None and newest.request == DRAWN_REQUEST and newest.state is not AttemptState.PREPARED
    # A worker's account may mark a deployment as the demo; no demo takes money.
    return evidence.demo and not evidence.live and drawn


def _asks_nothing(booking: Booking, evidence: Evidence) -> bool:
    """Nothing was asked of Stripe for it: it is paid at the counter, or its past is made up."""
    return booking.payment.newest is None or _is_drawn(booking, evidence)


def _version(booking: Booking) -> int | None:
    """None, too, where nothing was asked."""
    if booking.payment.newest is None:
        return None
    order = frozen.order_of(booking, booking.payment.attempt)
    return None if order is None else frozen.version_of(order, booking.payment.attempt.request)


def _comes_back_here(booking: Booking, evidence: Evidence) -> bool:
    order = frozen.order_of(booking, booking.payment.attempt)
    page, _, asked = order.return_url.partition("?") if order else ("", "", "")
    known = page in evidence.return_pages or (not evidence.live and returns_here(page))
    return known and asked == f"booking={booking.id}"


def _refund_is_owed(booking: Booking) -> bool:
    """Whether what is still to be given back is what the one function says."""
    refund = booking.payment.refund
    if booking.state is BookingState.CANCELLED and not booking.payment.comes_to(AttemptState.PAID):
        return not booking.refund_waits
    if booking.refund_waits or booking.money_waits:
        return (refund.amount if refund else Money(0, booking.price.currency)) == owed(booking)
    return True


def _car_was_out(booking: Booking, evidence: Evidence) -> bool:
    """Whether there is a word, other than the row's own, that the rental took place."""
    reason = reason_of(booking)
    if reason is None:
        return False
    since = booking.since
    if evidence.returned:
        return True
    if reason is Reason.CAR_GONE:
        # Its money is taken, if ever, after it was found to have come too late.
        taken = [at for at in (evidence.taken_at, booking.payment.captured_at) if at is not None]
        return bool(taken) and min(taken) < since - SLACK
    if not (booking.refund_waits or booking.money_waits):
        return False
    asked_before = booking.payment.refund is not None and bool(booking.payment.refund.refund_id)
    late = evidence.now >= booking.period.starts_at and evidence.now - since > _HEARD_WITHIN
    return late and not asked_before
