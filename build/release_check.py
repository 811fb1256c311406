# noqa: INP001 -- a script, no package
"""Whether what lies in dist/ is a release: ``make release-check``, after ``make deb``, at the commit with the tag.

Tag, pyproject, CHANGELOG and the software centre's entry name one version; licences are there; the program starts.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUNDLE = ROOT / "dist" / "drivesphere"
_STARTS_WITHIN_S = 300


def wrong_versions(version: str, tags: list[str], changes: str, metainfo: str, packages: list[str]) -> Iterator[str]:
    """A sentence for each place that names another version than *version*."""
    if f"v{version}" not in tags:
        yield f"The commit has no tag v{version}; it has {', '.join(tags) or 'none'}."
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE):
        yield f"CHANGELOG.md has no entry '## [{version}] - DAY'."
    if f'<release version="{version}"' not in metainfo:
        yield f"The software centre's entry of the package names no release {version}."
    if not any(f"_{version}_" in name for name in packages):
        yield f"dist/ has no package of {version}; make deb makes it."


def missing_licences(bundle: Path) -> Iterator[str]:
    collected = bundle / "_internal" / "resources" / "licences" / "collected.json"
    works = json.loads(collected.read_text(encoding="utf-8")) if collected.is_file() else []
    if not works:
        yield "The bundle has no licences of others."
    for each in works:
        if not each["text"]:
            yield f"{each['name']} comes along without its licence's text."


def does_not_start(bundle: Path) -> Iterator[str]:
    """In an empty HOME, without Python on the PATH."""
    with tempfile.TemporaryDirectory() as home:
        env = {
            "HOME": home,
            "PATH": "/nowhere",
            "QT_QPA_PLATFORM": "offscreen",
            "LANG": os.environ.get("LANG", "C.UTF-8"),
        }
        command = [bundle / "drivesphere", "demo", "--smoke", "--data", f"{home}/data"]
        done = subprocess.run(  # noqa: S603 -- what is to be released
            command, env=env, cwd=home, capture_output=True, text=True, check=False, timeout=_STARTS_WITHIN_S
        )
    told = done.stdout.strip().splitlines()[-1:]
    if done.returncode or not told or not json.loads(told[0]).get("first_data_ms"):
        yield f"The frozen program does not start (status {done.returncode}): {done.stderr[-500:]}"


def _metainfo_of(package: Path) -> str:
    """As it stands in the package, where the version was written into it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)  # noqa: S603, S607 -- our own package
        return (Path(folder) / "usr/share/metainfo/drivesphere.metainfo.xml").read_text(encoding="utf-8")


def main() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    command = ["git", "tag", "--points-at", "HEAD"]
    tags = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    packages = sorted((ROOT / "dist").glob(f"drivesphere_{version}_*.deb"))
    metainfo = _metainfo_of(packages[0]) if packages else ""
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wrong = list(wrong_versions(version, tags, changes, metainfo, [each.name for each in packages]))
    if (BUNDLE / "drivesphere").is_file():
        wrong += [*missing_licences(BUNDLE), *does_not_start(BUNDLE)]
    else:
        wrong.append("There is no bundle in dist/drivesphere; make bundle makes it.")
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
