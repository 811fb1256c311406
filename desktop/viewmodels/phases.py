"""The phases every page designs for."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    LOADING = auto()
    READY = auto()
    FAILED = auto()
