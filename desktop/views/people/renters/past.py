"""What there was with a renter: bookings, payments, and what was changed of the renter's row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget

from desktop.models.rows import Column
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.people.renters import RentersViewModel
from desktop.views.booking.list_row import TONES
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.panel import Panel
from desktop.widgets.text import Text, unbroken
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import amount, branch_time, day_time, desk_zone, whole
from desktop.words.messages import booking_number
from desktop.words.renter_words import change_words, payment_words, refund_words
from engine.domain.booking.booking import Booking
from engine.domain.firm.audit import AuditRow
from engine.domain.money.payment import RefundState
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_FAILED = tr("They did not come")
_NO_BOOKINGS = ListWords(
    Icon.BOOKINGS, tr("No bookings yet"), tr("Every booking of this renter shows up here."), tr("New booking"), _FAILED
)
_NO_PAYMENTS = ListWords(
    Icon.EARNINGS,
    tr("No payments yet"),
    tr("What this renter pays and gets back shows up here."),
    tr("New booking"),
    _FAILED,
)
_NO_CHANGES = ListWords(
    Icon.HISTORY, tr("No changes yet"), tr("Who changes, blocks or merges this renter shows up here."), "", _FAILED
)
_TITLES = (tr("Bookings"), tr("Payments"), tr("Changes"))


class RenterPast(Panel):
    """One of three lists, chosen above them; Left and Right step from one to the next.

    Signals: ``booking_opened`` carries a Booking; ``new_wanted`` when the step of an empty list was pressed.
    """

    booking_opened = Signal(object)
    new_wanted = Signal()

    def __init__(self, context: ViewContext, vm: RentersViewModel, now: Callable[[], datetime]) -> None:
        super().__init__(context.theme)
        self.vm, self._now = vm, now
        self.bookings = PagedList(context, vm.history, self._of_bookings(), _NO_BOOKINGS, tr("Bookings"), _booking_id)
        self.payments = PagedList(context, vm.payments, self._of_payments(), _NO_PAYMENTS, tr("Payments"), _booking_id)
        self.changes = PagedList(context, vm.changes, self._of_changes(), _NO_CHANGES, tr("Changes"))
        self.lists = (self.bookings, self.payments, self.changes)
        self.tabs = [Button(context.theme, title, ButtonKind.QUIET) for title in _TITLES]
        self._group = QButtonGroup(self, exclusive=True)
        self._stack = QStackedWidget()
        self._group.idToggled.connect(self._chosen)
        self._lay_out(context)
        for found in (self.bookings, self.payments):
            found.opened.connect(self.booking_opened)
            found.stepped.connect(self.new_wanted)
        for at, (tab, found) in enumerate(zip(self.tabs, self.lists, strict=True)):
            found.filled.connect(partial(self._count, tab, _TITLES[at]))

    def begin(self) -> None:
        """Another renter: the bookings first."""
        self.tabs[0].setChecked(True)

    def stop(self) -> None:
        for each in self.lists:
            each.damage.stop()

    def _chosen(self, at: int, on: bool) -> None:  # noqa: FBT001 -- as the signal says it
        # The chosen one is told by a tick, not by its colour alone.
        self.tabs[at].set_icon(Icon.CHECK if on else None)
        if on:
            self._stack.setCurrentIndex(at)
            self.vm.show_past((self.vm.history, self.vm.payments, self.vm.changes)[at])

    def _count(self, tab: Button, title: str, total: int) -> None:
        tab.setText(f"{title} {whole(total)}" if total > 0 else title)

    def _of_bookings(self) -> list[Column[Booking]]:
        def standing(booking: Booking) -> str:
            return STANDINGS[booking.standing]

        def price(booking: Booking) -> str:
            return amount(booking.price)

        def back(booking: Booking) -> str:
            return self._time(booking.period.ends_at, booking)

        return [
            *self._which(),
            _column(tr("Out"), self._out, 3),
            _column(tr("Back"), back, 3, spare=True),
            Column(tr("Standing"), standing, standing, tone=lambda booking: TONES[booking.standing].value, weight=2),
            Column(tr("Price"), price, price, numeric=True, weight=2),
        ]

    def _of_payments(self) -> list[Column[Booking]]:
        def price(booking: Booking) -> str:
            return amount(booking.payment.amount)

        def paid(booking: Booking) -> str:
            return payment_words(booking, self._now())

        def back(booking: Booking) -> str:
            return amount(booking.payment.refund.amount) if booking.payment.refund is not None else ""

        return [
            *self._which(),
            Column(tr("Payment"), price, price, numeric=True, weight=2),
            _column(tr("State"), paid, 4),
            Column(tr("Given back"), back, back, numeric=True, weight=2),
            Column(tr("State"), refund_words, refund_words, tone=_refund_tone, weight=3),
        ]

    def _of_changes(self) -> list[Column[AuditRow]]:
        def when(row: AuditRow) -> str:
            return day_time(row.at, desk_zone(), now=self._now())

        def what(row: AuditRow) -> str:
            return change_words(row)[0]

        def more(row: AuditRow) -> str:
            return change_words(row)[1]

        def who(row: AuditRow) -> str:
            return row.by

        return [
            Column(tr("When"), when, when, weight=3),
            Column(tr("What"), what, what, weight=3),
            Column(tr("By"), who, who, weight=2),
            Column(tr("Before and after"), more, more, weight=7),
        ]

    def _which(self) -> list[Column[Booking]]:
        return [
            _column(tr("Booking"), lambda booking: booking_number(booking.id), 3, spare=True),
            _column(tr("Car"), lambda booking: booking.car_label.rpartition(" · ")[0], 3, spare=True),
            _column(tr("Plate"), lambda booking: unbroken(booking.plate), 3),
        ]

    def _out(self, booking: Booking) -> str:
        return self._time(booking.period.starts_at, booking)

    def _time(self, at: datetime, booking: Booking) -> str:
        return branch_time(at, shown_zone(booking.zone), now=self._now())

    def _lay_out(self, context: ViewContext) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Text(context.theme, tr("History"), size=TypeSize.LEAD, bold=True), 1)
        for at, (tab, found) in enumerate(zip(self.tabs, self.lists, strict=True)):
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(tab, at)
            head.addWidget(tab)
            self._stack.addWidget(found)
        self.tabs[0].setChecked(True)
        self.body.addLayout(head)
        self.body.addWidget(self._stack, 1)


def _column(title: str, text: Callable[[Booking], str], weight: int, *, spare: bool = False) -> Column[Booking]:
    return Column(title, text, text, weight=weight, spare=spare)


def _booking_id(booking: Booking) -> object:
    return booking.id


def _refund_tone(booking: Booking) -> str:
    failed = booking.payment.refund is not None and booking.payment.refund.state is RefundState.FAILED
    return str((Tone.DANGER if failed else Tone.NEUTRAL).value)
