"""A car is looked at from all sides, and what is found on it is set.

API: await ask_marks(parent, car, new, write=...) -> tuple[NewMark, ...], or None for a no.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.views.marks.marks_form import MarksForm
from desktop.widgets.button import ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.figures import counted
from engine.domain.car.condition import CarMarks, NewMark
from engine.words.tr import tr

#: What stands above and below the drawing.
_AROUND = 70 * GRID
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MarksDialog(QuestionBox):
    """Enter sets what is typed; with nothing typed it is the answer. Alt and an arrow moves a mark by one per cent."""

    wide = 206 * GRID

    def __init__(
        self, theme: Theme, car: CarMarks, new: Sequence[NewMark] = (), parent: QWidget | None = None, *, write: bool
    ) -> None:
        """With *write* the answer is written down at once; else it is kept for what is asked around it."""
        title = tr("Marks on {plate}", plate=car.car.plate)
        yes, no = (tr("Write down"), tr("Write nothing down")) if write else (tr("Keep"), tr("Leave as it was"))
        super().__init__(theme, Question(title, "", yes, no, when=car.car.title), parent)
        self._write, self._before = write, tuple(new)
        self.form = MarksForm(theme, car, new)
        self.form.fit((parent or self).screen().availableGeometry().height() - _AROUND)
        self.ask_first(self.form)
        self.form.edited.connect(self._edited)
        self._edited()

    @property
    def new(self) -> tuple[NewMark, ...]:
        return self.form.new

    def _edited(self) -> None:
        ready = self.new != self._before
        self.yes.setEnabled(ready)
        self.yes.setDefault(ready)
        self.no.setDefault(not ready)
        self.yes.set_kind(ButtonKind.PRIMARY if ready else ButtonKind.PLAIN)
        self.no.set_kind(ButtonKind.PLAIN if ready else ButtonKind.PRIMARY)
        if self._write and self.new:
            self.yes.setText(counted("Write down {count} mark", "Write down {count} marks", len(self.new)))

    def _agree(self) -> None:
        """What is still typed was meant as well: it is set first, or says why it cannot be."""
        if not self.form.line.text().strip() or self.form.take():
            super()._agree()
        else:
            self.form.line.setFocus()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        in_line = self.focusWidget() is self.form.line
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._agree()
        elif event.key() in _ENTER and in_line and self.form.line.text().strip():
            self.form.take()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.form.undo()
        else:
            super().keyPressEvent(event)


async def ask_marks(
    parent: QWidget | None, car: CarMarks, new: Sequence[NewMark] = (), *, write: bool = True
) -> tuple[NewMark, ...] | None:
    """What was found on the car beside what is known, *new* of it already; None for a no."""
    dialog = MarksDialog(Theme.worn(), car, new, parent, write=write)
    await ask(dialog)
    return dialog.new if dialog.pressed_yes else None
