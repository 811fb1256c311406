"""A password of one's own: before the first work, or because one wants another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.session.session import SessionPhase, SessionState
from desktop.views.parts.form import column_of
from desktop.views.session.password_field import PasswordField
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_LABELS = {"old": tr("Password so far"), "password": tr("New password"), "again": tr("New password once more")}
_FIRST = tr("Your password was made for one use. Choose one that only you know: 12 characters or more, a few words do.")
_ANOTHER = tr("Choose one that only you know: 12 characters or more, a few words do.")


class ChoosePassword(QWidget):
    """Signals: ``chosen`` carries the new and the old password (empty where it is known); ``left`` goes back."""

    chosen = Signal(str, str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SessionState()
        self._title = Text(theme, tr("Choose a password"), size=TypeSize.TITLE, bold=True)
        self._words = Text(theme, _FIRST, ink="muted", wrap=True)
        self.banner = Banner(theme)
        self.form = column_of(theme, {name: PasswordField() for name in _LABELS}, _LABELS)
        self._reveal = QCheckBox(tr("Show passwords"))
        self.save = Button(theme, tr("Save and sign in"), ButtonKind.PRIMARY)
        self.back = Button(theme, tr("Back"), ButtonKind.QUIET)
        self._lay_out()
        self.form.submitted.connect(self._submit)
        self.save.clicked.connect(self._submit)
        self.back.clicked.connect(self.left)
        self._reveal.toggled.connect(self._show_letters)

    def draw(self, state: SessionState) -> None:
        before, self._state = self._state, state
        if state.phase is not SessionPhase.CHOOSING:
            self.form.clear()
            self._reveal.setChecked(False)
            return
        self._words.setText(_FIRST if state.knows_old else _ANOTHER)
        self.form.show_field("old", shown=not state.knows_old)
        self.save.setText(tr("Saving …") if state.busy else tr("Save and sign in"))
        if state.problem is before.problem and before.phase is state.phase:
            return
        self.banner.clear()
        if state.problem is not None and not self.form.tell(state.problem):
            self.banner.tell(Tone.DANGER, say(state.problem).text, closable=False)
            self.form.focus_first()

    def take_focus(self) -> None:
        self.form.focus_first()

    def _submit(self) -> None:
        if self._state.busy:
            return
        empty = [name for name, field in self.form.lines.items() if not field.isHidden() and not field.text()]
        if empty:
            self.form.focus_field(empty[0])
        elif self.form.value("password") != self.form.value("again"):
            self.form.tell(InvalidText("again", "field.not_same"))
        else:
            self.form.tell(None)
            self.chosen.emit(self.form.value("password"), self.form.value("old"))

    def _show_letters(self, shown: bool) -> None:  # noqa: FBT001 -- Qt's signal
        for field in self.form.lines.values():
            if isinstance(field, PasswordField):
                field.reveal(shown)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(self.back)
        buttons.addWidget(self.save, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        for widget in (self._title, self._words, self.banner, self.form, self._reveal):
            column.addWidget(widget)
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        column.addStretch(1)
