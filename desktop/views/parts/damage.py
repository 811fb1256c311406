"""What cannot be read, as it is drawn and opened: a row, or an owner's copy that is not whole.

API: DamageBox(host).tell(damaged); damage_of(row) -> Damaged or None; card_text(damaged); sound_key(key);
tell_partial(banner, missing); unreadable(problem), whose step is SIGN_IN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs import tell
from desktop.tasks import TaskScope
from desktop.theme.tokens import Tone
from desktop.widgets.cards.car_card import CarCardText
from desktop.widgets.frame.banner import Banner
from desktop.words.messages import DAMAGED, damage_words
from engine.domain.reports.owner_books import Rental
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import CopyUnusable, DriveSphereError, InvalidText
from engine.words.tr import tr

SIGN_IN = tr("Sign in")


class DamageBox(QObject):
    """Says what is wrong with a row that was opened. Signals: ``task_failed`` carries what nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host, self.tasks = host, TaskScope(self)
        self.tasks.failed.connect(self.task_failed)

    def tell(self, damaged: Damaged) -> None:
        self.tasks.once("damage", tell(self._host.window(), damaged.line, damage_words(damaged)))

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("damage")


def damage_of(row: object) -> Damaged | None:
    """What stands in the place of a row, of the booking in it, or of the rental it is about."""
    for each in (row, getattr(row, "booking", None), getattr(row, "row", None), getattr(row, "found", None)):
        if isinstance(each, Damaged):
            return each
        if isinstance(each, Rental) and each.damage is not None:
            return each.damage
    return None


def sound_key(key: Callable[[Any], object]) -> Callable[[Any], object]:
    """*key* for rows that can be read; None for one that cannot: no panel shows it."""
    return lambda row: None if damage_of(row) is not None else key(row)


def card_text(damaged: Damaged) -> CarCardText:
    return CarCardText(
        title=damaged.line,
        plate=damaged.reason,
        facts=(),
        branch="",
        price="",
        per_day="",
        badge=DAMAGED,
        badge_tone=Tone.DANGER,
        colour="#808080",
        dimmed=True,
    )


def tell_partial(banner: Banner, missing: str) -> None:
    """*missing* ends the sentence, such as ``photos may be missing``."""
    words = tr("This copy is partial: its first making was cut off, so {missing}.", missing=missing)
    banner.tell(Tone.DANGER, words, closable=False)


def unreadable(problem: DriveSphereError) -> DriveSphereError:
    """Whatever went wrong in a copy goes wrong again until it is made anew; what was asked wrongly is told as it is."""
    return problem if isinstance(problem, InvalidText) else CopyUnusable("what is stored does not answer")
