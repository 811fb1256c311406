"""How a car comes back from a renter, and why it cannot be handed to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.car.car import BranchId
from engine.domain.shared.errors import RuleBroken

#: How long before the agreed pick-up a car may be handed over; what is further away is another day's booking.
EARLY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CameBack:
    """Where a car stands now, and the kilometres that were read then; None where nobody read any."""

    branch_id: BranchId
    odometer_km: int | None = None


class StillOut(RuleBroken):
    """Another renter has the car. Attributes: ``booking_id`` is that renter's booking."""

    code = "booking.still_out"

    def __init__(self, car_id: str, booking_id: str) -> None:
        super().__init__(f"car {car_id} is out with booking {booking_id}")
        self.car_id, self.booking_id = car_id, booking_id


class NoLicence(RuleBroken):
    """Nobody wrote down the driving licence of the renter. Attributes: ``renter_id``."""

    code = "booking.no_licence"

    def __init__(self, renter_id: str) -> None:
        super().__init__(f"no driving licence of renter {renter_id} is written down")
        self.renter_id = renter_id


class NotReady(RuleBroken):
    """Before the agreed pick-up the car is promised to somebody else, or being made ready.

    Attributes: ``until`` is when it is free (UTC).
    """

    code = "booking.not_ready"

    def __init__(self, car_id: str, until: datetime) -> None:
        super().__init__(f"car {car_id} is promised until {until:%Y-%m-%d %H:%M} UTC")
        self.car_id, self.until = car_id, until


class TooEarly(RuleBroken):
    """Nobody can say yet that the renter does not come. Attributes: ``since`` is from when on it may be said (UTC)."""

    code = "booking.not_yet_missed"

    def __init__(self, booking_id: str, since: datetime) -> None:
        super().__init__(f"booking {booking_id} is waited for until {since:%Y-%m-%d %H:%M} UTC")
        self.booking_id, self.since = booking_id, since
