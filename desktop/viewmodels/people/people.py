"""The accounts of the firm, and everything an administrator does to one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from desktop.tasks import TaskScope
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.paged import ListViewModel, PagedState
from desktop.viewmodels.state import StateViewModel
from engine.domain.car.car import Branch, OwnerId
from engine.domain.people.account_requests import AccountRequest
from engine.domain.people.accounts import Fleet, NewPerson, OneTimePassword, PeopleQuery, PeopleSlice, PersonRow, Post
from engine.domain.people.people import AccountName, Role
from engine.domain.people.renters import RentersFound
from engine.domain.shared.errors import DriveSphereError

#: Accounts are no part of the news; in sight they are asked for again, and drawn anew where something is another.
_EVERY_S = 3.0


@dataclass(frozen=True, slots=True)
class PeopleState:
    """What stands beside the list.

    Attributes:
        row: The account in the panel; None for a new one, or while the panel is closed.
        request: What the new account is made for; None where nobody asked.
        found: For a renter's account, by the text ``found_for``.
        issued: A one-time password, from its making until the panel is left; nothing else keeps it.
        busy: A change is on its way.
        done: What was carried out last, in a word such as ``moved``.
        heard: The row is as somebody else left it, and not this desk's doing.
    """

    branches: tuple[Branch, ...] = ()
    fleets: tuple[Fleet, ...] = ()
    row: PersonRow | None = None
    request: AccountRequest | None = None
    found: RentersFound = field(default_factory=RentersFound)
    found_for: str = ""
    one_time: OneTimePassword | None = None
    busy: bool = False
    done: str = ""
    heard: bool = False
    problem: DriveSphereError | None = None


class PeopleViewModel(StateViewModel[PeopleState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        request_granted: The account that was asked for is there.
    """

    request_granted = Signal()

    def __init__(self, desk: Desk, tasks: TaskScope) -> None:
        super().__init__(PeopleState())
        self._desk, self._tasks = desk, tasks
        self.listing: ListViewModel[PeopleQuery] = ListViewModel(tasks, "people", self._rows, PeopleQuery())
        #: Whether the list is in sight.
        self.in_sight = False
        self._slices: dict[int, PeopleSlice] = {}
        self.listing.changed.connect(self._begin_slices)
        self.listing.slice_arrived.connect(self._keep_slice)

    @property
    def own_account(self) -> AccountName:
        return self._desk.actor.account

    def begin(self) -> None:
        """The page is opened: the list, and what accounts can be tied to."""
        self.listing.load()
        self._tasks.latest("posts", self._load_posts())

    def watch(self) -> None:
        """Keep list and panel true while the session lasts."""
        self._tasks.once("watch people", self._watch())

    def show(self, row: PersonRow) -> None:
        self.feed(replace(self._bare(), row=row))
        self._tasks.latest("person", self._again(row.person.account))

    def show_new(self, request: AccountRequest | None = None) -> None:
        self.feed(replace(self._bare(), request=request))

    def leave(self) -> None:
        """The panel is closed: a password in it is forgotten."""
        self._tasks.stop("person")
        self.feed(self._bare())

    def new_fleet(self) -> OwnerId:
        return self._desk.services.accounts.new_fleet()

    def find_renter(self, text: str) -> None:
        self._tasks.latest("account renters", self._find_renter(text))

    def create(self, new: NewPerson, own_password: str) -> None:
        request = self.state.request
        accounts, actor = self._desk.services.accounts, self._desk.actor
        asked = None if request is None else request.id
        self._do("created", lambda: accounts.create(actor, new, own_password, request=asked))

    def edit(self, name: str, email: str, phone: str) -> None:
        self._act("edited", self._desk.services.accounts.edit, name, email, phone)

    def move(self, post: Post, own_password: str) -> None:
        self._act("moved", self._desk.services.accounts.move, post, own_password)

    def disable(self, own_password: str) -> None:
        self._act("disabled", self._desk.services.accounts.disable, own_password)

    def enable(self, own_password: str) -> None:
        self._act("enabled", self._desk.services.accounts.enable, own_password)

    def reset_password(self, own_password: str) -> None:
        self._act("reset", self._desk.services.accounts.reset_password, own_password)

    def finish(self, own_password: str) -> None:
        self._act("finished", self._desk.services.accounts.finish, own_password)

    def needs_password(self, role: Role) -> bool:
        """Whether giving *role* asks for the own password once more."""
        return role is Role.ADMIN

    def _act(self, done: str, use_case: Callable[..., Coroutine[Any, Any, object]], *more: object) -> None:
        if self.state.row is not None:
            self._do(done, partial(use_case, self._desk.actor, self.state.row.person.account, *more))

    def _do(self, done: str, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self._tasks.once("change account", self._change(done, act))

    async def _change(self, done: str, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self.feed(replace(self.state, busy=True, problem=None, done="", heard=False))
        granted = self.state.request is not None
        try:
            told = await self._desk.call(act)
        except DriveSphereError as problem:
            self.feed(replace(self.state, busy=False, problem=problem))
        except Exception:
            self.feed(replace(self.state, busy=False))
            raise
        else:
            one_time = told if isinstance(told, OneTimePassword) and told.password else None
            self.feed(replace(self.state, busy=False, done=done, one_time=one_time, request=None))
            account = getattr(told, "person", told).account  # type: ignore[attr-defined]  # OneTimePassword or Person
            await self._again(account)
            if granted:
                self.request_granted.emit()
        self.listing.load()

    async def _again(self, account: AccountName) -> None:
        """The panel's account as it is now; what was known stays where it does not come."""
        try:
            row = await self._desk.call(lambda: self._desk.services.accounts.person(self._desk.actor, account))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=self.state.problem or problem))
        else:
            self.feed(replace(self.state, row=row, heard=False))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                if self.in_sight:
                    await self._look_at_list()
                if self.state.row is not None:
                    await self._look_at(self.state.row.person.account)
            except DriveSphereError:
                continue  # the status bar says what is wrong with the connection

    async def _look_at_list(self) -> None:
        before = self.listing.state
        for offset, known in tuple(self._slices.items()):
            page = await self._rows(before.query, offset)
            if self.listing.state is not before:
                return  # it is being asked for anyway
            if page != known:
                self.listing.load()
                return

    async def _look_at(self, account: AccountName) -> None:
        now = self.state
        row = await self._desk.call(lambda: self._desk.services.accounts.person(self._desk.actor, account))
        if self.state is not now or now.busy or row == now.row:
            return  # what was done here meanwhile knows better
        used = now.one_time is not None and _is_used(now.one_time, row)
        one_time, done = (None, "used") if used else (now.one_time, now.done)
        self.feed(replace(now, row=row, one_time=one_time, done=done, heard=True))

    def _begin_slices(self, state: PagedState[PeopleQuery]) -> None:
        self._slices = {0: state.first} if isinstance(state.first, PeopleSlice) else {}

    def _keep_slice(self, run: int, offset: int, page: PeopleSlice) -> None:
        if run == self.listing.state.run:
            self._slices[offset] = page

    async def _load_posts(self) -> None:
        actor = self._desk.actor
        try:
            branches = await self._desk.call(lambda: self._desk.services.catalogue.branches(actor))
            fleets = await self._desk.call(lambda: self._desk.services.accounts.fleets(actor))
        except DriveSphereError:
            return  # the list says what is wrong; the panel asks again
        self.feed(replace(self.state, branches=tuple(branches), fleets=tuple(fleets)))

    async def _find_renter(self, text: str) -> None:
        try:
            found = await self._desk.call(lambda: self._desk.services.catalogue.renters(self._desk.actor, text))
        except DriveSphereError as problem:
            self.feed(replace(self.state, problem=problem))
        else:
            self.feed(replace(self.state, found=found, found_for=text))

    async def _rows(self, query: PeopleQuery, offset: int) -> PeopleSlice:
        return await self._desk.call(lambda: self._desk.services.accounts.page(self._desk.actor, query, offset=offset))

    def _bare(self) -> PeopleState:
        return PeopleState(self.state.branches, self.state.fleets)


def _is_used(one_time: OneTimePassword, row: PersonRow) -> bool:
    """Whether somebody came in since, or another password took its place."""
    made, last = one_time.person.issued_at, row.person.issued_at
    signed_in = made is not None and row.last_sign_in is not None and row.last_sign_in >= made
    return signed_in or (made is not None and last is not None and last > made)
