"""The copies on this computer: one file and one key of the keyring for each account. Blocks; call it off the loop."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.adapters.disk.copy_file import CopyFile, Part, head_of, remove
from engine.adapters.disk.copy_keys import CopyKeys
from engine.domain.people.people import AccountName
from engine.domain.reports.copying import BOOKINGS, FLEET, LEDGER, CopyHead, CopyKey, CopyManifest, OwnCopy, StoredFleet
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.reports.owner_books import Posting, Rental
from engine.domain.shared.errors import CopyUnusable, NotFound

T = TypeVar("T")

_SUFFIX = ".copy"
_LEDGER, _BOOKINGS = msgspec.msgpack.Decoder(list[Posting]), msgspec.msgpack.Decoder(list[Rental])
_FLEET = msgspec.msgpack.Decoder(StoredFleet)


class CopyVault:
    """The port ``Vault``."""

    def __init__(self, folder: Path, keys: CopyKeys | None = None) -> None:
        """*folder* is this deployment's own; what a PIN opened is known to this vault, and to no other."""
        self._folder, self._keys = folder, keys or CopyKeys()

    def heads(self) -> list[CopyHead]:
        """All copies that say who they belong to, the newest first; none needs a key for it."""
        found = [head_of(path) for path in sorted(self._folder.glob(f"*{_SUFFIX}"))]
        return sorted((head for head in found if head is not None), key=lambda head: -head.as_of)

    def manifest(self, account: AccountName) -> CopyManifest | None:
        key = self._keys.get(self._name(account))
        if key is None:
            remove(self._path(account))
            return None
        return CopyFile(self._path(account), key).manifest()

    def postings(self, account: AccountName, name: str) -> list[Posting]:
        """The ledger rows of one part; none where it is not kept."""
        data = self._file(account).part(LEDGER, name)
        return [] if data is None else _decoded(_LEDGER, data)

    def fleet(self, account: AccountName) -> StoredFleet | None:
        data = self._file(account).part(FLEET, "")
        return None if data is None else _decoded(_FLEET, data)

    def load(self, account: AccountName) -> OwnCopy:
        """Raises: NotFound, NoKeyring, CopyLocked, CopyUnusable, CopyOutOfReach."""
        manifest, parts = self._file(account).read()
        postings: list[Posting] = []
        rentals: list[Rental] = []
        pictures: dict[str, bytes] = {}
        fleet = StoredFleet((), (), ())
        for (kind, name), data in parts.items():
            if kind == LEDGER:
                rows: list[Posting] = _decoded(_LEDGER, data)
                postings += rows
            elif kind == BOOKINGS:
                out: list[Rental] = _decoded(_BOOKINGS, data)
                rentals += out
            elif kind == FLEET:
                fleet = _decoded(_FLEET, data)
            else:
                pictures[name] = data
        head = manifest.head
        books = books_of(head.as_of, postings, rentals, fleet.own_cars, fleet.branches, complete=head.complete)
        return OwnCopy(manifest, books, fleet, pictures)

    def write(self, changes: Mapping[CopyKey, object | None], manifest: CopyManifest) -> None:
        """*changes*: kind and name -> rows, a fleet, a picture's bytes, or None for what is to go."""
        account = manifest.head.account
        name = self._name(account)
        key = self._keys.get(name) or self._keys.make(name)
        CopyFile(self._path(account), key).write(_parts(changes, manifest), manifest)

    def forget(self, account: AccountName) -> None:
        """The file first: without its key it is noise, without the file the key is nothing."""
        remove(self._path(account))
        self._keys.forget(self._name(account))

    def clear(self, account: AccountName) -> None:
        """Nothing of the copy stays; a key that has a PIN does, so that what is made anew has it too."""
        remove(self._path(account))
        if not self._keys.has_pin(self._name(account)):
            self._keys.forget(self._name(account))

    def has_pin(self, account: AccountName) -> bool:
        return self._keys.has_pin(self._name(account))

    def open(self, account: AccountName, pin: str) -> None:
        """*pin* in its normal form. Raises: NoKeyring, NotFound, WrongPin, PinTooSoon, PinDamaged."""
        self._keys.open(self._name(account), pin)

    def change_pin(self, account: AccountName, old: str, new: str) -> None:
        """Empty is none. Raises: as ``open``."""
        self._keys.change_pin(self._name(account), old, new)

    def _file(self, account: AccountName) -> CopyFile:
        path = self._path(account)
        key = self._keys.get(self._name(account))
        if key is None or not path.exists():
            raise NotFound("copy", account)
        return CopyFile(path, key)

    def _path(self, account: AccountName) -> Path:
        return self._folder / f"{hashlib.sha256(account.encode()).hexdigest()[:24]}{_SUFFIX}"

    def _name(self, account: AccountName) -> str:
        return f"copy:{self._folder.name}:{account}"


def _parts(changes: Mapping[CopyKey, object | None], manifest: CopyManifest) -> Iterable[Part]:
    for (kind, name), value in changes.items():
        packed = value if value is None or isinstance(value, bytes) else msgspec.msgpack.encode(value)
        yield Part(kind, name, manifest.prints.get((kind, name), ""), packed)


def _decoded(decoder: msgspec.msgpack.Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as problem:
        raise CopyUnusable("a part of it cannot be read") from problem
