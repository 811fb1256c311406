"""Where a back-up lies: its file appears whole or not at all, and its key file is its owner's."""

from __future__ import annotations

import errno
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.adapters.disk.backup_file import BackupKey
from engine.domain.health.backup import BackupRefused
from engine.domain.shared.remark import remark

#: What a killed back-up leaves beside the file that it would have become.
PART = ".part"
_KEY_BYTES = 32
_HEX = re.compile(rf"[0-9a-fA-F]{{{2 * _KEY_BYTES}}}")
_SHORTEST_PHRASE = 12


@contextmanager
def appearing(path: Path, *, overwrite: bool = False) -> Iterator[BinaryIO]:
    """A file to write and read that takes its name when the block ends well; readable by its owner only.

    Raises:
        BackupRefused: There is a file of that name, its folder takes none, or the disk is full.
    """
    if path.exists() and not overwrite:
        raise BackupRefused("backup.there", path=path)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | _BINARY, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _take_name(part, path, overwrite=overwrite)
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        why = remark("why.disk_full") if full else problem.strerror
        raise BackupRefused("backup.not_written", path=path, why=why) from problem
    finally:
        part.unlink(missing_ok=True)


def read_key_file(path: Path) -> BackupKey:
    """Raises: BackupRefused, with how such a file looks."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise BackupRefused("backup.key_unreadable", path=path) from problem
    if not _HEX.fullmatch(text):
        raise BackupRefused("backup.no_key", path=path, digits=2 * _KEY_BYTES)
    return BackupKey(bytes.fromhex(text), "key")


def make_key_file(path: Path, key: BackupKey | None = None) -> BackupKey:
    """*key*, else a new random one, in a new file. Raises: BackupRefused, also where there is a file already."""
    key = key or BackupKey(secrets.token_bytes(_KEY_BYTES), "key")
    with appearing(path) as file:
        file.write(key.secret.hex().encode() + b"\n")
    return key


def phrase_key(phrase: str, *, new: bool) -> BackupKey:
    """Raises: BackupRefused, for one too short to seal anything *new* with."""
    if new and len(phrase) < _SHORTEST_PHRASE:
        raise BackupRefused("backup.short_phrase", least=_SHORTEST_PHRASE)
    return BackupKey(phrase.encode(), "phrase")


#: Windows would write other line ends.
_BINARY: int = getattr(os, "O_BINARY", 0)


def _take_name(part: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        part.replace(path)
    else:
        try:
            # Unlike renaming, it fails where somebody made a file of that name meanwhile.
            os.link(part, path)
        except FileExistsError as problem:
            raise BackupRefused("backup.overtaken", path=path) from problem
        except OSError:  # a file system without links
            part.rename(path)
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
