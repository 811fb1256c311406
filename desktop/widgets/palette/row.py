"""Paints a line of the command palette: icon, title with what was typed marked, detail below, group, key.

API: PaletteRow(theme, view): a delegate; ROW_PX.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, TypeSize
from desktop.widgets.roles import ROW_ROLE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QListView

    from desktop.theme.icons import Icon
    from desktop.theme.theme import Theme

    Spans = tuple[tuple[int, int], ...]

_AnyIndex = QModelIndex | QPersistentModelIndex
ROW_PX = 9 * GRID
#: Of a line with a second one below it, and of a heading.
TALL_PX, HEAD_PX = 12 * GRID, 7 * GRID
_ICON_PX = 18
_SIDE = 3 * GRID
_KEY_PX = 22
_Align = Qt.AlignmentFlag


class PaletteRow(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: _AnyIndex) -> QSize:
        line = index.data(ROW_ROLE)
        return QSize(0, HEAD_PX if line.heading else TALL_PX if line.detail else ROW_PX)

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
        ink = tokens.text if line.enabled and not line.heading else tokens.muted if line.heading else tokens.disabled
        inner = rect.adjusted(_SIDE, 0, -_SIDE, 0)
        inner = self._key(painter, inner, line.key, option.direction)
        muted = tokens.muted if line.enabled else tokens.disabled
        if line.icon is not None:
            inner = self._icon(painter, inner, line.icon, option.direction)
        upper, lower = _halves(inner, GRID) if line.detail else (inner, inner)
        upper = self._group(painter, upper, line.group, muted, option.direction)
        body = QFont(self._theme.font(TypeSize.SMALL if line.heading else TypeSize.BODY))  # a copy: it is made bold
        body.setBold(line.heading)
        self._words(painter, upper, line.title, line.marked, body, ink)
        if line.detail:
            self._words(painter, lower, line.detail, line.detail_marked, self._theme.font(TypeSize.SMALL), muted)
        painter.restore()

    def _words(self, painter: QPainter, room: QRect, text: str, marked: Spans, font: QFont, ink: str) -> None:
        """One line of *text*, cut where the room ends, with what was typed in bold and the accent's colour."""
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        layout, option = QTextLayout(words, font), QTextOption()
        # Whatever a name is written in, a line begins where all lines begin.
        option.setTextDirection(painter.layoutDirection())
        layout.setTextOption(option)
        layout.setFormats(
            [_marked(self._theme.tokens.accent, begin, end) for begin, end in marked if end < len(words) + 1]
        )
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(room.width() + _SIDE)
        layout.endLayout()
        painter.setPen(QColor(ink))
        top = room.top() + (room.height() - line.height()) / 2
        right_to_left = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = room.right() - line.naturalTextWidth() if right_to_left else room.left()
        layout.draw(painter, QPointF(left - line.x(), top))

    def _icon(self, painter: QPainter, room: QRect, icon: Icon, direction: Qt.LayoutDirection) -> QRect:
        place = QStyle.alignedRect(direction, _Align.AlignLeft | _Align.AlignVCenter, QSize(_ICON_PX, _ICON_PX), room)
        self._theme.icons.paint(painter, place, icon, self._theme.tokens.muted)
        width = _ICON_PX + 3 * GRID
        return (
            room.adjusted(0, 0, -width, 0)
            if direction == Qt.LayoutDirection.RightToLeft
            else room.adjusted(width, 0, 0, 0)
        )

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
    return _less(room, width, at_end=direction == Qt.LayoutDirection.LeftToRight)


def _less(room: QRect, width: int, *, at_end: bool) -> QRect:
    return room.adjusted(0, 0, -width, 0) if at_end else room.adjusted(width, 0, 0, 0)


def _halves(room: QRect, margin: int) -> tuple[QRect, QRect]:
    half = (room.height() - 2 * margin) // 2
    upper = QRect(room.left(), room.top() + margin, room.width(), half)
    return upper, upper.translated(0, half)


def _marked(colour: str, begin: int, end: int) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(QColor(colour))
    look.setFontWeight(QFont.Weight.Bold)
    look.setFontUnderline(True)
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = begin, end - begin, look
    return found
