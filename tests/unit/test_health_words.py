"""Every remark that the engine makes has its words, with every fact that they name."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from engine.words import health
from engine.words.tr import Many

ROOT = Path(__file__).resolve().parents[2]
_TABLES = (health._LINES, health._FOUND, health._TO_DO)
#: Codes that are put together from a name: the area, the member's state, what was kept.
_COMPOSED = ("claims.", "rows.", "member.", "claim.no_car_")


def _remarks() -> dict[str, list[set[str]]]:
    """Code -> the names of the facts, at each place that makes such a remark."""
    found: dict[str, list[set[str]]] = {}
    for path in (ROOT / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "remark":
                codes = [each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)]
                for code in codes if not isinstance(node.args[0], ast.JoinedStr) else ():
                    found.setdefault(code, []).append({each.arg for each in node.keywords})
    return found


REMARKS = _remarks()


def _places(told: str | Many) -> set[str]:
    texts = (told.one, told.many) if isinstance(told, Many) else (told,)
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(REMARKS))
def test_every_remark_has_words_that_name_no_fact_it_lacks(code):
    (told,) = [table._by_code[code] for table in _TABLES if code in table]

    assert all(_places(told) <= facts for facts in REMARKS[code])


def test_no_words_are_left_over():
    told = {code for table in _TABLES for code in table}

    assert {code for code in told - REMARKS.keys() if not code.startswith(_COMPOSED)} <= {
        "members.unreachable", "members.not_ready", "database.away"
    }  # fmt: skip
