# noqa: INP001 -- a script, no package
"""All texts that the program says, as a ``.ts`` file for Qt Linguist: ``python build/texts.py de > drivesphere_de.ts``.

What lupdate does for C++: the texts stand in ``tr``, ``counted`` and ``Words`` (docs/decisions/0058).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Said:
    """Attributes: ``counted`` tells that a translation has a form for each kind of number."""

    text: str
    counted: bool
    where: str


def texts(root: Path = ROOT) -> list[Said]:
    """In the order of the files; a text that is said twice once."""
    found: dict[tuple[str, bool], Said] = {}
    for path in (path for top in ("engine", "desktop") for path in sorted((root / top).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for text, counted in _texts_of(node):
                    where = f"{path.relative_to(root)}:{node.lineno}"
                    found.setdefault((text, counted), Said(text, counted, where))
    return list(found.values())


def _texts_of(call: ast.Call) -> Iterator[tuple[str, bool]]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    constants = [each.value if isinstance(each, ast.Constant) else None for each in call.args]
    match name, constants:
        case "tr", [str(text)]:
            yield text, False
        case (("counted" | "Many"), [str(), str(text), *_]):
            yield text, True
        case "Words", [None]:
            table = call.args[0]
            for told in table.values if isinstance(table, ast.Dict) else ():
                if isinstance(told, ast.Constant):
                    yield told.value, False


def linguist(said: list[Said], language: str) -> str:
    rows = []
    for each in said:
        form = "<numerusform></numerusform>" if each.counted else ""
        numerus = ' numerus="yes"' if each.counted else ""
        rows.append(
            f"<message{numerus}>\n<extracomment>{each.where}</extracomment>\n<source>{escape(each.text)}</source>\n"
            f'<translation type="unfinished">{form}</translation>\n</message>\n'
        )
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="{language}">\n'
    return f"{head}<context>\n<name>DriveSphere</name>\n{''.join(rows)}</context>\n</TS>\n"


if __name__ == "__main__":
    print(linguist(texts(), sys.argv[1]))  # noqa: T201 -- its output
