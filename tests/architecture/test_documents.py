"""Pages that name files, functions and tests name those that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEFECTS, WALK = ROOT / "docs/defects.md", ROOT / "docs/one-booking.md"
GUIDE = ROOT / "CONTRIBUTING.md"
#: In the name of a test, and in brackets where a guard says what it is for.
_IN_TESTS, _IN_CODE = re.compile(r"def test_((?:[A-Z]\d+_)+)"), re.compile(r"\(([BPRSIOTX]\d{1,2})\)")

#: Of the walk: a file, and names in it.
_STEP = re.compile(r"^\| `([\w/]+\.py)` \| ((?:`[\w.]+`(?:, )?)+) \|", re.MULTILINE)


def ids_in_use() -> set[str]:
    used: set[str] = set()
    for top, pattern in (("tests", _IN_TESTS), ("engine", _IN_CODE), ("desktop", _IN_CODE)):
        for path in (ROOT / top).rglob("*.py"):
            for found in pattern.findall(path.read_text(encoding="utf-8")):
                used |= set(found.strip("_").split("_"))
    return used


@cache
def defined(path: Path) -> frozenset[str]:
    """What a file defines: functions, classes, methods as ``Class.method``, fields and constants."""
    names: set[str] = set()

    def take(body: list[ast.stmt], within: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names.add(within + node.name)
            if isinstance(node, ast.ClassDef):
                take(node.body, f"{within}{node.name}.")
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found = [each for target in targets for each in ast.walk(target)]
                names.update(within + each.id for each in found if isinstance(each, ast.Name))

    take(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return frozenset(names)


def test_every_defect_that_is_named_is_explained_and_no_other():
    rows = re.findall(r"^\| ([A-Z]\d+)(?:, DST)? \|", DEFECTS.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(ids_in_use())


def test_every_defect_is_held_off_by_a_test_that_is_there():
    named = re.findall(r"`(tests/\S+\.py)::(\w+)`", DEFECTS.read_text(encoding="utf-8"))

    assert [f"{path}::{name}" for path, name in named if name not in defined(ROOT / path)] == []
    assert named


def strays(page: str) -> list[str]:
    """Of the rows of a walk, ``file`` and names in it: those that are not there."""
    missing = []
    for path, names in _STEP.findall(page):
        here = defined(ROOT / path) if (ROOT / path).exists() else frozenset()
        missing += [f"{path}: {name}" for name in re.findall(r"`([\w.]+)`", names) if name not in here]
    return missing


def test_a_booking_goes_through_files_and_names_that_are_there():
    page = WALK.read_text(encoding="utf-8")

    assert strays(page) == []
    assert page.count("\n| `") == len(_STEP.findall(page))


def test_the_guide_shows_what_a_page_and_a_rule_take_by_files_and_names_that_are_there():
    page = GUIDE.read_text(encoding="utf-8")

    assert strays(page) == []
    assert len(_STEP.findall(page)) == page.count("\n| `desktop/") + page.count("\n| `engine/")


@pytest.mark.parametrize(
    "row", ["| `engine/cli.py` | `no_such_thing` | x |", "| `engine/gone.py` | `main` | x |"], ids=["name", "file"]
)
def test_a_name_that_is_not_there_is_told(row):
    assert len(strays(row)) == 1
