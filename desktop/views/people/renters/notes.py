"""Notes that people of the firm keep with a renter: who wrote what, when; nothing is sent anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.people.renters import RentersState
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.figures import day_time, desk_zone
from desktop.words.messages import say
from engine.domain.people.people import RenterId
from engine.domain.people.renters import Note
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_LONGEST = 400


class Notes(QWidget):
    """The newest first, and a field for another one. Enter adds it.

    Signals: ``added`` carries the text; ``drafted`` what stands in the field while it is not added.
    """

    added = Signal(str)
    drafted = Signal(str)

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme, self._now = theme, now
        self._shown: tuple[Note, ...] | None = None
        self._of: RenterId | None = None
        self.field = QLineEdit(maxLength=_LONGEST)
        self.field.setPlaceholderText(tr("Another note"))
        self.field.setAccessibleName(tr("Another note"))
        self.add = Button(theme, tr("Add note"), ButtonKind.PLAIN)
        self.mistake = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        for part in (self.field, self.mistake, self.add):
            column.addWidget(part)
        column.addLayout(self._lines)
        self.mistake.hide()
        self.field.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)
        self.field.textEdited.connect(self.drafted)

    def draw(self, state: RentersState, drafts: dict[RenterId, str], *, may: bool) -> None:
        """*may*: a note can be added now; *drafts* is what was begun for each renter."""
        self.field.setEnabled(may)
        # The field stays as it is while one is on its way: it would lose the keyboard.
        self.add.setEnabled(may and not state.busy)
        wrong = state.problem if isinstance(state.problem, InvalidText) and state.problem.field == "remark" else None
        self.mistake.setVisible(wrong is not None)
        self.mistake.setText(say(wrong).text if wrong is not None else "")
        if state.wanted != self._of or (state.done == "noted" and not state.busy):
            self._of = state.wanted
            blocked = QSignalBlocker(self.field)
            self.field.setText(drafts.get(state.wanted, "") if state.wanted is not None else "")
            del blocked
        self._put(state.look.file.notes if state.look is not None else None)

    def _add(self) -> None:
        if self.add.isEnabled():
            self.added.emit(self.field.text())

    def _put(self, notes: tuple[Note, ...] | None) -> None:
        """None while nobody knows whether there are any."""
        if notes == self._shown:
            return
        self._shown = notes
        while (line := self._lines.takeAt(0)) is not None:
            if (widget := line.widget()) is not None:
                widget.deleteLater()
        for note in reversed(notes or ()):
            self._line(note.text, "text")
            self._line(tr("{at} by {by}", at=day_time(note.at, desk_zone(), now=self._now()), by=note.by), "muted")
        if notes == ():
            self._line(tr("No notes yet. They stay within the firm."), "muted")

    def _line(self, words: str, ink: str) -> None:
        line = Text(self._theme, words, wrap=True, size=TypeSize.BODY if ink == "text" else TypeSize.SMALL)
        line.set_ink(ink)  # type: ignore[arg-type]  # one of the inks above
        line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lines.addWidget(line)
