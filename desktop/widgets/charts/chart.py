"""What every chart is: a plot of cells that are walked with the arrow keys, opened with Enter and read out.

API: Chart(theme, clock): show_skeleton(), show_data(data), show_empty(words), cells(), current; chosen(key).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme.tokens import FOCUS, GRID, TypeSize
from desktop.widgets.charts.data import ChartData, Point
from desktop.widgets.text import plain_tip
from engine.words.tr import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QHideEvent, QPaintEvent, QResizeEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

LABELS = 5 * GRID
"""Height of the line of names under a plot, and of the line of figures above it."""
_VEIL = 0.82


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a point is on the screen: *area* takes the mouse and the ring, *mark* is what is painted."""

    point: Point
    area: QRectF
    mark: QRectF


class ChartPhase(Enum):
    SKELETON = auto()
    DATA = auto()
    EMPTY = auto()


class Chart(QWidget):
    """Base of the charts: ``_cells`` lays out, ``_paint`` draws; skeleton and data share the layout.

    Signals:
        chosen: The key of the point that was pressed or opened with Enter.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, clock: ShimmerClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._clock = theme, clock
        self._phase = ChartPhase.SKELETON
        self._data = ChartData("", "", ())
        self._words = ""
        self._at = 0
        self._laid: tuple[Cell, ...] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    @property
    def data(self) -> ChartData:
        return self._data

    @property
    def current(self) -> Point | None:
        """The point the keyboard is on."""
        points = self._data.points
        return points[min(self._at, len(points) - 1)] if points else None

    def show_skeleton(self) -> None:
        """The plot as it will be, waiting; the last layout is kept where there was one."""
        if not self._data.points:
            self._data = self._waiting_data()
        self._show(ChartPhase.SKELETON, tr("Loading"))

    def show_data(self, data: ChartData) -> None:
        key = self.current.key if self.current else None
        self._data = data
        self._at = next((n for n, point in enumerate(data.points) if key is not None and point.key == key), 0)
        spoken = tr(
            "{title}, {unit}. {points} figures, read them with the arrow keys.",
            title=data.title,
            unit=data.unit,
            points=len(data.points),
        )
        self._show(ChartPhase.DATA, spoken)

    def show_empty(self, words: str) -> None:
        self._words = words
        self._data = ChartData(self._data.title, self._data.unit, ())
        self._show(ChartPhase.EMPTY, words)

    def cells(self) -> tuple[Cell, ...]:
        if self._laid is None:
            self._laid = self._cells(QRectF(self.rect())) if self._data.points else ()
        return self._laid

    def shimmer_step(self) -> None:
        self._clock.sweep(self)

    # What a kind of chart brings.

    def _cells(self, rect: QRectF) -> tuple[Cell, ...]:
        raise NotImplementedError

    def _paint(self, painter: QPainter, cells: tuple[Cell, ...]) -> None:
        raise NotImplementedError

    def _waiting_data(self) -> ChartData:
        raise NotImplementedError

    def _step(self, key: Qt.Key) -> int | None:
        """Where *key* leads from the present cell; None for keys that are not the chart's."""
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(self._data.points) - 1}
        if key in ends:
            return ends[key]
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(key)
        return None if by is None else self._at + (by if not self.isRightToLeft() else -by)

    # Shared painting.

    def _bone_brush(self) -> Any:
        return self._clock.brush(self.width())

    def _write(
        self,
        painter: QPainter,
        place: QRectF,
        text: str,
        colour: str,
        *,
        size: TypeSize = TypeSize.SMALL,
        bold: bool = False,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
    ) -> None:
        font = self._theme.font(size, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, words)

    def _write_over(self, painter: QPainter, centre: float, bottom: float, text: str) -> None:
        """A figure above *bottom*, kept inside the chart and readable over whatever it lies on."""
        width = self._text_width([text]) + 4.0
        left = min(max(centre - width / 2, 0.0), max(self.width() - width, 0.0))
        place = QRectF(left, bottom - LABELS + 4, width, LABELS - 5)
        ground = QColor(self._theme.tokens.raised)
        ground.setAlphaF(_VEIL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, GRID, GRID)
        self._write(painter, place, text, self._theme.tokens.text)

    def _mirrored(self, rect: QRectF) -> QRectF:
        """*rect* where the reading begins on the right."""
        if self.layoutDirection() == Qt.LayoutDirection.LeftToRight:
            return rect
        return QRectF(self.width() - rect.right(), rect.top(), rect.width(), rect.height())

    def _text_width(self, texts: Sequence[str], size: TypeSize = TypeSize.SMALL) -> int:
        metrics = QFontMetrics(self._theme.font(size))
        return max((metrics.horizontalAdvance(text) for text in texts), default=0)

    def _show(self, phase: ChartPhase, spoken: str) -> None:
        self._phase, self._laid = phase, None
        self.setAccessibleName(self._data.title)
        self.setAccessibleDescription(spoken)
        if phase is ChartPhase.SKELETON and self.isVisible():
            self._clock.join(self)
        else:
            self._clock.leave(self)
        self.update()

    def _go_to(self, at: int) -> None:
        last = len(self._data.points) - 1
        self._at = min(max(at, 0), last)
        self.update()
        spoken = self._data.points[self._at].spoken
        self.setAccessibleDescription(spoken)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, spoken))

    def _cell_at(self, place: QPoint | QPointF) -> int | None:
        point = QPointF(place)
        return next((n for n, cell in enumerate(self.cells()) if cell.area.contains(point)), None)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(480, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._phase is ChartPhase.EMPTY:
            self._write(painter, QRectF(self.rect()), self._words, self._theme.tokens.muted, size=TypeSize.BODY)
        else:
            cells = self.cells()
            self._paint(painter, cells)
            if self.hasFocus() and self._phase is ChartPhase.DATA and cells:
                painter.setPen(QPen(QColor(self._theme.tokens.focus), FOCUS))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(cells[min(self._at, len(cells) - 1)].area.adjusted(1, 1, -1, -1), GRID, GRID)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._phase is not ChartPhase.DATA or not self._data.points:
            super().keyPressEvent(event)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._data.points[self._at].key)
        elif (at := self._step(Qt.Key(event.key()))) is not None and not event.modifiers():
            self._go_to(at)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._cell_at(event.position())
        if self._phase is ChartPhase.DATA and at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go_to(at)
            self.chosen.emit(self._data.points[at].key)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            at = self._cell_at(event.pos()) if self._phase is ChartPhase.DATA else None
            self.setToolTip("" if at is None else plain_tip(self._data.points[at].spoken))
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._phase is ChartPhase.DATA and self._data.points:
            self._go_to(self._at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._laid = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        self._laid = None
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._phase is ChartPhase.SKELETON:
            self._clock.join(self)

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)
