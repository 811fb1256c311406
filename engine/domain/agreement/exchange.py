"""What a person says of an exchange: one car comes back, another goes out instead."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.agreement.reading import Reading


@dataclass(frozen=True, slots=True)
class Exchange:
    """As typed.

    Attributes:
        back, out: What was read off the car that comes back, and off the one that goes out instead.
        why: What was wrong with the one that comes back.
    """

    back: Reading
    out: Reading
    why: str
