"""A record table whose rows are as high as their sentences are long: for lists of few rows, read to the end.

API: as RecordTable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex

from desktop.widgets.table.record_table import ROW_HEIGHT, RecordTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock


class TallTable(RecordTable):
    def __init__(self, theme: Theme, clock: ShimmerClock, parent: QWidget | None = None) -> None:
        super().__init__(theme, clock, parent)
        self._row.wraps = True

    def _share_width(self) -> None:
        super()._share_width()
        self._share_height()

    def _measure_again(
        self, top: QModelIndex | QPersistentModelIndex, bottom: QModelIndex | QPersistentModelIndex
    ) -> None:
        super()._measure_again(top, bottom)
        self._share_height()

    def _share_height(self) -> None:
        model = self.model()
        if model is None:
            return
        shown = [column for column in range(model.columnCount()) if not self.isColumnHidden(column)]
        for row in range(model.rowCount()):
            needed = (self._row.height_in(model.index(row, column), self.columnWidth(column)) for column in shown)
            self.setRowHeight(row, max(ROW_HEIGHT, *needed))
