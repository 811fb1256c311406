"""What is said of a car's periods of service when they cannot be."""

from __future__ import annotations

from types import MappingProxyType

from engine.domain.car.movement_errors import AlreadyPlanned, NoTimeLeft
from engine.words.tr import tr

#: Code -> what happened, and what to do next.
OF_MOVEMENTS = MappingProxyType(
    {
        NoTimeLeft.code: tr("The car is booked for all of that time. Move its bookings to other cars first."),
        AlreadyPlanned.code: tr("The car has another service in that time. Change that one, or choose other days."),
    }
)
