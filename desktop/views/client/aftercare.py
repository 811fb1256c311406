"""What can be done with a booking that exists: cancel it, take the car back, take it up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.messages import amount
from desktop.tasks import TaskScope
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking import BookingViewModel, PanelState, Stage
from desktop.viewmodels.booking_detail import DetailViewModel
from desktop.widgets.button import Button, Kind
from engine.domain.cancellation import RefundQuote

_BACK = Question(
    "Is the car back?",
    "The booking is completed now and the car can be rented again. This cannot be undone.",
    "The car is back",
    "Not yet",
)


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
        self._vm, self._now, self._takes_back = vm, now, takes_back
        self._tasks = TaskScope(self)
        self._tasks.failed.connect(self.task_failed)
        self.cancel = Button(theme, "Cancel booking …", Kind.DANGER)
        self.returned = Button(theme, "Car is back …")
        self.again = Button(theme, "Take up again")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        for button in (self.again, self.returned, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        self.cancel.clicked.connect(self._vm.ask_refund)
        self.returned.clicked.connect(lambda: self._tasks.once("returned", self._take_back()))
        self.again.clicked.connect(self._vm.take_up_again)
        self._vm.refund_quoted.connect(lambda quoted: self._tasks.once("cancel", self._agree(quoted)))

    def draw(self, state: PanelState, *, online: bool) -> None:
        booking = state.booking
        begun = booking is not None and booking.period.starts_at <= self._now()
        self.cancel.setVisible(state.stage is Stage.CONFIRMED and not begun)
        self.returned.setVisible(state.stage is Stage.CONFIRMED and begun and self._takes_back)
        self.again.setVisible(state.stage is Stage.RELEASED and booking is not None and state.offer is None)
        for button in (self.cancel, self.returned, self.again):
            button.setEnabled(online)
        self.setVisible(not all(button.isHidden() for button in (self.cancel, self.returned, self.again)))

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        for question in ("cancel", "returned"):
            self._tasks.stop(question)

    async def _agree(self, quoted: RefundQuote) -> None:
        told = f"{amount(quoted.given_back)} goes back to the renter now, {amount(quoted.kept)} is kept by the rules."
        if quoted.kept.minor == 0:
            told = f"All of it, {amount(quoted.given_back)}, goes back to the renter now."
        if quoted.given_back.minor == 0:
            told = f"By the rules nothing goes back to the renter; {amount(quoted.kept)} is kept."
        yes = f"Refund {amount(quoted.given_back)} now" if quoted.given_back.minor else "Cancel without a refund"
        if await confirm(self.window(), Question("Cancel this booking?", told, yes, "Keep it", grave=True)):
            self._vm.cancel(quoted.given_back)

    async def _take_back(self) -> None:
        if await confirm(self.window(), _BACK):
            self._vm.returned()
