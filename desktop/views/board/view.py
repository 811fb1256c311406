"""The board itself: cars by time, painted by us, walked by keyboard and by mouse.

API: BoardView(context): put(lines, words), show_window(first, days, zone), set_density(density), show_skeleton(),
line, bar, cell(), go_to(key, at, bar_id), go_now(now); opened, book_wanted, moved, shifted, zoomed, folded.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from desktop.views.board.lines import BoardLine, Words
from desktop.views.board.placing import Placing
from desktop.views.board.rows_painter import Seen
from desktop.views.board.scale import Density
from desktop.views.board.surface import BoardSurface
from desktop.views.parts.view_context import ViewContext
from engine.domain.booking.board import Bar, BoardRow
from engine.domain.shared.damage import Damaged

_Key = Qt.Key
_SECOND = timedelta(seconds=1)
_ROWS = {_Key.Key_Down: 1, _Key.Key_Up: -1, _Key.Key_J: 1, _Key.Key_K: -1}
_CELLS = {_Key.Key_Right: 1, _Key.Key_Left: -1}
_WINDOWS = {_Key.Key_PageDown: 1, _Key.Key_PageUp: -1}
_OPEN = (_Key.Key_Return, _Key.Key_Enter)


class BoardView(BoardSurface):
    """Signals: ``opened`` carries row and bar, ``book_wanted`` row and moment; ``moved`` when another cell is chosen.

    ``shifted`` carries by how many days the window is to go on, ``zoomed`` +1 for closer; ``folded`` a Group;
    ``unread`` a Damaged that was to be opened.
    """

    opened = Signal(object, object)
    book_wanted = Signal(object, object)
    moved = Signal()
    shifted = Signal(int)
    zoomed = Signal(int)
    folded = Signal(object)
    unread = Signal(object)

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context)
        self._key, self._at, self._bar = "", datetime(2000, 1, 1, tzinfo=UTC), ""

    # What is shown.

    def put(self, lines: list[BoardLine], words: Words) -> None:
        """The cell that is chosen stays in its place on the screen, whatever came above it."""
        row = self.table.row_of(self._key)
        offset = row * self.density.row_px - self.verticalScrollBar().value() if row >= 0 else 0
        self.skeleton = False
        self._clock.leave(self)
        self.table.put(lines, words)
        if self.placing is None or self.placing.scale is not self.scale:
            self.placing = Placing(self.scale, self.painting.bars, words)
        else:
            self.placing.tell_time(words)
        self.updateGeometries()
        now_at = self.table.row_of(self._key)
        if now_at < 0:
            self._key, self._bar = next((line.key for line in lines if not line.head), ""), ""
        elif row >= 0 and now_at != row:
            self.verticalScrollBar().setValue(now_at * self.density.row_px - offset)
        self._settle(scroll=False)
        self.viewport().update()

    def tell_time(self, words: Words) -> None:
        self.table.words = words
        if self.placing is not None:
            self.placing.tell_time(words)
            self.viewport().update()

    def show_window(self, first: date, days: int, zone: tzinfo) -> None:
        """Days from *first* on; the cell that is chosen goes along where it is not among them."""
        same = (first, days, zone) == (self._first, self._days, self._zone)
        self._first, self._days, self._zone = first, days, zone
        if not same or self.scale.width != self.viewport().width():
            self._measure()
        if not self.scale.since <= self._at < self.scale.until:
            self._at = self.scale.starts[min(1 if days > 1 else 0, days)]
            self._bar = ""

    def set_density(self, density: Density) -> None:
        row = max(self.table.row_of(self._key), 0)
        offset = row * self.density.row_px - self.verticalScrollBar().value()
        self.density = density
        self._measure()
        self.updateGeometries()
        self.verticalScrollBar().setValue(row * density.row_px - offset)
        self._settle(scroll=True)

    # What is chosen.

    @property
    def line(self) -> BoardLine | None:
        row = self.table.row_of(self._key)
        return self.table.lines[row] if row >= 0 else None

    @property
    def row(self) -> BoardRow | None:
        return self.line.car if self.line is not None else None

    @property
    def bar(self) -> Bar | None:
        """The chosen one; None while it is a cell in which the car could be had."""
        return next((bar for bar in (self.line.bars if self.line else ()) if bar.id == self._bar), None)

    def cell(self) -> tuple[datetime, datetime]:
        return self.scale.cell_of(self._at)

    def go_to(self, key: str, at: datetime, bar_id: str = "") -> None:
        """Choose that cell, or that bar."""
        if self.table.row_of(key) >= 0:
            self._key, self._at, self._bar = key, at, bar_id
            self._settle(scroll=True)

    def go_now(self, now: datetime) -> None:
        if self.scale.since <= now < self.scale.until:
            self._at, self._bar = now, ""
            self._settle(scroll=True)

    def walk_rows(self, by: int) -> None:
        """To the next car; heads are passed over."""
        lines, row = self.table.lines, self.table.row_of(self._key) + by
        while 0 <= row < len(lines) and lines[row].head:
            row += by
        if 0 <= row < len(lines):
            self._key, self._bar = lines[row].key, ""
            self._settle(scroll=True)
        elif by < 0:
            self.verticalScrollBar().setValue(0)

    def walk_cells(self, by: int) -> None:
        """To the cell before or after; beyond the window it goes on, too."""
        start, end = self.cell()
        at = end if by > 0 else start - _SECOND
        if not self.scale.since <= at < self.scale.until:
            self.shifted.emit(by)
            if not self.scale.since <= at < self.scale.until:
                return
        self._at, self._bar = at, ""
        self._settle(scroll=False)

    def walk_bars(self, by: int) -> bool:
        """To the next bar of the car; False where there is none."""
        placed = self.placing.bars(self.line) if self.placing is not None and self.line is not None else []
        ids = [each.bar.id for each in placed]
        if self._bar in ids:
            n = ids.index(self._bar) + by
        else:
            after = (n for n, each in enumerate(placed) if each.bar.taken.starts_at >= self._at)
            first = next(after, len(placed))
            n = first if by > 0 else first - 1
        if not 0 <= n < len(placed):
            return False
        bar = placed[n].bar
        self._bar, self._at = bar.id, max(bar.taken.starts_at, self.scale.since)
        self._settle(scroll=True)
        return True

    def open_chosen(self) -> None:
        """The chosen bar is opened, or a booking begun in the chosen cell."""
        line = self.line
        if line is not None and isinstance(line.row, Damaged):
            self.unread.emit(line.row)
        if line is None or line.car is None:
            return
        if self.bar is not None:
            self.opened.emit(line.car, self.bar)
        else:
            self.book_wanted.emit(line.car, self.cell()[0])

    def _settle(self, *, scroll: bool) -> None:
        """What is under the cell is chosen too, and a screen reader hears of it."""
        row, line = self.table.row_of(self._key), self.line
        if line is None or self.placing is None:
            return
        start, end = self.cell()
        ids = [bar.id for bar in line.bars]
        if self._bar not in ids:
            over = (bar for bar in line.bars if bar.taken.starts_at < end and start < bar.until(self.placing.words.now))
            self._bar = next((bar.id for bar in over), "")
        column = ids.index(self._bar) + 1 if self._bar in ids else 0
        self.setCurrentIndex(self.table.index(row, column))
        if scroll:
            self.scrollTo(self.currentIndex())
        self.viewport().update()
        self.moved.emit()

    def seen(self) -> Seen | None:
        if self.placing is None:
            return None
        row, car = self.table.row_of(self._key), self.row
        free = car is not None and not self._bar and self._may_book(car)
        cursor = (row, self._at) if row >= 0 else None
        top = -self.verticalScrollBar().value()
        focused = self.hasFocus()
        return Seen(self.table.lines, self.placing, self.density, top, cursor, self._bar, free, focused)

    def _may_book(self, row: BoardRow) -> bool:
        since, until = self.cell()
        if self.placing is None or not self.placing.words.knows(since, until):
            return False
        now = self.placing.words.now
        return until > now and any(True for _ in row.gaps(max(since, now), until, now))

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = _Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier) and not shift:
            super().keyPressEvent(event)
        elif key in _ROWS:
            self.walk_rows(_ROWS[key])
        elif key in _CELLS:
            self.walk_cells(_CELLS[key])
        elif key in _WINDOWS:
            self.shifted.emit(_WINDOWS[key] * self.scale.days)
        elif key in _OPEN:
            self.open_chosen()
        elif key in (_Key.Key_Plus, _Key.Key_Minus):
            self.zoomed.emit(1 if key is _Key.Key_Plus else -1)
        else:
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 -- Qt's
        """Tab goes through the bars of a car, and then on."""
        return self.walk_bars(1 if forward else -1) or super().focusNextPrevChild(forward)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._choose_at(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._choose_at(event.position().toPoint()):
            self.open_chosen()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What drags and selects in a table has no place here."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pass

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Shift the days go by."""
        turn = event.angleDelta()
        aside = turn.x() or (turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if aside:
            self.shifted.emit(-1 if aside > 0 else 1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _choose_at(self, at: QPoint) -> bool:
        n = self.row_at(at.y())
        if n < 0:
            return False
        line = self.table.lines[n]
        if line.head:
            self.folded.emit(line.group)
            return False
        self._key = line.key
        if at.x() >= self.scale.left:
            self._at = min(max(self.scale.at(at.x()), self.scale.since), self.scale.until - _SECOND)
        self._bar = self.bar_under(at)
        self._settle(scroll=False)
        return True
