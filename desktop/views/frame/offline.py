"""An owner's desk with no network: fleet, bookings and earnings out of the copy here, and nothing that writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.bridge import EngineThread
from desktop.commands import Command
from desktop.dialogs import confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import Tone
from desktop.viewmodels.connection import ConnectionState, ConnectionViewModel
from desktop.viewmodels.earnings.earnings import EarningsSource, EarningsViewModel
from desktop.viewmodels.earnings.explain import ExplainViewModel
from desktop.viewmodels.list_desk import StoredListDesk
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.areas.copy_part import FORGET
from desktop.views.areas.earnings_part import EARNINGS, EarningsPart
from desktop.views.frame.found_lines import Offers
from desktop.views.frame.pages_frame import PagesFrame
from desktop.views.frame.palette import Finds
from desktop.views.offline.stored_bookings import StoredBookingsPart, StoredList
from desktop.views.offline.stored_fleet import StoredFleetPage
from desktop.views.parts.area import Entry
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.status_bar import StatusText
from desktop.words.messages import desk_time
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Car
from engine.domain.people.people import Actor
from engine.domain.reports.copying import OwnCopy
from engine.domain.reports.owner_books import Rental
from engine.domain.reports.report_period import moment
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

FLEET = "fleet"
AWAY = tr("No connection. Everything here is what was stored on this computer; nothing can be changed.")
BACK = tr("The servers answer again. Sign in to bring the copy up to date.")


@dataclass(frozen=True, slots=True)
class StoredWork:
    """What there is to work with.

    Attributes:
        connection: Looks whether the servers answer again; nobody is signed in.
        now: This computer's clock: there is no other.
        forget: Remove this copy and its key.
    """

    bridge: EngineThread
    actor: Actor
    copy: OwnCopy
    source: EarningsSource
    lists: StoredListDesk
    connection: ConnectionViewModel
    tasks: TaskScope
    now: Callable[[], datetime]
    forget: Callable[[], Awaitable[None]]


class OfflineView(PagesFrame):
    """Signals: as PagesFrame."""

    def __init__(self, context: ViewContext, work: StoredWork, parent: QWidget | None = None) -> None:
        super().__init__(context, work.actor, parent, online=False)
        self._context, self.work = context, work
        head = work.copy.manifest.head
        as_of = desk_time(moment(head.as_of), shown_zone(work.copy.manifest.zone), now=work.now())
        self.stamp = tr(
            "stored copy as of {as_of}, {what}", as_of=as_of, what="complete" if head.complete else "partial"
        )
        vm = EarningsViewModel(work.bridge, work.tasks, work.now, None, lambda: work.source)
        self.earnings = EarningsPart(context, vm, ExplainViewModel(work.tasks), self.pages, self.go, offline=True)
        stored = StoredList(work.copy, work.lists, self.stamp)
        self.bookings = StoredBookingsPart(context, stored, work.tasks, self.pages, self.go)
        fleet = Entry(FLEET, tr("Fleet"), Icon.FLEET, self._make_fleet)
        self.fill((fleet, self.bookings.entry, self.earnings.entry), (self.bookings,))
        self.rail.chosen.connect(self.go)
        for part in (self.earnings, self.bookings):
            part.fleet_wanted.connect(partial(self.go, FLEET))
            part.sign_in_wanted.connect(self.sign_out_wanted)
        self.earnings.page_made.connect(self._join_page)
        self.banner.acted.connect(self._act)
        work.connection.changed.connect(self.draw)
        self.draw(work.connection.state)

    def start(self) -> None:
        self.work.connection.watch()
        super().start()
        self.go(EARNINGS)

    def commands(self) -> tuple[Command, ...]:
        leave = Command(
            "session.leave", tr("Back to sign in"), self.sign_out_wanted.emit, key="Ctrl+Shift+Q", group=tr("Window")
        )
        look = Command("page.search", tr("Search what is stored"), self.bookings.search, key="/", group=tr("Bookings"))
        forget = Command("copy.forget", tr("Forget this computer …"), self._ask_to_forget, group=tr("Earnings"))
        return (*self.page_commands(self.go), look, *self.bookings.commands(), *self.earnings.commands(), forget, leave)

    def open_found(self, thing: Rental | Car) -> None:
        """A booking beside the list; of a car its bookings."""
        if isinstance(thing, Car):
            self.bookings.show_car(thing)
        else:
            self.bookings.open_rental(thing)

    @property
    def finds(self) -> Finds:
        """What is done here with what the search over everything found."""
        return Finds(self.open_found, self._show_all, offers=Offers({HitKind.BOOKINGS: tr("→ all {count} bookings")}))

    def _show_all(self, _kind: HitKind, scope: BookingScope, text: str) -> None:
        self.bookings.show_found(scope, text)

    def go(self, name: str) -> None:
        self.show_page(name)

    def draw(self, state: ConnectionState) -> None:
        back = state.problem is None and state.heard_at is not None
        word, tone = (tr("Servers answer"), Tone.WARNING) if back else (tr("No connection"), Tone.DANGER)
        self.status.draw(StatusText(word, tone, self.stamp, "", self.work.actor.name))
        if back:
            self.banner.tell(Tone.POSITIVE, BACK, tr("Sign in"), closable=False)
        else:
            self.banner.tell(Tone.WARNING, AWAY, tr("Try again"), closable=False)

    def _join_page(self) -> None:
        if self.earnings.page is not None:
            self.earnings.page.forget.clicked.connect(self._ask_to_forget)
            self.earnings.page.forget.setVisible(True)

    def _ask_to_forget(self) -> None:
        self.work.tasks.once("forget copy", self._forget())

    async def _forget(self) -> None:
        if await confirm(self.window(), FORGET):
            await self.work.forget()
            self.sign_out_wanted.emit()

    def _act(self) -> None:
        if self.work.connection.state.heard_at is not None and self.work.connection.state.problem is None:
            self.sign_out_wanted.emit()
        else:
            self.work.connection.look_now()

    def _make_fleet(self) -> StoredFleetPage:
        page = StoredFleetPage(self._context, self.work.copy, self.stamp)
        page.grid.chosen.connect(self.bookings.show_car)
        return page
