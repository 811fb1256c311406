"""A renter who is new here: four fields, each told of its own mistake."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.messages import FIELDS, say
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking import NewRenter
from desktop.widgets.button import Button, Kind
from desktop.widgets.text import Text
from engine.domain.errors import InvalidText

_HINTS = {"name": "", "email": "name@example.org", "phone": "+49 30 901820", "licence": ""}
_LONGEST = 200


class RenterForm(QWidget):
    """Signals: ``submitted`` carries a NewRenter as typed; ``left`` when the person goes back to searching."""

    submitted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {name: QLineEdit(maxLength=_LONGEST, placeholderText=hint) for name, hint in _HINTS.items()}
        self.mistakes = {name: Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True) for name in _HINTS}
        self._save = Button(theme, "Add renter", Kind.PLAIN, Icon.CHECK)
        self._back = Button(theme, "Back to search", Kind.QUIET)
        self._save.clicked.connect(self._submit)
        self._back.clicked.connect(self.left)
        self._lay_out(theme)

    def begin(self, typed: str) -> None:
        """Empty but for what was typed into the search, put where it belongs."""
        for field in self.fields.values():
            field.clear()
        self.tell(None)
        name = "email" if "@" in typed else "phone" if typed.startswith("+") else "name"
        self.fields[name].setText(typed)
        first = next((field for field in self.fields.values() if not field.text()), self.fields["name"])
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, problem: InvalidText | None) -> None:
        wrong = problem.field if problem is not None else ""
        for name, mistake in self.mistakes.items():
            mistake.setVisible(name == wrong)
            mistake.setText(say(problem).text if problem is not None and name == wrong else "")
        if wrong in self.fields:
            self.fields[wrong].setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        typed = {name: field.text() for name, field in self.fields.items()}
        self.submitted.emit(NewRenter(**typed))

    def _lay_out(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for name, field in self.fields.items():
            label = Text(theme, FIELDS[name], size=TypeSize.SMALL, ink="muted")
            label.setBuddy(field)
            field.setAccessibleName(FIELDS[name])
            field.returnPressed.connect(self._submit)
            for widget in (label, field, self.mistakes[name]):
                column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addWidget(self._back)
        row.addStretch(1)
        column.addSpacing(2 * GRID)
        column.addLayout(row)
