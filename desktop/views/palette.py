"""Ctrl+K: what the window's registry of commands has, and everything that the account may find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.commands import Commands
from desktop.theme.theme import Theme
from desktop.viewmodels.lookup import Found, LookupViewModel
from desktop.views.found_lines import lines_of, note_of, nothing_of, things_of
from desktop.widgets.palette import Palette, PaletteLine

#: Opens the palette, and has no line in it.
ITSELF = "help.palette"
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
        self._open_found: Callable[[Any], None] = lambda _: None
        self._things: dict[str, Any] = {}
        self._recent: list[str] = []
        self._soon = QTimer(self, singleShot=True, interval=_PREPARE_MS)
        self._soon.timeout.connect(self._prepare)

    def prepare_soon(self) -> None:
        """Somebody signed in: build the palette before it is wanted, so that the first Ctrl+K is as quick as any."""
        if self.widget is None:
            self._soon.start()

    def attach(self, lookup: LookupViewModel, open_found: Callable[[Any], None]) -> None:
        """Somebody is there who can look for things; *open_found* takes a booking, car, renter or account of theirs."""
        self._lookup, self._open_found = lookup, open_found
        lookup.found.connect(self._found)
        lookup.asking.connect(self._asking)

    def detach(self) -> None:
        """Nothing of an old session stays."""
        self._soon.stop()
        if self.widget is not None and self.widget.isVisible():
            self.widget.leave()
        self._lookup, self._open_found = None, lambda _: None
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
        if name in self._things:
            self._open_found(self._things[name])
        elif self._commands.run(name):
            self._recent = [name, *(other for other in self._recent if other != name)][:_RECENT]

    def _ask(self, text: str) -> None:
        if self._lookup is not None:
            self._lookup.ask(text)

    def _asking(self, text: str) -> None:
        if self.widget is not None:
            self.widget.add_found(text, (), nothing="Searching …")

    def _found(self, text: str, found: Found) -> None:
        self._things = things_of(found)
        if self.widget is not None:
            self.widget.add_found(text, lines_of(found, text), note_of(found, text), nothing_of(found, text))
