"""Tells in a toast what happened to a booking while nobody looked at it, with the reason."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.theme.theme import Theme
from desktop.views.booking.history import late_words
from desktop.widgets.frame.toast import Toast
from desktop.words.messages import booking_number
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.people.people import Actor
from engine.words.tr import tr

_SHOW = tr("Show")


class BookingToasts(QObject):
    """Signals: ``show_wanted`` carries the Booking the toast was about."""

    show_wanted = Signal(object)

    def __init__(self, theme: Theme, host: QWidget, actor: Actor) -> None:
        super().__init__(host)
        self._actor = actor
        self._told: set[tuple[str, BookingState]] = set()
        self._about: Booking | None = None
        self.toast = Toast(theme, host)
        self.toast.acted.connect(self._show)

    def hear(self, booking: Booking, *, was_held: bool, seen: bool) -> None:
        """A booking changed. *was_held* by this account a moment ago; *seen* on the screen, where it needs no toast."""
        words = self._words(booking, was_held=was_held)
        told = (booking.id, booking.state)
        if words and not seen and told not in self._told:
            self._about = booking
            self.toast.tell(words, _SHOW)
        if words:
            self._told.add(told)

    def say(self, words: str) -> None:
        """A word about what comes next, of no booking."""
        self._about = None
        self.toast.tell(words)

    def _words(self, booking: Booking, *, was_held: bool) -> str:
        number = booking_number(booking.id)
        if (late := late_words(booking)) and self._concerned(booking):
            if booking.state is BookingState.CONFIRMED:
                return tr("{number} is confirmed. {late}.", number=number, late=late)
            if booking.state in (BookingState.REFUND_DUE, BookingState.REFUNDED):
                return tr("{number} gets its money back. {late}.", number=number, late=late)
        if was_held and booking.state is BookingState.CONFIRMED:
            return tr("Booking {number} is paid and confirmed.", number=number)
        return ""

    def _concerned(self, booking: Booking) -> bool:
        """Whoever booked it, and the branch that would hand the car over."""
        here = self._actor.branch_id is not None and booking.branch_id == self._actor.branch_id
        return here or booking.booked_by == self._actor.account

    def _show(self) -> None:
        if self._about is not None:
            self.show_wanted.emit(self._about)
