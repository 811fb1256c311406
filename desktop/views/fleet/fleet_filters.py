"""What a fleet is looked through by: words, status, branch, owner, order."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from desktop.collation import in_language_order
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.fleet.fleet import FleetState
from desktop.views.fleet.fleet_row import STATUSES
from desktop.views.parts.filter_button import FilterButton
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.flow import FlowLayout
from desktop.widgets.search_field import SearchField
from desktop.words.messages import branch_name
from engine.domain.car.car import CarStatus
from engine.domain.car.fleet import FleetOrder, FleetQuery
from engine.words.tr import tr

ORDERS = MappingProxyType(
    {
        FleetOrder.NAME: tr("Name"),
        FleetOrder.PLATE: tr("Plate"),
        FleetOrder.PRICE: tr("Lowest rate"),
        FleetOrder.PRICE_DOWN: tr("Highest rate"),
        FleetOrder.NEWEST: tr("Newest car"),
        FleetOrder.ODOMETER: tr("Most kilometres"),
    }
)
_EVERYBODY = tr("All owners")
_WORDS_PX = 64 * GRID


class FleetFilters(QWidget):
    """Signals: ``edited`` carries the FleetQuery as it is filled in now."""

    edited = Signal(object)

    def __init__(self, theme: Theme, *, owners: bool) -> None:
        super().__init__()
        self._query = FleetQuery()
        self.words = SearchField(theme, tr("Brand, model or plate"))
        self.owner = Combo()
        self.owner.setAccessibleName(tr("Owner"))
        self.status: FilterButton[CarStatus] = FilterButton(theme, tr("Status"), STATUSES.__getitem__)
        self.status.set_choices(CarStatus)
        self._branches: dict[str, str] = {}
        self.branch: FilterButton[str] = FilterButton(theme, tr("Branch"), self._name, many=False, by_words=True)
        self.clear = Button(theme, kind=ButtonKind.QUIET, icon=Icon.CLOSE)
        self.clear.setAccessibleName(tr("Clear filters"))
        self.clear.setToolTip(tr("Clear filters"))
        self.order = Combo()
        self.order.setAccessibleName(tr("Order"))
        for order, words in ORDERS.items():
            self.order.addItem(words, order)
        self.words.setFixedWidth(max(_WORDS_PX, self.words.hint_width))
        for box, letters in ((self.owner, 12), (self.order, 10)):
            box.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(letters)
        # Beside a panel what has no room goes on in the next line.
        row = FlowLayout(self, gap=2 * GRID)
        for widget in (self.words, self.owner, self.status, self.branch, self.clear):
            row.addWidget(widget)
        row.add_tail(self.order)
        self.owner.setVisible(owners)
        self.clear.hide()
        self._connect()

    def draw(self, state: FleetState) -> None:
        query = self._query = state.query
        blocked = [QSignalBlocker(each) for each in (self.owner, self.order)]
        self._offer(state)
        self.order.setCurrentIndex(self.order.findData(query.order))
        self.owner.setCurrentIndex(max(self.owner.findData(query.owner_id), 0))
        del blocked
        self.status.show_chosen(query.statuses)
        self.branch.show_chosen(frozenset({query.branch_id} if query.branch_id else ()))
        self.words.follow(query.text)
        self.clear.setVisible(bool(query.filters))

    def _offer(self, state: FleetState) -> None:
        self._branches = {branch.id: branch_name(branch) for branch in state.branches}
        self.branch.set_choices(self._branches)
        if self.owner.count() != len(state.owners) + 1:
            self.owner.clear()
            self.owner.addItem(_EVERYBODY, None)
            for owner in in_language_order(state.owners, lambda owner: owner.name):
                self.owner.addItem(owner.name, owner.id)

    def _name(self, branch_id: str) -> str:
        return self._branches.get(branch_id, branch_id)

    def _edited(self, **changes: object) -> None:
        self.edited.emit(replace(self._query, **changes))  # type: ignore[arg-type]  # names of its fields

    def _connect(self) -> None:
        self.words.searched.connect(lambda text: self._edited(text=text[:100]))
        self.status.edited.connect(lambda: self._edited(statuses=self.status.chosen()))
        self.branch.edited.connect(lambda: self._edited(branch_id=next(iter(self.branch.chosen()), None)))
        self.owner.currentIndexChanged.connect(lambda _: self._edited(owner_id=self.owner.currentData()))
        self.order.currentIndexChanged.connect(lambda _: self._edited(order=FleetOrder(self.order.currentData())))
        self.clear.clicked.connect(self._clear)

    def _clear(self) -> None:
        self.words.reset()
        self.edited.emit(FleetQuery(owner_id=self._query.owner_id, order=self._query.order))
