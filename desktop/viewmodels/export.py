"""A list written to a file while the window goes on: progress, and where it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from desktop.bridge import EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels.state import StateViewModel
from engine.domain.shared.errors import DriveSphereError, Misconfigured
from engine.services.booking.listing import Exported

#: Writes text into the file; hears how many rows there are by now.
Write = Callable[[str], object]
OnRows = Callable[[int], None]
Rows = Callable[[Write, OnRows], Coroutine[Any, Any, Exported]]


class ExportPhase(Enum):
    IDLE = auto()
    WRITING = auto()
    DONE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ExportState:
    """Attributes: ``rows`` written so far; ``complete`` is False when a list was too long for one file.

    ``more_renters`` as for ``BookingRows``.
    """

    phase: ExportPhase = ExportPhase.IDLE
    path: Path = Path()
    rows: int = 0
    complete: bool = True
    more_renters: bool = False
    problem: DriveSphereError | None = None


class ExportViewModel(StateViewModel[ExportState]):
    """Writes beside the wanted file and puts it in place when it is whole; a failure leaves what was there before.

    Signals:
        changed: The state was replaced; carries the new one.
    """

    def __init__(self, bridge: EngineThread, tasks: TaskScope, name: str) -> None:
        """*name* tells this export's task from others."""
        super().__init__(ExportState())
        self._bridge, self._tasks, self._name = bridge, tasks, f"export {name}"

    def write(self, path: Path, rows: Rows) -> None:
        """Have *rows* write the file; it runs in the engine's thread. A second press meanwhile does nothing."""
        self._tasks.once(self._name, self._write(path, rows))

    def stop(self) -> None:
        self._tasks.stop(self._name)

    async def _write(self, path: Path, rows: Rows) -> None:
        self.feed(ExportState(ExportPhase.WRITING, path))
        loop = asyncio.get_running_loop()

        def heard(count: int) -> None:
            loop.call_soon_threadsafe(self._heard, path, count)

        try:
            done = await self._bridge.call(lambda: _written(path, rows, heard))
        except DriveSphereError as problem:
            self.feed(ExportState(ExportPhase.FAILED, path, problem=problem))
        else:
            self.feed(ExportState(ExportPhase.DONE, path, done.rows, done.complete, done.more_renters))

    def _heard(self, path: Path, count: int) -> None:
        if self.state.phase is ExportPhase.WRITING:
            self.feed(ExportState(ExportPhase.WRITING, path, count))


async def _written(path: Path, rows: Rows, heard: OnRows) -> Exported:
    """Raises: Misconfigured, when the file cannot be written."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            done = await rows(file.write, heard)
        beside.replace(path)
    except OSError as problem:
        raise Misconfigured("export.not_written", why=problem.strerror or problem) from problem
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return done
