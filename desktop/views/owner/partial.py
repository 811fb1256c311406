"""What is said of a copy that is not whole."""

from __future__ import annotations

from desktop.theme.tokens import Tone
from desktop.widgets.banner import Banner


def tell_partial(banner: Banner, missing: str) -> None:
    """*missing* ends the sentence, such as ``photos may be missing``."""
    words = f"This copy is partial: its first making was cut off, so {missing}."
    banner.tell(Tone.DANGER, words, closable=False)
