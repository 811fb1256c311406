"""The four buttons of the program, painted from tokens: pressed in the same frame, focus always visible.

API: Button(theme, text, kind, icon): a QPushButton; set_icon(icon), set_kind(kind). ButtonKind.PRIMARY once a page.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton

from desktop.theme.tokens import BORDER, FOCUS, GRID, RADIUS_CONTROL, TypeSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.theme.icons import Icon
    from desktop.theme.theme import Theme
    from desktop.theme.tokens import Tokens

HEIGHT = 8 * GRID
_ICON = 16
_SIDE = 3 * GRID


class ButtonKind(Enum):
    PRIMARY = auto()
    PLAIN = auto()
    QUIET = auto()
    """No border: in banners, headers and beside text."""
    DANGER = auto()


class Button(QPushButton):
    """Enter and Space both press it."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        kind: ButtonKind = ButtonKind.PLAIN,
        icon: Icon | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._kind = kind
        self._icon = icon
        # Whether being disabled took the focus away, and to whom it went.
        self._robbed = False
        self._passed_on: QWidget | None = None
        self.setFont(theme.font(TypeSize.BODY, bold=kind in (ButtonKind.PRIMARY, ButtonKind.DANGER)))
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def set_kind(self, kind: ButtonKind) -> None:
        self._kind = kind
        self.setFont(self._theme.font(TypeSize.BODY, bold=kind in (ButtonKind.PRIMARY, ButtonKind.DANGER)))
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: Icon | None) -> None:
        self._icon = icon
        self.updateGeometry()
        self.update()

    # Qt names below.

    def setEnabled(self, enabled: bool) -> None:  # noqa: FBT001 -- Qt's
        """A focus that it loses by being disabled comes back with being enabled, unless it was moved on meanwhile.

        While servers do not answer, what wants them is disabled; whoever goes on with Enter afterwards means the same.
        """
        had = self.window().focusWidget() is self
        super().setEnabled(enabled)
        there = self.window().focusWidget()
        if not enabled and had:
            self._robbed, self._passed_on = True, there
        elif enabled and self._robbed:
            self._robbed = False
            if there is self._passed_on:
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(_shown(self.text()))
        icon = 0 if self._icon is None else _ICON + (GRID + 2 if words else 0)
        side = _SIDE if words else 2 * GRID
        return QSize(words + icon + 2 * side, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        ground, edge, ink = self._colours(self._theme.tokens)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        painter.setPen(QPen(QColor(edge), BORDER) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        if self.hasFocus():
            self._paint_focus(painter)
        self._paint_face(painter, ink)
        painter.end()

    def _paint_focus(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        filled = self._kind is ButtonKind.PRIMARY
        inset = 3.0 if filled else 1.0
        ring = tokens.on_accent if filled else tokens.focus
        painter.setPen(QPen(QColor(ring), FOCUS))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = RADIUS_CONTROL - inset + 1
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _paint_face(self, painter: QPainter, ink: str) -> None:
        metrics = QFontMetrics(self.font())
        words = _shown(self.text())
        gap = GRID + 2 if words and self._icon else 0
        icon = _ICON if self._icon else 0
        most = self.width() - 2 * GRID
        whole = QRect(0, 0, min(icon + gap + metrics.horizontalAdvance(words), most), self.height())
        whole.moveCenter(self.rect().center())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if self._icon is not None:
            at = QRect(0, 0, _ICON, _ICON)
            at.moveCenter(whole.center())
            at.moveLeft(whole.right() - _ICON + 1 if mirrored else whole.left())
            self._theme.icons.paint(painter, at, self._icon, ink)
        text = whole.adjusted(0, 0, -icon - gap, 0) if mirrored else whole.adjusted(icon + gap, 0, 0, 0)
        painter.setFont(self.font())
        painter.setPen(QColor(ink))
        align = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        # A pixel more than its words have: the face may round up.
        room = text.adjusted(-1, 0, 1, 0)
        told = self.text()
        if metrics.horizontalAdvance(words) > room.width():
            told = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width()).replace("&", "&&")
        painter.drawText(room, align, told)

    def _colours(self, tokens: Tokens) -> tuple[str, str, str]:
        """Ground, edge and ink; an empty string is not painted."""
        pressed, hovered = self.isDown(), self.underMouse()
        if not self.isEnabled():
            return ("" if self._kind is ButtonKind.QUIET else tokens.sunken), "", tokens.disabled
        if self._kind is ButtonKind.PRIMARY:
            ground = tokens.accent_pressed if pressed else tokens.accent_hover if hovered else tokens.accent
            return ground, "", tokens.on_accent
        if self._kind is ButtonKind.DANGER:
            return tokens.danger_tint, tokens.text if pressed or hovered else tokens.danger, tokens.danger
        ground = tokens.neutral_tint if pressed else tokens.hover if hovered else ""
        if self._kind is ButtonKind.QUIET:
            return ground, "", tokens.accent
        return ground or tokens.raised, tokens.control_border, tokens.text


def _shown(text: str) -> str:
    """Without the mark of the access key."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
