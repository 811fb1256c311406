"""One reading of a walk-in line: of what kind it is, and below it what was read.

API: ReadingChip(theme): show_face(face); pressed().
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import BORDER, GRID, RADIUS_CONTROL, Tone, TypeSize
from desktop.views.walk_in.words import Face

_HEIGHT, _ICON, _SIDE, _WIDEST = 46, 14, 10, 420


class ReadingChip(QAbstractButton):
    """A click shows what it may be meant for; the keyboard stays in the line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.face = Face(Icon.CLOCK, Tone.NEUTRAL, "", "")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_face(self, face: Face) -> None:
        if face != self.face:
            self.face = face
            self.setText(face.text)
            self.setAccessibleName(face.text)
            self.setToolTip("" if self._wanted() <= _WIDEST else face.said)
            self.updateGeometry()
            self.update()

    def _fonts(self) -> tuple[QFontMetrics, QFontMetrics]:
        return QFontMetrics(self._theme.font(TypeSize.SMALL)), QFontMetrics(self._theme.font(TypeSize.BODY, bold=True))

    def _wanted(self) -> int:
        small, strong = self._fonts()
        head = _ICON + GRID + small.horizontalAdvance(self.face.head)
        return max(head, strong.horizontalAdvance(self.face.said)) + 2 * _SIDE + 1

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(min(self._wanted(), _WIDEST), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, tone = self._theme.tokens, self.face.tone
        ink = tokens.ink(tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        edged = tone in (Tone.WARNING, Tone.DANGER)
        painter.setPen(QPen(QColor(ink), BORDER) if edged else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.tint(tone)))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        inner = self.rect().adjusted(_SIDE, 5, -_SIDE, -5)
        upper, lower = inner.adjusted(0, 0, 0, -inner.height() // 2), inner.adjusted(0, inner.height() // 2, 0, 0)
        sign = QRect(upper.left(), upper.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        self._theme.icons.paint(painter, QStyle.visualRect(self.layoutDirection(), inner, sign), self.face.icon, ink)
        self._write(painter, upper.adjusted(_ICON + GRID, 0, 0, 0), self.face.head, strong=False, ink=ink)
        self._write(painter, lower, self.face.said, strong=True, ink=ink)
        painter.end()

    def _write(self, painter: QPainter, place: QRect, text: str, *, strong: bool, ink: str) -> None:
        font = self._theme.font(TypeSize.BODY if strong else TypeSize.SMALL, bold=strong)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 1)
        shown = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        painter.drawText(shown, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)
