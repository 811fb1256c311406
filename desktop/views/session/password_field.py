"""A line for a password."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.words.tr import tr

_LONGEST = 200


class PasswordField(QLineEdit):
    """Signals: ``caps_lock`` says after each letter whether the lock seems to be on."""

    caps_lock = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, maxLength=_LONGEST)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(tr("Password"))

    def reveal(self, shown: bool) -> None:  # noqa: FBT001 -- Qt's signal
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed, shift = event.text(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if typed.isalpha() and typed.upper() != typed.lower():
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)
