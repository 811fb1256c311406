"""The program as a person uses it: its real window, its own servers, a real browser."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import asynccontextmanager, nullcontext

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from patience import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.app import Program
from desktop.gui_gc import collecting_here
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from engine.config import load
from engine.embedded.servers import open_servers


class Person:
    """Sits at the window with a keyboard; tells the browser's address to whoever asks."""

    def __init__(self, program, pages):
        self.program, self.pages = program, pages

    @property
    def window(self):
        return self.program.window

    @property
    def desk(self):
        """The view-models of the signed-in desk."""
        return self.window.workspace.workspace

    def type(self, text):
        QTest.keyClicks(self._focused, text)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self._focused, key, modifier)

    async def until(self, condition):
        await until(condition)

    @property
    def _focused(self):
        return QApplication.focusWidget() or self.window.focusWidget() or self.window


@pytest.fixture(scope="module", autouse=True)
def _collecting_here(qapp):
    """As in the program: a widget in a cycle must not be destroyed by another thread."""
    with collecting_here():
        yield


@pytest.fixture
def at_the_counter(qapp, tmp_path, demo_folder):
    """Run a coroutine with a Person in front of the running program, which finds its demo made."""

    @asynccontextmanager
    async def person():
        pages = asyncio.Queue()
        preferences = Preferences(tmp_path / "preferences.ini")
        settings = load(demo_folder, environ={}, cwd=tmp_path)
        program = Program(qapp, settings, preferences, Stopwatch(), open_browser=pages.put_nowait)
        living = asyncio.create_task(program.live())
        try:
            yield Person(program, pages)
        finally:
            program.leave()
            await living

    def run(*stories):
        """One story for each time that the program is opened; between them another desk keeps the servers up."""

        async def whole():
            async with open_servers(demo_folder) if len(stories) > 1 else nullcontext():
                for story in stories:
                    async with person() as somebody:
                        await story(somebody)

        qapp.setQuitOnLastWindowClosed(False)
        with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
            runner.run(whole())
        assert [thread.name for thread in threading.enumerate() if thread.name == "engine"] == []

    return run
