"""The firm's servers in the window: what is in the way stands at its field, the keyboard leads all the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from builders import BERLIN, LISBON
from gestures import asked
from patience import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.preferences import Preferences
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.views.frame.shell import MainWindow
from desktop.views.session.servers_dialog import CLOSE, ServersDialog
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.shared.errors import Misconfigured


@dataclass(frozen=True)
class Came:
    wrong: dict = field(default_factory=dict)
    branches: tuple = ()


class Firm:
    """Answers what it is told to, one after the other, and remembers what was typed."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def set_up(self, step, typed):
        self.asked.append((step, {name: said for name, said in typed.items() if said}))
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
        asking = AccountRequestViewModel(None, session._tasks)
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


def write(text):
    QTest.keyClicks(QApplication.focusWidget(), text)


async def went_on(dialog, step):
    press(Qt.Key.Key_Return)
    await until(lambda: dialog.step == step and dialog.yes.text() != "Trying …")


async def test_by_keyboard_from_step_to_step_to_what_is_kept(opened):
    firm = Firm(
        Came(), Came({"redis_url": "Nothing listens there."}), Came(), Came(), Came(branches=(LISBON, BERLIN)),
        Misconfigured("settings.no_file", name="ca_file", path="/no.pem"), Came(),
    )  # fmt: skip
    window = opened(firm)
    left = asyncio.Event()
    window.close_requested.connect(left.set)
    dialog = await dialog_of(window)
    assert "Step 1 of 5: The database" == dialog.progress.text()
    assert not dialog.back.isVisible()

    write("mongodb://db")
    await went_on(dialog, 1)
    write("redis://r")
    press(Qt.Key.Key_Return)
    await until(dialog.mistakes["redis_url"].isVisible)
    assert "Nothing listens there." == dialog.mistakes["redis_url"].text()
    assert dialog.fields["redis_url"].hasFocus()
    await went_on(dialog, 2)
    await went_on(dialog, 3)
    write("cleo")
    await went_on(dialog, 4)
    offered = [dialog.branch.itemText(at) for at in range(dialog.branch.count())]
    assert ["That of whoever signs in", "Berlin Mitte", "Lisboa Baixa"] == offered
    press(Qt.Key.Key_End)
    dialog.yes.click()
    await until(dialog.mistake.isVisible)
    assert "ca_file names no file: /no.pem" in dialog.mistake.text()
    dialog.yes.click()
    await until(lambda: asked() is not None and asked().wording is CLOSE)
    press(Qt.Key.Key_Return)
    await left.wait()

    steps = ["mongodb", "redis", "redis", "payments", "account", "branch", "branch"]
    assert steps == [step for step, _ in firm.asked]
    typed = {"mongo_url": "mongodb://db", "redis_url": "redis://r", "account": "cleo", "branch": LISBON.id}
    assert typed == firm.asked[-1][1]


async def test_without_an_account_there_is_no_branch_to_choose_and_all_is_kept(opened):
    firm = Firm(Came(), Came(), Came(), Came(), Came())
    window = opened(firm)
    dialog = await dialog_of(window)
    write("mongodb://db")
    await went_on(dialog, 1)
    write("redis://r")
    await went_on(dialog, 2)
    await went_on(dialog, 3)

    press(Qt.Key.Key_Return)

    await until(lambda: asked() is not None and asked().wording is CLOSE)
    assert "branch" == firm.asked[-1][0]
    asked().reject()
    await window.tasks.ended("servers")


async def test_back_leads_to_what_was_typed_and_a_mistake_to_its_step(opened):
    firm = Firm(Came(), Came(), Came(), Came(branches=(BERLIN,)), Came({"mongo_url": "No member leads."}))
    window = opened(firm)
    dialog = await dialog_of(window)
    write("mongodb://db")
    await went_on(dialog, 1)
    dialog.back.click()
    assert (0, "mongodb://db") == (dialog.step, dialog.fields["mongo_url"].text())
    for step in (1, 2, 3, 4):
        if step == 2:
            write("redis://r")
        if step == 1:
            firm.answers.insert(0, Came())
        await went_on(dialog, step)

    dialog.yes.click()

    await until(lambda: dialog.step == 0)
    assert "No member leads." == dialog.mistakes["mongo_url"].text()
    assert dialog.mistakes["mongo_url"].isVisible()
    dialog.reject()
    await window.tasks.ended("servers")


async def test_what_is_empty_is_asked_for_and_nobody_is_tried(opened):
    firm = Firm()
    window = opened(firm)
    dialog = await dialog_of(window)

    press(Qt.Key.Key_Return)

    assert dialog.fields["mongo_url"].hasFocus()
    assert [] == firm.asked
    press(Qt.Key.Key_Escape)
    await window.tasks.ended("servers")


async def test_esc_leaves_while_it_is_tried(opened):
    firm = Firm(None)
    window = opened(firm)
    dialog = await dialog_of(window)
    write("mongodb://db")
    press(Qt.Key.Key_Return)
    await until(firm.asked.copy)
    assert "Trying …" == dialog.yes.text()

    press(Qt.Key.Key_Escape)

    await window.tasks.ended("servers")
    assert not dialog.pressed_yes


async def test_passwords_are_not_shown_and_the_door_has_a_way_to_it(opened):
    window = opened(Firm())
    assert window.sign_in.servers.isVisible()
    window.sign_in.servers.click()
    await until(lambda: isinstance(asked(), ServersDialog))

    hidden = {name for name, each in asked().fields.items() if each.echoMode() is not QLineEdit.EchoMode.Normal}

    assert {"redis_password", "stripe_key", "password"} == hidden
    asked().reject()
    await window.tasks.ended("servers")
