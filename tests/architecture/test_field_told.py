"""A field more of a record is named by a tool wherever it has to be told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.domain.car import car

ROOT = Path(car.__file__).parents[3]
#: Where a car is made, each of which mypy names when it has a field more.
MADE = {"engine/domain/car/form.py", "engine/embedded/demo_fleet.py", "engine/commands/race.py"}
STORED = "engine/adapters/mongo/codec/documents.py"


@pytest.mark.slow
def test_a_field_more_of_a_car_is_red_wherever_one_is_made_or_stored(tmp_path):
    shutil.copytree(ROOT / "engine", tmp_path / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    if (known := ROOT / ".mypy_cache").is_dir():  # of the check before the tests; without it this takes half a minute
        shutil.copytree(known, tmp_path / ".mypy_cache")
    declared = tmp_path / "engine/domain/car/car.py"
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text.replace("    seats: int\n", "    seats: int\n    doors: int\n", 1), encoding="utf-8")

    typed = run(tmp_path, "-m", "mypy", "-p", "engine").stdout
    loaded = run(tmp_path, "-c", f"import {STORED.removesuffix('.py').replace('/', '.')}").stderr

    red = {line.split(":")[0] for line in typed.splitlines() if '"doors" in call to "Car"' in line}
    assert MADE == red
    assert f'{STORED}", line' in loaded
    assert "not stored: {'doors'}" in loaded
    # Beside these, the class itself and a migration.
    assert len({STORED, *red}) + 2 <= 6


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, *args], cwd=folder, capture_output=True, text=True, check=False
    )
