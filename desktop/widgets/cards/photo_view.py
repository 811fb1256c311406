"""The pictures of one car, one at a time; its silhouette while there is none.

API: PhotoView(theme): show_silhouette(body_type, colour, name), show_photos(pixmaps), at, count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.tokens import FOCUS, GRID, RADIUS_CARD
from desktop.widgets.cards.silhouette import Silhouettes
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent

    from desktop.theme.theme import Theme

HEIGHT = 36 * GRID
_DOT = 2 * GRID


class PhotoView(QWidget):
    """Left and Right change the picture where there are several; so does a click on either half."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._silhouettes = Silhouettes()
        self._drawn = ("sedan", "silver")
        self._name = ""
        self._photos: tuple[QPixmap, ...] = ()
        self.at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def count(self) -> int:
        return len(self._photos)

    def show_silhouette(self, body_type: str, colour: str, name: str) -> None:
        """For another car: what was there before is gone."""
        self._drawn, self._name = (body_type, colour), name
        self.show_photos(())

    def show_photos(self, photos: Sequence[QPixmap]) -> None:
        self._photos, self.at = tuple(photos), 0
        several = len(self._photos) > 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if several else Qt.FocusPolicy.NoFocus)
        self._tell()

    def step(self, by: int) -> None:
        if self._photos:
            self.at = (self.at + by) % len(self._photos)
            self._tell()

    def _tell(self) -> None:
        if not self._photos:
            told = tr("{name}, drawing", name=self._name)
        elif self.count > 1:
            told = tr("{name}, picture {at} of {count}", name=self._name, at=self.at + 1, count=self.count)
        else:
            told = self._name
        self.setAccessibleName(told)
        self.update()

    def _paint_photo(self, painter: QPainter, photo: QPixmap) -> None:
        """Fills the frame; what is too much is cut off on both sides alike."""
        size = photo.deviceIndependentSize().toSize()
        full = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRect(0, 0, full.width(), full.height())
        place.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, photo)

    def _paint_dots(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        left = (self.width() - (2 * self.count - 1) * _DOT) // 2
        painter.setPen(QPen(QColor(tokens.raised), 1))
        for n in range(self.count):
            painter.setBrush(QColor(tokens.accent if n == self.at else tokens.muted))
            painter.drawEllipse(left + 2 * n * _DOT, self.height() - 2 * _DOT, _DOT, _DOT)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), RADIUS_CARD, RADIUS_CARD)
        painter.setClipPath(frame)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.picture))
        if self._photos:
            self._paint_photo(painter, self._photos[self.at])
        else:
            inner = self.rect().adjusted(8 * GRID, 3 * GRID, -8 * GRID, -3 * GRID)
            picture = self._silhouettes.pixmap(*self._drawn, inner.size(), self.devicePixelRatioF())
            painter.drawPixmap(inner, picture)
        painter.setClipping(False)
        if self.count > 1:
            self._paint_dots(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.tokens.focus), FOCUS))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ahead = -1 if self.isRightToLeft() else 1
        steps = {Qt.Key.Key_Right: ahead, Qt.Key.Key_Left: -ahead}
        if event.key() in steps and self.count > 1:
            self.step(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        later = event.position().x() > self.width() / 2
        self.step(1 if later != self.isRightToLeft() else -1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
