"""What a question is made of: the thing it is about, lines of figures, and what follows.

API: About, Amount (frozen); Subject(theme, about), AmountLine(theme, amount), Consequence(theme, text, tone), Rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, Tone, TypeSize
from desktop.widgets.cards.silhouette import Silhouettes
from desktop.widgets.text import Text, kept_apart

if TYPE_CHECKING:
    from desktop.theme.theme import Theme

_PICTURE = QSize(112, 68)
_ICON = 16


@dataclass(frozen=True, slots=True)
class About:
    """The thing in question: what is empty is left out. *body* and *colour* draw the car where they are known."""

    car: str = ""
    plate: str = ""
    renter: str = ""
    number: str = ""
    body: str = ""
    colour: str = ""

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.car, self.plate, self.renter, self.number)))


@dataclass(frozen=True, slots=True)
class Amount:
    """A line of figures; the *strong* one is what it comes to."""

    label: str
    value: str
    strong: bool = False


class Rule(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(BORDER)

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.border))
        painter.end()


class Framed(QFrame):
    """A card with round corners, of one ground and one edge."""

    def __init__(self, theme: Theme, ground: str, edge: str) -> None:
        super().__init__()
        self._theme, self._ground, self._edge = theme, ground, edge

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(getattr(tokens, self._ground)))
        painter.setPen(QPen(QColor(getattr(tokens, self._edge)), BORDER))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.end()


class Subject(Framed):
    """Car, plate, renter and number: the words that tell one booking from the next."""

    def __init__(self, theme: Theme, about: About) -> None:
        super().__init__(theme, "raised", "border")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        row.setSpacing(4 * GRID)
        if about.body:
            picture = QLabel()
            ratio = self.devicePixelRatioF()
            picture.setPixmap(Silhouettes().pixmap(about.body, about.colour, _PICTURE, ratio))
            picture.setFixedSize(_PICTURE)
            row.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        if about.car:
            words.addWidget(Text(theme, about.car, size=TypeSize.LEAD, bold=True, wrap=True))
        if about.plate:
            words.addWidget(Text(theme, about.plate, bold=True, wrap=True))
        if rest := kept_apart(about.renter, about.number):
            words.addWidget(Text(theme, rest, wrap=True))
        row.addLayout(words, 1)


class AmountLine(QWidget):
    def __init__(self, theme: Theme, amount: Amount) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if amount.strong:
            column.addWidget(Rule(theme))
        row = QHBoxLayout()
        row.setContentsMargins(0, GRID, 0, GRID)
        row.setSpacing(4 * GRID)
        size = TypeSize.LEAD if amount.strong else TypeSize.BODY
        label = Text(theme, amount.label, size=size, bold=amount.strong, ink="text" if amount.strong else "muted")
        label.setWordWrap(True)
        row.addWidget(label, 1)
        row.addWidget(Text(theme, amount.value, size=size, bold=amount.strong))
        column.addLayout(row)


class Consequence(Framed):
    def __init__(self, theme: Theme, text: str, tone: Tone, after: str = "") -> None:
        """*after* is what must not be overlooked."""
        ground = f"{tone.value}_tint"
        super().__init__(theme, ground, ground)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 2 * GRID + 2, 3 * GRID, 2 * GRID + 2)
        row.setSpacing(3 * GRID)
        mark = QLabel()
        icon = Icon.INFO if tone is Tone.NEUTRAL else Icon.WARNING
        mark.setPixmap(theme.icons.pixmap(icon, theme.tokens.ink(tone), _ICON, self.devicePixelRatioF()))
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(GRID // 2)
        column.addWidget(Text(theme, text, wrap=True))
        if after:
            column.addWidget(Text(theme, after, bold=True, wrap=True))
        row.addLayout(column, 1)
