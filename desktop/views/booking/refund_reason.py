"""Why money is given back: the usual reasons, free text beside them, and the question that wants one.

API: usual_words(usual), reason_words(reason); await ask_why(parent, question, said) -> RefundReason, or None for a no.
"""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.parts.form import Form
from desktop.widgets.combo import Combo
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.messages import say
from engine.domain.booking.refund_reason import LONGEST_SAID, RefundReason, UsualReason, sound_reason
from engine.domain.shared.errors import InvalidText
from engine.words.tr import tr

_WORDS = MappingProxyType(
    {
        UsualReason.RENTER: tr("The renter asked for it"),
        UsualReason.CAR: tr("The car cannot be given"),
        UsualReason.MISTAKE: tr("Wrong car, days or renter"),
        UsualReason.TWICE: tr("Booked or paid twice"),
        UsualReason.DRIVER: tr("The renter may not drive it"),
        UsualReason.SUSPECT: tr("The card may not be the renter's"),
        UsualReason.OTHER: tr("Another reason"),
    }
)
_FIRST = tr("Choose a reason first.")
_SAY = tr("Say the reason in words first.")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def usual_words(usual: UsualReason) -> str:
    return _WORDS[usual]


def reason_words(reason: RefundReason) -> str:
    """What was said stands for itself where the reason is another than the usual ones."""
    if reason.usual is UsualReason.OTHER and reason.said:
        return reason.said
    return ": ".join(filter(None, (usual_words(reason.usual), reason.said)))


class ReasonDialog(QuestionBox):
    """Without a reason there is no *yes*. Enter leads from field to field and then to *no*, never to *yes*."""

    def __init__(self, theme: Theme, question: Question, parent: QWidget | None = None, *, said: str = "") -> None:
        """*said* is what was written down before it was asked."""
        super().__init__(theme, question, parent)
        self.usual = Combo(placeholder=tr("Choose a reason"))
        for usual in UsualReason:
            self.usual.addItem(usual_words(usual), usual)
        self.usual.setCurrentIndex(-1)
        self.said = QLineEdit(said, maxLength=LONGEST_SAID)
        self.form = Form(theme)
        self.form.add("usual", tr("Reason"), self.usual)
        self.form.add("said", tr("In words"), self.said)
        self._column.addSpacing(3 * GRID)
        kept = tr("Kept with the booking and in the audit. The renter can read it.")
        self.add(self.form, Text(theme, kept, size=TypeSize.SMALL, ink="muted", wrap=True))
        self.usual.currentIndexChanged.connect(lambda _at: self._chosen())
        self.said.textChanged.connect(lambda _text: self._chosen())
        self._chosen()

    @property
    def reason(self) -> RefundReason | None:
        """As it stands in the fields; None while none is chosen."""
        usual = self.usual.currentData()
        return None if usual is None else RefundReason(UsualReason(usual), self.said.text())

    def _chosen(self) -> None:
        reason = self.reason
        another = reason is not None and reason.usual is UsualReason.OTHER
        self.said.setPlaceholderText(tr("What happened") if another else tr("What else is to be known, if anything"))
        missing = _FIRST if reason is None else _SAY if another and not self.said.text().strip() else ""
        self.yes.setEnabled(not missing)
        self.yes.setToolTip(missing)
        self.form.show_mistakes({})

    def _agree(self) -> None:
        try:
            sound_reason(self.reason)
        except InvalidText as problem:
            self.form.mark("said", say(problem).text)
            self._fit()
            self.form.focus_mistake()
        else:
            super()._agree()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.usual.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        onward = {self.usual: self.said, self.said: self.no}.get(self.focusWidget())
        if event.key() in _ENTER and onward is not None:
            onward.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


async def ask_why(parent: QWidget | None, question: Question, said: str = "") -> RefundReason | None:
    """Why the person gives money back, begun with what was *said* already; None for a no."""
    dialog = ReasonDialog(Theme.worn(), question, parent, said=said)
    await ask(dialog)
    return dialog.reason if dialog.pressed_yes else None
