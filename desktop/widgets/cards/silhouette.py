"""A car without a photo: our drawing of its body type in its own colour.

API: Silhouettes().pixmap(body_type, colour, size, ratio); BODY_TYPES.
"""

from __future__ import annotations

from collections import OrderedDict
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme.paint import shades

BODY_TYPES = ("hatchback", "sedan", "estate", "suv", "convertible", "van", "pickup", "coupe")
_OTHERWISE = "sedan"
_ALIASES = {"minivan": "van", "minibus": "van", "wagon": "estate", "saloon": "sedan", "cabriolet": "convertible"}

# The colours the drawings are made in, and which shade takes their place.
_DRAWN_LIGHT, _DRAWN_BODY, _DRAWN_SHADE, _DRAWN_EDGE = "#d0d6de", "#aab2be", "#7f8895", "#5f6875"
_KEEP = 256


class Silhouettes:
    """Draws each (body, colour, size, ratio) once and keeps the last few hundred."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, str, int, int, float], QPixmap] = OrderedDict()
        self._sources: dict[str, str] = {}

    def pixmap(self, body_type: str, colour: str, size: QSize, ratio: float = 1.0) -> QPixmap:
        """As large as fits into *size*; the front looks right, towards the text beside it."""
        body = body_type.strip().lower()
        body = _ALIASES.get(body, body)
        body = body if body in BODY_TYPES else _OTHERWISE
        key = (body, colour, size.width(), size.height(), ratio)
        if key in self._drawn:
            self._drawn.move_to_end(key)
            return self._drawn[key]
        self._drawn[key] = self._draw(body, colour, size, ratio)
        if len(self._drawn) > _KEEP:
            self._drawn.popitem(last=False)
        return self._drawn[key]

    def _draw(self, body: str, colour: str, size: QSize, ratio: float) -> QPixmap:
        renderer = QSvgRenderer(QByteArray(self._tinted(body, colour).encode()))
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        fitting = renderer.defaultSize().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (size.width() - fitting.width()) / 2, (size.height() - fitting.height()) / 2
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(left, top, fitting.width(), fitting.height()))
        painter.end()
        return pixmap

    def _tinted(self, body: str, colour: str) -> str:
        if body not in self._sources:
            self._sources[body] = (resources.files("resources") / "cars" / f"{body}.svg").read_text(encoding="utf-8")
        paint = shades(colour)
        pairs = {
            _DRAWN_LIGHT: paint.light,
            _DRAWN_BODY: paint.body,
            _DRAWN_SHADE: paint.shade,
            _DRAWN_EDGE: paint.edge,
        }
        source = self._sources[body]
        for drawn, tinted in pairs.items():
            source = source.replace(drawn, tinted)
        return source
