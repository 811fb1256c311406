"""The doors to bookings, and to the one transaction that changes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from engine.domain.agreement.agreement import Agreement
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.handing_over import CameBack
from engine.domain.booking.listing import BookingRows, BookingSelection
from engine.domain.booking.restored import Outcome, RestoredPayment
from engine.domain.booking.today import CarNow, DayAsked, DaySection
from engine.domain.booking.unbelieved import StoredBooking
from engine.domain.booking.wish import Wish, WishAnswer
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarTerms
from engine.domain.car.movement import Movement
from engine.domain.firm.audit import AuditRow
from engine.domain.money.ledger import LedgerRow
from engine.domain.papers.paper import Draft, Paper
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.sought import Sought
from engine.ports.cars import CarStore
from engine.ports.leases import Turn
from engine.ports.marks import MarksOfCars
from engine.ports.renters import RenterDirectory
from engine.ports.rules import FirmStore
from engine.ports.shifts import Drawers

T = TypeVar("T")


class Transaction(Protocol):
    """One transaction: majority write concern, snapshot read, all or nothing."""

    async def claim(
        self, car_id: CarId, period: RentalPeriod, booking_id: BookingId, now: datetime, to: BranchId | None = None
    ) -> CarTerms:
        """Enter *period* in the car's fence, which refuses what overlaps, and make every other claim conflict.

        A car that is out and should be back before *now* is overdue: it is refused for pick-ups within
        ``OVERDUE_AHEAD``. The car is left at the branch *to*, or where it belongs.

        Raises:
            NotHere: The car will not stand at its branch then, or is promised at another one than *to* next.
            CarNotRentable: The car is not active.
            NotFound: There is no such car.
            PeriodTaken: A blocking booking overlaps.
        """

    async def branch(self, branch_id: BranchId) -> Branch:
        """As it is in this transaction's snapshot. Raises: NotFound, also for one that was given up; DamagedRow."""

    async def move_claim(self, booking: Booking, car_id: CarId, now: datetime, *, back: bool = False) -> CarTerms:
        """Take *booking* out of its car's fence and enter it in that of *car_id*; ``replace`` says so of its row.

        With *back* it is a car that it had before, which may be out of service: what was promised stays promised.

        Raises:
            CarNotRentable, NotFound, NotHere, PeriodTaken: As for ``claim``.
        """

    async def claim_again(self, booking: Booking, now: datetime) -> None:
        """Enter a booking that let go of its car once more, as it was. Raises: as ``claim``."""

    async def make_ready(self, car_id: CarId, booking_id: BookingId, back: Branch, ends_at: datetime) -> datetime:
        """Let the booking's claim last until the car that comes *back* there then is ready; returns when that is.

        Raises:
            PeriodTaken: Somebody else is promised the car before.
        """

    async def hand_out(self, booking: Booking, now: datetime, odometer_km: int) -> int | None:
        """Say in the car's fence that the renter of *booking* has it from *now* on; ``replace`` says so of its row.

        A renter who comes early has the car from then on, if it is free. Returns the kilometres that were read before;
        None where nobody did.

        Raises:
            CarNotRentable: The car is not active.
            NotFound: There is no such car.
            NotReady: It is promised to somebody else until later.
            StillOut: Another renter has it.
            Overtaken: The booking does not keep it any more, or has it already.
        """

    async def move_end(self, booking: Booking, after: Booking) -> None:
        """Let the claim of *booking*, whose renter has the car, end as *after* does; ``replace`` says so of its row.

        Raises:
            PeriodTaken: Somebody else is promised the car before it would be free again.
            NotFound: There is no such car.
            Overtaken: It is not out with that booking.
        """

    async def put_movement(
        self, before: Movement | None, after: Movement, seen: frozenset[BookingId], now: datetime
    ) -> None:
        """Store *after* in place of *before*; while it is open, claim all of its time that nothing else takes.

        Raises:
            Overtaken: The stored one is not *before*, or a booking is in its time that is not among *seen*.
            AlreadyPlanned, NoTimeLeft: Another one is there, or nothing is left between the bookings.
            NotFound: There is no such car.
        """

    async def add(self, booking: Booking) -> None:
        """Raises: AlreadyAsked, when its intent key is stored already."""

    async def replace(self, booking: Booking, back: CameBack | None = None) -> None:
        """Store the next version; of a car that came *back*, its fence says where it is, and what was read off it.

        Raises: Overtaken, when the stored one is not the version before.
        """

    async def exchange_claim(
        self, booking: Booking, car_id: CarId, now: datetime, back: CameBack, odometer_km: int
    ) -> tuple[CarTerms, int | None]:
        """Let *booking*, whose renter has its car, go on with another one from *now*: both fences at once.

        The car before came *back*; the other one was read so, and what was read of it last is returned with its terms.

        Raises:
            NotFound, CarNotRentable, PeriodTaken, NotHere, StillOut: The other car cannot be had until the end.
        """

    async def agreement(self, booking_id: BookingId) -> Agreement | Damaged | None:
        """As it is in this transaction's snapshot."""

    async def add_agreement(self, agreement: Agreement) -> None:
        """Raises: Overtaken, when the booking has one."""

    async def replace_agreement(self, agreement: Agreement) -> None:
        """Store the next version. Raises: Overtaken, when the stored one is not the version before."""

    async def note_return(self, booking: Booking) -> None:
        """Write down that its car came back: a word beside its row, which nobody can change or take away."""

    async def note_settled(self, booking: Booking) -> None:
        """Write down what a person settled, where only administrators can; its row alone proves nothing."""

    async def let_cars_go(self, booking_id: BookingId) -> None:
        """Take every claim of that booking away, on whatever car it is."""

    async def replace_stored(self, before: StoredBooking, after: Booking) -> None:
        """Store *after* in place of a row that is still as *before* was read. Raises: Overtaken, when it is not."""

    async def post(self, rows: Iterable[LedgerRow]) -> None:
        """Append to the ledger. Raises: Overtaken, when one of the facts is posted already."""

    async def add_car(self, car: Car, by: AccountName, now: datetime) -> None:
        """With its fence and its first terms. Raises: PlateTaken; NotFound, when its branch is gone."""

    async def change_car(
        self, before: Car, after: Car, by: AccountName, now: datetime, seen: frozenset[BookingId] | None = None
    ) -> None:
        """Compare-and-set on all of *before*, and the fence with it, so that a claim at the same moment conflicts.

        Where what claims go by changes, the car's series of terms goes on.

        Raises:
            Overtaken: The stored car is not *before*, or a booking claims it that is not among *seen* (None: any may).
            PlateTaken: Another car has the plate.
            NotFound: There is no such car.
        """

    async def note_status(self, car: Car, since: datetime) -> None:
        """Add to the car's history what it is from *since* on; utilisation leaves maintenance out by it."""

    async def keep_pictures(self, new: Collection[str], gone: Collection[str]) -> None:
        """The *new* belong to a car from now on, the *gone* to none. Raises: Overtaken, when a new one is not there."""

    async def keep_for_payment(self, payment: RestoredPayment, now: datetime) -> bool:
        """Write down a payment that has no booking, and keep its car where that is free; False for a known one."""

    async def settle_payment(self, payment: RestoredPayment, outcome: Outcome, by: AccountName, now: datetime) -> None:
        """Write down what a person decided, and let go of what kept its car. Raises: Overtaken, when somebody has."""

    @property
    def drawers(self) -> Drawers:
        """The drawers at the counter, in this transaction."""

    @property
    def marks(self) -> MarksOfCars:
        """The marks on cars, in this transaction."""

    async def audit(self, row: AuditRow) -> None:
        """Append to the audit, together with the change it tells of."""

    async def issue(self, draft: Draft, now: datetime) -> Paper:
        """Give *draft* the next number of its series: the last write of all, so that an abort leaves no gap.

        *now* is the server's time; the paper bears it, or that of the number before where that is later.

        Raises:
            Overtaken: Another credit note of the same paper came first, or this very paper was issued before.
            UnknownZone: That of the branch is not known here.
        """

    async def settle_wish(self, wish: Wish, answer: WishAnswer) -> None:
        """Answer a renter's wish together with what came of it. Raises: Overtaken, when somebody else has answered."""


class BookingStore(Protocol):
    """What one booking is read and changed by."""

    async def transact(self, change: Callable[[Transaction], Awaitable[T]], turn: Turn | None = None) -> T:
        """Run *change* in a transaction, again from its start when it lost a conflict; commit it, give *turn* back."""

    async def replace(self, booking: Booking) -> None:
        """Compare-and-set; one that blocks no longer leaves the car's fence in the same transaction.

        Raises: Overtaken, where the stored one is not the version before.
        """

    async def put_aside(self, booking: Booking) -> None:
        """Compare-and-set of what keeps it; whatever its state says, no fence follows it. Raises: Overtaken."""

    async def booking(self, booking_id: BookingId) -> Booking:
        """Raises: NotFound, DamagedRow."""

    async def asked(self, intent_key: str) -> BookingId | None:
        """The booking that an earlier press with this key made."""

    async def bookings_among(self, booking_ids: Collection[BookingId]) -> list[Booking]:
        """Those of *booking_ids* that the account may read."""


class BookingLists(Protocol):
    """Many bookings at once, as lists ask for them."""

    async def bookings(self, chosen: BookingSelection) -> list[Booking | Damaged]:
        """One page of what is selected."""

    async def count_bookings(self, chosen: BookingSelection) -> int:
        """How many are selected in all; ``COUNT_CAP`` + 1 stands for any number beyond the cap."""

    async def bookings_meant(self, chosen: BookingSelection, text: str) -> Sought:
        """What *text* means with one slip, by what the account's bookings are found by themselves."""

    def booking_batches(self, chosen: BookingSelection, size: int, most: int) -> AsyncIterator[list[Booking | Damaged]]:
        """All that *chosen* selects, *size* at a time and *most* in all, whatever its page is."""

    async def due_today(self, asked: DayAsked) -> tuple[DaySection, ...]:
        """What is to be done at a branch, in the order of ``Section``."""

    async def cars_now(self, car_ids: Collection[CarId]) -> Mapping[CarId, CarNow]:
        """What is with each of these cars; those that cannot be read are left out."""

    async def agreed(self, booking_ids: Collection[BookingId]) -> Mapping[BookingId, Agreement]:
        """Their agreements; those that cannot be read are left out."""


class ReviewQueue(Protocol):
    """Bookings that need a person."""

    async def needing_person(self, now: datetime, offset: int, limit: int) -> BookingRows[Booking | Damaged]:
        """One page of the bookings that no engine can bring to their end; those that waited longest first."""

    async def carless(self, now: datetime) -> list[Booking | Damaged]:
        """Confirmed bookings whose car left service and that nothing else asks a person about, soonest first."""

    async def crossed(self, now: datetime) -> list[Booking | Damaged]:
        """Confirmed bookings ahead in whose time their car is to be in service, soonest first."""

    async def left_service(self, car_ids: Collection[CarId]) -> Mapping[CarId, datetime]:
        """Since when those of the cars are out of service that are, as far as the account may know."""


class RoundStore(Protocol):
    """What rounds of work in the background go by, and what they leave behind."""

    async def unsettled(self, now: datetime, limit: int) -> list[BookingId]:
        """Bookings with a step due: holds run out, releases begun, payments not captured; oldest first."""

    async def look_for_damage(self, last: str, size: int) -> tuple[list[Damaged], str]:
        """Which of the *size* bookings behind the number *last* cannot be read; and the last one's, "" at the end."""

    async def note_damaged(self, booking_id: str, reason: str, at: datetime) -> None:
        """So that it is listed among what needs a person, for as long as it cannot be read. Raises: Forbidden."""

    async def note_round(self, name: str, by: str, desk: str, at: datetime, count: int) -> None:
        """Write down who ended a round of work in the background last, over what was there."""

    async def last_round(self, name: str) -> datetime | None:
        """When the last one ended, by what whoever made it wrote; None if nobody did, or nothing that is a time."""


class Store(BookingStore, BookingLists, ReviewQueue, RoundStore, CarStore, FirmStore, RenterDirectory, Protocol):
    """All of these, as one adapter gives them; a service that goes by one part alone names that.

    Raises Unavailable("mongodb") from every method when the database does not answer in time.

    A row that cannot be read is ``Damaged`` in a list, and raises DamagedRow where it is asked for by its id.
    """


class UnbelievedBook(Protocol):
    """Raises Unavailable("mongodb")."""

    async def stored(self, booking_id: BookingId, now: datetime) -> StoredBooking:
        """Raises: NotFound."""
