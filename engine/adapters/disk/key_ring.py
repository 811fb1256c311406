"""Keys in the keyring of the operating system. Where there is none, nothing is kept."""

from __future__ import annotations

import base64
import binascii
import secrets

import keyring
import structlog
from keyring.errors import KeyringError

from engine.domain.shared.errors import NoKeyring

log = structlog.get_logger(__name__)

_SERVICE = "drivesphere"
_BYTES = 32


class KeyRing:
    """Blocks: the keyring may ask the person to unlock it. Call it off the loop."""

    def get(self, name: str) -> bytes | None:
        """A key; None also for what is none. Raises: NoKeyring."""
        return key_of(self.text(name))

    def make(self, name: str) -> bytes:
        """A new key under *name*. Raises: NoKeyring."""
        key = secrets.token_bytes(_BYTES)
        self.put(name, text_of(key))
        return key

    def text(self, name: str) -> str | None:
        """Whatever is kept under *name*. Raises: NoKeyring."""
        try:
            return keyring.get_password(_SERVICE, name) or None
        except (KeyringError, RuntimeError, OSError) as problem:
            raise NoKeyring("the keyring does not answer") from problem

    def put(self, name: str, text: str) -> None:
        """In place of what was there. Raises: NoKeyring, also for a keyring that forgets what it is given."""
        try:
            keyring.set_password(_SERVICE, name, text)
        except (KeyringError, RuntimeError, OSError) as problem:
            raise NoKeyring("the keyring takes nothing") from problem
        if self.text(name) != text:
            raise NoKeyring("the keyring keeps nothing")

    def forget(self, name: str) -> None:
        try:
            keyring.delete_password(_SERVICE, name)
        except (KeyringError, RuntimeError, OSError):
            log.info("keyring.nothing_to_forget")


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def key_of(text: str | None) -> bytes | None:
    """None for what is no key."""
    try:
        key = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _BYTES else None
