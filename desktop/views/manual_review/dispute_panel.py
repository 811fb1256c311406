"""One disputed payment: how much, why, until when it can be answered, and the two ways on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.booking.one_booking import OpenBrowser
from desktop.views.manual_review.dispute_words import (
    NO_DASHBOARD,
    answer_label,
    due_of,
    status_of,
    taken_label,
    what_happened,
)
from desktop.views.parts.booking_questions import about
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.question_parts import About, Amount, AmountLine, Subject
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.text import Text
from desktop.words.messages import amount, booking_number, branch_time, desk_zone, say
from engine.domain.booking.booking import BookingId
from engine.domain.money.addresses import dispute_address
from engine.domain.money.dispute import DisputedCase
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr


class DisputePanel(SidePanel):
    """Signals: ``left`` when it leads back to the list; ``booking_wanted`` carries the Booking; ``task_failed``."""

    left = Signal()
    booking_wanted = Signal(object)
    task_failed = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        open_in_browser: OpenBrowser,
        host: QWidget,
        now: Callable[[], datetime],
        *,
        demo: bool,
    ) -> None:
        super().__init__(context.theme, host, tr("Payment disputed"))
        self._open_in_browser, self._now, self._demo = open_in_browser, now, demo
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.case: DisputedCase | None = None
        self.banner = Banner(context.theme)
        self.happened = Text(context.theme, wrap=True)
        self.note = Text(context.theme, NO_DASHBOARD, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.note.setVisible(demo)
        self.answer = Button(context.theme, tr("Answer it at Stripe"), ButtonKind.PRIMARY, Icon.OPEN_BROWSER)
        self.answer.setVisible(not demo)
        self.show_booking = Button(context.theme, tr("Show the booking"), icon=Icon.BOOKINGS)
        self.facts = QVBoxLayout()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(3 * GRID)
        self.facts.setSpacing(2 * GRID)
        column.addWidget(self.banner)
        column.addLayout(self.facts)
        column.addWidget(self.happened)
        column.addWidget(self.note)
        column.addStretch(1)
        self.set_content(content)
        self.foot.addWidget(self.answer)
        self.foot.addWidget(self.show_booking)
        self.foot.addStretch(1)
        self.answer.clicked.connect(lambda: self.tasks.once("answer", self._answer()))
        self.show_booking.clicked.connect(self._show_booking)

    def show_case(self, case: DisputedCase) -> None:
        self.case = case
        self.banner.clear()
        self._tell(case)
        self.show_booking.setVisible(case.booking is not None)
        self.open(self.show_booking if self._demo else self.answer)

    def close_panel(self) -> None:
        """Back to the list."""
        if self.is_open:
            self.give_way()
            self.left.emit()

    def leave(self) -> None:
        """Another page is opened."""
        self.give_way()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("answer")
        self.hide()

    def _show_booking(self) -> None:
        if self.case is not None and self.case.booking is not None:
            self.booking_wanted.emit(self.case.booking)

    async def _answer(self) -> None:
        if self.case is None:
            return
        facts = self.case.dispute.facts
        self.banner.clear()
        try:
            await self._open_in_browser(dispute_address(facts.dispute_id, livemode=facts.livemode))
        except DriveSphereError as problem:
            self.banner.tell(Tone.DANGER, say(problem).text, closable=False)

    def _tell(self, case: DisputedCase) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        dispute, now = case.dispute, self._now()
        number = booking_number(BookingId(dispute.booking_id))
        subject = About(tr("No such booking"), number=number) if case.booking is None else about(case.booking)
        facts = [
            Amount(taken_label(dispute), amount(dispute.facts.amount), strong=True),
            Amount(tr("Where it stands"), status_of(dispute)),
            Amount(tr("Since"), branch_time(dispute.facts.created_at, desk_zone(), now=now)),
        ]
        if due := due_of(dispute, now):
            facts.append(Amount(tr("Answer by"), due, strong=True))
        self.facts.addWidget(Subject(self._theme, subject))
        for fact in facts:
            self.facts.addWidget(AmountLine(self._theme, fact))
        self.answer.setText(answer_label(dispute))
        self.happened.setText(what_happened(dispute))
