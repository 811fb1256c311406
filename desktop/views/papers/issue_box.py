"""What is asked before a paper is issued: in which language, or how much of an invoice is given back and why."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Amount, Question
from desktop.theme.theme import Theme
from desktop.views.parts.booking_questions import about
from desktop.views.parts.form import Form
from desktop.views.parts.view_context import announce
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox
from desktop.words.messages import amount, minor_of
from desktop.words.paper_words import LANGUAGE_NAMES, protocol_words
from engine.domain.booking.booking import Booking
from engine.domain.money.money import Money
from engine.domain.papers.legal import LANGUAGES
from engine.domain.papers.of_agreement import Protocol
from engine.domain.papers.of_booking import PaidIn
from engine.domain.papers.paper import Paper
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean
from engine.words.tr import tr

_LONGEST_REASON = 200
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class IssueBox(QuestionBox):
    """Attributes: ``language`` holds the one in which the paper is to be written."""

    def __init__(self, theme: Theme, question: Question, language: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, question, parent)
        self.language = Combo()
        for code in LANGUAGES:
            self.language.addItem(LANGUAGE_NAMES[code], code)
        self.language.setCurrentIndex(max(self.language.findData(language), 0))
        form = Form(theme, roomy=True)
        form.add("language", tr("Written in"), self.language)
        self.add(form)


class ProtocolBox(IssueBox):
    """Attributes: ``which`` holds the protocol, the last one first."""

    def __init__(
        self,
        theme: Theme,
        question: Question,
        language: str,
        protocols: Iterable[Protocol],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, question, language, parent)
        self.which = Combo()
        for each in protocols:
            self.which.addItem(protocol_words(each), each)
        form = Form(theme, roomy=True)
        form.add("which", tr("Of what"), self.which)
        self.ask_first(form)


class CreditBox(QuestionBox):
    """Attributes: ``credited`` and ``reason``, once they were agreed to."""

    def __init__(self, theme: Theme, question: Question, left: Money, parent: QWidget | None = None) -> None:
        super().__init__(theme, question, parent)
        self._left, self.credited, self.reason = left, left, ""
        self.form = Form(theme, roomy=True)
        shown = amount(left).removesuffix(f" {left.currency}")
        self.form.add("amount", tr("Amount, {currency}", currency=left.currency), QLineEdit(shown, maxLength=20))
        self.form.add("reason", tr("Why? It stands on the credit note."), QLineEdit(maxLength=_LONGEST_REASON))
        self.add(self.form)

    def _agree(self) -> None:
        self.form.tell(None)
        try:
            self.credited = self._read()
            self.reason = clean("reason", self.form.value("reason"), longest=_LONGEST_REASON)
        except InvalidText as problem:
            self.form.tell(problem)
            announce(self, self.form.mistakes[problem.field].text())
            self.form.focus_field(problem.field)
            self._fit()
        else:
            super()._agree()

    def _read(self) -> Money:
        """Raises: InvalidText."""
        minor = minor_of(self.form.value("amount"), self._left.currency)
        if minor is None:
            raise InvalidText("amount", "field.amount")
        if not 0 < minor <= self._left.minor:
            least = amount(Money(1, self._left.currency))
            raise InvalidText("amount", "field.between", least=least, most=amount(self._left))
        return Money(minor, self._left.currency)

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus_field("amount")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter leads on, and never to *yes*."""
        lines = self.form.lines
        steps: dict[QWidget | None, QWidget] = {lines["amount"]: lines["reason"], lines["reason"]: self.no}
        onward = steps.get(self.focusWidget())
        if event.key() in _ENTER and onward is not None:
            onward.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


def to_issue_invoice(booking: Booking) -> Question:
    return Question(
        tr("Issue the invoice?"),
        tr("It gets the next number of this branch. What is wrong on an issued paper is put right by a credit note."),
        tr("Issue the invoice"),
        tr("Issue no invoice"),
        about=about(booking),
        amounts=(Amount(tr("Invoice"), amount(booking.price)),),
        final=True,
    )


def to_issue_receipt(booking: Booking, taken: PaidIn) -> Question:
    return Question(
        tr("Issue a receipt?"),
        tr("It says that this was paid, and gets the next number of this branch."),
        tr("Issue the receipt"),
        tr("Issue no receipt"),
        about=about(booking),
        amounts=(Amount(tr("Paid"), amount(taken.amount)),),
        final=True,
    )


def to_issue_agreement(booking: Booking) -> Question:
    return Question(
        tr("Put the agreement on paper?"),
        tr("It gets the next number of this branch, and is the same paper again until something else is agreed."),
        tr("Issue the agreement"),
        tr("Issue no agreement"),
        about=about(booking),
        final=True,
    )


def to_issue_protocol(booking: Booking) -> Question:
    return Question(
        tr("Put a protocol on paper?"),
        tr("It says how the car was, and gets the next number of this branch, once."),
        tr("Issue the protocol"),
        tr("Issue no protocol"),
        about=about(booking),
        final=True,
    )


def to_give_back(booking: Booking, invoice: Paper, left: Money) -> Question:
    text = tr(
        "A credit note takes back some of invoice {number}, or all of it. It moves no money: refund what was paid "
        "with the booking.",
        number=invoice.number,
    )
    return Question(
        tr("Issue a credit note?"),
        text,
        tr("Issue the credit note"),
        tr("Leave the invoice as it is"),
        about=about(booking),
        amounts=(Amount(tr("Left of the invoice"), amount(left)),),
        final=True,
    )
