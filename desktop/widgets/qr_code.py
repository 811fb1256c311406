"""An address as a QR code, for a telephone's camera; dark on light in every theme, as cameras want it.

API: QrCode(): show_modules(rows, name).
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

#: Light modules around the code that cameras need (ISO/IEC 18004).
_QUIET = 4
_WANTED = 200
#: A module below this many pixels is hard to read from a screen.
_SMALLEST = 2


class QrCode(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[bytes, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_modules(self, rows: tuple[bytes, ...], name: str) -> None:
        """*rows* of 1 for dark, hidden if there are none; *name* is what those hear who do not see it."""
        if rows != self._rows:
            self._rows = rows
            self.setFixedSize(self.sizeHint())
            self.update()
        self.setAccessibleName(name)
        self.setVisible(bool(rows))

    # Qt names below.

    def sizeHint(self) -> QSize:
        side = len(self._rows) + 2 * _QUIET
        return QSize(side, side) * max(_WANTED // side, _SMALLEST)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scale = self.width() // (len(self._rows) + 2 * _QUIET)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white))
        for down, row in enumerate(self._rows):
            for along, dark in enumerate(row):
                if dark:
                    left, top = (along + _QUIET) * scale, (down + _QUIET) * scale
                    painter.fillRect(left, top, scale, scale, QColor(Qt.GlobalColor.black))
        painter.end()
