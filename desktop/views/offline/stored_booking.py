"""One booking as it is stored on this computer: to look at; of its renter nothing is kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.tokens import GRID, TypeSize
from desktop.views.booking.refund_reason import usual_words
from desktop.views.earnings.posting_fields import posting_field
from desktop.views.parts.car_head import CarHead
from desktop.views.parts.view_context import ViewContext, announce
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.text import Text
from desktop.words.booking_words import STANDINGS
from desktop.words.messages import amount, booking_number, branch_time, days_text, percent
from engine.domain.booking.booking import BookingId
from engine.domain.booking.refund_reason import UsualReason
from engine.domain.booking.states import Standing
from engine.domain.money.ledger import LedgerKind
from engine.domain.reports.figure_sources import postings_of
from engine.domain.reports.owner_aggregate import OwnBooks
from engine.domain.reports.owner_books import Posting, Rental
from engine.domain.reports.report_period import moment
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_UNPAID = tr("Nothing was paid when this copy was made.")


class StoredBookingPanel(SidePanel):
    def __init__(
        self, context: ViewContext, books: OwnBooks, now: Callable[[], datetime], stamp: str, host: QWidget
    ) -> None:
        super().__init__(context.theme, host, tr("Booking"))
        self._books, self._now = books, now
        theme, clock = context.theme, context.shimmer
        self.number = CopyLine(theme, tr("booking number"), lead=True)
        self.car = CarHead(theme)
        self.facts, self.payments = FieldList(theme, clock), FieldList(theme, clock)
        self.unpaid = Text(theme, _UNPAID, ink="muted", wrap=True)
        self.stamp = Text(theme, f"{stamp[0].upper()}{stamp[1:]}", size=TypeSize.SMALL, ink="muted", wrap=True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(4 * GRID)
        head = Text(theme, tr("Payments"), size=TypeSize.LEAD, bold=True)
        for part in (self.number, self.car, self.facts, head, self.payments, self.unpaid, self.stamp):
            column.addWidget(part)
        column.addStretch(1)
        self.set_content(content)
        self.number.copied.connect(lambda text: announce(self, tr("{text_} copied", text_=text)))

    def open_rental(self, rental: Rental, branch: str) -> None:
        self.showing = rental.booking_id
        zone = shown_zone(rental.zone)
        self.number.show_value(booking_number(BookingId(rental.booking_id)), rental.booking_id)
        self.car.show_label(rental.car_label)
        self.facts.show_fields(_facts(rental, branch, self._now()))
        rows = sorted(postings_of(self._books, rental.booking_id), key=_order)
        self.payments.show_fields([*(posting_field(row, zone, self._now()) for row in rows), *_reason(rental)])
        self.payments.setVisible(bool(rows))
        self.unpaid.setVisible(not rows)
        self.open(self.number.button)


def _order(row: Posting) -> tuple[int, str, bool]:
    """What was paid or given back, then how it was shared."""
    return row.at, row.source_id, row.kind not in (LedgerKind.CHARGE.value, LedgerKind.REFUND.value)


def _reason(rental: Rental) -> list[LabelledValue]:
    """Why money was given back; one that this program does not know is not guessed at."""
    with suppress(ValueError):
        return [LabelledValue(tr("Refund reason"), usual_words(UsualReason(rental.reason)))]
    return []


def _facts(rental: Rental, branch: str, now: datetime) -> list[LabelledValue]:
    zone = shown_zone(rental.zone)
    standing = STANDINGS[rental.standing]
    if rental.standing is Standing.PENDING:
        standing = tr("{standing} when this copy was made", standing=standing)
    return [
        LabelledValue(tr("Standing"), standing),
        LabelledValue(tr("Pick-up"), branch_time(moment(rental.starts), zone, now=now)),
        LabelledValue(tr("Return"), branch_time(moment(rental.ends), zone, now=now)),
        LabelledValue(tr("Branch"), branch),
        LabelledValue(tr("Booked"), branch_time(moment(rental.created), zone, now=now)),
        LabelledValue(tr("Rental"), days_text(rental.days)),
        LabelledValue(
            tr("Commission rule"),
            tr("{commission_bp}, agreed when booked", commission_bp=percent(rental.commission_bp)),
        ),
        LabelledValue(tr("Total"), amount(rental.price), strong=True, amount=True),
    ]
