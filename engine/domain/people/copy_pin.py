"""A PIN for the copy on this computer: its one normal form, what can go wrong with it, and how tries are slowed."""

from __future__ import annotations

from datetime import timedelta

from engine.domain.shared.errors import InvalidText, RuleBroken
from engine.domain.shared.numerals import digits_of

LEAST, MOST = 6, 32
#: So many wrong ones may be typed by mistake; then each costs twice the wait of the one before.
FREE_TRIES = 5
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
_DOUBLED = 8


class CopyLocked(RuleBroken):
    """A PIN has to be typed before the copy opens."""

    code = "copy.locked"


class WrongPin(RuleBroken):
    """Attributes: ``wait`` is how long no other one is tried."""

    code = "copy.wrong_pin"

    def __init__(self, wait: timedelta = timedelta(0)) -> None:
        super().__init__(f"another PIN; the next is tried after {wait}")
        self.wait = wait


class PinTooSoon(RuleBroken):
    """After several wrong ones none is tried for a while, not even the right one. Attributes: ``wait``, how long."""

    code = "copy.pin_too_soon"

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"no PIN is tried for {wait}")
        self.wait = wait


class PinDamaged(RuleBroken):
    """What the PIN would open was changed: none opens it any more, and the copy can only be thrown away."""

    code = "copy.pin_damaged"


def pin_of(typed: str, field: str = "pin") -> str:
    """The digits 0 to 9 of what was typed in any script, without spaces.

    Raises: InvalidText, naming *field*.
    """
    plain = "".join(digits_of(typed).split())
    if not (plain.isascii() and plain.isdecimal()):
        raise InvalidText(field, "field.digits")
    if not LEAST <= len(plain) <= MOST:
        raise InvalidText(field, "field.pin_length", least=LEAST, most=MOST)
    if len(set(plain)) == 1:
        raise InvalidText(field, "field.pin_easy")
    return plain


def wait_after(wrong: int) -> timedelta:
    """How long no PIN is tried after *wrong* ones in a row."""
    if wrong < FREE_TRIES:
        return timedelta(0)
    return min(_FIRST_WAIT * (1 << min(wrong - FREE_TRIES, _DOUBLED)), _LONGEST_WAIT)
