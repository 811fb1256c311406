"""Qt tests: one qasync loop for all, and nothing left running behind a test."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import patience
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from qasync import QEventLoop  # after PySide6: it takes the Qt it finds
from shiboken6 import getAllValidWrappers
from view_builders import fed_workspace
from within import WITHIN_S

from desktop.gui_gc import COLLECTOR, collecting_here
from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.theme import Scheme, Theme
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.viewmodels.session.session import Doors, SessionViewModel
from desktop.views.frame.shell import MainWindow
from desktop.widgets.loading.shimmer import ShimmerClock


@pytest.fixture(scope="session")
def qt_runner(qapp):
    """The loop every coroutine test of this folder runs in, as in production."""
    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        yield runner


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a plain ``async def`` test on the Qt loop; pytest-asyncio (strict) leaves those alone."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    runner = pyfuncitem._request.getfixturevalue("qt_runner")
    runner.run(_without_leaks(pyfuncitem.obj(**wanted)))
    return True


async def _without_leaks(test):
    await test
    mine = asyncio.current_task()
    leaked = [task for task in asyncio.all_tasks() if task is not mine and not task.done()]
    for task in leaked:
        task.cancel()
    await asyncio.gather(*leaked, return_exceptions=True)
    assert not leaked, f"tasks left running: {leaked}"


@pytest.fixture
def qtbot(qtbot, light):
    """What is given to it lives until it is closed and is dressed as a window, and it waits as long as everybody else.

    It keeps weak references only: on a busy machine the collector came between the end of a test and the closing, and
    took the attributes of widgets that Qt still told of being hidden. By itself it waits for five seconds.
    """
    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive", "waitCallback"):
        setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=round(WITHIN_S * 1000)))
    kept, add = [], qtbot.addWidget

    def add_and_keep(widget, **how):
        kept.append(widget)
        light.dress(widget)
        add(widget, **how)

    qtbot.addWidget = add_and_keep
    return qtbot


@pytest.fixture(autouse=True)
def no_timer_left(qapp):
    """Widgets given to qtbot are closed before this looks."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [timer for timer in getAllValidWrappers() if type(timer) is QTimer and _runs(timer)]
    for timer in left:
        timer.stop()
    assert not left, f"timers left running, owned by {[timer.parent() for timer in left]}"


@pytest.fixture(scope="module", autouse=True)
def _collecting_here(qapp):
    """As in the program: a widget in a cycle must not be destroyed by another thread."""
    # What the modules before have imported stays; the collector need not go through it at each turn.
    gc.collect()
    gc.freeze()
    with collecting_here():
        yield


def _runs(timer):
    return timer.isActive() and timer.objectName() != COLLECTOR


@pytest.fixture(scope="session")
def light(qapp):
    return Theme(qapp, Scheme.LIGHT)


@pytest.fixture
def theme(light):
    """The one theme of the test program, back in its first state for each test."""
    light.choose(Scheme.LIGHT)
    light.reduce_motion(reduced=False)
    return light


@pytest.fixture
def tasks():
    return TaskScope()


@pytest.fixture
def session(tasks):
    async def never(*_anything):
        raise AssertionError("no test here signs in")

    return SessionViewModel(Doors(never, never, never, never), tasks)


@pytest.fixture
def window(qtbot, theme, session, tmp_path):
    theme.reduce_motion(reduced=True)
    shimmer = ShimmerClock(theme)
    window = MainWindow(
        theme, shimmer, Preferences(tmp_path / "p.ini"), session, AccountRequestViewModel(None, session._tasks)
    )
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close_workspace()
    shimmer.deleteLater()


@pytest.fixture
def workspace(tasks):
    """Verbs that would ask a server are left out: these tests feed states."""
    made = fed_workspace(tasks)
    made.search.open = made.search.again = lambda *_anything: None
    for each in (made.holds, made.bookings, made.today):
        each.load = lambda: None
    made.connection.watch = made.connection.look_now = lambda: None
    return made


@pytest.fixture
def view(window, workspace):
    """A clerk's, with the free cars in front."""
    window.open_workspace(workspace)
    window.workspace.go("find")
    return window.workspace


@pytest.fixture
def until():
    """Await something that announces itself to nobody; some of it is true for one turn of the loop only."""
    return partial(patience.until, every_s=0)
