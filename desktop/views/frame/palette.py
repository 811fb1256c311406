"""Ctrl+K: what the window's registry of commands has, and everything that the account may find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.commands import PALETTE, Commands
from desktop.theme.theme import Theme
from desktop.viewmodels.search.lookup import Hit, HitKind, LookupViewModel
from desktop.views.frame.found_lines import Offers, is_page, lines_of, note_of, nothing_of, things_of
from desktop.widgets.palette.palette import Palette, PaletteLine
from engine.domain.booking.listing import BookingScope
from engine.domain.people.people import Renter
from engine.words.tr import tr

_RECENT = 5
_LAST = tr("Window")
#: After signing in, when the first page has come and nobody types yet.
_PREPARE_MS = 1500


@dataclass(frozen=True, slots=True)
class Finds:
    """What the window does with what is found.

    Attributes:
        open: Takes a booking, car, renter or account.
        show_all: The page of a kind, of bookings in a scope, with the same text in its field.
        book_for: A renter.
    """

    open: Callable[[Any], None] = lambda _: None
    show_all: Callable[[HitKind, BookingScope, str], None] = lambda *_: None
    book_for: Callable[[Renter], None] = lambda _: None
    offers: Offers = field(default_factory=Offers)


class CommandPalette(QObject):
    """One for each window. Attributes: ``widget`` is what is drawn, built a while after signing in."""

    def __init__(self, theme: Theme, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self._theme, self._window, self._commands = theme, window, commands
        self.widget: Palette | None = None
        self._lookup: LookupViewModel | None = None
        self._finds = Finds()
        self._text = ""
        self._things: dict[str, Any] = {}
        self._recent: list[str] = []
        self._soon = QTimer(self, singleShot=True, interval=_PREPARE_MS)
        self._soon.timeout.connect(self._prepare)

    def prepare_soon(self) -> None:
        """Somebody signed in: build the palette before it is wanted, so that the first Ctrl+K is as quick as any."""
        if self.widget is None:
            self._soon.start()

    def attach(self, lookup: LookupViewModel, finds: Finds) -> None:
        """Somebody is there who can look for things."""
        self._lookup, self._finds = lookup, finds
        lookup.found.connect(self._found)
        lookup.asking.connect(self._asking)

    def detach(self) -> None:
        """Nothing of an old session stays."""
        self._soon.stop()
        if self.widget is not None and self.widget.isVisible():
            self.widget.leave()
        self._lookup, self._finds = None, Finds()
        self._things.clear()
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
            self.widget.seconded.connect(self._book_for)
            self.widget.typed.connect(self._ask)
        return self.widget

    def _lines(self) -> list[PaletteLine]:
        """What was run last comes first, what is about the window itself last."""
        every = [
            PaletteLine(line.id, line.group, line.title, line.key, line.enabled)
            for line in self._commands.listing()
            if line.id != PALETTE
        ]
        recent = {name: at for at, name in enumerate(self._recent)}
        return sorted(every, key=lambda line: (recent.get(line.id, _RECENT), line.group == _LAST))

    def _choose(self, name: str) -> None:
        if is_page(name):
            kind, scope = self._things[name]
            self._finds.show_all(kind, scope, self._text)
        elif name in self._things:
            self._finds.open(self._things[name])
        elif self._commands.run(name):
            self._recent = [name, *(other for other in self._recent if other != name)][:_RECENT]

    def _book_for(self, name: str) -> None:
        if name in self._things:
            self._finds.book_for(self._things[name])

    def _ask(self, text: str) -> None:
        if self._lookup is not None:
            self._lookup.ask(text)

    def _asking(self, text: str) -> None:
        if self.widget is not None:
            self.widget.add_found(text, (), nothing=tr("Searching …"))

    def _found(self, text: str, found: Hit) -> None:
        self._things, self._text = things_of(found), text
        if self.widget is not None:
            self.widget.add_found(
                text, lines_of(found, text, self._finds.offers), note_of(found, text), nothing_of(found, text)
            )
