"""The door to a car's movements; what writes them is ``Transaction.put_movement``."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from engine.domain.car.car import CarId
from engine.domain.car.movement import Crossing, Movement, MovementId
from engine.domain.shared.damage import Damaged
from engine.domain.shared.period import RentalPeriod


class Movements(Protocol):
    """Raises Unavailable("mongodb") from every method, as ``Store`` does."""

    async def ahead(self, car_id: CarId, now: datetime) -> list[Movement | Damaged]:
        """Those of a car that are open and not over, soonest first."""

    async def movement(self, movement_id: MovementId) -> Movement:
        """Raises: NotFound, DamagedRow."""

    async def crossing(self, car_id: CarId, period: RentalPeriod, leaving_out: MovementId | None = None) -> Crossing:
        """What *period* would be cut around; claims of *leaving_out* are as if they were not there."""
