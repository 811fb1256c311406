"""Short lists of bookings on the overview: what was just booked, and whose hold is about to end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget

from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.booking.list_row import TONES
from desktop.views.parts.damage import DamageBox
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.panel import Panel
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.text import Text, unbroken
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import amount, clock_time, day_time
from desktop.words.messages import booking_number
from engine.domain.booking.booking import Booking
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_ROWS = 6
Line = tuple[Booking, datetime]


def latest_columns() -> list[Column[Line]]:
    return [
        *_what(),
        Column(tr("Pick-up"), _pick_up, _pick_up, weight=4, spare=True),
        Column(
            tr("Standing"),
            lambda line: STANDINGS[line[0].standing],
            lambda line: line[0].standing,
            tone=lambda line: str(TONES[line[0].standing].value),
            weight=3,
        ),
        Column(
            tr("Price"), lambda line: amount(line[0].price), lambda line: line[0].price.minor, numeric=True, weight=3
        ),
    ]


def hold_columns() -> list[Column[Line]]:
    return [
        *_what(),
        Column(tr("Ends"), _end, lambda line: line[0].hold_until, numeric=True, weight=3),
    ]


def _what() -> list[Column[Line]]:
    return [
        Column(tr("Booking"), lambda line: booking_number(line[0].id), lambda line: line[0].id, weight=4, spare=True),
        Column(tr("Car"), lambda line: _car(line[0]), lambda line: line[0].car_label, weight=6),
        Column(tr("Renter"), lambda line: line[0].renter_name, lambda line: line[0].renter_name, weight=4),
    ]


def _car(booking: Booking) -> str:
    title, _, plate = booking.car_label.rpartition(" · ")
    return f"{title} · {unbroken(plate)}" if title else unbroken(plate)


def _pick_up(line: Line) -> str:
    booking, now = line
    return day_time(booking.period.starts_at, shown_zone(booking.zone), now=now)


def _end(line: Line) -> str:
    """On this desk's clock: what is left would be wrong a second later."""
    booking, now = line
    return tr("over, being closed") if booking.hold_over(now) else clock_time(booking.hold_until)


class BookingsCard(Panel):
    """Signals: ``opened`` carries the Booking of a row."""

    opened = Signal(object)

    def __init__(self, context: ViewContext, title: str, columns: list[Column[Line]]) -> None:
        super().__init__(context.theme, padding=4 * GRID)
        self.model: SlicesModel[Any] = SlicesModel(columns, lambda _ticket: None, _ROWS)
        self.table = RecordTable(context.theme, context.shimmer)
        self.table.setAccessibleName(title)
        self.table.narrow_px = 0  # a card is narrow by nature: columns go one by one
        self.table.setModel(self.model)
        self.nothing = Text(context.theme, ink="muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.nothing)
        self.body.addWidget(Text(context.theme, title, size=TypeSize.LEAD, bold=True))
        self.body.addWidget(self.stack, 1)
        self.damage = DamageBox(self)
        self.table.chosen.connect(self._open)

    def _open(self, line: Line | Damaged) -> None:
        if isinstance(line, Damaged):
            self.damage.tell(line)
        else:
            self.opened.emit(line[0])

    def show_skeleton(self) -> None:
        self.model.reset(_ROWS)
        self.stack.setCurrentWidget(self.table)

    def show_bookings(self, bookings: Sequence[Booking | Damaged], at: datetime, nothing: str) -> None:
        """*at* is the moment the list was read, by which what is left of a hold is counted."""
        self.nothing.setText(nothing)
        self.model.reset(len(bookings))
        rows = [each if isinstance(each, Damaged) else (each, at) for each in bookings]
        self.model.put_slice(self.model.ticket(0), rows)
        self.stack.setCurrentWidget(self.table if bookings else self.nothing)
