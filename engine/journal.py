"""The program's own log: a file of JSON lines per part of the program, in the person's log folder.

What may stand in it is listed, not what may not: numbers, ids and words of our own. Names, telephones, addresses,
plates and secrets never do, so that a file can be sent to whoever helps. Exceptions are told by their class and their
lines, without the text, which quotes what it was about.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

#: A file is set aside when it is so large, and so many are kept beside it.
LARGEST_BYTES, SET_ASIDE = 1_000_000, 5
HIDDEN = "…"
_LONGEST = 300
#: Fields whose values are ids, codes, counts and words of ours. A test holds every field that is logged against these.
KEPT = frozenset(
    "area back_to booking bookings by code collection count database dispute doubt found images intent kind"
    " namespaces of param reason refund role session source state status step stripe task until wish"
    " where".split()
)
#: Whatever the field: an address, a secret, or a number that could be dialled.
_PRIVATE = re.compile(
    r"\S+@\S+"
    r"|\b(?:sk|rk|pk|whsec)_\w+"
    r"|\+?\d(?:[ ()/-]{0,2}\d){7,}"
    r"|\b[0-9a-fA-F]{32,}\b"
)  # fmt: skip


class Journal:
    """Writes lines to ``NAME.log`` in a folder; whatever is wrong with the disk, the program goes on."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.path = folder / f"{name}.log"
        self._lock = threading.Lock()

    def write(self, level: str, event: str, fields: MutableMapping[str, Any], problem: BaseException | None) -> None:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "pid": os.getpid()}
        line |= {"event": event[:_LONGEST], **{name: plain(name, value) for name, value in fields.items()}}
        if problem is not None:
            line["problem"] = told(problem)
        text = json.dumps(line, ensure_ascii=False, default=lambda _: HIDDEN) + "\n"
        with self._lock, suppress(OSError):
            self._make_room()
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(text.encode("utf-8", "replace"))

    def last(self, count: int) -> list[str]:
        with suppress(OSError):
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
        return []

    def _make_room(self) -> None:
        """Another process that writes here opens the file for each line, and finds the new one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists() or self.path.stat().st_size < LARGEST_BYTES:
            return
        for at in range(SET_ASIDE, 0, -1):
            older = self.path if at == 1 else self.path.with_name(f"{self.path.name}.{at - 1}")
            if older.exists():
                older.replace(self.path.with_name(f"{self.path.name}.{at}"))


def plain(name: str, value: object) -> object:
    """*value* as it may stand in a file that somebody else reads."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if name in KEPT else HIDDEN
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(name, each) for each in value][:50]
    return clean(str(value)) if name in KEPT else HIDDEN


def clean(text: str) -> str:
    """*text* without what looks like an address, a secret or a telephone number."""
    return _PRIVATE.sub(HIDDEN, text.replace(str(Path.home()), "~"))[:_LONGEST]


def told(problem: BaseException) -> list[str]:
    """Class and lines of *problem* and of what led to it; never its text."""
    lines: list[str] = []
    seen: set[int] = set()
    now: BaseException | None = problem
    while now is not None and id(now) not in seen and len(lines) < _LONGEST:
        seen.add(id(now))
        code = getattr(now, "code", "")
        kind = f"{type(now).__module__}.{type(now).__qualname__}"
        lines.append(f"{kind} [{code}]" if isinstance(code, str) and code else kind)
        lines += [
            f"  {_place(frame.filename)}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(now.__traceback__)
        ]
        if isinstance(now, BaseExceptionGroup):
            lines += [f"  | {line}" for each in now.exceptions for line in told(each)]
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return lines


def _place(file: str) -> str:
    """The last three parts of a path: the folders above may be named after a person."""
    return "/".join(Path(file).parts[-3:])


class _Both:
    """structlog's last step but one: to the file, and on to the terminal if it is grave enough."""

    def __init__(self, journal: Journal, aloud: int) -> None:
        self._journal, self._aloud = journal, aloud

    def __call__(self, _logger: Any, method: str, event_dict: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        fields = {name: value for name, value in event_dict.items() if name not in _OURS}
        self._journal.write(method, str(event_dict.get("event", "")), fields, _problem(event_dict.get("exc_info")))
        if logging.getLevelNamesMapping().get(_LEVELS.get(method, method).upper(), logging.ERROR) < self._aloud:
            raise structlog.DropEvent
        return event_dict


_OURS = frozenset({"event", "exc_info", "timestamp", "level", "stack_info", "report"})
_LEVELS = {"exception": "error", "warn": "warning", "msg": "info"}


def _problem(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None


class _Others(logging.Handler):
    """What libraries say through ``logging``: who, how grave, where; their own text may quote anything."""

    def __init__(self, journal: Journal, level: int) -> None:
        super().__init__(level)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith("engine.")
        said = {"step": record.getMessage().split("\n")[0]} if ours else {}
        where = f"{_place(record.pathname)}:{record.lineno}"
        self._journal.write(record.levelname.lower(), record.name, {"where": where, **said}, _problem(record.exc_info))


def keep(folder: Path, name: str, *, aloud: int = logging.WARNING, debug: bool = False) -> Journal:
    """From now on what this process logs stands in *folder* too; *aloud* and graver also on the error output.

    Args:
        folder: The person's log folder; made when the first line comes.
        name: Which part of the program this is; its file is named after it.
        aloud: A level of ``logging``.
        debug: Keep everything, and say it too.
    """
    journal, level = Journal(folder, name), logging.DEBUG if debug else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            _Both(journal, level if debug else aloud),
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Others)]:
        root.removeHandler(handler)
    root.addHandler(_Others(journal, logging.INFO if debug or name == "keeper" else logging.WARNING))
    return journal
