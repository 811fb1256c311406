"""What happened, one below the other, joined by a line: newest last.

API: Moment(title, detail, tone), Timeline(theme): show_moments(moments); moment_places(width, at).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.widgets.text import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.theme.theme import Theme

_LINE = 5 * GRID
ROW = 2 * _LINE + 2 * GRID
_DOT = 10
ASIDE = 6 * GRID


@dataclass(frozen=True, slots=True)
class Moment:
    """Attributes: ``detail`` says when and by whom."""

    title: str
    detail: str
    tone: Tone = Tone.NEUTRAL


def moment_places(width: int, at: int) -> tuple[QRect, QRect, QRect]:
    """Dot, title and detail of the moment that stands *at*."""
    title = QRect(ASIDE, at * ROW, width - ASIDE, _LINE)
    return QRect(0, title.top() + (_LINE - _DOT) // 2, _DOT, _DOT), title, title.translated(0, _LINE)


class Timeline(QWidget):
    """Painted, not laid out."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moments: tuple[Moment, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def moments(self) -> tuple[Moment, ...]:
        return self._moments

    def show_moments(self, moments: Sequence[Moment]) -> None:
        if tuple(moments) == self._moments:
            return
        longer = len(moments) != len(self._moments)
        self._moments = tuple(moments)
        self.setAccessibleDescription(". ".join(f"{moment.title}, {moment.detail}" for moment in moments))
        if longer:
            self.updateGeometry()
        self.update()

    def _moment_at(self, point: QPoint) -> Moment | None:
        row = point.y() // ROW
        return self._moments[row] if 0 <= row < len(self._moments) else None

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, ROW * len(self._moments))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            moment = self._moment_at(event.pos())
            self.setToolTip("" if moment is None else plain_tip(f"{moment.title}\n{moment.detail}"))
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        last = len(self._moments) - 1
        for at, moment in enumerate(self._moments):
            self._paint_thread(painter, at, last)
            dot, title, detail = moment_places(self.width(), at)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.ink(moment.tone)))
            painter.drawEllipse(self._visual(dot))
            self._write(painter, title, moment.title, self._theme.tokens.text, bold=True)
            self._write(painter, detail, moment.detail, self._theme.tokens.muted)
        painter.end()

    def _paint_thread(self, painter: QPainter, at: int, last: int) -> None:
        if at < last:
            top = at * ROW + (_LINE + _DOT) // 2 + 2
            thread = QRect(_DOT // 2 - 1, top, 2, ROW - _DOT - 4)
            painter.fillRect(self._visual(thread), QColor(self._theme.tokens.border))

    def _write(self, painter: QPainter, place: QRect, text: str, colour: str, *, bold: bool = False) -> None:
        font = self._theme.font(TypeSize.BODY, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(self._visual(place), Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)
