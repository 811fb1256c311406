"""House rules that no linter knows: sizes, who reads the environment, what no tracked file may name."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: From 300 on a reviewer asks whether there are two reasons to change.
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
#: "file" or "file:function" -> why it may be longer. Empty is the aim.
MAY_BE_LONGER: dict[str, str] = {}

#: The environment is read in one place, so that `drivesphere doctor` and the README can tell what counts.
READS_ENVIRONMENT = {"engine/config.py"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}

#: A clone must work behind any mirror and in any folder.
HOSTS = re.compile(
    r"(pypi|pythonhosted|npmjs|crates|rubygems|deb\.debian|snapshot\.debian|security\.debian)\.(org|com|io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~$}/])/(work|root|Users/\w+|home/\w+|opt/\w+)/")


def program_files(root: Path) -> list[Path]:
    return sorted(path for top in ("engine", "desktop", "resources") for path in (root / top).rglob("*.py"))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, the docstring not counted."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def too_long(root: Path) -> set[str]:
    found = set()
    for path in program_files(root):
        where, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        if len(text.splitlines()) >= LONGEST_FILE:
            found.add(where)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) >= LONGEST_FUNCTION:
                found.add(f"{where}:{node.name}")
    return found


def environment_readers(root: Path) -> set[str]:
    found = set()
    for path in program_files(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            by_attribute = (
                isinstance(node, ast.Attribute)
                and node.attr in ENVIRONMENT
                and isinstance(node.value, ast.Name)
                and node.value.id == "os"
            )
            by_name = (
                isinstance(node, ast.ImportFrom)
                and node.module == "os"
                and not ENVIRONMENT.isdisjoint(alias.name for alias in node.names)
            )
            if by_attribute or by_name:
                found.add(path.relative_to(root).as_posix())
    return found


def kept_files() -> list[Path]:
    """What git keeps or would keep: tracked, and new but not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout  # noqa: S603 - constant
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


def named_places(text: str) -> list[str]:
    return [found.group() for pattern in (HOSTS, MACHINE_PATHS) for found in pattern.finditer(text)]


def test_files_and_functions_stay_short():
    assert too_long(ROOT) - MAY_BE_LONGER.keys() == set()


def test_nothing_is_excused_without_need():
    assert MAY_BE_LONGER.keys() - too_long(ROOT) == set()


def test_a_long_function_is_reported(tmp_path):
    (tmp_path / "engine").mkdir()
    lines = "    a = 1\n" * LONGEST_FUNCTION
    (tmp_path / "engine/long.py").write_text(f"def tall():\n{lines}\ndef fine():\n    '''{lines}'''\n")

    assert too_long(tmp_path) == {"engine/long.py:tall"}


def test_only_the_settings_read_the_environment():
    assert environment_readers(ROOT) <= READS_ENVIRONMENT


@pytest.mark.parametrize(
    "code", ["import os\nx = os.environ['A']", "import os\nos.getenv('A')", "from os import environ"]
)
def test_a_second_reader_of_the_environment_is_reported(tmp_path, code):
    (tmp_path / "desktop").mkdir()
    (tmp_path / "desktop/app.py").write_text(code)

    assert environment_readers(tmp_path) == {"desktop/app.py"}


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine():
    named = {}
    for path in kept_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and the like
        if places := named_places(text):
            named[path.relative_to(ROOT).as_posix()] = places

    assert named == {}


@pytest.mark.parametrize(
    "text", ["https://" + "pypi." + "org/simple", "cd /" + "work/main", "/" + "home/ann/x", "/" + "root/x"]
)
def test_such_a_name_is_seen(text):
    assert len(named_places(text)) == 1


@pytest.mark.parametrize("text", ["docs/work/a.md", "https://docs.stripe.com/api", "~/work/x", "at home/ann"])
def test_harmless_names_are_not(text):
    assert named_places(text) == []
