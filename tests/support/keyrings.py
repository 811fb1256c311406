"""Keyrings for tests: one that keeps what it is told, one that does not exist, one that forgets at once.

API: with keyring_in_use(made) as made.
"""

from __future__ import annotations

from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError, PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class NoneKeyring(MemoryKeyring):
    """What keyring offers in a session without a desktop."""

    def get_password(self, service, username):
        raise NoKeyringError

    def set_password(self, service, username, password):
        raise NoKeyringError

    def delete_password(self, service, username):
        raise NoKeyringError


class ForgetfulKeyring(MemoryKeyring):
    """keyring's null back end: takes everything, keeps nothing."""

    def set_password(self, service, username, password):
        pass


@contextmanager
def keyring_in_use(made):
    """*made* is the computer's keyring until it ends."""
    before = keyring.get_keyring()
    keyring.set_keyring(made)
    try:
        yield made
    finally:
        keyring.set_keyring(before)
