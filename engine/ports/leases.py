"""The doors to courtesy between desks: with them less work is done in vain, without them nothing goes wrong."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from engine.domain.booking.booking import BookingId
from engine.domain.car.car import CarId


class Turn(Protocol):
    """What a block of ``BookingLock.take`` owns. A transaction that ends it hands it to ``Cache.bump``."""

    async def leave(self, versions: Sequence[str], fresh: int) -> list[bytes]:
        """Give it back, as a block that ended well does, and count up the *versions* in the same round trip.

        Args:
            versions: Their keys; what they are now is answered in that order.
            fresh: Where one begins to count that has no number of ours.

        Raises: Unavailable. Then the block's end tries once more, and the versions are still owed.
        """


class BookingLock(Protocol):
    """Once-gate and lease. Courtesy: they save wasted transactions, the database decides."""

    def take(
        self, car_id: CarId, intent_key: str, booking_id: BookingId, *, once: bool = True
    ) -> AbstractAsyncContextManager[Turn | None]:
        """Pass the gate and own the car's lease inside the block, both in one round trip; None without a Redis.

        The gate's key outlives a block that ends well and is gone after one that fails. A lease that was lost
        meanwhile is left alone. Without a Redis the block is entered all the same. With *once* off the gate is open,
        for whoever knows better.

        Raises:
            AlreadyAsked: The intent key was used before, as it seems: ``Store.asked`` knows.
            Contended: Somebody else is being served for this car.
        """


class Leases(Protocol):
    def alone(self, name: str, ttl: timedelta) -> AbstractAsyncContextManager[bool]:
        """Try to be the only one doing *name*; the block is entered either way and told whether it is."""
