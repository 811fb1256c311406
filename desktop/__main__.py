"""``python -m desktop`` opens the window."""

from __future__ import annotations

import sys

from desktop.app import run
from engine.config import load

if __name__ == "__main__":
    sys.exit(run(load()))
