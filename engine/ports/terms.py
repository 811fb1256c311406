"""The door to what each car was let for, and when."""

from __future__ import annotations

from typing import Protocol

from engine.domain.car.car import CarId, TermsSince


class TermsSeries(Protocol):
    """Rows are added by whoever may write cars, and never changed. Raises Unavailable("mongodb")."""

    async def of(self, car_id: CarId, n: int) -> TermsSince | None:
        """Number *n* of the car's series; None where there is none."""

    async def first(self, car_id: CarId) -> TermsSince | None:
        """With them the series began: a booking made before ``at`` is older than the series."""

    async def latest(self, car_id: CarId) -> TermsSince | None:
        """Those of which the car's fence has a copy."""
