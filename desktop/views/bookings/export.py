"""Asks where a list goes as a file, and tells how far it is and where it went."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import ask_where_to_save
from desktop.messages import plural, say
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import Tone
from desktop.viewmodels.bookings import BookingsViewModel
from desktop.viewmodels.export import ExportPhase, ExportState
from desktop.widgets.banner import Banner

_OPEN = "Open folder"


class ExportBar(QWidget):
    """Signals: ``task_failed`` carries an exception nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, theme: Theme, vm: BookingsViewModel, title: str) -> None:
        super().__init__()
        self._vm, self._title = vm, title
        self._tasks = TaskScope(self)
        self._tasks.failed.connect(self.task_failed)
        self.banner = Banner(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.banner)
        self.hide()
        self.banner.acted.connect(self._act)
        self.banner.dismissed.connect(self.hide)
        vm.export.changed.connect(self.draw)

    def ask(self) -> None:
        """Where to; a list is on its way at most once."""
        self._tasks.once("where", self._ask())

    def stop(self) -> None:
        self._tasks.stop("where")

    def draw(self, state: ExportState) -> None:
        rows = plural(state.rows, "booking")
        match state.phase:
            case ExportPhase.WRITING:
                self.banner.tell(Tone.ACCENT, f"Exporting to {state.path.name} … {rows}", closable=False)
            case ExportPhase.DONE if state.complete:
                self.banner.tell(Tone.POSITIVE, f"{rows} exported to {state.path}", _OPEN)
            case ExportPhase.DONE:
                words = f"The first {rows} exported to {state.path}; the list is longer. Narrow it to get the others."
                self.banner.tell(Tone.WARNING, words, _OPEN)
            case ExportPhase.FAILED if state.problem is not None:
                self.banner.tell(Tone.DANGER, f"Nothing was exported. {say(state.problem).text}")
        self.setVisible(state.phase is not ExportPhase.IDLE)

    async def _ask(self) -> None:
        name = f"{self._title.lower()} {datetime.now().astimezone():%Y-%m-%d}.csv"
        path = await ask_where_to_save(self.window(), "Export bookings", name, "Comma-separated values (*.csv)", "csv")
        if path is not None:
            self._vm.save(path)

    def _act(self) -> None:
        folder: Path = self._vm.export.state.path.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
