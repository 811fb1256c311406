"""The person of these tests: where their keys go."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from person import Person
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.dialogs import Question
from desktop.widgets.frame.question_box import QuestionBox


@pytest.mark.parametrize("agrees", [True, False])
def test_a_key_goes_to_a_question_in_the_moment_in_which_it_opens(qtbot, theme, agrees):
    """Its window becomes the active one a turn of the loop later: the button behind it heard the key until then."""
    window, heard = QWidget(), []
    qtbot.addWidget(window)
    behind = QPushButton("Cancel booking")
    QVBoxLayout(window).addWidget(behind)
    behind.clicked.connect(lambda: heard.append(1))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    behind.setFocus()
    box = QuestionBox(theme, Question("Cancel it?", "It ends.", "Cancel it", "Keep it"), window)

    box.open()
    (box.yes if agrees else box.no).setFocus()
    Person(SimpleNamespace(window=window), []).press(Qt.Key.Key_Return)

    assert ([], agrees, False) == (heard, box.pressed_yes, box.isVisible())
