"""What happened, one below the other, joined by a line: newest last.

API: TimelineEntry(title, detail, tone, note), Timeline(theme): show_moments(moments); moment_places(width, at).
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

    from PySide6.QtGui import QResizeEvent

    from desktop.theme.theme import Theme

_LINE = 5 * GRID
ROW = 2 * _LINE + 2 * GRID
_DOT = 10
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
ASIDE = 6 * GRID


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Attributes: ``detail`` says when and by whom, ``note`` why; a note takes the lines that it needs."""

    title: str
    detail: str
    tone: Tone = Tone.NEUTRAL
    note: str = ""

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.title, self.detail, self.note)))


def moment_places(width: int, at: int) -> tuple[QRect, QRect, QRect]:
    """Dot, title and detail of the moment that stands *at*, below others without notes."""
    title = QRect(ASIDE, at * ROW, width - ASIDE, _LINE)
    return QRect(0, title.top() + (_LINE - _DOT) // 2, _DOT, _DOT), title, title.translated(0, _LINE)


class Timeline(QWidget):
    """Painted, not laid out."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._moments: tuple[TimelineEntry, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def moments(self) -> tuple[TimelineEntry, ...]:
        return self._moments

    def show_moments(self, moments: Sequence[TimelineEntry]) -> None:
        if tuple(moments) == self._moments:
            return
        self._moments = tuple(moments)
        self.setAccessibleDescription(". ".join(moment.spoken for moment in moments))
        self.updateGeometry()
        self.update()

    def _moment_at(self, point: QPoint) -> TimelineEntry | None:
        below = 0
        for moment in self._moments:
            below += ROW + self._note_height(moment, self.width())
            if point.y() < below:
                return moment
        return None

    def _note_height(self, moment: TimelineEntry, width: int) -> int:
        if not moment.note:
            return 0
        room = QRect(0, 0, max(width - ASIDE, 1), 10_000)
        metrics = QFontMetrics(self._theme.font(TypeSize.BODY))
        return metrics.boundingRect(room, _WRAPPED, moment.note).height()

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(self.width() if self.width() > 1 else 320))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(ROW + self._note_height(moment, width) for moment in self._moments)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            moment = self._moment_at(event.pos())
            self.setToolTip(
                "" if moment is None else plain_tip("\n".join(filter(None, (moment.title, moment.detail, moment.note))))
            )
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(self.layoutDirection())
        width, top = self.width(), 0
        for moment in self._moments:
            note = self._note_height(moment, width)
            if moment is not self._moments[-1]:
                self._paint_thread(painter, top, note)
            dot, title, detail = (place.translated(0, top) for place in moment_places(width, 0))
            top += ROW + note
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.ink(moment.tone)))
            painter.drawEllipse(self._visual(dot))
            self._write(painter, title, moment.title, self._theme.tokens.text, bold=True)
            self._write(painter, detail, moment.detail, self._theme.tokens.muted)
            if note:
                painter.setPen(QColor(self._theme.tokens.text))
                place = self._visual(QRect(ASIDE, detail.bottom() + 1, width - ASIDE, note))
                painter.drawText(place, _WRAPPED | int(Qt.AlignmentFlag.AlignLeading), moment.note)
        painter.end()

    def _paint_thread(self, painter: QPainter, top: int, note: int) -> None:
        thread = QRect(_DOT // 2 - 1, top + (_LINE + _DOT) // 2 + 2, 2, ROW + note - _DOT - 4)
        painter.fillRect(self._visual(thread), QColor(self._theme.tokens.border))

    def _write(self, painter: QPainter, place: QRect, text: str, colour: str, *, bold: bool = False) -> None:
        font = self._theme.font(TypeSize.BODY, bold=bold)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(self._visual(place), Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, words)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)
