from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow

from desktop.commands import Command, Commands


def test_shortcut_runs_the_command_but_not_while_typing(qtbot):
    ran = []
    commands = Commands()
    commands.add(Command("booking.new", "New booking", lambda: ran.append("new"), key="N"))
    window = QMainWindow()
    qtbot.addWidget(window)
    window.addActions(commands.actions())
    field = QLineEdit(window)
    window.setCentralWidget(field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_N)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_N)

    assert ran == ["new"]
    assert field.text() == "n"


def test_command_that_makes_no_sense_now_is_disabled_and_does_not_run():
    ran, may = [], [False]
    commands = Commands()
    commands.add(Command("pay", "Pay in browser", lambda: ran.append(1), when=lambda: may[0]))

    assert not commands.action("pay").isEnabled()
    assert not commands.run("pay")
    may[0] = True
    commands.refresh()
    assert commands.action("pay").isEnabled()
    assert commands.run("pay")
    assert ran == [1]


def test_two_commands_cannot_share_an_id_or_a_key():
    commands = Commands()
    commands.add(Command("find", "Search", lambda: None, key="/"))

    with pytest.raises(ValueError, match="find"):
        commands.add(Command("find", "Find", lambda: None))
    with pytest.raises(ValueError, match="/"):
        commands.add(Command("other", "Other", lambda: None, key="/"))


def test_listing_keeps_groups_together_and_forgets_a_page_that_was_left():
    commands = Commands()
    commands.add(
        Command("a", "A", lambda: None, key="Ctrl+A", group="Go"),
        Command("b", "B", lambda: None, group="Booking"),
        Command("c", "C", lambda: None, group="Go"),
    )
    assert [line.id for line in commands.listing()] == ["a", "c", "b"]

    commands.remove(["a"])
    assert [line.id for line in commands.listing()] == ["b", "c"]


def test_a_key_is_meant_for_the_page_that_is_looked_at(qtbot):
    ran, page = [], ["find"]
    commands = Commands()
    for name in ("find", "users", "fleet"):
        new = Command(
            f"{name}.new", "New", lambda name=name: ran.append(name), key="N", here=lambda name=name: page[0] == name
        )
        commands.add(new)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.addActions(commands.actions())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for shown in ("users", "audit", "fleet", "find"):
        page[0] = shown
        window.setFocus()
        QTest.keyClick(window, Qt.Key.Key_N)

    assert ["users", "fleet", "find"] == ran
    with pytest.raises(ValueError, match="is the key of"):
        commands.add(Command("other.new", "New", lambda: None, key="N"))
