"""`constraints.txt` must hold every package that a set-up installs, or two machines get two programs."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"([a-z0-9][a-z0-9-]*)==([^\s;]+)")


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [PIN.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert None not in found, "only name==version lines are valid on every platform"
    return {pin[1]: pin[2] for pin in found if pin}


def installed_for(name: str, extra: str, into: dict[str, str]) -> dict[str, str]:
    """Name and version of everything that *name* with its *extra* pulls in here."""
    for line in distribution(name).requires or ():
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        key = canonicalize_name(wanted.name)
        if key in into:
            continue
        try:
            into[key] = distribution(wanted.name).version
        except PackageNotFoundError:
            into[key] = "not installed: run build/setup.sh test"
            continue
        installed_for(wanted.name, next(iter(wanted.extras), ""), into)
    return into


def test_everything_installed_is_pinned_at_its_version():
    installed = installed_for("drivesphere", "dev", {})

    assert {name: pins().get(name, "no pin") for name in installed} == installed


def test_pins_are_sorted_and_said_once():
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    names = [line.split("==")[0] for line in lines]

    assert names == sorted(set(names))
