"""Which signals of the system ask a process to end in order."""

from __future__ import annotations

import signal
import sys

#: SIGHUP: the terminal or the session is gone. SIGBREAK: Windows' own, as when its console is closed.
_NAMES = ("SIGTERM", "SIGINT", "SIGHUP") if sys.platform != "win32" else ("SIGTERM", "SIGINT", "SIGBREAK")


def ending_signals() -> list[signal.Signals]:
    """But for those that this process was started to ignore, as ``nohup`` does with SIGHUP."""
    numbers = [signal.Signals[name] for name in _NAMES]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
