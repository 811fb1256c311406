"""What Enter books: the car, what it costs and why not yet.

API: WalkInFoot(theme): draw(state); book, the button.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, RADIUS_CONTROL, TypeSize
from desktop.viewmodels.walk_in.state import LineState
from desktop.views.walk_in.words import hint_of, stay_words
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.cards.silhouette import Silhouettes
from desktop.widgets.text import Text
from desktop.words.booking_words import line_name, line_words
from desktop.words.messages import amount
from engine.domain.car.car import Car
from engine.words.tr import tr

_PICTURE = QSize(112, 68)


class _Picture(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._silhouettes = theme, Silhouettes()
        self.car: Car | None = None
        self.setFixedSize(_PICTURE)

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.picture))
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_CONTROL, RADIUS_CONTROL)
        if self.car is not None:
            inner = self.rect().adjusted(GRID, GRID, -GRID, -GRID)
            drawn = self._silhouettes.pixmap(
                self.car.body.value, self.car.colour, inner.size(), self.devicePixelRatioF()
            )
            painter.drawPixmap(inner, drawn)
        painter.end()


class WalkInFoot(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._drawn: object = None
        self._picture = _Picture(theme)
        self.car = Text(theme, " ", bold=True)
        self.price = Text(theme, " ", ink="muted")
        self.next = Text(theme, " ", ink="muted", wrap=True)
        self.total = Text(theme, " ", size=TypeSize.TITLE, bold=True)
        self.book = Button(theme, tr("Book"), ButtonKind.PRIMARY)
        self.book.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        words = QVBoxLayout()
        words.setSpacing(2)
        for each in (self.car, self.price, self.next):
            words.addWidget(each)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * GRID)
        row.addWidget(self._picture)
        row.addLayout(words, 1)
        row.addWidget(self.total)
        row.addWidget(self.book)

    def draw(self, state: LineState) -> None:
        """Only where something of it is another: it is told with every letter."""
        why = hint_of(state) if state.text.strip() and state.settled else " "
        shown = (state.sought, state.period, why, state.settled and state.walk_in() is not None)
        if shown == self._drawn:
            return
        self._drawn = shown
        offer = state.sought.offer if state.sought is not None else None
        self._picture.car = offer.car if offer is not None else None
        self._picture.update()
        self.car.setText(f"{offer.car.title} {offer.car.plate}" if offer is not None else tr("No car yet"))
        self.total.setText(amount(offer.quote.total) if offer is not None else " ")
        lines = offer.quote.lines if offer is not None else ()
        told = " + ".join(f"{line_name(line.kind)} {line_words(line)}" for line in lines)
        when = stay_words(state.period, state) if state.period is not None else ""
        self.price.setText(tr("{when}: {price}", when=when, price=told) if told else when or " ")
        self.next.setText(why or tr("Enter books it."))
        self.next.set_ink("warning" if why.strip() else "muted")
        self.book.setEnabled(state.settled and state.walk_in() is not None)
