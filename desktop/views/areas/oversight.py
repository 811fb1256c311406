"""The pages from which the firm is run: overview, bookings, branches and settings, audit, health."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import Signal

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.theme.icons import Icon
from desktop.viewmodels.audit.audit import AuditViewModel
from desktop.viewmodels.booking.bookings import BookingsViewModel
from desktop.viewmodels.day_span import DaySpan
from desktop.viewmodels.firm.firm import FirmViewModel
from desktop.viewmodels.manual_review.health import HealthViewModel
from desktop.viewmodels.manual_review.manual_review import CareViewModel
from desktop.viewmodels.manual_review.restored import RestoredViewModel
from desktop.viewmodels.manual_review.unbelieved import UnbelievedRow, UnbelievedViewModel
from desktop.viewmodels.manual_review.watch import WatchViewModel
from desktop.viewmodels.overview.overview import OverviewViewModel
from desktop.views.audit.audit_page import AuditPage
from desktop.views.booking.detail import BookingDetail, follow_booking
from desktop.views.booking.list_commands import BookingCommands
from desktop.views.booking.list_page import BookingsPage
from desktop.views.firm.firm_page import FirmPage
from desktop.views.fleet.fleet_commands import FleetCommands
from desktop.views.fleet.fleet_page import FleetPage
from desktop.views.manual_review.dispute_panel import DisputePanel
from desktop.views.manual_review.health_page import HealthPage
from desktop.views.manual_review.restored_panel import RestoredPanel
from desktop.views.manual_review.review_panel import CarePanel
from desktop.views.manual_review.unbelieved_panel import UnbelievedPanel
from desktop.views.overview.overview_page import Drill, OverviewPage
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.oversight_words import strange_rows
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.toast import Toast
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.manual_review import Case, LostCar
from engine.domain.booking.restored import RestoredCase
from engine.domain.car.car import IN_SERVICE, Car
from engine.domain.car.fleet import FleetQuery
from engine.domain.money.dispute import DisputedCase

T = TypeVar("T")

OVERVIEW, BOOKINGS, CARS = "overview", "all-bookings", "all-cars"
FIRM, AUDIT, HEALTH = "firm", "audit", "health"
_BOOKINGS_TITLE = "All bookings"


class OversightArea(Area):
    """Builds each page when it is first gone to, and lets a figure lead to what is behind it.

    Signals:
        booking_wanted: A Booking is to be shown.
        drilled: A Drill to a page that is not one of these.
    """

    booking_wanted = Signal(object)
    drilled = Signal(object)

    def __init__(self, tools: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._tools, self._workspace, self._frame = tools, workspace, frame
        desk, tasks = workspace.desk, workspace.tasks
        self._bookings_vm = BookingsViewModel(desk, tasks, (BookingScope.ALL,))
        #: Where bookings are shown, once the frame has said so.
        self.detail: Beside[BookingDetail] | None = None
        self.overview: OverviewPage | None = None
        self.bookings: BookingsPage | None = None
        self.cars: FleetPage | None = None
        self.care: CarePanel | None = None
        self.restored: RestoredPanel | None = None
        self.dispute: DisputePanel | None = None
        self.unbelieved: UnbelievedPanel | None = None
        self.firm: FirmPage | None = None
        self.audit: AuditPage | None = None
        self.health: HealthPage | None = None
        self.toast = Toast(tools.theme, frame.host)
        self.toast.acted.connect(self._examine)
        self.watch_vm = WatchViewModel(desk, tasks)
        self.watch_vm.told.connect(self._tell_of_strange_rows)
        for changed in (workspace.panel.booked, workspace.detail.booked):
            changed.connect(self._booked)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (*self.first_entries(), *self.last_entries())

    def first_entries(self) -> tuple[Entry, ...]:
        """What an administrator looks at all day."""
        return (
            Entry(OVERVIEW, "Overview", Icon.EARNINGS, self._make_overview),
            Entry(BOOKINGS, _BOOKINGS_TITLE, Icon.BOOKINGS, self._make_bookings),
            Entry(CARS, "All cars", Icon.FLEET, self._make_cars),
        )

    def last_entries(self) -> tuple[Entry, ...]:
        """What is seen to now and then."""
        return (
            Entry(FIRM, "Branches, rules", Icon.SETTINGS, self._make_firm),
            Entry(AUDIT, "Audit", Icon.HISTORY, self._make_audit),
            Entry(HEALTH, "Health", Icon.MAINTENANCE, self._make_health),
        )

    def commands(self) -> tuple[Command, ...]:
        return (
            *BookingCommands(BOOKINGS, _BOOKINGS_TITLE, self.to_bookings).all((BookingScope.ALL,), keys=False),
            *FleetCommands(self.to_cars, lambda: self._frame.at(CARS)).all(keys=False),
            Command("care.show", "Bookings that need a person", self.show_care, group="Overview"),
            Command("firm.rules", "Change the rules …", self._change_rules, group="Branches and settings"),
            Command("firm.branch", "Add a branch …", self._add_branch, group="Branches and settings"),
            Command("audit.search", "Search the audit", self._search_audit, group="Audit"),
            Command("audit.export", "Export the audit …", self._export_audit, group="Audit"),
            Command("health.again", "Look at the deployment again", self._examine, group="Health"),
            Command("health.copy", "Copy the findings", self._copy_health, group="Health"),
        )

    def start(self) -> None:
        self.watch_vm.watch()

    def _tell_of_strange_rows(self, count: int, newest: str) -> None:
        self._frame.badge(HEALTH, count)
        self.toast.tell(strange_rows(count, newest), "Look")

    def left(self) -> None:
        super().left()
        if self.care is not None:
            self.care.close_panel()
        if self.dispute is not None:
            self.dispute.give_way()
        for panel in (self.restored, self.unbelieved):
            if panel is not None:
                panel.leave()

    def unsaved(self) -> Question | None:
        panels = [panel for panel in (self.care, self.restored, self.unbelieved) if panel is not None]
        return super().unsaved() or next((question for panel in panels if (question := panel.unsaved())), None)

    def stop(self) -> None:
        super().stop()
        for panel in (self.care, self.restored, self.dispute, self.unbelieved):
            if panel is not None:
                panel.stop()

    def to_bookings(self) -> BookingsPage:
        self._frame.go(BOOKINGS)
        return _there(self.bookings)

    def to_cars(self) -> FleetPage:
        self._frame.go(CARS)
        return _there(self.cars)

    def show_care(self) -> None:
        """The bookings that need a person slide in over the overview."""
        self._frame.go(OVERVIEW)
        if self.care is None:
            vm = CareViewModel(self._workspace.desk, self._workspace.tasks)
            self.care = CarePanel(self._tools, vm, self._frame.host, self._workspace.now)
            self.care.booking_wanted.connect(self.booking_wanted)
            self.care.car_lost.connect(self._show_carless)
            self.care.payment_wanted.connect(self._show_payment)
            self.care.dispute_wanted.connect(self._show_dispute)
            self.care.doubt_wanted.connect(self._show_unbelieved)
            self.care.task_failed.connect(self.task_failed)
            vm.settled.connect(self._booked)
        self.care.show_cases()

    def _show_carless(self, case: Case) -> None:
        self.booking_wanted.emit(case.booking)
        if self.detail is not None and isinstance(case.why, LostCar):
            self.detail.wanted().tell_car_lost(case.booking, case.why)

    def _show_payment(self, case: RestoredCase) -> None:
        """In the place of the list, to which it leads back."""
        care = _there(self.care)
        if self.restored is None:
            vm = RestoredViewModel(self._workspace.desk, self._workspace.tasks)
            self.restored = RestoredPanel(self._tools, vm, self._frame.host, self._workspace.now)
            self.restored.task_failed.connect(self.task_failed)
            self.restored.left.connect(care.show_cases)
            vm.decided.connect(self._booked)
        care.give_way()
        self.restored.show_case(case)

    def _show_dispute(self, case: DisputedCase) -> None:
        """In the place of the list, to which it leads back."""
        care, work = _there(self.care), self._workspace
        if self.dispute is None:
            self.dispute = DisputePanel(self._tools, work.open_page, self._frame.host, work.now, demo=work.demo)
            self.dispute.task_failed.connect(self.task_failed)
            self.dispute.booking_wanted.connect(self.booking_wanted)
            self.dispute.left.connect(care.show_cases)
        care.give_way()
        self.dispute.show_case(case)

    def _show_unbelieved(self, row: UnbelievedRow) -> None:
        """In the place of the list, to which it leads back."""
        care = _there(self.care)
        if self.unbelieved is None:
            vm = UnbelievedViewModel(self._workspace.desk, self._workspace.tasks)
            self.unbelieved = UnbelievedPanel(self._tools, vm, self._frame.host)
            self.unbelieved.task_failed.connect(self.task_failed)
            self.unbelieved.left.connect(care.show_cases)
            vm.decided.connect(self._booked)
        care.give_way()
        self.unbelieved.show_row(row)

    def _make_cars(self) -> FleetPage:
        host = self._frame.host
        page = FleetPage(self._tools, self._workspace, host, show_bookings=self._show_bookings_of)
        self.cars = self.keep(page)
        page.open()
        return page

    def _show_bookings_of(self, car: Car) -> None:
        query = BookingQuery(scope=BookingScope.ALL, car_id=car.id)
        self.to_bookings().vm.ask(query, only=f"Car: {car.label}")

    def _make_overview(self) -> OverviewPage:
        vm = OverviewViewModel(self._workspace.desk, self._workspace.tasks)
        self.overview = page = self.keep(OverviewPage(self._tools, vm, self._frame.host))
        page.drilled.connect(self._drill)
        page.booking_wanted.connect(self.booking_wanted)
        if self.detail is not None:
            for card in (page.latest, page.holds):
                follow_booking(card.table, self.detail, self._workspace.detail, lambda line: line[0].id)
        return page

    def _make_bookings(self) -> BookingsPage:
        page = BookingsPage(self._tools, self._bookings_vm, self._workspace.now, title=_BOOKINGS_TITLE)
        self.bookings = self.keep(page)
        page.opened.connect(self.booking_wanted)
        if self.detail is not None:
            follow_booking(page.table, self.detail, self._workspace.detail)
        self._bookings_vm.load()
        return page

    def _make_firm(self) -> FirmPage:
        vm = FirmViewModel(self._workspace.desk, self._workspace.tasks)
        self.firm = self.keep(FirmPage(self._tools, vm, self._frame.host))
        return self.firm

    def _make_audit(self) -> AuditPage:
        vm = AuditViewModel(self._workspace.desk, self._workspace.tasks)
        self.audit = self.keep(AuditPage(self._tools, vm, self._frame.host))
        return self.audit

    def _make_health(self) -> HealthPage:
        vm = HealthViewModel(self._workspace.desk, self._workspace.tasks)
        self.health = self.keep(HealthPage(self._tools, vm, self._frame.host))
        return self.health

    def _drill(self, drill: Drill) -> None:
        match drill.page:
            case "bookings":
                self._drill_bookings(drill)
            case "cars":
                shown = FleetQuery(out=True) if drill.out else FleetQuery(statuses=IN_SERVICE)
                self.to_cars().fleet.ask(replace(shown, branch_id=drill.branch_id))
            case "care":
                self.show_care()
            case _:
                self.drilled.emit(drill)

    def _drill_bookings(self, drill: Drill) -> None:
        query = BookingQuery(BookingScope.ALL, standings=drill.standings, branch_id=drill.branch_id)
        self.to_bookings().vm.ask(query, DaySpan(), "")

    def _booked(self, booking: Booking) -> None:
        if self.bookings is not None:
            self.bookings.show_change(booking)
        if self.overview is not None:
            self.overview.vm.load_soon()

    def _to_firm(self) -> FirmPage:
        self._frame.go(FIRM)
        return _there(self.firm)

    def _change_rules(self) -> None:
        self._to_firm().change_rules()

    def _add_branch(self) -> None:
        self._to_firm().add_branch()

    def _to_audit(self) -> AuditPage:
        self._frame.go(AUDIT)
        return _there(self.audit)

    def _search_audit(self) -> None:
        self._to_audit().focus_search()

    def _export_audit(self) -> None:
        page = self._to_audit()
        if page.save.isEnabled():
            page.export.ask()

    def _to_health(self) -> HealthPage:
        self._frame.go(HEALTH)
        return _there(self.health)

    def _examine(self) -> None:
        self._to_health().vm.examine()

    def _copy_health(self) -> None:
        page = self._to_health()
        if page.copy_button.isEnabled():
            page.copy()


def _there(page: T | None) -> T:
    if page is None:
        raise RuntimeError("a page that was gone to is built")
    return page
