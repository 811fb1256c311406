"""Nothing moves money or leaves the program past its one guard (docs/decisions/0025 and 0026)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: What only one module makes: the judged booking, and the orders that Stripe's gateway takes.
MADE_IN = {
    "Believed": "engine/domain/booking/belief.py",
    "DecidedByHand": "engine/services/booking/unbelieved.py",
    "OpenPage": "engine/domain/booking/belief.py",
    "Capture": "engine/domain/booking/belief.py",
    "VoidPayment": "engine/domain/booking/belief.py",
    "GiveBack": "engine/domain/booking/belief.py",
    "PageAddress": "engine/domain/money/addresses.py",
}
#: What only one module may say: the ways to hand something to the operating system.
WAYS_OUT = re.compile(
    r"QDesktopServices|\bwebbrowser\b|startfile|xdg-open|setOpenExternalLinks|openExternalLinks|rundll32"
)
DOOR = "desktop/outside.py"
#: Whoever speaks Stripe's verbs that move money; everything else goes through the gateway.
VERBS = re.compile(r"sessions\.create_async|payment_intents\.(capture|cancel)_async|refunds\.create_async")
GATEWAY = "engine/adapters/stripe/gateway.py"


def program_files(root: Path) -> list[Path]:
    return sorted(path for top in ("engine", "desktop", "resources") for path in (root / top).rglob("*.py"))


def makers(root: Path) -> set[tuple[str, str]]:
    """(class, file) wherever one of ``MADE_IN`` is made or copied with changes."""
    found = set()
    for path in program_files(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in MADE_IN:
                    found.add((name, path.relative_to(root).as_posix()))
    return found


def sayers(root: Path, words: re.Pattern[str]) -> set[str]:
    return {
        path.relative_to(root).as_posix()
        for path in program_files(root)
        if words.search(path.read_text(encoding="utf-8"))
    }


def test_orders_for_stripe_come_out_of_what_was_judged():
    assert set(MADE_IN.items()) == makers(ROOT)


def test_only_the_gateway_speaks_the_verbs_that_move_money():
    assert {GATEWAY} == sayers(ROOT, VERBS)


def test_there_is_one_way_out_of_the_window():
    assert {DOOR} == sayers(ROOT, WAYS_OUT)


@pytest.mark.parametrize("line", ["Capture('pi', m, 'k')", "belief.Believed(row)", "x = [GiveBack(*a)]"])
def test_an_order_made_elsewhere_is_seen(tmp_path, line):
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine/sly.py").write_text(f"{line}\n")

    assert {"engine/sly.py"} == {place for _, place in makers(tmp_path)}
