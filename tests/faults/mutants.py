"""The protocol with one guard taken out, in the process of one desk. The suite must notice each of them."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from itertools import count
from uuid import uuid4

from desk_commands import browse
from points import Points
from pymongo.write_concern import WriteConcern

from engine.adapters.mongo import fences
from engine.adapters.mongo import store as mongo_store
from engine.adapters.mongo import transaction as mongo_transaction
from engine.adapters.mongo.codec.agreements import agreement_document
from engine.adapters.mongo.codec.bookings import booking_document
from engine.adapters.mongo.codec.documents import ledger_document, terms_of_fence
from engine.adapters.mongo.codec.papers import paper_document, series_document, series_record_of
from engine.adapters.mongo.codec.shifts import move_document
from engine.adapters.mongo.shifts import MongoDrawers
from engine.adapters.mongo.store import MongoStore
from engine.adapters.mongo.transaction import MongoTransaction
from engine.adapters.redis import leases as redis_leases
from engine.adapters.stripe.gateway import StripeGateway
from engine.domain.agreement import closing
from engine.domain.booking import belief
from engine.domain.booking.belief import Believed, GiveBack, OpenPage
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BLOCKING, BookingState
from engine.domain.money.payment import PAGE_LIFETIME, AttemptState, Payment
from engine.domain.papers.series import begun, issued, series_of
from engine.domain.shared.errors import PaymentRefused, PeriodTaken, Unavailable
from engine.domain.shared.period import whole_milliseconds
from engine.services.booking import rental
from engine.services.payment.checkout_pages import CheckoutPages


def lose_guard(name: str, points: Points) -> None:
    MUTANTS[name](points)


def _release_without_token(_: Points) -> None:
    blind = redis_leases._LEAVE.replace("if text(key, 16) == token then", "if true then")
    assert blind != redis_leases._LEAVE
    redis_leases._LEAVE = blind


def _no_fence(_: Points) -> None:
    """Read, then insert, under snapshot isolation."""

    async def claim(self, car_id, period, _booking_id, _now, _to=None):
        overlap = {"starts_at": {"$lt": period.ends_at}, "ends_at": {"$gt": period.starts_at}}
        query = {"car_id": car_id, "state": {"$in": list(BLOCKING)}, **overlap}
        if taken := await self._db.bookings.find_one(query, session=self._session):
            raise PeriodTaken(car_id, taken["ends_at"], (taken["_id"],))
        return terms_of_fence(await self._db.fences.find_one({"_id": car_id}, session=self._session))

    MongoTransaction.claim = claim


def _out_twice(_: Points) -> None:
    """Whether another renter has the car is not asked."""
    find = fences.hand_out

    async def hand_out(db, session, booking, now, km):
        own = {"own.id": booking.id}
        change = {"$inc": {"seq": 1}, "$set": {"at": None, "odometer_km": km, "claims.$[own].out": True}}
        await db.fences.update_one({"_id": booking.car_id}, change, array_filters=[own], session=session)
        return await db.fences.find_one({"_id": booking.car_id}, {"terms.branch_id": 1}, session=session)

    assert find
    fences.hand_out = hand_out


def _agreement_apart(_: Points) -> None:
    """An agreement stays whatever becomes of the hand-over."""

    async def apart(self, agreement):
        row = agreement_document(agreement)
        await self._db.agreements.replace_one({"_id": row["_id"]}, row, upsert=True)

    assert MongoTransaction.add_agreement
    MongoTransaction.add_agreement = apart


def _readings_believed(_: Points) -> None:
    """Kilometres are kept as they are typed."""
    assert rental.follows
    rental.follows = lambda *_: True


def _closed_owing(_: Points) -> None:
    """What comes back is done with, whatever is open."""
    assert closing.settled
    closing.settled = lambda *_: True


def _blind_extension(_: Points) -> None:
    """Whether somebody else is promised the car is not asked."""

    async def move_end(db, session, booking, ends_at, free_at):
        change = {"$inc": {"seq": 1}, "$set": {"claims.$[own].ends_at": ends_at, "claims.$[own].free_at": free_at}}
        own = [{"own.id": booking.id}]
        await db.fences.update_one({"_id": booking.car_id}, change, array_filters=own, session=session)
        return await db.fences.find_one({"_id": booking.car_id}, {"terms.branch_id": 1}, session=session)

    assert fences.move_end
    fences.move_end = move_end


def _blind_exchange(_: Points) -> None:
    """Whether somebody else is promised the car that is given instead is not asked."""
    asked = fences.in_the_way
    fences.in_the_way = lambda wished, now: {"id": ""} if wished.starts_at == now else asked(wished, now)


def _never_made_ready(_: Points) -> None:
    """A claim ends with the return."""

    async def at_once(_db, _session, _car, _claim, _branch, ends_at, _body):
        return ends_at

    assert fences.make_ready
    fences.make_ready = at_once


def _release_before_expire(_: Points) -> None:
    close = CheckoutPages.close

    async def hasty(self: CheckoutPages, believed: Believed) -> Booking:
        booking = believed.booking
        if booking.payment.attempt.state is not AttemptState.OPEN:
            return await close(self, believed)
        released = await self.move(booking, BookingState.RELEASED, _expired(booking))
        with suppress(PaymentRefused):
            await self.gateway.close_page(booking.payment.attempt.session_id)
        return released

    CheckoutPages.close = hasty


def _expired(booking: Booking) -> Payment:
    return booking.payment.with_attempt(booking.payment.attempt.ended(AttemptState.EXPIRED))


def _silence_is_release(_: Points) -> None:
    close = CheckoutPages.close

    async def trusting(self: CheckoutPages, believed: Believed) -> Booking:
        booking = believed.booking
        try:
            return await close(self, believed)
        except Unavailable:
            return await self.move(booking, BookingState.RELEASED, _expired(booking))

    CheckoutPages.close = trusting


def _deadline_recomputed(_: Points) -> None:
    """Each try of the create carries the deadline that would be right now."""
    open_page, tries = StripeGateway.open_page, count()

    async def fresh(self: StripeGateway, order: OpenPage):
        deadline = int(time.time() + PAGE_LIFETIME.total_seconds()) + next(tries)
        request = json.dumps({**json.loads(order.request), "expires_at": deadline})
        return await open_page(self, OpenPage(request, order.key))

    StripeGateway.open_page = fresh


def _browser_before_store(points: Points) -> None:
    open_ = CheckoutPages.open

    async def eager(self: CheckoutPages, believed: Believed) -> Booking:
        page = await self.gateway.open_page(believed.page())
        await browse(self.store, points, believed.booking.id, page)
        return await open_(self, believed)

    CheckoutPages.open = eager


def _confirm_without_cas(_: Points) -> None:
    replace = MongoStore.replace

    async def overwrite(self: MongoStore, booking: Booking) -> None:
        if booking.state is not BookingState.CONFIRMED:
            await replace(self, booking)
            return
        await self._db.bookings.replace_one({"_id": booking.id}, booking_document(booking))

    MongoStore.replace = overwrite


def _own_clock(_: Points) -> None:
    from engine.adapters.mongo import clock  # noqa: PLC0415 -- after its clock was set wrong

    clock.ServerClock.now = lambda _: whole_milliseconds(clock.datetime.now(UTC))


def _one_members_word(_: Points) -> None:
    mongo_store.MAJORITY = WriteConcern(w=1)


def _fresh_refund_key(_: Points) -> None:
    refund = StripeGateway.refund

    async def again(self: StripeGateway, order: GiveBack):
        return await refund(self, replace(order, key=f"{order.key}:{uuid4().hex}"))

    async def unseen(self: StripeGateway, payment_intent: str):
        return []

    StripeGateway.refund = again
    StripeGateway.refunds = unseen  # looking for one that was made is a guard of its own; either alone is enough


def _rows_believed(_: Points) -> None:
    """Every row is taken for the program's own."""
    assert belief.doubt_of
    belief.doubt_of = lambda *_: None


def _payments_believed(_: Points) -> None:
    """A payment is a booking's because its row says so."""
    assert belief.Believed._must_own
    belief.Believed._must_own = lambda *_: None


def _number_first(_: Points) -> None:
    """The series moves on whatever becomes of the paper."""

    async def issue(db, session, draft, now, _epoch):
        paper, after = await _next(db, draft, now)
        await db.series.replace_one({"_id": after.id}, series_document(after), upsert=True)
        await db.papers.insert_one(paper_document(paper), session=session)
        return paper

    mongo_transaction.issue = issue


def _paper_first(_: Points) -> None:
    """The paper stays whatever becomes of its transaction."""

    async def issue(db, session, draft, now, _epoch):
        paper, after = await _next(db, draft, now)
        await db.papers.insert_one(paper_document(paper))
        await db.series.replace_one({"_id": after.id}, series_document(after), upsert=True, session=session)
        return paper

    mongo_transaction.issue = issue


def _ledger_apart(_: Points) -> None:
    """What was posted stays whatever becomes of the payment."""

    async def post(self, rows):
        await self._db.ledger.insert_many([ledger_document(row) for row in rows])

    assert MongoTransaction.post
    MongoTransaction.post = post


def _drawer_apart(_: Points) -> None:
    """What moved in a drawer stays whatever becomes of the payment."""
    move = MongoDrawers.move

    async def apart(self, shift, cash):
        await move(MongoDrawers(self._db, None), shift, cash)

    MongoDrawers.move = apart


def _counted_drawer_takes(_: Points) -> None:
    """Cash goes into a drawer whatever has become of its shift."""

    async def move(self, shift, cash):
        change = {"$push": {"moves": move_document(cash)}}
        await self._db.shifts.update_one({"_id": shift.id}, change, session=self._session)

    assert MongoDrawers.move
    MongoDrawers.move = move


async def _next(db, draft, now):
    name = series_of(draft.body, now)
    row = await db.series.find_one({"_id": name})
    return issued(draft, series_record_of(row) if row else begun(name, now), now)


MUTANTS = {
    "lease released without its token": _release_without_token,
    "no fence": _no_fence,
    "a car goes out twice": _out_twice,
    "an agreement outside of its transaction": _agreement_apart,
    "readings believed": _readings_believed,
    "extended without asking the fence": _blind_extension,
    "exchanged without asking the fence": _blind_exchange,
    "closed while something is open": _closed_owing,
    "a car is never made ready": _never_made_ready,
    "released before expired": _release_before_expire,
    "silence counts as released": _silence_is_release,
    "deadline recomputed": _deadline_recomputed,
    "browser before store": _browser_before_store,
    "confirmed without compare-and-set": _confirm_without_cas,
    "the desk's own clock believed": _own_clock,
    "one member's word is enough": _one_members_word,
    "refunded under a fresh key": _fresh_refund_key,
    "rows believed": _rows_believed,
    "payments believed": _payments_believed,
    "the number before the paper": _number_first,
    "the paper outside of its transaction": _paper_first,
    "the ledger outside of the payment's transaction": _ledger_apart,
    "the drawer outside of the payment's transaction": _drawer_apart,
    "a counted drawer takes cash": _counted_drawer_takes,
}
