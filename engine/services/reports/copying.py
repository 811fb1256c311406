"""Keeping a copy of an owner's books on this computer, by difference, and reading it with no network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import structlog

from engine.domain.car.car import OwnerId
from engine.domain.money.ledger import LedgerKind, rentals_in
from engine.domain.people.copy_pin import pin_of
from engine.domain.people.people import Actor, Deed
from engine.domain.reports.copying import (
    BOOKINGS,
    FLEET,
    LEDGER,
    PICTURES,
    CopyHead,
    CopyKey,
    CopyManifest,
    CopyNews,
    OwnCopy,
    Prints,
    StoredFleet,
)
from engine.domain.reports.figure_sources import Explanation, FigureQuestion, explained
from engine.domain.reports.owner_books import Facts, Posting
from engine.domain.shared.errors import CopyUnusable, Forbidden
from engine.ports.reports import CopyMoment, CopySource, Vault
from engine.services.input_guard import gated

log = structlog.get_logger(__name__)

#: A first copy is written in steps of so many months, the newest first: what is cut off is partial, and newest.
_STEP = 6


@dataclass(frozen=True, slots=True)
class StoredBooks:
    """The port ``OwnerBooks`` out of a copy."""

    copy: OwnCopy

    async def facts(self, owner_id: OwnerId, marks: tuple[int, ...]) -> Facts:
        self._must_be(owner_id)
        return self.copy.books.facts(marks)

    async def explained(self, owner_id: OwnerId, question: FigureQuestion) -> Explanation:
        self._must_be(owner_id)
        return explained(self.copy.books, question)

    async def zone(self, owner_id: OwnerId) -> str:
        self._must_be(owner_id)
        return self.copy.manifest.zone

    def _must_be(self, owner_id: OwnerId) -> None:
        if owner_id != self.copy.manifest.owner_id:
            raise Forbidden("this copy belongs to another owner")


@gated
@dataclass(slots=True)
class CopyService:
    """One sync at a time; a copy is read from the disk once and again after each sync."""

    source: CopySource
    vault: Vault
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _read: OwnCopy | None = None

    async def copy(self, actor: Actor) -> OwnCopy:
        """Raises: NotFound, NoKeyring, CopyLocked, CopyUnusable, CopyOutOfReach."""
        actor.must(Deed.SEE_OWN_EARNINGS)
        if self._read is None:
            self._read = await asyncio.to_thread(self.vault.load, actor.account)
        return self._read

    async def forget(self, actor: Actor) -> None:
        async with self._one:
            self._read = None
            await asyncio.to_thread(self.vault.forget, actor.account)

    async def has_pin(self, actor: Actor) -> bool:
        """Of this account's own copy. Raises: NoKeyring."""
        return await asyncio.to_thread(self.vault.has_pin, actor.account)

    async def unlock(self, actor: Actor, pin: str) -> None:
        """Until this sign-in ends. Raises: InvalidText, NoKeyring, NotFound, WrongPin, PinTooSoon, PinDamaged."""
        await asyncio.to_thread(self.vault.open, actor.account, pin_of(pin))

    async def change_pin(self, actor: Actor, old: str, new: str) -> None:
        """*old* is asked for where there is one; an empty *new* takes it away. What was kept stays.

        Raises: as ``unlock``; InvalidText names ``pin`` or ``new_pin``.
        """
        wanted = pin_of(new, "new_pin") if new else ""
        async with self._one:
            had = await asyncio.to_thread(self.vault.has_pin, actor.account)
            await _ended(self.vault.change_pin, actor.account, pin_of(old) if had else "", wanted)

    async def sync(self, actor: Actor) -> CopyNews:
        """Bring the copy up to date; what was there before stays whole until the new one is.

        Raises:
            Unavailable: The database went away; the copy is as before, or partial if it was a first one.
            NoKeyring: Nothing can be kept on this computer.
            CopyOutOfReach: The disk is full, or something holds the file; the copy is as before.
            CopyLocked: Its PIN was not typed in this sign-in; the copy is as before.
        """
        actor.must(Deed.SEE_OWN_EARNINGS)
        owner = actor.owner_id
        if owner is None:
            raise Forbidden("this account owns no fleet")
        async with self._one:
            before = await self._before(actor)
            zone = await self.source.zone(owner)
            async with self.source.moment(owner) as now:
                epoch = await now.epoch()
                void = before is not None and before.epoch != epoch
                if void:
                    log.warning("copy.of_another_epoch")
                    await _ended(self.vault.clear, actor.account)
                sync = _Sync(self.vault, now, actor, owner, zone, None if void else before, epoch)
                news = replace(await sync.run(), anew=void)
            news = await self._pictures(actor, news)
            self._read = await asyncio.to_thread(self.vault.load, actor.account)
            return news

    async def _before(self, actor: Actor) -> CopyManifest | None:
        """What is kept; a copy that is broken or another owner's is thrown away and made anew."""
        try:
            found = await asyncio.to_thread(self.vault.manifest, actor.account)
            if found is not None:
                await asyncio.to_thread(self.vault.load, actor.account)
        except CopyUnusable as problem:
            log.warning("copy.broken", problem=str(problem))
            found = None
        else:
            if found is None or found.owner_id == actor.owner_id:
                return found
        await _ended(self.vault.clear, actor.account)
        return None

    async def _pictures(self, actor: Actor, news: CopyNews) -> CopyNews:
        """The thumbnails of the fleet, once it is whole."""
        manifest = await asyncio.to_thread(self.vault.manifest, actor.account)
        fleet = await asyncio.to_thread(self.vault.fleet, actor.account)
        if manifest is None or fleet is None:
            return news
        wanted = {car.image_ids[0] for car in fleet.cars if car.image_ids}
        kept = {name for kind, name in manifest.prints if kind == PICTURES}
        found = await self.source.thumbnails(sorted(wanted - kept)) if wanted - kept else {}
        changes: dict[CopyKey, object | None] = {(PICTURES, name): data for name, data in found.items()}
        changes |= {(PICTURES, name): None for name in kept - wanted}
        if changes:
            prints = _changed(manifest.prints, changes, {(PICTURES, name): name for name in found})
            await _ended(self.vault.write, changes, _with(manifest, prints))
        return news


@dataclass(slots=True)
class _Sync:
    """One sync at one moment of the database."""

    vault: Vault
    now: CopyMoment
    actor: Actor
    owner: OwnerId
    zone: str
    before: CopyManifest | None
    epoch: str

    async def run(self) -> CopyNews:
        whole = self.before is not None and self.before.head.complete
        prints: dict[CopyKey, str] = {}
        for kind in (LEDGER, BOOKINGS):
            prints |= {(kind, month): mark for month, mark in (await self.now.prints(kind)).items()}
        held = dict(self.before.prints) if self.before is not None else {}
        due = [key for key, mark in prints.items() if held.get(key) != mark]
        gone = [key for key in held if key[0] in (LEDGER, BOOKINGS) and key not in prints]
        fleet = await self.now.fleet()
        news = await self._news(due, fleet) if whole else CopyNews()
        changes: dict[CopyKey, object | None] = {**dict.fromkeys(gone), (FLEET, ""): fleet}
        steps = [due] if whole else list(_steps(due))
        for step in steps[:-1]:
            held = await self._write(held, changes | await self._rows(step), prints, complete=False)
            changes = {}
        last = await self._rows(steps[-1]) if steps else {}
        await self._write(held, changes | last, prints, complete=True)
        return news

    async def _rows(self, keys: list[CopyKey]) -> dict[CopyKey, object | None]:
        rows: dict[CopyKey, object | None] = {}
        for kind, month in keys:
            rows[kind, month] = await (self.now.postings(month) if kind == LEDGER else self.now.rentals(month))
        return rows

    async def _write(
        self,
        held: Mapping[CopyKey, str],
        changes: Mapping[CopyKey, object | None],
        marks: Mapping[CopyKey, str],
        *,
        complete: bool,
    ) -> dict[CopyKey, str]:
        prints = _changed(held, changes, {**marks, (FLEET, ""): str(self.now.as_of)})
        head = CopyHead(self.actor.account, self.actor.name, self.now.as_of, complete)
        await _ended(self.vault.write, changes, CopyManifest(head, self.owner, self.zone, prints, self.epoch))
        return prints

    async def _news(self, due: list[CopyKey], fleet: StoredFleet) -> CopyNews:
        """What came into the ledger, row by row: a month's sum alone would not tell a refund from a smaller rental."""
        account, rentals, refunds, money = self.actor.account, 0, 0, list[Posting]()
        for kind, month in due:
            if kind != LEDGER:
                continue
            old = {_fact(row) for row in await asyncio.to_thread(self.vault.postings, account, month)}
            new = [row for row in await self.now.postings(month) if _fact(row) not in old]
            charges = [row for row in new if row.kind == LedgerKind.CHARGE.value]
            rentals += sum(rentals_in(row.source_id, row.minor) for row in charges)
            refunds += sum(row.kind == LedgerKind.REFUND.value for row in new)
            money += [row for row in new if row.kind in _TOLD]
        known = await asyncio.to_thread(self.vault.fleet, account)
        cars = set(fleet.cars) ^ set(known.cars if known else ())
        since = self.before.head.as_of if self.before else None
        money.sort(key=lambda row: (-row.at, row.booking_id, row.source_id))
        return CopyNews(since, rentals, refunds, len({car.id for car in cars}), money=tuple(money))


#: Rows that move money as a whole; the others are the shares of it.
_TOLD = frozenset({LedgerKind.CHARGE.value, LedgerKind.REFUND.value})


async def _ended(change: Callable[..., None], *what: object) -> None:
    """*change* in a thread, which no cancelling ends: whoever comes next must not meet it still at work."""
    changing = asyncio.ensure_future(asyncio.to_thread(change, *what))
    try:
        await asyncio.shield(changing)
    except asyncio.CancelledError:
        await asyncio.wait({changing})
        raise


def _fact(row: Posting) -> tuple[str, str, str]:
    return row.booking_id, row.kind, row.source_id


def _steps(due: list[CopyKey]) -> Iterator[list[CopyKey]]:
    """By months, the newest first, ledger and bookings together."""
    months = sorted({month for _, month in due}, reverse=True)
    for at in range(0, len(months), _STEP):
        wanted = set(months[at : at + _STEP])
        yield [key for key in due if key[1] in wanted]


def _changed(
    held: Prints, changes: Mapping[CopyKey, object | None], marks: Mapping[CopyKey, str]
) -> dict[CopyKey, str]:
    kept = {key: mark for key, mark in held.items() if key not in changes}
    return kept | {key: marks[key] for key, value in changes.items() if value is not None}


def _with(manifest: CopyManifest, prints: Prints) -> CopyManifest:
    return replace(manifest, prints=prints)
