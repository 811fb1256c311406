"""The owner's copy on this computer, wired: for a signed-in desk, and for one with no network."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.adapters.disk.copy_vault import CopyVault
from engine.adapters.mongo.client import Client, connect, speaking
from engine.adapters.mongo.queries.copy_of_books import MongoCopySource
from engine.adapters.mongo.queries.earnings import MongoEarnings
from engine.config import Settings
from engine.domain.people.copy_pin import pin_of
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.reports.copying import CopyHead, OwnCopy
from engine.ports.local import Clock
from engine.services.reports.copying import CopyService, StoredBooks
from engine.services.reports.earnings import EarningsService
from engine.services.reports.stored_listing import StoredListing
from engine.wiring.deployment import Deployment

__all__ = ["StoredDesk", "copies", "copies_of", "forget_copy", "must_answer", "open_copy", "open_copying"]


@dataclass(frozen=True, slots=True)
class StoredDesk:
    """What an owner's desk can do with no network: read."""

    actor: Actor
    copy: OwnCopy
    earnings: EarningsService
    listing: StoredListing


def copies_of(settings: Settings) -> Path:
    """The folder of this deployment's copies: two firms on one computer are never mixed up."""
    deployment = f"{settings.mongo_url or 'embedded'}|{settings.database}"
    return settings.data_dir / "copies" / hashlib.sha256(deployment.encode()).hexdigest()[:16]


def open_copying(
    client: Client, database: str, folder: Path | None, clock: Clock, actor: Actor, bookings: str
) -> CopyService | None:
    """None for accounts that keep no copy, and where there is no folder for one; *bookings* is what its sums are of."""
    if folder is None or actor.role is not Role.OWNER or actor.owner_id is None:
        return None
    earnings = MongoEarnings(client, database, clock, bookings)
    return CopyService(MongoCopySource(client, database, clock, earnings), CopyVault(folder))


async def copies(settings: Settings) -> tuple[CopyHead, ...]:
    """The copies that lie on this computer, the newest first."""
    return tuple(await asyncio.to_thread(CopyVault(copies_of(settings)).heads))


async def open_copy(settings: Settings, account: AccountName, pin: str = "") -> StoredDesk:
    """*pin* as it was typed; empty for a copy without one.

    Raises: NotFound, NoKeyring, CopyUnusable, CopyOutOfReach; CopyLocked without a PIN where there is one; InvalidText,
        WrongPin, PinTooSoon and PinDamaged with one.
    """
    vault, wanted = CopyVault(copies_of(settings)), pin_of(pin) if pin else ""

    def opened() -> OwnCopy:
        if wanted:
            vault.open(account, wanted)
        return vault.load(account)

    found = await asyncio.to_thread(opened)
    return StoredDesk(found.manifest.actor, found, EarningsService(StoredBooks(found)), StoredListing(found))


async def forget_copy(settings: Settings, account: AccountName) -> None:
    await asyncio.to_thread(CopyVault(copies_of(settings)).forget, account)


async def must_answer(deployment: Deployment) -> None:
    """Whether MongoDB can be reached, asked without an account. Raises: Unavailable."""
    client = connect(deployment.mongo_url, None, deployment.ca_file)
    try:
        with speaking():
            await client.admin.command("hello")
    finally:
        await client.close()
