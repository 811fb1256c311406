"""Asks where a list goes as a file, and tells how far it is and where it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.csv_habits import habits_of
from desktop.dialogs import ask_where_to_save
from desktop.outside import open_folder_of
from desktop.tasks import TaskScope
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.export import ExportPhase, ExportState, ExportViewModel
from desktop.views.parts.csv_dialog import TITLE, ask_csv_habits
from desktop.views.parts.near import more_renters_words
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.words.messages import counted, say
from engine.domain.shared.csv_text import CsvHabits
from engine.words.tr import Many, tr

_OPEN = tr("Open folder")


class ExportBar(QWidget):
    """Signals: ``task_failed`` carries an exception nobody foresaw."""

    task_failed = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        export: ExportViewModel,
        write: Callable[[Path, CsvHabits], None],
        *,
        title: str,
        name: Callable[[], str],
        rows: Many,
    ) -> None:
        """*write* is told where to; *title* heads that question, *name* is the file's; *row* is what is counted."""
        super().__init__()
        self._context, self._export, self._write = context, export, write
        self._title, self._name, self._rows = title, name, rows
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.banner = Banner(context.theme)
        self.habits = Button(context.theme, TITLE, ButtonKind.QUIET)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * GRID)
        line.addWidget(self.banner, 1)
        line.addWidget(self.habits)
        self.hide()
        self.banner.acted.connect(self._act)
        self.banner.dismissed.connect(self.hide)
        self.habits.clicked.connect(self.ask_habits)
        export.changed.connect(self.draw)

    def ask(self) -> None:
        """Where to; a list is on its way at most once."""
        self.tasks.once("where", self._ask())

    def ask_habits(self) -> None:
        """How the files are written that come next."""
        self.tasks.once("habits", ask_csv_habits(self.window(), self._context))

    def stop(self) -> None:
        self.tasks.stop("where")
        self.tasks.stop("habits")

    def draw(self, state: ExportState) -> None:
        rows = counted(self._rows.one, self._rows.many, state.rows)
        match state.phase:
            case ExportPhase.WRITING:
                self.banner.tell(
                    Tone.ACCENT, tr("Exporting to {path} … {rows}", path=state.path.name, rows=rows), closable=False
                )
            case ExportPhase.DONE if state.complete and state.more_renters:
                self.banner.tell(
                    Tone.WARNING,
                    tr(
                        "{rows} exported to {path}. {more_renters_words}",
                        rows=rows,
                        path=state.path,
                        more_renters_words=more_renters_words(),
                    ),
                    _OPEN,
                )
            case ExportPhase.DONE if state.complete:
                self.banner.tell(Tone.POSITIVE, tr("{rows} exported to {path}", rows=rows, path=state.path), _OPEN)
            case ExportPhase.DONE:
                words = tr(
                    "The first {rows} exported to {path}; the list is longer. Narrow it to get the others.",
                    rows=rows,
                    path=state.path,
                )
                self.banner.tell(Tone.WARNING, words, _OPEN)
            case ExportPhase.FAILED if state.problem is not None:
                self.banner.tell(Tone.DANGER, tr("Nothing was exported. {problem}", problem=say(state.problem).text))
        self.setVisible(state.phase is not ExportPhase.IDLE)

    async def _ask(self) -> None:
        kind = tr("Comma-separated values (*.csv)")
        path = await ask_where_to_save(self.window(), self._title, f"{self._name()}.csv", kind, "csv")
        if path is not None:
            self._write(path, habits_of(self._context.preferences))

    def _act(self) -> None:
        open_folder_of(self._export.state.path)


def dated(name: str) -> Callable[[], str]:
    """What a file is called that holds how things stand today."""
    return lambda: f"{name.lower()} {datetime.now().astimezone():%Y-%m-%d}"
