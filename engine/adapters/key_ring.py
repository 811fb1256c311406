"""Keys in the keyring of the operating system. Where there is none, nothing is kept."""

from __future__ import annotations

import base64
import binascii
import secrets

import keyring
import structlog
from keyring.errors import KeyringError

from engine.domain.errors import NoKeyring

log = structlog.get_logger(__name__)

_SERVICE = "drivesphere"
_BYTES = 32


class KeyRing:
    """Blocks: the keyring may ask the person to unlock it. Call it off the loop."""

    def get(self, name: str) -> bytes | None:
        """Raises: NoKeyring."""
        try:
            found = keyring.get_password(_SERVICE, name)
        except (KeyringError, RuntimeError, OSError) as problem:
            raise NoKeyring("the keyring does not answer") from problem
        if not found:
            return None
        try:
            key = base64.b64decode(found, validate=True)
        except (binascii.Error, ValueError):
            return None
        return key if len(key) == _BYTES else None

    def make(self, name: str) -> bytes:
        """A new key under *name*. Raises: NoKeyring, also for a keyring that forgets what it is given."""
        key = secrets.token_bytes(_BYTES)
        try:
            keyring.set_password(_SERVICE, name, base64.b64encode(key).decode())
        except (KeyringError, RuntimeError, OSError) as problem:
            raise NoKeyring("the keyring takes nothing") from problem
        if self.get(name) != key:
            raise NoKeyring("the keyring keeps nothing")
        return key

    def forget(self, name: str) -> None:
        try:
            keyring.delete_password(_SERVICE, name)
        except (KeyringError, RuntimeError, OSError):
            log.info("keyring.nothing_to_forget")
