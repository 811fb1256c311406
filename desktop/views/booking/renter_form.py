"""A renter's details: four fields, and where invoices go; each is told of its own mistake while it is typed."""

from __future__ import annotations

from dataclasses import fields
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.booking.booking import NewRenter
from desktop.views.parts.form import Form
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.text import Text
from desktop.words.messages import FIELDS, say
from engine.domain.people.bill_to import BillTo, bill_to_field
from engine.domain.people.people import Renter, renter_field
from engine.domain.people.phone import looks_like_phone, phone_text
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.words.tr import tr

_HINTS = {
    "name": "",
    "email": "name@example.org",
    "phone": "+49 30 901820",
    "licence": tr("can follow until the car goes out"),
}
#: Asked for beside the rest where the form stands alone.
_DAYS = {"born": "14.3.1987", "licence_since": "1.4.2006", "licence_until": "1.4.2036"}
_LONGEST = 200
#: Where invoices go.
_BILLED = tuple(each.name for each in fields(BillTo))


class RenterForm(Form):
    """A field is told of its mistake once it was left, and then with every key until it is mended.

    Signals:
        sent: Carries a NewRenter as typed.
        left: The person goes back to searching.
    """

    sent = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, stands_alone: bool = False) -> None:
        """*stands_alone* has no search to go back to, and asks where invoices go."""
        super().__init__(theme, parent)
        self._country = ""
        self._billed = _BILLED if stands_alone else ()
        self._days = _DAYS if stands_alone else {}
        self._visited: set[str] = set()
        self.read_as = Text(theme, size=TypeSize.SMALL, ink="muted")
        self.save = Button(theme, tr("Add renter"), ButtonKind.PLAIN, Icon.CHECK)
        self._back = Button(theme, tr("Back to search"), ButtonKind.QUIET)
        self.save.clicked.connect(self._submit)
        self._back.clicked.connect(self.left)
        self.submitted.connect(self._submit)
        self._lay_out()
        self.begin()
        self._back.setVisible(not stands_alone)

    def begin_with(self, typed: str, country: str) -> None:
        """Empty but for what was typed into the search, put where it belongs; *country* reads numbers without a +."""
        self._country = country
        self.save.setText(tr("Add renter"))
        self._visited.clear()
        self.clear()
        self.read_as.hide()
        name = "email" if "@" in typed else "phone" if looks_like_phone(typed) else "name"
        self.put(name, typed)
        self.begin()
        self.focus_first()

    def correct(self, renter: Renter, bill_to: BillTo | None = None) -> None:
        """What is known of somebody, to be corrected."""
        self.save.setText(tr("Save renter"))
        self.fill(renter)
        self.fill(bill_to)
        self.put("phone", phone_text(renter.phone, self._country))
        self.begin()

    @property
    def typed(self) -> NewRenter:
        told = {name: self.value(name) for name in (*_HINTS, *self._days)}
        billed = {name: self.value(name) for name in self._billed}
        return NewRenter(**told, bill_to=BillTo(**billed) if billed else None)

    @property
    def is_filled(self) -> bool:
        """Whether something was typed here that nobody has added yet."""
        return not self.isHidden() and self.is_edited

    def tell(self, problem: DriveSphereError | None) -> bool:
        """What the engine said of one field; the focus goes there."""
        if isinstance(problem, InvalidText):
            self._visited.add(problem.field)
        return super().tell(problem)

    def _judge(self, name: str, problem: InvalidText | None) -> None:
        self.mark(name, say(problem).text if problem is not None else "")

    def _typed(self, name: str, _text: str) -> None:
        problem = self._problem(name)
        if name in self._visited or problem is None:
            self._judge(name, problem)

    def _leave(self, name: str) -> None:
        if self.value(name).strip():
            self._visited.add(name)
            self._judge(name, self._problem(name))

    def _problem(self, name: str, *, full: bool = False) -> InvalidText | None:
        """What is wrong with a field; an empty one is only wrong when the form is sent in *full*."""
        text = self.value(name)
        kept = ""
        try:
            if name in self._billed:
                bill_to_field(name, text)
            elif name not in self._days and (full or text.strip()):
                kept = renter_field(name, text, self._country)
            elif name in self._days:
                renter_field(name, text)
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
            self._judge(problem.field, problem)
        if problems:
            self.focus_field(problems[0].field)
            return
        self.sent.emit(self.typed)

    def _add(self, name: str, hint: str) -> None:
        field = QLineEdit(maxLength=_LONGEST, placeholderText=hint)
        field.textEdited.connect(partial(self._typed, name))
        field.editingFinished.connect(partial(self._leave, name))
        self.add(name, FIELDS[name], field)

    def _lay_out(self) -> None:
        for name, hint in _HINTS.items():
            self._add(name, hint)
            if name == "phone":
                self.add_row(self.read_as)
        for name, hint in self._days.items():
            self._add(name, hint)
        if self._billed:
            self.column.addSpacing(3 * GRID)
            self.add_row(Text(self._theme, tr("On invoices"), size=TypeSize.LEAD, bold=True))
        for name in self._billed:
            self._add(name, "")
        row = QHBoxLayout()
        row.addWidget(self.save)
        row.addWidget(self._back)
        row.addStretch(1)
        self.column.addSpacing(2 * GRID)
        self.column.addLayout(row)
