"""Every code that the engine says has its words, which name no fact that it does not bring."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from engine.words import health, problems, provisioning, refused
from engine.words.tr import Many

ROOT = Path(__file__).resolve().parents[2]
_TABLES = (
    health._LINES,
    health._FOUND,
    health._TO_DO,
    problems._SAID,
    provisioning._LINES,
    refused._FIELDS,
    refused._PERIODS,
)
#: Who says a code -> at which place of its call the code stands.
_SAYERS = {
    "remark": 0, "Misconfigured": 0, "BackupRefused": 0, "BackupKeyWrong": 0, "ServersFailed": 0, "InvalidPeriod": 0,
    "InvalidText": 1, "PaperRefused": 0, "_progress": 0, "serve_http": 2,
}  # fmt: skip


def _said() -> dict[str, list[set[str]]]:
    """Code -> the names of the facts, at each place that says it. Codes put together from a name are left out."""
    found: dict[str, list[set[str]]] = {}
    for path in (path for top in ("engine", "desktop") for path in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name in _SAYERS and len(node.args) > _SAYERS[name]:
                for code in _codes(node.args[_SAYERS[name]]):
                    # The server knows where it could not listen.
                    facts = {"host", "port", "why"} if name == "serve_http" else set()
                    facts |= {each.arg for each in node.keywords} | ({"name"} if name == "InvalidText" else set())
                    found.setdefault(code, []).append(facts)
    return found


def _codes(told: ast.expr) -> list[str]:
    match told:
        case ast.Constant(str(code)):
            return [code]
        case ast.IfExp():
            return _codes(told.body) + _codes(told.orelse)
    return []


SAID = _said()


def _places(told: str | Many) -> set[str]:
    texts = (told.one, told.many) if isinstance(told, Many) else (told,)
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(SAID))
def test_every_code_has_words_that_name_no_fact_it_lacks(code):
    (told,) = [table._by_code[code] for table in _TABLES if code in table]

    assert all(_places(told) <= facts for facts in SAID[code])


def test_no_words_are_left_over():
    """A code put together from a name, such as ``servers.mongod_ready``, is found by its ends."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine").rglob("*.py"))
    told = {code for table in _TABLES for code in table if code not in SAID}

    assert [] == sorted(code for code in told if f'"{code}"' not in _without_tables(sources) and not _composed(code))


_COMPOSED = ("claims.", "agreements.", "marks.", "shifts.", "rows.", "papers.", "member.", "claim.no_car_", "servers.")


def _composed(code: str) -> bool:
    return code.startswith(_COMPOSED)


def _without_tables(sources: str) -> str:
    return "\n".join(line for line in sources.split("\n") if not line.lstrip().startswith('"') or '": ' not in line)
