"""The keys of the copies: bare in the keyring, or wrapped by a PIN and known only after it was typed. Blocks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from engine.adapters.disk.key_ring import KeyRing, key_of, text_of
from engine.adapters.disk.pin_lock import is_wrapped, unwrap, wrap
from engine.domain.people.copy_pin import CopyLocked, PinTooSoon, WrongPin, wait_after
from engine.domain.shared.errors import NotFound

#: Behind a key's name: the one that is about to take its place, and how many wrong PINs were typed until when.
_NEXT, _TRIES = ":next", ":tries"


class CopyKeys:
    """What a PIN opened is known to this object alone: it lives as long as one sign-in."""

    def __init__(self, ring: KeyRing | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._ring, self._now = ring or KeyRing(), now
        #: Wrapped text -> its key: one that was wrapped anew elsewhere has to be opened anew.
        self._opened: dict[str, bytes] = {}
        self._one = threading.Lock()

    def get(self, name: str) -> bytes | None:
        """None where there is none that can be used.

        Raises: NoKeyring; CopyLocked while its PIN was not typed.
        """
        kept = self._kept(name)
        if kept is None or not is_wrapped(kept):
            return key_of(kept)
        if kept not in self._opened:
            raise CopyLocked(name)
        return self._opened[kept]

    def make(self, name: str) -> bytes:
        """A new key under *name*, without a PIN. Raises: NoKeyring."""
        return self._ring.make(name)

    def forget(self, name: str) -> None:
        for each in (name, f"{name}{_NEXT}", f"{name}{_TRIES}"):
            self._ring.forget(each)

    def has_pin(self, name: str) -> bool:
        """Raises: NoKeyring."""
        kept = self._kept(name)
        return kept is not None and is_wrapped(kept)

    def open(self, name: str, pin: str) -> bytes:
        """What *pin* opens, known from now on; without a PIN what is there.

        The try is counted before it is made: whoever ends the program meanwhile has used it up.

        Raises: NoKeyring, NotFound, WrongPin, PinTooSoon, PinDamaged.
        """
        with self._one:
            kept = self._kept(name)
            if kept is None or not is_wrapped(kept):
                if (key := key_of(kept)) is None:
                    raise NotFound("copy", name)
                return key
            wrong = self._count_try(name)
            try:
                key = unwrap(kept, pin, name)
            except WrongPin as problem:
                raise WrongPin(wait_after(wrong)) from problem
            self._ring.forget(f"{name}{_TRIES}")
            self._opened[kept] = key
            return key

    def change_pin(self, name: str, old: str, new: str) -> None:
        """From *old* to *new*; an empty text means none. The key and all that it sealed stay.

        Raises: as ``open``.
        """
        key = self.open(name, old)
        text = wrap(key, new, name) if new else text_of(key)
        # Known before it is there: a sync that runs meanwhile must not find it locked.
        self._opened[text] = key
        self._put(name, text)

    def _kept(self, name: str) -> str | None:
        """What is in force; one that was about to take its place is so only where the place was found empty."""
        kept = self._ring.text(name)
        waiting = self._ring.text(f"{name}{_NEXT}")
        if waiting is None:
            return kept
        if not _usable(kept):
            self._ring.put(name, waiting)
            kept = waiting
        self._ring.forget(f"{name}{_NEXT}")
        return kept

    def _put(self, name: str, text: str) -> None:
        """There is one at each moment: some keyrings take the old one away before they put the new one down."""
        self._ring.put(f"{name}{_NEXT}", text)
        self._ring.put(name, text)
        self._ring.forget(f"{name}{_NEXT}")

    def _count_try(self, name: str) -> int:
        """How many were wrong with this one, should it be so. Raises: PinTooSoon."""
        wrong, since = self._tries(name)
        now = self._now()
        # A clock that was set back makes nobody wait longer than from now on.
        left = wait_after(wrong) - max(now - since, timedelta(0))
        if left > timedelta(0):
            if since > now:
                self._note(name, wrong, now)
            raise PinTooSoon(left)
        self._note(name, wrong + 1, now)
        return wrong + 1

    def _tries(self, name: str) -> tuple[int, datetime]:
        try:
            wrong, _, since = (self._ring.text(f"{name}{_TRIES}") or "").partition("|")
            return max(int(wrong), 0), datetime.fromtimestamp(int(since), UTC)
        except (ValueError, OverflowError, OSError):
            return 0, datetime.fromtimestamp(0, UTC)

    def _note(self, name: str, wrong: int, at: datetime) -> None:
        self._ring.put(f"{name}{_TRIES}", f"{wrong}|{int(at.timestamp())}")


def _usable(text: str | None) -> bool:
    return text is not None and (is_wrapped(text) or key_of(text) is not None)
