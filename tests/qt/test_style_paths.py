"""The program may lie in any folder: its style sheet and the drawings that it names are found all the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Draws what the style sheet's own drawings are on, and prints what came of it.
DRAW = """
import hashlib, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSpinBox
import desktop
from desktop.theme.theme import Scheme, Theme
assert desktop.__file__.startswith(sys.argv[1]), desktop.__file__
theme = Theme(QApplication([]), Scheme.LIGHT)
for kind in (QCheckBox, QComboBox, QSpinBox):
    widget = kind()
    if kind is QCheckBox:
        widget.setChecked(True)
    widget.resize(160, 40)
    image = widget.grab().toImage()
    print(hashlib.sha256(bytes(image.constBits())).hexdigest())
"""
FOLDERS = ["Müller & Söhne's (neu)", 'a "b" ; {c}: d', "100 %20 #1 ?", "日本 עברית", "two\nlines"]


def drawn(folder):
    done = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, sys.argv[1]){DRAW}", str(folder)],
        capture_output=True, text=True, timeout=120, check=True, cwd=folder,
    )  # fmt: skip
    return done.stdout.split(), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="such folders cannot be made there")
@pytest.mark.parametrize("name", FOLDERS)
def test_a_program_in_a_folder_of_any_name_looks_the_same(tmp_path, name):
    for room in ("desktop", "engine", "resources"):
        shutil.copytree(ROOT / room, tmp_path / name / room, ignore=shutil.ignore_patterns("__pycache__", "demo"))

    usual, _ = drawn(ROOT)
    here, complaint = drawn(tmp_path / name)

    assert usual == here
    assert 3 == len(set(usual))
    assert "stylesheet" not in complaint
