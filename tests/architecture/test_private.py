"""Tests look at what a person, a screen reader or another part can see; past that they look less and less."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

QT = Path(__file__).resolve().parents[1] / "qt"
#: How often tests of the window still reach for a private name. Lower it with every one that goes; it never grows.
MOST = 219


def private_names(source: str) -> list[str]:
    """Every ``thing._name`` of *source*; what a test keeps on its own ``self`` is its own."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    ]


def test_tests_of_the_window_reach_for_no_more_private_names_than_before():
    files = sorted(QT.glob("*.py"))
    found = [f"{path.name}:{name}" for path in files for name in private_names(path.read_text("utf-8"))]

    assert len(found) <= MOST, f"give what is needed a public name: {found}"


@pytest.mark.parametrize(
    ("source", "count"),
    [("page._vm.load()", 1), ("page.vm.load()", 0), ("self._begun = page.__class__", 0), ("a._b._c", 2)],
)
def test_a_private_name_is_seen(source, count):
    assert len(private_names(source)) == count
