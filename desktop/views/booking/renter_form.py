"""A renter who is new here: four fields, each told of its own mistake while it is typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking.booking import NewRenter
from desktop.widgets.button import Button, Kind
from desktop.widgets.text import Text
from desktop.words.messages import FIELDS, say
from engine.domain.people.people import Renter, renter_field
from engine.domain.people.phone import looks_like_phone, phone_text
from engine.domain.shared.errors import InvalidText

_HINTS = {"name": "", "email": "name@example.org", "phone": "+49 30 901820", "licence": ""}
_LONGEST = 200


class RenterForm(QWidget):
    """A field is told of its mistake once it was left, and then with every key until it is mended.

    Signals:
        submitted: Carries a NewRenter as typed.
        left: The person goes back to searching.
    """

    submitted = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, stands_alone: bool = False) -> None:
        """*stands_alone* has no search to go back to."""
        super().__init__(parent)
        self._country = ""
        self._visited: set[str] = set()
        self._begun = dict.fromkeys(_HINTS, "")
        self.fields = {name: QLineEdit(maxLength=_LONGEST, placeholderText=hint) for name, hint in _HINTS.items()}
        self.mistakes = {name: Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True) for name in _HINTS}
        self.read_as = Text(theme, size=TypeSize.SMALL, ink="muted")
        self._save = Button(theme, "Add renter", Kind.PLAIN, Icon.CHECK)
        self._back = Button(theme, "Back to search", Kind.QUIET)
        self._save.clicked.connect(self._submit)
        self._back.clicked.connect(self.left)
        for name, field in self.fields.items():
            field.textEdited.connect(partial(self._typed, name))
            field.editingFinished.connect(partial(self._leave, name))
        self._lay_out(theme)
        self._back.setVisible(not stands_alone)

    def begin(self, typed: str, country: str) -> None:
        """Empty but for what was typed into the search, put where it belongs; *country* reads numbers without a +."""
        self._country = country
        self._save.setText("Add renter")
        self._visited.clear()
        for field in self.fields.values():
            field.clear()
        self.tell(None)
        self.read_as.hide()
        name = "email" if "@" in typed else "phone" if looks_like_phone(typed) else "name"
        self.fields[name].setText(typed)
        self._begun = {each: field.text() for each, field in self.fields.items()}
        first = next((field for field in self.fields.values() if not field.text()), self.fields["name"])
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def fill(self, renter: Renter) -> None:
        """What is known of somebody, to be corrected."""
        self._save.setText("Save renter")
        for name, field in self.fields.items():
            value = getattr(renter, name)
            field.setText(phone_text(value, self._country) if name == "phone" else value)
        self._begun = {each: field.text() for each, field in self.fields.items()}

    @property
    def typed(self) -> NewRenter:
        return NewRenter(**{name: field.text() for name, field in self.fields.items()})

    @property
    def is_filled(self) -> bool:
        """Whether something was typed here that nobody has added yet."""
        return not self.isHidden() and any(field.text() != self._begun[name] for name, field in self.fields.items())

    def tell(self, problem: InvalidText | None) -> None:
        """What the engine said of one field; the focus goes there."""
        for name in self.fields:
            self._mark(name, problem if problem is not None and problem.field == name else None)
        if problem is not None and problem.field in self.fields:
            self._visited.add(problem.field)
            self.fields[problem.field].setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark(self, name: str, problem: InvalidText | None) -> None:
        mistake = self.mistakes[name]
        mistake.setText(say(problem).text if problem is not None else "")
        mistake.setVisible(problem is not None)
        self.fields[name].setAccessibleDescription(mistake.text())

    def _typed(self, name: str, _text: str) -> None:
        problem = self._problem(name)
        if name in self._visited or problem is None:
            self._mark(name, problem)

    def _leave(self, name: str) -> None:
        if self.fields[name].text().strip():
            self._visited.add(name)
            self._mark(name, self._problem(name))

    def _problem(self, name: str, *, full: bool = False) -> InvalidText | None:
        """What is wrong with a field; an empty one is only wrong when the form is sent in *full*."""
        text = self.fields[name].text()
        kept = ""
        try:
            if full or text.strip():
                kept = renter_field(name, text, self._country)
        except InvalidText as problem:
            return problem
        finally:
            if name == "phone":
                self.read_as.setText(phone_text(kept))
                self.read_as.setVisible(bool(kept) and phone_text(kept) != text.strip())
        return None

    def _submit(self) -> None:
        """The engine is asked only when each field is right by itself; else the first wrong one gets the focus."""
        problems = [problem for name in self.fields if (problem := self._problem(name, full=True)) is not None]
        for problem in problems:
            self._visited.add(problem.field)
            self._mark(problem.field, problem)
        if problems:
            self.fields[problems[0].field].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.submitted.emit(self.typed)

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
            if name == "phone":
                column.addWidget(self.read_as)
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addWidget(self._back)
        row.addStretch(1)
        column.addSpacing(2 * GRID)
        column.addLayout(row)
