"""The branch's day at the counter: its line in the rail, its page, and its steps by key.

API: TodayPart(context, workspace, frame, side): entries, page, commands(on), took(booking); its page's signals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.views.areas.counter_panels import CounterPanels
from desktop.views.booking.detail import follow_booking
from desktop.views.parts.area import Entry, Frame
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.today.commands import key_of_line, today_commands
from desktop.views.today.page import TodayPage
from engine.domain.booking.booking import Booking
from engine.domain.people.people import Deed
from engine.words.tr import tr

TODAY = "today"


class TodayPart(QObject):
    """Signals: as TodayPage has them."""

    changed = Signal(object)
    new_wanted = Signal()
    walk_in_wanted = Signal()
    painted = Signal()

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame, side: CounterPanels) -> None:
        super().__init__(side)
        self._context, self._workspace, self._frame, self._side = context, workspace, frame, side

    @property
    def entries(self) -> tuple[Entry, ...]:
        """A day is a branch's: who stands at none has none."""
        if self._workspace.today is None:
            return ()
        return (Entry(TODAY, tr("Today"), Icon.TODAY, self._make, Deed.HAND_OVER, key="Ctrl+T"),)

    @property
    def page(self) -> TodayPage | None:
        """Once somebody went to it."""
        page = self._frame.built(TODAY)
        return page if isinstance(page, TodayPage) else None

    def commands(self, on: Callable[[Callable[[TodayPage], object]], Callable[[], None]]) -> tuple[Command, ...]:
        """*on* goes to the page and acts there."""
        if self._workspace.today is None:
            return ()
        takes = self._workspace.actor.may(Deed.TAKE_MONEY)
        return today_commands(partial(self._frame.at, TODAY), on, lambda: self.page, takes=takes)

    def took(self, booking: Booking) -> None:
        """This desk changed a booking."""
        if self._workspace.today is not None:
            self._workspace.today.took(booking)

    def _make(self) -> TodayPage:
        workspace = self._workspace
        if workspace.today is None:
            raise RuntimeError("only who stands at a branch has its day in the rail")
        page = TodayPage(self._context, workspace.today, workspace.now, self._frame.host)
        page.opened.connect(self._side.open_booking)
        page.changed.connect(self.changed)
        page.money_wanted.connect(self._side.take_money_for)
        page.new_wanted.connect(self.new_wanted)
        page.walk_in_wanted.connect(self.walk_in_wanted)
        page.painted.connect(self.painted)
        workspace.connection.changed.connect(self._tell_online)
        page.set_online(online=workspace.connection.state.problem is None)
        follow_booking(page.table, self._side.detail, workspace.detail, key_of_line)
        return page

    def _tell_online(self) -> None:
        if self.page is not None:
            self.page.set_online(online=self._workspace.connection.state.problem is None)
