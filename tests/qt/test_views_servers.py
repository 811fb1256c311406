"""The firm's servers in the window: what is in the way stands at its field, the keyboard leads all the way."""

from __future__ import annotations

import asyncio

import pytest
from gestures import asked
from patience import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.preferences import Preferences
from desktop.viewmodels.asking import AskingViewModel
from desktop.views.servers_dialog import CLOSE, ServersDialog
from desktop.views.shell import MainWindow
from desktop.widgets.shimmer import ShimmerClock
from engine.domain.errors import Misconfigured


class Firm:
    """Answers what it is told to, one after the other, and remembers what was typed."""

    def __init__(self, *answers):
        self.answers, self.typed = list(answers), []

    async def set_up(self, typed):
        self.typed.append(dict(typed))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        return answer


@pytest.fixture
def opened(qtbot, theme, session, tmp_path):
    made = []

    def open_window(firm):
        shimmer = ShimmerClock(theme)
        asking = AskingViewModel(None, session._tasks)
        window = MainWindow(theme, shimmer, Preferences(tmp_path / "p.ini"), session, asking, None, firm.set_up)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        made.append(shimmer)
        return window

    yield open_window
    for shimmer in made:
        shimmer.deleteLater()


async def dialog_of(window):
    await until(window.isActiveWindow)
    window.commands.action("window.servers").trigger()
    await until(lambda: isinstance(asked(), ServersDialog) and isinstance(QApplication.focusWidget(), QLineEdit))
    return asked()


def press(key):
    QTest.keyClick(QApplication.focusWidget(), key)


def type_addresses():
    QTest.keyClicks(QApplication.focusWidget(), "mongodb://db")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(QApplication.focusWidget(), "redis://r")


async def test_by_keyboard_from_what_is_in_the_way_to_what_is_kept(opened):
    firm = Firm({"redis_url": "Nothing listens there."}, Misconfigured("ca_file names no file."), {})
    window = opened(firm)
    left = asyncio.Event()
    window.close_requested.connect(left.set)
    dialog = await dialog_of(window)

    type_addresses()
    press(Qt.Key.Key_Return)
    await until(dialog.form.mistakes["redis_url"].isVisible)
    assert "Nothing listens there." == dialog.form.mistakes["redis_url"].text()
    assert dialog.form.fields["redis_url"].hasFocus()
    press(Qt.Key.Key_Return)
    await until(dialog.mistake.isVisible)
    assert "ca_file names no file." in dialog.mistake.text()
    assert not dialog.form.mistakes["redis_url"].isVisible()
    press(Qt.Key.Key_Return)
    await until(lambda: asked() is not None and asked().wording is CLOSE)
    press(Qt.Key.Key_Return)
    await left.wait()

    assert 3 == len(firm.typed)
    assert {"mongo_url": "mongodb://db", "redis_url": "redis://r"} == {k: v for k, v in firm.typed[0].items() if v}


async def test_what_is_empty_is_asked_for_and_nobody_is_tried(opened):
    firm = Firm()
    window = opened(firm)
    dialog = await dialog_of(window)

    QTest.keyClicks(QApplication.focusWidget(), "mongodb://db")
    press(Qt.Key.Key_Return)

    assert dialog.form.fields["redis_url"].hasFocus()
    assert [] == firm.typed
    press(Qt.Key.Key_Escape)
    await window._tasks.ended("servers")


async def test_esc_leaves_while_it_is_tried(opened):
    firm = Firm(None)
    window = opened(firm)
    dialog = await dialog_of(window)
    type_addresses()
    press(Qt.Key.Key_Return)
    await until(firm.typed.copy)
    assert "Trying …" == dialog.yes.text()

    press(Qt.Key.Key_Escape)

    await window._tasks.ended("servers")
    assert not dialog.pressed_yes


async def test_passwords_are_not_shown_and_the_door_has_a_way_to_it(opened):
    window = opened(Firm())
    assert window.sign_in.servers.isVisible()
    window.sign_in.servers.click()
    await until(lambda: isinstance(asked(), ServersDialog))

    hidden = {n for n, f in asked().form.fields.items() if f.echoMode() is not QLineEdit.EchoMode.Normal}

    assert {"redis_password", "stripe_key"} == hidden
    asked().reject()
    await window._tasks.ended("servers")
