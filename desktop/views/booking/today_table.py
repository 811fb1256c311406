"""The table of a branch's day: two lines a row, heads between the sections, and the chosen line's step as a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from desktop.models.rows import ROW_ROLE, AnyIndex, Column
from desktop.models.slices import SlicesModel
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.booking.list_table import ROW_PX, two_lines
from desktop.views.booking.today_row import DayLine, Pair
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.table.record_row import RecordRow
from desktop.widgets.table.record_table import RecordTable
from engine.words.tr import tr

_HEAD_PX = 7 * GRID
_TIME, _CAR, _RENTER, _NOW, _MONEY, _STEP = range(6)
_KEY_PAD = 2 * GRID


def columns() -> list[Column[DayLine]]:
    def column(title: str, pair: Callable[[DayLine], Pair], weight: int, *, numeric: bool = False) -> Column[DayLine]:
        def text(line: DayLine) -> str:
            return ", ".join(filter(None, pair(line)))

        return Column(title, text, text, numeric=numeric, weight=weight)

    return [
        column(tr("Time"), lambda line: line.time, 5),
        column(tr("Car"), lambda line: line.car, 9),
        column(tr("Renter"), lambda line: line.renter, 7),
        column(tr("Car now"), lambda line: line.now, 8),
        column(tr("Balance"), lambda line: line.money, 5, numeric=True),
        column(tr("Next step"), lambda line: line.step, 6),
    ]


class TodayTable(RecordTable):
    """Attributes: ``steps`` says whether a step can be taken now."""

    narrow_px = 0

    def __init__(self, context: ViewContext, model: SlicesModel[DayLine]) -> None:
        super().__init__(context.theme, context.shimmer)
        self.steps = True
        self._row = TodayCells(context.theme, context.shimmer, self)
        self.setItemDelegate(self._row)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setAccessibleName(tr("Today"))
        self.setModel(model)

    @property
    def line(self) -> DayLine | None:
        """The chosen one."""
        row = self.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, DayLine) and not row.head else None

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

    def _step(self, by: int) -> None:
        if abs(by) == 1:
            self.walk(by)
        else:
            super()._step(by)
            if self.line is None:
                self.walk(1 if by < 0 else -1)

    def _room(self) -> int:
        return self.width() - self.verticalScrollBar().sizeHint().width() - 2

    # Qt names below.

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- Qt's
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and not event.modifiers():
            self.walk(steps[event.key()])
        else:
            super().keyPressEvent(event)


class TodayCells(RecordRow):
    def _value(self, painter: QPainter, rect: QRect, index: AnyIndex) -> None:
        line: DayLine = index.data(ROW_ROLE)
        tokens = self._theme.tokens
        if line.head:
            self._head(painter, rect, line)
        elif index.column() == _STEP:
            self._button(painter, rect, line, index)
        else:
            first, second = _pair(line, index.column())
            upper, lower = two_lines(rect)
            ink = tokens.ink(line.tone) if index.column() == _NOW else tokens.text
            low = tokens.warning if index.column() == _TIME and line.late else tokens.muted
            side = self._side(index)
            self._words(painter, upper, first, ink, side, bold=index.column() in (_TIME, _CAR))
            self._words(painter, lower, second, low, side)

    def _head(self, painter: QPainter, rect: QRect, line: DayLine) -> None:
        lead = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        trail = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        self._words(painter, rect, "  ".join(line.car), self._theme.tokens.muted, lead, bold=True)
        self._words(painter, rect, line.now[0], self._theme.tokens.muted, trail)

    def _button(self, painter: QPainter, rect: QRect, line: DayLine, index: AnyIndex) -> None:
        """Filled for the chosen line; the others say step and key without a frame."""
        words, key = line.step
        tokens, steps = self._theme.tokens, getattr(self._view, "steps", True)
        chosen = bool(words) and steps and index.row() == self._view.currentIndex().row()
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent))
            painter.drawRoundedRect(rect.adjusted(-GRID, 2 * GRID, GRID, -2 * GRID), GRID, GRID)
        ink = tokens.on_accent if chosen else tokens.text if steps else tokens.muted
        lead = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        trail = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        self._words(painter, rect.adjusted(GRID, 0, -GRID, 0), words, ink, lead, bold=chosen)
        small = tokens.on_accent if chosen else tokens.muted
        self._words(painter, rect.adjusted(GRID, 0, -GRID, 0), key, small, trail)

    def _words(
        self, painter: QPainter, place: QRect, text: str, ink: str, side: Qt.AlignmentFlag, *, bold: bool = False
    ) -> None:
        font = self._theme.font(TypeSize.BODY, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(place, side, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width()))

    def needs(self, index: AnyIndex) -> tuple[int, int]:
        """A car's name may be cut beside its whole plate, and a renter's beside the telephone; nothing else is."""
        line: DayLine = index.data(ROW_ROLE)
        if line.head:
            return 0, 0
        first, second = _pair(line, index.column())
        bold = QFontMetrics(self._theme.font(TypeSize.BODY, bold=True))
        plain = QFontMetrics(self._theme.font(TypeSize.BODY))
        upper, lower = bold.horizontalAdvance(first) + 1, plain.horizontalAdvance(second) + 1
        if index.column() == _STEP:
            wide = upper + lower + 5 * GRID
            return wide, wide
        least = lower if index.column() in (_CAR, _RENTER) and second else max(upper, lower)
        return max(upper, lower), least

    def _ground(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        line = index.data(ROW_ROLE)
        if isinstance(line, DayLine) and line.head:
            painter.fillRect(rect, QColor(self._theme.tokens.surface))
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(self._theme.tokens.border))
        else:
            super()._ground(painter, rect, option, index)


def _pair(line: DayLine, column: int) -> Pair:
    return (line.time, line.car, line.renter, line.now, line.money, line.step)[column]
