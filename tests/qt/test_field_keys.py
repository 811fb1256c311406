"""Keys of commands work in a field, but for those by which a field is edited."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from desktop.commands import Command

CTRL = Qt.KeyboardModifier.ControlModifier


class Emacs(QLineEdit):
    """A line on a desktop whose Qt edits it by Ctrl+E, Ctrl+K and many more: it wants each key for itself."""

    def event(self, event):
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, Emacs])
@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
def test_a_command_is_called_from_a_field_unless_the_field_is_edited_by_its_key(window, kind, letter):
    key, ran = f"Ctrl+{letter}", []
    taken = {"K", "Q"}
    if letter not in taken:
        window._install(Command("test.it", "Test", lambda: ran.append(letter), key=key))
    field = kind(window)
    field.show()
    field.setFocus()
    if letter not in taken:
        QTest.keyClick(field, getattr(Qt.Key, f"Key_{letter}"), CTRL)

    edits = {"A", "C", "V", "X", "Y", "Z"}
    assert ran == ([] if letter in edits | taken else [letter])


def test_letters_are_typed_in_a_field_whatever_they_call_elsewhere(window):
    ran = []
    window._install(Command("test.n", "Test", lambda: ran.append(1), key="N"))
    field = QLineEdit(window)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "nN")

    assert ("nN", []) == (field.text(), ran)
