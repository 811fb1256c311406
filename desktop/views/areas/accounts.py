"""The accounts' part of the administrator's view: users, and who asks to be one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.people.people import PeopleViewModel
from desktop.viewmodels.people.requests import RequestsViewModel
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.damage import sound_key
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.people.people_page import PeoplePage
from desktop.views.people.person_panel import PersonPanel
from desktop.views.people.requests_page import RequestsPage
from desktop.widgets.frame.follow import Follow, Shows
from engine.domain.booking.listing import BookingScope
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import PersonRow
from engine.domain.people.people import Deed
from engine.words.tr import tr

USERS, REQUESTS = "users", "requests"


class AccountsArea(Area):
    needs = Deed.MANAGE_ACCOUNTS

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(context, workspace, frame)
        self.people_vm = PeopleViewModel(workspace.desk, workspace.tasks)
        self.requests_vm = RequestsViewModel(workspace.desk, workspace.tasks)
        self.side = self.beside(lambda: PersonPanel(context, workspace, self.people_vm, frame.host))
        self.side.when_built(lambda panel: panel.task_failed.connect(self.task_failed))
        self.requests_vm.waiting.connect(lambda count: frame.badge(REQUESTS, count))
        self.people_vm.request_granted.connect(self.requests_vm.listing.load)

    @property
    def people(self) -> PeoplePage | None:
        """Once somebody went to them."""
        return self.built(USERS, PeoplePage)

    @property
    def requests(self) -> RequestsPage | None:
        """Once somebody went to them."""
        return self.built(REQUESTS, RequestsPage)

    @property
    def panel(self) -> PersonPanel:
        return self.side.wanted()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(USERS, tr("Users"), Icon.PEOPLE, self._make_people),
            Entry(REQUESTS, tr("Requests"), Icon.SIGN_IN, self._make_requests),
        )

    def commands(self) -> tuple[Command, ...]:
        search = self.on(USERS, PeoplePage, PeoplePage.focus_search)
        decline = self.on(REQUESTS, RequestsPage, RequestsPage.decline_chosen)
        return (
            Command(
                "users.new",
                tr("New account"),
                self._new,
                key="N",
                group=tr("Users"),
                here=lambda: self._frame.at(USERS),
            ),
            Command("users.search", tr("Search users"), search, key="Ctrl+Shift+F", group=tr("Users")),
            Command("requests.decline", tr("Decline the chosen request"), decline, group=tr("Users")),
        )

    def start(self) -> None:
        self.requests_vm.watch()
        self.people_vm.watch()

    def reload(self) -> None:
        self.requests_vm.listing.load()

    @property
    def listed(self) -> Mapping[HitKind, str]:
        return {HitKind.PEOPLE: tr("→ all {count} accounts")}

    def show_all(self, kind: HitKind, _scope: BookingScope, text: str) -> bool:
        if kind is not HitKind.PEOPLE:
            return False
        self.to(USERS, PeoplePage).search_for(text)
        return True

    def open_person(self, row: PersonRow) -> bool:
        self._frame.go(USERS)
        self.panel.open_person(row)
        return True

    def _make_people(self) -> PeoplePage:
        page = PeoplePage(self._context, self.people_vm, self._workspace.now)
        page.opened.connect(self._open)
        Follow(page.list.table, sound_key(lambda row: row.person.account), self._shows(self._account_shown))
        page.new_wanted.connect(self._begin)
        self.people_vm.begin()
        return page

    def _make_requests(self) -> RequestsPage:
        page = RequestsPage(self._context, self.requests_vm, self._workspace.now)
        page.grant_wanted.connect(self._grant)
        Follow(page.list.table, sound_key(lambda row: row.id), self._shows(self._request_shown))
        page.new_wanted.connect(self._new)
        self.people_vm.begin()
        self.requests_vm.listing.load()
        return page

    def _shows(self, shown: Callable[[], object]) -> Shows:
        return Shows(self.side, shown, held=lambda: self.panel.is_dirty)

    def _account_shown(self) -> object:
        row = self.people_vm.state.row
        return row.person.account if row is not None else None

    def _request_shown(self) -> object:
        request = self.people_vm.state.request
        return request.id if request is not None else None

    def _open(self, row: PersonRow) -> None:
        self.panel.open_person(row)

    def _begin(self) -> None:
        self.panel.open_new()

    def _new(self) -> None:
        self._frame.go(USERS)
        self._begin()

    def _grant(self, request: AccountRequest) -> None:
        self.panel.open_new(request)
