"""The audit page: a list with filters, the names to filter by, and its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.export import ExportViewModel, OnRows, Write
from desktop.viewmodels.paged import ListViewModel
from engine.domain.firm.audit import AuditNames, AuditQuery, AuditSlice
from engine.domain.shared.csv_text import PLAIN, CsvHabits
from engine.domain.shared.errors import DriveSphereError
from engine.services.booking.listing import Exported
from engine.services.firm.audit import MOST_EXPORTED


class AuditViewModel(QObject):
    """Signals: ``names_changed`` carries the AuditNames to filter by."""

    names_changed = Signal(object)

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__()
        self._desk, self._tasks = desk, tasks
        self.names = AuditNames()
        self.list: ListViewModel[AuditQuery] = ListViewModel(tasks, "audit", self._read, AuditQuery())
        self.export = ExportViewModel(desk.bridge, tasks, "audit")

    def load(self) -> None:
        self.list.load()
        self._tasks.latest("audit names", self._load_names())

    def save(self, path: Path, habits: CsvHabits = PLAIN) -> None:
        """Write what is asked for now to *path* as CSV."""
        query, audit, actor = self.list.state.query, self._desk.services.admin.audit, self._desk.actor

        async def rows(write: Write, on_rows: OnRows) -> Exported:
            done = await audit.export(actor, query, write, on_rows, habits)
            return Exported(done, complete=done < MOST_EXPORTED)

        self.export.write(path, rows)

    async def _read(self, query: AuditQuery, offset: int) -> AuditSlice:
        wanted = replace(query, offset=offset)
        return await self._desk.call(lambda: self._desk.services.admin.audit.page(self._desk.actor, wanted))

    async def _load_names(self) -> None:
        try:
            self.names = await self._desk.call(lambda: self._desk.services.admin.audit.names(self._desk.actor))
        except DriveSphereError:
            return  # the list says what is wrong; without the names it can still be read
        self.names_changed.emit(self.names)
