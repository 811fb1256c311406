"""What makes bookings at a desk, a renter's own included, and where each account reads them: a part of the root."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from engine.adapters.mongo.client import Client
from engine.adapters.mongo.codec.bookings import WHOLE, BookingSource, booking_of, discreet_booking_of
from engine.adapters.mongo.queries.board import MongoBoard
from engine.adapters.mongo.schema.views import FLEET, FLEET_IN_ORDER, FLEET_LIST, STANDINGS, own_names
from engine.adapters.mongo.store import MongoStore
from engine.adapters.mongo.wishes import MongoWishBox, MongoWishes
from engine.adapters.redis.leases import RedisBookingLock
from engine.adapters.wish_signing import is_signed
from engine.domain.booking.booking import BookingId
from engine.domain.money.addresses import NOWHERE, return_url
from engine.domain.people.people import Actor, Role
from engine.services.booking.board import BoardService
from engine.services.booking.booking import BookingService
from engine.services.booking.carrying import Carrier
from engine.services.booking.changing_car import ChangingCarService
from engine.services.booking.follower import Follower
from engine.services.booking.rental import RentalService
from engine.services.booking.wish_deeds import WishDeeds
from engine.services.booking.wishing import WatchedPayment, WishedBookings, WishedRental, Wishing
from engine.services.payment.payment import PaymentService
from engine.wiring.deployment import Deployment

#: Crockford's base 32: no I, L, O or U, so a booking number survives the telephone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: A renter's window looks at its own view, which costs Stripe nothing.
_OFTEN_S, _SELDOM_S = 0.7, 1.5


@dataclass(frozen=True, slots=True)
class Readable:
    """What an account reads of bookings; names of collections or views.

    Attributes:
        listed: Lists and single bookings.
        summed: What an owner's sums are made of.
        claims: How the claims of a car stand.
        answers: What came of its wishes; empty for accounts that make none.
    """

    listed: BookingSource = WHOLE
    summed: str = WHOLE.name
    claims: str = WHOLE.name
    answers: str = ""


def readable_to(actor: Actor) -> Readable:
    if actor.role is Role.OWNER:
        return Readable(BookingSource(FLEET_LIST, discreet_booking_of, FLEET_IN_ORDER, FLEET), FLEET, FLEET)
    if actor.role is Role.RENTER and actor.renter is not None:
        own = own_names(actor.account, actor.renter.id)
        return Readable(BookingSource(own.bookings, booking_of), own.bookings, STANDINGS, own.answers)
    return Readable()


@dataclass(slots=True)
class ReturnPage:
    """Where the browser comes back to; this desk's own page once it is served."""

    address: str = NOWHERE

    def address_for(self, booking_id: BookingId) -> str:
        return return_url(self.address, booking_id)


def new_booking_id() -> BookingId:
    """Twelve letters, 60 random bits; ``_id`` in the database guards against the rest."""
    # 32 letters: five bits of each byte, which no choice among them favours.
    return BookingId("".join([_LETTERS[byte & 31] for byte in secrets.token_bytes(12)]))


@dataclass(frozen=True, slots=True)
class Means:
    """What bookings are made with at this desk."""

    client: Client
    store: MongoStore
    booking_lock: RedisBookingLock
    payment: PaymentService
    return_page: ReturnPage

    def service(self, come_back: Callable[[BookingId], str]) -> BookingService:
        """*come_back* is where Stripe sends the browser after paying."""
        payment, booking_lock = self.payment, self.booking_lock
        return BookingService(
            self.store, booking_lock, payment.clock, payment.gateway, payment, new_booking_id, come_back
        )


class BookingWiring(TypedDict):
    """What makes and changes bookings at this desk, and who carries out those that renters wish for."""

    board: BoardService
    booking: BookingService
    rental: RentalService
    payment: PaymentService
    follower: Follower
    carrier: Carrier
    changing: ChangingCarService


def bookings_at(deployment: Deployment, means: Means, key: bytes | None, actor: Actor, desk: str) -> BookingWiring:
    """*key* is the private half of a renter's own, *desk* the name of this machine."""
    payment, store = means.payment, means.store
    booking, follower = means.service(means.return_page.address_for), Follower(payment, payment.clock)
    carrier = _carrier(deployment, means, follower, (actor, desk))
    changing = ChangingCarService(booking, means.booking_lock, desk)
    readable = readable_to(actor)
    board = BoardService(MongoBoard(means.client, deployment.database, readable.listed.name), store, payment.clock)
    at = BookingWiring(
        board=board,
        booking=booking,
        rental=RentalService(store, payment.clock, booking, payment, desk),
        payment=payment,
        follower=follower,
        carrier=carrier,
        changing=changing,
    )
    if not readable.answers:
        return at
    wishing = Wishing(MongoWishBox(means.client, deployment.database, readable.answers, key), store, payment.clock)
    return _wished(at, wishing)


def _wished(at: BookingWiring, wishing: Wishing) -> BookingWiring:
    """A renter's own account: the same use cases, each wished for."""
    booking = at["booking"]
    clock, store, own = booking.clock, booking.store, booking.payment
    payment = WatchedPayment(store, own.gateway, clock, own.account, own.mode, own.belief)
    wished = WishedBookings(
        store,
        booking.booking_lock,
        clock,
        booking.gateway,
        payment,
        booking.next_id,
        booking.return_url,
        wishing=wishing,
    )
    at["booking"], at["payment"] = wished, payment
    at["rental"] = WishedRental(store, clock, wished, payment, at["changing"].desk, wishing=wishing)
    at["follower"] = Follower(payment, clock, _OFTEN_S, _SELDOM_S)
    return at


def _carrier(deployment: Deployment, means: Means, follower: Follower, who: tuple[Actor, str]) -> Carrier:
    def come_back(booking_id: BookingId) -> str:
        """The browser of a renter elsewhere cannot come back to this computer; in the demo all are on one."""
        here = means.return_page.address_for(booking_id)
        return here if deployment.demo or here.startswith("https:") else return_url(NOWHERE, booking_id)

    bookings, wishes, (actor, desk) = means.service(come_back), MongoWishes(means.client, deployment.database), who
    clock = means.payment.clock
    deeds = WishDeeds(
        wishes=wishes,
        signed=is_signed,
        bookings=bookings,
        rental=RentalService(means.store, clock, bookings, means.payment, desk),
        payment=means.payment,
        clock=clock,
        account=actor.account,
        desk=desk,
    )
    return Carrier(deeds, wishes, follower, means.booking_lock)
