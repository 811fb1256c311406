"""New marks on a car, set by their words or by a press on the drawing, beside those that are known.

API: MarksForm(theme, car): line, said, near, diagram, list, new -> tuple[NewMark, ...]; take() sets what is typed,
undo(), nudge(across, down); ``edited`` whenever ``new`` is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.marks.diagram import Dot, MarkDiagram
from desktop.views.marks.mark_list import MarkList
from desktop.views.parts.view_context import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.text import Text
from desktop.words.mark_words import KINDS, SEVERITIES, mark_words, missing_words, part_name, read_words, typed
from engine.domain.car.body_parts import FULL, Part, Place, part_at, place_beside
from engine.domain.car.condition import MOST_AT_ONCE, CarMarks, MarkKind, NewMark
from engine.domain.car.mark_line import LONGEST, MarkRead, read_mark
from engine.words.tr import tr

_NEAR = 3
_STEPS = MappingProxyType(
    {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
)
_HINT = tr("door front left, scratch, 2")


class MarksForm(QWidget):
    edited = Signal()

    def __init__(self, theme: Theme, car: CarMarks, new: Sequence[NewMark] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._car, self._body = car, car.car.body
        self._new = list(new)
        self._at: Place | None = None
        self.line = QLineEdit(maxLength=LONGEST)
        self.line.setPlaceholderText(_HINT)
        self.line.setAccessibleName(tr("New mark: part, what it is, how bad"))
        self.kind, self.severity = Combo(), Combo()
        self.put = Button(theme, tr("Set mark"))
        self.undo_last = Button(theme, tr("Undo"), ButtonKind.QUIET)
        self.said = Text(theme, " ", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.near = [Button(theme, "", ButtonKind.QUIET) for _ in range(_NEAR)]
        self.diagram = MarkDiagram(theme, places=True)
        self.list = MarkList(theme)
        self.none = Text(theme, tr("No mark is known on this car."), ink="muted", wrap=True)
        self._fill_choices()
        self._lay_out(theme)
        self._connect()
        self.diagram.show_body(self._body)
        self._draw()
        self._typed()

    @property
    def new(self) -> tuple[NewMark, ...]:
        """In the order in which they were set."""
        return tuple(self._new)

    @property
    def read(self) -> MarkRead:
        """What the line says."""
        return read_mark(self.line.text(), self._body)

    def fit(self, height: int) -> None:
        """Let the drawing be no higher than that, in px, as long as anything can be seen on it."""
        self.diagram.setMaximumHeight(max(height, self.diagram.minimumSizeHint().height()))

    def take(self) -> bool:
        """Set the mark that is typed; what keeps it from being one is said, and False."""
        read = self.read
        if len(self._new) >= MOST_AT_ONCE:
            self._say(tr("{most} at once are enough: write these down first.", most=str(MOST_AT_ONCE)), wrong=True)
            return False
        if not read.whole or read.part is None or read.kind is None or read.severity is None:
            self._typed(wrong=True)
            announce(self.line, self.said.text())
            return False
        place = self._aimed(read.part) or place_beside(self._body, read.part, [dot.place for dot in self._dots()])
        mark = NewMark(place, read.part.id, read.kind, read.severity, read.mm)
        self._new.append(mark)
        self._at = None
        self.line.clear()
        self._draw(self._next_n() - 1)
        announce(self.line, tr("Mark {n} set. {mark}", n=str(self._next_n() - 1), mark=mark_words(mark)))
        self.edited.emit()
        return True

    def undo(self) -> None:
        """The last one was not meant; it stands in the line again, to be said better."""
        if self._new:
            self._take_back(len(self._new) - 1)

    def nudge(self, across: int, down: int) -> bool:
        """Move the new mark that is stepped to, or the last one, by so many per cent of its view."""
        at = self._index_of(self.list.number)
        if at is None:
            at = len(self._new) - 1
        if at < 0:
            return False
        mark, step = self._new[at], FULL // 100
        x, y = (min(max(value + by * step, 0), FULL) for value, by in ((mark.place.x, across), (mark.place.y, down)))
        self._new[at] = replace(mark, place=replace(mark.place, x=x, y=y))
        self._draw(self._car.next_n + at)
        self.edited.emit()
        return True

    def _take_back(self, at: int) -> None:
        mark = self._new.pop(at)
        read = MarkRead(kind=mark.kind, severity=mark.severity, mm=mark.mm)
        if not self.line.text().strip():
            self._at = mark.place
            self.line.setText(f"{mark.part.replace('-', ' ')}, {typed(read)}")
        self._draw()
        self._typed()
        self.line.setFocus()
        self.edited.emit()

    def _back(self, number: int) -> None:
        at = self._index_of(number)
        if at is None:
            self._say(tr("Mark {n} is written down: it stays until it is repaired.", n=str(number)), wrong=True)
        else:
            self._take_back(at)

    def _index_of(self, number: int) -> int | None:
        at = number - self._car.next_n
        return at if 0 <= at < len(self._new) else None

    def _next_n(self) -> int:
        return self._car.next_n + len(self._new)

    def _aimed(self, part: Part) -> Place | None:
        """Where somebody pressed, as long as the same part is meant."""
        meant = None if self._at is None else part_at(self._body, self._at)
        return self._at if meant is not None and meant.id == part.id else None

    def _dots(self) -> list[Dot]:
        known = [Dot(mark.n, mark.place) for mark in self._car.open]
        return known + [Dot(self._car.next_n + at, mark.place, new=True) for at, mark in enumerate(self._new)]

    def _draw(self, chosen: int = 0) -> None:
        self.list.show_marks(self._car.open, [(self._car.next_n + at, mark) for at, mark in enumerate(self._new)])
        if chosen:
            self.list.step_to(chosen)
        self.diagram.show_dots(self._dots(), chosen or self.list.number)
        self.none.setVisible(not self.list.count())
        self.list.setVisible(bool(self.list.count()))
        self.undo_last.setEnabled(bool(self._new))

    def _typed(self, *, wrong: bool = False) -> None:
        """The part lights up while it is typed."""
        read, empty = self.read, not self.line.text().strip()
        missing = missing_words(read)
        self.diagram.light(read.part)
        self.diagram.aim(None if read.part is None else self._aimed(read.part))
        for combo, value in ((self.kind, read.kind), (self.severity, read.severity)):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(max(0, combo.findData(value)))
        for button, part in zip(self.near, (*read.near, *[None] * _NEAR), strict=False):
            button.setVisible(part is not None)
            button.setText("" if part is None else part_name(part.id))
        self.put.setEnabled(not empty)
        told = missing if (wrong or read.unread or read.near) and (missing or not empty) else read_words(read)
        self._say(told if not empty or wrong else "", wrong=bool(missing) and (wrong or bool(read.unread)))

    def _say(self, text: str, *, wrong: bool) -> None:
        self.said.setText(text or " ")
        self.said.set_ink("danger" if wrong else "muted")

    def _say_part(self, part: Part) -> None:
        """The line with another part, to be gone on with; the rest of it stays."""
        read = replace(self.read, part=part, near=(), unread=())
        self.line.setText(typed(read) if read.whole else f"{typed(read)}, ")
        self.line.setFocus()

    def _pressed(self, place: Place) -> None:
        part = part_at(self._body, place)
        if part is not None:
            self._at = place
            self._say_part(part)
            self._typed()

    def _chose(self) -> None:
        """By mouse: what is chosen stands in the line as if it were typed."""
        kind, severity = self.kind.currentData(), self.severity.currentData()
        # A combo gives back the text that a kind is.
        self.line.setText(typed(replace(self.read, kind=None if kind is None else MarkKind(kind), severity=severity)))

    def _take_near(self, at: int) -> None:
        near = self.read.near
        if at < len(near):
            self._say_part(near[at])

    def _fill_choices(self) -> None:
        for combo, name, values in (
            (self.kind, tr("What it is"), KINDS.items()),
            (self.severity, tr("How bad"), SEVERITIES.items()),
        ):
            combo.setAccessibleName(name)
            combo.addItem(name, None)
            for value, words in values:
                combo.addItem(words, value)

    def _lay_out(self, theme: Theme) -> None:
        label = Text(theme, tr("New mark: part, what it is, how bad"), size=TypeSize.SMALL, ink="muted")
        label.setBuddy(self.line)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.line, 1)
        for part in (self.kind, self.severity, self.put, self.undo_last):
            row.addWidget(part)
        self.severity.setMaximumWidth(40 * GRID)
        said = QHBoxLayout()
        said.setSpacing(GRID)
        said.addWidget(self.said, 1)
        # As high as the buttons that come and go beside it.
        self.said.setMinimumHeight(8 * GRID)
        for button in self.near:
            said.addWidget(button)
        beside = QVBoxLayout()
        beside.addWidget(self.none, 0, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self.list, 1)
        self.list.setMinimumWidth(56 * GRID)
        body = QHBoxLayout()
        body.setSpacing(4 * GRID)
        body.addWidget(self.diagram, 2)
        body.addLayout(beside, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(label)
        column.addLayout(row)
        column.addLayout(said)
        column.addSpacing(GRID)
        column.addLayout(body, 1)

    def _connect(self) -> None:
        self.line.installEventFilter(self)
        self.line.textChanged.connect(lambda _text: self._typed())
        self.kind.activated.connect(lambda _at: self._chose())
        self.severity.activated.connect(lambda _at: self._chose())
        self.put.clicked.connect(lambda _checked: self.take())
        self.undo_last.clicked.connect(lambda _checked: self.undo())
        self.diagram.placed.connect(self._pressed)
        self.diagram.pressed.connect(self.list.step_to)
        self.list.chosen.connect(lambda n: self.diagram.show_dots(self._dots(), n))
        self.list.taken_back.connect(self._back)
        for at, button in enumerate(self.near):
            button.clicked.connect(lambda _checked=False, at=at: self._take_near(at))

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that a line takes for its own text, or whatever scrolls around it for scrolling."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key())) if event.modifiers() & Qt.KeyboardModifier.AltModifier else None
            if step is not None:
                self.nudge(*step)
                return True
            if event.matches(QKeySequence.StandardKey.Undo) and not self.line.text():
                self.undo()
                return True
        return super().eventFilter(watched, event)
