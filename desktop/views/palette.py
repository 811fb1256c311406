"""Ctrl+K: what the window's registry of commands has, and bookings by what people read out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.commands import Commands
from desktop.messages import STANDINGS, booking_number
from desktop.theme.theme import Theme
from desktop.viewmodels.lookup import LookupViewModel
from desktop.widgets.palette import Palette, PaletteLine
from engine.domain.booking import Booking, BookingId
from engine.domain.ownbooks import Rental

#: Opens the palette, and has no line in it.
ITSELF = "help.palette"
_BOOKING = "booking:"
_RECENT = 5
_LAST = "Window"
#: After signing in, when the first page has come and nobody types yet.
_PREPARE_MS = 1500


class CommandPalette(QObject):
    """One for each window. Attributes: ``widget`` is what is drawn, built a while after signing in."""

    def __init__(self, theme: Theme, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self._theme, self._window, self._commands = theme, window, commands
        self.widget: Palette | None = None
        self._lookup: LookupViewModel | None = None
        self._open_booking: Callable[[Any], None] = lambda _: None
        self._bookings: dict[str, Booking | Rental] = {}
        self._recent: list[str] = []
        self._soon = QTimer(self, singleShot=True, interval=_PREPARE_MS)
        self._soon.timeout.connect(self._prepare)

    def prepare_soon(self) -> None:
        """Somebody signed in: build the palette before it is wanted, so that the first Ctrl+K is as quick as any."""
        if self.widget is None:
            self._soon.start()

    def attach(self, lookup: LookupViewModel, open_booking: Callable[[Any], None]) -> None:
        """Somebody is there whose bookings can be looked for; *open_booking* takes a row of theirs."""
        self._lookup, self._open_booking = lookup, open_booking
        lookup.found.connect(self._found)

    def detach(self) -> None:
        """Nothing of an old session stays."""
        self._soon.stop()
        if self.widget is not None and self.widget.isVisible():
            self.widget.leave()
        self._lookup, self._open_booking = None, lambda _: None
        self._bookings.clear()
        self._recent.clear()

    def toggle(self) -> None:
        if self.widget is not None and self.widget.isVisible():
            self.widget.leave()
            return
        # What makes sense is asked while the focus is still where the person works.
        lines = self._lines()
        self._built().open(lines)

    def _prepare(self) -> None:
        if self.widget is None:
            self._built().prepare(self._lines())

    def _built(self) -> Palette:
        if self.widget is None:
            self.widget = Palette(self._theme, self._window)
            self.widget.chosen.connect(self._choose)
            self.widget.typed.connect(self._ask)
        return self.widget

    def _lines(self) -> list[PaletteLine]:
        """What was run last comes first, what is about the window itself last."""
        every = [
            PaletteLine(line.id, line.group, line.title, line.key, line.enabled)
            for line in self._commands.listing()
            if line.id != ITSELF
        ]
        recent = {name: at for at, name in enumerate(self._recent)}
        return sorted(every, key=lambda line: (recent.get(line.id, _RECENT), line.group == _LAST))

    def _choose(self, name: str) -> None:
        if name.startswith(_BOOKING):
            self._open_booking(self._bookings[name])
        elif self._commands.run(name):
            self._recent = [name, *(other for other in self._recent if other != name)][:_RECENT]

    def _ask(self, text: str) -> None:
        if self._lookup is not None:
            self._lookup.ask(text)

    def _found(self, text: str, bookings: tuple[Booking | Rental, ...]) -> None:
        self._bookings = {f"{_BOOKING}{booking.id}": booking for booking in bookings}
        if self.widget is not None:
            self.widget.add_found(text, [_line(name, booking) for name, booking in self._bookings.items()])


def _line(name: str, booking: Booking | Rental) -> PaletteLine:
    """Of a stored booking's renter nothing is known."""
    renter = (booking.renter_name,) if isinstance(booking, Booking) else ()
    words = " · ".join((booking_number(BookingId(booking.id)), booking.car_label, *renter))
    return PaletteLine(name, f"Booking, {STANDINGS[booking.standing].lower()}", words)
