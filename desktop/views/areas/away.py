"""While an owner is signed in and the database does not answer: the copy on this computer answers in its place.

API: EitherPage(live), StandIn(context, workspace, copy, frame): either(name, make), draw(), open_rental, stop.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop.dialogs import Question
from desktop.viewmodels.list_desk import stored_desk
from desktop.viewmodels.offline.copy import CopyViewModel
from desktop.views.offline.stored_bookings import BOOKINGS, StoredBookingsPart, StoredList
from desktop.views.offline.stored_fleet import StoredFleetPage
from desktop.views.parts.area import Frame, Page, Told
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.frame.page_stack import PageStack
from desktop.words.figures import desk_time
from engine.domain.firm.events import Fact
from engine.domain.reports.copying import OwnCopy
from engine.domain.reports.report_period import moment
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

FLEET = "fleet"


class EitherPage(Page):
    """The page itself, or in its place the same page out of the copy."""

    def __init__(self, live: Page) -> None:
        super().__init__()
        self._live = live
        live.task_failed.connect(self.task_failed)
        self._stack = PageStack()
        self._stack.addWidget(live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    @property
    def shown(self) -> Page:
        page = self._stack.currentWidget()
        return page if isinstance(page, Page) else self._live

    @property
    def live(self) -> Page:
        return self._live

    def show_stored(self, page: Page) -> None:
        """The keyboard goes along, if it was here."""
        self.show_live()
        inside = self.isAncestorOf(self.window().focusWidget())
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if inside:
            page.focus_first()

    def show_live(self) -> None:
        gone = self.shown
        if gone is self.live:
            return
        inside = gone.isAncestorOf(self.window().focusWidget())
        self._stack.setCurrentWidget(self.live)
        self._stack.removeWidget(gone)
        gone.stop()
        gone.deleteLater()
        if inside:
            self.live.focus_first()

    def focus_first(self) -> None:
        self.shown.focus_first()

    def focus_search(self) -> bool:
        return self.shown.focus_search()

    def come_back(self) -> None:
        self.shown.come_back()

    def start(self) -> None:
        self.live.start()

    def reload(self) -> None:
        self.live.reload()

    def apply(self, fact: Fact) -> None:
        self.live.apply(fact)

    def leave(self) -> None:
        self.live.leave()

    def unsaved(self) -> Question | None:
        return self.live.unsaved()

    def stop(self) -> None:
        if self.shown is not self.live:
            self.shown.stop()
        self.live.stop()


class StandIn(QObject, Told):
    """Signals: ``task_failed`` carries what nobody foresaw."""

    task_failed = Signal(object)

    def __init__(self, context: ViewContext, workspace: Workspace, copy: CopyViewModel, frame: Frame) -> None:
        super().__init__(frame.host)
        self._context, self._workspace, self._copy, self._frame = context, workspace, copy, frame
        self._pages: dict[str, EitherPage] = {}
        self._part: StoredBookingsPart | None = None
        self._stored: OwnCopy | None = None
        copy.changed.connect(lambda _state: self.draw())
        workspace.connection.changed.connect(lambda _state: self.draw())

    @property
    def away(self) -> bool:
        """Whether the bar says that there is no connection."""
        return isinstance(self._workspace.connection.state.problem, Unavailable)

    @property
    def answers(self) -> bool:
        """Whether the copy answers now."""
        return self._stored is not None

    def either(self, name: str, make: Callable[[], Page]) -> Callable[[], Page]:
        """Makes the page, or out of the copy; while it has something unsaved that is not put out of sight."""

        def made() -> Page:
            self._pages[name] = EitherPage(make())
            if self._stored is not None:
                self._show(name, self._stored)
            return self._pages[name]

        return made

    def draw(self) -> None:
        """After word of the connection, or of the copy."""
        copy = self._copy.stored if self.away else None
        if copy is self._stored:
            return
        self._end()
        self._stored = copy
        if copy is None:
            for page in self._pages.values():
                page.show_live()
            return
        self._part = self._made(copy)
        for name in self._pages:
            self._show(name, copy)

    def open_rental(self, booking_id: str) -> bool:
        """Beside the stored list; False where the copy does not answer now, or knows no such booking."""
        rental = None if self._stored is None else self._stored.books.rentals.get(booking_id)
        if rental is None or self._part is None:
            return False
        self._part.open_rental(rental)
        return True

    def leave(self) -> None:
        if self._part is not None:
            self._part.leave()

    def stop(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._part is not None:
            self._part.leave()
            self._part.panel.hide()
            self._part.panel.deleteLater()
            self._part.deleteLater()
            self._part = None

    def _show(self, name: str, copy: OwnCopy) -> None:
        page = self._pages[name]
        if page.unsaved() is None:
            page.show_stored(self._bookings() if name == BOOKINGS else self._fleet(copy))

    def _made(self, copy: OwnCopy) -> StoredBookingsPart:
        work = self._workspace
        desk = stored_desk(work.desk.bridge, work.actor, work.now, copy)
        listed = StoredList(copy, desk, _stamp(copy, work.now()), away=True)
        part = StoredBookingsPart(self._context, listed, work.tasks, self._frame.host, self._frame.go)
        part.task_failed.connect(self.task_failed)
        part.fleet_wanted.connect(lambda: self._frame.go(FLEET))
        return part

    def _bookings(self) -> Page:
        if self._part is None:
            raise RuntimeError("the copy answers, so its list is made")
        return self._part.entry.make()

    def _fleet(self, copy: OwnCopy) -> Page:
        page = StoredFleetPage(self._context, copy, _stamp(copy, self._workspace.now()))
        if self._part is not None:
            page.grid.chosen.connect(self._part.show_car)
        return page


def _stamp(copy: OwnCopy, now: datetime) -> str:
    head = copy.manifest.head
    as_of = desk_time(moment(head.as_of), shown_zone(copy.manifest.zone), now=now)
    return tr("stored copy as of {as_of}, {what}", as_of=as_of, what="complete" if head.complete else "partial")
