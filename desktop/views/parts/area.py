"""What one kind of account (client, owner, admin) brings into the window: a list of pages, and what these share.

A new page is an ``Entry`` in the list of its ``Area``, a view-model and a view; ``views.frame.pages_frame`` builds it,
puts it into rail and stack and tells it what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.frame.status_bar import StatusBar
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Branch, Car
from engine.domain.firm.events import Fact
from engine.domain.people.accounts import PersonRow
from engine.domain.people.people import Deed, RenterId


class Told:
    """What the window tells every page, and what stands beside pages; what one does not say otherwise is nothing."""

    def start(self) -> None:
        """The session begins, or the page is built while it lasts: ask for what is shown first."""

    def reload(self) -> None:
        """Ask again for everything shown; the servers may have been away."""

    def apply(self, fact: Fact) -> None:
        """Something changed, at another desk or this one: what is shown of it changes in place."""

    def leave(self) -> None:
        """Another page is about to open: panels close."""

    def unsaved(self) -> Question | None:
        """What to ask before the session ends, where something filled in would be lost with it."""
        return None

    def stop(self) -> None:
        """The session ends: let go of dialogs and clocks before the widgets are deleted."""


class Page(QWidget, Told):
    """Signals: ``task_failed`` carries an exception of its own work that nobody foresaw."""

    task_failed = Signal(object)

    @property
    def shown(self) -> Page:
        """What is looked at: the page itself, or what stands in its place."""
        return self

    @property
    def live(self) -> Page:
        """The page itself, whatever stands in its place."""
        return self

    def focus_first(self) -> None:
        """Put the keyboard where work on this page begins."""
        raise NotImplementedError

    def focus_search(self) -> bool:
        """Put the keyboard where one searches on this page; False where there is nothing to search."""
        return False

    def come_back(self) -> None:
        """It is gone to again: ask anew for what no change stream keeps true."""


P = TypeVar("P", bound=Page)
S = TypeVar("S", bound=SidePanel)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page and its line in the rail.

    Attributes:
        name: What ``Frame.go`` takes.
        make: Builds the page with its view-model. Called once, when the page is first gone to: a page takes some
            50 ms to build, and signing in would wait for all of them.
        deed: What an account must be allowed to see it; None for whoever has the area.
        key: One of its own, where a number would take those of the pages behind it; else it has the next number.
    """

    name: str
    title: str
    icon: Icon
    make: Callable[[], Page]
    deed: Deed | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the window lends to an area.

    Attributes:
        host: Where side panels and toasts slide in.
        go: Open the page of that name.
        leave: Close what is open beside any page.
        built: The page of that name, if it was gone to.
        know_branches: Tell the status bar the branches' names.
        at: Whether the page of that name is the one that is looked at.
        badge: Show how many things wait on the page of that name, beside its line in the rail; 0 shows nothing.
    """

    host: QWidget
    status: StatusBar
    go: Callable[[str], None]
    leave: Callable[[], None]
    built: Callable[[str], Page | None]
    know_branches: Callable[[tuple[Branch, ...]], None]
    badge: Callable[[str, int], None]
    at: Callable[[str], bool]


class Area(QObject, Told):
    """A list of entries, and what goes beyond one page: commands, panels that several open, where a thing is shown.

    Attributes:
        needs: What an account must be allowed to have it.

    Signals: ``task_failed`` carries an exception of its own work that nobody foresaw.
    """

    task_failed = Signal(object)
    needs: ClassVar[Deed]

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._context, self._workspace, self._frame = context, workspace, frame
        self._parts: list[Told] = []
        self._panels: list[Beside[Any]] = []

    @property
    def entries(self) -> tuple[Entry, ...]:
        """In the order of the rail."""
        raise NotImplementedError

    def made_of(
        self, vm: Callable[[Desk, TaskScope], V], view: Callable[[ViewContext, V, QWidget], Page]
    ) -> Callable[[], Page]:
        """Makes a page that needs nothing but its view-model."""
        return lambda: view(self._context, vm(self._workspace.desk, self._workspace.tasks), self._frame.host)

    def beside(self, make: Callable[[], S]) -> Beside[S]:
        """A panel that is built when it is first opened; it closes with its page and ends with the session."""
        panel = Beside(make)
        self._panels.append(panel)
        return panel

    def built(self, name: str, kind: type[P]) -> P | None:
        """The page of that name, if it was gone to."""
        page = self._frame.built(name)
        return page.live if page is not None and isinstance(page.live, kind) else None

    def to(self, name: str, kind: type[P]) -> P:
        """Go to the page of that name."""
        self._frame.go(name)
        page = self.built(name, kind)
        if page is None:
            raise RuntimeError("a page that was gone to is built")
        return page

    def on(self, name: str, kind: type[P], act: Callable[[P], object]) -> Callable[[], None]:
        """For a command: to the page of that name, and act there."""

        def go_and_act() -> None:
            act(self.to(name, kind))

        return go_and_act

    def commands(self) -> tuple[Command, ...]:
        """Beside the ones that open pages, which the frame makes."""
        return ()

    def open_booking(self, _booking: Booking) -> bool:
        """Show a booking that was found elsewhere; False where this view shows none."""
        return False

    def open_car(self, _car: Car) -> bool:
        """Show a car that was found elsewhere; False where this view shows none."""
        return False

    def open_renter(self, _renter_id: RenterId) -> bool:
        """Show a renter that was found elsewhere; False where this view shows none."""
        return False

    def open_person(self, _row: PersonRow) -> bool:
        """Show an account that was found elsewhere; False where this view shows none."""
        return False

    @property
    def listed(self) -> Mapping[HitKind, str]:
        """Kinds of things that a page here lists, and the words of the line that leads there; see ``Offers``."""
        return {}

    def show_all(self, _kind: HitKind, _scope: BookingScope, _text: str) -> bool:
        """Open the page of a kind with *text* in its field; False where this view has none."""
        return False

    def start(self) -> None:
        for part in self._parts:
            part.start()

    def leave(self) -> None:
        for told in self._shared():
            told.leave()

    def unsaved(self) -> Question | None:
        asking = (told for told in self._shared() if isinstance(told, Told | FormPanel))
        return next((question for told in asking if (question := told.unsaved())), None)

    def stop(self) -> None:
        for told in self._shared():
            told.stop()

    def _shared(self) -> tuple[Told | SidePanel, ...]:
        return (*self._parts, *(panel.there for panel in self._panels if panel.there is not None))
