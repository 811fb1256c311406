"""The one field for days and times: typed, understood beneath, taken by Enter or on leaving it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone
from desktop.views.parts.moments.examples import ExampleCard
from desktop.views.parts.moments.habits import habits_of
from desktop.views.parts.moments.held import HeldMoment
from desktop.views.parts.moments.hint_line import HintLine
from desktop.views.parts.moments.popup import MomentPopup
from desktop.views.parts.moments.words import Hint
from desktop.views.parts.view_context import announce
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Handing
from engine.domain.moments.habits import Habits
from engine.domain.moments.reading import Lean, Misread, Reading
from engine.domain.moments.write import coming_names, day_written
from engine.domain.shared.wall import OnWall, on_wall, quarter_stepped
from engine.domain.shared.zones import AnyZone
from engine.words.tr import tr

_DAY, _FOUR_WEEKS = timedelta(days=1), 28


class MomentField(QWidget):
    """Text first, one Tab stop; it holds a wall-clock time in the zone it was told.

    F1 shows what can be typed, Alt+Down the calendar, Up and Down step the day or, with the cursor in it, the time.
    Esc puts back what it held. What is not understood changes nothing. Of a time that comes twice nothing is taken
    until one of both is pressed.

    Signals:
        taken: Another moment than before is held; carries it.
        entered: Enter was pressed and what stands there is held.
        range_taken: First and last day, where only days are asked for and both were typed in one: ``1.11. - 30.11.``
    """

    taken = Signal(object)
    entered = Signal()
    range_taken = Signal(object, object)

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        days_only: bool = False,
        lean: Lean = Lean.FORWARD,
        now: Callable[[], datetime] | None = None,
        habits: Habits | None = None,
        beneath: bool = True,
    ) -> None:
        """*now* is the server's time (UTC); *beneath* keeps the line below free while there is nothing to say."""
        super().__init__()
        self._theme = theme
        self._of = HeldMoment(habits or habits_of(), now or partial(datetime.now, UTC), days_only, lean)
        self._tinted: tuple[date, date] | None = None
        self._before: datetime | None = None
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.beneath = HintLine(theme, self, kept_free=beneath)
        self._lay_out()
        self._connect()
        self._say(Hint())

    @cached_property
    def popup(self) -> MomentPopup:
        """Built when it is first opened: a form has several such fields, and most are typed into."""
        popup = MomentPopup(self._theme, self.edit, days_only=self._of.days_only)
        popup.picked.connect(lambda wall, _final: self._picked(wall))
        popup.given_up.connect(self._calendar_given_up)
        popup.typed.connect(self._key_from_calendar)
        return popup

    @cached_property
    def examples(self) -> ExampleCard:
        """Built when it is first opened."""
        return ExampleCard(self._theme, self.edit, self.read, days_only=self._of.days_only)

    # What it holds.

    def moment(self) -> datetime:
        """The wall-clock time it holds; ``fold`` says which of two comings."""
        if self._of.at is None:
            raise RuntimeError("nothing is held yet")
        return self._of.at

    def day(self) -> date | None:
        return None if self._of.at is None else self._of.at.date()

    @property
    def undecided(self) -> bool:
        """Whether it waits for an answer which of two comings is meant."""
        return self._of.open is not None

    @property
    def at_odds(self) -> bool:
        """Whether something stands there that is not held."""
        return self.undecided or self.edit.text() != self._of.written

    def show_moment(self, wall: datetime) -> None:
        """Hold *wall*; one that is skipped is moved on. Nothing is told."""
        self._of.at, self._of.open = on_wall(wall, self._of.here).at, None
        self._show_held()

    def show_day(self, day: date | None) -> None:
        self._of.at = None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a wall clock
        self._of.open = None
        self._show_held()

    def propose(self, wall: datetime) -> None:
        """As if it had been typed: of a time that comes twice the person is asked."""
        self._take(Reading(wall, coming_named=bool(wall.fold)))

    def set_clock(self, zone: AnyZone, branch: Branch | None = None, handing: Handing | None = None) -> None:
        """Whose clock it is, and whose opening hours are told to whoever has *handing* to do there.

        What is held keeps its wall clock.
        """
        self._of.zone, self._of.branch, self._of.handing = zone, branch, handing

    def set_base(self, base: datetime | None) -> None:
        """What ``+3`` counts from."""
        self._of.base = base

    def set_tinted(self, first: date, last: date) -> None:
        self._tinted = (first, last)

    def read(self, text: str) -> Reading | Misread:
        return self._of.read(text)

    def warn(self, words: str) -> None:
        """Something is wrong with what is held, said beneath it; empty takes it away."""
        self._say(Hint(words, Tone.DANGER), aloud=True) if words else self._say_held()

    # Typing.

    def _typed(self) -> None:
        self._of.open = None
        self._say(self._of.preview(self.edit.text()))

    def take(self) -> bool:
        """Take what stands there; False if it was not understood or waits for an answer."""
        if not self.at_odds:
            return True
        if self.undecided:
            return False
        if (days := self._of.days(self.edit.text())) is not None:
            self._show_held()
            self.range_taken.emit(*days)
            return True
        answer = self.read(self.edit.text())
        if isinstance(answer, Misread):
            self._say(self._of.refusal(answer), aloud=True)
            return False
        return self._take(answer)

    def _take(self, reading: Reading) -> bool:
        placed = self._of.placed(reading)
        if placed.twice:
            self._of.open = placed
            self.edit.setText(f"{day_written(placed.at)}  {placed.at:%H:%M}")
            self.edit.selectAll()
            self._say(self._of.told(placed), aloud=True)
            # Tab leads to the answers; before it is in its window Qt forgets such an order.
            for before, after in pairwise((self.edit, self.beneath.first, self.beneath.second)):
                QWidget.setTabOrder(before, after)
            return False
        self._hold(placed.at, placed if placed.skipped is not None else None)
        return True

    def _hold(self, wall: datetime, moved: OnWall | None = None) -> None:
        before, self._of.at, self._of.open = self._of.at, wall, None
        self._show_held()
        if moved is not None:
            self._say(self._of.told(moved), aloud=True)
        if before is None or (before, before.fold) != (wall, wall.fold):
            self.taken.emit(wall)

    def _decide(self, fold: int) -> None:
        if self._of.open is not None:
            self._hold(self._of.open.at.replace(fold=fold))
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_back(self) -> None:
        self._of.open = None
        self._show_held()
        self.edit.selectAll()

    def _step(self, steps: int, *, months: bool = False) -> None:
        if not self.take() or self._of.at is None:
            return
        cursor = self.edit.cursorPosition()
        in_time = not self._of.days_only and cursor > len(day_written(self._of.at)) and not self.edit.hasSelectedText()
        if in_time and not months:
            self._hold(quarter_stepped(self._of.at, steps, self._of.here))
            self.edit.setCursorPosition(min(cursor, len(self.edit.text())))
        else:
            self.propose(self._of.at + steps * _DAY * (_FOUR_WEEKS if months else 1))
            self.edit.setCursorPosition(0)

    # Showing.

    def _show_held(self) -> None:
        if self.edit.text() != self._of.written:
            self.edit.setText(self._of.written)
            self.edit.setCursorPosition(0)
        self._say_held()

    def _say_held(self) -> None:
        if not self.undecided:
            self._say(self._of.standing())

    def _say(self, hint: Hint, *, aloud: bool = False) -> None:
        self.beneath.say(hint)
        self.beneath.offer(coming_names(self._of.open.at, self._of.here) if self._of.open is not None else ())
        self.edit.setAccessibleDescription(hint.text)
        if aloud and self.isVisible() and hint.text:
            announce(self.edit, hint.text)

    def open_calendar(self) -> None:
        self._before = self._of.at
        self.popup.set_clock(self._of.here, self._of.branch, self._of.handing)
        self.popup.open_below(self.edit, self._of.begins(self.edit.text()), self._of.wall_now.date(), self._tinted)

    def _picked(self, wall: datetime) -> None:
        self._hold(wall.replace(hour=0, minute=0)) if self._of.days_only else self.propose(wall)

    def _calendar_given_up(self) -> None:
        if self._before is not None:
            self._hold(self._before)
        self._put_back()

    def _key_from_calendar(self, event: QKeyEvent) -> None:
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()
        self.edit.insert(event.text())
        self._typed()

    def _connect(self) -> None:
        self.setFocusProxy(self.edit)
        self.edit.installEventFilter(self)
        self.edit.textEdited.connect(self._typed)
        self.beneath.answered.connect(self._decide)
        self._theme.changed.connect(self._tint)

    def _lay_out(self) -> None:
        self._calendar = self.edit.addAction(
            self._theme.icons.icon(Icon.CALENDAR, self._theme.tokens.muted), QLineEdit.ActionPosition.TrailingPosition
        )
        self._calendar.setToolTip(tr("Calendar (Alt+Down)"))
        self._calendar.triggered.connect(self.open_calendar)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.edit)
        column.addWidget(self.beneath)

    def _tint(self) -> None:
        self._calendar.setIcon(self._theme.icons.icon(Icon.CALENDAR, self._theme.tokens.muted))

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.edit:
            return super().eventFilter(watched, event)
        if isinstance(event, QFocusEvent):
            self._focus_moved(event)
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            wanted = event.key() == Qt.Key.Key_F1 or (event.key() == Qt.Key.Key_Escape and self.at_odds)
            if wanted:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _focus_moved(self, event: QFocusEvent) -> None:
        if event.gotFocus() and event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.edit.selectAll()
        elif event.lostFocus() and event.reason() is not Qt.FocusReason.PopupFocusReason and not self.take():
            self._leave_as_before()

    def _leave_as_before(self) -> None:
        """The text may not differ from what is held once nobody types in it; why not is still said."""
        if not self.undecided:
            self.edit.setText(self._of.written)

    def _key(self, event: QKeyEvent) -> bool:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        key = event.key()
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}
        if key == Qt.Key.Key_F4 or (alt and key == Qt.Key.Key_Down):
            self.open_calendar()
        elif key == Qt.Key.Key_F1:
            self.examples.open_below(self.edit)
        elif key == Qt.Key.Key_Escape and self.at_odds:
            self._put_back()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.take():
                self.edit.selectAll()
                self.entered.emit()
        elif key in steps and not alt:
            self._step(steps[Qt.Key(key)], months=key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown))
        else:
            return False
        return True
