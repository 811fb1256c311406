"""The row above a list of bookings: search, filters, order; and the chips of what is set."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking.bookings import BookingsState, BookingsViewModel
from desktop.viewmodels.day_span import Days, DaySpan
from desktop.views.booking.list_words import DAYS, ORDERS, hint_for, orders_for
from desktop.views.parts.filter_button import FilterButton, FilterChips
from desktop.views.parts.moments.field import MomentField
from desktop.widgets.chip import Chip
from desktop.widgets.combo import Combo
from desktop.widgets.flow import FlowLayout, with_label
from desktop.widgets.search_field import SearchField
from desktop.widgets.text import Text
from desktop.words.booking_words import STANDINGS
from desktop.words.messages import branch_name
from engine.domain.booking.listing import BookingScope
from engine.domain.booking.states import Standing
from engine.domain.car.car import BranchId
from engine.domain.moments.reading import Lean
from engine.words.tr import tr

_SEARCH_PX = 260
_DAY_PX = 180
#: Where rows of several branches stand beside each other.
_OF_MANY = (BookingScope.MINE, BookingScope.FLEET, BookingScope.ALL)


class BookingFilters(QWidget):
    """Tells the view-model what is asked for, and draws what it says is asked."""

    def __init__(self, theme: Theme, vm: BookingsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.vm = vm
        self._branches: dict[BranchId, str] = {}
        self.search = SearchField(theme, hint_for(vm.scopes))
        self.search.setMinimumWidth(_SEARCH_PX)
        self.standings: FilterButton[Standing] = FilterButton(theme, tr("Standing"), STANDINGS.__getitem__)
        self.days: FilterButton[Days] = FilterButton(theme, tr("Pick-up"), DAYS.__getitem__, many=False)
        self.branch: FilterButton[BranchId] = FilterButton(
            theme, tr("Branch"), self._branch_words, many=False, by_words=True
        )
        self.first, self.last = (
            MomentField(theme, name, days_only=True, lean=Lean.NEAREST, beneath=False)
            for name in (tr("First day of pick-up"), tr("Last day of pick-up"))
        )
        self.order = Combo()
        self.order.setAccessibleName(tr("Order"))
        self._orders = orders_for(vm.scopes)
        self.order.addItems([ORDERS[order] for order in self._orders])
        #: Set from elsewhere (a car's page, a figure that was drilled into); here it can only be taken away.
        self.only = Chip(theme, "")
        self.chips = FilterChips(theme, (self.standings, self.days, self.branch), FilterButton.words, self.only)
        self._lay_out(theme)
        self.standings.set_choices(Standing)
        self.days.set_choices(day for day in Days if day is not Days.ANY)
        self.search.searched.connect(vm.search)
        self.only.clicked.connect(vm.widen)
        self.chips.cleared.connect(vm.clear)
        for button in (self.standings, self.days, self.branch):
            button.edited.connect(self._filter)
        for edit in (self.first, self.last):
            edit.setMinimumWidth(_DAY_PX)
            edit.hide()
            edit.taken.connect(self._filter)
            edit.range_taken.connect(self._range_typed)
        self.order.activated.connect(self._sort)

    def draw(self, state: BookingsState) -> None:
        asked = state.query
        self.search.follow(asked.text)
        self._branches = {branch.id: branch_name(branch) for branch in state.branches}
        self.branch.set_choices(self._branches)
        self.standings.show_chosen(asked.standings)
        self.branch.show_chosen(frozenset() if asked.branch_id is None else frozenset({asked.branch_id}))
        self.branch.setVisible(asked.scope in _OF_MANY and len(self._branches) > 1)
        days = state.days.days
        self.days.show_chosen(frozenset() if days is Days.ANY else frozenset({days}))
        for edit, day in ((self.first, state.days.first), (self.last, state.days.last)):
            edit.setVisible(days is Days.CHOSEN)
            if day is not None and not edit.at_odds:
                blocked = QSignalBlocker(edit)
                edit.show_day(day)
                del blocked
        self.order.setCurrentIndex(self._orders.index((asked.order, asked.descending)))
        self.only.set_words(state.only)
        self.chips.draw()

    def reset(self) -> None:
        """Nothing is searched for any more."""
        self.search.reset()
        self.vm.clear()

    def _filter(self) -> None:
        days = next(iter(self.days.chosen()), Days.ANY)
        span = DaySpan(days)
        if days is Days.CHOSEN:
            if self.vm.state.days.days is not Days.CHOSEN:
                self._begin_with_today()
            span = DaySpan(days, *sorted(day for day in (self.first.day(), self.last.day()) if day is not None))
        branch = next(iter(self.branch.chosen()), None)
        self.vm.filter(self.standings.chosen(), branch, span)

    def _begin_with_today(self) -> None:
        for edit in (self.first, self.last):
            blocked = QSignalBlocker(edit)
            edit.show_day(self.vm.today())
            del blocked

    def _range_typed(self, first: date, last: date) -> None:
        self.first.show_day(first)
        self.last.show_day(last)
        self._filter()

    def _sort(self) -> None:
        order, descending = self._orders[self.order.currentIndex()]
        self.vm.sort(order, descending=descending)

    def _branch_words(self, branch_id: BranchId) -> str:
        return self._branches.get(branch_id, branch_id)

    def _lay_out(self, theme: Theme) -> None:
        row = FlowLayout(gap=2 * GRID)
        for widget in (self.search, self.standings, self.days, self.first, self.last, self.branch):
            row.addWidget(widget)
        row.add_tail(with_label(Text(theme, tr("Order"), ink="muted"), self.order, 2 * GRID))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(row)
        column.addWidget(self.chips)
