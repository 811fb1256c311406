"""What is said of the PIN that locks the copy on this computer."""

from __future__ import annotations

from datetime import timedelta

from desktop.words.figures import counted
from engine.domain.people.copy_pin import CopyLocked, PinDamaged, PinTooSoon, WrongPin
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

CODES = frozenset({CopyLocked.code, WrongPin.code, PinTooSoon.code, PinDamaged.code})


def pin_sentence(problem: DriveSphereError) -> str:
    """What happened, and what to do next."""
    match problem:
        case WrongPin():
            return tr("This is not the PIN.{wait}", wait=_after(problem.wait))
        case PinTooSoon():
            return tr("Too many wrong PINs.{wait}", wait=_after(problem.wait))
        case PinDamaged():
            return tr(
                "The key of the copy is damaged, and no PIN opens it any more. Throw the copy away: signing in "
                "makes a new one."
            )
        case _:
            return tr("The copy on this computer is locked with a PIN.")


def _after(wait: timedelta) -> str:
    seconds = -(-wait // timedelta(seconds=1))
    if seconds <= 0:
        return ""
    minute = 60
    words = (
        counted("{count} second", "{count} seconds", seconds)
        if seconds < 2 * minute
        else counted("{count} minute", "{count} minutes", -(-seconds // minute))
    )
    return tr(" The next one is tried in {words}.", words=words)
