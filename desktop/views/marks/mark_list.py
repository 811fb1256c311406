"""The marks of a car in a list: number, part, what it is; new ones can be taken back.

API: MarkList(theme): show_marks(known, new), number of the current one; ``chosen`` and ``taken_back`` carry a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, RADIUS_CONTROL, TypeSize
from desktop.views.marks.diagram import DOT, Dot, paint_dot
from desktop.words.mark_words import kind_words, part_name
from engine.domain.car.body_parts import Place
from engine.domain.car.body_shapes import View
from engine.domain.car.condition import Mark, NewMark
from engine.words.tr import tr

ROW = 11 * GRID
_MARK = Qt.ItemDataRole.UserRole + 1
AnyIndex = QModelIndex | QPersistentModelIndex


class MarkList(QListWidget):
    chosen = Signal(int)
    taken_back = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_Row(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Marks"))
        self.viewport().setAutoFillBackground(False)
        self.currentRowChanged.connect(lambda _row: self.chosen.emit(self.number))

    @property
    def number(self) -> int:
        """Of the mark that is stepped to; 0 for none."""
        item = self.currentItem()
        return 0 if item is None else int(item.data(_MARK)[0])

    def show_marks(self, known: Sequence[Mark], new: Sequence[tuple[int, NewMark]]) -> None:
        """New ones first, the newest on top; who stepped to one stays there."""
        at = self.number
        with QSignalBlocker(self):
            self.clear()
            for n, mark in reversed(new):
                self._add(n, mark, tr("New mark {n}: {part}, {what}", n=str(n), **_told(mark)))
            for each in known:
                self._add(each.n, each, tr("Known mark {n}: {part}, {what}", n=str(each.n), **_told(each)))
            self.step_to(at)

    def step_to(self, number: int) -> None:
        for row in range(self.count()):
            if self.item(row).data(_MARK)[0] == number:
                self.setCurrentRow(row)

    def _add(self, n: int, mark: Mark | NewMark, told: str) -> None:
        item = QListWidgetItem(told)
        item.setData(_MARK, (n, mark))
        item.setToolTip(told)
        self.addItem(item)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.number:
            self.taken_back.emit(self.number)
        else:
            super().keyPressEvent(event)


def _told(mark: Mark | NewMark) -> dict[str, str]:
    return {"part": part_name(mark.part), "what": kind_words(mark)}


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme

    # Qt names below.

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens, rect = self._theme.tokens, option.rect
        n, mark = index.data(_MARK)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_tint))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        small, dot = self._theme.font(TypeSize.SMALL), Dot(n, Place(View.TOP, 0, 0), new=isinstance(mark, NewMark))
        at = QPointF(rect.left() + 2 * GRID + DOT, rect.center().y() + 0.5)
        paint_dot(painter, tokens, self._theme.font(TypeSize.SMALL, bold=True), at, dot)
        left = rect.left() + 4 * GRID + 2 * DOT
        for half, (text, font, colour) in enumerate(
            (
                (part_name(mark.part), self._theme.font(TypeSize.BODY), tokens.text),
                (kind_words(mark), small, tokens.muted),
            )
        ):
            line = QRect(
                left, rect.top() + GRID + half * (ROW // 2 - GRID), rect.right() - left - GRID, ROW // 2 - GRID
            )
            painter.setFont(font)
            painter.setPen(QColor(colour))
            fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), fitting)
        painter.restore()
