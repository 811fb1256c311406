"""The owner's view: the fleet, its bookings, and what it earns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.earnings.earnings import EarningsSource, EarningsViewModel
from desktop.viewmodels.earnings.explain import ExplainViewModel
from desktop.viewmodels.offline.copy import CopyViewModel
from desktop.viewmodels.search.lookup import HitKind
from desktop.views.areas.away import StandIn
from desktop.views.areas.board_part import BoardPart
from desktop.views.areas.copy_part import CopyPart
from desktop.views.areas.earnings_part import EarningsPart
from desktop.views.booking.detail import BookingDetail, follow_booking
from desktop.views.booking.list_commands import BookingCommands
from desktop.views.booking.list_page import BookingsPage
from desktop.views.fleet.fleet_commands import FleetCommands
from desktop.views.fleet.fleet_page import FleetPage
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.view_context import ViewContext, Workspace
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.car.car import Car
from engine.domain.firm.events import BookingChanged, CarChanged, Fact
from engine.domain.people.people import Deed
from engine.words.tr import tr

FLEET, BOOKINGS = "fleet", "bookings"


class OwnerArea(Area):
    needs = Deed.MANAGE_OWN_CARS

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(context, workspace, frame)
        self.side = self.beside(
            lambda: BookingDetail(context, workspace.detail, workspace.now, frame.host, demo=workspace.demo)
        )
        self.side.when_built(self._join_detail)
        desk = workspace.desk
        live = EarningsSource(desk, desk.services.earnings, desk.actor)
        keeps = partial(getattr, context.preferences, "keeps_copies")
        copy = CopyViewModel(desk.bridge, workspace.tasks, desk.services.copying, desk.actor, keeps)
        self.away = StandIn(context, workspace, copy, frame)
        self.away.task_failed.connect(self.task_failed)
        stored, away = (lambda: copy.source), (lambda: self.away.away)
        vm = EarningsViewModel(desk.bridge, workspace.tasks, workspace.now, live, stored, away)
        self.earnings = EarningsPart(context, vm, ExplainViewModel(workspace.tasks), frame.host, frame.go)
        self.earnings.fleet_wanted.connect(lambda: frame.go(FLEET))
        self.earnings.booking_wanted.connect(self._open_number)
        self.copy = CopyPart(context, copy, self.earnings, frame.host)
        self.copy.task_failed.connect(self.task_failed)
        self.copy.booking_wanted.connect(self._open_number)
        self.board = BoardPart(context, workspace, frame, self._open_number)
        self._parts = [self.away, self.copy]
        workspace.connection.back.connect(copy.start)
        workspace.live.happened.connect(self._heard)
        workspace.live.resync.connect(self.earnings.happened)
        workspace.connection.changed.connect(self._connection_changed)

    @property
    def fleet(self) -> FleetPage | None:
        """Once somebody went to it."""
        return self.built(FLEET, FleetPage)

    @property
    def bookings(self) -> BookingsPage | None:
        """Once somebody went to them."""
        return self.built(BOOKINGS, BookingsPage)

    @property
    def detail(self) -> BookingDetail:
        return self.side.wanted()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(FLEET, tr("Fleet"), Icon.FLEET, self.away.either(FLEET, self._make_fleet)),
            Entry(BOOKINGS, tr("Bookings"), Icon.BOOKINGS, self.away.either(BOOKINGS, self._make_bookings)),
            *self.board.entries,
            self.earnings.entry,
        )

    def commands(self) -> tuple[Command, ...]:
        of_bookings = BookingCommands("bookings", tr("Bookings"), self._to_bookings).all(
            self._workspace.bookings.scopes
        )
        of_earnings = (*self.earnings.commands(), *self.copy.commands())
        of_fleet = FleetCommands(self._to_fleet, lambda: self._frame.at(FLEET)).all()
        return (*of_fleet, *of_bookings, *self.board.commands(), *of_earnings)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, BookingChanged):
            self._workspace.detail.took(fact.booking)

    def open_booking(self, booking: Booking) -> bool:
        self._frame.leave()
        self.detail.open_booking(booking)
        return True

    def open_car(self, car: Car) -> bool:
        self._to_fleet().open_car(car)
        return True

    @property
    def listed(self) -> Mapping[HitKind, str]:
        return {HitKind.BOOKINGS: tr("→ all {count} bookings"), HitKind.CARS: tr("→ all {count} cars")}

    def show_all(self, kind: HitKind, scope: BookingScope, text: str) -> bool:
        if kind is HitKind.BOOKINGS:
            return self._to_bookings().show_found(scope, text)
        if kind is HitKind.CARS:
            self._to_fleet().show_found(text)
        return kind in self.listed

    def _open_number(self, booking_id: str) -> None:
        self._frame.leave()
        if not self.away.open_rental(booking_id):
            self.detail.open_number(BookingId(booking_id))

    def _to_fleet(self) -> FleetPage:
        return self.to(FLEET, FleetPage)

    def _to_bookings(self) -> BookingsPage:
        return self.to(BOOKINGS, BookingsPage)

    def _make_fleet(self) -> FleetPage:
        page = FleetPage(self._context, self._workspace, self._frame.host, show_bookings=self._show_bookings)
        page.fleet.changed.connect(lambda state: self._frame.know_branches(state.branches))
        return page

    def _make_bookings(self) -> BookingsPage:
        vm = self._workspace.bookings
        page = BookingsPage(self._context, vm, self._workspace.now, first_step=tr("Look at the fleet"))
        page.opened.connect(self._open_row)
        page.first_step_wanted.connect(self._to_fleet)
        self._follow = follow_booking(page.table, self.side, self._workspace.detail)
        vm.load()
        return page

    def _open_row(self, booking: Booking) -> None:
        self.detail.open_booking(booking)

    def _show_bookings(self, car: Car) -> None:
        """All bookings of one car, whatever became of them."""
        query = BookingQuery(scope=BookingScope.FLEET, car_id=car.id)
        self._to_bookings().vm.ask(query, only=tr("Car: {car}", car=car.label))

    def _heard(self, fact: Fact) -> None:
        """What other owners' cars do moves no figure here."""
        mine = isinstance(fact, CarChanged) and fact.car.owner_id == self._workspace.actor.owner_id
        if mine or isinstance(fact, BookingChanged):
            self.earnings.happened()

    def _connection_changed(self) -> None:
        if self.side.there is not None:
            self.side.there.set_online(online=self._workspace.connection.state.problem is None)

    def _join_detail(self, panel: BookingDetail) -> None:
        panel.task_failed.connect(self.task_failed)
        panel.set_online(online=self._workspace.connection.state.problem is None)
