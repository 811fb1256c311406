"""The photos of one thing, small, side by side: to walk through, and to put in order where that is wanted.

API: PhotoStrip(theme, slots, pixmap_of): show_photos(keys), set_editable(editable), current; chosen, moved, removed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CONTROL
from engine.words.tr import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from desktop.theme.theme import Theme

TILE = QSize(68, 46)
_GAP = 2 * GRID
_CROSS = 18
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class PhotoStrip(QWidget):
    """Left and Right choose, with Ctrl they move the chosen one, Delete takes it off; the mouse drags.

    Signals:
        chosen: Another one is current; carries its place.
        moved: One is to go elsewhere; its place, and the place it is to have.
        removed: One is to be taken off; its place.
    """

    chosen = Signal(int)
    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, theme: Theme, slots: int, pixmap_of: Callable[[Hashable, QSize, float], QPixmap | None]) -> None:
        super().__init__()
        self._theme, self._slots, self._pixmap_of = theme, slots, pixmap_of
        self._keys: tuple[Hashable, ...] = ()
        self._editable = False
        self._dragged: int | None = None
        self.current = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)
        self._tell()

    def show_photos(self, keys: Sequence[Hashable]) -> None:
        """The one that was current stays so wherever it is now."""
        was = self._keys[self.current] if self.current < len(self._keys) else None
        self._keys = tuple(keys)
        self.current = self._keys.index(was) if was in self._keys else min(self.current, max(len(self._keys) - 1, 0))
        self._tell()
        self.update()

    def set_editable(self, *, editable: bool) -> None:
        self._editable = editable
        self._tell()
        self.update()

    def tile(self, at: int) -> QRect:
        """Where the photo at that place stands."""
        plain = QRect(at * (TILE.width() + _GAP), 0, TILE.width(), TILE.height())
        return QStyle.visualRect(self.layoutDirection(), self.rect(), plain)

    def cross(self, at: int) -> QRect:
        """Where the mouse takes that photo off."""
        tile = self.tile(at)
        return QRect(tile.right() - _CROSS, tile.top() + 1, _CROSS, _CROSS)

    def _tell(self) -> None:
        count = len(self._keys)
        words = tr("Photo {current} of {count}", current=self.current + 1, count=count) if count else tr("No photos")
        self.setAccessibleName(words)
        keys = tr("Left and Right choose. Control with Left and Right moves, Delete removes.") if self._editable else ""
        self.setAccessibleDescription(keys)
        focusable = Qt.FocusPolicy.StrongFocus if count > 1 or (count and self._editable) else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(focusable)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._keys) and at != self.current:
            self.current = at
            self._tell()
            self.update()
            self.chosen.emit(at)

    def _move(self, to: int) -> None:
        if self._editable and 0 <= to < len(self._keys) and to != self.current:
            self.moved.emit(self.current, to)

    def _at(self, point: QPoint) -> int | None:
        return next((at for at in range(len(self._keys)) if self.tile(at).contains(point)), None)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(self._slots * TILE.width() + (self._slots - 1) * _GAP, TILE.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        forward = Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right
        steps = {forward: 1, (Qt.Key.Key_Left if forward == Qt.Key.Key_Right else Qt.Key.Key_Right): -1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move(self.current + step)
        elif step is not None:
            self._choose(self.current + step)
        elif event.key() in _REMOVE and self._editable and self._keys:
            self.removed.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is None:
            return
        if self._editable and self.cross(at).contains(event.position().toPoint()):
            self.removed.emit(at)
            return
        self._choose(at)
        self._dragged = at if self._editable else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._at(event.position().toPoint())
        self.setCursor(Qt.CursorShape.ArrowCursor if over is None else Qt.CursorShape.PointingHandCursor)
        if self._dragged is not None and over is not None and over != self._dragged:
            self._dragged = over
            self._move(over)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at in range(self._slots if self._editable else len(self._keys)):
            self._paint_tile(painter, at)
        painter.end()

    def _paint_tile(self, painter: QPainter, at: int) -> None:
        tokens, tile = self._theme.tokens, self.tile(at)
        if at >= len(self._keys):
            painter.setPen(QPen(QColor(tokens.control_border), BORDER, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(tile).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
            return
        pixmap = self._pixmap_of(self._keys[at], tile.size(), self.devicePixelRatioF())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.picture))
        painter.drawRoundedRect(tile, RADIUS_CONTROL, RADIUS_CONTROL)
        if pixmap is not None:
            painter.drawPixmap(tile, pixmap)
        if at == self.current:
            ink = tokens.focus if self.hasFocus() else tokens.accent
            painter.setPen(QPen(QColor(ink), FOCUS if self.hasFocus() else BORDER))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(tile).adjusted(1, 1, -1, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        if self._editable:
            place = self.cross(at)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawEllipse(place.adjusted(1, 1, -1, -1))
            self._theme.icons.paint(painter, place.adjusted(3, 3, -3, -3), Icon.CLOSE, tokens.text)
