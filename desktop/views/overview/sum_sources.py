"""The bookings a sum is made of."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.paged import ListViewModel, PagedState
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.text import Text
from desktop.words.figures import amount, counted
from desktop.words.messages import booking_number
from engine.domain.reports.overview import BehindMoney, BehindPage, MoneyQuestion
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_WORDS = ListWords(
    Icon.MONEY,
    tr("No booking"),
    tr("No money moved here in this time."),
    "",
    tr("The bookings behind this sum did not come"),
)


def columns() -> list[Column[BehindMoney]]:
    return [
        Column(tr("Booking"), _number, lambda row: row.booking.id, weight=9),
        Column(tr("Revenue"), lambda row: amount(row.revenue), lambda row: row.revenue.minor, numeric=True, weight=8),
        Column(tr("Commission"), _commission, lambda row: row.commission.minor, numeric=True, weight=7),
    ]


def _number(row: BehindMoney) -> str:
    return row.booking.line if isinstance(row.booking, Damaged) else booking_number(row.booking.id)


def _commission(row: BehindMoney) -> str:
    return amount(row.commission)


class BehindPanel(SidePanel):
    """Signals: ``booking_wanted`` carries the Booking of a row that was opened."""

    booking_wanted = Signal(object)

    def __init__(self, context: ViewContext, vm: ListViewModel[MoneyQuestion], host: QWidget) -> None:
        super().__init__(context.theme, host)
        self.vm = vm
        self.sums = Text(context.theme, " ", ink="muted", wrap=True)
        self.list = PagedList(context, vm, columns(), _WORDS, tr("Bookings behind this sum"))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.sums)
        column.addWidget(self.list, 1)
        self.set_content(content)
        self.list.opened.connect(lambda row: self.booking_wanted.emit(row.booking))
        vm.changed.connect(self.draw)

    def explain(self, title: str, question: MoneyQuestion) -> None:
        self.set_title(title)
        self.sums.setText(" ")
        self.vm.ask(question)
        self.draw(self.vm.state)
        self.open(self.list.table)

    def draw(self, state: PagedState[MoneyQuestion]) -> None:
        page = state.first
        if isinstance(page, BehindPage):
            bookings = counted("{count} booking", "{count} bookings", page.total)
            self.sums.setText(
                tr(
                    "{bookings}: {revenue}, of it commission {commission}",
                    bookings=bookings,
                    revenue=amount(page.revenue),
                    commission=amount(page.commission),
                )
            )
