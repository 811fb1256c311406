"""Paints a line of the command palette: title, group, key.

API: PaletteRow(theme, view): a delegate; ROW_PX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.roles import ROW_ROLE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListView

    from desktop.theme.theme import Theme

_AnyIndex = QModelIndex | QPersistentModelIndex
ROW_PX = 9 * GRID
_SIDE = 3 * GRID
_KEY_PX = 22
_Align = Qt.AlignmentFlag


class PaletteRow(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        line, tokens = index.data(ROW_ROLE), self._theme.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_tint))
            painter.drawRoundedRect(QRectF(rect), RADIUS_CONTROL, RADIUS_CONTROL)
        ink = tokens.text if line.enabled else tokens.disabled
        inner = rect.adjusted(_SIDE, 0, -_SIDE, 0)
        inner = self._key(painter, inner, line.key, option.direction)
        muted = tokens.muted if line.enabled else tokens.disabled
        inner = self._group(painter, inner, line.group, muted, option.direction)
        font = self._theme.font(TypeSize.BODY)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        words = QFontMetrics(font).elidedText(line.title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, _Align.AlignLeading | _Align.AlignVCenter, words)
        painter.restore()

    def _key(self, painter: QPainter, room: QRect, key: str, direction: Qt.LayoutDirection) -> QRect:
        """A key cap at the reading end; the room that is left."""
        if not key:
            return room
        font = self._theme.font(TypeSize.SMALL)
        cap = QRect(0, 0, QFontMetrics(font).horizontalAdvance(key) + 3 * GRID, _KEY_PX)
        place = QStyle.alignedRect(direction, _Align.AlignRight | _Align.AlignVCenter, cap.size(), room)
        painter.setPen(QPen(QColor(self._theme.tokens.border), BORDER))
        painter.setBrush(QColor(self._theme.tokens.sunken))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.muted))
        painter.drawText(place, _Align.AlignCenter, key)
        return _without(room, cap.width() + 2 * GRID, direction)

    def _group(self, painter: QPainter, room: QRect, group: str, ink: str, direction: Qt.LayoutDirection) -> QRect:
        font = self._theme.font(TypeSize.SMALL)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(room, _Align.AlignTrailing | _Align.AlignVCenter, group)
        return _without(room, QFontMetrics(font).horizontalAdvance(group) + 3 * GRID, direction)


def _without(room: QRect, width: int, direction: Qt.LayoutDirection) -> QRect:
    """*room* less what is taken at the reading end."""
    if direction == Qt.LayoutDirection.RightToLeft:
        return room.adjusted(width, 0, 0, 0)
    return room.adjusted(0, 0, -width, 0)
