"""Keys of commands work while a field has the keyboard, where the field has no need of them.

API: FieldKeys(app, is_command): watches whichever field has the keyboard.
On some desktops Qt takes Ctrl+E in a line as "to its end", Ctrl+K as "cut the rest": there the commands were dead.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

_Std = QKeySequence.StandardKey
#: What a field needs for itself, whatever a command is called by.
_EDITING = (_Std.Undo, _Std.Redo, _Std.Copy, _Std.Cut, _Std.Paste, _Std.SelectAll)
_MODIFIED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class FieldKeys(QObject):
    def __init__(self, app: QApplication, is_command: Callable[[str], bool], parent: QObject) -> None:
        """*is_command* says of a key such as ``Ctrl+E`` whether a command that makes sense now is called by it."""
        super().__init__(parent)
        self._is_command = is_command
        app.focusChanged.connect(self._watch)

    def _watch(self, _old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(new, QLineEdit | QPlainTextEdit):
            new.installEventFilter(self)

    # Qt names below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_for_us(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _is_for_us(self, event: QKeyEvent) -> bool:
        if not event.modifiers() & _MODIFIED or any(event.matches(key) for key in _EDITING):
            return False
        key = QKeySequence(QKeyCombination(event.modifiers(), Qt.Key(event.key())))
        return self._is_command(key.toString(QKeySequence.SequenceFormat.PortableText))
