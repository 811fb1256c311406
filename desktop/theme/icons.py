"""Icons by role, out of the Material Design font that qtawesome carries.

API: Icon; Icons with paint(painter, rect, icon, colour), pixmap(icon, colour, size_px, ratio), icon(icon, colour).
Only the one font is opened, when the first icon is painted (8 ms); importing qtawesome itself would cost 250 ms.
"""

from __future__ import annotations

import importlib.util
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPixmap

_FONT = "materialdesignicons6-webfont-*.ttf"


class Icon(Enum):
    """What it stands for, with its place in the font."""

    SEARCH = 0xF0349
    FIND_CAR = 0xF1B8D
    CAR = 0xF07AB
    FLEET = 0xF0B6E
    BOOKINGS = 0xF00F0
    EARNINGS = 0xF012A
    MONEY = 0xF0116
    PERSON = 0xF0013
    PEOPLE = 0xF0B58
    RENTERS = 0xF000F
    SETTINGS = 0xF08BB
    SIGN_IN = 0xF0342
    CLOSE = 0xF0156
    CHECK = 0xF012C
    DONE = 0xF05E1
    WARNING = 0xF002A
    ERROR = 0xF05D6
    INFO = 0xF02FD
    RELOAD = 0xF0450
    DOWN = 0xF0140
    BACK = 0xF0141
    FORWARD = 0xF0142
    PLACE = 0xF07D9
    CLOCK = 0xF0150
    HOLD = 0xF051F
    OPEN_BROWSER = 0xF03CC
    ADD = 0xF0415
    OFFLINE = 0xF0164
    LOOK = 0xF050E
    FILTER = 0xF0236
    LOCK = 0xF0341
    MAINTENANCE = 0xF0BE0
    HISTORY = 0xF02DA
    NO_CAR = 0xF0E1C
    COPY = 0xF018F
    DOWNLOAD = 0xF01DA
    CALENDAR = 0xF0A33
    PAPER = 0xF09EE
    PRINT = 0xF042A
    TODAY = 0xF11D8
    CAR_OUT = 0xF13B3
    CAR_BACK = 0xF13B2
    NOT_COME = 0xF12E0
    CIRCLE = 0xF0766
    WALK_IN = 0xF0583


class Icons:
    """Opens the font on first use and keeps what it has drawn."""

    def __init__(self) -> None:
        self._family = ""
        self._drawn: dict[tuple[Icon, str, int, float], QPixmap] = {}

    def paint(self, painter: QPainter, rect: QRect | QRectF, icon: Icon, colour: str) -> None:
        """Fill the smaller side of *rect*, centred."""
        painter.save()
        painter.setFont(self._font(int(min(rect.width(), rect.height()))))
        painter.setPen(QColor(colour))
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, chr(icon.value))
        painter.restore()

    def pixmap(self, icon: Icon, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
        key = (icon, colour, size_px, ratio)
        if key not in self._drawn:
            side = round(size_px * ratio)
            pixmap = QPixmap(side, side)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.paint(painter, QRect(0, 0, size_px, size_px), icon, colour)
            painter.end()
            self._drawn[key] = pixmap
        return self._drawn[key]

    def icon(self, icon: Icon, colour: str, disabled: str | None = None) -> QIcon:
        """For stock buttons, menus and line edits."""
        answer = QIcon()
        for ratio in (1.0, 2.0):
            answer.addPixmap(self.pixmap(icon, colour, 16, ratio))
            if disabled is not None:
                answer.addPixmap(self.pixmap(icon, disabled, 16, ratio), QIcon.Mode.Disabled)
        return answer

    def _font(self, size_px: int) -> QFont:
        if not self._family:
            self._family = _open_font()
        font = QFont(self._family)
        font.setPixelSize(max(size_px, 1))
        return font


def _open_font() -> str:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the icon font comes with qtawesome, which is not installed")
    files = sorted((Path(spec.origin).parent / "fonts").glob(_FONT))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(files[0]))) if files else []
    if not families:
        raise FileNotFoundError(f"qtawesome carries no readable {_FONT}")
    return families[0]
