"""Requests: who asks for an account; grant one with a role, or decline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop.dialogs import confirm
from desktop.models.rows import Column
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.people.requests import RequestsViewModel
from desktop.views.parts.account_words import seen_text
from desktop.views.parts.admin_questions import to_decline
from desktop.views.parts.area import Page
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.page_header import PageHeader
from desktop.words.messages import counted, say
from engine.domain.people.account_requests import AccountRequest
from engine.words.tr import tr

_TITLE = tr("Requests")
_EMPTY = ListWords(
    Icon.PEOPLE,
    tr("Nobody asks for an account"),
    tr(
        "Whoever asks on the sign-in screen shows up here. You grant the account with a role of your "
        "choice, or decline."
    ),
    tr("Create one yourself"),
    tr("The requests did not come"),
)


class RequestsPage(Page):
    """The list, and what is decided on each.

    Signals:
        grant_wanted: An account is to be made for it; carries the AccountRequest.
        new_wanted: An account is to be made that nobody asked for.
        task_failed: A question ended with an exception nobody foresaw.
    """

    grant_wanted = Signal(object)
    new_wanted = Signal()

    def __init__(self, context: ViewContext, vm: RequestsViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.vm, self.tasks = vm, TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.banner = Banner(context.theme)
        self.grant = Button(context.theme, tr("Grant …"), ButtonKind.PRIMARY, Icon.CHECK)
        self.decline = Button(context.theme, tr("Decline …"), ButtonKind.DANGER)
        self.decline_all = Button(context.theme, tr("Decline all shown …"))
        self.list = PagedList(context, vm.listing, _columns(now), _EMPTY, _TITLE, lambda row: row.id)
        self._lay_out()
        self.grant.clicked.connect(self._grant)
        self.decline.clicked.connect(lambda: self._ask_decline(self._chosen()))
        self.decline_all.clicked.connect(lambda: self._ask_decline(self._shown()))
        self.list.opened.connect(self.grant_wanted)
        self.list.stepped.connect(self.new_wanted)
        self.list.filled.connect(self._count)
        vm.declined.connect(self._tell_declined)
        vm.failed.connect(lambda problem: self.banner.tell(Tone.DANGER, say(problem).text))

    def focus_first(self) -> None:
        self.list.focus_first()

    def come_back(self) -> None:
        self.vm.listing.load()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("decline")

    def decline_chosen(self) -> None:
        self._ask_decline(self._chosen())

    def _chosen(self) -> tuple[AccountRequest, ...]:
        row = self.list.row()
        return () if row is None else (row,)

    def _shown(self) -> tuple[AccountRequest, ...]:
        first = self.vm.listing.state.first
        return tuple(row for row in first.rows if isinstance(row, AccountRequest)) if first is not None else ()

    def _grant(self) -> None:
        for request in self._chosen():
            self.grant_wanted.emit(request)

    def _ask_decline(self, requests: Sequence[AccountRequest]) -> None:
        if requests:
            self.tasks.once("decline", self._decline(requests))

    async def _decline(self, requests: Sequence[AccountRequest]) -> None:
        if await confirm(self.window(), to_decline(requests)):
            self.vm.decline(requests)

    def _tell_declined(self, count: int) -> None:
        self.banner.tell(
            Tone.NEUTRAL, tr("{requests} declined.", requests=counted("{count} request", "{count} requests", count))
        )

    def _count(self, total: int) -> None:
        told = (
            tr("Loading")
            if total < 0
            else tr("{requests}, oldest first", requests=counted("{count} request", "{count} requests", total))
            if total
            else " "
        )
        self.header.say(_TITLE, told)
        for button in (self.grant, self.decline):
            button.setVisible(total > 0)
        self.decline_all.setVisible(total > 1)

    def _lay_out(self) -> None:
        for button in (self.decline_all, self.decline, self.grant):
            self.header.add_action(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.banner)
        column.addWidget(self.list, 1)


def _columns(now: Callable[[], datetime]) -> list[Column[AccountRequest]]:
    def column(title: str, text: Callable[[AccountRequest], str], weight: int) -> Column[AccountRequest]:
        return Column(title, text, text, weight=weight)

    return [
        column(tr("Name"), lambda row: row.name, 3),
        column(tr("E-mail"), lambda row: row.email, 3),
        column(tr("Phone"), lambda row: row.phone, 2),
        column(tr("What it is for"), lambda row: " ".join(row.note.split()), 4),
        column(tr("Asked"), lambda row: seen_text(row.at, now()), 2),
    ]
