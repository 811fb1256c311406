"""The history of the stored shapes: a number for each, none twice, none left out."""

from __future__ import annotations

import re
from pathlib import Path

from engine.adapters.mongo.schema import migrations

FOLDER = Path(migrations.__file__).parent


def test_the_migrations_are_numbered_without_a_gap():
    files = sorted(path.name for path in FOLDER.glob("[0-9]*.py"))

    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in files)
    assert list(range(1, len(files) + 1)) == [int(name[:4]) for name in files], "take the next free number"
    assert len(files) == migrations.LATEST == len(migrations.MIGRATIONS)
