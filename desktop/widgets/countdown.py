"""What is left of a hold, as minutes and seconds; it changes exactly when the second does.

API: Countdown(theme, now): start(remaining_s), set_name(name), stop(), remaining; ended. clock_text(s), spoken_time(s).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop.theme.tokens import TypeSize
from desktop.widgets.text import Text
from engine.domain.shared.boot_clock import since_boot
from engine.words.tr import counted, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme

_MINUTE = 60
_SOON_S = 60.0
_SLACK_S = 0.005
#: When it is worth interrupting somebody.
_SPOKEN_AT_S = frozenset({300, 120, 60, 30, 10})


def clock_text(seconds: float) -> str:
    """``9:41``; a begun second counts in full, so that 0:00 means over."""
    whole = max(math.ceil(seconds), 0)
    return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"


def spoken_time(seconds: float) -> str:
    """``9 minutes 41 seconds``."""
    minutes, rest = divmod(max(math.ceil(seconds), 0), _MINUTE)
    said = [counted("{count} minute", "{count} minutes", minutes)] if minutes else []
    said += [counted("{count} second", "{count} seconds", rest)] if rest else []
    return " ".join(said) or tr("over")


class Countdown(Text):
    """The engine says how much is left; the deadline itself is the server's and not ours to compute.

    A screen reader finds the time left whenever it looks, and may be told of it as the end comes near.

    Signals:
        ended: Nothing is left; sent once for each start.
    """

    ended = Signal()

    def __init__(
        self,
        theme: Theme,
        now: Callable[[], float] = since_boot,
        size: TypeSize = TypeSize.BODY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, size=size, bold=True, parent=parent)
        self._now = now
        self._deadline: float | None = None
        self._name, self._aloud = tr("Time left"), False
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    def set_name(self, name: str, *, aloud: bool = False) -> None:
        """What is counted down, for those who hear it; *aloud* also without being asked, now and then."""
        self._name, self._aloud = name, aloud

    @property
    def remaining(self) -> float:
        return 0.0 if self._deadline is None else max(self._deadline - self._now(), 0.0)

    def start(self, remaining_s: float) -> None:
        self._deadline = self._now() + remaining_s
        self.tick()

    def stop(self) -> None:
        self._deadline = None
        self._timer.stop()
        self.clear()

    def tick(self) -> None:
        """Show what is left now; called by the timer, and by tests."""
        if self._deadline is None:
            return
        left = self._deadline - self._now()
        self.setText(clock_text(left))
        self._speak(left)
        self.set_ink("danger" if left <= _SOON_S else "text")
        if left > 0:
            to_next_second = left - math.floor(left) or 1.0
            self._timer.start(math.ceil((to_next_second + _SLACK_S) * 1000))
        else:
            self._timer.stop()
            self._deadline = None
            self.ended.emit()

    def _speak(self, left: float) -> None:
        """The name carries the time: a label's own text is not read beside a name."""
        self.setAccessibleName(f"{self._name}: {spoken_time(left)}")
        whole = max(math.ceil(left), 0)
        if self._aloud and self.isVisible() and (whole in _SPOKEN_AT_S or whole == 0):
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleName()))
