"""The tables under ``resources/demo`` and the dice that the demo data is drawn with."""

from __future__ import annotations

import csv
from importlib.resources import files
from random import Random


def rows(table: str) -> list[dict[str, str]]:
    """The rows of ``resources/demo/<table>.csv``, each by its column names."""
    text = files("resources").joinpath("demo", f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def dice(seed: int, *names: str) -> Random:
    """A generator of its own for each purpose, so that a change in one table leaves the others as they were."""
    return Random("/".join((str(seed), *names)))  # noqa: S311 - drawn the same every time on purpose; no secret
