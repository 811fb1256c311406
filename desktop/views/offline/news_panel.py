"""What came into the books since the copy before: each payment and refund, with the booking behind it.

API: NewsPanel(context, host): show_news(news, zone); booking_wanted(id).
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column, RowsModel
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.text import Text
from desktop.words.figures import amount, desk_time
from desktop.words.messages import booking_number
from engine.domain.booking.booking import BookingId
from engine.domain.money.ledger import MOVED, LedgerKind
from engine.domain.money.money import Money
from engine.domain.reports.copying import CopyNews
from engine.domain.reports.owner_books import Posting
from engine.domain.reports.report_period import moment
from engine.words.tr import tr


class NewsPanel(SidePanel):
    """Signals: ``booking_wanted`` carries the number of the booking of a row that was opened."""

    booking_wanted = Signal(str)

    def __init__(self, context: ViewContext, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("What changed"))
        self._zone: tzinfo | None = None
        self.words = Text(context.theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.model: RowsModel[Posting] = RowsModel(self._columns(), _key)
        self.table = RecordTable(context.theme, context.shimmer)
        self.table.setAccessibleName(tr("What changed, the newest first"))
        self.table.setModel(self.model)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        self.set_content(content)
        self.table.chosen.connect(lambda row: self.booking_wanted.emit(row.booking_id))

    def show_news(self, news: CopyNews, words: str, zone: tzinfo | None) -> None:
        self._zone = zone
        self.words.setText(tr("{words}. Open one for its booking.", words=words))
        self.model.replace_all(())
        self.model.replace_all(news.money)
        self.open(self.table)
        self.table.selectRow(0)

    def _columns(self) -> list[Column[Posting]]:
        return [
            Column(tr("What"), what_words, what_words, weight=12),
            Column(tr("Booking"), lambda row: booking_number(BookingId(row.booking_id)), _key, weight=16),
            Column(tr("When"), self._when, lambda row: row.at, weight=14),
            Column(
                tr("Amount"), lambda row: amount(Money(row.minor, row.currency)), lambda row: row.minor, numeric=True
            ),
        ]

    def _when(self, row: Posting) -> str:
        return desk_time(moment(row.at), self._zone, now=datetime.now(UTC))


def what_words(row: Posting) -> str:
    if MOVED in row.source_id:
        return tr("Moved to this car") if row.minor >= 0 else tr("Moved to another car")
    return tr("Refund") if row.kind == LedgerKind.REFUND.value else tr("Rental paid")


def _key(row: Posting) -> tuple[str, str, str]:
    return row.booking_id, row.kind, row.source_id
