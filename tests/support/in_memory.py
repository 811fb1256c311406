"""A folder in memory for what tests write, where the system has one with room for a whole run."""

from __future__ import annotations

import shutil
from pathlib import Path

#: Where Linux keeps files in memory.
FOLDER = Path("/dev/shm")  # noqa: S108 -- pytest makes a folder of its own in it, for this user alone
#: A whole run holds a third of it; the servers themselves want some.
_ROOM_KB = 8 * 1024 * 1024


def has_room() -> bool:
    """Whether a whole run fits: files in memory take from what programs have."""
    try:
        told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        free_kb = shutil.disk_usage(FOLDER).free // 1024
    except (OSError, ValueError):
        return False
    return min(free_kb, int(told.get("MemAvailable", "0 kB").split()[0])) > _ROOM_KB
