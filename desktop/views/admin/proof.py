"""A question that also wants one's own password: for what gives somebody the rights of an administrator.

API: await prove(parent, theme, question) -> the password, or "" for a no.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.password_field import PasswordField
from desktop.widgets.button import Button, Kind
from desktop.widgets.text import Text

_WIDTH = 420


class ProofDialog(QDialog):
    def __init__(self, theme: Theme, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(question.title)
        self.setFixedWidth(_WIDTH)
        self.password = PasswordField()
        self.password.setAccessibleName("Your own password")
        self.yes = Button(theme, question.yes, Kind.PRIMARY)
        no = Button(theme, question.no)
        label = Text(theme, "Your own password, to show that it is you", size=TypeSize.SMALL, ink="muted")
        label.setBuddy(self.password)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 5 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(Text(theme, question.title, size=TypeSize.LEAD, bold=True))
        for widget in (Text(theme, question.text, wrap=True), label, self.password):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(no)
        buttons.addWidget(self.yes)
        column.addSpacing(2 * GRID)
        column.addLayout(buttons)
        self.yes.setEnabled(False)
        self.yes.setAutoDefault(False)
        self.yes.setDefault(True)
        self.password.textChanged.connect(lambda text: self.yes.setEnabled(bool(text)))
        self.yes.clicked.connect(self.accept)
        no.clicked.connect(self.reject)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)


async def prove(parent: QWidget | None, theme: Theme, question: Question) -> str:
    dialog = ProofDialog(theme, question, parent)
    answer = await ask(dialog)
    return dialog.password.text() if answer == QDialog.DialogCode.Accepted else ""
