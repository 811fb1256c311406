"""A mark that is repaired, or that another one says better: why, and by which words.

API: await ask_repair(parent, car, mark) -> the reason; await ask_follow(parent, car, mark) -> (NewMark, the reason);
None for a no.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.mark_words import mark_words, missing_words, read_words, typed
from engine.domain.car.body_parts import part_named, place_beside
from engine.domain.car.car import Car
from engine.domain.car.condition import LONGEST_WHY, Mark, NewMark
from engine.domain.car.mark_line import LONGEST, MarkRead, read_mark
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.words.tr import tr

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ClosingDialog(QuestionBox):
    """Without a reason there is no *yes*. Enter leads on, and behind the reason to *no*, never to *yes*."""

    def __init__(self, theme: Theme, car: Car, mark: Mark, parent: QWidget | None = None, *, follows: bool) -> None:
        named = {"n": str(mark.n), "plate": car.plate}
        title = tr("Replace mark {n} of {plate}?", **named) if follows else tr("Mark {n} of {plate} repaired?", **named)
        text = (
            tr("The new mark takes its place on the drawing. The old one stays in the car's history.")
            if follows
            else tr("It is not drawn any more, and nobody charges for it. It stays in the car's history.")
        )
        yes = tr("Replace it") if follows else tr("It is repaired")
        super().__init__(theme, Question(title, text, yes, tr("Leave it open"), when=mark_words(mark)), parent)
        self._car, self._mark, self._follows = car, mark, follows
        self.line, self.why = QLineEdit(maxLength=LONGEST), QLineEdit(maxLength=LONGEST_WHY)
        self.form = Form(theme)
        self.form.add("line", tr("What is to be seen now"), self.line)
        self.said = Text(theme, " ", size=TypeSize.SMALL, ink="muted", wrap=True)
        self.form.add_row(self.said)
        self.form.add("why", tr("Why"), self.why)
        self.form.show_field("line", shown=follows)
        self.said.setVisible(follows)
        self._column.addSpacing(3 * GRID)
        self.add(self.form)
        part = part_named(car.body, mark.part)
        self.line.setText(typed(MarkRead(part, mark.kind, mark.severity, mark.mm)))
        for field in (self.line, self.why):
            field.textChanged.connect(lambda _text: self._typed())
        self._typed()

    @property
    def new(self) -> NewMark | None:
        """What takes its place, where it was, unless it is on another part; None while it is not told whole."""
        read, mark = read_mark(self.line.text(), self._car.body), self._mark
        if not read.whole or read.part is None or read.kind is None or read.severity is None:
            return None
        place = mark.place if read.part.id == mark.part else place_beside(self._car.body, read.part, ())
        return NewMark(place, read.part.id, read.kind, read.severity, read.mm)

    def _typed(self) -> None:
        read = read_mark(self.line.text(), self._car.body)
        missing = missing_words(read) if self._follows else ""
        self.said.setText(missing or read_words(read))
        self.said.set_ink("danger" if missing else "muted")
        unsaid = missing or ("" if self.why.text().strip() else tr("Say why first."))
        self.yes.setEnabled(not unsaid)
        self.yes.setToolTip(unsaid)
        self.form.show_mistakes({})

    def _agree(self) -> None:
        try:
            clean("why", self.why.text(), longest=LONGEST_WHY)
        except InvalidText as problem:
            self.form.tell(problem)
            self._fit()
        else:
            super()._agree()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        (self.line if self._follows else self.why).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.focusWidget()
        if event.key() in _ENTER and at in (self.line, self.why):
            (self.why if at is self.line else self.no).setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


async def ask_repair(parent: QWidget | None, car: Car, mark: Mark) -> str | None:
    """How it came to be repaired; None for a no."""
    dialog = ClosingDialog(Theme.worn(), car, mark, parent, follows=False)
    await ask(dialog)
    return dialog.why.text() if dialog.pressed_yes else None


async def ask_follow(parent: QWidget | None, car: Car, mark: Mark) -> tuple[NewMark, str] | None:
    """What takes its place, and why; None for a no."""
    dialog = ClosingDialog(Theme.worn(), car, mark, parent, follows=True)
    await ask(dialog)
    return (dialog.new, dialog.why.text()) if dialog.pressed_yes and dialog.new is not None else None
