"""The table of a branch's day: two lines a row, heads between the sections, and the chosen line's step as a button."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from desktop.models.rows import ROW_ROLE, AnyIndex, Column
from desktop.models.slices import SlicesModel
from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, Tone, TypeSize
from desktop.views.parts.view_context import ViewContext
from desktop.views.today.line import DayLine, Shown
from desktop.widgets.column_widths import in_two
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.table.two_lines import ROW_PX, TwoLineRow, two_lines
from engine.words.tr import tr

_HEAD_PX = 7 * GRID
_TIME, _CAR, _RENTER, _NOW, _MONEY, _STEP = range(6)
#: What the columns take before a row is there, in px.
_USUAL = MappingProxyType({_TIME: 120, _CAR: 226, _RENTER: 160, _NOW: 184, _MONEY: 104, _STEP: 140})
_LEAST = MappingProxyType({_TIME: 100, _CAR: 140, _RENTER: 130, _NOW: 150, _MONEY: 90, _STEP: 64})
#: How much of the upper and of the lower line a bone takes.
_BONES = MappingProxyType(
    {
        _TIME: (0.4, 0.8),
        _CAR: (0.7, 0.5),
        _RENTER: (0.75, 0.7),
        _NOW: (0.4, 0.8),
        _MONEY: (0.7, 0.5),
        _STEP: (0.7, 0.4),
    }
)
#: Below this a step is told by its key alone.
_NARROW_PX = 960
#: Beside a panel, which tells what is left out.
_NARROWEST_PX = 480
_SIGN_PX = 16
_SIGN_SIZE, _SIGN_ROOM = QSize(_SIGN_PX, _SIGN_PX), _SIGN_PX + GRID
_CAP_PX, _CAP_PAD = 5 * GRID, 2 * GRID
_EDGE_PX = 3
_LEAD, _TRAIL = Qt.AlignmentFlag.AlignLeading, Qt.AlignmentFlag.AlignTrailing
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def columns() -> list[Column[DayLine]]:
    def column(
        title: str, shown: Callable[[DayLine], Shown], weight: int, *, numeric: bool = False, spare: bool = False
    ) -> Column[DayLine]:
        def text(line: DayLine) -> str:
            return shown(line).text

        return Column(title, text, text, numeric=numeric, weight=weight, spare=spare)

    return [
        column(tr("Time"), lambda line: line.time, 5),
        column(tr("Car"), lambda line: line.car, 9),
        column(tr("Renter"), lambda line: line.renter, 7),
        column(tr("Car now"), lambda line: line.now, 8, spare=True),
        column(tr("Balance"), lambda line: line.money, 5, numeric=True, spare=True),
        column(tr("Next step"), lambda line: Shown(*line.step), 4),
    ]


class TodayTable(RecordTable):
    """Attributes: ``steps`` says whether a step can be taken now, ``fresh`` which lines changed a moment ago.

    Signals: ``pressed_step`` where the next step of a line was clicked; the line is the chosen one.
    """

    narrow_px = 0
    pressed_step = Signal()

    def __init__(self, context: ViewContext, model: SlicesModel[DayLine]) -> None:
        super().__init__(context.theme, context.shimmer)
        self.steps, self.fresh = True, frozenset[str]()
        self.skeleton_need = _LEAST if self.narrow else _USUAL
        self._row = TodayCells(context.theme, context.shimmer, self)
        self.setItemDelegate(self._row)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setAccessibleName(tr("Today"))
        self.setMinimumWidth(_NARROWEST_PX)
        self.setModel(model)
        self.clicked.disconnect()
        self.clicked.connect(self._clicked)

    @property
    def line(self) -> DayLine | None:
        """The chosen one."""
        row = self.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, DayLine) and not row.head else None

    @property
    def narrow(self) -> bool:
        return self.width() < _NARROW_PX

    def dress_heads(self) -> None:
        """Heads are lower than lines and go through all columns."""
        self.clearSpans()
        for row in range(self.model().rowCount()):
            line = self.model().index(row, 0).data(ROW_ROLE)
            head = isinstance(line, DayLine) and line.head
            self.setRowHeight(row, _HEAD_PX if head else ROW_PX)
            if head:
                self.setSpan(row, 0, 1, self.model().columnCount())

    def walk(self, by: int) -> None:
        """To the next line that is no head; stays where there is none."""
        model, row = self.model(), self.currentIndex().row() + by
        while 0 <= row < model.rowCount():
            line = model.index(row, 0).data(ROW_ROLE)
            if isinstance(line, DayLine) and not line.head:
                self.setCurrentIndex(model.index(row, 0))
                return
            row += by
        if by < 0:
            # The head above the first line comes into sight with it.
            self.verticalScrollBar().setValue(0)

    def _step(self, by: int) -> None:
        if abs(by) == 1:
            self.walk(by)
        else:
            super()._step(by)
            if self.line is None:
                self.walk(1 if by < 0 else -1)

    def _open(self, index: AnyIndex) -> None:
        line = index.data(ROW_ROLE)
        if isinstance(line, DayLine) and line.head:
            return
        super()._open(index)

    def _clicked(self, index: AnyIndex) -> None:
        if index.column() == _STEP and self.line is not None:
            self.pressed_step.emit()
        else:
            self._open(index)

    def _room(self) -> int:
        return self.width() - self.verticalScrollBar().sizeHint().width() - 2

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and not event.modifiers():
            self.walk(steps[Qt.Key(event.key())])
            self.stepped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if (event.oldSize().width() < _NARROW_PX) != (event.size().width() < _NARROW_PX):
            self.skeleton_need = _LEAST if self.narrow else _USUAL
            self._reset()
        super().resizeEvent(event)
        self._measure_shown()


class TodayCells(TwoLineRow):
    bones = _BONES
    _view: TodayTable

    def _value(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        line: DayLine = index.data(ROW_ROLE)
        if line.head:
            self._head(painter, rect, line)
        elif index.column() == _STEP:
            self._next_step(painter, rect, line, index)
        elif index.column() in (_CAR, _RENTER):
            shown = _shown(line, index.column())
            self.pair(painter, rect, shown.upper, shown.lower, bold=shown.bold)
        else:
            self._both(painter, rect, _shown(line, index.column()), self._side(index))

    def _both(self, painter: QPainter, rect: QRect, shown: Shown, side: Qt.AlignmentFlag) -> None:
        tokens = self._theme.tokens
        ink = tokens.text if shown.tone is None else tokens.ink(shown.tone)
        if shown.sign is not None:
            upper, _ = two_lines(rect)
            sign = QStyle.alignedRect(
                painter.layoutDirection(), _LEAD | Qt.AlignmentFlag.AlignVCenter, _SIGN_SIZE, upper
            )
            self._theme.icons.paint(painter, sign, shown.sign, ink)
            rect = _behind(rect, _SIGN_ROOM, painter.layoutDirection())
        upper, lower = two_lines(rect)
        self.line(painter, upper, shown.upper, ink, bold=shown.bold, side=side)
        self.line(painter, lower, shown.lower, tokens.ink(shown.low), side=side)

    def _head(self, painter: QPainter, rect: QRect, line: DayLine) -> None:
        """Sign, title and count at one end, what there is to know at the other; counts come without anything moving."""
        tokens, shown, direction = self._theme.tokens, line.car, painter.layoutDirection()
        ink = tokens.text if shown.tone is None else tokens.ink(shown.tone)
        if shown.sign is not None:
            sign = QStyle.alignedRect(direction, _LEAD | _MIDDLE, _SIGN_SIZE, rect)
            known = tokens.accent if shown.lower else tokens.muted
            self._theme.icons.paint(painter, sign, shown.sign, known if shown.tone is None else ink)
            rect = _behind(rect, _SIGN_ROOM + GRID, direction)
        self._small(painter, rect, shown.upper, ink, _LEAD, bold=True)
        title = QFontMetrics(self._theme.font(TypeSize.SMALL, bold=True)).horizontalAdvance(shown.upper)
        self._small(painter, _behind(rect, title + 2 * GRID, direction), shown.lower, tokens.muted, _LEAD)
        self._small(painter, rect, line.now.upper, tokens.muted, _TRAIL)

    def _next_step(self, painter: QPainter, rect: QRect, line: DayLine, index: AnyIndex) -> None:
        """Filled for the chosen line; the others say step and key without a frame."""
        words, key = line.step
        if not words:
            return
        tokens, steps = self._theme.tokens, self._view.steps
        chosen = steps and index.row() == self._view.currentIndex().row()
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            place = rect.adjusted(-GRID, 2 * GRID, GRID, -2 * GRID)
            painter.drawRoundedRect(place, RADIUS_CONTROL, RADIUS_CONTROL)
        inner = rect.adjusted(2 * GRID, 0, -GRID, 0)
        cap = self._cap_width(key)
        self._cap(painter, inner, cap, key, chosen=chosen)
        if not self._view.narrow:
            ink = tokens.on_accent if chosen else tokens.text if steps else tokens.disabled
            room = inner.adjusted(0, 0, -cap - 2 * GRID, 0)
            if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                room = inner.adjusted(cap + 2 * GRID, 0, 0, 0)
            self.line(painter, room, words, ink, bold=chosen)

    def _cap(self, painter: QPainter, inner: QRect, width: int, key: str, *, chosen: bool) -> None:
        """The key as it stands on a keyboard."""
        tokens = self._theme.tokens
        place = QRect(0, 0, width, _CAP_PX)
        side = Qt.AlignmentFlag.AlignCenter if self._view.narrow else _TRAIL | _MIDDLE
        place = QStyle.alignedRect(painter.layoutDirection(), side, place.size(), inner)
        painter.setPen(QPen(QColor(tokens.on_accent if chosen else tokens.border), BORDER))
        painter.setBrush(Qt.BrushStyle.NoBrush if chosen else QColor(tokens.neutral_tint))
        painter.drawRoundedRect(place.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), GRID, GRID)
        ink = tokens.on_accent if chosen else tokens.muted if self._view.steps else tokens.disabled
        self._small(painter, place, key, ink, Qt.AlignmentFlag.AlignHCenter)

    def _cap_width(self, key: str) -> int:
        return QFontMetrics(self._theme.font(TypeSize.SMALL)).horizontalAdvance(key) + 2 * _CAP_PAD

    def _small(
        self, painter: QPainter, place: QRect, text: str, ink: str, side: Qt.AlignmentFlag, *, bold: bool = False
    ) -> None:
        painter.setFont(self._theme.font(TypeSize.SMALL, bold=bold))
        painter.setPen(QColor(ink))
        painter.drawText(place, side | _MIDDLE, text)

    def needs(self, index: AnyIndex) -> tuple[int, int]:
        """Names may go on in the second line, before what stands there; nothing else is ever cut."""
        line: DayLine = index.data(ROW_ROLE)
        if line.head:
            return 0, 0
        if index.column() == _STEP:
            return self._step_needs(line)
        shown = _shown(line, index.column())
        metrics = QFontMetrics(self._theme.font(TypeSize.BODY, bold=shown.bold))
        upper = metrics.horizontalAdvance(shown.upper)
        lower = QFontMetrics(self._theme.font(TypeSize.BODY)).horizontalAdvance(shown.lower)
        whole = max(upper, lower) + (_SIGN_ROOM if shown.sign is not None else 0) + 1
        if index.column() in (_CAR, _RENTER):
            return whole, min(whole, max(in_two(metrics, shown.upper), lower) + 1)
        return whole, whole

    def _step_needs(self, line: DayLine) -> tuple[int, int]:
        words, key = line.step
        wide = 3 * GRID + self._cap_width(key)
        if not self._view.narrow:
            bold = QFontMetrics(self._theme.font(TypeSize.BODY, bold=True))
            wide += 2 * GRID + bold.horizontalAdvance(words) + 1
        return wide, wide

    def _ground(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line, tokens = index.data(ROW_ROLE), self._theme.tokens
        if isinstance(line, DayLine) and line.head:
            painter.fillRect(rect, QColor(tokens.surface))
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.border))
            return
        super()._ground(painter, rect, option, index)
        if isinstance(line, DayLine) and index.column() == 0 and line.key in self._view.fresh:
            left = self._view.layoutDirection() is Qt.LayoutDirection.LeftToRight
            edge = QRect(rect.left() if left else rect.right() - _EDGE_PX + 1, rect.top(), _EDGE_PX, rect.height())
            painter.fillRect(edge, QColor(tokens.ink(Tone.ACCENT)))


def _behind(rect: QRect, by: int, direction: Qt.LayoutDirection) -> QRect:
    """What is left of *rect* in reading order."""
    return rect.adjusted(by, 0, 0, 0) if direction is Qt.LayoutDirection.LeftToRight else rect.adjusted(0, 0, -by, 0)


def _shown(line: DayLine, column: int) -> Shown:
    return (line.time, line.car, line.renter, line.now, line.money)[column]
