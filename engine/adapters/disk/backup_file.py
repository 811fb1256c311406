"""A back-up's file: sealed in chunks, each of which proves itself, its place and whether it is the last.

The form is that of age's payload (github.com/C2SP/C2SP, age.md; the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár): 64 KiB a chunk, ChaCha20-Poly1305, the nonce a counter and a mark on the last chunk. Before it stands a head
in JSON with its own SHA-256 and a keyed one, so that a damaged head and a wrong key are told apart before anything is
unsealed. Memory is that of one chunk.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from engine.domain.health.backup import BackupDamaged, BackupKeyWrong, NotABackup

MAGIC = b"DriveSphere back-up 1\n"
CHUNK = 64 * 1024
_TAG, _HASH, _SALT, _KEY = 16, 32, 32, 32
_LONGEST_HEAD = 4096
_COUNTER = 11
#: 128 MiB and about half a second: RFC 7914, and OWASP's table of scrypt parameters.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1


@dataclass(frozen=True, slots=True)
class BackupKey:
    """With what a back-up is sealed: 32 random bytes of a key file or keyring, or a pass phrase."""

    secret: bytes = field(repr=False)
    kind: Literal["key", "phrase"]


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["key", "phrase"]
    salt: str
    n: int = _SCRYPT_N


class Sealer:
    """Writes a sealed file; ``write`` any amount any number of times, then ``finish``."""

    def __init__(self, file: BinaryIO, key: BackupKey) -> None:
        salt = secrets.token_bytes(_SALT)
        head = msgspec.json.encode(_Head(key.kind, b64encode(salt).decode()))
        begun = MAGIC + len(head).to_bytes(4, "big") + head
        proving, sealing = _keys(key, salt, begun)
        file.write(begun + sha256(begun).digest() + _proof(proving, begun))
        self._file, self._cipher = file, ChaCha20Poly1305(sealing)
        self._waiting, self._count = bytearray(), 0

    def write(self, data: bytes) -> None:
        self._waiting += data
        # One byte at least stays: the last chunk is marked, and only ``finish`` knows which it is.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, data: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, last=last), data, None))
        self._count += 1


def unseal(file: BinaryIO, key: BackupKey) -> Iterator[bytes]:
    """What was sealed, a chunk at a time; whoever reads to the end knows that all of it is there and nothing else.

    Raises:
        NotABackup: It does not begin like one.
        BackupKeyWrong: Its head is whole and was made with another key.
        BackupDamaged: A bit of it is another, a part is missing, or they are in another order.
    """
    cipher = ChaCha20Poly1305(_opened(file, key))
    count, chunk = 0, file.read(CHUNK + _TAG)
    while True:
        following = file.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(count, last=not following), chunk, None)
        except InvalidTag as problem:
            raise BackupDamaged("the file was changed or cut short") from problem
        if not following:
            return
        count, chunk = count + 1, following


def needs_phrase(file: BinaryIO) -> bool:
    """Whether it was sealed with a pass phrase; else with a key. Raises: NotABackup; BackupDamaged."""
    head, _ = _head(file)
    return head.kind == "phrase"


def _opened(file: BinaryIO, key: BackupKey) -> bytes:
    head, begun = _head(file)
    salt = b""
    with suppress(ValueError):
        salt = b64decode(head.salt, validate=True)
    proof = file.read(_HASH)
    if len(salt) != _SALT or len(proof) != _HASH:
        raise BackupDamaged("its head is not whole")
    if head.kind != key.kind:
        raise BackupKeyWrong("backup.wants_phrase" if head.kind == "phrase" else "backup.wants_key")
    proving, sealing = _keys(key, salt, begun)
    if not hmac.compare_digest(proof, _proof(proving, begun)):
        raise BackupKeyWrong("backup.other_key")
    return sealing


def _head(file: BinaryIO) -> tuple[_Head, bytes]:
    magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise NotABackup("the file is no back-up that this version knows")
    length = file.read(4)
    size = int.from_bytes(length, "big")
    if len(length) < 4 or not 0 < size <= _LONGEST_HEAD:  # noqa: PLR2004 -- the bytes just read
        raise BackupDamaged("its head is not whole")
    begun = magic + length + file.read(size)
    if not hmac.compare_digest(file.read(_HASH), sha256(begun).digest()):
        raise BackupDamaged("its head was changed")
    try:
        head = msgspec.json.decode(begun[len(magic) + len(length) :], type=_Head)
    except msgspec.MsgspecError as problem:
        raise NotABackup("its head is in a form that this version does not know") from problem
    if head.n != _SCRYPT_N:
        raise NotABackup("its pass phrase is worked into a key in a way that this version does not know")
    return head, begun


def _keys(key: BackupKey, salt: bytes, begun: bytes) -> tuple[bytes, bytes]:
    """One to prove the head with, one to seal with; both are this file's alone."""
    master = key.secret
    if key.kind == "phrase":
        master = Scrypt(salt=salt, length=_KEY, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(key.secret)
    both = HKDF(SHA256(), 2 * _KEY, salt, b"drivesphere back-up 1" + sha256(begun).digest()).derive(master)
    return both[:_KEY], both[_KEY:]


def _proof(key: bytes, begun: bytes) -> bytes:
    return hmac.digest(key, begun, "sha256")


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(_COUNTER, "big") + bytes([last])
