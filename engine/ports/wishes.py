"""The doors through which a renter's own account asks, and those at a desk that carry it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from engine.domain.booking.booking import BookingId
from engine.domain.booking.wish import Signer, Wish, WishAnswer, WishId
from engine.domain.firm.audit import AuditRow
from engine.domain.people.people import AccountName


class WishBox(Protocol):
    """A renter's end. Raises Unavailable("mongodb") from every coroutine, as ``Store`` does."""

    def signed(self, wish: Wish) -> Wish:
        """With the signature of the account's key. Raises: WishRefused, when it has none."""

    async def somebody_carries(self, now: datetime) -> bool:
        """Whether any desk said within ``CARRIER_SILENT`` that it is there."""

    async def post(self, wish: Wish) -> None:
        """Where carriers find it; one that waits already is left. Raises: WishRefused, when the firm takes no more."""

    async def answer(self, wish_id: WishId) -> WishAnswer | None:
        """What came of it, once somebody has said."""


class Wishes(Protocol):
    """A carrier's end. Raises Unavailable("mongodb") from every coroutine."""

    async def follow(self, hear: Callable[[Wish | None], None]) -> None:
        """Until cancelled: each new wish, and None when the stream was opened: look at all that wait."""

    async def waiting(self) -> list[Wish]:
        """In the order in which they were signed."""

    async def signer(self, account: AccountName) -> Signer | None:
        """None also where what is known of the account cannot be read: then it may ask for nothing."""

    async def answered(self, wish_id: WishId) -> bool: ...

    async def held(self) -> list[tuple[AccountName, BookingId]]:
        """Holds that were wished for, and whose account wished."""

    async def settle(self, wish: Wish, answer: WishAnswer, *, proven: bool, row: AuditRow | None = None) -> None:
        """Answer and take it away in one transaction, with *row* in the audit.

        Of what nobody has *proven* one answer is kept for each place.

        Raises:
            Overtaken: Somebody else has answered it.
        """

    async def drop(self, wish: Wish) -> None:
        """Take away what was answered before."""

    async def seen(self, account: AccountName, at: datetime, desk: str) -> None:
        """Note that the account was at work, as a sign-in is noted."""

    async def here(self) -> None:
        """Say that this desk carries wishes out."""

    async def gone(self) -> None:
        """Say that it does no longer."""
