"""What a desk can be told to do: the use cases, as its window would call them."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from builders import BERLIN
from paper_builders import paper_wish
from points import Points

from engine.adapters.http.webhook_server import open_webhooks, webhook_app
from engine.adapters.mongo.client import Credentials, connect
from engine.adapters.mongo.queries.books import MongoBooks
from engine.adapters.stripe.gateway import StripeGateway
from engine.bootstrap import Engine
from engine.domain.agreement.agreement import further_of
from engine.domain.agreement.charges import AT_RETURN, Charging
from engine.domain.agreement.reading import Reading
from engine.domain.booking.balance import Balance, balance
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.refund_reason import BY_RENTER
from engine.domain.car.body_parts import PartId, Place
from engine.domain.car.body_shapes import View
from engine.domain.car.car import CarId
from engine.domain.car.condition import MarkKind, NewMark
from engine.domain.counter.shift import ShiftId
from engine.domain.money.money import Money
from engine.domain.money.payment import Attempt, AttemptState, PageFacts
from engine.domain.money.pricing import LineKind
from engine.domain.money.tender import Handed, Tender
from engine.domain.people.people import RenterId
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.period import RentalPeriod
from engine.ports.bookings import BookingStore, Transaction
from engine.services.agreement.exchanging import Exchange
from engine.services.booking.booking import HoldCar
from engine.services.payment.missed_payments import MissedPayments
from engine.services.payment.reconcile import Reconciler

#: Every body has a bonnet.
DENT = NewMark(Place(View.TOP, 9_000, 5_000), PartId("bonnet"), MarkKind.DENT, 1)
_OLD_WORDS_S, _BREATH_S = 3.0, 0.05


@dataclass(frozen=True)
class ChangesItsMind:
    """A store of which every transaction comes to nothing."""

    store: BookingStore

    async def transact(self, change: Callable[[Transaction], Awaitable[Any]], turn: Any = None) -> Any:
        async def hand(work: Transaction) -> None:
            await change(work)
            raise MoveRefused("taken", "not taken")

        return await self.store.transact(hand, turn)


@dataclass(frozen=True)
class Desk:
    """Each command answers with a dict, or raises what the engine raised."""

    engine: Engine
    points: Points
    password: str
    leaving: AsyncExitStack

    async def arm(self, point: str, action: str, nth: int = 1) -> dict[str, Any]:
        self.points.arm(point, action, nth)
        return {}

    async def delay(self, point: str, seconds: float) -> dict[str, Any]:
        self.points.delay(point, seconds)
        return {}

    async def clock(self) -> dict[str, Any]:
        return {"now": self.engine.clock.now().timestamp(), "own": time.time()}

    async def hold(self, car: str, starts_at: str, ends_at: str, key: str, minor: int) -> dict[str, Any]:
        period = RentalPeriod(datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))
        wish = HoldCar(key, CarId(car), period, RenterId("renter-1"), Money(minor, "EUR"))
        held = await self.engine.booking.hold(self.engine.actor, wish)
        # The clerk has read it: from here on the booking is promised.
        await self.points.tell("accepted", booking=held.id, key=key, car=car)
        return _told(held)

    async def open(self, booking: str) -> dict[str, Any]:
        """Settle it, and if its page is open, open the browser on it."""
        settled = await self.engine.payment.settle(self.engine.actor, BookingId(booking))
        if settled.blocking and settled.payment.attempt.state is AttemptState.OPEN:
            async with self.points.around("browser"):
                await browse(self.engine.payment.store, self.points, settled.id, settled.payment.attempt)
        return _told(settled)

    async def settle(self, booking: str) -> dict[str, Any]:
        return _told(await self.engine.payment.settle(self.engine.actor, BookingId(booking)))

    async def give_up(self, booking: str) -> dict[str, Any]:
        return _told(await self.engine.rental.give_up(self.engine.actor, BookingId(booking)))

    async def sweep(self) -> dict[str, Any]:
        return {"looked_at": await self.engine.sweeper.sweep()}

    async def cancel(self, booking: str) -> dict[str, Any]:
        """Read what would be given back, and agree to it."""
        rental, actor = self.engine.rental, self.engine.actor
        quote = await rental.quote_refund(actor, BookingId(booking))
        return _told(await rental.cancel(actor, BookingId(booking), quote.given_back, BY_RENTER))

    async def hand_over(self, booking: str, driven: int = 3) -> dict[str, Any]:
        """Something is found on the car each time."""
        known = await self._read(booking, driven)
        return _told(await self.engine.rental.hand_over(self.engine.actor, *known, (DENT,)))

    async def take_back(self, booking: str, full: int = 8) -> dict[str, Any]:
        number, reading = await self._read(booking, 120)
        back = dataclasses.replace(reading, full=full)
        return _told(await self.engine.rental.returned(self.engine.actor, number, back, marks=(DENT,)))

    async def extend(self, booking: str, hours: float) -> dict[str, Any]:
        """By so many hours, whatever its end is by now."""
        engine = self.engine
        known = await engine.booking.booking(engine.actor, BookingId(booking))
        ends_at = known.period.ends_at + timedelta(hours=hours)
        return _told(await engine.agreements.extend(engine.actor, known.id, ends_at, seen=known.version))

    async def exchange(self, booking: str, car: str = "") -> dict[str, Any]:
        """For *car*, or the first that is free."""
        known, exchanging, actor = await self._known(booking), self.engine.exchanging, self.engine.actor
        free = [each.id for each in (await exchanging.other_cars(actor, known.id)).cars] if not car else [CarId(car)]
        if not free:
            raise MoveRefused("alone", "with another car")
        _, back = await self._read(booking, 60)
        last = await exchanging.read_before(actor, free[0])
        how = Exchange(back, Reading(last.odometer_km + 1, 7), "does not start")
        return _told(await exchanging.exchange(actor, known.id, free[0], how, seen=known.version))

    async def sign(self, booking: str) -> dict[str, Any]:
        """What is agreed by now."""
        known, contracts = await self._known(booking), self.engine.contracts
        ink = "100,300 900,200 1500,420"
        return _told(await contracts.sign(self.engine.actor, known.id, "Ada Moreau", ink, seen=known.version))

    async def _read(self, booking: str, driven: int) -> tuple[BookingId, Reading]:
        """As if it was driven so far since it was read last."""
        before = await self.engine.agreements.read_before(self.engine.actor, BookingId(booking))
        return BookingId(booking), Reading(before.odometer_km + driven, 8)

    async def take_up_again(self, booking: str, key: str) -> dict[str, Any]:
        again = await self.engine.rental.take_up_again(self.engine.actor, BookingId(booking), key)
        await self.points.tell("accepted", booking=again.id, key=key, car=again.car_id)
        return _told(again)

    async def issue(self, *, aborts: bool = False) -> dict[str, Any]:
        """An invoice, as the last step of a transaction; one that *aborts* changes its mind behind it."""
        papers, began = self.engine.papers, time.monotonic()
        if not aborts:
            paper = await papers.issue(self.engine.actor, paper_wish())
            return {"id": paper.id, "n": paper.n, "hash": paper.hash, "took": time.monotonic() - began}
        draft = await papers.draft(self.engine.actor, paper_wish())

        async def change_of_mind(work: Transaction) -> None:
            await work.issue(draft, self.engine.clock.now())
            raise MoveRefused("issued", "not issued")

        async with papers.in_turn(draft):
            await self.engine.booking.store.transact(change_of_mind)
        return {}

    async def pay(self, booking: str, minor: int) -> dict[str, Any]:
        """By the card terminal, so much."""
        known, till = await self._known(booking), self.engine.till
        return _told(await till.take(self.engine.actor, known.id, _by_card(minor), seen=known.version))

    async def pay_all(self, booking: str) -> dict[str, Any]:
        """What is open."""
        left = (await self._balance(booking)).open.minor
        if left <= 0:
            raise MoveRefused("paid", "paid again")
        return await self.pay(booking, left)

    async def give_back(self, booking: str, minor: int) -> dict[str, Any]:
        known, till = await self._known(booking), self.engine.till
        given = till.give_back(self.engine.actor, known.id, _by_card(minor), reason="too much", seen=known.version)
        return _told(await given)

    async def even(self, booking: str) -> dict[str, Any]:
        """Whatever is open is paid or given back; what is even is closed."""
        left = (await self._balance(booking)).open.minor
        if not left:
            return await self.close_rental(booking)
        return await self.pay(booking, left) if left > 0 else await self.give_back(booking, -left)

    async def close_rental(self, booking: str) -> dict[str, Any]:
        known, closing = await self._known(booking), self.engine.closing
        return _told(await closing.close(self.engine.actor, known.id, seen=known.version))

    async def reopen(self, booking: str) -> dict[str, Any]:
        known, closing = await self._known(booking), self.engine.closing
        return _told(await closing.reopen(self.engine.actor, known.id, "look again", seen=known.version))

    async def recharge(self, booking: str, *, cleaning: bool, waived: bool) -> dict[str, Any]:
        """Charged by what was read, with or without cleaning; or all that is charged beyond the price is let go."""
        known, closing = await self._known(booking), self.engine.closing
        agreement = await self.engine.agreements.agreement(self.engine.actor, known.id)
        if agreement is None:
            raise MoveRefused("not out", "charged")
        every = [*agreement.lines, *(each.line for each in agreement.waived)]
        kinds = {line.kind for line in every if line.kind in AT_RETURN and line.kind is not LineKind.CLEANING}
        told = Charging(cleaning, tuple((kind, "let go") for kind in sorted(kinds)) if waived else ())
        return _told(await closing.recharge(self.engine.actor, known.id, told, seen=known.version))

    async def _known(self, booking: str) -> Booking:
        return await self.engine.booking.booking(self.engine.actor, BookingId(booking))

    async def _balance(self, booking: str) -> Balance:
        known = await self._known(booking)
        return balance(known, further_of(known, await self.engine.agreements.agreement(self.engine.actor, known.id)))

    async def promise(self, car: str, minor: int, turn: int = 0) -> dict[str, Any]:
        """A car for tomorrow, to be paid at the counter."""
        start = self.engine.clock.now() + timedelta(days=1)
        wish = HoldCar(f"counter-{car}-{turn}", CarId(car), RentalPeriod(start, start + timedelta(hours=23)),
                       RenterId("renter-1"), Money(minor, "EUR"), pays=Tender.COUNTER)  # fmt: skip
        return {"booking": (await self.engine.booking.hold(self.engine.actor, wish)).id}

    async def open_drawer(self) -> dict[str, Any]:
        return {"shift": (await self.engine.till.open(self.engine.actor, BERLIN.id, Money(0, "EUR"))).id}

    async def count_drawer(self, shift: str, cents: int) -> dict[str, Any]:
        return {"state": (await self.engine.till.count(self.engine.actor, ShiftId(shift), ((1, cents),))).state}

    async def seen(self, booking: str) -> dict[str, Any]:
        return {"version": (await self.engine.booking.booking(self.engine.actor, BookingId(booking))).version}

    async def take(self, booking: str, minor: int, seen: int, *, aborts: bool = False) -> dict[str, Any]:
        """Cash for a booking; one that *aborts* changes its mind behind all that was written."""
        till, handed = self.engine.till, Handed(Tender.CASH, Money(minor, "EUR"))
        if aborts:
            till = dataclasses.replace(till, store=ChangesItsMind(till.store))
        taken = await till.take(self.engine.actor, BookingId(booking), handed, seen=seen)
        return {"payment": taken.payments[-1].id}

    async def look_back(self) -> dict[str, Any]:
        payment = self.engine.payment
        return {"found": await MissedPayments(payment.store, payment.gateway, payment, self.engine.clock).look()}

    async def reconcile(self, since: str, until: str) -> dict[str, Any]:
        """Compare Stripe's books with ours, as ``drivesphere reconcile`` does."""
        deployment, account = self.engine.deployment, self.engine.actor.account
        async with connect(deployment.mongo_url, Credentials(account, self.password, deployment.database)) as client:
            books = MongoBooks(client, deployment.database)
            reconciler = Reconciler(self.engine.payment.gateway, books, self.engine.clock)
            report = await reconciler.compare(datetime.fromisoformat(since), datetime.fromisoformat(until))
        told = [{"booking": each.booking_id, "says": str(each)} for each in report.differences]
        return {"payments": report.payments, "differences": told}

    async def listen(self, port: int, secret: str) -> dict[str, Any]:
        """Hear Stripe's webhooks from now on, as ``drivesphere worker --webhook`` does."""
        deployment = self.engine.deployment
        gateway = StripeGateway(deployment.stripe_key.reveal(), base_url=deployment.stripe_url, webhook_secret=secret)
        self.leaving.push_async_callback(gateway.aclose)
        app = webhook_app(gateway, self.engine.payment.heard, self.engine.clock.now)
        url = await self.leaving.enter_async_context(open_webhooks(app, "127.0.0.1", port))
        return {"url": url}


def _by_card(minor: int) -> Handed:
    return Handed(Tender.TERMINAL, Money(minor, "EUR"), reference="4711")


async def browse(store: BookingStore, points: Points, booking: str, page: Attempt | PageFacts) -> None:
    """Open the browser; tells the suite whether the database knew the page by then.

    Just after an election a majority's word may be a moment old: what was stored is known soon, what was not stored
    is not, since whoever would store it stands here.
    """
    until = time.monotonic() + _OLD_WORDS_S
    while not (known := await _knows(store, booking, page.session_id)) and time.monotonic() < until:  # noqa: ASYNC110 -- another process
        await asyncio.sleep(_BREATH_S)
    await points.tell("browser", booking=booking, session=page.session_id, url=page.url, known=known)


async def _knows(store: BookingStore, booking: str, session: str) -> bool:
    stored = await store.booking(BookingId(booking))
    return session in [attempt.session_id for attempt in stored.payment.attempts]


def _told(booking: Booking) -> dict[str, Any]:
    return {
        "booking": booking.id,
        "state": booking.state,
        "attempt": None if booking.payment.newest is None else booking.payment.newest.state,
        "version": booking.version,
    }
