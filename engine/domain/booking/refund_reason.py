"""Why somebody gave a renter's money back: one of the usual reasons, and what was said beside it.

It is told and never acted on: what goes back is ``giving_back``'s, whatever the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

LONGEST_SAID = 400


class UsualReason(StrEnum):
    RENTER = auto()  #: the renter asked for it
    CAR = auto()  #: the car cannot be given: damaged, not back, out of service
    MISTAKE = auto()  #: another car, other days or another renter were meant
    TWICE = auto()  #: booked or paid twice
    DRIVER = auto()  #: the renter may not drive it: licence, age, deposit
    SUSPECT = auto()  #: the card may not be the renter's
    OTHER = auto()  #: as it is said


@dataclass(frozen=True, slots=True)
class RefundReason:
    """Attributes: ``said`` is free text of one line, for the firm and the renter; it may be empty."""

    usual: UsualReason
    said: str = ""

    @property
    def text(self) -> str:
        """For files, ``twice: paid by phone, too``."""
        return ": ".join(filter(None, (self.usual.value, self.said)))


#: A renter's own account says nothing else.
BY_RENTER = RefundReason(UsualReason.RENTER)


def sound_reason(reason: RefundReason | None) -> RefundReason:
    """*reason* as it is kept.

    Raises:
        InvalidText: ``reason``, where there is none; ``said``, where it cannot be kept or another reason is not said.
    """
    if not isinstance(reason, RefundReason) or not isinstance(reason.usual, UsualReason):
        raise InvalidText("reason", "field.empty")
    said = clean("said", reason.said, longest=LONGEST_SAID, required=reason.usual is UsualReason.OTHER)
    return RefundReason(reason.usual, said)


def told_of(reason: RefundReason | None) -> dict[str, str]:
    """For the audit; nothing where nobody was asked."""
    if reason is None:
        return {}
    return {"reason": reason.usual.value, **({"said": reason.said} if reason.said else {})}
