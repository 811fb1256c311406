"""No sentence that people read stands outside words modules and calls of ``tr`` (docs/decisions/0058).

In the window and in the commands a *sentence* is a literal with two words of letters beside each other, or one that
begins with a capital and a small letter, as a title does. The rest of the engine talks to servers, files and logs, so a
sentence is there what ends as one: with a full stop, a colon or three dots behind a capital. What is no text for people
is named below, each with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_SENTENCE = re.compile(r"[A-Za-z]{2,}[,;:.!?]* +[A-Za-z(]{2,}|^[A-Z][a-z]+")
_WHOLE = re.compile(r"^\W*[A-Z{].* .*[A-Za-z}].*[.:…]$|[a-z]\. [A-Z]", re.DOTALL)
#: Takes texts: what stands in their calls is translated, or is a table of what is.
_TRANSLATED = {"tr", "counted", "Many", "Words"}
#: Their texts are for programs, developers and logs, or are names that nobody translates.
_NO_TEXTS = {
    # Names of tasks, which end each other by name.
    "once", "latest", "stop", "running", "create_task", "_on_file",
    # Names that Qt, the system and other programs know.
    "setObjectName", "setProperty", "property", "QSettings", "setStyle", "setApplicationName", "QKeySequence",
    "setFamilies", "cast", "TypeVar", "NewType", "print",
    # Patterns of dates and numbers.
    "toString", "_written",
    # Log events and their facts.
    "debug", "info", "warning", "error", "exception",
    # An error that is handed on; as with those that are raised, developers read its message.
    "CopyUnusable",
    # Taken off or looked for.
    "removeprefix", "removesuffix", "startswith", "endswith", "getattr",
}  # fmt: skip
#: The brand; keys as they stand on the keyboard; zones; examples of a file's line.
_NAMES = re.compile(
    r"DriveSphere|(Ctrl|Alt|Shift)\+.*|Enter|Esc|Tab|Up|Down|Delete|Europe/Berlin|Golf|Vogel; Ada"
    r"|MongoDB|Redis"
)
_COMMANDS = ("engine/commands/", "engine/cli.py")
#: File -> why its literals are no texts.
_EXEMPT = {
    "engine/words": "words modules",
    "engine/sandbox": "plays Stripe: what it answers and shows is Stripe's",
    "engine/adapters/http/monitor_server.py": "help of metrics, as Prometheus shows it",
    "engine/adapters/http/return_page.py": "the page in the payer's browser, whose language is not this computer's",
    "engine/crash_reports.py": "a report for developers",
    "engine/commands/race.py": "the firm and the people that a race is run with",
    "desktop/theme": "names of fonts, style sheets, names of icons",
    "desktop/viewmodels": "names of tasks; what a view-model says is told by its view",
    "desktop/smoke.py": "tells who tries a build that it runs",
    "desktop/words/language.py": "the name of Qt's context",
}


def _strays(path: Path, root: Path) -> list[str]:
    tree, where = ast.parse(path.read_text(encoding="utf-8")), str(path.relative_to(root))
    sentence = _WHOLE if where.startswith("engine/") and not where.startswith(_COMMANDS) else _SENTENCE
    return [
        f"{where}:{line}: {text}"
        for line, text in _literals(tree, told=False)
        if sentence.search(text) and not _NAMES.fullmatch(text)
    ]


def _literals(node: ast.AST, *, told: bool) -> Iterator[tuple[int, str]]:
    parts = ast.iter_child_nodes(node)
    if isinstance(node, ast.JoinedStr):
        parts = (each for each in parts if isinstance(each, ast.FormattedValue))
    for child in parts:
        match child:
            case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.arg() | ast.Assert() | ast.pattern():
                continue  # docstrings; what developers read of errors; types; values that are compared
            case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
                continue
        _without_types_and_keys(child)
        inside = told or (isinstance(child, ast.Call) and _name(child) in _TRANSLATED | _NO_TEXTS)
        if not inside and (text := _text_of(child)):
            yield child.lineno, text
        yield from _literals(child, told=inside)


def _without_types_and_keys(node: ast.AST) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            node.returns = None
        case ast.AnnAssign():
            node.annotation = ast.Name("Any")
        case ast.Subscript():
            node.slice = ast.Name("any")
        case ast.Dict():
            node.keys = [None] * len(node.keys)


def _text_of(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
    return ""


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def strays(root: Path, top: str) -> list[str]:
    found = []
    for path in sorted((root / top).rglob("*.py")):
        where = str(path.relative_to(root))
        if not where.startswith(tuple(_EXEMPT)):
            found += _strays(path, root)
    return found


@pytest.mark.parametrize("top", ["desktop", "engine"])
def test_no_sentence_stands_outside_the_words(top):
    assert strays(ROOT, top) == []


@pytest.mark.parametrize(
    "code",
    [
        'label.setText("Keep the booking")',
        'TITLE = "Bookings"',
        'say(f"{cars} cars at {branch}")',
        'f("a " + "car is out")',
    ],
)
def test_a_sentence_outside_tr_is_found(tmp_path, code):
    (tmp_path / "desktop").mkdir()
    (tmp_path / "desktop/view.py").write_text(code + "\n")

    assert len(strays(tmp_path, "desktop")) == 1


@pytest.mark.parametrize(
    "code",
    ['label.setText(tr("Keep the booking"))', 'raise ValueError("two keys for it")', 'tasks.once("sign in", f())'],
)
def test_what_is_told_or_no_text_is_not(tmp_path, code):
    (tmp_path / "desktop").mkdir()
    (tmp_path / "desktop/view.py").write_text(code + "\n")

    assert strays(tmp_path, "desktop") == []
