"""Payments that Stripe has and a restored database lacks: what is known of them, and the two ways out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum, auto

from engine.domain.booking.booking import Booking, BookingId, Priced, Step, rental_payment
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarTerms, OwnerId
from engine.domain.firm.settings import FirmSettings
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, Payment, Stay
from engine.domain.money.pricing import LineKind, Quote, QuoteLine, quote
from engine.domain.people.people import AccountName, Renter, RenterId
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import zone_of

#: Of a booking that only gives money back: nobody is known to have rented.
NOBODY = Renter(RenterId("unknown"), "Not known (restored)", "unknown@restored.invalid", "", "")
_ELSEWHERE = "unknown"


class Outcome(StrEnum):
    """What became of such a payment."""

    OPEN = auto()  #: it waits for a person
    BOOKED = auto()  #: the booking was made again
    GIVEN_BACK = auto()


@dataclass(frozen=True, slots=True)
class RestoredPayment:
    """One payment without a booking.

    Attributes:
        stay: What it was for; None for a page of a release that did not tell Stripe.
        claimed: Whether its car is kept for it; not where it was promised to somebody else, or is over.
        found_at: When it was found (server time, UTC).
        paid_at: When Stripe began the payment (UTC); None where that was not told.
    """

    payment_intent: str
    session_id: str
    booking_id: BookingId
    attempt: int
    amount: Money
    expires_at: datetime
    stay: Stay | None
    found_at: datetime
    claimed: bool = False
    outcome: Outcome = Outcome.OPEN
    paid_at: datetime | None = None

    @property
    def intent_key(self) -> str:
        """So that the booking is made once, whoever presses how often."""
        return f"restored:{self.payment_intent}"


@dataclass(frozen=True, slots=True)
class RestoredCase:
    """A payment on which somebody has to decide, with what the database knows of it.

    Attributes:
        car, branch: What it was for; None where the back-up has no such car, or Stripe was not told.
        back_to: To which moment the database went back (server time, UTC).
    """

    payment: RestoredPayment
    car: Car | None
    branch: Branch | None
    back_to: datetime | None

    @property
    def paid_before(self) -> datetime:
        """The latest moment at which it can have been paid: before its page ended, and before it was found."""
        return min(self.payment.expires_at, self.payment.found_at)


@dataclass(frozen=True, slots=True)
class RestoredCases:
    """Attributes: ``total`` counts all of them, not only this page's."""

    rows: tuple[RestoredCase, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Frozen:
    """Attributes: ``request`` is what its page asked of Stripe, as the program would freeze it."""

    request: str
    now: datetime
    by: AccountName
    settings: FirmSettings


def made_up_stay(payment: RestoredPayment, now: datetime) -> Stay:
    """An hour of a car that nobody knows, where Stripe was not told what was paid for."""
    return Stay(_ELSEWHERE, RentalPeriod(now, now + timedelta(hours=1)), payment.amount)


def unknown_terms(stay: Stay) -> CarTerms:
    """For giving back the money of a car that nobody knows any more."""
    elsewhere = OwnerId(_ELSEWHERE), BranchId(_ELSEWHERE), "UTC"
    return CarTerms(CarId(stay.car_id), _ELSEWHERE, *elsewhere, stay.rate)


def held_again(
    payment: RestoredPayment,
    stay: Stay,
    terms: CarTerms,
    renter: Renter,
    frozen: Frozen,
    *,
    exact: bool = True,
    fees: tuple[QuoteLine, ...] = (),
) -> Booking:
    """The booking as it was before it was paid, under its own number and at the price that was paid.

    *fees* are what its branch asks for handing over then; they are part of the price if they were paid. Where its
    money only goes back, it need not be *exact*: then what was paid is the price, whatever the days make.

    Raises:
        MoveRefused: Days and rate no longer make that price.
    """
    now, price = frozen.now, _price_of(payment, stay, terms, frozen.settings.commission_bp, fees, exact=exact)
    return Booking(
        id=payment.booking_id,
        car_id=terms.car_id,
        car_label=terms.label,
        owner_id=terms.owner_id,
        branch_id=terms.branch_id,
        return_branch_id=terms.branch_id,
        zone=terms.zone,
        renter_id=renter.id,
        renter_name=renter.name,
        booked_by=frozen.by,
        period=stay.period,
        state=BookingState.HELD,
        hold_until=now + frozen.settings.hold,
        created_at=now,
        quote=price,
        payments=(rental_payment(payment.booking_id, price.total, *_attempts(payment, frozen)),),
        intent_key=payment.intent_key,
        history=(Step(BookingState.HELD, now, frozen.by),),
        cancellation=frozen.settings.cancellation,
        # At a rate that the restored series does not know, it is compared with itself.
        priced=Priced(terms.car_id, terms.n) if stay.rate == terms.daily_rate else None,
    )


def _price_of(
    payment: RestoredPayment, stay: Stay, terms: CarTerms, share: int, fees: tuple[QuoteLine, ...], *, exact: bool
) -> Quote:
    price = _made_by(stay, zone_of(terms.zone), share, payment.amount, fees)
    if price is None and exact:
        raise MoveRefused("paid at another price", "the same booking")
    return price or Quote((QuoteLine(LineKind.RENTAL, 1, payment.amount),), share)


def _made_by(stay: Stay, zone: tzinfo, share: int, paid: Money, fees: tuple[QuoteLine, ...]) -> Quote | None:
    """The price that days and rate make, with *fees* or without; None where neither is what was *paid*."""
    made = (quote(stay.rate, stay.period, zone=zone, commission_bp=share, fees=each) for each in ((), fees))
    return next((each for each in made if each.total == paid), None)


def _attempts(payment: RestoredPayment, frozen: Frozen) -> tuple[Attempt, ...]:
    """The one that was paid is the newest; of those before it nothing is known but that they are over."""
    request, amount, until = frozen.request, payment.amount, payment.expires_at
    before = [Attempt(n, request, amount, until, AttemptState.VOID) for n in range(1, payment.attempt)]
    return (*before, Attempt(payment.attempt, request, amount, until, AttemptState.OPEN, payment.session_id))


def paid_again(held: Booking, payment: RestoredPayment, frozen: Frozen) -> Booking:
    """It stands."""
    return held.move_to(BookingState.CONFIRMED, now=frozen.now, by=frozen.by, payment=_paid(held, payment))


def to_give_back(held: Booking, payment: RestoredPayment, frozen: Frozen, reason: RefundReason) -> Booking:
    """Its car is let go and all of its money is due, as of a payment that came too late."""
    moved = held
    for state in (BookingState.RELEASING, BookingState.RELEASED):
        moved = moved.move_to(state, now=frozen.now, by=frozen.by)
    due, paid = BookingState.REFUND_DUE, _paid(held, payment)
    return moved.move_to(due, now=frozen.now, by=frozen.by, payment=paid, reason=reason)


def _paid(held: Booking, payment: RestoredPayment) -> Payment:
    newest = held.payment.attempt
    paid = Attempt(
        newest.n,
        newest.request,
        newest.amount,
        newest.expires_at,
        AttemptState.PAID,
        payment.session_id,
        "",
        payment.payment_intent,
    )
    return held.payment.with_attempt(paid)
