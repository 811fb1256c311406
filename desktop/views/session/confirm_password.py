"""A question that also wants one's own password: for what gives somebody the rights of an administrator.

API: await ask_own_password(parent, theme, question) -> the password, or "" for a no.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import TypeSize
from desktop.views.session.password_field import PasswordField
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from engine.words.tr import tr


class ConfirmPasswordDialog(QuestionBox):
    """Without a password there is no *yes*; Enter behind a typed one is the answer, for nobody types it by accident."""

    def __init__(self, theme: Theme, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(theme, question, parent)
        self.password = PasswordField()
        self.password.setAccessibleName(tr("Your own password"))
        label = Text(theme, tr("Your own password, to show that it is you"), size=TypeSize.SMALL, ink="muted")
        label.setBuddy(self.password)
        self.add(label, self.password)
        self.yes.setEnabled(False)
        self.password.textChanged.connect(self._typed)

    def _typed(self, text: str) -> None:
        self.yes.setEnabled(bool(text))
        (self.yes if text else self.safe).setDefault(True)

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)


async def ask_own_password(parent: QWidget | None, theme: Theme, question: Question) -> str:
    dialog = ConfirmPasswordDialog(theme, question, parent)
    await ask(dialog)
    return dialog.password.text() if dialog.pressed_yes else ""
