"""What a car is built as."""

from __future__ import annotations

from enum import StrEnum, auto


class BodyType(StrEnum):
    HATCHBACK = auto()
    SEDAN = auto()
    ESTATE = auto()
    SUV = auto()
    CONVERTIBLE = auto()
    COUPE = auto()
    VAN = auto()
    PICKUP = auto()
