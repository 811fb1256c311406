"""What opens beside the pages of the counter, in one place: a car, its booking, or a booking that exists.

API: CounterPanels(context, workspace, photos, host): car, panel, detail (each Beside); open_car(...), open_offer(...),
open_walk_in(w, taken), open_booking(b), take_money_for(b), instead(go_on), may_book(), book(), may_reserve(),
reserve(), may_pay(), pay(), may_take(), take_money(), may_mark(), mark(),
commands(), shows(b), unsaved(), leave(), stop().
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.dialogs import Question
from desktop.viewmodels.walk_in.state import WalkIn
from desktop.views.booking.booking_panel import BookingPanel
from desktop.views.booking.detail import BookingDetail
from desktop.views.parts.area import Told
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.search.car_panel import CarPanel
from desktop.widgets.frame.beside import Beside
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.car.availability import Blocked
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import Offer
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr


class CounterPanels(QObject, Told):
    """Each is built when it is first opened: half of the time of signing in went into panels that nobody opened yet.

    Signals: ``task_failed`` carries an exception nobody foresaw.
    """

    task_failed = Signal(object)

    def __init__(self, context: ViewContext, workspace: Workspace, photos: Photos, host: QWidget) -> None:
        super().__init__(host)
        self._workspace = workspace
        self.car = Beside(lambda: CarPanel(context, workspace, photos, host))
        self.panel = Beside(lambda: BookingPanel(context, workspace, host))
        self.detail = Beside(lambda: BookingDetail(context, workspace.detail, workspace.now, host, demo=workspace.demo))
        self.car.when_built(self._join_car)
        self.panel.when_built(self._join_panel)
        self.detail.when_built(self._join_detail)
        workspace.connection.changed.connect(self._connection_changed)

    def open_car(self, found: Offer | Blocked, period: RentalPeriod, branch: Branch) -> None:
        def go_on() -> None:
            self._clear_for(self.car)
            self.car.wanted().open_car(found, period, branch)

        self.instead(go_on)

    def open_offer(self, offer: Offer, period: RentalPeriod, branch: Branch) -> None:
        def go_on() -> None:
            self._clear_for(self.panel)
            self.panel.wanted().open_offer(offer, period, branch)

        self.instead(go_on)

    def open_walk_in(self, walk_in: WalkIn, taken: Callable[[], None]) -> None:
        """*taken* is called once nothing that was filled in is in its way."""

        def go_on() -> None:
            taken()
            self._clear_for(self.panel)
            self.panel.wanted().open_walk_in(walk_in)

        self.instead(go_on)

    def open_booking(self, booking: Booking) -> None:
        def go_on() -> None:
            self._clear_for(self.detail)
            self.detail.wanted().open_booking(booking)

        self.instead(go_on)

    def open_number(self, booking_id: BookingId) -> None:
        """A booking of which the number is known."""

        def go_on() -> None:
            self._clear_for(self.detail)
            self.detail.wanted().open_number(booking_id)

        self.instead(go_on)

    def take_money_for(self, booking: Booking) -> None:
        """Open it, and ask at once what is handed across."""

        def go_on() -> None:
            self._clear_for(self.detail)
            detail = self.detail.wanted()
            detail.open_booking(booking)
            detail.aftercare.take_money_for(booking.id)

        self.instead(go_on)

    def instead(self, go_on: Callable[[], None]) -> None:
        """*go_on* takes the place of what is filled in; see ``FormPanel.instead``."""
        if self.panel.there is None:
            go_on()
        else:
            self.panel.there.instead(go_on)

    def may_book_car(self) -> bool:
        """The car that is open."""
        return self.car.there is not None and self.car.there.may_book()

    def may_book(self) -> bool:
        return self._may_book_filled_in() or self.may_book_car()

    def book(self) -> None:
        if self._may_book_filled_in():
            self.panel.wanted().book()
        elif self.car.there is not None:
            self.car.there.go_on()

    def may_reserve(self) -> bool:
        return self.panel.there is not None and self.panel.there.may_reserve()

    def reserve(self) -> None:
        self.panel.wanted().reserve()

    def may_pay(self) -> bool:
        return (self.panel.there is not None and self.panel.there.may_pay()) or self._may_pay_detail()

    def pay(self) -> None:
        if self._may_pay_detail():
            self._workspace.detail.pay()
        elif self.panel.there is not None:
            self.panel.there.pay()

    def may_mark(self) -> bool:
        """Whether a car is looked at that somebody may set marks on."""
        return self.car.is_visible and self.car.wanted().marks.may_mark()

    def mark(self) -> None:
        if self.may_mark():
            self.car.wanted().marks.ask()

    def may_take(self) -> bool:
        """Whether money is open for the booking that is looked at, and this account takes any."""
        return any(panel.aftercare.may_take() for panel in self._with_bookings())

    def take_money(self) -> None:
        for panel in self._with_bookings():
            if panel.aftercare.may_take():
                panel.aftercare.take_money()
                return

    def may_exchange(self) -> bool:
        """Whether the booking that is looked at is out, and another car can be given for it."""
        return self.detail.is_visible and self.detail.wanted().others.may_exchange()

    def exchange(self) -> None:
        if self.may_exchange():
            self.detail.wanted().others.ask.click()

    def may_bill(self) -> bool:
        return self.detail.is_visible and self.detail.wanted().papers.may_bill

    def bill(self) -> None:
        if self.may_bill():
            self.detail.wanted().papers.bill()

    def shows(self, booking: Booking) -> bool:
        """Whether that one is looked at now."""
        panel, detail = self._workspace.panel.state.booking, self._workspace.detail.state.booking
        in_panel = self.panel.is_visible and panel is not None and panel.id == booking.id
        return in_panel or (self.detail.is_visible and detail is not None and detail.id == booking.id)

    def commands(self) -> tuple[Command, ...]:
        """What is done in the panel that is open."""
        group = tr("Panel")
        reserve, money = tr("Book, to be paid at the counter"), tr("Take money for the booking")
        return (
            Command("booking.book", tr("Book"), self.book, key="Ctrl+Return", when=self.may_book, group=group),
            Command("booking.reserve", reserve, self.reserve, "Ctrl+Shift+Return", when=self.may_reserve, group=group),
            Command("booking.pay", tr("Pay in browser"), self.pay, key="Ctrl+B", when=self.may_pay, group=group),
            Command("booking.invoice", tr("Invoice"), self.bill, key="Ctrl+I", when=self.may_bill, group=group),
            Command("car.mark", tr("Set marks on the car"), self.mark, "M", self.may_mark, group, here=self.may_mark),
            Command("booking.exchange", tr("Exchange the car …"), self.exchange, "F8", self.may_exchange, group),
            # Where no panel has money open, the key is meant for the line of the day that is chosen.
            Command("booking.money", money, self.take_money, "F9", self.may_take, group, here=self.may_take),
        )

    def unsaved(self) -> Question | None:
        return self.panel.there.unsaved() if self.panel.there is not None else None

    def leave(self) -> None:
        for panel in self._built():
            panel.leave()

    def stop(self) -> None:
        for panel in self._built():
            panel.stop()

    def _with_bookings(self) -> list[BookingPanel | BookingDetail]:
        return [panel for panel in (self.panel.there, self.detail.there) if panel is not None and panel.isVisible()]

    def _built(self) -> list[CarPanel | BookingPanel | BookingDetail]:
        every = (self.car.there, self.panel.there, self.detail.there)
        return [panel for panel in every if panel is not None]

    def _clear_for(self, wanted: Beside[CarPanel] | Beside[BookingPanel] | Beside[BookingDetail]) -> None:
        """Another panel comes in the same place."""
        for panel in self._built():
            if panel is not wanted.there:
                panel.give_way()

    def _may_book_filled_in(self) -> bool:
        return self.panel.there is not None and self.panel.there.may_book()

    def _may_pay_detail(self) -> bool:
        return self.detail.there is not None and self.detail.there.may_pay()

    def _join_car(self, panel: CarPanel) -> None:
        panel.set_online(online=self._online)
        panel.book_wanted.connect(self.open_offer)
        panel.task_failed.connect(self.task_failed)

    def _join_panel(self, panel: BookingPanel) -> None:
        panel.set_online(online=self._online)
        panel.task_failed.connect(self.task_failed)

    def _join_detail(self, panel: BookingDetail) -> None:
        panel.set_online(online=self._online)
        panel.task_failed.connect(self.task_failed)

    @property
    def _online(self) -> bool:
        return self._workspace.connection.state.problem is None

    def _connection_changed(self) -> None:
        for panel in self._built():
            panel.set_online(online=self._online)
