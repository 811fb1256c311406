"""The board as a table: a line a car, its first cell the car and a cell for each of its bars.

API: BoardModel: put(lines, words), lines, line(row), row_of(key), words.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.models.rows import ROW_ROLE
from desktop.views.board.lines import BoardLine, Words
from desktop.words.messages import DAMAGED
from engine.domain.booking.board import Bar
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class BoardModel(QAbstractTableModel):
    """What a screen reader walks through; the view paints from ``lines``."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[BoardLine] = []
        self.words: Words | None = None
        self._rows: dict[str, int] = {}
        self._columns = 1

    def put(self, lines: list[BoardLine], words: Words) -> None:
        """The same lines change in their places; others begin anew."""
        columns = 1 + max((len(line.bars) for line in lines), default=0)
        same = [line.key for line in lines] == [line.key for line in self.lines] and columns <= self._columns
        if same:
            before, self.lines, self.words = self.lines, lines, words
            for row, (old, new) in enumerate(zip(before, lines, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, self._columns - 1))
            return
        self.beginResetModel()
        self.lines, self.words, self._columns = lines, words, columns
        self._rows = {line.key: row for row, line in enumerate(lines)}
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """-1 where no line has it."""
        return self._rows.get(key, -1)

    def bar(self, index: _AnyIndex) -> Bar | None:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        bars = self.lines[index.row()].bars
        return bars[index.column() - 1] if 0 < index.column() <= len(bars) else None

    def _text(self, index: _AnyIndex) -> str:
        line, words = self.lines[index.row()], self.words
        if words is None:
            return ""
        if index.column() == 0:
            if line.head:
                return words.spoken_head(line)
            return words.spoken_car(line.car) if line.car is not None else _damaged(line)
        bar = self.bar(index)
        return words.spoken(line.car, bar) if bar is not None and line.car is not None else ""

    # Qt names below.

    def rowCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._columns

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        if role in _TEXTS:
            return self._text(index)
        if role == ROW_ROLE:
            return self.lines[index.row()] if index.column() == 0 else self.bar(index)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return tr("Car") if section == 0 else tr("Bar {n}", n=section)


def _damaged(line: BoardLine) -> str:
    return f"{DAMAGED}: {line.row.id}" if isinstance(line.row, Damaged) else line.key
