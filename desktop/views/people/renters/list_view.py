"""Everybody who rents: searched, narrowed and ordered by the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.people.renters import RentersViewModel
from desktop.views.parts.near import renter_lines, slip_words
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.flow import FlowLayout
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.search_field import SearchField
from desktop.words.figures import day_time, desk_zone
from desktop.words.messages import counted
from engine.domain.people.phone import phone_text
from engine.domain.people.renters import RenterFile, RenterOrder, RenterPage, RenterQuery
from engine.words.tr import tr

_FAILED = tr("The renters did not come")
_NONE = ListWords(
    Icon.PEOPLE, tr("No renters yet"), tr("Everybody a car is booked for shows up here."), tr("New renter"), _FAILED
)
_NOBODY = ListWords(
    Icon.SEARCH,
    tr("Nobody fits"),
    tr("Try a part of the name, the telephone or the e-mail address."),
    tr("Clear all"),
    _FAILED,
)
_TITLE = tr("Renters")
_SEARCH_PX = 320
_ORDERS = (
    (tr("Name, A to Z"), RenterOrder.NAME, False),
    (tr("Name, Z to A"), RenterOrder.NAME, True),
    (tr("Changed last first"), RenterOrder.CHANGED, True),
)


class RenterListView(QWidget):
    """Signals: ``opened`` carries a RenterFile; ``new_wanted`` when somebody is to be added."""

    opened = Signal(object)
    new_wanted = Signal()

    def __init__(self, context: ViewContext, vm: RentersViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self._now = vm, now
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.new = Button(context.theme, tr("New renter"), ButtonKind.PRIMARY, Icon.ADD)
        self.search = SearchField(context.theme, tr("Any part of name, phone, e-mail or licence"))
        self.search.setMinimumWidth(max(_SEARCH_PX, self.search.hint_width))
        self.standing, self.order = Combo(), Combo()
        self.list = PagedList(context, vm.listing, self._columns(), _NONE, _TITLE, lambda file: file.id)
        self._lay_out()
        self.new.setVisible(vm.may_mend)
        self.search.searched.connect(self._ask)
        self.search.stepped_down.connect(self.list.focus_first)
        for box in (self.standing, self.order):
            box.currentIndexChanged.connect(self._ask)
        self.list.opened.connect(self.opened)
        self.list.stepped.connect(self._stepped)
        self.list.filled.connect(self._count)
        self.new.clicked.connect(self.new_wanted)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def search_for(self, text: str) -> None:
        self.standing.setCurrentIndex(0)
        self.search.search_for(text)
        self.list.focus_first()

    def _columns(self) -> list[Column[RenterFile]]:
        def column(title: str, text: Callable[[RenterFile], str], weight: int, *, spare: bool) -> Column[RenterFile]:
            return Column(title, text, text, weight=weight, spare=spare)

        return [
            column(tr("Name"), lambda file: file.renter.name, 4, spare=False),
            column(tr("Telephone"), lambda file: phone_text(file.renter.phone, self.vm.state.country), 3, spare=False),
            column(tr("E-mail"), lambda file: file.renter.email, 4, spare=False),
            column(tr("Licence"), lambda file: file.renter.licence, 2, spare=True),
            column(tr("Changed"), self._changed_words, 3, spare=True),
            Column(tr("Standing"), self._standing_words, self._standing_words, tone=self._tone, weight=2),
        ]

    def _changed_words(self, file: RenterFile) -> str:
        if file.changed_at is None:
            return ""
        return tr(
            "{changed_at} by {changed_by}",
            changed_at=day_time(file.changed_at, desk_zone(), now=self._now()),
            changed_by=file.changed_by,
        )

    def _standing_words(self, file: RenterFile) -> str:
        return tr("Blocked") if file.blocked_at(self._now()) else tr("May rent")

    def _tone(self, file: RenterFile) -> str:
        return str((Tone.DANGER if file.blocked_at(self._now()) else Tone.NEUTRAL).value)

    def _ask(self) -> None:
        order, descending = self.order.currentData()
        asked = RenterQuery(
            text=self.search.text().strip(),
            blocked=self.standing.currentData() == "blocked",
            order=RenterOrder(order),
            descending=descending,
        )
        self.list.words = _NOBODY if asked.text or asked.blocked else _NONE
        self.vm.listing.ask(asked)

    def _stepped(self) -> None:
        if self.list.words is _NONE:
            self.new_wanted.emit()
            return
        self.search.reset()
        self.standing.setCurrentIndex(0)
        self._ask()

    def _count(self, total: int) -> None:
        told, first = counted("{count} renter", "{count} renters", total), self.vm.listing.state.first
        if total > 0 and isinstance(first, RenterPage) and first.slip:
            rows = [each.renter if isinstance(each, RenterFile) else each for each in first.rows]
            told = f"{told}. {slip_words(self.vm.listing.state.query.text, renter_lines(rows))}"
        self.header.say(_TITLE, tr("Loading") if total < 0 else told if total else " ")

    def _lay_out(self) -> None:
        self.header.add_action(self.new)
        self.standing.setAccessibleName(tr("Standing"))
        self.standing.addItem(tr("Everybody"), "")
        self.standing.addItem(tr("Blocked now"), "blocked")
        self.order.setAccessibleName(tr("Order"))
        for words, order, descending in _ORDERS:
            self.order.addItem(words, (order.value, descending))
        row = FlowLayout(gap=2 * GRID)
        for widget in (self.search, self.standing, self.order):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addLayout(row)
        column.addWidget(self.list, 1)
