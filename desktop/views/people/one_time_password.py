"""A one-time password, shown while the panel is open and never again."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text
from engine.domain.people.accounts import OneTimePassword
from engine.words.tr import tr

_WORDS = tr("Shown this once. Give it to them in person or by telephone; at the first sign-in they choose their own.")


class OneTimePasswordBox(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, padding=4 * GRID)
        self._title = Text(theme, size=TypeSize.BODY, bold=True, wrap=True)
        self.password = QLineEdit(readOnly=True)
        self.password.setAccessibleName(tr("One-time password"))
        self.password.setFont(theme.font(TypeSize.LEAD, bold=True))
        self.copy = Button(theme, tr("Copy"), icon=Icon.COPY)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.password, 1)
        row.addWidget(self.copy)
        self.body.addWidget(self._title)
        self.body.addLayout(row)
        self.body.addWidget(Text(theme, _WORDS, size=TypeSize.SMALL, ink="muted", wrap=True))
        self.copy.clicked.connect(self._copy)
        self.hide()

    def draw(self, one_time: OneTimePassword | None) -> None:
        self.setVisible(one_time is not None)
        if one_time is None:
            self.password.clear()
            self.copy.setText(tr("Copy"))
        elif one_time.password != self.password.text():
            self._title.setText(tr("One-time password of {account}", account=one_time.person.account))
            self.password.setText(one_time.password)
            self.password.setCursorPosition(0)
            self.copy.setText(tr("Copy"))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.password.text())
        self.copy.setText(tr("Copied"))
