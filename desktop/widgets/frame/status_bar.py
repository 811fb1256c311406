"""The foot of the window: the connection and the server's last word, open holds, branch, account.

API: StatusText (frozen), StatusBar(theme): draw(status), set_holds(count, nearest_remaining_s); holds_pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.countdown import Countdown
from desktop.widgets.text import Text
from engine.words.tr import counted, tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

HEIGHT = 9 * GRID
_ICON = 16
_SHAPES = {Tone.POSITIVE: Icon.DONE, Tone.WARNING: Icon.WARNING, Tone.DANGER: Icon.OFFLINE}


@dataclass(frozen=True, slots=True)
class StatusText:
    """Words made elsewhere. Without *last_word* nothing may claim to be live.

    *tone*: POSITIVE connected, WARNING works with limits, DANGER offline, NEUTRAL connecting.
    """

    connection: str = tr("Connecting")
    tone: Tone = Tone.NEUTRAL
    last_word: str = ""
    branch: str = ""
    account: str = ""


class StatusBar(QWidget):
    """State is told by a shape and a word, not by colour alone.

    Signals:
        holds_pressed: The person wants to see the open holds.
    """

    holds_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.drawn = StatusText()
        self._shape = QLabel()
        self._connection = Text(theme, size=TypeSize.SMALL)
        self._last_word = Text(theme, size=TypeSize.SMALL, ink="muted").give_way()
        self.holds = Button(theme, kind=ButtonKind.QUIET, icon=Icon.HOLD)
        self._countdown = Countdown(theme, size=TypeSize.SMALL)
        self._countdown.set_name(tr("Time left of the hold that ends first"))
        self._branch = Text(theme, size=TypeSize.SMALL, ink="muted").give_way()
        self._account = Text(theme, size=TypeSize.SMALL, ink="muted").give_way()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.holds.clicked.connect(self.holds_pressed)
        theme.changed.connect(self._tint)
        self.set_holds(0)
        self.draw(self.drawn)

    @property
    def countdown(self) -> Countdown:
        return self._countdown

    def draw(self, status: StatusText) -> None:
        self.drawn = status
        self._connection.setText(status.connection)
        self._last_word.setText(status.last_word)
        self._branch.setText(status.branch)
        self._account.setText(status.account)
        self.setAccessibleDescription(f"{status.connection}. {status.last_word}")
        self._tint()

    def set_holds(self, count: int, nearest_remaining_s: float = 0.0) -> None:
        """How many cars this desk holds, and how long the one that ends first still has."""
        self.holds.setVisible(count > 0)
        self._countdown.setVisible(count > 0)
        if count:
            self.holds.setText(counted("{count} hold", "{count} holds", count, count=str(count)))
            self._countdown.start(nearest_remaining_s)
        else:
            self._countdown.stop()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 0, 4 * GRID, 0)
        row.setSpacing(2 * GRID)
        for widget in (self._shape, self._connection, self._last_word):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.holds)
        row.addWidget(self._countdown)
        row.addSpacing(4 * GRID)
        row.addWidget(self._branch)
        row.addSpacing(4 * GRID)
        row.addWidget(self._account)

    def _tint(self) -> None:
        icon = _SHAPES.get(self.drawn.tone, Icon.CLOCK)
        ink = self._theme.tokens.ink(self.drawn.tone)
        self._shape.setPixmap(self._theme.icons.pixmap(icon, ink, _ICON, self.devicePixelRatioF()))
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(600, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.raised))
        painter.fillRect(0, 0, self.width(), 1, QColor(self._theme.tokens.border))
        painter.end()
