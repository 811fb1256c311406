"""The accounts' part of the administrator's view: users, and who asks to be one."""

from __future__ import annotations

from collections.abc import Callable

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.theme.icons import Icon
from desktop.viewmodels.people.people import PeopleViewModel
from desktop.viewmodels.people.requests import RequestsViewModel
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.damage import sound_key
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.people.people_page import PeoplePage
from desktop.views.people.person_panel import PersonPanel
from desktop.views.people.requests_page import RequestsPage
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.follow import Follow, Shows
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import PersonRow

USERS, REQUESTS = "users", "requests"


class AccountsArea(Area):
    """Attributes: ``people`` and ``requests`` are there once somebody went to them."""

    def __init__(self, tools: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._tools, self._workspace, self._frame = tools, workspace, frame
        self.people: PeoplePage | None = None
        self.requests: RequestsPage | None = None
        self.people_vm = PeopleViewModel(workspace.desk, workspace.tasks)
        self.requests_vm = RequestsViewModel(workspace.desk, workspace.tasks)
        self.beside = Beside(lambda: PersonPanel(tools, workspace, self.people_vm, frame.host))
        self.beside.when_built(lambda panel: panel.task_failed.connect(self.task_failed))
        self.requests_vm.waiting.connect(lambda count: frame.badge(REQUESTS, count))
        self.people_vm.request_granted.connect(self.requests_vm.listing.load)

    @property
    def panel(self) -> PersonPanel:
        return self.beside.wanted()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(USERS, "Users", Icon.PEOPLE, self._make_people),
            Entry(REQUESTS, "Requests", Icon.SIGN_IN, self._make_requests),
        )

    def commands(self) -> tuple[Command, ...]:
        return (
            Command("users.new", "New account", self._new, key="N", group="Users", here=lambda: self._frame.at(USERS)),
            Command("users.search", "Search users", self._search, key="Ctrl+Shift+F", group="Users"),
            Command("requests.decline", "Decline the chosen request", self._decline, group="Users"),
        )

    def start(self) -> None:
        self.requests_vm.watch()
        self.people_vm.watch()

    def reload(self) -> None:
        super().reload()
        self.requests_vm.listing.load()

    def search_for(self, text: str) -> None:
        self._frame.go(USERS)
        if self.people is not None:
            self.people.search_for(text)

    def open_person(self, row: PersonRow) -> bool:
        self._frame.go(USERS)
        self.panel.open_person(row)
        return True

    def left(self) -> None:
        if self.beside.there is not None:
            self.beside.there.close_panel()

    def unsaved(self) -> Question | None:
        return self.beside.there.unsaved() if self.beside.there is not None else None

    def stop(self) -> None:
        super().stop()
        if self.beside.there is not None:
            self.beside.there.stop()

    def _make_people(self) -> PeoplePage:
        self.people = self.keep(PeoplePage(self._tools, self.people_vm, self._workspace.now))
        self.people.opened.connect(self._open)
        Follow(self.people.list.table, sound_key(lambda row: row.person.account), self._shows(self._account_shown))
        self.people.new_wanted.connect(self._begin)
        self.people_vm.begin()
        return self.people

    def _make_requests(self) -> RequestsPage:
        self.requests = self.keep(RequestsPage(self._tools, self.requests_vm, self._workspace.now))
        self.requests.grant_wanted.connect(self._grant)
        Follow(self.requests.list.table, sound_key(lambda row: row.id), self._shows(self._request_shown))
        self.requests.new_wanted.connect(self._new)
        self.people_vm.begin()
        self.requests_vm.listing.load()
        return self.requests

    def _shows(self, shown: Callable[[], object]) -> Shows:
        return Shows(self.beside, shown, held=lambda: self.panel.is_dirty)

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

    def _search(self) -> None:
        self._frame.go(USERS)
        if self.people is not None:
            self.people.focus_search()

    def _decline(self) -> None:
        self._frame.go(REQUESTS)
        if self.requests is not None:
            self.requests.decline_chosen()
