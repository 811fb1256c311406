"""A month as six whole weeks with their ISO numbers, walked by arrows.

API: MonthGrid(theme, names, title): show_day(day, today, tinted), set_hatched(of a day), day, months(by); moved(day),
picked(day).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.tokens import FOCUS, GRID, RADIUS_CONTROL, TypeSize

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from desktop.theme.theme import Theme

WEEKS, WEEK = 6, 7
CELL = QSize(9 * GRID, 8 * GRID)
_GUTTER = 8 * GRID
_HEAD = 7 * GRID
_DAY = timedelta(days=1)
_MONTHS = _YEAR = 12
_FIRST, _LAST = date(1971, 1, 1), date(9990, 1, 1)


class MonthGrid(QWidget):
    """The keyboard stands on one day; the days before today are muted, none of them is red.

    Signals:
        moved: The keyboard went to a day.
        picked: A day was clicked, or Enter pressed on it.
    """

    moved = Signal(object)
    picked = Signal(object)

    def __init__(self, theme: Theme, names: tuple[str, ...], told: Callable[[date], str]) -> None:
        """*names* of the weekdays, Monday first; *told* is how a day is said aloud."""
        super().__init__()
        self._theme, self._names, self._told = theme, names, told
        self.day = self._today = date(2026, 1, 1)
        self._tinted: tuple[date, date] | None = None
        self._hatched: Callable[[date], bool] = lambda _day: False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_day(self, day: date, today: date, tinted: tuple[date, date] | None = None) -> None:
        self.day, self._today, self._tinted = day, today, tinted
        self._tell()
        self.update()

    def set_hatched(self, hatched: Callable[[date], bool]) -> None:
        """Which days nothing can be had on; ``told`` says so too. They can be chosen all the same."""
        self._hatched = hatched
        self.update()

    def first_shown(self) -> date:
        """The Monday of the week in which the month begins."""
        first = self.day.replace(day=1)
        return first - first.weekday() * _DAY

    def place_of(self, day: date) -> QRect:
        """Where *day* is painted; empty if it is not."""
        n = (day - self.first_shown()).days
        if not 0 <= n < WEEKS * WEEK:
            return QRect()
        row, column = divmod(n, WEEK)
        spot = QRect(QPoint(_GUTTER + column * CELL.width(), _HEAD + row * CELL.height()), CELL)
        return QStyle.visualRect(self.layoutDirection(), self.rect(), spot)

    def months(self, by: int) -> None:
        """To the same day of another month, or its last."""
        year, month = divmod(self.day.year * _MONTHS + self.day.month - 1 + by, _MONTHS)
        for day in range(self.day.day, 0, -1):
            try:
                self._go(date(year, month + 1, day))
            except ValueError:
                continue
            return

    def _go(self, day: date) -> None:
        self.day = min(max(day, _FIRST), _LAST)
        self._tell()
        self.update()
        self.moved.emit(self.day)

    def _tell(self) -> None:
        self.setAccessibleName(self._told(self.day))
        if self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._told(self.day)))

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(_GUTTER + WEEK * CELL.width(), _HEAD + WEEKS * CELL.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sideways = -1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
        days = {Qt.Key.Key_Left: -sideways, Qt.Key.Key_Right: sideways, Qt.Key.Key_Up: -WEEK, Qt.Key.Key_Down: WEEK}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key()) if event.key() in {*days, *pages} else None
        if key in days:
            self._go(self.day + days[key] * _DAY)
        elif key in pages:
            shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.months(pages[key] * (_YEAR if shifted else 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self.day)
        elif event.key() == Qt.Key.Key_Home:
            self._go(self._today)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        for n in range(WEEKS * WEEK):
            day = self.first_shown() + n * _DAY
            if self.place_of(day).contains(at):
                self._go(day)
                self.picked.emit(day)
                return

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_heads(painter)
        for n in range(WEEKS * WEEK):
            self._paint_day(painter, self.first_shown() + n * _DAY)
        painter.end()

    def _paint_heads(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setFont(self._theme.font(TypeSize.SMALL))
        painter.setPen(QColor(tokens.muted))
        for n, name in enumerate(self._names):
            column = self.place_of(self.first_shown() + n * _DAY)
            painter.drawText(QRect(column.left(), 0, column.width(), _HEAD), Qt.AlignmentFlag.AlignCenter, name)
        for row in range(WEEKS):
            monday = self.first_shown() + row * WEEK * _DAY
            place = self.place_of(monday)
            week = QRect(0, place.top(), _GUTTER, place.height())
            week = QStyle.visualRect(self.layoutDirection(), self.rect(), week)
            painter.drawText(week, Qt.AlignmentFlag.AlignCenter, str(monday.isocalendar().week))

    def _paint_day(self, painter: QPainter, day: date) -> None:
        tokens, place = self._theme.tokens, self.place_of(day)
        chosen = day == self.day
        if self._tinted and self._tinted[0] <= day <= self._tinted[1]:
            painter.fillRect(place, QColor(tokens.accent_tint))
        if self._hatched(day) and not chosen:
            painter.fillRect(place.adjusted(2, 2, -2, -2), QBrush(QColor(tokens.border), Qt.BrushStyle.BDiagPattern))
        box = QRectF(place).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(tokens.accent) if chosen else Qt.BrushStyle.NoBrush)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
        if day == self._today:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(tokens.on_accent if chosen else tokens.control_border))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2) if chosen else box, RADIUS_CONTROL, RADIUS_CONTROL)
        if chosen and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.focus), FOCUS))
            painter.drawRoundedRect(QRectF(place), RADIUS_CONTROL, RADIUS_CONTROL)
        quiet = day < self._today or day.month != self.day.month
        ink = tokens.on_accent if chosen else tokens.muted if quiet else tokens.text
        painter.setFont(self._theme.font(TypeSize.BODY, bold=chosen or day == self._today))
        painter.setPen(QColor(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(day.day))
