"""What one view (client, owner, admin) brings into the window: its pages, its commands, and what they share.

A view is a subclass of ``Area`` that builds its pages; ``views.frame.workspace`` puts them into rail and stack.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.theme.icons import Icon
from desktop.viewmodels.search.lookup import HitKind
from desktop.widgets.frame.status_bar import StatusBar
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Branch, Car
from engine.domain.firm.events import Fact
from engine.domain.people.accounts import PersonRow
from engine.domain.people.people import RenterId


class Page(QWidget):
    """A page of an area; what it does not say otherwise is nothing.

    Signals: ``task_failed`` carries an exception of its own work that nobody foresaw.
    """

    task_failed = Signal(object)

    @property
    def shown(self) -> Page:
        """What is looked at: the page itself, or what stands in its place."""
        return self

    def focus_first(self) -> None:
        """Put the keyboard where work on this page begins."""
        raise NotImplementedError

    def focus_search(self) -> bool:
        """Put the keyboard where one searches on this page; False where there is nothing to search."""
        return False

    def come_back(self) -> None:
        """It is gone to again: ask anew for what no change stream keeps true."""

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


P = TypeVar("P", bound=Page)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page and its line in the rail.

    Attributes:
        name: What ``Frame.go`` takes.
        make: Builds the page and has it ask for what it shows. Called once, when the page is first gone to: a page
            takes some 50 ms to build, and signing in would wait for all of them.
    """

    name: str
    title: str
    icon: Icon
    make: Callable[[], Page]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the window lends to an area.

    Attributes:
        host: Where side panels and toasts slide in.
        go: Open the page of that name.
        know_branches: Tell the status bar the branches' names.
        at: Whether the page of that name is the one that is looked at.
        badge: Show how many things wait on the page of that name, beside its line in the rail; 0 shows nothing.
    """

    host: QWidget
    status: StatusBar
    go: Callable[[str], None]
    know_branches: Callable[[tuple[Branch, ...]], None]
    badge: Callable[[str, int], None]
    at: Callable[[str], bool]


class Area(QObject):
    """Hands on to its pages what it is told; a view says only what goes beyond one of them.

    Signals: ``task_failed`` carries an exception of a view's own work that nobody foresaw.
    """

    task_failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._built: list[Page] = []

    def keep(self, page: P) -> P:
        """A page that was built: from now on it is told what the area is told."""
        page.task_failed.connect(self.task_failed)
        self._built.append(page)
        return page

    @property
    def entries(self) -> tuple[Entry, ...]:
        raise NotImplementedError

    def commands(self) -> tuple[Command, ...]:
        """Beside the ones that open pages, which the frame makes."""
        return ()

    def start(self) -> None:
        """Ask for what the pages show first."""

    def reload(self) -> None:
        """As of a page, of all that are built."""
        for page in self._built:
            page.reload()

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
    def pages(self) -> Mapping[HitKind, str]:
        """Kinds of things that a page here lists, and the words of the line that leads there; see ``Offers``."""
        return {}

    def show_all(self, _kind: HitKind, _scope: BookingScope, _text: str) -> bool:
        """Open the page of a kind with *text* in its field; False where this view has none."""
        return False

    def apply(self, fact: Fact) -> None:
        """As of a page, of all that are built."""
        for page in self._built:
            page.apply(fact)

    def left(self) -> None:
        """Another page is about to open: panels close."""
        for page in self._built:
            page.leave()

    def unsaved(self) -> Question | None:
        """What to ask before the session ends, where something filled in would be lost with it."""
        return next((question for page in self._built if (question := page.unsaved())), None)

    def stop(self) -> None:
        """The session ends: let go of dialogs and clocks before the widgets are deleted."""
        for page in self._built:
            page.stop()
