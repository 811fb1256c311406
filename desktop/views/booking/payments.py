"""Each payment and refund of a booking with its amount, its time and Stripe's own ids, to be copied."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.views.booking.history import PaymentLine, payments_of
from desktop.views.parts.view_context import announce
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.timeline import Timeline, TimelineEntry
from engine.domain.booking.booking import Booking
from engine.words.tr import tr


class Payments(QWidget):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[PaymentLine, ...] = ()
        self.lines: list[CopyLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def draw(self, booking: Booking, now: datetime) -> None:
        wanted = tuple(payments_of(booking, now))
        if wanted == self._shown:
            return
        self._shown = wanted
        self._clear()
        for line in wanted:
            words = Timeline(self._theme, line.title)
            words.show_moments([TimelineEntry(line.title, line.detail, line.tone)])
            self._column.addWidget(words)
            for kind, value in line.ids:
                self._column.addWidget(self._copy_line(kind, value))

    def _copy_line(self, kind: str, value: str) -> CopyLine:
        line = CopyLine(self._theme, kind)
        line.show_value(value)
        line.copied.connect(lambda text: announce(self, tr("{text_} copied", text_=text)))
        self.lines.append(line)
        return line

    def _clear(self) -> None:
        self.lines.clear()
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
