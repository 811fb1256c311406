"""The way into the window: the language first, because whatever holds texts is translated when it is imported."""

from __future__ import annotations

from desktop.preferences import Preferences
from desktop.words.language import speak
from engine.config import Settings
from engine.crash_reports import Crashes


def run(settings: Settings, *, smoke: bool = False, crashes: Crashes | None = None, new_window: bool = False) -> int:
    """As ``app.run``, in the language that was chosen on this computer."""
    speak(Preferences().language)
    from desktop.app import run as open_window  # noqa: PLC0415 -- see above

    return open_window(settings, smoke=smoke, crashes=crashes, new_window=new_window)
