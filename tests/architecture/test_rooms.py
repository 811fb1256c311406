"""Rooms stay small enough to look through, and what one is about does not lean on what stands above it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_FILES = 25
#: Rooms beside each other within one: none of them leans on one that leans on it.
LAYERED = ("desktop.views", "desktop.viewmodels", "desktop.widgets", "engine.services")


def modules(root: Path) -> dict[str, Path]:
    paths = (path for top in ("engine", "desktop") for path in (root / top).rglob("*.py"))
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules of ours that are imported while the program runs; what only types need is left out."""
    found = set()
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else node.module for name in names}
        todo += ast.iter_child_nodes(node)
    return found & known.keys()


def leanings(root: Path, within: str) -> dict[str, set[str]]:
    """Room -> the rooms beside it from which it imports; "" are the files that stand in none."""
    known = modules(root)

    def room(module: str) -> str:
        inner = module.removeprefix(f"{within}.").split(".")
        return inner[0] if len(inner) > 1 else ""

    found: dict[str, set[str]] = {}
    for module, path in known.items():
        if module.startswith(f"{within}.") and path.name != "__init__.py":
            others = {room(each) for each in imported(path, known) if each.startswith(f"{within}.")}
            found.setdefault(room(module), set()).update(others - {room(module)})
    return found


def circles(leaning: dict[str, set[str]]) -> set[str]:
    """Rooms that are left when those that lean on nothing are taken away, again and again."""
    left = {room: set(others) for room, others in leaning.items()}
    while free := [room for room, others in left.items() if not others & left.keys()]:
        for room in free:
            del left[room]
    return set(left)


def test_no_room_has_more_files_than_one_looks_through():
    sizes = Counter(path.parent for path in modules(ROOT).values() if path.name != "__init__.py")

    # A history is looked through by its numbers.
    del sizes[ROOT / "engine/adapters/mongo/schema/migrations"]
    assert {} == {str(room.relative_to(ROOT)): size for room, size in sizes.items() if size >= MOST_FILES}


@pytest.mark.parametrize("within", LAYERED)
def test_no_room_leans_on_one_that_leans_on_it(within):
    leaning = leanings(ROOT, within)

    assert len(leaning) > 3
    assert set() == circles(leaning)


def test_what_services_need_of_the_outside_is_a_port():
    """A service's own Protocol would be a port that nobody finds there."""
    found = {
        f"{module}.{node.name}"
        for module, path in modules(ROOT).items()
        if module.startswith("engine.services.")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in node.bases)
    }

    assert set() == found


def test_two_rooms_that_lean_on_each_other_are_told(tmp_path):
    for name, code in {
        "parts/one.py": "from desktop.views.search import page\n",
        "search/page.py": "from desktop.views.parts.one import x\n",
        "frame/shell.py": "from desktop.views.search.page import x\n",
    }.items():
        file = tmp_path / "desktop" / "views" / name
        file.parent.mkdir(parents=True)
        file.write_text(code)

    assert {"parts", "search"} <= circles(leanings(tmp_path, "desktop.views"))
