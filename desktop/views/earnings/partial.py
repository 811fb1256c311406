"""What is said of a copy that is not whole, or that cannot be read.

API: tell_partial(banner, missing); unreadable(problem), whose step is SIGN_IN.
"""

from __future__ import annotations

from desktop.theme.tokens import Tone
from desktop.widgets.frame.banner import Banner
from engine.domain.shared.errors import CopyUnusable, DriveSphereError, InvalidText

SIGN_IN = "Sign in"


def tell_partial(banner: Banner, missing: str) -> None:
    """*missing* ends the sentence, such as ``photos may be missing``."""
    words = f"This copy is partial: its first making was cut off, so {missing}."
    banner.tell(Tone.DANGER, words, closable=False)


def unreadable(problem: DriveSphereError) -> DriveSphereError:
    """Whatever went wrong in a copy goes wrong again until it is made anew; what was asked wrongly is told as it is."""
    return problem if isinstance(problem, InvalidText) else CopyUnusable("what is stored does not answer")
