"""The look as data: colours by role for light and dark, spacing, radii, type sizes, durations.

API: LIGHT, DARK, Tokens, Tone; no other module names a colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

GRID = 4
"""Every gap and padding is a multiple of this, in px."""

RADIUS_CONTROL = 6
RADIUS_CARD = 10
BORDER = 1
FOCUS = 2
"""Width of the focus ring in px."""
SCROLL_BAR = 3 * GRID
"""Width of a scroll bar in px."""

QUICK_MS = 120
"""Anything that answers a key or a click; nothing fades for longer."""

DIGITS_FEATURE = "tnum"
"""OpenType tabular figures: digits of one width, so that columns and countdowns stand still."""


class TypeSize(int, Enum):
    """The type scale in px."""

    SMALL = 12
    BODY = 13
    LEAD = 15
    TITLE = 20
    HERO = 28


class Tone(Enum):
    """What a badge, banner or word means; always shown with a word or shape beside the colour."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    POSITIVE = "positive"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours by role, as ``#rrggbb``.

    A ``*_tint`` is the quiet background on which the colour of the same name is written.
    """

    name: str
    surface: str
    raised: str
    sunken: str
    picture: str
    text: str
    muted: str
    border: str
    control_border: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    accent_tint: str
    positive: str
    positive_tint: str
    warning: str
    warning_tint: str
    danger: str
    danger_tint: str
    neutral_tint: str
    hover: str
    skeleton: str
    skeleton_glow: str
    focus: str
    disabled: str
    shadow: str

    def ink(self, tone: Tone) -> str:
        """The colour in which *tone* is written."""
        return {
            Tone.NEUTRAL: self.muted,
            Tone.ACCENT: self.accent,
            Tone.POSITIVE: self.positive,
            Tone.WARNING: self.warning,
            Tone.DANGER: self.danger,
        }[tone]

    def tint(self, tone: Tone) -> str:
        """The background that goes with :meth:`ink`."""
        return {
            Tone.NEUTRAL: self.neutral_tint,
            Tone.ACCENT: self.accent_tint,
            Tone.POSITIVE: self.positive_tint,
            Tone.WARNING: self.warning_tint,
            Tone.DANGER: self.danger_tint,
        }[tone]


LIGHT = Tokens(
    name="light",
    surface="#f5f6f8",
    raised="#ffffff",
    sunken="#eceef2",
    picture="#eef1f5",
    text="#171b22",
    muted="#565f6e",
    border="#e0e3e9",
    control_border="#868e9b",
    accent="#2f55c8",
    accent_hover="#274ab3",
    accent_pressed="#203e98",
    on_accent="#ffffff",
    accent_tint="#e7ecfb",
    positive="#17693a",
    positive_tint="#e2f3e8",
    warning="#8a4b00",
    warning_tint="#fcefd9",
    danger="#b3261e",
    danger_tint="#fce8e6",
    neutral_tint="#eceef2",
    hover="#f0f2f6",
    skeleton="#e6e9ee",
    skeleton_glow="#f4f6f9",
    focus="#2f55c8",
    disabled="#9aa2af",
    shadow="#171b22",
)

DARK = Tokens(
    name="dark",
    surface="#14171c",
    raised="#1c2027",
    sunken="#101317",
    picture="#2b313b",
    text="#e7eaef",
    muted="#a0a9b7",
    border="#2c323c",
    control_border="#6c7686",
    accent="#8fadff",
    accent_hover="#a5bdff",
    accent_pressed="#7b9bf2",
    on_accent="#0e1730",
    accent_tint="#232c45",
    positive="#6fcf97",
    positive_tint="#1b3326",
    warning="#f0b35a",
    warning_tint="#3a2c16",
    danger="#ff8f87",
    danger_tint="#43211f",
    neutral_tint="#2a303a",
    hover="#242932",
    skeleton="#2a303a",
    skeleton_glow="#39414e",
    focus="#8fadff",
    disabled="#5d6675",
    shadow="#000000",
)
