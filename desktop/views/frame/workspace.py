"""The signed-in desk: rail, the pages of what the account may do, status bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.viewmodels.search.lookup import HitKind
from desktop.viewmodels.session.waking import Waking
from desktop.views.areas.accounts import AccountsArea
from desktop.views.areas.counter import ClientArea
from desktop.views.areas.firm import FirmArea
from desktop.views.areas.oversight import OversightArea
from desktop.views.areas.owner import OwnerArea
from desktop.views.areas.papers import PapersArea
from desktop.views.frame.connection import ConnectionLook
from desktop.views.frame.found_lines import Offers
from desktop.views.frame.no_views_page import NoViewsPage
from desktop.views.frame.pages_frame import PagesFrame
from desktop.views.frame.palette import Finds
from desktop.views.parts.area import Area, Frame, Page
from desktop.views.parts.booking_questions import to_go
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.view_context import ViewContext, Workspace
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Car
from engine.domain.people.accounts import PersonRow
from engine.domain.people.people import Deed, Renter
from engine.words.tr import tr

A = TypeVar("A", bound=Area)

#: What there is, in the order of the rail; an account has those whose *needs* it may do.
AREAS: tuple[type[Area], ...] = (
    OversightArea,
    AccountsArea,
    FirmArea,
    ClientArea,
    OwnerArea,
    PapersArea,
)


class _HeldBackError(Exception):
    """A step would leave the page that has *form*, in which something would be lost."""

    def __init__(self, form: FormPanel) -> None:
        super().__init__()
        self.form = form


class WorkspaceView(PagesFrame):
    """Signals: ``result_painted`` after each day or search result of the counter that came to the screen."""

    result_painted = Signal()

    def __init__(self, context: ViewContext, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(context, workspace.actor, parent)
        self.workspace = workspace
        self._connection = ConnectionLook(workspace, self.status, self.banner, self.inset)
        self._areas = self._build(context)
        self._join()
        self._guarded = False
        self._fill(context)
        self.banner.acted.connect(workspace.connection.look_now)
        self._waking = Waking()
        for changed in (self._waking.jumped, self._waking.zone_changed):
            changed.connect(workspace.connection.distrust)
        workspace.connection.back.connect(self.reload)
        workspace.connection.retry.connect(self.reload)
        workspace.live.happened.connect(self.apply)
        workspace.live.resync.connect(self.reload)

    def area(self, kind: type[A]) -> A | None:
        """The one of that kind, if this account has it."""
        return next((area for area in self._areas if isinstance(area, kind)), None)

    @property
    def client(self) -> ClientArea | None:
        """The counter's view, for whoever may book."""
        return self.area(ClientArea)

    def start(self) -> None:
        """Ask for what the pages show first."""
        self._waking.start()
        self.workspace.connection.watch()
        self.workspace.live.listen()
        super().start()
        if self.entries:
            self.page(next(iter(self.entries))).focus_first()

    def questions_before_going(self, *, leaving: bool) -> tuple[Question, ...]:
        """What to ask before the session ends, or *leaving* the program: holds that stay, then what would be lost."""
        holds = self.workspace.holds.open() if self.client is not None else ()
        return (*([to_go(holds, self.workspace.now(), leaving=leaving)] if holds else ()), *self.unsaved())

    def stop(self) -> None:
        self._waking.stop()
        self._connection.stop()
        super().stop()

    def commands(self) -> tuple[Command, ...]:
        of_page: tuple[Command, ...] = (
            Command("page.search", tr("Search on this page"), self._search_here, key="/", group=tr("Go to")),
            Command("page.reload", tr("Load again"), self.reload, key="F5", group=tr("Go to")),
        )
        of_areas = (
            replace(command, run=partial(self._free, command.run))
            for area in self._areas
            for command in area.commands()
        )
        leave = Command(
            "session.leave", tr("Sign out"), self.sign_out_wanted.emit, key="Ctrl+Shift+Q", group=tr("Window")
        )
        password = Command("session.password", tr("Change password …"), self.password_wanted.emit, group=tr("Window"))
        return (*self.page_commands(self.go), *(of_page if self._areas else ()), *of_areas, password, leave)

    def _search_here(self) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, Page):
            page.focus_search()

    def go(self, name: str) -> None:
        """A person wants the page of that name; over this one it is asked about what would be lost on the way."""
        self._free(partial(self._go, name))

    def _free(self, step: Callable[[], None]) -> None:
        """Take *step*, which may lead to another page; what would be lost is asked about while it is in sight.

        Nothing is done before the answer, and after a *yes* the whole step is taken.
        """
        self._guarded = True
        try:
            step()
        except _HeldBackError as held:
            if here := next((name for name in self._made if self.at(name)), ""):
                self.rail.select(here)
            held.form.instead(step)
        finally:
            self._guarded = False

    def _go(self, name: str) -> None:
        if self._guarded and not self.at(name):
            for form in self.pages.findChildren(FormPanel):
                if form.unsaved() is not None:
                    raise _HeldBackError(form)
        self.show_page(name)

    @property
    def shows_bookings(self) -> bool:
        """Whether one that is found can be opened: an account without views has nowhere to."""
        return bool(self._areas)

    def open_found(self, thing: Booking | Car | Renter | PersonRow) -> None:
        """In the first view that shows things of its kind."""
        for area in self._areas:
            match thing:
                case Booking():
                    shown = area.open_booking(thing)
                case Car():
                    shown = area.open_car(thing)
                case Renter():
                    shown = area.open_renter(thing.id)
                case PersonRow():
                    shown = area.open_person(thing)
            if shown:
                return

    @property
    def finds(self) -> Finds:
        """What is done here with what the search over everything found."""
        pages = {kind: words for area in reversed(self._areas) for kind, words in area.listed.items()}
        booking = self.client is not None and self.workspace.actor.may(Deed.SEE_RENTERS)
        return Finds(
            lambda thing: self._free(partial(self.open_found, thing)),
            lambda *found: self._free(partial(self.show_all, *found)),
            lambda renter: self._free(partial(self.book_for, renter)),
            Offers(pages, booking),
        )

    def show_all(self, kind: HitKind, scope: BookingScope, text: str) -> None:
        """In the first view that has a page of the kind."""
        for area in self._areas:
            if area.show_all(kind, scope, text):
                return

    def book_for(self, renter: Renter) -> None:
        if self.client is not None:
            self.client.book_for(renter)

    def _build(self, context: ViewContext) -> tuple[Area, ...]:
        actor, connection = self.workspace.actor, self._connection
        frame = Frame(
            host=self.pages,
            status=self.status,
            go=self._go,
            leave=self.leave,
            built=self.built,
            know_branches=connection.know_branches,
            badge=self.rail.set_badge,
            at=self.at,
        )
        return tuple(area(context, self.workspace, frame) for area in AREAS if actor.may(area.needs))

    def _join(self) -> None:
        """What one area shows is opened in another."""
        client, oversight = self.client, self.area(OversightArea)
        if client is not None:
            client.result_painted.connect(self.result_painted)
        if client is not None and oversight is not None:
            oversight.booking_wanted.connect(client.open_booking)
            oversight.detail = client.side.detail

    def _fill(self, context: ViewContext) -> None:
        for area in self._areas:
            area.task_failed.connect(self.task_failed)
        every = (entry for area in self._areas for entry in area.entries)
        actor = self.workspace.actor
        self.fill((entry for entry in every if entry.deed is None or actor.may(entry.deed)), self._areas)
        if not self.entries:
            self.pages.addWidget(NoViewsPage(context.theme, actor))
            return
        first = next(iter(self.entries))
        self.page(first)
        self.rail.select(first)
        self.rail.chosen.connect(self.go)
