"""Money across the counter: how, how much, what was put down, and the change; taken, or given back.

API: await ask_money(parent, booking, country, now) -> Handed or None; await ask_back(...) -> (Handed, reason) or None.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Amount, Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.form import Form
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.booking_words import TENDERS
from desktop.words.figures import amount, digits, minor_of, unclear_amount
from engine.domain.booking.balance import Balance, balance, sound_reference
from engine.domain.booking.booking import Booking
from engine.domain.money.cash import in_coins
from engine.domain.money.money import Money
from engine.domain.money.tender import AT_THE_COUNTER, Handed, Tender
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Across:
    """What is to be handed across, as the dialog was opened. Attributes: ``most`` is what the amount begins with."""

    currency: str
    country: str
    most: int
    gives_back: bool = False


class MoneyDialog(QuestionBox):
    """Enter in a field leads on, and in the last one does what its button says: every amount stands there by then.

    Where nothing was typed for what was received, Enter writes down what is due first: a second one takes it.
    """

    def __init__(self, theme: Theme, question: Question, across: Across, parent: QWidget | None = None) -> None:
        super().__init__(theme, question, parent)
        self._across = across
        self.tender = Combo()
        for tender in AT_THE_COUNTER:
            self.tender.addItem(TENDERS[tender], tender)
        self.form = Form(theme)
        unit = across.currency
        self.form.add("tender", tr("How"), self.tender)
        self.form.add("amount", tr("Amount, {currency}", currency=unit), QLineEdit(maxLength=24))
        self.form.add("received", tr("Received, {currency}", currency=unit), QLineEdit(maxLength=24))
        self.form.add("reference", tr("Approval code or reference"), QLineEdit(maxLength=80))
        self.form.add("reason", tr("Why it goes back"), QLineEdit(maxLength=200))
        self.change = Text(theme, " ", size=TypeSize.TITLE, bold=True, wrap=True)
        self.change.setAccessibleName(tr("Change"))
        self._column.addSpacing(3 * GRID)
        self.add(self.form, self.change)
        self.form.put("amount", digits(Money(across.most, unit)))
        self.tender.currentIndexChanged.connect(lambda _at: self._draw())
        for line in self.form.lines.values():
            line.textChanged.connect(lambda _text: self._draw())
        self._draw()

    @property
    def chosen(self) -> Tender:
        return Tender(self.tender.currentData())

    @property
    def handed(self) -> Handed | None:
        """As it stands in the fields; None while an amount is none."""
        due, received = self._read("amount"), self._received()
        if due is None or received is None:
            return None
        cash = self.chosen is Tender.CASH and not self._across.gives_back
        reference = "" if self.chosen is Tender.CASH else self.form.value("reference")
        return Handed(self.chosen, due, received if cash else None, reference)

    @property
    def reason(self) -> str:
        return str(self.form.value("reason"))

    def _read(self, name: str) -> Money | None:
        minor = minor_of(self.form.value(name), self._across.currency)
        return None if minor is None or minor < 0 else Money(minor, self._across.currency)

    def _due(self) -> Money | None:
        """What is put down for the amount, in coins that there are."""
        asked = self._read("amount")
        in_cash = self.chosen is Tender.CASH and asked is not None
        return in_coins(asked, self._across.country) if in_cash and asked is not None else asked

    def _received(self) -> Money | None:
        """What was put down; an empty field is exactly what is due."""
        takes = self.chosen is Tender.CASH and not self._across.gives_back
        return self._read("received") if takes and self.form.value("received").strip() else self._due()

    def _draw(self) -> None:
        cash, back = self.chosen is Tender.CASH, self._across.gives_back
        self.form.show_field("received", shown=cash and not back)
        self.form.show_field("reference", shown=not cash)
        self.form.show_field("reason", shown=back)
        self.form.show_mistakes({})
        self.change.setText(self._change_words() or " ")
        self.yes.setText(self._deed())
        self.yes.setEnabled(self._missing() == "")
        self.yes.setToolTip(self._missing())
        if self.isVisible():
            self._fit()

    def _change_words(self) -> str:
        due, received = self._due(), self._received()
        if self.chosen is not Tender.CASH or due is None or received is None:
            return ""
        if self._across.gives_back:
            return tr("Hand out {due}", due=amount(due))
        if received.minor < due.minor:
            return tr("{missing} still missing", missing=amount(due - received))
        return tr("Change {change}", change=amount(received - due))

    def _deed(self) -> str:
        due = self._due()
        if due is None:
            return self.wording.yes
        if self._across.gives_back:
            return tr("Give {due} back", due=amount(due))
        return tr("Take {due}", due=amount(due))

    def _missing(self) -> str:
        """Why it cannot be done yet; empty where it can."""
        currency = self._across.currency
        asked, received, due = self._read("amount"), self._received(), self._due()
        unclear = unclear_amount(self.form.value("amount"), currency) or unclear_amount(
            self.form.value("received"), currency
        )
        if unclear:
            return unclear
        if asked is None or received is None or due is None or not asked.minor:
            return tr("Type an amount first.")
        if asked.minor > self._across.most:
            return tr("{most} at most.", most=amount(Money(self._across.most, currency)))
        if received.minor < due.minor:
            return tr("That is less than what is due.")
        if self._across.gives_back and not self.reason.strip():
            return tr("Say why first.")
        return ""

    def _onward(self) -> None:
        """The next field that is shown, or the deed after the last."""
        received, due = self.form.lines["received"], self._due()
        if received.hasFocus() and not received.text().strip() and due is not None:
            received.setText(digits(due))
            received.selectAll()
            return
        shown = [line for line in self.form.lines.values() if not line.isHidden()]
        at = next((n for n, line in enumerate(shown) if line.hasFocus()), len(shown) - 1)
        if at + 1 < len(shown):
            shown[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        elif self.yes.isEnabled():
            self._agree()

    def _agree(self) -> None:
        try:
            sound_reference("" if self.chosen is Tender.CASH else self.form.value("reference"))
        except InvalidText as problem:
            # A card's number stays nowhere, not even in the field.
            self.form.put("reference", "")
            self.form.tell(problem)
            self._fit()
        else:
            super()._agree()

    # Qt names below.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and isinstance(self.focusWidget(), QLineEdit):
            self._onward()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        taken = "received" if self.chosen is Tender.CASH else "reference"
        first = self.form.lines["amount" if self._across.gives_back else taken]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()


async def ask_money(
    parent: QWidget | None,
    booking: Booking,
    country: str,
    now: datetime,
    *,
    tender: Tender = Tender.CASH,
    further: Money | None = None,
) -> Handed | None:
    """What was handed across for *booking*, which cost *further* beyond its price; it begins with *tender*.

    None if the person thought better of it.
    """
    told = balance(booking, further)
    question = Question(
        tr("Take {open} for this booking?", open=amount(told.open)),
        "",
        tr("Take it"),
        tr("Not now"),
        when=times_of(booking, now),
        about=about(booking),
        amounts=_amounts(told),
        harmless=True,
    )
    across = Across(booking.price.currency, country, max(told.open.minor, 0))
    dialog = MoneyDialog(Theme.worn(), question, across, parent)
    dialog.tender.setCurrentIndex(dialog.tender.findData(tender))
    await ask(dialog)
    return dialog.handed if dialog.pressed_yes else None


async def ask_back(
    parent: QWidget | None, booking: Booking, country: str, now: datetime, further: Money | None = None
) -> tuple[Handed, str] | None:
    """What went back of what was taken for *booking*, and why; None if the person thought better of it."""
    told = balance(booking, further)
    owed = min(max(-told.open.minor, 0), told.at_counter.minor) or told.at_counter.minor
    question = Question(
        tr("Give money back for this booking?"),
        tr("By the way it was paid, and never more than was paid that way."),
        tr("Give it back"),
        tr("Not now"),
        when=times_of(booking, now),
        about=about(booking),
        amounts=_amounts(told),
        final=True,
    )
    across = Across(booking.price.currency, country, owed, gives_back=True)
    dialog = MoneyDialog(Theme.worn(), question, across, parent)
    await ask(dialog)
    handed = dialog.handed
    return (handed, dialog.reason) if dialog.pressed_yes and handed is not None else None


def _amounts(told: Balance) -> tuple[Amount, ...]:
    return (
        Amount(tr("Costs"), amount(told.charged)),
        Amount(tr("Paid"), amount(told.paid)),
        Amount(tr("Open"), amount(told.open), strong=True),
    )
