"""Fonts of a template, and lines that fit a width; all in points of a fine grid, so that a screen's own has no say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from PySide6.QtCore import qVersion
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QRawFont, QTextLayout, QTextOption

#: Dots to the inch: ten to the point, so that every size of a template is whole.
DPI = 720
_DOTS_A_POINT = 10
MM = DPI / 25.4
_LEADING = 1.48


@dataclass(frozen=True, slots=True)
class Style:
    """Attributes: ``line`` is the distance from one line to the next, in dots."""

    font: QFont
    colour: QColor
    metrics: QFontMetricsF
    line: float


class Letters:
    """Styles by their names in the template."""

    def __init__(self, layout: Mapping[str, Any]) -> None:
        colours, family = layout["colours"], _family(layout["fonts"])
        self.colours = {name: QColor(value) for name, value in colours.items()}
        self._styles = {name: _style(told, family, self.colours) for name, told in layout["styles"].items()}

    def __getitem__(self, style: str) -> Style:
        return self._styles[style]

    @property
    def fonts(self) -> str:
        """What decides how letters look: the fonts' own sums, and the Qt that writes them."""
        seen = {_sum(style.font) for style in self._styles.values()}
        return f"{self['text'].font.family()} {' '.join(sorted(seen))}, Qt {qVersion()}"

    def broken(self, text: str, style: str, width: float) -> list[str]:
        """*text* in lines no wider than *width* dots; a word that is wider is broken too."""
        told = text.encode("utf-16-le")
        layout, option = QTextLayout(text, self[style].font), QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setUseDesignMetrics(True)
        layout.setTextOption(option)
        layout.beginLayout()
        lines = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            begin, length = 2 * line.textStart(), 2 * line.textLength()
            lines.append(told[begin : begin + length].decode("utf-16-le").strip())
        layout.endLayout()
        return lines


def _family(wanted: list[str]) -> str:
    """The first that is installed; Qt's own choice where none is."""
    known = set(QFontDatabase.families())
    return next((each for each in wanted if each in known), wanted[0])


def _style(told: Mapping[str, Any], family: str, colours: Mapping[str, QColor]) -> Style:
    font = QFont(family)
    font.setPixelSize(round(told["pt"] * _DOTS_A_POINT))
    font.setBold(bool(told.get("bold")))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return Style(font, colours[told.get("colour", "ink")], QFontMetricsF(font), font.pixelSize() * _LEADING)


def _sum(font: QFont) -> str:
    head = QRawFont.fromFont(font).fontTable("head").data()
    return sha256(bytes(head)).hexdigest()[:12]
