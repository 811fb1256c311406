"""``python -m desktop`` opens the window."""

from __future__ import annotations

import sys

from desktop.start import run
from engine.config import load
from engine.crash_reports import watching

if __name__ == "__main__":
    settings = load()
    with watching(settings.log_dir, "desktop") as crashes:
        status = run(settings, crashes=crashes)
    sys.exit(status)
