"""The folder of the embedded servers: what lies where, who may read it, who holds it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.domain.shared.errors import Misconfigured

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: A new set of servers writes about 100 MB; below this, WiredTiger would sooner or later stop in the middle of a write.
LEAST_FREE_MB = 300


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """``servers`` inside the data folder, for its owner only."""

    data_dir: Path

    @property
    def path(self) -> Path:
        return self.data_dir / "servers"

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    @property
    def endpoint(self) -> Path:
        """Where the keeper listens, and the token that it wants to hear."""
        return self / "keeper.json"

    @property
    def keeper_log(self) -> Path:
        return self / "keeper.log"

    def prepare(self) -> None:
        """Make the folder.

        Raises:
            Misconfigured: It cannot be made or written to.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            probe = self / f"probe.{os.getpid()}"
            write_private(probe, "")
            probe.unlink()
        except OSError as problem:
            raise Misconfigured("folder.not_written", folder=self.data_dir, why=problem.strerror) from problem

    def check_space(self, free: Callable[[Path], int] | None = None) -> None:
        """Refuse a disk that is nearly full; *free* answers in bytes.

        Raises:
            Misconfigured: Less than ``LEAST_FREE_MB`` are left.
        """
        left = (free or _free)(self.path) // 1_000_000
        if left < LEAST_FREE_MB:
            raise Misconfigured("folder.no_space", left=left, folder=self.data_dir, needed=LEAST_FREE_MB)

    def secret(self, name: str, prefix: str = "") -> str:
        """The password kept as *name*; made on first use, the same from then on."""
        kept = self / f"{name}.secret"
        if not kept.exists():
            write_private(kept, prefix + secrets.token_hex(24))
        return kept.read_text(encoding="utf-8")

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Hold the folder; yields False if another process holds it.

        The kernel ends the hold with the process, whatever ends that.
        """
        handle = os.open(self / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _lock(handle)
        finally:
            os.close(handle)


def write_private(path: Path, text: str) -> None:
    """Replace *path* in one step by a file that only its owner may read."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Content of *path*; empty if it is missing or not ours any more (a crash may have cut it short)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
