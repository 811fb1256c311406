"""The board on which bars are taken up: by keys or by the mouse, with a ghost where they would be.

API: LiftingView(context): begin_move(), begin_end(), put_back(), drop(), lift, plan; dropped(Plan, Lift), lifted().
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from desktop.views.board.ghost import Ghost
from desktop.views.board.lifting import Lift, lift_bar, lift_end, lift_new, plan_of
from desktop.views.board.rows_painter import Seen
from desktop.views.board.view import BoardView
from desktop.views.parts.view_context import ViewContext
from engine.domain.booking.board_plan import Plan, PlanKind
from engine.domain.booking.states import BookingState

_Key = Qt.Key
_LATER = {_Key.Key_Right: 1, _Key.Key_Left: -1}
_ROWS = {_Key.Key_Down: 1, _Key.Key_Up: -1, _Key.Key_J: 1, _Key.Key_K: -1}
_OPEN = (_Key.Key_Return, _Key.Key_Enter)
_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)
#: So near to the end of a bar the mouse takes its end.
_EDGE_PX = 6
_Shape = Qt.CursorShape


class LiftingView(BoardView):
    """Signals: ``dropped`` carries Plan and Lift, whatever the plan says; ``lifted`` when what is taken up changes."""

    dropped = Signal(object, object)
    lifted = Signal()

    def __init__(self, context: ViewContext) -> None:
        super().__init__(context)
        self.lift: Lift | None = None
        #: Whether anything can be taken up at all, and whether it was by the mouse.
        self.acts, self.by_mouse = True, False
        self._pressed: QPoint | None = None
        self._dragged = False

    @property
    def plan(self) -> Plan | None:
        """What dropping would do, by what the rows say now."""
        if self.lift is None or self.placing is None:
            return None
        return plan_of(self.lift, self.table.lines, self.placing.words.now)

    def begin_move(self) -> bool:
        """Take the chosen bar up for another car; False for one that goes on with no other."""
        self.by_mouse = False
        return self._begin(lift_bar(self.row, self.bar) if self.row is not None and self.bar is not None else None)

    def begin_end(self) -> bool:
        """Take the end of the chosen bar; False where its car is not out."""
        self.by_mouse = False
        return self._begin(lift_end(self.row, self.bar) if self.row is not None and self.bar is not None else None)

    def put_back(self) -> None:
        self._lift(None)

    def drop(self) -> None:
        """It stays taken up until somebody says that it is done."""
        plan = self.plan
        if plan is not None and self.lift is not None:
            self.dropped.emit(plan, self.lift)

    def _begin(self, lift: Lift | None) -> bool:
        if lift is None or not self.acts:
            return False
        self._lift(lift)
        return True

    def _lift(self, lift: Lift | None) -> None:
        """Only what the ghost leaves and reaches is painted anew."""
        before, self.lift = self._ghost_rect(), lift
        for rect in (before, self._ghost_rect()):
            self.viewport().update(rect)
        self.lifted.emit()

    def _ghost_rect(self) -> QRect:
        lift, row_px = self.lift, self.density.row_px
        if lift is None:
            return self.viewport().rect()
        rows = [self.table.row_of(key) for key in {lift.key, lift.to}]
        tops = [row * row_px - self.verticalScrollBar().value() for row in rows]
        return QRect(0, min(tops), self.viewport().width(), max(tops) - min(tops) + row_px)

    def _step_row(self, by: int) -> None:
        if self.lift is None:
            return
        lines, n = self.table.lines, self.table.row_of(self.lift.to) + by
        while 0 <= n < len(lines) and lines[n].car is None:
            n += by
        if 0 <= n < len(lines):
            self._lift(self.lift.at(lines[n].key))
            self.scrollTo(self.table.index(n, 0))

    def seen(self) -> Seen | None:
        seen, plan, lift = super().seen(), self.plan, self.lift
        if seen is None or plan is None or lift is None:
            return seen
        source, target = self.table.row_of(lift.key), self.table.row_of(lift.to)
        row = self.table.lines[source].car
        if row is None:
            return seen
        chosen = None if seen.cursor is None else (target, seen.cursor[1])
        return replace(seen, cursor=chosen, ghost=Ghost(plan, source, target, row, lift.bar.id))

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lift, key = self.lift, _Key(event.key())
        if lift is None:
            super().keyPressEvent(event)
        elif key is _Key.Key_Escape:
            self.put_back()
        elif key in _OPEN:
            self.drop()
        elif key in _ROWS and lift.kind is PlanKind.MOVE:
            self._step_row(_ROWS[key])
        elif key in _LATER and lift.kind is PlanKind.END:
            step = _DAY if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _QUARTER
            self._lift(lift.ending(lift.ends_at + _LATER[key] * step))
        else:
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 -- Qt's
        """What is taken up is put down or back first."""
        return self.lift is not None or super().focusNextPrevChild(forward)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.lift is not None:
            return
        super().mousePressEvent(event)
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed, self._dragged = (event.position().toPoint() if left else None), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None:
            self.viewport().setCursor(_Shape.SizeHorCursor if self._at_end(at) else _Shape.ArrowCursor)
        elif not self._dragged:
            if (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._dragged = self._take_up(self._pressed, at)
                if self._dragged:
                    self.drag_to(at)
                else:
                    self._pressed = None
        elif self.lift is not None:
            self.drag_to(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._pressed, self._dragged = self._dragged, None, False
        if event.button() is Qt.MouseButton.LeftButton and dragged and self.lift is not None:
            self.drop()

    def _at_end(self, at: QPoint) -> bool:
        """Whether the mouse is on the end of a bar that has another one."""
        n = self.row_at(at.y())
        if n < 0 or self.placing is None:
            return False
        return any(
            abs(each.right - at.x()) <= _EDGE_PX
            and each.bar.booking is not None
            and each.bar.booking.state is BookingState.OUT
            for each in self.placing.bars(self.table.lines[n])
        )

    def _take_up(self, since: QPoint, at: QPoint) -> bool:
        row, bar = self.row, self.bar
        if row is None or since.x() < self.scale.left:
            return False
        self.by_mouse = True
        if bar is None:
            first, last = sorted((self.scale.at(since.x()), self.scale.at(at.x())))
            return self._begin(lift_new(row, first, last) or lift_new(row, first, first + _QUARTER))
        if self._at_end(since):
            return self._begin(lift_end(row, bar))
        return self._begin(lift_bar(row, bar))

    def drag_to(self, at: QPoint) -> None:
        """What is taken up goes along with the mouse."""
        lift = self.lift
        if lift is None:
            return
        if lift.kind is PlanKind.MOVE:
            n = self.row_at(at.y())
            if n >= 0 and self.table.lines[n].car is not None:
                self._lift_if_new(lift.at(self.table.lines[n].key))
            return
        moment = self.scale.at(min(max(at.x(), self.scale.left), self.scale.width))
        if lift.kind is PlanKind.END:
            self._lift_if_new(lift.ending(moment))
        elif self.row is not None:
            new = lift_new(self.row, lift.bar.taken.starts_at, moment)
            self._lift_if_new(new or lift)

    def _lift_if_new(self, lift: Lift) -> None:
        if lift != self.lift:
            self._lift(lift)
