"""The paint of a car: from the colour in its papers to the four shades of its silhouette.

API: shades(colour) -> CarShades(light, body, shade, edge); PAINTS.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtGui import QColor

_PAINTS = {
    "white": "#eef0f3",
    "black": "#2b2f36",
    "silver": "#b4bbc5",
    "grey": "#7d8591",
    "gray": "#7d8591",
    "anthracite": "#474d57",
    "red": "#b8322b",
    "burgundy": "#6f2230",
    "blue": "#2f62b5",
    "navy": "#27375c",
    "green": "#2f7a54",
    "yellow": "#e3b52c",
    "orange": "#d9702b",
    "brown": "#7a5740",
    "beige": "#cbbd9f",
    "gold": "#b99a54",
    "purple": "#6b4a94",
    "turquoise": "#2f8f95",
}
_UNKNOWN = _PAINTS["silver"]
#: The usual ones by name, each once.
PAINTS = MappingProxyType({name: colour for name, colour in _PAINTS.items() if name != "gray"})
_DARK_BELOW = 90


@dataclass(frozen=True, slots=True)
class CarShades:
    light: str
    body: str
    shade: str
    edge: str


def shades(colour: str) -> CarShades:
    """Of a colour word or ``#rrggbb``; an unknown word is painted silver."""
    name = colour.strip().lower()
    body = QColor(_PAINTS.get(name, name if QColor.isValidColorName(name) else _UNKNOWN))
    dark = _grey(body) < _DARK_BELOW
    # A dark car is drawn by its edges, a bright one by its shadows.
    edge = _mix(body, "#ffffff", 0.38) if dark else _mix(body, "#10141a", 0.48)
    return CarShades(_mix(body, "#ffffff", 0.30), body.name(), _mix(body, "#10141a", 0.30), edge)


def _grey(colour: QColor) -> float:
    return 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()


def _mix(colour: QColor, other: str, share: float) -> str:
    target = QColor(other)
    red, green, blue = (
        round(mine * (1 - share) + theirs * share)
        for mine, theirs in zip(colour.getRgb()[:3], target.getRgb()[:3], strict=True)  # type: ignore[index]
    )
    return QColor(red, green, blue).name()
