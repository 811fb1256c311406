"""The counter's view: find a car, book it, see to the bookings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.people.renters import RentersViewModel
from desktop.viewmodels.search.lookup import HitKind
from desktop.viewmodels.search.search import SearchState
from desktop.viewmodels.search.thumbnails import ThumbnailsViewModel
from desktop.viewmodels.shift.shift import ShiftViewModel
from desktop.views.areas.board_part import BoardPart
from desktop.views.areas.counter_panels import CounterPanels
from desktop.views.areas.papers import PAPERS
from desktop.views.areas.today_part import TODAY, TodayPart
from desktop.views.areas.walk_in_part import WalkInPart
from desktop.views.board.keys import BOARD
from desktop.views.booking.booking_panel import BookingPanel
from desktop.views.booking.detail import BookingDetail, follow_booking
from desktop.views.booking.list_commands import BookingCommands
from desktop.views.booking.list_page import BookingsPage
from desktop.views.booking.toasts import BookingToasts
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.people.renters.page import RentersPage
from desktop.views.search.car_panel import CarPanel
from desktop.views.search.search_page import SearchPage
from desktop.views.shift.shift_page import TITLE, ShiftPage
from desktop.views.today.page import TodayPage
from desktop.widgets.frame.follow import Follow, Shows
from engine.domain.booking.booking import Booking
from engine.domain.booking.listing import BookingScope
from engine.domain.car.car import Car, CarId
from engine.domain.firm.events import BookingChanged, Fact
from engine.domain.people.people import Deed, Renter, RenterId
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr

FIND, BOOKINGS, RENTERS, SHIFT = "find", "bookings", "renters", "shift"
_GROUP = tr("Find a car")


class ClientArea(Area):
    """Attributes: ``side`` opens beside the pages.

    Signals: ``result_painted`` when the branch's day, or cars that were found, came to the screen.
    """

    needs = Deed.BOOK
    result_painted = Signal()

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(context, workspace, frame)
        self._holds = workspace.holds
        self._thumbnails = ThumbnailsViewModel(workspace.desk, workspace.tasks)
        self._photos = Photos(self._thumbnails, self)
        self.side = CounterPanels(context, workspace, self._photos, frame.host)
        self.day = TodayPart(context, workspace, frame, self.side)
        self.board = BoardPart(context, workspace, frame, self.side.open_number, self.side.open_offer)
        self.walk_in = WalkInPart(context, workspace, frame, self.side)
        self._parts = [self.side, self.walk_in]
        self.toasts = BookingToasts(context.theme, frame.host, workspace.actor)
        self._connect()

    @property
    def search(self) -> SearchPage | None:
        """Once somebody went to it: it is the first page of renters only."""
        return self.built(FIND, SearchPage)

    @property
    def bookings(self) -> BookingsPage | None:
        """Once somebody went to them."""
        return self.built(BOOKINGS, BookingsPage)

    @property
    def renters(self) -> RentersPage | None:
        """Once somebody went to them."""
        return self.built(RENTERS, RentersPage)

    @property
    def today(self) -> TodayPage | None:
        """Once somebody went to it."""
        return self.day.page

    @property
    def car(self) -> CarPanel:
        return self.side.car.wanted()

    @property
    def panel(self) -> BookingPanel:
        return self.side.panel.wanted()

    @property
    def detail(self) -> BookingDetail:
        return self.side.detail.wanted()

    @property
    def entries(self) -> tuple[Entry, ...]:
        # Beside a list of the whole firm's, what this account booked wants a name of its own.
        name = tr("My bookings") if self._workspace.actor.may(Deed.SEE_ALL_BOOKINGS) else tr("Bookings")
        return (
            *self.day.entries,
            *self.board.entries,
            Entry(FIND, tr("Find a car"), Icon.FIND_CAR, self._make_search),
            Entry(BOOKINGS, name, Icon.BOOKINGS, self._make_bookings),
            Entry(RENTERS, tr("Renters"), Icon.RENTERS, self._make_renters, Deed.SEE_RENTERS),
            *self._drawer,
        )

    def _drawer_commands(self) -> tuple[Command, ...]:
        step = self.on(SHIFT, ShiftPage, ShiftPage.next_step)
        next_step = Command("shift.next", tr("Open, count or close the drawer"), step, group=TITLE)
        return (next_step,) if self._drawer else ()

    @property
    def _drawer(self) -> tuple[Entry, ...]:
        """A drawer is a branch's: who stands at none has none."""
        if not (self._workspace.actor.branch_id or self._workspace.desk.branch):
            return ()
        return (Entry(SHIFT, TITLE, Icon.MONEY, self._make_shift, Deed.TAKE_MONEY),)

    def commands(self) -> tuple[Command, ...]:
        return (
            Command("search.form", tr("Search form"), self._to_form, group=_GROUP),
            Command("search.cards", tr("Cars found"), self._to_cards, key="Ctrl+Down", group=_GROUP),
            Command(
                "booking.new", tr("New booking"), self._new_booking, key="N", group=_GROUP, here=self._at_the_counter
            ),
            Command("car.book", tr("Book this car"), self._book_car, key="B", when=self._may_book_car, group=_GROUP),
            *self.side.commands(),
            *self._drawer_commands(),
            *self._renter_commands(),
            *self.walk_in.commands((TODAY, FIND)),
            *self.day.commands(partial(self.on, TODAY, TodayPage)),
            *self.board.commands(),
            *BookingCommands("bookings", tr("Bookings"), self._to_bookings).all(self._workspace.bookings.scopes),
        )

    @property
    def _sees_renters(self) -> bool:
        return self._workspace.actor.may(Deed.SEE_RENTERS)

    def _renter_commands(self) -> tuple[Command, ...]:
        if not self._sees_renters:
            return ()

        def one() -> bool:
            return self.renters is not None and self.renters.renter_id is not None

        here, group = partial(self._frame.at, RENTERS), tr("Renters")
        add, change = (self.on(RENTERS, RentersPage, act) for act in (RentersPage.add, RentersPage.change))
        return (
            Command("renter.add", tr("New renter"), add, group=group),
            Command("renter.change", tr("Change this renter"), change, key="E", when=one, here=here, group=group),
        )

    def open_renter(self, renter_id: RenterId) -> bool:
        """The page of one renter, wherever it was found."""
        self._to_renters().open_renter(renter_id)
        return True

    @property
    def listed(self) -> Mapping[HitKind, str]:
        every = {HitKind.RENTERS: tr("→ all {count} renters")} if self._sees_renters else {}
        if not self._workspace.actor.may(Deed.SEE_ALL_BOOKINGS):
            every |= {
                HitKind.BOOKINGS: tr("→ all {count} bookings"),
                HitKind.CARS: tr("→ Find a car, with the same text"),
            }
        return every

    def show_all(self, kind: HitKind, scope: BookingScope, text: str) -> bool:
        if kind not in self.listed:
            return False
        match kind:
            case HitKind.RENTERS:
                self._to_renters().search_for(text)
            case HitKind.BOOKINGS:
                return self._to_bookings().show_found(scope, text)
            case _:
                self._to_search().search_text(text)
        return True

    def _to_search(self) -> SearchPage:
        return self.to(FIND, SearchPage)

    def _to_renters(self) -> RentersPage:
        return self.to(RENTERS, RentersPage)

    def _to_bookings(self) -> BookingsPage:
        return self.to(BOOKINGS, BookingsPage)

    def _make_renters(self) -> RentersPage:
        vm = RentersViewModel(self._workspace.desk, self._workspace.tasks)
        page = RentersPage(self._context, vm, self._workspace.now, self._frame.host)
        page.booking_wanted.connect(self.side.open_booking)
        page.new_wanted.connect(self.book_for)
        vm.begin()
        return page

    def _make_shift(self) -> ShiftPage:
        vm = ShiftViewModel(self._workspace.desk, self._workspace.tasks)
        page = ShiftPage(self._context, vm, self._frame.host, self._workspace.now)
        page.set_online(online=self._workspace.connection.state.problem is None)
        return page

    def book_for(self, renter: Renter) -> None:
        """To the cars; whichever is chosen there is for *renter*."""

        def go_on() -> None:
            self._workspace.panel.keep(renter)
            self._to_search().focus_cards()

        self.side.instead(go_on)

    def _at_the_counter(self) -> bool:
        return any(map(self._frame.at, (TODAY, BOARD, FIND, BOOKINGS, RENTERS)))

    def _new_booking(self) -> None:
        """For the renter whose page is open, if one is."""
        if self._frame.at(RENTERS) and self.renters is not None and self.renters.renter_id is not None:
            self.renters.new_booking()
        else:
            self._to_form()

    def start(self) -> None:
        super().start()
        self._holds.load()

    def reload(self) -> None:
        self._thumbnails.again()
        self._holds.load()
        self._look_again()

    def open_booking(self, booking: Booking) -> bool:
        self.side.open_booking(booking)
        return True

    def open_car(self, car: Car) -> bool:
        """Where it stands and whether it is free on the days that are looked at."""
        self._to_search().search_car(car)
        return True

    def apply(self, fact: Fact) -> None:
        self._workspace.search.apply(fact)
        self._workspace.panel.apply(fact)
        self._workspace.car.apply(fact)
        if isinstance(fact, BookingChanged):
            self._heard(fact.booking)

    def stop(self) -> None:
        self._frame.status.set_holds(0)
        super().stop()

    def _connect(self) -> None:
        workspace = self._workspace
        self.side.task_failed.connect(self.task_failed)
        self.side.car.when_built(lambda panel: panel.times_wanted.connect(self._take_times))
        self.side.panel.when_built(self._join_panel)
        self.side.detail.when_built(self._join_detail)
        self.toasts.show_wanted.connect(self.side.open_booking)
        self.day.changed.connect(self._booked)
        self.day.new_wanted.connect(self._new_booking)
        self.day.walk_in_wanted.connect(self.walk_in.open)
        self.day.painted.connect(self.result_painted)
        self.board.changed.connect(self._booked)
        self.board.new_wanted.connect(self._new_booking)
        self._frame.status.holds_pressed.connect(self._to_holds)
        self._frame.status.countdown.ended.connect(self._holds.load)
        workspace.panel.booked.connect(self._booked)
        workspace.detail.booked.connect(self._booked)
        workspace.panel.car_lost.connect(self._look_again)
        self._holds.changed.connect(self._show_holds)
        self._holds.settled.connect(self._booked)
        workspace.search.changed.connect(self._search_changed)
        workspace.connection.changed.connect(self._connection_changed)

    def _join_panel(self, panel: BookingPanel) -> None:
        panel.similar_wanted.connect(self._show_similar)
        panel.search_wanted.connect(self._search_again)
        panel.times_wanted.connect(self._search_times)

    def _join_detail(self, panel: BookingDetail) -> None:
        panel.search_wanted.connect(self._search_again)
        panel.renter_wanted.connect(self.open_renter)
        panel.address_wanted.connect(lambda renter_id: self._to_renters().give_address(renter_id))
        panel.set_up_wanted.connect(lambda: self._frame.go(PAPERS))

    def _make_search(self) -> SearchPage:
        workspace, side = self._workspace, self.side
        page = SearchPage(self._context, workspace, self._photos)
        page.chosen.connect(side.open_car)
        page.result_painted.connect(self.result_painted)
        shows = (Shows(side.car, self._car_looked_at), Shows(side.panel, self._car_booked, held=lambda: True))
        follow = Follow(page.results.grid, lambda row: row.car_id, *shows)
        for shown in (workspace.car, workspace.panel, workspace.search):
            shown.changed.connect(follow.refresh)
        return page

    def _make_bookings(self) -> BookingsPage:
        vm = self._workspace.bookings
        page = BookingsPage(self._context, vm, self._workspace.now, first_step=tr("Find a car"))
        page.opened.connect(self.side.open_booking)
        page.first_step_wanted.connect(lambda: self._frame.go(FIND))
        follow_booking(page.table, self.side.detail, self._workspace.detail)
        vm.load()
        return page

    def _car_looked_at(self) -> CarId | None:
        car = self._workspace.car.state.car
        return car.id if car is not None else None

    def _car_booked(self) -> CarId | None:
        state = self._workspace.panel.state
        if state.booking is not None:
            return state.booking.car_id
        return state.offer.car.id if state.offer is not None else None

    def _take_times(self, period: RentalPeriod) -> None:
        self.car.close_panel()
        self._search_times(period)

    def _search_times(self, period: RentalPeriod) -> None:
        if self.search is not None:
            self.search.search_times(period)

    def _may_book_car(self) -> bool:
        """The open car, or else the card the keyboard is on; which card that is, is looked at when it is run."""
        first = self._workspace.search.state.first
        return self.side.may_book_car() or (not self.side.car.is_visible and first is not None and first.total > 0)

    def _book_car(self) -> None:
        if self.side.car.is_visible:
            self.car.go_on()
        elif self.search is not None and (current := self.search.current_offer()) is not None:
            self.side.open_offer(*current)

    def _to_holds(self) -> None:
        """To the hold itself where there is one; several are in the list."""
        held = self._holds.open()
        if len(held) == 1:
            self.side.open_booking(held[0])
        else:
            self._frame.go(BOOKINGS)

    def _show_similar(self, car: Car) -> None:
        if self.search is not None:
            self.search.show_similar(car)

    def _search_again(self, booking: Booking) -> None:
        self._to_search().search_like(booking)

    def _booked(self, booking: Booking) -> None:
        self._heard(booking)
        if self.bookings is not None:
            self.bookings.show_change(booking)
        self.day.took(booking)
        self.board.took(booking)
        if booking.version == 1 or not booking.blocking:
            # A car was taken or set free by this desk: what the search shows is no longer true.
            self._look_again()

    def _look_again(self) -> None:
        """What was found may no longer be true; where nobody searched, nothing is looked for."""
        if self.search is not None:
            self._workspace.search.again()

    def _heard(self, booking: Booking) -> None:
        was_held = self._holds.note(booking)
        self._workspace.detail.took(booking)
        self.toasts.hear(booking, was_held=was_held, seen=self.side.shows(booking))

    def _show_holds(self) -> None:
        self._frame.status.set_holds(*self._holds.standing())

    def _search_changed(self, state: SearchState) -> None:
        self._frame.know_branches(state.branches)
        if state.wish is not None and state.first is not None:
            self._workspace.car.renew(state.wish.period, state.first)

    def _connection_changed(self) -> None:
        if self.renters is not None:
            self.renters.set_online(online=self._workspace.connection.state.problem is None)
        if (shift := self.built(SHIFT, ShiftPage)) is not None:
            shift.set_online(online=self._workspace.connection.state.problem is None)

    def _to_form(self) -> None:
        self._to_search().focus_form()

    def _to_cards(self) -> None:
        self._to_search().focus_cards()
