"""The window: sign-in at once, then the signed-in desk, and back."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget

from desktop.commands import PALETTE, Command, Commands
from desktop.dialogs import ask, confirm
from desktop.outside import open_folder
from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.viewmodels.session.account_request import AccountRequestViewModel
from desktop.viewmodels.session.session import SessionViewModel
from desktop.views.frame.about import TITLE as ABOUT
from desktop.views.frame.about import show_about
from desktop.views.frame.window_place import WindowPlace
from desktop.views.parts.csv_dialog import TITLE as CSV
from desktop.views.parts.csv_dialog import ask_csv_habits
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.session.appearance_menu import appearance_commands
from desktop.views.session.crash_offer import LOGS, offer_report
from desktop.views.session.servers_dialog import CLOSE, Send, ask_servers
from desktop.views.session.servers_dialog import TITLE as SERVERS
from desktop.views.session.sign_in import SignInPage
from desktop.widgets.field_keys import FieldKeys
from desktop.widgets.frame.help_sheet import HelpLine, HelpSheet
from desktop.widgets.loading.shimmer import ShimmerClock
from engine.words.tr import tr

# The first frame is out before these are loaded: see docs/decisions/0054.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from desktop.views.frame.offline import OfflineView, StoredWork
    from desktop.views.frame.palette import CommandPalette
    from desktop.views.frame.workspace import WorkspaceView

#: Keys that the lists handle themselves; the F1 sheet names them too.
KEYS_OF_LISTS = (
    HelpLine(tr("In lists"), tr("Next"), tr("J or Down")),
    HelpLine(tr("In lists"), tr("Previous"), tr("K or Up")),
    HelpLine(tr("In lists"), tr("Open"), "Enter"),
    HelpLine(tr("In the panel"), tr("Back to the list"), "Esc"),
)


class MainWindow(QMainWindow):
    """Never closes by itself: whoever owns the engine decides.

    Signals:
        close_requested: The person wants to leave.
        first_result_painted: Once, after what the first page asked for is on the screen.
        task_failed: Work of a view (a question, the F1 sheet) ended with an exception nobody foresaw; carries it.
    """

    close_requested = Signal()
    first_result_painted = Signal()
    task_failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        shimmer: ShimmerClock,
        preferences: Preferences,
        session: SessionViewModel,
        asking: AccountRequestViewModel,
        log_folder: Path | None = None,
        set_up: Send | None = None,
    ) -> None:
        super().__init__()
        theme.dress(self)
        self._set_up = set_up
        self.context = ViewContext(theme, shimmer, preferences, log_folder)
        self._session = session
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self._workspace: WorkspaceView | None = None
        self._offline: OfflineView | None = None
        self._of_workspace: list[str] = []
        self._painted_before = False
        self.commands = Commands(self)
        self._pages = QStackedWidget()
        self.sign_in = SignInPage(self.context, session, asking)
        self.sign_in.task_failed.connect(self.task_failed)
        self.sign_in.offer_servers(self.ask_servers if set_up else None)
        self._pages.addWidget(self.sign_in)
        self.setCentralWidget(self._pages)
        self.setWindowTitle("DriveSphere")
        self._place = WindowPlace(self, preferences)
        self._place.open()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            FieldKeys(app, lambda key: self.commands.meant(key) is not None, self)
        self._install(*self._own_commands())

    @cached_property
    def finder(self) -> CommandPalette:
        """Built when it is first opened, or when somebody signs in."""
        from desktop.views.frame.palette import CommandPalette

        return CommandPalette(self.context.theme, self, self.commands)

    @property
    def workspace(self) -> WorkspaceView | None:
        return self._workspace

    def open_workspace(self, workspace: Workspace) -> None:
        """Replace the sign-in page by the desk of an account."""
        from desktop.viewmodels.search.lookup import LookupViewModel
        from desktop.views.frame.workspace import WorkspaceView

        self.close_workspace()
        view = self._workspace = WorkspaceView(self.context, workspace)
        view.sign_out_wanted.connect(self._sign_out)
        view.keys_wanted.connect(self.show_keys)
        view.csv_wanted.connect(self.ask_csv)
        view.password_wanted.connect(self._session.change_password)
        view.task_failed.connect(self.task_failed)
        view.result_painted.connect(self._result_painted)
        commands = view.commands()
        self._of_workspace = [command.id for command in commands]
        self._install(*commands)
        for shown in (workspace.panel, workspace.car, workspace.search, workspace.detail):
            shown.changed.connect(self.commands.refresh)
        if workspace.today is not None:
            workspace.today.changed.connect(self.commands.refresh)
            workspace.today.looked_at.connect(self.commands.refresh)
        if view.shows_bookings:
            self.finder.attach(LookupViewModel(workspace.desk, workspace.tasks), view.finds)
        self._pages.addWidget(view)
        self._pages.setCurrentWidget(view)
        self.finder.prepare_soon()
        view.start()

    @property
    def offline(self) -> OfflineView | None:
        return self._offline

    def open_offline(self, work: StoredWork) -> None:
        """Replace the sign-in page by what is stored on this computer."""
        from desktop.viewmodels.search.lookup import LookupViewModel
        from desktop.views.frame.offline import OfflineView

        self.close_workspace()
        view = self._offline = OfflineView(self.context, work)
        view.sign_out_wanted.connect(self._sign_out)
        view.keys_wanted.connect(self.show_keys)
        view.csv_wanted.connect(self.ask_csv)
        view.task_failed.connect(self.task_failed)
        commands = view.commands()
        self._of_workspace = [command.id for command in commands]
        self._install(*commands)
        self.finder.attach(LookupViewModel(work.lists, work.tasks), view.finds)
        self._pages.addWidget(view)
        self._pages.setCurrentWidget(view)
        self.finder.prepare_soon()
        view.start()

    def close_workspace(self) -> None:
        """Back to signing in; nothing of the old session stays."""
        view: WorkspaceView | OfflineView | None = self._workspace or self._offline
        if view is None:
            return
        self.finder.detach()
        self._workspace = self._offline = None
        self.commands.remove(self._of_workspace)
        self._of_workspace = []
        view.stop()
        self._pages.setCurrentWidget(self.sign_in)
        self._pages.removeWidget(view)
        view.deleteLater()
        self.sign_in.take_focus()

    def come_forward(self) -> None:
        """Before the other windows of the screen, also from being minimised."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keep_place(self) -> None:
        """Where the window is now is where the next one opens."""
        self._place.keep()

    def show_keys(self) -> None:
        self.tasks.once("keys", self._ask_keys())

    def offer_crash_report(self) -> None:
        """If the last run ended as nobody foresaw."""
        self.tasks.once("crash report", offer_report(self, self.context))

    def show_about(self) -> None:
        self.tasks.once("about", show_about(self, self.context))

    def ask_csv(self) -> None:
        """How lists are written that are exported."""
        self.tasks.once("csv", ask_csv_habits(self, self.context))

    def ask_servers(self) -> None:
        """At a firm's first start, and when its servers move."""
        if self._set_up is not None:
            self.tasks.once("servers", self._ask_servers(self._set_up))

    async def _ask_servers(self, set_up: Send) -> None:
        if await ask_servers(self, self.context, set_up) and await confirm(self, CLOSE):
            self.close()

    async def _ask_keys(self) -> None:
        from desktop.views.board.keys import BOARD, KEYS_OF_BOARD

        lines = [HelpLine(line.group, line.title, line.key) for line in self.commands.listing() if line.key]
        more: tuple[HelpLine, ...] = KEYS_OF_LISTS if self._workspace or self._offline else ()
        if self._workspace is not None and BOARD in self._workspace.entries:
            more += tuple(HelpLine(tr("Board"), *each) for each in KEYS_OF_BOARD)
        await ask(HelpSheet(self.context.theme, [*lines, *more], self))

    def _own_commands(self) -> tuple[Command, ...]:
        """What can be done whoever is signed in, or nobody."""
        folder = self.context.log_folder
        return (
            Command(PALETTE, tr("All commands"), self._find, key="Ctrl+K", group=tr("Window")),
            Command("help.keys", tr("Keys and commands"), self.show_keys, key="F1", group=tr("Window")),
            Command("window.csv", CSV, self.ask_csv, group=tr("Window")),
            Command("window.about", ABOUT, self.show_about, group=tr("Window")),
            *([Command("window.logs", LOGS, partial(open_folder, folder), group=tr("Window"))] if folder else []),
            *([Command("window.servers", SERVERS, self.ask_servers, group=tr("Window"))] if self._set_up else []),
            *appearance_commands(self.context.theme, self.context.preferences),
            Command("window.leave", tr("Leave DriveSphere"), self._leave, key="Ctrl+Q", group=tr("Window")),
        )

    def _find(self) -> None:
        self.finder.toggle()

    def _install(self, *commands: Command) -> None:
        self.commands.add(*commands)
        for command in commands:
            self.addAction(self.commands.action(command.id))

    async def may_go(self, *, leaving: bool) -> bool:
        """Whether the session may end: nothing waits or would be lost by it, or the person says so to each of it."""
        questions = self._workspace.questions_before_going(leaving=leaving) if self._workspace else ()
        for question in questions:
            if not await confirm(self, question):
                return False
        return True

    def _sign_out(self) -> None:
        self.tasks.once("sign out", self._ask_to_sign_out())

    async def _ask_to_sign_out(self) -> None:
        if await self.may_go(leaving=False):
            self._session.sign_out()

    def _leave(self) -> None:
        self.close()

    def _result_painted(self) -> None:
        if not self._painted_before:
            self._painted_before = True
            self.first_result_painted.emit()

    # Qt names below.

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place.moved()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place.moved()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            # Before a key is matched: what it calls may make sense only since a page has loaded.
            self.commands.refresh()
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keep_place()
        event.ignore()
        self.close_requested.emit()


__all__ = ["MainWindow", "Workspace"]
