"""What can go wrong with a car's periods of service; part of the tree in ``shared.errors``."""

from __future__ import annotations

from engine.domain.shared.errors import RuleBroken
from engine.domain.shared.period import RentalPeriod


class NoTimeLeft(RuleBroken):
    """All of the period is sold or taken otherwise, so nothing of it could be kept free."""

    code = "movement.no_time_left"

    def __init__(self, car_id: str) -> None:
        super().__init__(f"car {car_id} is taken for all of that time")
        self.car_id = car_id


class AlreadyPlanned(RuleBroken):
    """The car has a period of that kind which shares time with it. Attributes: ``period`` is that one's."""

    code = "movement.planned"

    def __init__(self, car_id: str, period: RentalPeriod) -> None:
        super().__init__(f"car {car_id} is away from {period.starts_at.isoformat()} already")
        self.car_id, self.period = car_id, period
