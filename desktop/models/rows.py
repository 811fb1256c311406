"""A table for Qt whose rows are all in memory; ``pages`` has the one that asks for them. Both share columns and roles.

API: Column(title, text, sort_key), RowsModel(columns, key).replace_all(rows); ROW_, SORT_, STATE_, TONE_, WEIGHT_ROLE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.domain.shared.damage import Damaged

Row = TypeVar("Row")
AnyIndex = QModelIndex | QPersistentModelIndex

SORT_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = SORT_ROLE + 1
"""The record itself, or None while it is not there yet."""
STATE_ROLE = SORT_ROLE + 2
"""``"loaded"``, ``"waiting"``, ``"failed"``, or ``"damaged"``: then the first cell has what it is, the second why."""
TONE_ROLE = SORT_ROLE + 3
"""Name of a theme ``Tone`` for a cell that is shown as a badge; empty for plain text."""
WEIGHT_ROLE = SORT_ROLE + 4
"""Of a heading: its column's share of the width."""
SPARE_ROLE = SORT_ROLE + 5
"""Of a heading: whether its column is left out where the table is narrow."""

_Role = Qt.ItemDataRole
NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """How one field is shown, aligned and ordered."""

    title: str
    text: Callable[[Row], str]
    sort_key: Callable[[Row], Any]
    numeric: bool = False
    """Money, counts and dates stand flush at the reading end."""
    tone: Callable[[Row], str] | None = None
    """For a state: the name of its ``Tone``, and the text becomes a badge."""
    weight: int = 2
    """Share of the table's width."""
    spare: bool = False
    """Left out where the table is narrow: what opens beside it tells this too."""

    def answer(self, row: Row, role: int) -> Any:
        """What Qt asks of one cell."""
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return self.text(row)
        if role == SORT_ROLE:
            return self.sort_key(row)
        if role == ROW_ROLE:
            return row
        if role == TONE_ROLE:
            return "" if self.tone is None else self.tone(row)
        if role == STATE_ROLE:
            return "loaded"
        return self.alignment() if role == _Role.TextAlignmentRole else None

    def alignment(self) -> int:
        side = Qt.AlignmentFlag.AlignTrailing if self.numeric else Qt.AlignmentFlag.AlignLeading
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def header(self, role: int) -> Any:
        if role == _Role.DisplayRole:
            return self.title
        if role == WEIGHT_ROLE:
            return self.weight
        if role == SPARE_ROLE:
            return self.spare
        return self.alignment() if role == _Role.TextAlignmentRole else None


def answer(columns: Sequence[Column[Any]], at: int, row: Any, role: int) -> Any:
    """What Qt asks of the cell in column *at*; a row that cannot be read is one line that says so."""
    if not isinstance(row, Damaged):
        return columns[at].answer(row, role)
    if role in (_Role.DisplayRole, _Role.AccessibleTextRole, SORT_ROLE):
        return (row.line, row.reason)[at] if at <= 1 else ""
    if role == TONE_ROLE:
        return ""
    if role == STATE_ROLE:
        return "damaged"
    return row if role == ROW_ROLE else None


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Read-only rows, kept in place by identity so that selection and scrolling survive a refresh."""

    def __init__(self, columns: Sequence[Column[Row]], key: Callable[[Row], object]) -> None:
        super().__init__()
        self._columns = tuple(columns)
        self._key = key
        self._rows: list[Row] = []

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows)

    def replace_all(self, rows: Sequence[Row]) -> None:
        """Show *rows*: remove the gone, update the changed, append the new. Order is the view's business."""
        wanted = {self._key(row): row for row in rows}
        self._remove_gone(wanted.keys())
        for at, old in enumerate(self._rows):
            new = wanted.pop(self._key(old))
            if new != old:
                self._rows[at] = new
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(self._columns) - 1))
        if wanted:
            first = len(self._rows)
            self.beginInsertRows(NOWHERE, first, first + len(wanted) - 1)
            self._rows.extend(wanted.values())
            self.endInsertRows()

    def row_of(self, key: object) -> int | None:
        """Where the record with this identity stands now."""
        return next((at for at, row in enumerate(self._rows) if self._key(row) == key), None)

    def _remove_gone(self, wanted: Any) -> None:
        for at in range(len(self._rows) - 1, -1, -1):
            if self._key(self._rows[at]) not in wanted:
                self.beginRemoveRows(NOWHERE, at, at)
                del self._rows[at]
                self.endRemoveRows()

    # Qt names below.

    def rowCount(self, parent: AnyIndex = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        return self._columns[section].header(role) if orientation == Qt.Orientation.Horizontal else None

    def data(self, index: AnyIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        return answer(self._columns, index.column(), self._rows[index.row()], role)
