"""What the booking panel shows, and what news of the car makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import assert_never

from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import Offer
from engine.domain.firm.events import CarClaimed
from engine.domain.money.addresses import PageAddress
from engine.domain.money.money import Money
from engine.domain.money.payment import AttemptState, Decline
from engine.domain.people.people import Renter
from engine.domain.people.renters import Block, RenterFile, RentersFound, Twin, shared
from engine.domain.shared.errors import DriveSphereError, PeriodTaken
from engine.domain.shared.period import RentalPeriod


class PanelStage(Enum):
    """Which part of its panel a booking is at."""

    RENTER = auto()  #: who drives?
    HOLDING = auto()  #: "Book" was pressed, the answer is awaited
    PAYING = auto()  #: held; the page is open or being opened
    RELEASING = auto()  #: given up or run out; Stripe is asked to close the page
    CONFIRMED = auto()
    OUT = auto()  #: the renter has the car
    RELEASED = auto()  #: the hold came to nothing; the car is free again
    OVER = auto()  #: completed, cancelled, or nobody came


#: Stages that Stripe or the clock will end; until then the booking is watched.
MOVING = (PanelStage.PAYING, PanelStage.RELEASING)


def stage_of(state: BookingState) -> PanelStage:
    match state:
        case BookingState.HELD | BookingState.AWAITING_FUNDS:
            return PanelStage.PAYING
        case BookingState.RELEASING:
            return PanelStage.RELEASING
        case BookingState.RELEASED:
            return PanelStage.RELEASED
        case BookingState.CONFIRMED:
            return PanelStage.CONFIRMED
        case BookingState.OUT:
            return PanelStage.OUT
        case (
            BookingState.COMPLETED
            | BookingState.NO_SHOW
            | BookingState.CANCELLED
            | BookingState.REFUND_DUE
            | BookingState.REFUNDED
        ):
            return PanelStage.OVER
    assert_never(state)


@dataclass(frozen=True, slots=True)
class ShownCheckout:
    """Where one booking can be paid, as Stripe told it.

    Attributes:
        code: The address as a QR code, row by row; empty if it is too long for one.
        handed: A browser was opened on it, as far as this desk knows.
    """

    booking_id: BookingId
    address: PageAddress
    code: tuple[bytes, ...] = ()
    handed: bool = False


@dataclass(frozen=True, slots=True)
class PanelState:
    """Everything there is to draw.

    Attributes:
        booking: Once there is one; its quote is what is charged.
        checkout_ready: The payment page can be opened.
        page: The payment page, once its address was asked for.
        decline: The card that was refused last on it; None once another is tried.
        problem: What went wrong last; the panel stays usable.
        found: Renters to choose from.
        searching: They are being looked for.
        blocked: Why nothing new is booked for the chosen renter.
        further: What the rental came to cost beyond its price, as its agreement says.
        agreement: Of a booking whose car went out, where it is known.
        twins: Who may be the same person as the renter who was typed or just added.
    """

    stage: PanelStage = PanelStage.RENTER
    offer: Offer | None = None
    period: RentalPeriod | None = None
    branch: Branch | None = None
    found: RentersFound = field(default_factory=RentersFound)
    searching: bool = False
    renter: Renter | None = None
    booking: Booking | None = None
    page: ShownCheckout | None = None
    decline: Decline | None = None
    problem: DriveSphereError | None = None
    blocked: Block | None = None
    twins: tuple[Twin, ...] = ()
    further: Money | None = None
    agreement: Agreement | None = None

    @property
    def may_book(self) -> bool:
        """Somebody is chosen who may rent, and there is no doubt who it is."""
        return self.renter is not None and self.blocked is None and not self.twins

    @property
    def country(self) -> str:
        """Where telephone numbers without a country's code belong: the country of the branch."""
        return self.branch.country if self.branch is not None else ""

    @property
    def checkout_ready(self) -> bool:
        return self.booking is not None and self.booking.payment.comes_to(AttemptState.OPEN)

    @property
    def payable(self) -> ShownCheckout | None:
        """The page that is shown, while it is this booking's and can be paid."""
        own = self.page is not None and self.booking is not None and self.page.booking_id == self.booking.id
        return self.page if own and self.checkout_ready and self.stage is PanelStage.PAYING else None


def after_claim(state: PanelState, fact: CarClaimed) -> PanelState:
    """The form of a car that was taken, or set free again, while somebody filled it in (X1)."""
    offer, period, known = state.offer, state.period, state.problem
    if state.stage is not PanelStage.RENTER or offer is None or period is None:
        return state
    if offer.car.id != fact.car_id or not period.overlaps(fact.period):
        return state
    told = isinstance(known, PeriodTaken) and fact.booking_id in known.booking_ids
    if fact.blocking and not told:
        return replace(state, problem=PeriodTaken(fact.car_id, fact.period.ends_at, (fact.booking_id,)))
    return replace(state, problem=None) if told and not fact.blocking else state


def after_renter(state: PanelState, file: RenterFile, now: datetime) -> PanelState:
    """The chosen renter was mended or blocked, or another desk added somebody with the same telephone."""
    chosen = state.renter
    if chosen is None or state.stage is not PanelStage.RENTER:
        return state
    if file.id == chosen.id and file.merged_into is None:
        return replace(state, renter=file.renter, blocked=file.blocked_at(now))
    same = shared(chosen, file.renter)
    known = {twin.file.id for twin in state.twins}
    if file.version == 1 and same and file.id not in known and chosen.id not in file.not_same:
        return replace(state, twins=(*state.twins, Twin(file, same)))
    return state
