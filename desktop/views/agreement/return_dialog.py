"""A car that comes back: read, charged and taken in one question.

API: await ask_return(parent, question, before, bill, at, by) -> Returned, or None for a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.views.agreement.charges_part import Bill, ChargesPart
from desktop.views.agreement.reading_form import ReadingDialog
from engine.domain.agreement.charges import AS_PROPOSED, Charging, return_lines
from engine.domain.agreement.reading import ReadBefore, Reading, Seen
from engine.domain.car.car import BranchId
from engine.domain.car.condition import NewMark
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidText


@dataclass(frozen=True, slots=True)
class Returned:
    """What somebody says of a car that came back.

    Attributes:
        place_id: Where it is.
        marks: What was found on it.
    """

    reading: Reading
    place_id: BranchId
    charging: Charging = AS_PROPOSED
    marks: tuple[NewMark, ...] = ()


class ReturnDialog(ReadingDialog):
    """What it costs appears as it is typed."""

    def __init__(
        self,
        theme: Theme,
        question: Question,
        before: ReadBefore,
        bill: Bill,
        at: datetime,
        by: AccountName,
        parent: QWidget | None = None,
    ) -> None:
        self._bill, self._at, self._by = bill, at, by
        self.charges = ChargesPart(theme, bill)
        self.returned: Returned | None = None
        super().__init__(theme, question, before, parent, out=False, marks=bill.marks)
        self.ask_next(self.charges)
        self.charges.edited.connect(self._edited)

    def _edited(self) -> None:
        reading = self.fields.typed()
        if reading is not None:
            seen = Seen(reading, self._at, self._by)
            cleaning = self.charges.cleaning.isChecked()
            place, due = self.charges.place_id, self._bill.due
            self.charges.propose(return_lines(self._bill.agreement, seen, place, due, cleaning=cleaning))
        else:
            self.charges.propose(())
        super()._edited()

    def _agree(self) -> None:
        reading = self.fields.take()
        if reading is None:
            self._fit()
            return
        try:
            charging = self.charges.charging()
        except InvalidText:
            self._fit()
            return
        self.returned = Returned(reading, self.charges.place_id, charging, self.new_marks)
        super()._agree()

    def answers(self, widget: QWidget) -> bool:
        return super().answers(widget) or widget is self.charges.reason


async def ask_return(
    parent: QWidget | None, question: Question, before: ReadBefore, bill: Bill, at: datetime, by: AccountName
) -> Returned | None:
    """What is read off the car, found on it, and charged for it at *at* by *by*; None for a no."""
    dialog = ReturnDialog(Theme.worn(), question, before, bill, at, by, parent)
    await ask(dialog)
    return dialog.returned if dialog.pressed_yes else None
