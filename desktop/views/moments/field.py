"""The one field for days and times: typed, understood beneath, taken by Enter or on leaving it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.figures import desk_zone
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.views.moments.examples import ExampleCard
from desktop.views.moments.habits import habits_of
from desktop.views.moments.popup import MomentPopup
from desktop.views.moments.words import Hint, held_hint, misread_words, placed_hint, spelt
from desktop.views.tools import announce
from desktop.widgets.button import Button, Kind
from desktop.widgets.text import Text
from engine.domain.car import Branch
from engine.domain.moments.habits import Habits
from engine.domain.moments.ranges import read_days
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import Lean, Misread, Question, Reading, Why
from engine.domain.moments.write import coming_names, day_written, moment_written
from engine.domain.wall import OnWall, on_wall, wall_after, wall_of
from engine.domain.zones import AnyZone

_ICON = 14
_QUARTER, _DAY = timedelta(minutes=15), timedelta(days=1)
_OPENS = (Qt.Key.Key_F4,)


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
        self._theme, self._name, self._days_only, self._lean = theme, name, days_only, lean
        self._now = now or _own_clock
        self._habits = habits or habits_of()
        self._zone: AnyZone | None = None
        self._branch: Branch | None = None
        self._base: datetime | None = None
        self._tinted: tuple[date, date] | None = None
        self._held: datetime | None = None
        self._open: OnWall | None = None  #: comes twice, and nobody has said which
        self._before: datetime | None = None
        self._beneath = beneath
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.mark = QLabel()
        self.hint = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.first, self.second = (Button(theme, kind=Kind.QUIET) for _ in range(2))
        self.popup = MomentPopup(theme, self.edit, days_only=days_only)
        self.examples = ExampleCard(theme, self.edit, self.read, days_only=days_only)
        self._lay_out()
        self._connect()
        self._say(Hint())

    # What it holds.

    def moment(self) -> datetime:
        """The wall-clock time it holds; ``fold`` says which of two comings."""
        if self._held is None:
            raise RuntimeError("nothing is held yet")
        return self._held

    def day(self) -> date | None:
        return None if self._held is None else self._held.date()

    @property
    def undecided(self) -> bool:
        """Whether it waits for an answer which of two comings is meant."""
        return self._open is not None

    @property
    def at_odds(self) -> bool:
        """Whether something stands there that is not held."""
        return self.undecided or self.edit.text() != self._written()

    def show_moment(self, wall: datetime) -> None:
        """Hold *wall*; one that is skipped is moved on. Nothing is told."""
        self._held = on_wall(wall, self._here).at
        self._open = None
        self._show_held()

    def show_day(self, day: date | None) -> None:
        self._held = None if day is None else datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a wall clock
        self._open = None
        self._show_held()

    def propose(self, wall: datetime) -> None:
        """As if it had been typed: of a time that comes twice the person is asked."""
        self._take(Reading(wall, coming_named=bool(wall.fold)))

    def set_place(self, zone: AnyZone, branch: Branch | None = None) -> None:
        """Whose clock it is, and whose opening hours are told. What is held keeps its wall clock."""
        self._zone, self._branch = zone, branch

    def set_base(self, base: datetime | None) -> None:
        """What ``+3`` counts from."""
        self._base = base

    def set_tinted(self, first: date, last: date) -> None:
        self._tinted = (first, last)

    def read(self, text: str) -> Reading | Misread:
        return read_moment(text, self._question())

    def warn(self, words: str) -> None:
        """Something is wrong with what is held, said beneath it; empty takes it away."""
        if words:
            self._say(Hint(words, Tone.DANGER), aloud=True)
        else:
            self._say_held()

    # Typing.

    def _question(self) -> Question:
        shown = self._open.at if self._open is not None else self._held
        return Question(
            self._habits,
            wall_of(self._now(), self._here),
            shown,
            self._base,
            self._lean,
            days_only=self._days_only,
            zone=self._here,
        )

    @property
    def _here(self) -> AnyZone:
        return self._zone or desk_zone()

    def _typed(self) -> None:
        self._open = None
        answer, days = self.read(self.edit.text()), None
        if self._days_only:
            days = read_days(self.edit.text(), self._question())
        if days is not None:
            self._say(Hint(f"{day_written(days[0])} to {day_written(days[1])}", Tone.POSITIVE))
        elif isinstance(answer, Misread):
            tone = Tone.NEUTRAL if answer.why is Why.NOTHING else Tone.DANGER
            self._say(Hint(misread_words(answer, days_only=self._days_only), tone))
        elif self._days_only:
            self._say(Hint(day_written(answer.at), Tone.POSITIVE))
        else:
            placed = self._placed(answer)
            self._say(placed_hint(placed, self._now(), self._here, self._branch))

    def _placed(self, reading: Reading) -> OnWall:
        placed = on_wall(reading.at, self._here)
        if placed.twice and reading.coming_named:
            return OnWall(placed.at, (placed.moment,))
        return placed

    def take(self) -> bool:
        """Take what stands there; False if it was not understood or waits for an answer."""
        if not self.at_odds:
            return True
        if self.undecided:
            return False
        if self._days_only and (days := read_days(self.edit.text(), self._question())):
            self._show_held()
            self.range_taken.emit(*days)
            return True
        answer = self.read(self.edit.text())
        if isinstance(answer, Misread):
            kept = "" if self._held is None else f" It stays {spelt(self._held, days_only=self._days_only)}."
            self._say(Hint(misread_words(answer, days_only=self._days_only) + kept, Tone.DANGER), aloud=True)
            return False
        return self._take(answer)

    def _take(self, reading: Reading) -> bool:
        placed = self._placed(reading)
        if placed.twice and not self._days_only:
            self._ask(placed)
            return False
        self._hold(placed.at, placed if placed.skipped is not None else None)
        return True

    def _hold(self, wall: datetime, moved: OnWall | None = None) -> None:
        before, self._held, self._open = self._held, wall, None
        self._show_held()
        if moved is not None:
            self._say(placed_hint(moved, self._now(), self._here, self._branch), aloud=True)
        if before is None or (before, before.fold) != (wall, wall.fold):
            self.taken.emit(wall)

    def _ask(self, placed: OnWall) -> None:
        self._open = placed
        self.edit.setText(f"{day_written(placed.at)}  {placed.at:%H:%M}")
        names = coming_names(placed.at, self._here)
        for button, order, name in ((self.first, "First", names[0]), (self.second, "Second", names[1])):
            button.setText(f"{order} ({name})" if name.isupper() else order)
        self._say(placed_hint(placed, self._now(), self._here, self._branch), aloud=True)

    def _decide(self, fold: int) -> None:
        if self._open is not None:
            self._hold(self._open.at.replace(fold=fold))
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_back(self) -> None:
        self._open = None
        self._show_held()
        self.edit.selectAll()

    def _step(self, steps: int, *, months: bool = False) -> None:
        if not self.take() or self._held is None:
            return
        cursor, written = self.edit.cursorPosition(), self._written()
        in_time = not self._days_only and cursor > len(day_written(self._held)) and not self.edit.hasSelectedText()
        if in_time and not months:
            past = timedelta(minutes=self._held.minute % 15)
            first = -past if steps < 0 and past else steps * _QUARTER - past
            wall = wall_after(self._held, first, self._here)
            self._hold(wall)
            self.edit.setCursorPosition(min(cursor, len(written)))
            return
        self.propose(self._held + steps * _DAY * (28 if months else 1))
        self.edit.setCursorPosition(0)

    # Showing.

    def _written(self) -> str:
        if self._held is None:
            return ""
        return day_written(self._held) if self._days_only else moment_written(self._held, self._here)

    def _show_held(self) -> None:
        if self.edit.text() != self._written():
            self.edit.setText(self._written())
            self.edit.setCursorPosition(0)
        self._say_held()

    def _say_held(self) -> None:
        if self.undecided:
            return
        if self._held is None or self._days_only:
            self._say(Hint())
        else:
            self._say(held_hint(on_wall(self._held, self._here).moment, self._now(), self._here, self._branch))

    def _say(self, hint: Hint, *, aloud: bool = False) -> None:
        inks = {Tone.POSITIVE: "positive", Tone.WARNING: "warning", Tone.DANGER: "danger"}
        self.hint.set_ink(inks.get(hint.tone, "muted"))  # type: ignore[arg-type]  # one of them
        self.hint.setText(hint.text)
        self.mark.setVisible(hint.icon is not None)
        if hint.icon is not None:
            ink, ratio = self._theme.tokens.ink(hint.tone), self.devicePixelRatioF()
            self.mark.setPixmap(self._theme.icons.pixmap(hint.icon, ink, _ICON, ratio))
        for button in (self.first, self.second):
            button.setVisible(self.undecided)
        self.hint.setVisible(bool(hint.text) or self._beneath)
        self.edit.setAccessibleDescription(hint.text)
        if aloud and self.isVisible() and hint.text:
            announce(self.edit, hint.text)

    def open_calendar(self) -> None:
        self._before = self._held
        at = self._held or wall_of(self._now(), self._here)
        today = wall_of(self._now(), self._here).date()
        self.popup.set_place(self._here, self._branch)
        self.popup.open_below(self.edit, at, today, self._tinted)

    def _picked(self, wall: datetime) -> None:
        if self._days_only:
            self._hold(wall.replace(hour=0, minute=0))
        else:
            self.propose(wall)

    def _calendar_given_up(self) -> None:
        if self._before is not None and self._before != self._held:
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
        self.first.clicked.connect(lambda: self._decide(0))
        self.second.clicked.connect(lambda: self._decide(1))
        self.popup.picked.connect(lambda wall, _final: self._picked(wall))
        self.popup.given_up.connect(self._calendar_given_up)
        self.popup.typed.connect(self._key_from_calendar)
        self._theme.changed.connect(self._tint)

    def _lay_out(self) -> None:
        self._calendar = self.edit.addAction(
            self._theme.icons.icon(Icon.CALENDAR, self._theme.tokens.muted), QLineEdit.ActionPosition.TrailingPosition
        )
        self._calendar.setToolTip("Calendar (Alt+Down)")
        self._calendar.triggered.connect(self.open_calendar)
        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.hint, 1)
        answers = QHBoxLayout()
        answers.setSpacing(GRID)
        for button in (self.first, self.second):
            answers.addWidget(button)
        answers.addStretch(1)
        self.hint.setMinimumHeight(5 * GRID if self._beneath else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.edit)
        column.addLayout(below)
        column.addLayout(answers)

    def _tint(self) -> None:
        self._calendar.setIcon(self._theme.icons.icon(Icon.CALENDAR, self._theme.tokens.muted))
        self._say_held()

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
        if self.undecided:
            return
        said = (self.hint.text(), self.mark.isVisible())
        self.edit.setText(self._written())
        self._say(Hint(said[0], Tone.DANGER))

    def _key(self, event: QKeyEvent) -> bool:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        key = event.key()
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 1, Qt.Key.Key_PageDown: -1}
        if key in _OPENS or (alt and key == Qt.Key.Key_Down):
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


def _own_clock() -> datetime:
    return datetime.now(UTC)
