"""The administrator's view: the firm as a whole, its accounts, and who asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.areas.accounts import USERS, AccountsArea
from desktop.views.areas.oversight import OversightArea
from desktop.views.overview.overview_page import Drill
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.view_context import ViewContext, Workspace
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Car
from engine.domain.firm.events import Fact
from engine.domain.people.accounts import PersonRow


class AdminArea(Area):
    """Several parts, each an area of its own; what is looked at all day comes first in the rail, accounts between.

    Signals:
        booking_wanted: A Booking is to be shown.
    """

    booking_wanted = Signal(object)

    def __init__(self, tools: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._frame = frame
        self.accounts = AccountsArea(tools, workspace, frame)
        self.oversight = OversightArea(tools, workspace, frame)
        self._parts: tuple[Area, ...] = (self.oversight, self.accounts)
        for part in self._parts:
            part.task_failed.connect(self.task_failed)
        self.oversight.booking_wanted.connect(self.booking_wanted)
        self.oversight.drilled.connect(self._drill)

    @property
    def entries(self) -> tuple[Entry, ...]:
        oversight = self.oversight
        return (*oversight.first_entries(), *self.accounts.entries, *oversight.last_entries())

    def commands(self) -> tuple[Command, ...]:
        return tuple(command for part in self._parts for command in part.commands())

    def start(self) -> None:
        for part in self._parts:
            part.start()

    def reload(self) -> None:
        for part in self._parts:
            part.reload()

    def apply(self, fact: Fact) -> None:
        for part in self._parts:
            part.apply(fact)

    def open_car(self, car: Car) -> bool:
        self.oversight.to_cars().open_car(car)
        return True

    @property
    def pages(self) -> Mapping[HitKind, str]:
        return {
            HitKind.BOOKINGS: "→ all {count} bookings",
            HitKind.CARS: "→ all {count} cars",
            HitKind.PEOPLE: "→ all {count} accounts",
        }

    def show_all(self, kind: HitKind, scope: BookingScope, text: str) -> bool:
        match kind:
            case HitKind.BOOKINGS:
                return self.oversight.to_bookings().show_found(scope, text)
            case HitKind.CARS:
                self.oversight.to_cars().show_found(text)
            case HitKind.PEOPLE:
                self.accounts.search_for(text)
        return kind in self.pages

    def open_person(self, row: PersonRow) -> bool:
        return self.accounts.open_person(row)

    def left(self) -> None:
        for part in self._parts:
            part.left()

    def unsaved(self) -> Question | None:
        return next((question for part in self._parts if (question := part.unsaved())), None)

    def stop(self) -> None:
        for part in self._parts:
            part.stop()

    def _drill(self, drill: Drill) -> None:
        if drill.page == "users":
            self._frame.go(USERS)
