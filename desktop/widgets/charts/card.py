"""A chart on a card with its title, unit and key to the colours; the same figures as a table one key away.

API: ChartCard(theme, clock, chart): show_skeleton(title, unit), show_data(data), show_empty(title, unit, words),
show_table(shown); chosen(key).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QStyle, QVBoxLayout, QWidget

from desktop.theme.tokens import BORDER, GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.charts.data import ChartData, Point
from desktop.widgets.panel import Panel
from desktop.widgets.roles import ROW_ROLE, STATE_ROLE, WEIGHT_ROLE
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.text import Text
from engine.words.tr import tr

if TYPE_CHECKING:
    from desktop.theme.theme import Theme
    from desktop.widgets.charts.chart import Chart
    from desktop.widgets.loading.shimmer import ShimmerClock

_AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_Role = Qt.ItemDataRole
TABLE, CHART = tr("Table"), tr("Chart")
_BOX = 10


class ChartCard(Panel):
    """T (or the button) turns the chart into its table and back.

    Signals:
        chosen: The key of the point that was pressed or opened, in the chart or in the table.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, clock: ShimmerClock, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, padding=4 * GRID)
        self.chart = chart
        self.table = RecordTable(theme, clock)
        self.model = ChartTable()
        self.table.setModel(self.model)
        self._title = Text(theme, size=TypeSize.LEAD, bold=True)
        self._unit = Text(theme, size=TypeSize.SMALL, ink="muted")
        for text in (self._title, self._unit):
            # Long words are cut rather than make one card wider than its neighbour.
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend = Legend(theme)
        self.toggle = Button(theme, TABLE, ButtonKind.QUIET)
        self.toggle.setToolTip(tr("The same figures as a table (T)"))
        self._stack = QStackedWidget()
        self._stack.addWidget(chart)
        self._stack.addWidget(self.table)
        top, head, below = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.setSpacing(0)
        head.addWidget(self._title, 1)
        head.addWidget(self.toggle)
        # The key to the colours stands below: what a chart shows is never cut for the names of two periods.
        below.addWidget(self._unit, 1)
        below.addWidget(self._legend)
        for row in (head, below):
            top.addLayout(row)
        self.body.addLayout(top)
        self.body.addWidget(self._stack, 1)
        self.table.installEventFilter(self)
        self.toggle.clicked.connect(lambda: self.show_table(shown=not self.shows_table))
        chart.chosen.connect(self.chosen)
        self.table.chosen.connect(lambda point: self.chosen.emit(point.key))

    @property
    def shows_table(self) -> bool:
        return self._stack.currentWidget() is self.table

    def show_skeleton(self, title: str, unit: str) -> None:
        self._head(title, unit)
        self.chart.show_skeleton()

    def show_data(self, data: ChartData) -> None:
        self._head(data.title, data.unit)
        self._legend.say(data.now if data.before else "", data.before)
        self.chart.show_data(data)
        self.chart.updateGeometry()
        self.model.put(data)
        self.toggle.setEnabled(bool(data.points))

    def show_empty(self, title: str, unit: str, words: str) -> None:
        self._head(title, unit)
        self._legend.say("", "")
        self.show_table(shown=False)
        self.toggle.setEnabled(False)
        self.chart.show_empty(words)

    def show_table(self, *, shown: bool) -> None:
        page: QWidget = self.table if shown else self.chart
        had_focus = (self.table if self.shows_table else self.chart).hasFocus()
        self._stack.setCurrentWidget(page)
        self.toggle.setText(CHART if shown else TABLE)
        if had_focus:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _head(self, title: str, unit: str) -> None:
        self._title.setText(title)
        self._unit.setText(unit)
        self.table.setAccessibleName(f"{title}, {unit}")
        self.toggle.setAccessibleName(tr("{title}: table or chart", title=title))

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._turned_by(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A table would take the letter for a search."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._turned_by(event):
            return True
        return super().eventFilter(watched, event)

    def _turned_by(self, event: QKeyEvent) -> bool:
        turned = event.key() == Qt.Key.Key_T and not event.modifiers() and self.toggle.isEnabled()
        if turned:
            self.show_table(shown=not self.shows_table)
        return turned


class Legend(QWidget):
    """What is filled and what is outlined; nothing while there is only one kind."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words: tuple[str, ...] = ()
        theme.changed.connect(self.update)

    def say(self, now: str, before: str) -> None:
        self._words = (now, before) if now and before else ()
        self.setAccessibleName(", ".join(self._words))
        self.updateGeometry()
        self.update()

    def _width(self, text: str) -> int:
        return _BOX + GRID + self.fontMetrics().horizontalAdvance(text) + 3 * GRID

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(text) for text in self._words), 5 * GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 5 * GRID)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, metrics = 0, self.fontMetrics()
        # Where there is no room for both, each has half of it.
        room = self.width() if self.width() >= self.sizeHint().width() else self.width() // 2
        for filled, whole in zip((True, False), self._words, strict=False):
            text = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, max(room - _BOX - 2 * GRID, 0))
            place = QRect(left, (self.height() - _BOX) // 2, _BOX, _BOX)
            words = QRect(left + _BOX + GRID, 0, self._width(text), self.height())
            place, words = (QStyle.visualRect(self.layoutDirection(), self.rect(), rect) for rect in (place, words))
            ground, edge = (tokens.accent, tokens.accent) if filled else (tokens.neutral_tint, tokens.control_border)
            painter.setPen(QPen(QColor(edge), BORDER))
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(place, 2, 2)
            painter.setPen(QColor(tokens.muted))
            side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
            painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, text)
            left += self._width(text)
        painter.end()


class ChartTable(QAbstractTableModel):
    """A chart's figures as rows: name, figure, and the period before where it is compared."""

    def __init__(self) -> None:
        super().__init__()
        self._data = ChartData("", "", ())

    def put(self, data: ChartData) -> None:
        self.beginResetModel()
        self._data = data
        self.endResetModel()

    def _texts(self, point: Point) -> tuple[str, ...]:
        texts = (point.name or point.label, point.text)
        return (*texts, point.before_text) if self._data.before else texts

    # Qt names below.

    def rowCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._data.points)

    def columnCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else 3 if self._data.before else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == _Role.DisplayRole:
            unit = f" ({self._data.unit})" if self._data.unit else ""
            return (self._data.head, f"{self._data.now or self._data.title}{unit}", self._data.before)[section]
        return 2 if role == WEIGHT_ROLE else _side(section) if role == _Role.TextAlignmentRole else None

    def data(self, index: _AnyIndex, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        point = self._data.points[index.row()]
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return self._texts(point)[index.column()]
        if role == ROW_ROLE:
            return point
        if role == STATE_ROLE:
            return "loaded"
        return _side(index.column()) if role == _Role.TextAlignmentRole else None


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    return int(side | Qt.AlignmentFlag.AlignVCenter)
