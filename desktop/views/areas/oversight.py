"""The pages from which the firm is watched: overview, all bookings, all cars, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.booking.bookings import BookingsViewModel
from desktop.viewmodels.day_span import DaySpan
from desktop.viewmodels.manual_review.manual_review import CareViewModel
from desktop.viewmodels.manual_review.restored import RestoredViewModel
from desktop.viewmodels.manual_review.unbelieved import UnbelievedViewModel
from desktop.viewmodels.overview.overview import OverviewViewModel
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.areas.accounts import USERS
from desktop.views.booking.detail import BookingDetail, follow_booking
from desktop.views.booking.list_commands import BookingCommands
from desktop.views.booking.list_page import BookingsPage
from desktop.views.fleet.fleet_commands import FleetCommands
from desktop.views.fleet.fleet_page import FleetPage
from desktop.views.manual_review.dispute_panel import DisputePanel
from desktop.views.manual_review.restored_panel import RestoredPanel
from desktop.views.manual_review.review_panel import CarePanel
from desktop.views.manual_review.unbelieved_panel import UnbelievedPanel
from desktop.views.overview.overview_page import Drill, OverviewPage
from desktop.views.parts.area import Area, Entry, Frame, S
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.frame.beside import Beside
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.manual_review import Case, LostCar
from engine.domain.car.car import IN_SERVICE, Car
from engine.domain.car.fleet import FleetQuery
from engine.domain.people.people import Deed
from engine.words.tr import tr

OVERVIEW, BOOKINGS, CARS = "overview", "all-bookings", "all-cars"
_BOOKINGS_TITLE = tr("All bookings")


class OversightArea(Area):
    """What an administrator looks at all day, and what a figure there leads to.

    Signals:
        booking_wanted: A Booking is to be shown.
    """

    needs = Deed.MANAGE_ACCOUNTS
    booking_wanted = Signal(object)

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(context, workspace, frame)
        self._bookings_vm = BookingsViewModel(workspace.desk, workspace.tasks, (BookingScope.ALL,))
        #: Where bookings are shown, once the frame has said so.
        self.detail: Beside[BookingDetail] | None = None
        self.care = self.beside(self._make_care)
        self.restored = self.beside(self._make_restored)
        self.dispute = self.beside(self._make_dispute)
        self.unbelieved = self.beside(self._make_unbelieved)
        for changed in (workspace.panel.booked, workspace.detail.booked):
            changed.connect(self._booked)

    @property
    def overview(self) -> OverviewPage | None:
        """Once somebody went to it."""
        return self.built(OVERVIEW, OverviewPage)

    @property
    def bookings(self) -> BookingsPage | None:
        """Once somebody went to them."""
        return self.built(BOOKINGS, BookingsPage)

    @property
    def cars(self) -> FleetPage | None:
        """Once somebody went to them."""
        return self.built(CARS, FleetPage)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(OVERVIEW, tr("Overview"), Icon.EARNINGS, self._make_overview),
            Entry(BOOKINGS, _BOOKINGS_TITLE, Icon.BOOKINGS, self._make_bookings),
            Entry(CARS, tr("All cars"), Icon.FLEET, self._make_cars),
        )

    def commands(self) -> tuple[Command, ...]:
        return (
            *BookingCommands(BOOKINGS, _BOOKINGS_TITLE, self._to_bookings).all((BookingScope.ALL,), keys=False),
            *FleetCommands(self._to_cars, lambda: self._frame.at(CARS)).all(keys=False),
            Command("care.show", tr("Bookings that need a person"), self.show_care, group=tr("Overview")),
        )

    def open_car(self, car: Car) -> bool:
        self._to_cars().open_car(car)
        return True

    @property
    def listed(self) -> Mapping[HitKind, str]:
        return {HitKind.BOOKINGS: tr("→ all {count} bookings"), HitKind.CARS: tr("→ all {count} cars")}

    def show_all(self, kind: HitKind, scope: BookingScope, text: str) -> bool:
        if kind is HitKind.BOOKINGS:
            return self._to_bookings().show_found(scope, text)
        if kind is HitKind.CARS:
            self._to_cars().show_found(text)
        return kind in self.listed

    def _to_bookings(self) -> BookingsPage:
        return self.to(BOOKINGS, BookingsPage)

    def _to_cars(self) -> FleetPage:
        return self.to(CARS, FleetPage)

    def show_care(self) -> None:
        """The bookings that need a person slide in over the overview."""
        self._frame.go(OVERVIEW)
        self.care.wanted().show_cases()

    def _make_care(self) -> CarePanel:
        vm = CareViewModel(self._workspace.desk, self._workspace.tasks)
        care = CarePanel(self._context, vm, self._frame.host, self._workspace.now)
        care.booking_wanted.connect(self.booking_wanted)
        care.car_lost.connect(self._show_carless)
        care.payment_wanted.connect(lambda case: self._instead_of_care(self.restored).show_case(case))
        care.dispute_wanted.connect(lambda case: self._instead_of_care(self.dispute).show_case(case))
        care.doubt_wanted.connect(lambda row: self._instead_of_care(self.unbelieved).show_row(row))
        care.task_failed.connect(self.task_failed)
        vm.settled.connect(self._booked)
        return care

    def _instead_of_care(self, panel: Beside[S]) -> S:
        """In the place of the list, to which it leads back."""
        self.care.wanted().give_way()
        return panel.wanted()

    def _back_to_care(self) -> None:
        self.care.wanted().show_cases()

    def _show_carless(self, case: Case) -> None:
        self.booking_wanted.emit(case.booking)
        if self.detail is not None and isinstance(case.why, LostCar):
            self.detail.wanted().tell_car_lost(case.booking, case.why)

    def _make_restored(self) -> RestoredPanel:
        vm = RestoredViewModel(self._workspace.desk, self._workspace.tasks)
        panel = RestoredPanel(self._context, vm, self._frame.host, self._workspace.now)
        panel.task_failed.connect(self.task_failed)
        panel.left.connect(self._back_to_care)
        vm.decided.connect(self._booked)
        return panel

    def _make_dispute(self) -> DisputePanel:
        work = self._workspace
        panel = DisputePanel(self._context, work.open_in_browser, self._frame.host, work.now, demo=work.demo)
        panel.task_failed.connect(self.task_failed)
        panel.booking_wanted.connect(self.booking_wanted)
        panel.left.connect(self._back_to_care)
        return panel

    def _make_unbelieved(self) -> UnbelievedPanel:
        vm = UnbelievedViewModel(self._workspace.desk, self._workspace.tasks)
        panel = UnbelievedPanel(self._context, vm, self._frame.host)
        panel.task_failed.connect(self.task_failed)
        panel.left.connect(self._back_to_care)
        vm.decided.connect(self._booked)
        return panel

    def _make_cars(self) -> FleetPage:
        return FleetPage(self._context, self._workspace, self._frame.host, show_bookings=self._show_bookings_of)

    def _show_bookings_of(self, car: Car) -> None:
        query = BookingQuery(scope=BookingScope.ALL, car_id=car.id)
        self._to_bookings().vm.ask(query, only=tr("Car: {car}", car=car.label))

    def _make_overview(self) -> OverviewPage:
        vm = OverviewViewModel(self._workspace.desk, self._workspace.tasks)
        page = OverviewPage(self._context, vm, self._frame.host)
        page.drilled.connect(self._drill)
        page.booking_wanted.connect(self.booking_wanted)
        if self.detail is not None:
            for card in (page.latest, page.holds):
                follow_booking(card.table, self.detail, self._workspace.detail, lambda line: line[0].id)
        return page

    def _make_bookings(self) -> BookingsPage:
        page = BookingsPage(self._context, self._bookings_vm, self._workspace.now, title=_BOOKINGS_TITLE)
        page.opened.connect(self.booking_wanted)
        if self.detail is not None:
            follow_booking(page.table, self.detail, self._workspace.detail)
        self._bookings_vm.load()
        return page

    def _drill(self, drill: Drill) -> None:
        match drill.page:
            case "bookings":
                query = BookingQuery(BookingScope.ALL, standings=drill.standings, branch_id=drill.branch_id)
                self._to_bookings().vm.ask(query, DaySpan(), "")
            case "cars":
                shown = FleetQuery(out=True) if drill.out else FleetQuery(statuses=IN_SERVICE)
                self._to_cars().fleet.ask(replace(shown, branch_id=drill.branch_id))
            case "care":
                self.show_care()
            case "users":
                self._frame.go(USERS)

    def _booked(self, booking: Booking) -> None:
        if self.bookings is not None:
            self.bookings.show_change(booking)
        if self.overview is not None:
            self.overview.vm.load_soon()
