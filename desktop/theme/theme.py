"""The one theme of a running window: tokens in force, fonts of the type scale, motion.

API: Scheme, Theme(app) with tokens, icons, changed, choose(scheme), dress(window), font(size, bold), reduced_motion,
duration(ms).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QToolTip
from shiboken6 import isValid

from desktop.theme.icons import Icons
from desktop.theme.palette import palette_of
from desktop.theme.style import style_sheet
from desktop.theme.tokens import DARK, DIGITS_FEATURE, LIGHT, Tokens, TypeSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

# A bare Linux answers "system font" with a fall-back face that is wide and old; these are nicer when installed.
_FALL_BACKS = {"DejaVu Sans", "Bitstream Vera Sans", "Sans Serif", "Sans"}
_NICER = ("Inter", "Inter Variable", "Cantarell", "Noto Sans", "Open Sans", "Liberation Sans")


class Scheme(Enum):
    """What the person asked for; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Made once by the composition root and handed to whatever paints.

    Signals:
        changed: Other tokens are in force, or motion was switched; painters repaint.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM, *, reduced_motion: bool = False) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._reduced_motion = reduced_motion
        self._dressed: WeakSet[QWidget] = WeakSet()
        self._fonts: dict[tuple[TypeSize, bool], QFont] = {}
        self._family = _pick_family(app.font().family())
        self.tokens: Tokens = LIGHT
        self._sheet = ""
        self.icons = Icons()
        app.setStyle("Fusion")
        app.setFont(self.font(TypeSize.BODY))
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._wear(self._wanted())

    @classmethod
    def worn(cls) -> Theme:
        """The one the running application wears."""
        app = QApplication.instance()
        themes = [] if app is None else app.findChildren(cls)
        if not themes:
            raise RuntimeError("no theme was made yet")
        return themes[-1]

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    @property
    def reduced_motion(self) -> bool:
        return self._reduced_motion

    def choose(self, scheme: Scheme) -> None:
        """The person's own setting wins over the desktop's."""
        self._scheme = scheme
        self._follow()

    def reduce_motion(self, *, reduced: bool) -> None:
        if reduced != self._reduced_motion:
            self._reduced_motion = reduced
            self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Give a *window*, and all that is or comes in it, the rules a palette cannot say; see docs/decisions/0053.

        Everything without a parent needs it. What asks for its size before it is in a window is not dressed yet.
        """
        self._dressed.add(window)
        window.setStyleSheet(self._sheet)

    def duration(self, normal_ms: int) -> int:
        """How long a movement takes now; 0 when motion is reduced."""
        return 0 if self._reduced_motion else normal_ms

    def font(self, size: TypeSize = TypeSize.BODY, *, bold: bool = False) -> QFont:
        """A face of the type scale with digits of one width."""
        if (size, bold) not in self._fonts:
            font = QFont(self._family)
            font.setPixelSize(int(size))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            font.setFeature(QFont.Tag(DIGITS_FEATURE), 1)
            self._fonts[size, bold] = font
        return self._fonts[size, bold]

    def _wanted(self) -> Tokens:
        if self._scheme is Scheme.SYSTEM:
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
            return DARK if dark else LIGHT
        return DARK if self._scheme is Scheme.DARK else LIGHT

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self._wear(wanted)
            self.changed.emit()

    def _wear(self, tokens: Tokens) -> None:
        self.tokens = tokens
        palette = palette_of(tokens)
        self._app.setPalette(palette)
        QToolTip.setPalette(palette)
        self._sheet = style_sheet(tokens)
        for window in tuple(self._dressed):
            if isValid(window):
                window.setStyleSheet(self._sheet)


def _pick_family(system: str) -> str:
    if system not in _FALL_BACKS:
        return system
    installed = set(QFontDatabase.families())
    return next((family for family in _NICER if family in installed), system)
