"""Cells of two lines, one above the other: what a thing is, and more of it below in a quiet colour.

API: two_lines(cell); TwoLineRow(theme, clock, view): a RecordRow with pair(...), line(...); ``bones``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.column_widths import two_lines_of
from desktop.widgets.table.record_row import RecordRow

ROW_PX = 12 * GRID
_BONE_PX = 10
_LEAD = Qt.AlignmentFlag.AlignLeading
_AnyIndex = QModelIndex | QPersistentModelIndex


def two_lines(cell: QRect) -> tuple[QRect, QRect]:
    """The upper and the lower line of *cell*, for words and for a skeleton."""
    inner = cell.adjusted(0, GRID, 0, -GRID)
    half = inner.height() // 2
    return inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)


class TwoLineRow(RecordRow):
    """Attributes: ``bones`` says how much of the upper and the lower line of a column its skeleton takes."""

    bones: Mapping[int, tuple[float, float]] = MappingProxyType({})

    def pair(self, painter: QPainter, rect: QRect, name: str, below: str, *, bold: bool = False) -> None:
        """Two lines; a name without the room takes two by itself, and the other stands closely below it."""
        tokens, metrics = self._theme.tokens, QFontMetrics(self._theme.font(TypeSize.BODY, bold=bold))
        upper, lower = two_lines(rect)
        if metrics.horizontalAdvance(name) < upper.width():
            self.line(painter, upper, name, tokens.text, bold=bold)
            self.line(painter, lower, below, tokens.muted)
            return
        place = QRect(rect.left(), rect.top() + 1, rect.width(), (rect.height() - 2) // 3)
        for words in filter(None, two_lines_of(metrics, name, "", rect.width() - 1)):
            self.line(painter, place, words, tokens.text, bold=bold)
            place.translate(0, place.height())
        self.line(painter, place, below, tokens.muted)

    def line(
        self,
        painter: QPainter,
        place: QRect,
        text: str,
        colour: str,
        *,
        bold: bool = False,
        side: Qt.AlignmentFlag = _LEAD,
    ) -> None:
        font = self._theme.font(TypeSize.BODY, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, words)

    def _bone(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        if index.column() not in self.bones:
            super()._bone(painter, rect, option, index)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self._view.viewport().width()))
        for line, share in zip(two_lines(rect), self.bones[index.column()], strict=True):
            bone = QRect(0, 0, round(line.width() * share), _BONE_PX)
            place = QStyle.alignedRect(option.direction, self._side(index), bone.size(), line)
            painter.drawRoundedRect(place, GRID, GRID)
