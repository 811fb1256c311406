"""Skeleton for a part of a page that is laid out, not painted: put beside it and shown in its stead.

API: Skeleton(theme, clock, height, places): *places* answers, for a width, where its parts stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop.theme.tokens import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from desktop.theme.theme import Theme
    from desktop.widgets.loading.shimmer import ShimmerClock

THICK = 10
"""Of a bone that stands for one line of text."""


def text_bone(line: QRect, share: float) -> QRect:
    """The bone in *line*, from its leading edge over *share* of its width."""
    return QRect(line.left(), line.top() + (line.height() - THICK) // 2, round(line.width() * share), THICK)


class Skeleton(QWidget):
    def __init__(
        self, theme: Theme, clock: ShimmerClock, height: int, places: Callable[[int], Iterable[QRect]]
    ) -> None:
        super().__init__()
        self._clock, self._places = clock, places
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def shimmer_step(self) -> None:
        self._clock.sweep(self)

    # Qt names below.

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.join(self)

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.leave(self)
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._clock.brush(self.width()))
        for place in self._places(self.width()):
            round_px = place.height() / 2 if place.width() == place.height() else min(place.height() / 2, GRID + 2)
            painter.drawRoundedRect(QStyle.visualRect(self.layoutDirection(), self.rect(), place), round_px, round_px)
        painter.end()
