"""One transaction on the bookings of a car."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from bson import Binary
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError

from engine.adapters.mongo import fences
from engine.adapters.mongo.agreements.changing import ChangesAgreements, stands_after
from engine.adapters.mongo.branch_rules import Known, rules_of
from engine.adapters.mongo.client import Database, Document
from engine.adapters.mongo.codec.bookings import booking_document, news_document
from engine.adapters.mongo.codec.documents import (
    CAR,
    audit_document,
    booked_ids,
    branch_of,
    car_document,
    car_of,
    fence_document,
    ledger_document,
    read_km,
    series_document,
    status_document,
)
from engine.adapters.mongo.codec.payments import restored_document
from engine.adapters.mongo.codec.people import answer_document
from engine.adapters.mongo.codec.reading import must, read, shown
from engine.adapters.mongo.fences import Entered, Wished
from engine.adapters.mongo.images import files_of
from engine.adapters.mongo.marks.book import MarksThere
from engine.adapters.mongo.movements import ANY_MOVEMENT, claim_anew, put_movement
from engine.adapters.mongo.papers.issuing import issue
from engine.adapters.mongo.queries.unbelieved import mark_of
from engine.adapters.mongo.queries.witnesses import return_document, settlement_document
from engine.adapters.mongo.schema.migrations import LATEST
from engine.adapters.mongo.schema.version import must_fit
from engine.adapters.mongo.shifts import MongoDrawers
from engine.adapters.mongo.terms import go_on
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.handing_over import CameBack
from engine.domain.booking.restored import Outcome, RestoredPayment
from engine.domain.booking.unbelieved import StoredBooking
from engine.domain.booking.wish import Wish, WishAnswer
from engine.domain.car.availability import ClaimKind, Stretch, just, taken_by
from engine.domain.car.car import Branch, BranchId, Car, CarId, CarStatus, CarTerms, terms_of
from engine.domain.car.movement import Movement
from engine.domain.car.plates import plate_key
from engine.domain.firm.audit import AuditRow
from engine.domain.firm.freshness import Namespace, cars_at, touched_by_booking, touched_by_car, touched_by_money
from engine.domain.health.backup import Epoch
from engine.domain.money.ledger import LedgerRow
from engine.domain.papers.paper import Draft, Paper
from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import (
    AlreadyAsked,
    Contended,
    DamagedRow,
    DriveSphereError,
    NotFound,
    Overtaken,
    PlateTaken,
)
from engine.domain.shared.period import RentalPeriod

_DUPLICATE_KEY = 11000


def _brought(before: Car, after: Car) -> Document:
    """A car that belongs to another branch from now on was brought there, unless somebody has it."""
    return {"at": after.branch_id} if before.branch_id != after.branch_id else {}


class MongoTransaction(ChangesAgreements, MarksThere):
    """The port ``Transaction`` inside a driver's session."""

    def __init__(
        self,
        db: Database,
        session: AsyncClientSession,
        touched: set[Namespace],
        known: Known,
        epoch: Epoch | None = None,
    ) -> None:
        """What the changes make untrue is noted in *touched*, to be bumped after the commit; *epoch* as ``issue``.

        *known* are the branches that this desk has read.
        """
        self._db = db
        self._session = session
        self._touched = touched
        self._epoch = epoch
        self._known = known
        self._sold: dict[BranchId, Entered] = {}

    async def claim(
        self, car_id: CarId, period: RentalPeriod, booking_id: BookingId, now: datetime, to: BranchId | None = None
    ) -> CarTerms:
        return await self._enter(car_id, just(period), booking_id, now, to)

    async def claim_again(self, booking: Booking, now: datetime) -> None:
        await self._enter(booking.car_id, taken_by(booking), booking.id, now, booking.return_branch_id)

    async def make_ready(self, car_id: CarId, booking_id: BookingId, back: Branch, ends_at: datetime) -> datetime:
        sold = next((each for each in self._sold.values() if each.terms.car_id == car_id), None)
        body = None if sold is None else sold.body
        return await fences.make_ready(self._db, self._session, car_id, booking_id, back, ends_at, body)

    async def _enter(
        self,
        car_id: CarId,
        taken: Stretch,
        booking_id: BookingId,
        now: datetime,
        to: BranchId | None,
        *,
        any_status: bool = False,
    ) -> CarTerms:
        only: Document = {} if any_status else {"status": CarStatus.ACTIVE}
        sold = await fences.enter(self._db, self._session, car_id, Wished(booking_id, taken, to), now, only)
        self._sold[sold.terms.branch_id] = sold
        self._touched.add(cars_at(sold.terms.branch_id))
        return sold.terms

    async def branch(self, branch_id: BranchId) -> Branch:
        sold = self._sold.get(branch_id)
        marked = None if sold is None else (sold.terms.car_id, sold.mark)
        branch = await rules_of(self._db, self._session, self._known, branch_id, marked)
        if branch is None or branch.closed:
            raise NotFound("branch", branch_id)
        return branch

    async def hand_out(self, booking: Booking, now: datetime, odometer_km: int) -> int | None:
        before = await fences.hand_out(self._db, self._session, booking, now, odometer_km)
        self._touch_branch(before)
        return read_km(before)

    async def move_claim(self, booking: Booking, car_id: CarId, now: datetime, *, back: bool = False) -> CarTerms:
        self._touched |= touched_by_booking(booking)
        taken, to = taken_by(booking), booking.return_branch_id
        # Always the same fence first, so that two moves the other way round queue up instead of undoing each other.
        if booking.car_id < car_id:
            await self._leave(booking)
            terms = await self._enter(car_id, taken, booking.id, now, to, any_status=back)
        else:
            terms = await self._enter(car_id, taken, booking.id, now, to, any_status=back)
            await self._leave(booking)
        gone = {**news_document(booking), "blocking": False, "at": now}
        await self._db.news.insert_one(gone, session=self._session)
        return terms

    async def add(self, booking: Booking) -> None:
        self._touched |= touched_by_booking(booking)
        try:
            await self._db.bookings.insert_one(booking_document(booking), session=self._session)
        except DuplicateKeyError as problem:
            # The transaction is lost by this; look outside of it.
            first = await self._db.bookings.find_one({"intent_key": booking.intent_key}, {"_id": 1})
            if first is None:
                # Written, and not yet known to a majority: asking again will find it.
                raise Contended("this very request is being served") from problem
            raise AlreadyAsked(first["_id"]) from problem

    async def replace(self, booking: Booking, back: CameBack | None = None) -> None:
        await must_fit(self._db, self._session)
        self._touched |= touched_by_booking(booking)
        await replace_version(self._db, booking, self._session)
        await self._db.news.insert_one(news_document(booking), session=self._session)
        if not booking.blocking:
            await self._leave(booking, None if back is None else stands_after(back))

    async def _leave(self, booking: Booking, stands: Document | None = None) -> None:
        gone: Document = {"$inc": {"seq": 1}, "$pull": {"claims": {"id": booking.id, "kind": ClaimKind.BOOKING}}}
        fence = await self._db.fences.find_one_and_update(
            {"_id": booking.car_id},
            {**gone, "$set": stands} if stands else gone,
            projection={"terms": 1, **ANY_MOVEMENT},
            session=self._session,
        )
        # The car may stand at another branch by now than its bookings say. Whatever else its terms are by now, a
        # booking that lets go of it must be able to.
        await self._let_go(fence)

    async def _let_go(self, fence: Document | None) -> None:
        """Something left *fence*: what was sold in the time of a movement is the movement's now."""
        self._touch_branch(fence)
        if fence is not None and fence.get("claims"):
            await claim_anew(self._db, self._session, fence["_id"])

    async def put_movement(
        self, before: Movement | None, after: Movement, seen: frozenset[BookingId], now: datetime
    ) -> None:
        await must_fit(self._db, self._session)
        self._touch_branch(await put_movement(self._db, self._session, before, after, seen, now))

    async def let_cars_go(self, booking_id: BookingId) -> None:
        own: Document = {"id": booking_id, "kind": ClaimKind.BOOKING}
        wanted: Document = {"claims": {"$elemMatch": own}}
        found = self._db.fences.find(wanted, {"terms.branch_id": 1, **ANY_MOVEMENT}, session=self._session)
        for fence in await found.to_list():
            change: Document = {"$inc": {"seq": 1}, "$pull": {"claims": own}}
            await self._db.fences.update_one({"_id": fence["_id"]}, change, session=self._session)
            await self._let_go(fence)

    async def replace_stored(self, before: StoredBooking, after: Booking) -> None:
        await must_fit(self._db, self._session)
        found = await self._db.bookings.find_one({"_id": after.id}, session=self._session)
        if found is None or mark_of(found) != before.mark:
            raise Overtaken(f"booking {after.id} was changed by somebody else")
        self._touched |= touched_by_booking(after)
        await self._db.bookings.replace_one({"_id": after.id}, booking_document(after), session=self._session)
        await self._db.news.insert_one(news_document(after), session=self._session)

    async def note_return(self, booking: Booking) -> None:
        step = booking.history[-1]
        row = return_document(booking, step.at, step.by)
        # A word that is there already says nothing else, and no role may change one.
        if await self._db.returns.find_one({"_id": booking.id}, {"_id": 1}, session=self._session) is None:
            await self._db.returns.insert_one(row, session=self._session)

    async def note_settled(self, booking: Booking) -> None:
        if booking.trouble is not None and booking.trouble.settled is not None:
            row = settlement_document(booking.id, booking.trouble, booking.trouble.settled)
            await self._db.settlements.insert_one(row, session=self._session)

    async def post(self, rows: Iterable[LedgerRow]) -> None:
        documents = []
        for row in rows:
            self._touched |= touched_by_money(row)
            documents.append(ledger_document(row))
        try:
            await self._db.ledger.insert_many(documents, session=self._session)
        except BulkWriteError as problem:
            if all(failed["code"] == _DUPLICATE_KEY for failed in problem.details["writeErrors"]):
                raise Overtaken("this movement of money is in the ledger already") from problem
            raise

    async def add_car(self, car: Car, by: str, now: datetime) -> None:
        await must_fit(self._db, self._session)
        self._touched |= touched_by_car(car)
        terms = await self._terms(car)
        try:
            await self._db.cars.insert_one(car_document(car), session=self._session)
        except DuplicateKeyError as problem:
            raise await self._plate_taken(car) from problem
        await self._db.fences.insert_one(fence_document(car, terms, ()), session=self._session)
        await self._db.car_terms.insert_one(series_document(terms, by, now), session=self._session)

    async def change_car(
        self, before: Car, after: Car, by: str, now: datetime, seen: frozenset[BookingId] | None = None
    ) -> None:
        await must_fit(self._db, self._session)
        self._touched |= touched_by_car(before) | touched_by_car(after)
        terms = await self._terms(after)
        # First the fence: from here on every claim on this car conflicts with the change, and the change with it.
        fence = await self._db.fences.find_one_and_update(
            {"_id": before.id},
            {"$inc": {"seq": 1}, "$set": {"status": after.status, "body": after.body, **_brought(before, after)}},
            projection={"claims": 1},
            session=self._session,
        )
        if fence is None:
            raise NotFound("car", before.id)
        if seen is not None and not booked_ids(fence) <= seen:
            raise Overtaken(f"car {before.id} was booked meanwhile")
        await go_on(self._db, self._session, [terms], by, now)
        # Not by its keys: they are made of the rest, and may have been made otherwise once.
        as_read = {field: value for field, value in car_document(before).items() if field not in CAR.derived}
        try:
            done = await self._db.cars.replace_one(as_read, car_document(after), session=self._session)
        except DuplicateKeyError as problem:
            raise await self._plate_taken(after) from problem
        if done.matched_count == 0:
            raise Overtaken(f"car {before.id} was changed by somebody else")

    async def _terms(self, car: Car) -> CarTerms:
        branch = await self._db.branches.find_one({"_id": car.branch_id}, session=self._session)
        if branch is None:
            raise NotFound("branch", car.branch_id)
        return terms_of(car, must("branches", branch, branch_of))

    async def _plate_taken(self, car: Car) -> DriveSphereError:
        # The transaction is lost by the duplicate; look outside of it.
        other = await self._db.cars.find_one({"country": car.country, "plate_key": plate_key(car.plate, car.country)})
        if other is None:
            return Overtaken("the plate was free again a moment later")
        known = read("cars", other, car_of)
        return PlateTaken(shown(other["_id"]), known.line if isinstance(known, Damaged) else known.label)

    async def note_status(self, car: Car, since: datetime) -> None:
        row = status_document(car.id, car.owner_id, car.status, since)
        await self._db.car_statuses.insert_one(row, session=self._session)

    async def keep_pictures(self, new: Collection[str], gone: Collection[str]) -> None:
        kept, files = files_of(new), self._db["images.files"]
        for file_ids, keep in ((kept, True), (files_of(gone), False)):
            if file_ids:
                done = await files.update_many(
                    {"_id": {"$in": file_ids}}, {"$set": {"metadata.kept": keep}}, session=self._session
                )
                if keep and done.matched_count != len(file_ids):
                    raise Overtaken("a picture was cleared away before it was saved")

    async def keep_for_payment(self, payment: RestoredPayment, now: datetime) -> bool:
        await must_fit(self._db, self._session)
        rows = self._db.restored_payments
        if await rows.find_one({"_id": payment.payment_intent}, {"_id": 1}, session=self._session):
            return False
        stay, claimed = payment.stay, False
        if stay is not None and stay.period.ends_at > now:
            overlap = fences.between(stay.period.starts_at, stay.period.ends_at)
            fence = await self._db.fences.find_one_and_update(
                {"_id": stay.car_id, "schema": LATEST, "claims": {"$not": {"$elemMatch": overlap}}},
                fences.entered(Wished(payment.payment_intent, just(stay.period)), ClaimKind.RESTORED),
                projection={"terms.branch_id": 1},
                session=self._session,
            )
            claimed = fence is not None
            self._touch_branch(fence)
        await rows.insert_one(restored_document(replace(payment, claimed=claimed)), session=self._session)
        return True

    async def settle_payment(self, payment: RestoredPayment, outcome: Outcome, by: AccountName, now: datetime) -> None:
        await must_fit(self._db, self._session)
        done = await self._db.restored_payments.update_one(
            {"_id": payment.payment_intent, "outcome": Outcome.OPEN},
            {"$set": {"outcome": outcome, "by": by, "at": now}},
            session=self._session,
        )
        if done.matched_count == 0:
            raise Overtaken(f"payment {payment.payment_intent} was decided by somebody else")
        if payment.stay is not None:
            fence = await self._db.fences.find_one_and_update(
                {"_id": payment.stay.car_id},
                {"$inc": {"seq": 1}, "$pull": {"claims": {"id": payment.payment_intent, "kind": ClaimKind.RESTORED}}},
                projection={"terms.branch_id": 1, **ANY_MOVEMENT},
                session=self._session,
            )
            await self._let_go(fence)

    def _touch_branch(self, fence: Document | None) -> None:
        branch_id = ((fence or {}).get("terms") or {}).get("branch_id")
        if isinstance(branch_id, str):
            self._touched.add(cars_at(BranchId(branch_id)))

    @property
    def drawers(self) -> MongoDrawers:
        return MongoDrawers(self._db, self._session)

    async def audit(self, row: AuditRow) -> None:
        await self._db.audit.insert_one(audit_document(row), session=self._session)

    async def issue(self, draft: Draft, now: datetime) -> Paper:
        await must_fit(self._db, self._session)
        return await issue(self._db, self._session, draft, now, self._epoch)

    async def settle_wish(self, wish: Wish, answer: WishAnswer) -> None:
        await settle_wish(self._db, self._session, wish, answer)


async def settle_wish(
    db: Database, session: AsyncClientSession, wish: Wish, answer: WishAnswer, *, proven: bool = True
) -> None:
    """The row of a wish is what it can be carried out with once. By place and signature: an id may be no text."""
    gone = await db.wishes.delete_one({"slot": wish.slot, "sig": Binary(wish.signature)}, session=session)
    if gone.deleted_count == 0:
        raise Overtaken("the wish was answered by somebody else")
    place = {} if proven else {"slot": wish.slot}
    await db.wish_answers.insert_one({**answer_document(answer), **place}, session=session)


async def replace_version(db: Database, booking: Booking, session: AsyncClientSession | None = None) -> None:
    """Compare-and-set: store *booking* where the version before it is still the stored one.

    Raises:
        Overtaken: It is not.
        DamagedRow: It names a payment page that another booking has.
    """
    wanted = {"_id": booking.id, "version": booking.version - 1}
    try:
        done = await db.bookings.replace_one(wanted, booking_document(booking), session=session)
    except DuplicateKeyError as problem:
        raise DamagedRow("bookings", booking.id, "payments: its payment page is another booking's") from problem
    if done.matched_count == 0:
        raise Overtaken(f"booking {booking.id} was changed by somebody else")
