"""Lists of records: rows of one height, a badge for a state, a skeleton for rows that are not there yet.

API: RecordTable(theme, clock): setModel, set_skeleton(shown); chosen, visible_rows(first, last), retry_wanted(row).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from desktop.theme.tokens import FOCUS, GRID, TypeSize
from desktop.widgets.column_widths import Need, share
from desktop.widgets.roles import ROW_ROLE, SPARE_ROLE, STATE_ROLE, WEIGHT_ROLE
from desktop.widgets.table.record_row import PAD, RecordRow
from desktop.widgets.table.visible_rows import VisibleRows

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

ROW_HEIGHT = 9 * GRID
_NARROW = 680
#: What stands around the words of a cell and of a heading, and the most a heading alone may claim, in px.
_CELL_PAD, _HEAD_PAD, _HEAD_MOST = 2 * PAD + 1, 5 * GRID + 1, 180
#: Beside the heading that a list is sorted by.
_ARROW = 5 * GRID
_FAR = 100_000
_AnyIndex = QModelIndex | QPersistentModelIndex
_STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}
#: A row is chosen as a whole, so these lead to another row, not to another column.
_ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
_OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RecordTable(QTableView):
    """Works on a ``RowsModel`` (also behind a sorting proxy) and on a ``SlicesModel``.

    Signals:
        chosen: The record of the row that was opened with Enter or a click.
        stepped: Keys or the mouse may have made another row the current one.
        visible_rows: First and last row now on the screen; feed it to ``SlicesModel.want_rows``.
        retry_wanted: A failed row was opened; feed it to ``SlicesModel.retry``.
    """

    #: Columns with words of one length: what they take before a row is there, in px.
    skeleton_need: Mapping[int, int] = MappingProxyType({})
    #: Below this width spare columns are left out at once.
    narrow_px = _NARROW

    chosen = Signal(object)
    stepped = Signal()
    visible_rows = Signal(int, int)
    retry_wanted = Signal(int)

    def __init__(self, theme: Theme, clock: ShimmerClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._clock = theme, clock
        self._waiting: list[QRect] = []
        self._row = RecordRow(theme, clock, self)
        self._on_screen: VisibleRows | None = None
        self._heads = QFontMetrics(theme.font(TypeSize.SMALL, bold=True))
        self._needs: dict[int, tuple[int, int]] = {}
        self._measured: set[int] = set()
        self.setItemDelegate(self._row)
        self._dress(theme)
        self.clicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def set_skeleton(self, *, shown: bool) -> None:
        """Whether rows that are not there yet show a skeleton or nothing (see ``phases.LoadingRule``)."""
        self._row.skeleton = shown
        self.viewport().update()
        self._join()

    def look_again(self) -> None:
        """Tell the visible rows once more, although nothing moved: their records are asked for anew."""
        if self._on_screen is not None:
            self._on_screen.look()

    def stay_on_shown_column(self) -> None:
        """Qt's arrow keys do nothing from a column that is hidden."""
        current = self.currentIndex()
        if current.isValid() and self.isColumnHidden(current.column()):
            there = current.siblingAtColumn(self._first_shown())
            self.selectionModel().setCurrentIndex(there, QItemSelectionModel.SelectionFlag.NoUpdate)

    def shimmer_step(self) -> None:
        left, right = self._clock.swept(self.viewport().width())
        strip = QRect(left, 0, right - left, self.viewport().height())
        region = QRegion()
        for row in self._waiting:
            region += strip.intersected(row)
        self.viewport().update(region)

    def _dress(self, theme: Theme) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        rows, heads = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        heads.setFont(theme.font(TypeSize.SMALL, bold=True))
        heads.setHighlightSections(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setFixedHeight(8 * GRID)

    def _looked(self, first: int, last: int) -> None:
        self._measure(first, last)
        self.visible_rows.emit(first, last)
        self._join()

    def _reset(self) -> None:
        self._needs.clear()
        self._measured.clear()
        self._share_width()
        self._join()

    def _join(self) -> None:
        self._waiting = self._rows_waiting() if self._row.skeleton else []
        if self._waiting and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)

    def _rows_waiting(self) -> list[QRect]:
        model, bottom = self.model(), self.viewport().height()
        if model is None or model.rowCount() == 0:
            return []
        first = max(self.rowAt(0), 0)
        last = self.rowAt(bottom - 1)
        rows = range(first, (model.rowCount() if last < 0 else last + 1))
        return [
            QRect(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))
            for row in rows
            if model.index(row, 0).data(STATE_ROLE) == "waiting"
        ]

    def _share_width(self) -> None:
        """By weight, as the skeleton stood; by what headings need where one would be cut; only then by rows.

        By those on the screen: asking all rows of a long list would cost 200 ms.
        """
        model = self.model()
        if model is None:
            return
        room = self._room()
        columns, narrow = range(model.columnCount()), room < self.narrow_px
        heads = {at: self._head(at) for at in columns}
        plain = [self._need(at, {}, 0, narrow=narrow) for at in columns]
        headed = [self._need(at, {}, heads[at], narrow=narrow) for at in columns]
        known = [self._need(at, self._needs, heads[at], narrow=narrow) for at in columns]
        widths = share(room, plain)
        for needs in (headed, known):
            if all(widths[at] == 0 or widths[at] >= known[at].least for at in columns):
                break
            widths = share(room, needs)
        for at, width in enumerate(widths):
            self.setColumnHidden(at, width == 0)
            if width:
                self.setColumnWidth(at, width)
        self.stay_on_shown_column()

    def _room(self) -> int:
        return self.viewport().width()

    def _head(self, column: int) -> int:
        """What the heading needs; in a list that sorts with the arrow, so that none grows by being pressed."""
        title = str(self.model().headerData(column, Qt.Orientation.Horizontal) or "")
        arrow = _ARROW if self.horizontalHeader().isSortIndicatorShown() else 0
        return min(self._heads.horizontalAdvance(title) + _HEAD_PAD + arrow, _HEAD_MOST)

    def _need(self, column: int, known: Mapping[int, tuple[int, int]], head: int, *, narrow: bool) -> Need:
        """By what is *known* of its rows. A *narrow* table gives up its spare columns at once: others need air."""
        model, heads = self.model(), Qt.Orientation.Horizontal
        spare = bool(model.headerData(column, heads, SPARE_ROLE))
        weight = int(model.headerData(column, heads, WEIGHT_ROLE) or 1)
        usual = self.skeleton_need.get(column, 0)
        natural, least = known.get(column, (usual, usual))
        if spare and narrow:
            return Need(_FAR, _FAR, spare, weight)
        return Need(max(natural, head), max(least, head), spare, weight)

    def _measure(self, first: int, last: int) -> None:
        """Columns only grow while a list is on the screen: they do not dance as it is scrolled."""
        model, grown = self.model(), False
        rows = [row for row in range(first, last + 1) if row not in self._measured]
        for row in rows:
            if model.index(row, 0).data(ROW_ROLE) is None:
                continue
            self._measured.add(row)
            for column in range(model.columnCount()):
                natural, least = self._row.needs(model.index(row, column))
                known = self._needs.get(column, (0, 0))
                wanted = max(known[0], natural + _CELL_PAD), max(known[1], least + _CELL_PAD)
                grown = grown or wanted != known
                self._needs[column] = wanted
        if grown:
            self._share_width()

    def _measure_again(self, top: _AnyIndex, bottom: _AnyIndex) -> None:
        self._measured.difference_update(range(top.row(), bottom.row() + 1))
        self._measure_shown()

    def _measure_shown(self) -> None:
        model = self.model()
        if model is not None and model.rowCount():
            last = self.rowAt(self.viewport().height() - 1)
            self._measure(max(self.rowAt(0), 0), model.rowCount() - 1 if last < 0 else last)

    def _open(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if row is not None:
            self.chosen.emit(row)
        elif index.data(STATE_ROLE) == "failed":
            self.retry_wanted.emit(index.row())

    def _first_shown(self) -> int:
        return next(column for column in range(self.model().columnCount()) if not self.isColumnHidden(column))

    def _step(self, by: int) -> None:
        model = self.model()
        if model is not None and model.rowCount():
            row = min(max(self.currentIndex().row() + by, 0), model.rowCount() - 1)
            self.setCurrentIndex(model.index(row, self._first_shown()))

    # Qt names below.

    def setModel(self, model: QAbstractItemModel | None) -> None:
        super().setModel(model)
        if model is not None:
            if self._on_screen is not None:
                self._on_screen.deleteLater()
            self._on_screen = VisibleRows(self)
            self._on_screen.changed.connect(self._looked)
            model.dataChanged.connect(self._join)
            model.dataChanged.connect(self._measure_again)
            model.modelReset.connect(self._reset)
            self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS and not event.modifiers():
            self._step(_STEPS[Qt.Key(event.key())])
        elif event.key() in _ENDS and not event.modifiers():
            self._step(_ENDS[Qt.Key(event.key())] * self.model().rowCount())
        elif event.key() in _OPEN:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
        self.stepped.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.stepped.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chosen row wears the ring of the keyboard; only a table without rows wears it itself."""
        super().paintEvent(event)
        model = self.model()
        if self.hasFocus() and (model is None or not model.rowCount()):
            painter = QPainter(self.viewport())
            painter.setPen(QPen(QColor(self._theme.tokens.focus), FOCUS))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, they do not jump to a row."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        place, old = self.visualRect(self.currentIndex()), event.oldSize().height()
        seen = place.isValid() and place.bottom() >= 0 and place.top() < old
        super().resizeEvent(event)
        self._share_width()
        if seen:
            self.scrollTo(self.currentIndex())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._join()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)
