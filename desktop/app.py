"""Composition root of the window: knows everybody, lives from the first frame to the last clean-up."""

from __future__ import annotations

import asyncio
import gc
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, closing
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING

import structlog
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from desktop.bridge import EngineThread, Held
from desktop.dialogs import tell
from desktop.endings import Endings
from desktop.gui_gc import collecting_here
from desktop.offline import StoredCopy
from desktop.outside import open_in_browser
from desktop.preferences import Preferences
from desktop.second_start import Summons
from desktop.smoke import Stopwatch
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.viewmodels.session.session import Doors, OfferedAccount, SessionPhase, SessionState, SessionViewModel
from desktop.views.frame.shell import MainWindow
from desktop.views.session.servers_dialog import SetUpOutcome
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.config import Settings, activation_token, handed_over
from engine.crash_reports import Crashes
from engine.domain.people.account_requests import NewRequest
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.errors import AccountDisabled
from engine.domain.shared.remark import Remark
from engine.embedded.servers import begin

if TYPE_CHECKING:
    from desktop.viewmodels.booking.one_booking import OpenBrowser
    from engine.bootstrap import Deployment, Engine
    from engine.domain.money.addresses import PageAddress

log = structlog.get_logger(__name__)

_SWITCH_S = 0.0005


def run(
    settings: Settings,
    *,
    smoke: bool = False,
    preferences: Preferences | None = None,
    crashes: Crashes | None = None,
    new_window: bool = False,
) -> int:
    """Open the window and stay until it is closed; the exit status.

    With *smoke* the demo's clerk signs in, the first result is waited for, the times are printed and the window leaves.
    *crashes* hears of problems that nobody foresaw. Where a window is open on that data folder it comes forward
    instead, unless a *new_window* is wanted.
    """
    watch = Stopwatch()
    # Qt may take it out of the environment for itself.
    token = activation_token()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("a Qt application without windows is running already")
    app.setApplicationName("DriveSphere")
    app.setQuitOnLastWindowClosed(False)
    summons = Summons(settings.data_dir)
    if not (smoke or new_window) and summons.answered(token):
        return 0
    # The engine's thread must not keep the window waiting for the interpreter's lock.
    sys.setswitchinterval(_SWITCH_S)
    program: Program | None = None
    with collecting_here():
        try:
            with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner, closing(summons):
                program = Program(app, settings, preferences or Preferences(), watch, crashes=crashes, summons=summons)
                summons.listen()
                return runner.run(program.live(smoke=smoke))
        except RuntimeError:
            # Qt's loop ends under us where the screen is gone; what the engine holds is wound up nevertheless.
            if program is None or not program.cut_off():
                raise
            log.warning("window.screen_gone")
            return 1


class Program:
    """One run of the window. The engine is opened after the first frame and closed before the last."""

    def __init__(
        self,
        app: QApplication,
        settings: Settings,
        preferences: Preferences,
        watch: Stopwatch,
        open_browser: Callable[[PageAddress], None] | None = None,
        crashes: Crashes | None = None,
        summons: Summons | None = None,
    ) -> None:
        self._crashes, self._summons = crashes, summons
        self._settings, self._preferences, self._watch = settings, preferences, watch
        self._open_browser = open_browser
        self.bridge = EngineThread()
        self._tasks = TaskScope()
        self._desk_tasks: TaskScope | None = None
        self._deployment: Held[Deployment] | None = None
        self._engine: Held[Engine] | None = None
        self._leaving = asyncio.Event()
        self._stored = StoredCopy(self.bridge, settings)
        doors = Doors(
            self._open_deployment,
            self._sign_in,
            self._sign_out,
            self._choose_password,
            self._stored.heads,
            self._stored.open,
            self._stored.forget,
        )
        self.session = SessionViewModel(doors, self._tasks)
        asking = AccountRequestViewModel(self._ask_for_account, self._tasks)
        self.theme = Theme(app, preferences.scheme, reduced_motion=preferences.reduced_motion)
        shimmer = ShimmerClock(self.theme)
        self.window = MainWindow(
            self.theme, shimmer, preferences, self.session, asking, settings.log_dir, self._set_up_servers
        )
        self._endings = Endings(app)
        self._listen()
        watch.observe(self.window)

    def _listen(self) -> None:
        self._tasks.failed.connect(self._crashed)
        self.window.task_failed.connect(self._crashed)
        self.session.changed.connect(self._session_changed)
        self.window.close_requested.connect(self._close_requested)
        self._endings.wanted.connect(self._ended_from_outside)
        self._endings.place_wanted.connect(self.window.keep_place)
        if self._summons is not None:
            self._summons.called.connect(self._called)

    async def live(self, *, smoke: bool = False) -> int:
        """From showing the window to having closed everything."""
        self.bridge.start()
        self._endings.open()
        try:
            self.window.show()
            self.session.start()
            if smoke:
                return await self._watch.smoke(self.session, self.window)
            self.window.offer_crash_report()
            await self._leaving.wait()
        finally:
            try:
                await self._unwind()
            finally:
                self._endings.close()
        return 0

    def leave(self) -> None:
        if not self._leaving.is_set():
            self.window.keep_place()
            self._leaving.set()

    def _called(self, token: str) -> None:
        """The program was started again; *token* is that start's right to come forward."""
        with handed_over(token):
            self.window.come_forward()

    def _close_requested(self) -> None:
        if self._endings.session_ends:
            self.leave()
        else:
            self._tasks.once("leave", self._ask_to_leave())

    def _ended_from_outside(self, name: str) -> None:
        """Nobody is there to be asked: what is open stays as it does where a person leaves and says so."""
        log.info("desktop.ending", by=name)
        self.leave()

    def cut_off(self) -> bool:
        """End the engine's thread where no loop is left to leave in; whether it still ran."""
        return self.bridge.cut_off()

    async def _ask_to_leave(self) -> None:
        if await self.window.may_go(leaving=True):
            self.leave()

    async def _unwind(self) -> None:
        """Close in reverse; whatever goes wrong on the way, the servers and the engine's thread end."""
        self.window.setEnabled(False)
        if self._summons is not None:
            # Who starts the program while the servers are closed is not sent to a window that goes.
            self._summons.close()
        async with AsyncExitStack() as leaving:
            leaving.push_async_callback(self.bridge.stop)
            if self._deployment is not None:
                leaving.push_async_callback(self._deployment.aclose)
            leaving.callback(self.window.hide)
            leaving.push_async_callback(self._tasks.aclose)
            leaving.push_async_callback(self._sign_out)

    async def _open_deployment(self, on_progress: Callable[[Remark], None]) -> tuple[OfferedAccount, ...]:
        loop = asyncio.get_running_loop()
        # Loading the drivers takes half a second; the first frame is out before, and our own servers start meanwhile.
        await self._watch.first_frame.wait()
        await self.bridge.call(self._begin_servers)
        bootstrap = await self.bridge.call(_load_engine)
        await self.bridge.call(_load_desk)

        def progress(told: Remark) -> None:
            loop.call_soon_threadsafe(on_progress, told)

        self._deployment = await self.bridge.hold(lambda: bootstrap.open_deployment(self._settings, progress))
        self._watch.servers_ready()
        if not self._deployment.value.demo:
            return ()
        return tuple(
            OfferedAccount(each.account, each.password, each.name, each.role)
            for each in bootstrap.demo_accounts()
            if each.role is not Role.WORKER
        )

    async def _begin_servers(self) -> None:
        wanted = self._settings
        if wanted.embedded:
            await begin(
                wanted.data_dir,
                sandbox=not wanted.stripe_api_key,
                mongod=wanted.mongod,
                valkey=wanted.valkey,
                logs=wanted.log_dir,
            )

    async def _sign_in(self, account: str, password: str) -> Actor:
        bootstrap = await self.bridge.call(_load_engine)
        deployment = self._held_deployment()
        try:
            self._engine = await self.bridge.hold(lambda: bootstrap.open_engine(deployment, account, password))
        except AccountDisabled:
            # Told only to who knows the password: what is stored here is no longer this person's to see.
            await self._stored.forget(AccountName(account))
            raise
        return self._engine.value.actor

    async def _choose_password(self, account: str, old: str, new: str) -> None:
        bootstrap, deployment = await self.bridge.call(_load_engine), self._held_deployment()
        await self.bridge.call(lambda: bootstrap.choose_password(deployment, account, old, new))

    async def _ask_for_account(self, request: NewRequest) -> None:
        bootstrap, deployment = await self.bridge.call(_load_engine), self._held_deployment()
        await self.bridge.call(lambda: bootstrap.ask_for_account(deployment, request))

    async def _set_up_servers(self, step: str, typed: Mapping[str, str]) -> SetUpOutcome:
        setting_up = await self.bridge.call(_load_setting_up)
        wanted = setting_up.Servers(**typed)
        outcome: SetUpOutcome = await self.bridge.call(lambda: setting_up.take_step(step, wanted))
        return outcome

    async def _sign_out(self) -> None:
        if self._desk_tasks is not None:
            tasks, self._desk_tasks = self._desk_tasks, None
            await tasks.aclose()
            self.window.close_workspace()
            gc.unfreeze()
        self._stored.close()
        if self._engine is not None:
            engine, self._engine = self._engine, None
            await engine.aclose()

    def _held_deployment(self) -> Deployment:
        if self._deployment is None:
            raise RuntimeError("nobody signs in before the servers are up")
        return self._deployment.value

    def _session_changed(self, state: SessionState) -> None:
        if state.phase is SessionPhase.SIGNED_IN and self._desk_tasks is None and self._engine is not None:
            self._open_workspace(self._engine.value)
        elif state.phase is SessionPhase.SIGNED_IN and self._desk_tasks is None and self._stored.is_open:
            self._open_offline()

    def _open_offline(self) -> None:
        tasks = self._desk_tasks = TaskScope()
        tasks.failed.connect(self._crashed)
        self.window.open_offline(self._stored.work(self._deployment.value if self._deployment else None, tasks))
        gc.freeze()

    def _checkout_opener(self, sandbox: str) -> OpenBrowser:
        given = self._open_browser
        if given is None:
            return partial(open_in_browser, sandbox=sandbox)

        async def show(address: PageAddress) -> None:
            given(address)

        return show

    def _open_workspace(self, engine: Engine) -> None:
        from desktop.signed_in import workspace_of  # noqa: PLC0415 -- not before the first frame

        tasks = self._desk_tasks = TaskScope()
        tasks.failed.connect(self._crashed)
        workspace = workspace_of(engine, self.bridge, self._checkout_opener(engine.deployment.stripe_url), tasks)
        workspace.connection.revoked.connect(self.session.sign_out)
        self.window.open_workspace(workspace)
        # What is alive now stays; the collector need not walk it at every pass.
        gc.freeze()

    def _crashed(self, problem: BaseException) -> None:
        """A problem nobody foresaw is a bug: it is told in full, to be copied, and the window stays."""
        report = "".join(traceback.format_exception(problem))
        log.error("desktop.crashed", report=report, exc_info=problem)
        if self._crashes is not None and (written := self._crashes.write(problem, "window")) is not None:
            # It is told now, and not again at the next start.
            self._preferences.crash_seen = written.name
        self._tasks.once("crash report", tell(self.window, "Something in DriveSphere went wrong", report))


async def _load_desk() -> None:
    """What a person sees after signing in, loaded while the servers start and the name is typed."""
    from desktop import signed_in  # noqa: F401, PLC0415 -- not before the first frame
    from desktop.views.frame import workspace  # noqa: F401, PLC0415 -- as above


async def _load_setting_up() -> ModuleType:
    from engine.wiring import setting_up  # noqa: PLC0415 -- as below

    return setting_up


async def _load_engine() -> ModuleType:
    from engine import bootstrap  # noqa: PLC0415 -- not before the first frame

    return bootstrap
