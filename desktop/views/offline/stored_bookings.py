"""The bookings as they are stored on this computer: the same list as with a network, to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.viewmodels.booking.bookings import BookingsState, BookingsViewModel
from desktop.viewmodels.list_desk import StoredListDesk
from desktop.views.booking.list_commands import BookingCommands
from desktop.views.booking.list_page import BookingsPage
from desktop.views.booking.list_row import TONES, BookingRow, damaged_row
from desktop.views.booking.list_words import empty_words, short_day
from desktop.views.offline.stored_booking import StoredBookingPanel
from desktop.views.parts.area import Entry, Told
from desktop.views.parts.damage import SIGN_IN, tell_partial, unreadable
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.follow import Follow, Shows
from desktop.words.booking_words import STANDINGS
from desktop.words.messages import amount, booking_number, branch_name, branch_time, days_text
from engine.domain.booking.booking import BookingId
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.car.car import BranchId, Car
from engine.domain.reports.copying import OwnCopy, kept_since
from engine.domain.reports.owner_books import Rental
from engine.domain.reports.report_period import moment
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

BOOKINGS = "bookings"
_MISSING = tr("older bookings are missing here")
_STEP = tr("Look at the fleet")


@dataclass(frozen=True, slots=True)
class StoredList:
    """What the page is made of.

    Attributes:
        stamp: As of when, complete or partial.
        away: Its owner is signed in, only the connection is gone.
    """

    copy: OwnCopy
    desk: StoredListDesk
    stamp: str
    away: bool = False

    @property
    def complete(self) -> bool:
        return self.copy.manifest.head.complete

    @property
    def since(self) -> str:
        """The day from which on all bookings are there, if the copy is complete."""
        first = kept_since(moment(self.copy.manifest.head.as_of))
        return short_day(first, first.tzinfo or UTC, now=self.desk.now())


class StoredBookingsPage(BookingsPage):
    """Of renters nothing is kept; the column has the branch instead.

    Signals: ``sign_in_wanted`` where the copy cannot be read: asked again it would answer the same.
    """

    beside = tr("Branch")
    sign_in_wanted = Signal()

    def __init__(self, context: ViewContext, vm: BookingsViewModel, stored: StoredList) -> None:
        stamp = (
            tr("made since {since} · {stamp}", since=stored.since, stamp=stored.stamp)
            if stored.complete
            else stored.stamp
        )
        super().__init__(context, vm, stored.desk.now, first_step=_STEP, stamp=stamp)
        self._stored = stored
        self.partial = Banner(context.theme)
        self.column.insertWidget(1, self.partial)
        if stored.complete:
            self.partial.clear()
        else:
            tell_partial(self.partial, _MISSING)

    def _row(self, booking: Any) -> BookingRow:
        return stored_row(booking, self._stored.desk.now(), self.branch_names())

    def _show_problem(self, problem: DriveSphereError) -> None:
        self.content.show_problem(
            unreadable(problem), tr("The list cannot be read"), "" if self._stored.away else SIGN_IN
        )

    def _help(self) -> None:
        self.sign_in_wanted.emit()

    def _empty(self, state: BookingsState) -> tuple[str, str]:
        title, sentence = empty_words(state)
        if state.narrowed:
            return title, sentence if self._stored.complete else tr(
                "{sentence} Older ones are missing in this copy.", sentence=sentence
            )
        if self._stored.complete:
            return (
                tr("No bookings"),
                tr(
                    "When this copy was made, nobody had booked a car of yours since {since}.", since=self._stored.since
                ),
            )
        return tr("No bookings in this copy"), tr("Its first making was cut off before a booking was stored.")


class StoredBookingsPart(QObject, Told):
    """The page, one booking's panel beside it, and its keys.

    Signals: ``fleet_wanted`` is the first step without bookings; ``sign_in_wanted`` where the copy cannot be read;
        ``task_failed`` carries what nobody foresaw.
    """

    fleet_wanted = Signal()
    sign_in_wanted = Signal()
    task_failed = Signal(object)

    def __init__(
        self, context: ViewContext, stored: StoredList, tasks: TaskScope, host: QWidget, go: Callable[[str], None]
    ) -> None:
        super().__init__(host)
        self._context, self._stored, self._go = context, stored, go
        self.vm = BookingsViewModel(stored.desk, tasks)
        self.page: StoredBookingsPage | None = None
        self._branches = {branch.branch_id: branch_name(branch) for branch in stored.copy.fleet.branches}
        self.panel = StoredBookingPanel(context, stored.copy.books, stored.desk.now, stored.stamp, host)

    @property
    def entry(self) -> Entry:
        return Entry(BOOKINGS, tr("Bookings"), Icon.BOOKINGS, self._make)

    def commands(self) -> tuple[Command, ...]:
        return BookingCommands("bookings", tr("Bookings"), self._to_page).all(self.vm.scopes)

    def show_car(self, car: Car) -> None:
        """All bookings of one car, whatever became of them."""
        query = BookingQuery(scope=BookingScope.FLEET, car_id=car.id)
        self._to_page().vm.ask(query, only=tr("Car: {car}", car=car.label))

    def show_found(self, scope: BookingScope, text: str) -> None:
        self._to_page().show_found(scope, text)

    def open_rental(self, rental: Rental) -> None:
        """Beside the list, wherever the person is."""
        self._to_page()
        self.panel.open_rental(rental, self._branches.get(rental.branch_id, ""))

    def search(self) -> None:
        """Of all that is stored this list alone can be searched."""
        self._to_page().focus_search()

    def leave(self) -> None:
        self.panel.close_panel()

    def _make(self) -> StoredBookingsPage:
        page = self.page = StoredBookingsPage(self._context, self.vm, self._stored)
        page.opened.connect(self.open_rental)
        Follow(page.table, lambda row: row.booking.booking_id, Shows(self.panel, lambda: self.panel.showing))
        page.first_step_wanted.connect(self.fleet_wanted)
        page.sign_in_wanted.connect(self.sign_in_wanted)
        page.task_failed.connect(self.task_failed)
        self.vm.load()
        return page

    def _to_page(self) -> StoredBookingsPage:
        self._go(BOOKINGS)
        if self.page is None:
            raise RuntimeError("a page that was gone to is built")
        return self.page


def stored_row(rental: Rental, now: datetime, branches: Mapping[BranchId, str]) -> BookingRow:
    """How long a car was held for it is not kept, so no hold counts down."""
    if rental.damage is not None:
        return replace(damaged_row(rental.damage), booking=rental)
    zone = shown_zone(rental.zone)
    return BookingRow(
        booking=rental,
        number=booking_number(BookingId(rental.booking_id)),
        car=rental.car,
        plate=rental.plate,
        beside=(branches.get(BranchId(rental.branch_id), ""), days_text(rental.days)),
        booked=tr("Booked {created}", created=short_day(moment(rental.created), zone, now=now)),
        pick_up=branch_time(moment(rental.starts), zone, now=now),
        drop_off=branch_time(moment(rental.ends), zone, now=now),
        standing=STANDINGS[rental.standing],
        tone=TONES[rental.standing],
        price=amount(rental.price),
    )
