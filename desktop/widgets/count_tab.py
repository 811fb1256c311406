"""One of several ways to look at a list, with how many there are of it.

API: CountTab(theme, title): a checkable Button; set_count(words, tone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.widgets.button import HEIGHT, Button

if TYPE_CHECKING:
    from desktop.theme.theme import Theme
    from desktop.theme.tokens import Tokens

_SIDE = 3 * GRID
#: Kept for the count before it is known, so that nothing moves when it comes.
_SLOT = 18
_BONE = 10


class CountTab(Button):
    """What is chosen is told by its tint, its frame and bold words."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(theme, title)
        self._count, self._tone = "", Tone.NEUTRAL
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_count(self, words: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Empty where it is not known yet."""
        self._count, self._tone = words, tone
        self.setAccessibleName(f"{self.text()} {words}".strip())
        self.updateGeometry()
        self.update()

    # Qt names below.

    def sizeHint(self) -> QSize:
        bold = QFontMetrics(self._theme.font(TypeSize.BODY, bold=True))
        slot = max(_SLOT, bold.horizontalAdvance(self._count))
        return QSize(bold.horizontalAdvance(self.text()) + GRID + slot + 2 * _SIDE, HEIGHT)

    def _colours(self, tokens: Tokens) -> tuple[str, str, str]:
        if self.isChecked():
            return tokens.accent_tint, tokens.accent, tokens.accent
        return super()._colours(tokens)

    def _paint_face(self, painter: QPainter, ink: str) -> None:
        tokens, strong = self._theme.tokens, self._theme.font(TypeSize.BODY, bold=True)
        middle, inner = Qt.AlignmentFlag.AlignVCenter, self.rect().adjusted(_SIDE, 0, -_SIDE, 0)
        painter.setFont(self._theme.font(TypeSize.BODY, bold=self.isChecked()))
        painter.setPen(QColor(ink))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeading | middle, self.text())
        painter.setFont(strong)
        if self._count:
            painter.setPen(QColor(ink if self.isChecked() else tokens.ink(self._tone)))
            painter.drawText(inner, Qt.AlignmentFlag.AlignTrailing | middle, self._count)
        elif self.isEnabled():
            bone = QRect(inner.right() - _SLOT + 1, inner.center().y() - _BONE // 2, _SLOT, _BONE)
            if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                bone.moveLeft(inner.left())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.skeleton))
            painter.drawRoundedRect(bone, GRID, GRID)
