"""A booking and the only ways it may change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType

from engine.domain.booking.cancellation import CancellationRule
from engine.domain.booking.changed_car import BookedCar, CarChange
from engine.domain.booking.refund_reason import RefundReason
from engine.domain.booking.states import FACTS, TOOK_PLACE, BookingState, Standing
from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, Payment, PaymentId, Purpose, RefundState
from engine.domain.money.pricing import Quote
from engine.domain.money.tender import Tender
from engine.domain.money.trouble import PATIENCE, ByHand, Trouble, Why
from engine.domain.people.people import AccountName, Actor, Deed, RenterId, Role
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.period import RentalPeriod

BookingId = NewType("BookingId", str)

#: Stands for who did it where the account is not told.
UNTOLD = "\N{EN DASH}"
#: Longest time that a car may take to be made ready for the next renter, at a branch that is closed for a year.
MOST_TURN_MINUTES = 500 * 24 * 60
#: How long after the agreed pick-up a renter is waited for.
NO_SHOW_PATIENCE = timedelta(hours=4)
#: How long a car is kept for a renter who has not paid yet.
HOLD = timedelta(minutes=10)
#: States to which a booking comes that is as unpaid as before.
_UNPAID_STILL = TOOK_PLACE | {BookingState.NO_SHOW}
#: A desk opens the payment page at once; if it has not by then, any other engine may.
OPEN_WITHIN = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class EndChange:
    """When a car was to come back, and when it is (UTC)."""

    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a booking's history: what it became, when (server time, UTC), by whom.

    Attributes:
        change: The state is as before, and the booking goes on with another car.
        ends: The state is as before, and the rental ends at another time.
        reason: Why money goes back with this step; steps from before it was asked for have none.
    """

    state: BookingState
    at: datetime
    by: str
    change: CarChange | None = None
    reason: RefundReason | None = None
    ends: EndChange | None = None

    @property
    def moves(self) -> bool:
        """Whether it is another state, and not another car or end in the same."""
        return self.change is None and self.ends is None


@dataclass(frozen=True, slots=True)
class Priced:
    """What a price was made from: those terms of the car (docs/decisions/0024)."""

    car_id: CarId
    terms_n: int


@dataclass(frozen=True, slots=True)
class Booking:
    """One car promised to one renter for one period.

    Attributes:
        branch_id: Where the car is picked up; its zone is ``zone``.
        zone: IANA name in which the period is shown and its days were counted.
        hold_until: When an unpaid hold is over (server time, UTC). The car stays blocked until the page is closed.
        intent_key: Made when the form opened; the lasting guard against booking twice.
        version: Counts the changes; every change is a compare-and-set on it.
        cancellation: The rules that were in force on the day of booking.
        payments: What was asked for it and what became of that; the first is the rental's.
        priced: None for one that is older than its car's series of terms.
        turn_minutes: How long it takes to make the car ready after the return, as it was on the day of booking.
    """

    id: BookingId
    car_id: CarId
    car_label: str
    owner_id: OwnerId
    branch_id: BranchId
    return_branch_id: BranchId
    zone: str
    renter_id: RenterId
    renter_name: str
    booked_by: AccountName
    period: RentalPeriod
    state: BookingState
    hold_until: datetime
    created_at: datetime
    quote: Quote
    payments: tuple[Payment, ...]
    intent_key: str
    history: tuple[Step, ...]
    version: int = 1
    cancellation: tuple[CancellationRule, ...] = ()
    priced: Priced | None = None
    turn_minutes: int = 0

    @property
    def free_at(self) -> datetime:
        """From when on the next one may have the car."""
        return self.period.ends_at + timedelta(minutes=self.turn_minutes)

    @property
    def missed_at(self) -> datetime:
        """From when on a car that nobody came for may be let go; at the latest once the rental would be over."""
        return min(self.period.starts_at + NO_SHOW_PATIENCE, self.period.ends_at)

    @property
    def payment(self) -> Payment:
        """What the rental is paid by; the booking's own states follow it."""
        return self.payments[0]

    @property
    def trouble(self) -> Trouble | None:
        """What keeps it from its next step; None while it goes well."""
        return self.payment.trouble

    @property
    def plate(self) -> str:
        """As it was on the day of booking, or when the booking came to this car."""
        return self.car_label.rpartition(" · ")[2]

    @property
    def sold_period(self) -> RentalPeriod:
        """What was booked and priced, whatever end was agreed on later."""
        first = next((step.ends.before for step in self.history if step.ends is not None), None)
        return self.period if first is None else RentalPeriod(self.period.starts_at, first)

    @property
    def price(self) -> Money:
        return self.quote.total

    @property
    def car(self) -> BookedCar:
        """The one that it has now."""
        return BookedCar(self.car_id, self.car_label, self.owner_id)

    @property
    def changes(self) -> tuple[CarChange, ...]:
        """Every other car that it went on with, oldest first."""
        return tuple(step.change for step in self.history if step.change is not None)

    @property
    def reason(self) -> RefundReason | None:
        """Why its money goes back, or went; what was said last."""
        return next((step.reason for step in reversed(self.history) if step.reason is not None), None)

    @property
    def sold(self) -> BookedCar:
        """The car that was booked and priced; what is asked of Stripe names it, whatever car came later."""
        return next((change.before for change in self.changes), self.car)

    @property
    def former_owners(self) -> frozenset[OwnerId]:
        """In whose books its money was before it went on with another owner's car."""
        taken_at = self.payment.captured_at
        moved = (step for step in self.history if taken_at is not None and step.at >= taken_at)
        steps = (*moved, *self.exchanges)
        return frozenset(step.change.before.owner_id for step in steps if step.change is not None) - {self.owner_id}

    @property
    def exchanges(self) -> tuple[Step, ...]:
        """The steps by which it went on with another car while the one before was out, oldest first."""
        return tuple(step for step in self.history if step.change is not None and step.state is BookingState.OUT)

    @property
    def taken_since(self) -> datetime:
        """From when on it takes the time of the car that it has (UTC)."""
        return self.exchanges[-1].at if self.exchanges else self.period.starts_at

    @property
    def since(self) -> datetime:
        """When it came to its state (server time, UTC); another car or end is no other state."""
        return next(step.at for step in reversed(self.history) if step.moves or step is self.history[0])

    @property
    def blocking(self) -> bool:
        return FACTS[self.state].blocks

    @property
    def standing(self) -> Standing:
        return FACTS[self.state].standing

    def visible_to(self, actor: Actor) -> bool:
        """Head office sees all, owners and renters their own, a counter its branch's and what it booked itself."""
        if actor.role is Role.RENTER:
            return actor.renter is not None and self.renter_id == actor.renter.id
        if actor.may(Deed.SEE_ALL_BOOKINGS) or self.booked_by == actor.account:
            return True
        if actor.owner_id is not None:
            return self.owner_id == actor.owner_id
        return actor.may(Deed.SEE_BRANCH_BOOKINGS) and self.branch_id == actor.branch_id

    @property
    def due_at(self) -> datetime | None:
        """When some engine should take this booking's next step; None when nothing is left to do for one."""
        return min(filter(None, map(self._due_at, self.payments)), default=None)

    @property
    def person_at(self) -> datetime | None:
        """From when on it needs a person (server time, UTC), as things stand; None when it needs none."""
        return min(filter(None, map(self._person_at, self.payments)), default=None)

    def _due_at(self, payment: Payment) -> datetime | None:
        due, trouble = self._step_due_at(payment), payment.trouble
        if due is None or trouble is None:
            return due
        if trouble.again_at is None:
            return None
        again = max(due, trouble.again_at)
        # Whatever cannot be done meanwhile, a hold ends in time; but nothing ends a row that is not believed.
        ends = self.state is BookingState.HELD and trouble.why is not Why.DOUBTED
        return min(again, self.hold_until) if ends else again

    def _person_at(self, payment: Payment) -> datetime | None:
        if payment.trouble is not None:
            return payment.trouble.person_at
        due = self._due_at(payment)
        return None if due is None else due + PATIENCE[Why.NOBODY]

    def _step_due_at(self, payment: Payment) -> datetime | None:
        if self.state is BookingState.HELD:
            unopened = payment.comes_to(AttemptState.PREPARED)
            return min(self.hold_until, self.created_at + OPEN_WITHIN) if unopened else self.hold_until
        if FACTS[self.state].due or self._waits(payment) or payment.refund_waits:
            return self.since
        return None

    def _waits(self, payment: Payment) -> bool:
        return FACTS[self.state].takes and payment.authorised

    @property
    def settled_by_hand(self) -> bool:
        return self.trouble is not None and self.trouble.settled is not None

    @property
    def money_waits(self) -> bool:
        """Whether a payment is authorised for a booking that stands or stood, and was not taken yet."""
        return any(map(self._waits, self.payments))

    @property
    def money_moves(self) -> bool:
        """Whether it waits for a bank, which may take days."""
        refunds = (payment.refund for payment in self.payments)
        coming = self.state is BookingState.AWAITING_FUNDS
        return coming or any(refund is not None and refund.state is RefundState.PENDING for refund in refunds)

    @property
    def refund_waits(self) -> bool:
        return any(payment.refund_waits for payment in self.payments)

    def hold_left(self, now: datetime) -> timedelta:
        """Zero once the hold is over."""
        return max(timedelta(0), self.hold_until - now)

    def hold_over(self, now: datetime) -> bool:
        return now >= self.hold_until

    def move_to(
        self,
        wanted: BookingState,
        *,
        now: datetime,
        by: str,
        payment: Payment | None = None,
        reason: RefundReason | None = None,
    ) -> Booking:
        """The booking after the move, with the rental's *payment* as it is then, if it changed.

        Whatever kept it is over, but that a car went or came back does not pay for it.

        Raises:
            MoveRefused: The table has no such move.
        """
        if wanted not in FACTS[self.state].next:
            raise MoveRefused(self.state, wanted)
        history = (*self.history, Step(wanted, now, by, reason=reason))
        unpaid = wanted in _UNPAID_STILL and self.trouble is not None and self.trouble.why is Why.LAPSED
        paid = (payment or self.payment).kept_by(self.trouble if unpaid else None)
        return replace(self.paying(paid), state=wanted, history=history)

    def with_payment(self, payment: Payment) -> Booking:
        """The same version with *payment* in the place of the one of its id."""
        return replace(self, payments=tuple(payment if each.id == payment.id else each for each in self.payments))

    def paying(self, payment: Payment) -> Booking:
        """The next version: nothing is new but *payment*, in the place of the one of its id."""
        return replace(self.with_payment(payment), version=self.version + 1)

    def on(self, car: BookedCar, terms_n: int, *, now: datetime, by: str) -> Booking:
        """The same promise, price and payment with another car; what was sold stays what was sold.

        Raises:
            MoveRefused: It is not confirmed, or this is the car that it has.
        """
        if self.state is not BookingState.CONFIRMED or car.car_id == self.car_id:
            raise MoveRefused(self.state, "on another car")
        return self._with_car(car, terms_n, now, by)

    def exchanged(self, car: BookedCar, terms_n: int, *, now: datetime, by: str) -> Booking:
        """The same rental, which goes on with another car while its renter has the one before.

        Raises:
            MoveRefused: Its car is not out, or this is the car that it has.
        """
        if self.state is not BookingState.OUT or car.car_id == self.car_id:
            raise MoveRefused(self.state, "with another car")
        return self._with_car(car, terms_n, now, by)

    def _with_car(self, car: BookedCar, terms_n: int, now: datetime, by: str) -> Booking:
        step = Step(self.state, now, by, CarChange(self.car, car, terms_n))
        return replace(
            self,
            car_id=car.car_id,
            car_label=car.label,
            owner_id=car.owner_id,
            history=(*self.history, step),
            version=self.version + 1,
        )

    def ending(self, ends_at: datetime, *, now: datetime, by: str) -> Booking:
        """The same rental with another end; what was sold stays what was sold.

        Raises:
            MoveRefused: Its car is not out.
            InvalidPeriod: It would end before it begins, or be longer than a rental may be.
        """
        if self.state is not BookingState.OUT:
            raise MoveRefused(self.state, "another end")
        step = Step(self.state, now, by, ends=EndChange(self.period.ends_at, ends_at))
        period = RentalPeriod(self.period.starts_at, ends_at)
        return replace(self, period=period, history=(*self.history, step), version=self.version + 1)

    def tamed(self, now: datetime) -> Booking:
        """As it is stored, but that no time which only a hostile hand writes silences it. Changes nothing else."""
        trouble = self.trouble and self.trouble.tamed(now)
        return self if trouble == self.trouble else self.with_payment(self.payment.kept_by(trouble))

    def in_trouble(self, trouble: Trouble) -> Booking:
        return self.paying(self.payment.kept_by(trouble))

    def seen_to(self, done: ByHand) -> Booking:
        """A person settled what no engine could; engines go on trying where they did."""
        trouble = self.trouble or Trouble(Why.NOBODY, self.due_at or done.at, again_at=self.due_at)
        return self.in_trouble(trouble.settle(done))


def rental_payment(booking_id: BookingId, amount: Money, *attempts: Attempt) -> Payment:
    """The first payment of a booking, on pages of Stripe's; *attempts* are at least one."""
    return Payment(PaymentId(f"{booking_id}:1"), Purpose.RENTAL, Tender.CHECKOUT, amount, attempts)


def paid_at_the_counter(booking_id: BookingId, amount: Money) -> Payment:
    """The first payment of a booking for which no page is opened."""
    return Payment(PaymentId(f"{booking_id}:1"), Purpose.RENTAL, Tender.COUNTER, amount, ())
