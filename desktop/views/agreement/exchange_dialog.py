"""Another car while one is out: both are read in one question, and why is said.

API: await ask_exchange(parent, booking, car, before, given, now) -> Exchange, or None for a no.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Amount, Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import TypeSize
from desktop.views.agreement.reading_form import ReadingFields
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.form import Form
from desktop.widgets.button import ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.messages import amount
from engine.domain.agreement.exchange import Exchange
from engine.domain.agreement.reading import LONGEST_REASON, ReadBefore
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Car
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.words.tr import tr

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def to_exchange(booking: Booking, car: Car, now: datetime) -> Question:
    return Question(
        tr("Exchange this car?"),
        tr(
            "{plate} is back from now on, and {renter} has the {title}, {other}, until the agreed end. Times, price "
            "and what was paid stay as they are.",
            plate=booking.plate,
            renter=booking.renter_name,
            title=car.title,
            other=car.plate,
        ),
        tr("Exchange for {plate}", plate=car.plate),
        tr("Keep {plate}", plate=booking.plate),
        when=times_of(booking, now),
        about=about(booking),
        amounts=(Amount(tr("Price, as sold"), amount(booking.price), strong=True),),
        final=True,
    )


class ExchangeDialog(QuestionBox):
    """What is typed is the answer: Enter leads from field to field, and behind the reason it is *yes*."""

    def __init__(
        self,
        theme: Theme,
        question: Question,
        plates: tuple[str, str],
        before: ReadBefore,
        given: ReadBefore,
        parent: QWidget | None = None,
    ) -> None:
        """*plates* and what is known: of the car that comes back, and of the one that goes out instead."""
        super().__init__(theme, question, parent)
        self.exchange: Exchange | None = None
        self.back, self.out = ReadingFields(theme, before, out=False), ReadingFields(theme, given, out=True)
        self.why = QLineEdit(maxLength=LONGEST_REASON)
        self.why.setPlaceholderText(tr("Does not start, an accident, too small"))
        self.form = Form(theme)
        self.form.add("why", tr("Why it is exchanged"), self.why)
        heads = [
            Text(theme, words, size=TypeSize.LEAD, bold=True, wrap=True)
            for words in (tr("{plate} comes back", plate=plates[0]), tr("{plate} goes out", plate=plates[1]))
        ]
        # What is asked first last stands first.
        for part in (self.form, self.out, heads[1], self.back, heads[0]):
            self.ask_first(part)
        for fields in (self.back, self.out):
            fields.edited.connect(self._edited)
        self.why.textChanged.connect(lambda _text: self._edited())
        self._edited()

    def _edited(self) -> None:
        self.form.show_mistakes({})
        typed = all(fields.typed() is not None for fields in (self.back, self.out))
        ready = typed and bool(self.why.text().strip())
        (self.yes if ready else self.no).setDefault(True)
        self.yes.set_kind(ButtonKind.PRIMARY if ready else ButtonKind.PLAIN)
        self.no.set_kind(ButtonKind.PLAIN if ready else ButtonKind.PRIMARY)
        if self.isVisible():
            self._fit()

    def _agree(self) -> None:
        back = self.back.take()
        out = self.out.take() if back is not None else None
        if back is None or out is None:
            self._fit()
            return
        try:
            why = clean("why", self.why.text(), longest=LONGEST_REASON)
        except InvalidText as problem:
            self.form.tell(problem)
            self._fit()
            return
        self.exchange = Exchange(back, out, why)
        super()._agree()

    def _onward(self, at: QWidget) -> bool:
        """Enter: to the field that is to be filled in next; False behind the last."""
        for fields, following in ((self.back, self.out.km), (self.out, self.why)):
            if fields.isAncestorOf(at):
                if not fields.onward():
                    following.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.back.km.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.focusWidget()
        if event.key() in _ENTER and at is not None and (at is self.why or self._onward(at)):
            if at is self.why:
                self._agree()
        else:
            super().keyPressEvent(event)


async def ask_exchange(
    parent: QWidget | None, booking: Booking, car: Car, before: ReadBefore, given: ReadBefore, now: datetime
) -> Exchange | None:
    """What is read off both cars, and why; None for a no."""
    plates = (booking.plate, car.plate)
    dialog = ExchangeDialog(Theme.worn(), to_exchange(booking, car, now), plates, before, given, parent)
    await ask(dialog)
    return dialog.exchange if dialog.pressed_yes else None
