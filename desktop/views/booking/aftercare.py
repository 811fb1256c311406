"""What can be done with a booking that exists: cancel it, take the car back, take it up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.dialogs import confirm
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking.booking import BookingViewModel, PanelStage, PanelState
from desktop.viewmodels.booking.detail import DetailViewModel
from desktop.views.booking.refund_reason import ask_why
from desktop.views.parts.booking_questions import to_cancel, to_take_back
from desktop.widgets.button import Button, ButtonKind
from engine.domain.booking.booking import Booking
from engine.domain.booking.cancellation import RefundQuote
from engine.domain.car.car import Car
from engine.words.tr import tr


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
        takes_back: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.vm, self._now, self._takes_back = vm, now, takes_back
        self._car: Car | None = None
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.cancel = Button(theme, tr("Cancel booking …"), ButtonKind.DANGER)
        self.returned = Button(theme, tr("Take the car back …"))
        self.again = Button(theme, tr("Take up again"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        for button in (self.again, self.returned, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        self.cancel.clicked.connect(self.vm.ask_refund)
        self.returned.clicked.connect(lambda: self.tasks.once("returned", self._take_back()))
        self.again.clicked.connect(self.vm.take_up_again)
        self.vm.refund_quoted.connect(lambda quoted: self.tasks.once("cancel", self._agree(quoted)))

    def add(self, button: QWidget) -> None:
        """One that is somebody else's to show and hide, in front of what cannot be taken back."""
        self._row.insertWidget(0, button)

    def draw(self, state: PanelState, *, online: bool) -> None:
        booking = state.booking
        self._car = state.offer.car if state.offer is not None else None
        begun = booking is not None and booking.period.starts_at <= self._now()
        self.cancel.setVisible(state.stage is PanelStage.CONFIRMED and not begun)
        self.returned.setVisible(state.stage is PanelStage.CONFIRMED and begun and self._takes_back)
        self.again.setVisible(state.stage is PanelStage.RELEASED and booking is not None and state.offer is None)
        for button in (self.cancel, self.returned, self.again):
            button.setEnabled(online)
        self.setVisible(not all(button.isHidden() for button in (self.cancel, self.returned, self.again)))

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        for question in ("cancel", "returned"):
            self.tasks.stop(question)

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

    async def _take_back(self) -> None:
        booking = self.vm.state.booking
        if booking is None:
            return
        if await confirm(self.window(), to_take_back(booking, self._now(), self._car)) and self._still(booking):
            self.vm.returned()

    def _still(self, asked: Booking) -> bool:
        """Whether the panel shows what was asked about: a question stays on the screen while news come in."""
        shown = self.vm.state.booking
        return shown is not None and shown.id == asked.id
