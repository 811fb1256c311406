"""Which car a panel is about: picture, name, plate and facts."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, RADIUS_CONTROL, TypeSize
from desktop.views.parts.car_row import facts_of
from desktop.widgets.cards.silhouette import Silhouettes
from engine.domain.car.car import Car

_PICTURE = QSize(136, 80)
LINE = 20


class CarHead(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._silhouettes = Silhouettes()
        self._car: Car | None = None
        self._lines: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_car(self, car: Car) -> None:
        words = facts_of(car)
        self._say(car, (car.title, f"{car.plate} · {car.year}", " · ".join(words[:2]), " · ".join(words[2:])))

    def show_label(self, label: str) -> None:
        """A booking knows its car by name and plate only; then there is no picture to make up."""
        self._say(None, tuple(label.split(" · ", 1)))

    def _say(self, car: Car | None, lines: tuple[str, ...]) -> None:
        self._car, self._lines = car, lines
        self.setAccessibleName(", ".join(lines))
        self.updateGeometry()
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, _PICTURE.height() if self._car else LINE * max(len(self._lines), 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        left = 0
        if self._car is not None:
            self._paint_picture(painter, self._car)
            left = _PICTURE.width() + 3 * GRID
        for at, line in enumerate(self._lines):
            font = self._theme.font(TypeSize.LEAD if at == 0 else TypeSize.BODY, bold=at == 0)
            painter.setFont(font)
            painter.setPen(QColor(self._theme.tokens.text if at == 0 else self._theme.tokens.muted))
            place = self._visual(QRect(left, at * LINE, self.width() - left, LINE))
            words = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _paint_picture(self, painter: QPainter, car: Car) -> None:
        place = self._visual(QRect(0, 0, _PICTURE.width(), _PICTURE.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.picture))
        painter.drawRoundedRect(QRectF(place), RADIUS_CONTROL, RADIUS_CONTROL)
        inner = place.adjusted(GRID, GRID, -GRID, -GRID)
        picture = self._silhouettes.pixmap(car.body.value, car.colour, inner.size(), self.devicePixelRatioF())
        painter.drawPixmap(inner, picture)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)
