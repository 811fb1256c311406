"""The renter signs what is agreed: what it is, by whom, and a place to sign.

API: await ask_signature(parent, booking, agreement, now) -> Signed, or None for a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.dialogs import Amount, Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.form import Form
from desktop.views.parts.view_context import announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.signature_pad import SignaturePad
from desktop.widgets.text import Text
from desktop.words.agreement_words import full_words, km_words
from desktop.words.booking_words import line_name
from desktop.words.messages import amount, say
from engine.domain.agreement.agreement import Agreement, Leg
from engine.domain.booking.booking import Booking
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.ink import MOST_PLACES, ink_of, sound_ink
from engine.domain.shared.text import clean
from engine.words.tr import tr

_LONGEST_NAME = 120
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Signed:
    name: str
    ink: str


class SignDialog(QuestionBox):
    """Without a signature there is no *yes*; a dot is refused in words, and stays to be drawn over.

    Enter leads from the name to *no*, never to *yes*: whoever cannot draw signs on the printed agreement.
    """

    def __init__(
        self, theme: Theme, booking: Booking, agreement: Agreement, now: datetime, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, _question(booking, agreement, now), parent)
        self.signed: Signed | None = None
        self.form = Form(theme)
        self.form.add("name", tr("Name"), QLineEdit(booking.renter_name, maxLength=_LONGEST_NAME))
        self.pad = SignaturePad(theme, MOST_PLACES)
        self.clear = Button(theme, tr("Clear"))
        self.problem = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.problem.hide()
        under = QWidget()
        row = QHBoxLayout(under)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.problem, 1)
        row.addStretch(0)
        row.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addSpacing(3 * GRID)
        self.add(self.form, self.pad, under)
        self.pad.changed.connect(self._drawn)
        self.clear.clicked.connect(self.pad.clear)
        self._drawn()

    def _drawn(self) -> None:
        self._tell("")
        drawn = not self.pad.is_empty
        for button in (self.yes, self.clear):
            button.setEnabled(drawn)
        self.yes.set_kind(ButtonKind.PRIMARY if drawn else ButtonKind.PLAIN)
        self.no.set_kind(ButtonKind.PLAIN if drawn else ButtonKind.PRIMARY)

    def _tell(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        if words:
            announce(self, words)
        if self.isVisible():
            self._fit()

    def _agree(self) -> None:
        self.form.show_mistakes({})
        try:
            name = clean("name", self.form.value("name"), longest=_LONGEST_NAME)
            self.signed = Signed(name, sound_ink(ink_of(self.pad.strokes)))
        except InvalidText as problem:
            if problem.field == "name":
                self.form.tell(problem)
                self._fit()
            else:
                self._tell(say(problem).text)
        else:
            super()._agree()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus_field("name")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and self.focusWidget() is self.form.lines["name"]:
            self.no.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


def _question(booking: Booking, agreement: Agreement, now: datetime) -> Question:
    return Question(
        tr("Sign the agreement?"),
        tr("This is what is signed, with the firm's terms. Another end or another car has to be signed again."),
        tr("Keep the signature"),
        tr("Leave it unsigned"),
        when=times_of(booking, now),
        about=about(booking),
        amounts=(
            *(Amount(tr("{plate} goes out with", plate=_plate(leg)), _read(leg)) for leg in agreement.legs),
            *(Amount(line_name(line.kind), amount(line.amount)) for line in agreement.lines),
            Amount(tr("Total"), amount(agreement.total)),
        ),
    )


def _plate(leg: Leg) -> str:
    return leg.car.label.rpartition(" · ")[2]


def _read(leg: Leg) -> str:
    return tr("{km}, {full}", km=km_words(leg.out.km), full=full_words(leg.gauge, leg.out.reading.full))


async def ask_signature(parent: QWidget | None, booking: Booking, agreement: Agreement, now: datetime) -> Signed | None:
    """None where it stays unsigned."""
    dialog = SignDialog(Theme.worn(), booking, agreement, now, parent)
    await ask(dialog)
    return dialog.signed if dialog.pressed_yes else None
