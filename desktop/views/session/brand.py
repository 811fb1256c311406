"""The branded half of the sign-in page: three cars on their lanes."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.cards.silhouette import Silhouettes
from desktop.widgets.text import Text
from engine.words.tr import tr

_MARK = 44
_EDGE = 12 * GRID
#: Body, paint, how far along its lane the car stands, and how wide it is; shares of the width.
_LANES = (("hatchback", "white", 0.56, 0.26), ("estate", "silver", 0.14, 0.36), ("suv", "navy", 0.40, 0.50))
_LANE_AT = (0.42, 0.54, 0.71)
_CAR_RATIO = 168 / 400
#: Where the wheels touch the ground in our drawings, from the top.
_WHEELS_AT = 158 / 168


class BrandSide(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._silhouettes = Silhouettes()
        self._mark = QSvgRenderer(str(resources.files("resources") / "icon.svg"), self)
        claim = Text(theme, tr("Every car booked once,\nand only once."), size=TypeSize.HERO, bold=True)
        below = Text(theme, tr("Find a car, hold it, see it paid: at every desk, at the same moment."), ink="muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        column.addWidget(claim)
        column.addWidget(below)
        theme.changed.connect(self.update)

    def _paint_lanes(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        for (body, paint, along, share), at in zip(_LANES, _LANE_AT, strict=True):
            ground = self.height() * at
            width = min(self.width() * share, self.height() * share * 1.1)
            line = QColor(tokens.accent)
            line.setAlphaF(0.18 + 0.3 * share)
            painter.setPen(QPen(line, 2))
            painter.drawLine(QPointF(0, ground), QPointF(self.width(), ground))
            size = QSize(round(width), round(width * _CAR_RATIO))
            top = ground - size.height() * _WHEELS_AT
            car = self._silhouettes.pixmap(body, paint, size, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() * along, top), car)

    def _paint_sphere(self, painter: QPainter) -> None:
        ring = QColor(self._theme.tokens.accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        centre = QPointF(self.width() * 0.62, self.height() * 0.44)
        for step, alpha in enumerate((0.14, 0.09, 0.05)):
            ring.setAlphaF(alpha)
            painter.setPen(QPen(ring, 2))
            radius = min(self.width(), self.height()) * (0.30 + 0.12 * step)
            painter.drawEllipse(centre, radius, radius)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(520, 640)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.accent_tint))
        self._paint_sphere(painter)
        self._paint_lanes(painter)
        self._mark.render(painter, QRectF(_EDGE, _EDGE, _MARK, _MARK))
        painter.setFont(self._theme.font(TypeSize.TITLE, bold=True))
        painter.setPen(QColor(self._theme.tokens.text))
        name = QRect(_EDGE + _MARK + 3 * GRID, _EDGE, self.width(), _MARK)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, "DriveSphere")
        painter.end()
