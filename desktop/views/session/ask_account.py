"""Asking for an account: who one is and why; what becomes of it is an administrator's business."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.session.account_request import AccountRequestViewModel, AskingState
from desktop.views.parts.form import column_of
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.words.tr import tr

_HINTS = {
    "name": "",
    "email": tr("name@example.org"),
    "phone": tr("+49 30 901820, if you like"),
    "note": tr("Which branch, what for"),
}
_LABELS = {"note": tr("What is it for?")}
_WORDS = tr("An administrator of this firm decides, and gives you a name and a password to begin with.")
_FILED = tr("Your request is with the administrators. They will come back to you; there is nothing more to do here.")
_LONGEST = 400


class AskAccount(QWidget):
    """Signals: ``left`` goes back to signing in."""

    left = Signal()

    def __init__(self, theme: Theme, vm: AccountRequestViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.vm = vm
        self._words = Text(theme, _WORDS, ink="muted", wrap=True)
        self.banner = Banner(theme)
        fields = {name: QLineEdit(maxLength=_LONGEST, placeholderText=hint) for name, hint in _HINTS.items()}
        self.form = column_of(theme, fields, _LABELS)
        self.send = Button(theme, tr("Ask for an account"), ButtonKind.PRIMARY)
        self.back = Button(theme, tr("Back"), ButtonKind.QUIET)
        self._lay_out(theme)
        self.form.submitted.connect(self._submit)
        self.send.clicked.connect(self._submit)
        self.back.clicked.connect(self.left)
        vm.changed.connect(self.draw)

    def begin(self) -> None:
        self.form.clear()
        self.vm.begin()
        self.draw(self.vm.state)
        self.form.focus_first()

    def draw(self, state: AskingState) -> None:
        self.send.setText(tr("Sending …") if state.busy else tr("Ask for an account"))
        self.form.setVisible(not state.filed)
        self.send.setVisible(not state.filed)
        self._words.setText(_FILED if state.filed else _WORDS)
        self.back.setText(tr("Back to signing in") if state.filed else tr("Back"))
        self.banner.clear()
        if state.filed:
            self.back.setFocus()
        elif not self.form.tell(state.problem) and state.problem is not None:
            self.banner.tell(Tone.DANGER, say(state.problem).text, closable=False)

    def _submit(self) -> None:
        if not self.vm.state.busy:
            self.vm.file(*(self.form.value(name) for name in _HINTS))

    def _lay_out(self, theme: Theme) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addWidget(self.back)
        buttons.addWidget(self.send, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        column.addWidget(Text(theme, tr("Ask for an account"), size=TypeSize.TITLE, bold=True))
        for widget in (self._words, self.banner, self.form):
            column.addWidget(widget)
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        column.addStretch(1)
