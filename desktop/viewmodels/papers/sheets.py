"""Whatever is drawn on sheets, on the screen, in a file and on a printer: a paper, or a branch's day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from desktop.tasks import TaskScope
from engine.domain.shared.errors import DriveSphereError, Misconfigured

if TYPE_CHECKING:
    from desktop.papers.drawing import LaidOut
    from desktop.papers.pdf import Drawn
    from desktop.papers.pictures import Pictures, Printer


@dataclass(frozen=True, slots=True)
class LaidSheets:
    """What was laid out.

    Attributes:
        name: What files and printers call it, without an ending.
        write: Makes its file, on any thread: the same bytes each time.
        stale: Why it is not of now, but of what was known last; None where it is.
    """

    name: str
    laid: LaidOut = field(repr=False, compare=False)
    write: Callable[[], Drawn] = field(repr=False, compare=False)
    stale: DriveSphereError | None = None


class Drawable(Protocol):
    async def lay_out(self) -> LaidSheets:
        """Off the window's thread. Raises: DriveSphereError."""

    async def note(self, drawn: Drawn) -> None:
        """It was saved as a file. Raises: DriveSphereError."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Attributes: ``pages`` are pictures of what ``of`` is drawn as, as wide as was wished for."""

    of: Drawable
    sheets: LaidSheets
    pages: Pictures = field(repr=False, compare=False)

    @property
    def file_name(self) -> str:
        return f"{self.sheets.name}.pdf"


class SheetsViewModel(QObject):
    """Signals: ``drawn`` carries a ``Sheet``; ``saved`` a Path; ``failed`` why something was not done."""

    drawn = Signal(object)
    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: TaskScope) -> None:
        super().__init__()
        self._tasks = tasks

    def draw(self, of: Drawable, width_px: int) -> None:
        """Lay it out, away from the window's thread; ``drawn``, or ``failed``."""
        self._tasks.latest("draw paper", self._draw(of, width_px))

    def save(self, sheet: Sheet, path: Path) -> None:
        """Write its PDF; ``saved``, or ``failed``."""
        self._tasks.once("save paper", self._save(sheet, path))

    def print_on(self, sheet: Sheet, printer: Printer) -> None:
        self._tasks.once("print paper", self._print(sheet, printer))

    def stop_drawing(self) -> None:
        self._tasks.stop("draw paper")

    async def _draw(self, of: Drawable, width_px: int) -> None:
        from desktop.papers.pictures import pictures_of  # noqa: PLC0415 -- loaded by who draws

        try:
            sheets = await of.lay_out()
        except DriveSphereError as problem:
            self.failed.emit(problem)
        else:
            self.drawn.emit(Sheet(of, sheets, await asyncio.to_thread(pictures_of, sheets.laid, width_px)))

    async def _save(self, sheet: Sheet, path: Path) -> None:
        try:
            drawn = await asyncio.to_thread(_write, sheet, path)
            await sheet.of.note(drawn)
        except DriveSphereError as problem:
            self.failed.emit(problem)
        else:
            self.saved.emit(path)

    async def _print(self, sheet: Sheet, printer: Printer) -> None:
        from desktop.papers.pictures import print_on  # noqa: PLC0415 -- loaded by who draws

        await asyncio.to_thread(print_on, printer, sheet.sheets.laid)


def _write(sheet: Sheet, path: Path) -> Drawn:
    """Whole or not at all. Raises: Misconfigured."""
    drawn = sheet.sheets.write()
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(drawn.data)
        beside.replace(path)
    except OSError as problem:
        raise Misconfigured("export.not_written", why=problem.strerror or problem) from problem
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return drawn
