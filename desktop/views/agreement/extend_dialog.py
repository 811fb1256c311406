"""Another end for a rental whose car is out: when, how much later, and what that costs.

API: await ask_new_end(parent, booking, agreement, now, by, branch) -> a moment (UTC), or None for a no.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Question, ask
from desktop.theme.theme import Theme
from desktop.views.parts.booking_questions import about, times_of
from desktop.views.parts.moments.field import MomentField
from desktop.widgets.button import ButtonKind
from desktop.widgets.frame.question_box import QuestionBox
from desktop.widgets.text import Text
from desktop.words.agreement_words import end_words
from desktop.words.messages import say
from engine.domain.agreement.agreement import Agreement
from engine.domain.agreement.extending import new_end
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Handing
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import DriveSphereError, MoveRefused
from engine.domain.shared.wall import on_wall, wall_of
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr


class ExtendDialog(QuestionBox):
    """A typed moment is the answer: Enter behind one that differs is *yes*."""

    def __init__(
        self,
        theme: Theme,
        booking: Booking,
        agreement: Agreement,
        now: Callable[[], datetime],
        by: AccountName,
        branch: Branch | None = None,
        parent: QWidget | None = None,
    ) -> None:
        question = Question(
            tr("When does this car come back?"),
            tr("The car is kept until then. Billed days more or less cost what the others do."),
            tr("Agree on it"),
            tr("Leave it as it is"),
            when=times_of(booking, now()),
            about=about(booking),
        )
        super().__init__(theme, question, parent)
        self._booking, self._agreement, self._now, self._by = booking, agreement, now, by
        self._zone = shown_zone(booking.zone)
        self.ends_at = booking.period.ends_at
        self.field = MomentField(theme, tr("Comes back"), now=now)
        self.field.set_clock(self._zone, branch, Handing.RETURN if branch is not None else None)
        self.field.show_moment(wall_of(booking.period.ends_at, self._zone))
        self.field.set_base(wall_of(booking.period.ends_at, self._zone))
        self.outcome = Text(theme, wrap=True, bold=True)
        self.ask_first(self.outcome)
        self.ask_first(self.field)
        self.field.taken.connect(lambda _wall: self._edited())
        self.field.entered.connect(self._enter)
        self._edited()

    def _edited(self) -> None:
        self.ends_at = on_wall(self.field.moment(), self._zone).moment
        words, ready = "", False
        try:
            told = new_end(self._booking, self._agreement, self.ends_at, now=self._now(), by=self._by)
        except MoveRefused:
            passed = self.ends_at <= self._now()
            words = tr("That has passed.") if passed else tr("As it is agreed now.")
        except DriveSphereError as problem:
            words = say(problem).text
        else:
            words, ready = end_words(told.by, told.costs), True
        self.outcome.setText(words)
        (self.yes if ready else self.no).setDefault(True)
        self.yes.setEnabled(ready)
        self.yes.set_kind(ButtonKind.PRIMARY if ready else ButtonKind.PLAIN)
        self.no.set_kind(ButtonKind.PLAIN if ready else ButtonKind.PRIMARY)
        if self.isVisible():
            self._fit()

    def _enter(self) -> None:
        if self.yes.isEnabled():
            self._agree()

    def _agree(self) -> None:
        """What stands in the field is taken first: a press on *yes* leaves it."""
        if self.field.take() and self.yes.isEnabled():
            super()._agree()

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.edit.selectAll()


async def ask_new_end(
    parent: QWidget | None,
    booking: Booking,
    agreement: Agreement,
    now: Callable[[], datetime],
    by: AccountName,
    branch: Branch | None = None,
) -> datetime | None:
    """When the car is to come back; None where that stays as it is."""
    dialog = ExtendDialog(Theme.worn(), booking, agreement, now, by, branch, parent)
    await ask(dialog)
    return dialog.ends_at if dialog.pressed_yes else None
