"""The real program on the servers of a test, and a person who works with it by keyboard."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from builders import PASSWORD
from patience import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from engine.config import load


class OnGivenServers(Program):
    """The real program, but its servers are those of the test."""

    deployment: object

    async def _open_deployment(self, _on_progress):
        @asynccontextmanager
        async def given():
            yield self.deployment

        self._deployment = await self.bridge.hold(given)
        return ()


class Person:
    def __init__(self, program, opened):
        self.program, self.opened = program, opened
        self.window = program.window

    @property
    def view(self):
        return self.window.workspace

    @property
    def desk(self):
        return self.view.workspace

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.focused, key, modifier)

    def type(self, text):
        QTest.keyClicks(self.focused, text)

    @property
    def focused(self):
        """What a key goes to; a question has the keyboard from the moment it is there, before its window is told so."""
        focus, modal = QApplication.focusWidget(), QApplication.activeModalWidget()
        if modal is None or QApplication.activePopupWidget() is not None:
            return focus or self.window.focusWidget() or self.window
        return focus if focus is not None and modal.isAncestorOf(focus) else modal.focusWidget() or modal

    async def until(self, condition):
        await until(condition)

    async def sign_in(self, account="clerk"):
        await self.until(lambda: self.program.session.state.phase is SessionPhase.SIGNED_OUT)
        self.type(account)
        self.press(Qt.Key.Key_Return)
        self.type(PASSWORD)
        self.press(Qt.Key.Key_Return)
        await self.until(lambda: self.view is not None)

    async def find(self):
        search = self.desk.search
        self.view.go("find")
        model = self.view.client.search.results.model

        def shown():
            # Asked in one breath: a search may begin anew at any moment.
            state = search.state
            return state.phase is Phase.READY and state.first is not None and model.rowCount() == state.first.total

        await self.until(shown)


@asynccontextmanager
async def person_at(qapp, world, folder):
    """The window is closed again whatever happens."""
    opened = []
    settings = load(folder / "data", environ={}, cwd=folder)
    program = OnGivenServers(qapp, settings, Preferences(folder / "p.ini"), Stopwatch(), open_browser=opened.append)
    program.deployment = world.deployment
    program.theme.reduce_motion(reduced=True)
    living = asyncio.create_task(program.live())
    person = Person(program, opened)
    try:
        await person.until(program.window.isVisible)
        program.window.activateWindow()
        await person.until(program.window.isActiveWindow)
        yield person
    finally:
        program.leave()
        await living
        program.window.deleteLater()
