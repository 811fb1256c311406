"""What a doubtful word may be meant for, each with its number.

API: Choices(theme): show_choices(question, cells), step(by), current, count; chosen(row).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.models.rows import AnyIndex
from desktop.theme.theme import Theme
from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, TypeSize
from desktop.views.walk_in.words import Cells
from desktop.widgets.panel import paint_panel
from desktop.widgets.text import Text
from engine.words.tr import tr

_ROW, _CAP = 9 * GRID, 44
_MOST_NUMBERS = 9
#: Per cent of the width for a name, a number, and what else there is.
_SHARES = (46, 22, 32)
_CELLS = Qt.ItemDataRole.UserRole + 1


class Choices(QFrame):
    """Nothing is chosen before somebody steps to it. Signals: ``chosen`` carries the row, from 0."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cells: tuple[Cells, ...] = ()
        self.question = Text(theme, ink="muted", wrap=True)
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(tr("What it may mean"))
        self.list.viewport().setAutoFillBackground(False)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(self.list.row(item)))
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        head.addWidget(self.question, 1)
        keys = Text(theme, tr("Down and Enter, or Alt and the number"), size=TypeSize.SMALL, ink="muted")
        head.addWidget(keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        theme.changed.connect(self.update)

    @property
    def current(self) -> int | None:
        """The row that somebody stepped to."""
        row = self.list.currentRow()
        return row if row >= 0 else None

    @property
    def count(self) -> int:
        return len(self._cells)

    def show_choices(self, question: str, cells: Sequence[Cells]) -> None:
        """The one that is stepped to stays so while they are the same."""
        self.question.setText(question)
        if tuple(cells) == self._cells:
            return
        self._cells = tuple(cells)
        self.list.clear()
        for number, each in enumerate(cells, 1):
            item = QListWidgetItem(each.text)
            item.setData(_CELLS, (each, f"Alt+{number}" if number <= _MOST_NUMBERS else ""))
            self.list.addItem(item)
        self.list.setCurrentRow(-1)

    def step(self, by: int) -> None:
        if self.count:
            at = self.current
            self.list.setCurrentRow((0 if by > 0 else self.count - 1) if at is None else (at + by) % self.count)

    # Qt names below.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_panel(painter, self.rect(), self._theme.tokens.raised, self._theme.tokens.control_border, RADIUS_CONTROL)
        painter.end()


class _Row(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme

    # Qt names below.

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        tokens, rect = self._theme.tokens, option.rect
        cells, key = index.data(_CELLS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_tint if selected else tokens.hover))
            painter.drawRoundedRect(rect.adjusted(0, 1, -1, -1), RADIUS_CONTROL, RADIUS_CONTROL)
        inner = rect.adjusted(2 * GRID, 0, -2 * GRID, 0)
        if key:
            self._cap(painter, QStyle.visualRect(option.direction, rect, _cap_of(inner)), key)
            inner.setRight(inner.right() - _CAP - 2 * GRID)
        words = [each for each in (cells.first, cells.second, cells.third) if each]
        left = inner.left()
        for at, each in enumerate(words):
            width = inner.width() * _SHARES[at] // 100 if len(words) > 1 else inner.width()
            place = QRect(left, inner.top(), width - 2 * GRID, inner.height())
            left += width
            self._write(painter, QStyle.visualRect(option.direction, rect, place), each, first=at == 0)
        painter.restore()

    def _cap(self, painter: QPainter, place: QRect, key: str) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.border), BORDER))
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(place, GRID, GRID)
        painter.setFont(self._theme.font(TypeSize.SMALL))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, key)

    def _write(self, painter: QPainter, place: QRect, text: str, *, first: bool) -> None:
        font = self._theme.font(TypeSize.BODY, bold=first)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.tokens.text if first else self._theme.tokens.muted))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)


def _cap_of(inner: QRect) -> QRect:
    return QRect(inner.right() - _CAP, inner.center().y() - 10, _CAP, 20)
