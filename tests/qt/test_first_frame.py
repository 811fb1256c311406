"""What a person waits for before the first frame: the window that asks who they are, and nothing behind it."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Loaded after the first frame, while the servers start and a name is typed.
LATER = (
    "desktop.signed_in",
    "desktop.views.frame.workspace",
    "desktop.views.frame.offline",
    "desktop.views.areas",
    "desktop.views.search",
    "desktop.views.booking",
    "desktop.views.fleet",
    "desktop.views.earnings",
    "desktop.views.people",
    "desktop.views.firm",
    "desktop.views.overview",
    "desktop.views.audit",
    "desktop.views.manual_review",
    "desktop.views.offline",
    "desktop.views.parts.moments",
    "desktop.views.frame.palette",
    "desktop.viewmodels.desk",
    "desktop.viewmodels.search.lookup",
    "engine.services",
    "engine.adapters",
    "engine.bootstrap",
    "engine.ports",
    "keyring",
    "phonenumbers",
    "pymongo",
    "redis",
    "httpx",
    "PIL",
    "segno",
)
START = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
import engine.config
from desktop import app
given = app.MainWindow.show
def shown(window):
    given(window)
    print("LOADED", *sys.modules)
    sys.stdout.flush()
    import os
    os._exit(0)
app.MainWindow.show = shown
sys.exit(app.run(engine.config.load(Path(sys.argv[1]), environ={}, cwd=Path(sys.argv[1]))))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The names of the modules that a fresh program has loaded when its window is shown."""
    folder = tmp_path_factory.mktemp("start")
    started = [sys.executable, "-c", START, folder]
    run = subprocess.run(started, capture_output=True, text=True, check=False)  # noqa: S603 -- our own interpreter
    line = next((each for each in run.stdout.splitlines() if each.startswith("LOADED")), "")
    assert line, run.stderr
    return frozenset(line.split()[1:])


@pytest.mark.parametrize("name", LATER)
def test_what_lies_behind_signing_in_is_not_loaded_before_the_first_frame(loaded, name):
    assert sorted(each for each in loaded if each == name or each.startswith(f"{name}.")) == []


def test_the_window_that_asks_is_loaded(loaded):
    assert "desktop.views.session.sign_in" in loaded
