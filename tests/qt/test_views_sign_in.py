from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from view_builders import CLERK

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.theme import Scheme
from desktop.viewmodels.session import OfferedAccount, SessionPhase, SessionState, SessionViewModel
from desktop.views.sign_in import SignInPage
from desktop.views.sign_in_form import CAPS_LOCK
from desktop.views.starting import STILL
from desktop.views.tools import Tools
from desktop.widgets.shimmer import ShimmerClock
from engine.domain.errors import AccountDisabled, Misconfigured, SignInRefused, Unavailable
from engine.domain.people import Role

OFFERED = (
    OfferedAccount("clerk", "demo-counter", "Lena Seidel", Role.CLIENT),
    OfferedAccount("owner", "demo-fleet", "Henrike Falkenberg", Role.OWNER),
)


class Servers:
    """What the composition root gives the session: it starts, signs in and out as told."""

    def __init__(self):
        self.signed_in = []
        self.answer: Exception | None = None

    async def start(self, on_progress):
        on_progress("Starting the database")
        if self.answer is not None:
            raise self.answer
        return OFFERED

    async def sign_in(self, account, password):
        self.signed_in.append((account, password))
        await asyncio.sleep(0)
        if self.answer is not None:
            raise self.answer
        return CLERK

    async def sign_out(self):
        pass


@pytest.fixture
def servers():
    return Servers()


@pytest.fixture
def session(servers):
    return SessionViewModel(servers.start, servers.sign_in, servers.sign_out, TaskScope())


@pytest.fixture
def page(qtbot, theme, session, tmp_path):
    shimmer = ShimmerClock(theme)
    page = SignInPage(Tools(theme, shimmer, Preferences(tmp_path / "p.ini")), session)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    yield page
    shimmer.deleteLater()


def test_the_first_page_says_what_the_servers_are_doing(page, session):
    session._show(SessionState(progress="Starting the database"))

    assert page._starting.isVisible()
    assert "Starting the database" == page._starting._progress.text()


def test_a_long_start_is_explained(page):
    page._starting._patience.timeout.emit()

    assert STILL == page._starting._still.text()


async def test_what_keeps_the_servers_down_is_said_and_can_be_tried_again(page, session, servers, until):
    servers.answer = Misconfigured("The data folder is full. Free some space.")
    session.start()
    await until(lambda: session.state.phase is SessionPhase.BROKEN)
    assert "The data folder is full. Free some space." == page._broken._text.text()
    assert page._broken._again.hasFocus()
    servers.answer = None
    await until(lambda: not session._tasks.running("start"))
    QTest.keyClick(page._broken._again, Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)

    assert page._form.isVisible()


async def test_name_and_password_sign_in_with_enter(page, session, servers, until):
    session._show(SessionState(SessionPhase.SIGNED_OUT))
    assert page._form.account.hasFocus()
    QTest.keyClicks(page._form.account, "clerk")
    QTest.keyClick(page._form.account, Qt.Key.Key_Return)
    assert page._form.password.hasFocus()
    QTest.keyClicks(page._form.password, "open sesame")
    QTest.keyClick(page._form.password, Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("clerk", "open sesame")] == servers.signed_in
    assert "" == page._form.password.text()


async def test_a_second_enter_while_signing_in_does_nothing(page, session, servers, until):
    session._show(SessionState(SessionPhase.SIGNED_OUT))
    page._form.account.setText("clerk")
    page._form.password.setText("secret")
    page._form.sign_in.click()
    await asyncio.sleep(0)
    assert "Signing in …" == page._form.sign_in.text()
    page._form.sign_in.click()
    QTest.keyClick(page._form.password, Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert 1 == len(servers.signed_in)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (SignInRefused(), "The name or the password is not right."),
        (AccountDisabled(), "This account is disabled."),
        (Unavailable("mongodb"), "The database does not answer."),
    ],
)
async def test_a_refusal_is_said_in_place_with_the_password_ready_to_type_anew(
    page, session, servers, until, problem, words
):
    session._show(SessionState(SessionPhase.SIGNED_OUT))
    servers.answer = problem
    page._form.account.setText("clerk")
    page._form.password.setText("wrong")
    page._form.sign_in.click()
    await until(lambda: session.state.problem is not None)

    assert page._form._banner.isVisible()
    assert words in page._form._banner.text
    assert page._form.password.hasFocus()
    assert "wrong" == page._form.password.selectedText()


@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_2, "None"), (Qt.Key.Key_2, "Alt")])
async def test_a_demo_account_is_one_key(page, session, servers, until, key, modifier):
    session._show(SessionState(SessionPhase.SIGNED_OUT, offered=OFFERED))
    keys = {"None": Qt.KeyboardModifier.NoModifier, "Alt": Qt.KeyboardModifier.AltModifier}
    QTest.keyClick(page.window().focusWidget(), key, keys[modifier])
    await until(lambda: bool(servers.signed_in))
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("owner", "demo-fleet")] == servers.signed_in


def test_digits_in_the_name_are_only_typed(page, session, servers):
    session._show(SessionState(SessionPhase.SIGNED_OUT, offered=OFFERED))
    page._form.account.setFocus()
    QTest.keyClicks(page._form.account, "desk1")

    assert "desk1" == page._form.account.text()
    assert [] == servers.signed_in


def test_caps_lock_is_noticed(page, session):
    session._show(SessionState(SessionPhase.SIGNED_OUT))
    QTest.keyClick(page._form.password, Qt.Key.Key_A)
    assert "" == page._form._caps.text().strip()
    QTest.keyClicks(page._form.password, "A")  # arrives without Shift, as it does under the lock

    assert CAPS_LOCK == page._form._caps.text()


def test_password_is_shown_only_on_wish(page, session):
    session._show(SessionState(SessionPhase.SIGNED_OUT))
    assert QLineEdit.EchoMode.Password is page._form.password.echoMode()
    QTest.keyClick(page._form._reveal, Qt.Key.Key_Space)

    assert QLineEdit.EchoMode.Normal is page._form.password.echoMode()


def test_look_is_chosen_and_kept(page, theme, tmp_path):
    dark = next(action for action in page._menu.actions() if action.text() == "Dark")
    dark.trigger()

    assert theme.scheme is Scheme.DARK
    assert Preferences(tmp_path / "p.ini").scheme is Scheme.DARK
