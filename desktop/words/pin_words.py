"""What is said of the PIN that locks the copy on this computer."""

from __future__ import annotations

from datetime import timedelta

from desktop.words.figures import plural
from engine.domain.people.copy_pin import CopyLocked, PinDamaged, PinTooSoon, WrongPin
from engine.domain.shared.errors import DriveSphereError

CODES = frozenset({CopyLocked.code, WrongPin.code, PinTooSoon.code, PinDamaged.code})


def pin_sentence(problem: DriveSphereError) -> str:
    """What happened, and what to do next."""
    match problem:
        case WrongPin():
            return f"This is not the PIN.{_after(problem.wait)}"
        case PinTooSoon():
            return f"Too many wrong PINs.{_after(problem.wait)}"
        case PinDamaged():
            return (
                "The key of the copy is damaged, and no PIN opens it any more. Throw the copy away: signing in makes a "
                "new one."
            )
        case _:
            return "The copy on this computer is locked with a PIN."


def _after(wait: timedelta) -> str:
    seconds = -(-wait // timedelta(seconds=1))
    if seconds <= 0:
        return ""
    minute = 60
    words = plural(seconds, "second") if seconds < 2 * minute else plural(-(-seconds // minute), "minute")
    return f" The next one is tried in {words}."
