"""Renters: seen with their history, mended, merged and blocked. Decision 0046 says who may do which, and why."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.domain.booking.booking import Booking
from engine.domain.firm.audit import AuditRow, Facts, changed
from engine.domain.people.bill_to import NOWHERE, BillTo, sound_bill_to
from engine.domain.people.driving import DRIVING, sound_driving
from engine.domain.people.people import Actor, Deed, Renter, RenterId, renter_field
from engine.domain.people.phone import phone_beginnings
from engine.domain.people.renter_errors import RenterKnown, RenterMerged, RenterOvertaken
from engine.domain.people.renters import (
    MOST_TWINS,
    MOVED_AT_ONCE,
    Block,
    Merge,
    Note,
    RenterChanges,
    RenterFile,
    RenterHistory,
    RenterLook,
    RenterPage,
    RenterQuery,
    Twin,
    shared,
)
from engine.domain.shared.errors import Contended, InvalidText
from engine.domain.shared.sought import Sought, sought
from engine.domain.shared.text import clean, plain
from engine.ports.local import Clock
from engine.ports.renters import Renters
from engine.services.input_guard import gated

PAGE_SIZE = 50
#: Open bookings that are listed beside a block.
MOST_LISTED = 50
_LONGEST_REASON = 400
#: A note is written again where another desk was quicker.
_TRIES = 8


@dataclass(frozen=True, slots=True)
class NewRenter:
    """As typed. Attributes: ``bill_to`` and the days are None where nobody was asked: what is known stays."""

    name: str
    email: str
    phone: str
    licence: str
    bill_to: BillTo | None = None
    born: str | None = None
    licence_since: str | None = None
    licence_until: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """Attributes: ``twins`` were added by another desk at the same moment and may be the same person."""

    renter: Renter
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockedRenter:
    """Attributes: ``bookings`` were made before and stand as they are; a person decides on each."""

    file: RenterFile
    bookings: tuple[Booking, ...]


@gated
@dataclass(frozen=True, slots=True)
class RenterService:
    """Attributes: ``desk`` is this machine's name, for the audit."""

    renters: Renters
    clock: Clock
    desk: str

    async def page(self, actor: Actor, query: RenterQuery, *, offset: int = 0) -> RenterPage:
        """Raises: Forbidden, InvalidText."""
        actor.must(Deed.SEE_RENTERS)
        text = clean("search", query.text, longest=100, required=False)
        wanted = sought(text, phone_beginnings(text, query.country)) if text else None
        found = await self._page(query, wanted, offset)
        if text and not found.total:
            # Only where nothing holds what was typed, what differs from it by one slip.
            meant = await self._page(query, await self.renters.meant(text), offset)
            return replace(meant, slip=bool(meant.total))
        return found

    async def _page(self, query: RenterQuery, wanted: Sought | None, offset: int) -> RenterPage:
        return await self.renters.page(
            wanted,
            blocked_at=self.clock.now() if query.blocked else None,
            order=query.order,
            descending=query.descending,
            offset=max(int(offset), 0),
            limit=PAGE_SIZE,
        )

    async def file(self, actor: Actor, renter_id: RenterId) -> RenterFile:
        """One renter alone; of somebody merged, whom it is now. Raises: Forbidden, NotFound, DamagedRow."""
        actor.must(Deed.SEE_RENTERS)
        return await self.renters.file(_id(renter_id))

    async def look(self, actor: Actor, renter_id: RenterId) -> RenterLook:
        """One renter; of somebody merged, whom it is now. Raises: Forbidden, NotFound, DamagedRow."""
        actor.must(Deed.SEE_RENTERS)
        file = await self.renters.file(_id(renter_id))
        merged = await self.renters.merged(file.id)
        everybody = (file.id, *merged)
        return RenterLook(
            file=file,
            twins=await self._twins(file.renter, file.not_same),
            bookings=await self.renters.count(everybody),
            since=await self.renters.first_at(everybody),
            unmoved=await self.renters.count(merged) if merged else 0,
        )

    async def history(self, actor: Actor, renter_id: RenterId, *, offset: int = 0) -> RenterHistory:
        """All bookings of the renter at all branches, the newest pick-up first. Raises: Forbidden, NotFound."""
        actor.must(Deed.SEE_RENTERS)
        return await self.renters.history(await self._everybody(renter_id), max(int(offset), 0), PAGE_SIZE)

    async def payments(self, actor: Actor, renter_id: RenterId, *, offset: int = 0) -> RenterHistory:
        """Those of ``history`` for which money moved, or may yet. Raises: Forbidden, NotFound."""
        actor.must(Deed.SEE_RENTERS)
        everybody = await self._everybody(renter_id)
        return await self.renters.history(everybody, max(int(offset), 0), PAGE_SIZE, paid=True)

    async def changes(self, actor: Actor, renter_id: RenterId, *, offset: int = 0) -> RenterChanges:
        """What people did to the renter's row, the newest first; nobody is named but by account.

        Raises: Forbidden, NotFound.
        """
        actor.must(Deed.SEE_RENTERS)
        return await self.renters.changes(await self._everybody(renter_id), max(int(offset), 0), PAGE_SIZE)

    async def note(self, actor: Actor, renter_id: RenterId, text: str) -> RenterFile:
        """Write *text* down with the renter; notes of two desks at once are both kept.

        Raises: Forbidden, NotFound, InvalidText (``remark``), Contended.
        """
        actor.must(Deed.MEND_RENTERS)
        told = clean("remark", text, longest=_LONGEST_REASON)
        for _ in range(_TRIES):
            file, now = await self.renters.file(_id(renter_id)), self.clock.now()
            after = file.changed(actor.account, now).noted(Note(told, actor.account, now))
            try:
                await self.renters.change(after, self._row(actor, file.id, "renter.noted", now, after={"note": told}))
            except (RenterOvertaken, RenterMerged):
                continue
            return after
        raise Contended("many desks change this renter at once")

    async def _everybody(self, renter_id: RenterId) -> tuple[RenterId, ...]:
        """The renter, and whoever was merged into it."""
        file = await self.renters.file(_id(renter_id))
        return (file.id, *await self.renters.merged(file.id))

    async def add(self, actor: Actor, new: NewRenter, country: str = "", beside: tuple[RenterId, ...] = ()) -> Added:
        """Somebody new; *beside* are those with the same telephone or address who are somebody else.

        A number without a + is read as one of *country* (ISO 3166). It is looked for others before, and once more
        after: of two desks that add the same person at one moment, the later one finds the other.

        Raises:
            Forbidden
            InvalidText: Naming the field.
            RenterKnown: Others are known who are not among *beside*; nothing was stored.
        """
        actor.must(Deed.MEND_RENTERS)
        now = self.clock.now()
        renter = _read(_nobody(RenterId(f"renter-{secrets.token_hex(8)}")), new, country, now.date())
        known = tuple(_id(each) for each in beside)
        if twins := await self._twins(renter, known):
            raise RenterKnown(twins)
        bill_to = _billed(new, NOWHERE)
        file = RenterFile(renter, changed_by=actor.account, changed_at=now, not_same=known, bill_to=bill_to)
        await self.renters.add(file, self._row(actor, renter.id, "renter.added", now, after=file.facts))
        return Added(renter, await self._twins(renter, known))

    async def mend(
        self, actor: Actor, renter_id: RenterId, version: int, new: NewRenter, country: str = ""
    ) -> RenterFile:
        """The details as they are to be; *version* is what was looked at.

        Open bookings take a new name. What was sent to Stripe stays as it was, the next page goes to the new address.

        Raises:
            Forbidden, NotFound
            InvalidText: Naming the field.
            RenterOvertaken: Somebody else changed it since, and who.
        """
        actor.must(Deed.MEND_RENTERS)
        file = await self._at(renter_id, version)
        now = self.clock.now()
        renter, bill_to = _read(file.renter, new, country, now.date()), _billed(new, file.bill_to)
        after = file.changed(actor.account, now, renter=renter, bill_to=bill_to)
        if (renter, bill_to) == (file.renter, file.bill_to):
            return file
        before, told = changed(file.facts, after.facts)
        await self.renters.change(after, self._row(actor, file.id, "renter.mended", now, before, told))
        return after

    async def correct(self, actor: Actor, renter: Renter, new: NewRenter, country: str = "") -> Added:
        """``mend`` for whoever has only the details at hand: *renter* as shown is what nobody may have changed.

        Raises: as for ``mend``.
        """
        actor.must(Deed.MEND_RENTERS)
        file = await self.renters.file(_id(renter.id))
        if file.renter != renter:
            raise RenterOvertaken(file.id, file.changed_by, file.changed_at)
        return Added((await self.mend(actor, file.id, file.version, new, country)).renter)

    async def tell_apart(self, actor: Actor, renter_id: RenterId, version: int, other: RenterId) -> RenterFile:
        """*other* is somebody else, though they share a telephone. Raises: as for ``mend``."""
        actor.must(Deed.MEND_RENTERS)
        file, now = await self._at(renter_id, version), self.clock.now()
        after = file.apart_from((_id(other),), actor.account, now)
        row = self._row(actor, file.id, "renter.told_apart", now, after={"other": other})
        await self.renters.change(after, row)
        return after

    async def block(
        self, actor: Actor, renter_id: RenterId, version: int, reason: str, until: datetime | None = None
    ) -> BlockedRenter:
        """Nothing new is booked for the renter from now on, until *until* (UTC) if given.

        Raises:
            Forbidden, NotFound, RenterOvertaken
            InvalidText: ``reason``, or ``until`` where it is over already.
        """
        actor.must(Deed.BLOCK_RENTERS)
        told = clean("reason", reason, longest=_LONGEST_REASON)
        file, now = await self._at(renter_id, version), self.clock.now()
        if until is not None and until <= now:
            raise InvalidText("until", "field.past")
        kept = file if file.block is None else file.lifted(actor.account, now, "another block took its place")
        block = Block(told, actor.account, now, until)
        after = replace(kept, version=file.version + 1, changed_by=actor.account, changed_at=now, block=block)
        facts = {"blocked": told, "until": until.isoformat() if until else ""}
        await self.renters.change(after, self._row(actor, file.id, "renter.blocked", now, after=facts))
        # After the commit: a booking made in the same moment was either refused, or is listed here.
        return BlockedRenter(after, tuple(await self.renters.open_bookings(file.id, MOST_LISTED)))

    async def open_bookings(self, actor: Actor, renter_id: RenterId) -> tuple[Booking, ...]:
        """Those that keep a car, the next pick-up first. Raises: Forbidden, NotFound."""
        actor.must(Deed.SEE_RENTERS)
        file = await self.renters.file(_id(renter_id))
        return tuple(await self.renters.open_bookings(file.id, MOST_LISTED))

    async def unblock(self, actor: Actor, renter_id: RenterId, version: int, note: str) -> RenterFile:
        """The renter may be booked for again; *note* says why.

        Raises: Forbidden, NotFound, InvalidText, RenterOvertaken.
        """
        actor.must(Deed.BLOCK_RENTERS)
        told = clean("note", note, longest=_LONGEST_REASON)
        file, now = await self._at(renter_id, version), self.clock.now()
        if file.block is None:
            return file
        after = file.lifted(actor.account, now, told)
        row = self._row(actor, file.id, "renter.unblocked", now, {"blocked": file.block.reason}, {"note": told})
        await self.renters.change(after, row)
        return after

    async def merge(self, actor: Actor, merge: Merge, country: str = "") -> RenterFile:
        """Two who are one person: the bookings of one become the other's, and nothing that moves money changes.

        First both rows, at once; the bookings follow a hundred at a time. What is cut off goes on with ``carry_on``,
        and the history shows all of them meanwhile.

        Raises:
            Forbidden, NotFound
            InvalidText: Naming the field, or ``gone`` where both are the same.
            RenterOvertaken, RenterMerged: Somebody else changed one of them since.
            RenterHasAccount: Somebody signs in as the one that should go.
        """
        actor.must(Deed.MERGE_RENTERS)
        if _id(merge.keep) == _id(merge.gone):
            raise InvalidText("gone", "field.somebody_else")
        keep, gone = await self._at(merge.keep, merge.keep_version), await self._at(merge.gone, merge.gone_version)
        now = self.clock.now()
        values = NewRenter(merge.name, merge.email, merge.phone, merge.licence)
        known = _with_days(keep.renter, gone.renter)
        stays = keep.changed(actor.account, now, renter=_read(known, values, country, now.date()))
        stays = stays.noted(*gone.notes)
        if not keep.bill_to.addressed:
            stays = replace(stays, bill_to=gone.bill_to if gone.bill_to.addressed else keep.bill_to)
        if keep.blocked_at(now) is None and (block := gone.blocked_at(now)):
            # Whoever is blocked does not get out of it by being known twice.
            stays = replace(stays, block=block)
        goes = gone.changed(actor.account, now, merged_into=keep.id)
        before = {**{f"gone {name}": text for name, text in gone.facts.items()}, **keep.facts}
        after = {"merged into": keep.id, **stays.facts}
        await self.renters.merge(stays, goes, self._row(actor, gone.id, "renter.merged", now, before, after))
        await self._move(actor, goes, stays)
        return stays

    async def carry_on(self, actor: Actor, renter_id: RenterId) -> int:
        """Move the bookings that a merge left behind when it was cut off; how many. Raises: Forbidden, NotFound."""
        actor.must(Deed.MERGE_RENTERS)
        file, moved = await self.renters.file(_id(renter_id)), 0
        for gone in await self.renters.merged(file.id):
            moved += await self._move(actor, RenterFile(_nobody(gone)), file)
        return moved

    async def _move(self, actor: Actor, gone: RenterFile, keep: RenterFile) -> int:
        moved = 0
        row = self._row(actor, gone.id, "renter.bookings_moved", self.clock.now())
        while some := await self.renters.move_some(gone.id, keep, row, MOVED_AT_ONCE):
            moved += some
        return moved

    async def _twins(self, renter: Renter, known: tuple[RenterId, ...]) -> tuple[Twin, ...]:
        found = [
            file
            for file in await self.renters.alike(renter, MOST_TWINS)
            if file.id not in known and renter.id not in file.not_same
        ]
        return tuple([Twin(file, shared(renter, file.renter), await self.renters.count((file.id,))) for file in found])

    async def _at(self, renter_id: RenterId, version: int) -> RenterFile:
        """The renter as it was looked at. Raises: RenterOvertaken, RenterMerged, where that is no more."""
        file = await self.renters.file(_id(renter_id))
        if file.id != renter_id:
            raise RenterMerged(renter_id, file.id)
        if file.version != version:
            raise RenterOvertaken(file.id, file.changed_by, file.changed_at)
        return file

    def _row(
        self,
        actor: Actor,
        renter_id: RenterId,
        what: str,
        at: datetime,
        before: Facts | None = None,
        after: Facts | None = None,
    ) -> AuditRow:
        return AuditRow(at, actor.account, self.desk, what, f"renter:{renter_id}", before or {}, after or {})


def _id(renter_id: RenterId) -> RenterId:
    return RenterId(plain("renter", renter_id, longest=120))


def _nobody(renter_id: RenterId) -> Renter:
    return Renter(renter_id, "", "", "", "")


def _with_days(keep: Renter, gone: Renter) -> Renter:
    """*keep* with its own days, or those of *gone* where it has none: those of two licences are never mixed."""
    if keep.born or keep.licence_since or keep.licence_until:
        return keep
    return replace(keep, born=gone.born, licence_since=gone.licence_since, licence_until=gone.licence_until)


def _billed(new: NewRenter, known: BillTo) -> BillTo:
    """Raises: InvalidText, naming the first field that is wrong."""
    return known if new.bill_to is None else sound_bill_to(new.bill_to)


def _read(known: Renter, new: NewRenter, country: str, today: date) -> Renter:
    """*known* as it is to be. Raises: InvalidText, naming the first field that is wrong."""
    days = {name: getattr(known, name) if (told := getattr(new, name)) is None else told for name in DRIVING}
    read = Renter(
        id=known.id,
        name=renter_field("name", new.name),
        email=renter_field("email", new.email),
        phone=renter_field("phone", new.phone, country),
        licence=renter_field("licence", new.licence),
        **{name: renter_field(name, day) for name, day in days.items()},
    )
    sound_driving([getattr(read, name) for name in DRIVING], today)
    return read
