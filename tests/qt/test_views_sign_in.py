from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from look_over import faults_in_small
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from view_builders import CLERK

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.theme import Scheme
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.viewmodels.session.session import Doors, OfferedAccount, SessionPhase, SessionState, SessionViewModel
from desktop.views.parts.view_context import ViewContext
from desktop.views.session.sign_in import SignInPage
from desktop.views.session.sign_in_form import CAPS_LOCK
from desktop.views.session.starting import STILL
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.domain.people.account_errors import AlreadyRequested
from engine.domain.people.people import AccountName, Role
from engine.domain.reports.copying import CopyHead
from engine.domain.shared.errors import (
    AccountDisabled,
    InvalidText,
    Misconfigured,
    PasswordMustChange,
    SignInRefused,
    Unavailable,
)
from engine.domain.shared.remark import remark

OFFERED = (
    OfferedAccount("clerk", "demo-counter", "Lena Seidel", Role.CLIENT),
    OfferedAccount("owner", "demo-fleet", "Henrike Falkenberg", Role.OWNER),
)


class Servers:
    """What the composition root gives the session: it starts, signs in and out as told."""

    def __init__(self):
        self.signed_in = []
        self.chosen, self.asked = [], []
        self.answer: Exception | None = None

    async def start(self, on_progress):
        on_progress(remark("servers.mongod_starting"))
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

    async def choose(self, account, old, new):
        await asyncio.sleep(0)
        if self.answer is not None:
            raise self.answer
        self.chosen.append((account, old, new))

    async def ask(self, request):
        await asyncio.sleep(0)
        if self.answer is not None:
            raise self.answer
        self.asked.append(request)


@pytest.fixture
def servers():
    return Servers()


@pytest.fixture
def session(servers):
    return SessionViewModel(Doors(servers.start, servers.sign_in, servers.sign_out, servers.choose), TaskScope())


@pytest.fixture
def page(qtbot, theme, session, servers, tmp_path):
    shimmer = ShimmerClock(theme)
    asking = AccountRequestViewModel(servers.ask, session._tasks)
    page = SignInPage(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), session, asking)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    yield page
    shimmer.deleteLater()


def test_the_first_page_says_what_the_servers_are_doing(page, session):
    session.feed(SessionState(progress="Starting the database"))

    assert page.starting.isVisible()
    assert "Starting the database" == page.starting.progress.text()


def test_a_long_start_is_explained(page):
    page.starting.patience.timeout.emit()

    assert STILL == page.starting.still.text()


async def test_what_keeps_the_servers_down_is_said_and_can_be_tried_again(page, session, servers, until):
    servers.answer = Misconfigured("folder.unusable", folder="/data", why="full")
    session.start()
    await until(lambda: session.state.phase is SessionPhase.BROKEN)
    assert "The data folder /data cannot be used (full). Choose another with --data." == page.broken.text.text()
    assert page.broken.again.hasFocus()
    servers.answer = None
    await until(lambda: not session._tasks.running("start"))
    QTest.keyClick(page.broken.again, Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)

    assert page.form.isVisible()


async def test_name_and_password_sign_in_with_enter(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    assert page.form.account.hasFocus()
    QTest.keyClicks(page.form.account, "clerk")
    QTest.keyClick(page.form.account, Qt.Key.Key_Return)
    assert page.form.password.hasFocus()
    QTest.keyClicks(page.form.password, "open sesame")
    QTest.keyClick(page.form.password, Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("clerk", "open sesame")] == servers.signed_in
    assert "" == page.form.password.text()


async def test_a_second_enter_while_signing_in_does_nothing(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    page.form.account.setText("clerk")
    page.form.password.setText("secret")
    page.form.sign_in.click()
    await asyncio.sleep(0)
    assert "Signing in …" == page.form.sign_in.text()
    page.form.sign_in.click()
    QTest.keyClick(page.form.password, Qt.Key.Key_Return)
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
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    servers.answer = problem
    page.form.account.setText("clerk")
    page.form.password.setText("wrong")
    page.form.sign_in.click()
    await until(lambda: session.state.problem is not None)

    assert page.form.banner.isVisible()
    assert words in page.form.banner.text
    assert page.form.password.hasFocus()
    assert "wrong" == page.form.password.selectedText()


@pytest.mark.parametrize(("key", "modifier"), [(Qt.Key.Key_2, "None"), (Qt.Key.Key_2, "Alt")])
async def test_a_demo_account_is_one_key(page, session, servers, until, key, modifier):
    session.feed(SessionState(SessionPhase.SIGNED_OUT, offered=OFFERED))
    keys = {"None": Qt.KeyboardModifier.NoModifier, "Alt": Qt.KeyboardModifier.AltModifier}
    QTest.keyClick(page.window().focusWidget(), key, keys[modifier])
    await until(lambda: bool(servers.signed_in))
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("owner", "demo-fleet")] == servers.signed_in


def test_digits_in_the_name_are_only_typed(page, session, servers):
    session.feed(SessionState(SessionPhase.SIGNED_OUT, offered=OFFERED))
    page.form.account.setFocus()
    QTest.keyClicks(page.form.account, "desk1")

    assert "desk1" == page.form.account.text()
    assert [] == servers.signed_in


def test_caps_lock_is_noticed(page, session):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    QTest.keyClick(page.form.password, Qt.Key.Key_A)
    assert "" == page.form.caps.text().strip()
    QTest.keyClicks(page.form.password, "A")  # arrives without Shift, as it does under the lock

    assert CAPS_LOCK == page.form.caps.text()


def test_password_is_shown_only_on_wish(page, session):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    assert QLineEdit.EchoMode.Password is page.form.password.echoMode()
    QTest.keyClick(page.form.reveal, Qt.Key.Key_Space)

    assert QLineEdit.EchoMode.Normal is page.form.password.echoMode()


def test_look_is_chosen_and_kept(page, theme, tmp_path):
    dark = next(action for action in page.menu.actions() if action.text() == "Dark")
    dark.trigger()

    assert theme.scheme is Scheme.DARK
    assert Preferences(tmp_path / "p.ini").scheme is Scheme.DARK


async def test_a_one_time_password_leads_to_choosing_another_and_then_in(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    servers.answer = PasswordMustChange()
    session.sign_in("nele", "once-0000-0000-0000-0000")
    await until(lambda: session.state.phase is SessionPhase.CHOOSING)
    servers.answer = None
    choose = page.choose
    assert choose.isVisible()
    assert choose.form.fields["password"].hasFocus()
    assert choose.form.fields["old"].isHidden()
    QTest.keyClicks(choose.form.fields["password"], "a word of my own")
    QTest.keyClick(choose.form.fields["password"], Qt.Key.Key_Return)
    assert choose.form.fields["again"].hasFocus()
    QTest.keyClicks(choose.form.fields["again"], "another word")
    QTest.keyClick(choose.form.fields["again"], Qt.Key.Key_Return)
    assert "This is not the same." == choose.form.mistakes["again"].text()
    choose.form.fields["again"].setText("a word of my own")
    QTest.keyClick(choose.form.fields["again"], Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("nele", "once-0000-0000-0000-0000", "a word of my own")] == servers.chosen
    assert ("nele", "a word of my own") == servers.signed_in[-1]
    assert "" == choose.form.value("password")


async def test_a_poor_choice_is_said_at_its_field_and_back_goes_back(page, session, servers, until):
    session.feed(SessionState(SessionPhase.CHOOSING, account="nele", knows_old=True))
    servers.answer = InvalidText("password", "field.too_short", shortest=12)
    for name in ("password", "again"):
        page.choose.form.fields[name].setText("short")
    page.choose.save.click()
    await until(lambda: session.state.problem is not None)
    assert "Password must have 12 characters or more." == page.choose.form.mistakes["password"].text()
    page.choose.back.click()

    assert page.form.isVisible()
    assert "once" not in repr(session.state)


async def test_whoever_is_signed_in_changes_the_password_by_knowing_it(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_IN, actor=CLERK))
    session.change_password()
    await until(lambda: session.state.phase is SessionPhase.CHOOSING)
    fields = page.choose.form.fields
    assert fields["old"].hasFocus()
    for name, text in (("old", "what it was"), ("password", "a word of my own"), ("again", "a word of my own")):
        fields[name].setText(text)
    QTest.keyClick(fields["again"], Qt.Key.Key_Return)
    await until(lambda: session.state.phase is SessionPhase.SIGNED_IN)

    assert [("clerk", "what it was", "a word of my own")] == servers.chosen


async def test_somebody_without_an_account_asks_for_one(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    page.form.ask.click()
    ask = page.ask
    assert ask.form.fields["name"].hasFocus()
    QTest.keyClicks(ask.form.fields["name"], "Nele 1")
    QTest.keyClick(ask.form.fields["name"], Qt.Key.Key_Return)
    await until(lambda: ask.vm.state.problem is not None)
    assert "E-mail must not be empty." == ask.form.mistakes["email"].text()
    QTest.keyClicks(ask.form.fields["email"], "nele@example.org")
    servers.answer = AlreadyRequested()
    ask.send.click()
    await until(ask.banner.isVisible)
    servers.answer = None
    ask.send.click()
    await until(lambda: ask.vm.state.filed)

    assert [("Nele 1", "nele@example.org", "", "")] == [(r.name, r.email, r.phone, r.note) for r in servers.asked]
    assert ask.form.isHidden()
    QTest.keyClick(ask.back, Qt.Key.Key_Return)
    assert page.form.isVisible()


LONG = "Maximiliane Freifrau von Hohenlohe-Langenburg"
FULL = SessionState(
    SessionPhase.SIGNED_OUT,
    problem=Unavailable("mongodb"),
    offered=(*OFFERED, OfferedAccount("admin", "demo-office", "Ari Admin", Role.ADMIN)),
    copies=tuple(CopyHead(AccountName(f"owner{n}"), LONG, 1_790_000_000_000, complete=n > 1) for n in range(8)),
)


@pytest.mark.parametrize(
    "state",
    [
        SessionState(progress="Starting the database"),
        FULL,
        replace(FULL, phase=SessionPhase.BROKEN),
        replace(FULL, phase=SessionPhase.CHOOSING, problem=InvalidText("password", "field.too_short", shortest=12)),
    ],
    ids=["starting", "sign in", "broken", "choose"],
)
async def test_nothing_at_the_door_is_cut_clipped_outside_or_overlapped(page, session, state):
    session.feed(state)

    assert not await faults_in_small(page, {LONG})


async def test_a_request_with_mistakes_is_read_whole_in_small_windows(page, session, servers, until):
    session.feed(SessionState(SessionPhase.SIGNED_OUT))
    page.form.ask.click()
    servers.answer = InvalidText("note", "field.plate_district")
    page.ask.send.click()
    await until(lambda: page.ask.vm.state.problem is not None)

    assert not await faults_in_small(page)
