"""A key of 32 bytes wrapped by a PIN: Scrypt, then AES-256-GCM, bound to its name. Slow: call it off the loop.

The form is one line of text: a mark, then msgpack in base64 of the cost, the salt, nonce and sealed key, and a hash
over them, so that damage and a wrong PIN are told apart.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

import msgspec
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from engine.domain.people.copy_pin import PinDamaged, WrongPin

_MARK = "pin1:"
#: 128 MiB and about half a second a try, as for back-ups. Stored beside the key, so that it may grow.
COST = 2**17
_R, _P, _KEY, _SALT, _NONCE = 8, 1, 32, 16, 12
#: What a stored cost may ask of this computer (1 GiB).
_LEAST_COST, _MOST_COST = 2**10, 2**20


class _Wrapped(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    cost: int
    salt: bytes
    nonce: bytes
    sealed: bytes
    whole: bytes


def is_wrapped(text: str) -> bool:
    return text.startswith(_MARK)


def wrap(key: bytes, pin: str, name: str) -> str:
    """*pin* in its normal form. Every call makes another text."""
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    sealed = _cipher(pin, salt, COST).encrypt(nonce, key, name.encode())
    parts = _Wrapped(COST, salt, nonce, sealed, _hash(COST, salt, nonce, sealed))
    return _MARK + base64.b64encode(msgspec.msgpack.encode(parts)).decode()


def unwrap(text: str, pin: str, name: str) -> bytes:
    """The key. Raises: WrongPin, PinDamaged."""
    found = _read(text)
    try:
        key = _cipher(pin, found.salt, found.cost).decrypt(found.nonce, found.sealed, name.encode())
    except InvalidTag as problem:
        raise WrongPin from problem
    except (ValueError, MemoryError, UnsupportedAlgorithm) as problem:
        raise PinDamaged("the key cannot be unwrapped") from problem
    if len(key) != _KEY:
        raise PinDamaged("it is no key")
    return key


def _read(text: str) -> _Wrapped:
    try:
        found = msgspec.msgpack.decode(base64.b64decode(text.removeprefix(_MARK), validate=True), type=_Wrapped)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as problem:
        raise PinDamaged("the wrapped key cannot be read") from problem
    whole = _hash(found.cost, found.salt, found.nonce, found.sealed)
    sound = _LEAST_COST <= found.cost <= _MOST_COST and found.cost & (found.cost - 1) == 0
    if not (hmac.compare_digest(found.whole, whole) and sound):
        raise PinDamaged("the wrapped key was changed")
    return found


def _hash(cost: int, *parts: bytes) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode([cost, *parts])).digest()[:_SALT]


def _cipher(pin: str, salt: bytes, cost: int) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=_KEY, n=cost, r=_R, p=_P).derive(pin.encode()))
