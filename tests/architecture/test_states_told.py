"""Whatever is said of states is said of every one: no table leaves one out, and no choice falls through in silence."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from engine.domain.booking import states as booking_states
from engine.domain.car import availability, car, movement
from engine.domain.money import payment, pricing, trouble

ROOT = Path(booking_states.__file__).parents[3]
#: What a stored record can be in.
STATES = (
    booking_states.BookingState,
    booking_states.Standing,
    payment.AttemptState,
    payment.RefundState,
    trouble.Why,
    availability.WhyTaken,
    car.CarStatus,
    movement.MovementState,
    pricing.LineKind,
)
STATE_OF = re.compile(r"\.(state|standing|status|why)\b")
#: Stripe's own words, which may become more without us.
FOREIGN = ("dispute.facts.status", "facts.status", "fault.status")


def program() -> Iterator[tuple[str, ast.Module]]:
    for top in ("engine", "desktop"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def names_in(file: str) -> dict[str, object]:
    """Names in a module of the program -> what they mean."""
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return vars(importlib.import_module(".".join(parts)))


def kind_of(table: ast.Dict, names: dict[str, object]) -> type[Enum] | None:
    """The one kind of state of which every key of *table* is a member; None if there is none such."""
    kinds = {key.value.id for key in table.keys if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)}
    whole = all(isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) for key in table.keys)
    kind = names.get(kinds.pop()) if whole and len(kinds) == 1 else None
    return kind if kind in STATES else None


def test_every_table_of_states_has_every_state():
    seen, partial = 0, []
    for file, tree in program():
        displays = [node for node in ast.walk(tree) if isinstance(node, ast.Dict) and node.keys]
        for node in displays:
            if kind := kind_of(node, names_in(file)):
                seen += 1
                left_out = set(kind.__members__) - {key.attr for key in node.keys}
                partial += [f"{file}:{node.lineno} says nothing of {name}" for name in sorted(left_out)]

    assert [] == partial
    assert seen > 10


def test_nothing_is_said_of_a_state_that_nobody_thought_of():
    silent = []
    for file, tree in program():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                asked = ast.unparse(node.args[0]) if node.args else ""
                if STATE_OF.search(asked) and asked not in FOREIGN and not file.startswith("engine/sandbox/"):
                    silent.append(f"{file}:{node.lineno} {ast.unparse(node)}")

    assert [] == silent


#: Kind of state -> the files that choose by it, each of which mypy names when there is one more.
CHOOSING = {
    "engine/domain/booking/states.py:BookingState": {
        "desktop/words/booking_words.py",
        "desktop/viewmodels/booking/panel_state.py",
        "engine/domain/booking/states.py",
        "engine/domain/booking/giving_back.py",
        "engine/domain/booking/unbelieved.py",
    },
    "engine/domain/money/payment.py:AttemptState": {"desktop/words/renter_words.py"},
    "engine/domain/money/payment.py:RefundState": {"desktop/words/booking_words.py"},
    "engine/domain/money/trouble.py:Why": {"desktop/views/booking/history.py"},
    "engine/domain/money/pricing.py:LineKind": {"engine/domain/money/pricing.py", "desktop/words/booking_words.py"},
    "engine/domain/car/movement.py:MovementState": {"desktop/views/fleet/service_words.py"},
}


@pytest.mark.slow
def test_a_state_more_is_red_wherever_one_chooses_by_it(tmp_path):
    for top in ("engine", "desktop"):
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place in CHOOSING:
        file, kind = place.split(":")
        path = tmp_path / file
        path.write_text(
            re.sub(rf"(class {kind}\(StrEnum\):\n(?:    \"\"\".*\n\n)?)", r"\1    LIMBO = auto()\n", path.read_text())
        )
    choosing = sorted(set().union(*CHOOSING.values()))

    done = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-m", "mypy", "--follow-imports=silent", "--cache-dir", str(tmp_path / "cache"), *choosing],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    red = {
        (line.split(":")[0], kind) for line in done.stdout.splitlines() for kind in re.findall(r"(\w+)\.LIMBO", line)
    }
    assert {(file, place.split(":")[1]) for place, files in CHOOSING.items() for file in files} == red
