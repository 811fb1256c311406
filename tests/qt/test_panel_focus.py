"""The keyboard in a side panel: it stays there while something works, and what it comes to is in sight."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.frame.side_panel import SidePanel


@pytest.fixture
def panel(window, theme):
    """A panel of five buttons in the content and one at its foot, over a page with a field."""
    host = QWidget(window)
    host.setGeometry(0, 0, 900, 500)
    host.field = QLineEdit(host)
    host.show()
    panel = SidePanel(theme, host, "Keys")
    content = QWidget()
    column = QVBoxLayout(content)
    panel.keys = [QPushButton(str(number)) for number in range(5)]
    for key in panel.keys:
        column.addWidget(key)
    panel.set_content(content)
    panel.keys.append(QPushButton("At the foot"))
    panel.foot.addWidget(panel.keys[-1])
    host.field.setFocus()
    panel.open()
    return panel


@given(st.integers(0, 5), st.sampled_from(["disabled", "hidden"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pressed_key_that_waits_or_goes_leaves_the_keyboard_in_its_panel(panel, number, how):
    key = panel.keys[number]
    key.setFocus()
    if how == "disabled":
        key.setEnabled(False)
    else:
        key.hide()
    focused = panel.window().focusWidget()
    key.setEnabled(True)
    key.show()

    assert focused is panel or panel.isAncestorOf(focused)


def test_esc_closes_a_panel_whose_key_waits_and_the_focus_goes_back(panel):
    panel.keys[-1].setFocus()
    panel.keys[-1].setEnabled(False)
    QTest.keyClick(panel.window().focusWidget(), Qt.Key.Key_Escape)

    assert not panel.is_open
    assert panel._host.field is panel.window().focusWidget()


@given(st.integers(0, 80), st.integers(0, 80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_what_the_program_leads_the_keyboard_to_is_brought_into_sight(panel, qtbot, above, below):
    content = QWidget()
    column = QVBoxLayout(content)
    part, late = QWidget(), QLabel("\n".join(str(line) for line in range(above)))
    inner = QVBoxLayout(part)
    inner.addWidget(late)
    late.hide()
    key = QPushButton("Here")
    inner.addWidget(key)
    column.addWidget(part)
    column.addWidget(QLabel("\n".join(str(line) for line in range(below))))
    panel.set_content(content)
    panel.open(panel.keys[-1])
    # It comes and takes the keyboard in one breath, before it has its place.
    key.hide()
    late.show()
    key.show()
    key.setFocus()
    room = panel._room.viewport()

    qtbot.waitUntil(lambda: room.rect().contains(key.rect().translated(key.mapTo(room, key.rect().topLeft()))))
