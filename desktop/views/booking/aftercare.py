"""What can be done with a booking that exists: hand the car over, take it back, cancel it, take it up again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking.booking import BookingViewModel, PanelStage, PanelState
from desktop.viewmodels.booking.detail import DetailViewModel
from desktop.viewmodels.booking.one_booking import Change
from desktop.views.agreement.at_counter import KnownBefore, ask_car_back, ask_hand_over
from desktop.views.agreement.closing import ask_charges, ask_reopening, to_close
from desktop.views.agreement.extend_dialog import ask_new_end
from desktop.views.agreement.sign_dialog import ask_signature
from desktop.views.booking.money_dialog import ask_back, ask_money
from desktop.views.booking.refund_reason import ask_why
from desktop.views.parts.booking_questions import to_cancel, to_let_go, to_promise_again
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.flow import FlowLayout
from engine.domain.agreement.agreement import Agreement, AgreementState
from engine.domain.agreement.closing import OPEN_STATES
from engine.domain.agreement.signing import standing
from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.cancellation import RefundQuote
from engine.domain.booking.handing_over import EARLY
from engine.domain.booking.states import BookingState
from engine.domain.car.car import Car
from engine.domain.money.money import Money
from engine.domain.money.tender import Tender
from engine.words.tr import tr

#: What is asked about a booking, at that moment, with its car where it is at hand.
Asks = Callable[[Booking, datetime, Car | None], Question]


class Aftercare(QWidget):
    """A row of buttons, each there only when it makes sense; money moves only after a yes to its amount.

    Signals:
        task_failed: A question ended with an exception nobody foresaw; carries it.
    """

    task_failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        vm: BookingViewModel | DetailViewModel,
        now: Callable[[], datetime],
        *,
        at_counter: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.vm, self._now, self._at_counter = vm, now, at_counter
        self._car: Car | None = None
        self._country = ""
        self._asked_for: tuple[BookingId, Tender] | None = None
        self._further: Money | None = None
        self._agreement: Agreement | None = None
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self._make_buttons(theme)
        self._row = row = FlowLayout(self, gap=2 * GRID)
        for button in self.buttons:
            row.addWidget(button)
        self._connect()

    def _make_buttons(self, theme: Theme) -> None:
        self.cancel = Button(theme, tr("Cancel booking …"), ButtonKind.DANGER)
        self.hand_over = Button(theme, tr("Hand over …"))
        self.no_show = Button(theme, tr("Nobody came …"))
        self.came = Button(theme, tr("The renter came after all …"))
        self.returned = Button(theme, tr("Take the car back …"))
        self.extend = Button(theme, tr("Extend …"))
        self.sign = Button(theme, tr("Sign …"))
        self.take = Button(theme, tr("Take money …"))
        self.give_back = Button(theme, tr("Give money back …"))
        self.recharge = Button(theme, tr("Correct the charges …"))
        self.close_it = Button(theme, tr("Close the rental …"))
        self.reopen = Button(theme, tr("Open it again …"))
        self.again = Button(theme, tr("Take up again"))
        self.buttons = (
            self.again,
            self.take,
            self.hand_over,
            self.came,
            self.returned,
            self.extend,
            self.sign,
            self.give_back,
            self.close_it,
            self.recharge,
            self.reopen,
            self.no_show,
            self.cancel,
        )

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.vm.ask_refund)
        for button, asking in (
            (self.hand_over, self._hand_over),
            (self.no_show, partial(self._agree_to, to_let_go, Change.NO_SHOW)),
            (self.came, partial(self._agree_to, to_promise_again, Change.CAME_AFTER_ALL)),
            (self.returned, self._take_back),
            (self.extend, self._extend),
            (self.sign, self._sign),
            (self.close_it, self._close),
            (self.recharge, self._recharge),
            (self.reopen, self._reopen),
        ):
            button.clicked.connect(partial(self._ask, asking))
        self.take.clicked.connect(lambda _checked: self.take_money())
        self.give_back.clicked.connect(lambda: self.tasks.once("change", self._give_back()))
        self.again.clicked.connect(self.vm.take_up_again)
        self.vm.refund_quoted.connect(lambda quoted: self.tasks.once("cancel", self._agree(quoted)))

    def add(self, button: QWidget) -> None:
        """One that is somebody else's to show and hide, in front of what cannot be taken back."""
        for known in self.buttons:
            self._row.removeWidget(known)
        for each in (button, *self.buttons):
            self._row.addWidget(each)

    def draw(self, state: PanelState, *, online: bool) -> None:
        booking = state.booking
        self._car = state.offer.car if state.offer is not None else None
        self._country = state.country
        now, counter = self._now(), booking is not None and self._at_counter
        waits = state.stage is PanelStage.CONFIRMED
        over = booking is not None and booking.period.ends_at <= now
        near = booking is not None and now >= booking.period.starts_at - EARLY
        missed = booking is not None and now >= booking.missed_at
        gone = booking is not None and booking.state is BookingState.NO_SHOW
        self._further = state.further
        money = balance(booking, state.further) if counter and booking is not None else None
        self.cancel.setVisible(waits)
        agreement = self._agreement = state.agreement if counter else None
        back = agreement is not None and agreement.state in OPEN_STATES
        closed = agreement is not None and agreement.state is AgreementState.CLOSED
        self.take.setVisible(money is not None and money.open.minor > 0 and not closed)
        self.give_back.setVisible(money is not None and money.at_counter.minor > 0 and not closed)
        self.close_it.setVisible(back and money is not None and money.open.minor == 0)
        self.recharge.setVisible(agreement is not None and back and agreement.fees is not None)
        self.reopen.setVisible(closed and self.vm.may_reopen)
        self.hand_over.setVisible(counter and waits and near and not over)
        self.no_show.setVisible(counter and waits and missed)
        self.came.setVisible(counter and gone and not over)
        self.returned.setVisible(counter and state.stage is PanelStage.OUT)
        self.extend.setVisible(counter and state.stage is PanelStage.OUT)
        self.sign.setVisible(counter and booking is not None and _unsigned(agreement, booking))
        self.again.setVisible(state.stage is PanelStage.RELEASED and booking is not None and state.offer is None)
        for button in self.buttons:
            button.setEnabled(online)
        self.setVisible(not all(button.isHidden() for button in self.buttons))
        self._take_asked_for(booking)

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        for question in ("cancel", "change"):
            self.tasks.stop(question)

    def may_take(self) -> bool:
        return self.take.isVisible() and self.take.isEnabled()

    def take_money(self, tender: Tender = Tender.CASH) -> None:
        """Ask what is handed across the counter, by *tender* unless somebody says otherwise, and take it."""
        self.tasks.once("change", self._take(tender))

    def take_money_for(self, booking_id: BookingId, tender: Tender = Tender.CASH) -> None:
        """The same, as soon as it is known what is open for that booking, and in which country's coins."""
        self._asked_for = booking_id, tender
        self._take_asked_for(self.vm.state.booking)

    def _take_asked_for(self, booking: Booking | None) -> None:
        if self._asked_for is None or booking is None:
            return
        wanted, tender = self._asked_for
        if booking.id != wanted:
            self._asked_for = None
        elif self._country and self.may_take():
            self._asked_for = None
            self.take_money(tender)

    async def _take(self, tender: Tender) -> None:
        booking = self.vm.state.booking
        if booking is None:
            return
        told = self._country, self._now()
        handed = await ask_money(self.window(), booking, *told, tender=tender, further=self._further)
        if handed is not None and self._still(booking):
            self.vm.take_money(booking, handed)

    async def _give_back(self) -> None:
        booking = self.vm.state.booking
        if booking is None:
            return
        told = await ask_back(self.window(), booking, self._country, self._now(), self._further)
        if told is not None and self._still(booking):
            self.vm.give_money_back(booking, *told)

    async def _agree(self, quoted: RefundQuote) -> None:
        booking = self.vm.state.booking
        if booking is None:
            return
        question, reason = to_cancel(booking, quoted, self._now(), self._car), None
        if quoted.given_back.minor > 0 and self.vm.says_why:
            reason = await ask_why(self.window(), question)
            agreed = reason is not None
        else:
            agreed = await confirm(self.window(), question)
        if agreed and self._still(booking):
            self.vm.cancel(quoted.given_back, reason)

    def _ask(self, asking: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.tasks.once("change", asking())

    async def _hand_over(self) -> None:
        """What its instruments show is the yes."""
        booking = self.vm.state.booking
        before = await self.vm.read_before(booking.id) if booking is not None else None
        found = await self.vm.check(booking.id) if booking is not None and before is not None else None
        marks = await self.vm.marks_of(booking.car_id) if booking is not None and found is not None else None
        if booking is None or before is None or found is None or not self._still(booking):
            return
        given = await ask_hand_over(self.window(), booking, before, found, self._now(), self._car, marks=marks)
        if given is not None and self._still(booking):
            self.vm.change(Change.HAND_OVER, *given)

    async def _take_back(self) -> None:
        """The same; what that costs is told beside it, where the rental has an agreement."""
        booking = self.vm.state.booking
        before = await self.vm.read_before(booking.id) if booking is not None else None
        agreement = await self.vm.agreement_of(booking.id) if booking is not None else None
        marks = await self.vm.marks_of(booking.car_id) if booking is not None and before is not None else None
        if booking is None or before is None or not self._still(booking):
            return
        known = KnownBefore(before, agreement, self.vm.known_branches, marks)
        given = await ask_car_back(self.window(), booking, known, self._now(), self.vm.account, self._car)
        if given is not None and self._still(booking):
            self.vm.change(Change.RETURNED, *given)

    async def _extend(self) -> None:
        """Another end, later or earlier; one that went out before there were agreements has none to change."""
        booking = self.vm.state.booking
        agreement = await self.vm.agreement_of(booking.id) if booking is not None else None
        if booking is None or agreement is None or not self._still(booking):
            return
        back = next((each for each in self.vm.known_branches if each.id == booking.return_branch_id), None)
        ends_at = await ask_new_end(self.window(), booking, agreement, self._now, self.vm.account, back)
        if ends_at is not None and self._still(booking):
            self.vm.extend(booking, ends_at)

    async def _sign(self) -> None:
        booking, agreement = self.vm.state.booking, self._agreement
        if booking is None or agreement is None:
            return
        told = await ask_signature(self.window(), booking, agreement, self._now())
        if told is not None and self._still(booking):
            self.vm.sign(booking, told.name, told.ink)

    async def _close(self) -> None:
        booking, agreement = self.vm.state.booking, self._agreement
        if booking is None or agreement is None:
            return
        if await confirm(self.window(), to_close(booking, agreement, self._now())) and self._still(booking):
            self.vm.close_rental(booking)

    async def _recharge(self) -> None:
        booking, agreement = self.vm.state.booking, self._agreement
        if booking is None or agreement is None:
            return
        charging = await ask_charges(self.window(), booking, agreement, self._now())
        if charging is not None and self._still(booking):
            self.vm.recharge(booking, charging)

    async def _reopen(self) -> None:
        booking = self.vm.state.booking
        reason = await ask_reopening(self.window(), booking, self._now()) if booking is not None else None
        if booking is not None and reason is not None and self._still(booking):
            self.vm.reopen_rental(booking, reason)

    async def _agree_to(self, question: Asks, change: Change) -> None:
        booking = self.vm.state.booking
        if booking is None:
            return
        if await confirm(self.window(), question(booking, self._now(), self._car)) and self._still(booking):
            self.vm.change(change)

    def _still(self, asked: Booking) -> bool:
        """Whether the panel shows what was asked about: a question stays on the screen while news come in."""
        shown = self.vm.state.booking
        return shown is not None and shown.id == asked.id


def _unsigned(agreement: Agreement | None, booking: Booking) -> bool:
    """Whether the car is out, and nobody signed what is agreed now."""
    if agreement is None or agreement.state is not AgreementState.OUT:
        return False
    return standing(agreement, booking.period.ends_at) is None
