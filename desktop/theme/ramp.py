"""Shades between the card's ground and the accent, for maps of more and less.

API: STEPS, ramp(tokens) -> STEPS colours from little to much, ink_on(tokens, colour), step_of(share).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from desktop.theme.tokens import Tokens

_SHARES = (0.07, 0.22, 0.40, 0.70, 1.0)
STEPS = len(_SHARES)


def ramp(tokens: Tokens) -> tuple[str, ...]:
    ground, accent = QColor(tokens.raised), QColor(tokens.accent)
    return tuple(_between(ground, accent, share) for share in _SHARES)


def step_of(share: float) -> int:
    """Which shade stands for *share* (0 to 1): fifths, the fullest for all of it."""
    return min(int(max(share, 0.0) * STEPS), STEPS - 1)


def ink_on(tokens: Tokens, colour: str) -> str:
    """Whichever of the theme's two inks is the easier to read on *colour*."""
    return max((tokens.text, tokens.on_accent), key=lambda ink: _contrast(ink, colour))


def _between(ground: QColor, accent: QColor, share: float) -> str:
    pairs = zip(
        (ground.red(), ground.green(), ground.blue()), (accent.red(), accent.green(), accent.blue()), strict=True
    )
    return QColor(*(round(low + (high - low) * share) for low, high in pairs)).name()


def _contrast(one: str, other: str) -> float:
    """WCAG's ratio, 1 to 21."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 -- sRGB

    name = QColor(colour)
    return 0.2126 * linear(name.redF()) + 0.7152 * linear(name.greenF()) + 0.0722 * linear(name.blueF())
