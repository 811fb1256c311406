"""Users: every account of the firm, searched and filtered by the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout

from desktop.collation import in_language_order
from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.people.people import PeopleState, PeopleViewModel
from desktop.views.parts.account_words import seen_text, standing_of, where_text
from desktop.views.parts.area import Page
from desktop.views.parts.near import slip_words
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.combo import Combo
from desktop.widgets.flow import FlowLayout
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.search_field import SearchField
from desktop.words.messages import ROLES, branch_name, counted
from engine.domain.car.car import BranchId
from engine.domain.people.accounts import PeopleQuery, PeopleSlice, PersonRow
from engine.domain.people.people import Role
from engine.words.tr import tr

_FAILED = tr("The accounts did not come")
_NONE = ListWords(
    Icon.PEOPLE, tr("No accounts yet"), tr("Everybody who works with this firm gets one."), tr("New account"), _FAILED
)
_NOBODY = ListWords(
    Icon.SEARCH, tr("Nobody fits"), tr("No account fits what is searched and filtered for."), tr("Clear all"), _FAILED
)
_TITLE = tr("Users")
_SEARCH_PX = 280


class PeoplePage(Page):
    """Signals: ``opened`` carries the PersonRow; ``new_wanted`` when an account is to be made."""

    opened = Signal(object)
    new_wanted = Signal()

    def __init__(self, context: ViewContext, vm: PeopleViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm = vm
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.new = Button(context.theme, tr("New account"), ButtonKind.PRIMARY, Icon.ADD)
        self.search = SearchField(context.theme, tr("Name, account, e-mail or phone"))
        self.search.setMinimumWidth(_SEARCH_PX)
        self.role, self.branch, self.standing = Combo(), Combo(), Combo()
        self.list = PagedList(
            context, vm.listing, self._columns(now), _NONE, tr("Accounts"), lambda row: row.person.account
        )
        self._lay_out()
        self._connect()

    def focus_first(self) -> None:
        self.list.focus_first()

    def come_back(self) -> None:
        self.vm.begin()

    def reload(self) -> None:
        self.vm.begin()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.vm.in_sight = True

    def hideEvent(self, event: QHideEvent) -> None:
        self.vm.in_sight = False
        super().hideEvent(event)

    def focus_search(self) -> bool:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()
        return True

    def search_for(self, text: str) -> None:
        """Whoever has *text*, of every role, branch and standing."""
        for box in (self.role, self.branch, self.standing):
            box.setCurrentIndex(0)
        self.search.search_for(text)
        self.focus_first()

    def _columns(self, now: Callable[[], datetime]) -> list[Column[PersonRow]]:
        def where(row: PersonRow) -> str:
            return where_text(row.person.post, self.vm.state.branches, self.vm.state.fleets)

        def column(
            title: str, text: Callable[[PersonRow], str], weight: int = 3, *, spare: bool = False
        ) -> Column[PersonRow]:
            return Column(title, text, text, weight=weight, spare=spare)

        def standing(row: PersonRow) -> str:
            return standing_of(row)[0]

        return [
            column(tr("Name"), lambda row: row.person.name, 4),
            column(tr("Signs in as"), lambda row: row.person.account),
            column(tr("Role"), lambda row: ROLES[row.person.post.role]),
            column(tr("Place"), where, 4, spare=True),
            column(tr("Last sign-in"), lambda row: seen_text(row.last_sign_in, now()), spare=True),
            Column(tr("Standing"), standing, standing, tone=lambda row: standing_of(row)[1].value, weight=3),
        ]

    def _stepped(self) -> None:
        if self.vm.listing.state.query == PeopleQuery():
            self.new_wanted.emit()
            return
        self.search.reset()
        for box in (self.role, self.branch, self.standing):
            box.setCurrentIndex(0)
        self._ask()

    def _ask(self) -> None:
        role, branch, standing = (box.currentData() for box in (self.role, self.branch, self.standing))
        asked = PeopleQuery(
            text=self.search.text().strip(),
            role=Role(role) if role else None,
            branch_id=BranchId(branch) if branch else None,
            disabled={"": None, "active": False, "disabled": True}[standing],
        )
        self.list.words = _NONE if asked == PeopleQuery() else _NOBODY
        self.vm.listing.ask(asked)

    def _offer_branches(self, state: PeopleState) -> None:
        if self.branch.count() != len(state.branches) + 1:
            chosen, blocked = self.branch.currentData(), QSignalBlocker(self.branch)
            self.branch.clear()
            self.branch.addItem(tr("Every branch"), "")
            for branch in in_language_order(state.branches, branch_name):
                self.branch.addItem(branch_name(branch), branch.id)
            self.branch.setCurrentIndex(max(0, self.branch.findData(chosen)))
            del blocked
            self.list.table.viewport().update()

    def _count(self, total: int) -> None:
        told = (
            tr("Loading")
            if total < 0
            else counted("{count} account, by name", "{count} accounts, by name", total)
            if total
            else " "
        )
        first = self.vm.listing.state.first
        if total > 0 and isinstance(first, PeopleSlice) and first.slip:
            told = tr(
                "{accounts}. {query}",
                accounts=counted("{count} account", "{count} accounts", total),
                query=slip_words(self.vm.listing.state.query.text, _lines(first)),
            )
        self.header.say(_TITLE, told)

    def _lay_out(self) -> None:
        self.header.add_action(self.new)
        choices = ((self.role, tr("Role"), tr("Every role"), [(ROLES[role], role.value) for role in Role]),)
        for box, name, every, values in choices:
            box.setAccessibleName(name)
            box.addItem(every, "")
            for words, value in values:
                box.addItem(words, value)
        self.branch.setAccessibleName(tr("Branch"))
        self.branch.addItem(tr("Every branch"), "")
        self.standing.setAccessibleName(tr("Standing"))
        for words, value in (
            (tr("Active and disabled"), ""),
            (tr("Active only"), "active"),
            (tr("Disabled only"), "disabled"),
        ):
            self.standing.addItem(words, value)
        row = FlowLayout(gap=2 * GRID)
        for widget in (self.search, self.role, self.branch, self.standing):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addLayout(row)
        column.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.search.searched.connect(self._ask)
        self.search.stepped_down.connect(self.list.focus_first)
        for box in (self.role, self.branch, self.standing):
            box.currentIndexChanged.connect(self._ask)
        self.list.opened.connect(self.opened)
        self.list.stepped.connect(self._stepped)
        self.list.filled.connect(self._count)
        self.new.clicked.connect(self.new_wanted)
        self.vm.changed.connect(self._offer_branches)


def _lines(page: PeopleSlice) -> list[str]:
    """What the accounts of *page* are found by."""
    people = [row.person for row in page.rows if isinstance(row, PersonRow)]
    return [f"{person.name} {person.account} {person.email} {person.phone}" for person in people]
