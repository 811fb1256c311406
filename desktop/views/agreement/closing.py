"""A rental whose car is back: closed, opened again with a reason, and charged otherwise.

API: to_close(booking, now) -> Question; await ask_reopening(parent, booking, now) -> the reason, or None for a no;
await ask_charges(parent, booking, agreement, now) -> Charging, or None for a no.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.agreement.charges_part import Bill, ChargesPart
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.form import Form
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.booking_words import paid_words
from engine.domain.agreement.agreement import Agreement, further_of
from engine.domain.agreement.charges import AT_RETURN, Charging, Due, return_lines
from engine.domain.agreement.closing import charging_of
from engine.domain.agreement.reading import LONGEST_REASON
from engine.domain.booking.balance import balance
from engine.domain.booking.booking import Booking
from engine.domain.money.pricing import QuoteLine
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.words.tr import tr

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def to_close(booking: Booking, agreement: Agreement, now: datetime) -> Question:
    return Question(
        tr("Close this rental?"),
        tr(
            "{paid} No money moves for it any more; only an administrator opens it again.",
            paid=paid_words(booking, further_of(booking, agreement)),
        ),
        tr("Close it"),
        tr("Leave it open"),
        when=times_of(booking, now),
        about=about(booking),
    )


class ReopenDialog(QuestionBox):
    """Without a reason there is no *yes*. Enter leads from the reason to *no*, never to *yes*."""

    def __init__(self, theme: Theme, booking: Booking, now: datetime, parent: QWidget | None = None) -> None:
        question = Question(
            tr("Open this rental again?"),
            tr("Money may move for it again, and its charges can be corrected. Papers that were issued stay."),
            tr("Open it again"),
            tr("Leave it closed"),
            when=times_of(booking, now),
            about=about(booking),
        )
        super().__init__(theme, question, parent)
        self.reason = QLineEdit(maxLength=LONGEST_REASON)
        self.form = Form(theme)
        self.form.add("reason", tr("Why"), self.reason)
        self._column.addSpacing(3 * GRID)
        kept = tr("Kept with the rental and in the audit.")
        self.add(self.form, Text(theme, kept, size=TypeSize.SMALL, ink="muted", wrap=True))
        self.reason.textChanged.connect(lambda _text: self._typed())
        self._typed()

    def _typed(self) -> None:
        missing = "" if self.reason.text().strip() else tr("Say why first.")
        self.yes.setEnabled(not missing)
        self.yes.setToolTip(missing)
        self.form.show_mistakes({})

    def _agree(self) -> None:
        try:
            clean("reason", self.reason.text(), longest=LONGEST_REASON)
        except InvalidText as problem:
            self.form.tell(problem)
            self._fit()
        else:
            super()._agree()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.focusWidget() is self.reason:
            self.no.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


class ChargesDialog(QuestionBox):
    """What was charged at the return, with a tick at each; *yes* is there as soon as something is otherwise."""

    def __init__(
        self, theme: Theme, booking: Booking, agreement: Agreement, now: datetime, parent: QWidget | None = None
    ) -> None:
        question = Question(
            tr("What is charged for this return?"),
            tr("What was read stays as it is. Untick what is not charged, and say why."),
            tr("Charge it so"),
            tr("Leave it as it is"),
            when=times_of(booking, now),
            about=about(booking),
        )
        super().__init__(theme, question, parent)
        self._agreement, self._due = agreement, Due(booking.period.ends_at, booking.return_branch_id)
        self.charging = self._before = charging_of(agreement)
        sold = replace(agreement, lines=tuple(line for line in agreement.lines if line.kind not in AT_RETURN))
        self.part = ChargesPart(theme, Bill(sold, self._due, balance(booking).paid))
        self.part.begin(self._before, self._lines())
        self._column.addSpacing(3 * GRID)
        self.add(self.part)
        self.part.edited.connect(self._edited)
        self.part.reason.textChanged.connect(lambda _text: self._edited())
        self._edited()

    def _lines(self) -> list[QuoteLine]:
        back, place = self._agreement.leg.back, self._agreement.returned_to
        if back is None or place is None:
            return []
        return return_lines(self._agreement, back, place, self._due, cleaning=self.part.cleaning.isChecked())

    def _edited(self) -> None:
        self.part.propose(self._lines())
        self.yes.setEnabled(self.part.said() != self._before)
        if self.isVisible():
            self._fit()

    def _agree(self) -> None:
        try:
            self.charging = self.part.charging()
        except InvalidText:
            self._fit()
        else:
            super()._agree()


async def ask_reopening(parent: QWidget | None, booking: Booking, now: datetime) -> str | None:
    """Why it is opened again; None for a no."""
    dialog = ReopenDialog(Theme.worn(), booking, now, parent)
    await ask(dialog)
    return dialog.reason.text() if dialog.pressed_yes else None


async def ask_charges(parent: QWidget | None, booking: Booking, agreement: Agreement, now: datetime) -> Charging | None:
    """What is charged instead; None for a no."""
    dialog = ChargesDialog(Theme.worn(), booking, agreement, now, parent)
    await ask(dialog)
    return dialog.charging if dialog.pressed_yes else None
