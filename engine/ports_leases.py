"""The doors to courtesy between desks: with them less work is done in vain, without them nothing goes wrong."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from engine.domain.booking import BookingId
from engine.domain.car import CarId


class Turns(Protocol):
    """Once-gate and lease. Courtesy: they save wasted transactions, the database decides."""

    def take(
        self, car_id: CarId, intent_key: str, booking_id: BookingId, *, once: bool = True
    ) -> AbstractAsyncContextManager[None]:
        """Pass the gate and own the car's lease inside the block, both in one round trip.

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
