"""What is left behind by an end that nobody foresaw: a report for whoever helps, offered at the next start.

A report quotes nothing of a person's (see ``journal``): program, system, class and lines of the problem, the last lines
of the log.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import psutil

from engine.journal import Journal, keep, told

if TYPE_CHECKING:
    from typing import TextIO

#: Older ones go.
_KEPT_REPORTS = 10
_LAST_LINES = 40
_FIRST = "crash-"
#: Stands at a problem that was told: its address may be another one's later, and few of Python's own are weakly held.
_TOLD = "_drivesphere_told"


class Crashes:
    """The reports of one log folder, and the hooks of this process that write them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._native: TextIO | None = None

    def watch(self) -> None:
        """Report what ends a thread, the engine's too, or the process, also from within a library."""
        self._collect_native()
        before, before_threads = sys.excepthook, threading.excepthook

        def hook(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
            if not issubclass(kind, KeyboardInterrupt):
                self.write(problem, threading.current_thread().name)
            before(kind, problem, trace)

        def thread_hook(ended: threading.ExceptHookArgs) -> None:
            if ended.exc_value is not None:
                self.write(ended.exc_value, ended.thread.name if ended.thread else "a thread")
            before_threads(ended)

        sys.excepthook, threading.excepthook = hook, thread_hook
        with suppress(OSError):
            self._journal.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._native = self._native_file(os.getpid()).open("w", encoding="utf-8")
            faulthandler.enable(self._native)

    def write(self, problem: BaseException, where: str) -> Path | None:
        """A report of *problem* in the thread or part *where*; None if it was told before or cannot be written."""
        # As a frozen class refuses ``setattr``.
        marks = vars(problem)
        if marks.get(_TOLD) is self:
            return None
        marks[_TOLD] = self
        return self._write(where, told(problem))

    def close(self) -> None:
        """An end in order: nothing is left to be told."""
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None
            with suppress(OSError):
                self._native_file(os.getpid()).unlink()

    def _write(self, where: str, lines: list[str]) -> Path | None:
        now = datetime.now(UTC)
        head = [
            f"DriveSphere {program_version()} ({self._journal.name}), {where}",
            f"{now.isoformat(timespec='seconds')}, {platform.system()} {platform.release()} {platform.machine()}",
            f"Python {platform.python_version()}{_qt()}",
        ]
        text = "\n".join([*head, "", *lines, "", "Last lines of the log:", *self._journal.last(_LAST_LINES), ""])
        path = self._journal.folder / f"{_FIRST}{now:%Y%m%d-%H%M%S-%f}-{self._journal.name}.txt"
        try:
            self._journal.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            for older in reports(self._journal.folder)[_KEPT_REPORTS:]:
                older.unlink()
        except OSError:
            return None
        return path

    def _native_file(self, pid: int) -> Path:
        return self._journal.folder / f"native-{self._journal.name}-{pid}.txt"

    def _collect_native(self) -> None:
        """What earlier processes that are gone left of an end within a library becomes a report."""
        for left in sorted(self._journal.folder.glob(f"native-{self._journal.name}-*.txt")):
            with suppress(OSError, ValueError):
                pid = int(left.stem.rpartition("-")[2])
                # In a container each start may be the same process number.
                if pid != os.getpid() and psutil.pid_exists(pid):
                    continue
                said = left.read_text(encoding="utf-8", errors="replace").splitlines()
                left.unlink()
                if said:
                    self._write("ended within a library", [_short(line) for line in said])


def reports(folder: Path) -> list[Path]:
    """Newest first."""
    with suppress(OSError):
        return sorted(folder.glob(f"{_FIRST}*.txt"), reverse=True)
    return []


@contextmanager
def watching(
    folder: Path | None, name: str, *, aloud: int = logging.WARNING, debug: bool = False
) -> Iterator[Crashes | None]:
    """Keep a log in *folder* (see ``journal.keep``) and report crashes there; None keeps nothing."""
    if folder is None:
        yield None
        return
    crashes = Crashes(keep(folder, name, aloud=aloud, debug=debug))
    crashes.watch()
    yield crashes
    crashes.close()


def _short(line: str) -> str:
    """As faulthandler writes a frame, without the folders that may be named after a person."""
    before, quote, rest = line.partition('File "')
    path, behind, tail = rest.partition('"')
    return f"{before}{quote}{'/'.join(Path(path).parts[-3:])}{behind}{tail}" if quote else line


def program_version() -> str:
    try:
        return version("drivesphere")
    except PackageNotFoundError:
        return "of unknown version"


def _qt() -> str:
    module = sys.modules.get("PySide6")
    return f", PySide6 {getattr(module, '__version__', '')}" if module else ""
