"""The same person twice: those who are known already, beside the one who was typed, to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.messages import counted
from desktop.words.renter_words import shared_words
from engine.domain.people.phone import phone_text
from engine.domain.people.renters import Twin
from engine.words.tr import tr


class TwinChoice(QWidget):
    """Signals: ``taken`` carries the Twin who is it; ``kept`` when it is somebody else."""

    taken = Signal(object)
    kept = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._twins: tuple[Twin, ...] = ()
        self.word = Text(theme, bold=True, wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2 * GRID)
        self.buttons: list[Button] = []
        self.keep = Button(theme, "", ButtonKind.PLAIN)
        self.keep.clicked.connect(self.kept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.word)
        column.addLayout(self._lines)
        column.addWidget(self.keep)
        self.hide()

    @property
    def twins(self) -> tuple[Twin, ...]:
        return self._twins

    def draw(self, twins: Sequence[Twin], name: str, country: str, *, added: bool) -> None:
        """*name* was typed; or, where it is *added* already, another desk did the same at that moment."""
        self.setVisible(bool(twins))
        if tuple(twins) == self._twins:
            return
        self._twins = tuple(twins)
        while (line := self._lines.takeAt(0)) is not None:
            if (widget := line.widget()) is not None:
                widget.deleteLater()
        self.buttons = []
        self.word.setText(
            tr("Another desk added this person at the same moment. Which of the two is it?")
            if added
            else tr("Somebody with the same telephone or e-mail address is known. Is it the same person?")
        )
        for twin in self._twins:
            self._add(twin, country)
        self.keep.setText(tr("Keep {name}", name=name) if added else tr("Add {name} as somebody else", name=name))

    def _add(self, twin: Twin, country: str) -> None:
        renter = twin.file.renter
        words = (phone_text(renter.phone, country), renter.email)
        told = tr(
            "{words}\n{shared} · {bookings}",
            words=" · ".join(words),
            shared=shared_words(twin.shared).capitalize(),
            bookings=counted("{count} booking", "{count} bookings", twin.bookings),
        )
        line = Text(self._theme, told, size=TypeSize.SMALL, ink="muted", wrap=True)
        line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        button = Button(self._theme, tr("Take {renter}", renter=renter.name), ButtonKind.PLAIN)
        button.setAccessibleDescription(told)
        button.clicked.connect(lambda: self.taken.emit(twin))
        self.buttons.append(button)
        self._lines.addWidget(button)
        self._lines.addWidget(line)
