"""Thumbnails kept on this computer's disk, so that a fleet seen once is there at once."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024 * 1024
#: After a clean-up so much room is free again that the next one is not due at once.
_KEPT_SHARE = 0.8
_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}")
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"


class ThumbnailFolder:
    """The port ``ThumbnailCache`` on a folder only this user can read; what was longest unused goes first.

    A key's value never changes, so nothing here is ever out of date. A folder that cannot be used counts as empty.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self._size: int | None = None

    async def get(self, keys: frozenset[str]) -> dict[str, bytes]:
        return await asyncio.to_thread(self._get, keys)

    async def put(self, found: dict[str, bytes]) -> None:
        await asyncio.to_thread(self._put, found)

    def _get(self, keys: frozenset[str]) -> dict[str, bytes]:
        found = {}
        for key in keys:
            try:
                path = self._path(key)
                data = path.read_bytes()
                os.utime(path)
            except OSError:
                continue
            # Half a file, from a disk that was full or a computer that lost its power, is none.
            if data.startswith(_BEGIN) and data.endswith(_END):
                found[key] = data
        return found

    def _put(self, found: dict[str, bytes]) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for key, data in found.items():
                self._write(self._path(key), data)
            self._keep_small(sum(map(len, found.values())))
        except OSError as problem:
            log.info("thumbnail_cache.not_kept", problem=type(problem).__name__)

    def _write(self, path: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _keep_small(self, added: int) -> None:
        if self._size is not None and self._size + added <= self._most:
            self._size += added
            return
        files = [(file, file.stat()) for file in self._folder.iterdir() if file.is_file()]
        self._size = sum(about.st_size for _, about in files)
        if self._size <= self._most:
            return
        for file, about in sorted(files, key=lambda each: each[1].st_mtime):
            if self._size <= self._most * _KEPT_SHARE:
                break
            file.unlink(missing_ok=True)
            self._size -= about.st_size

    def _path(self, key: str) -> Path:
        if not _NAME.fullmatch(key):
            raise FileNotFoundError(key)
        return self._folder / f"{key}.jpg"


class NoThumbnails:
    """Where there is no folder to keep anything in."""

    async def get(self, _keys: frozenset[str]) -> dict[str, bytes]:
        return {}

    async def put(self, _found: dict[str, bytes]) -> None:
        return None
