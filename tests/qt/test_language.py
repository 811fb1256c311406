"""A translation that lies beside the program is what the window says: labels, tables made at import, and plurals."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

LRELEASE = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
ROOT = Path(__file__).resolve().parents[2]
#: English -> German, with both of its forms where something is counted.
TEXTS = {
    "Keys and commands": ["Tasten und Befehle"],
    "Try again": ["Noch einmal"],
    "{count} holds": ["{count} Haltung", "{count} Haltungen"],
    "Taken until {until}.": ["Bis {until} vergeben."],
    "No car is promised twice.": ["Kein Auto ist zweimal versprochen."],
}
#: Tables are translated as their modules are imported, so the window is opened in a process of its own.
WINDOW = """
import sys
from pathlib import Path
from desktop.words.language import speak
print(speak("de_AT", Path(sys.argv[1])))
from PySide6.QtWidgets import QApplication
app = QApplication([])
from desktop.theme.theme import Theme
from desktop.widgets.frame.help_sheet import HelpSheet
from desktop.widgets.frame.status_bar import StatusBar
from desktop.words.messages import NextStep
from engine.domain.health.health import Finding, HealthArea, Level
from engine.domain.shared.remark import remark
from engine.words.health import says, stored
from engine.words.tr import tr
theme = Theme(app)
print(HelpSheet(theme, []).windowTitle())
bar = StatusBar(theme)
for count in (1, 2):
    bar.set_holds(count, 60.0)
    print(bar.holds.text())
print(NextStep.RETRY.value)
print(tr("Taken until {until}.", until="10:00"))
finding = Finding(HealthArea.OVERLAPS, Level.GOOD, remark("overlaps.none"))
print(says(finding), stored(finding.says))
print(tr("No such text"))
"""


@pytest.fixture
def languages(tmp_path):
    """A folder with ``drivesphere_de.qm``."""
    rows = []
    for text, told in TEXTS.items():
        forms = "".join(f"<numerusform>{form}</numerusform>" for form in told) if len(told) > 1 else told[0]
        numerus = ' numerus="yes"' if len(told) > 1 else ""
        rows.append(f"<message{numerus}><source>{text}</source><translation>{forms}</translation></message>")
    source = tmp_path / "drivesphere_de.ts"
    source.write_text(
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="de"><context>'
        f"<name>DriveSphere</name>{''.join(rows)}</context></TS>",
        encoding="utf-8",
    )
    subprocess.run([LRELEASE, source], check=True, capture_output=True)  # noqa: S603 -- PySide's own
    return tmp_path


def test_a_window_says_what_stands_in_the_translation(languages):
    said = subprocess.run(  # noqa: S603 -- ourselves
        [sys.executable, "-c", WINDOW, str(languages)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout

    assert [
        "True",
        "Tasten und Befehle",
        "1 Haltung",
        "2 Haltungen",
        "Noch einmal",
        "Bis 10:00 vergeben.",
        "Kein Auto ist zweimal versprochen. No car is promised twice.",
        "No such text",
    ] == said.splitlines()


def test_every_text_is_listed_for_a_translator_as_linguist_reads_it(tmp_path):
    listed = tmp_path / "drivesphere_de.ts"
    with listed.open("wb") as file:
        subprocess.run([sys.executable, ROOT / "build/texts.py", "de"], check=True, stdout=file)  # noqa: S603 -- ours
    subprocess.run([LRELEASE, listed], check=True, capture_output=True)  # noqa: S603 -- PySide's own

    told = listed.read_text(encoding="utf-8")
    for text in ("Keys and commands", "booking.car_changed", *TEXTS):
        assert (f"<source>{text}</source>" in told) is (text in TEXTS and not text.startswith("Taken until"))
    assert '<message numerus="yes">\n<extracomment>desktop/widgets/frame/status_bar.py' in told
