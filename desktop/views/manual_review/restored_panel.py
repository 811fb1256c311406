"""One payment that a restored database lacks: what happened, and the two ways out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import Question
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.manual_review.restored import RestoredState, RestoredViewModel
from desktop.views.booking.refund_reason import ask_why
from desktop.views.booking.renter_picker import RenterPicker
from desktop.views.manual_review.restored_words import about, paid_of, period_of, refused, to_give_back, what_happened
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.question_parts import Amount as Line
from desktop.widgets.frame.question_parts import AmountLine, Subject
from desktop.widgets.text import Text
from desktop.words.messages import amount
from engine.domain.booking.restored import RestoredCase
from engine.words.tr import tr


class RestoredPanel(FormPanel):
    """Signals: ``left`` when it leads back to the list."""

    left = Signal()

    def __init__(self, context: ViewContext, vm: RestoredViewModel, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(context.theme, host, tr("Paid, but not booked"))
        self.vm, self._now = vm, now
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.banner = Banner(context.theme)
        self.happened = Text(context.theme, wrap=True)
        self.renters = RenterPicker(context.theme)
        self.book = Button(context.theme, tr("Book again"), ButtonKind.PRIMARY, Icon.BOOKINGS)
        self.give_back = Button(context.theme, tr("Give the money back"))
        self._facts = QVBoxLayout()
        self._fill_panel()
        self.renters.searched.connect(vm.find_renter)
        self.renters.chosen.connect(vm.choose)
        self.renters.added.connect(vm.add_renter)
        self.book.clicked.connect(self._book)
        self.give_back.clicked.connect(self._give_back)
        vm.changed.connect(self.draw)
        vm.decided.connect(lambda _booking: self._back())

    def show_case(self, case: RestoredCase) -> None:
        self.vm.start(case)
        self.renters.begin(self.vm.state.picking.country)
        self._tell(case)
        self.draw(self.vm.state)
        self.open(self.renters.field if self._bookable(case) else self.give_back)

    def close_panel(self) -> None:
        """Back to the list."""
        self.instead(self._back)

    def leave(self) -> None:
        """Another page is opened."""
        self.instead(self.give_way)

    def unsaved(self) -> Question | None:
        return self.renters.unsaved() if self.is_open else None

    def forget_form(self) -> None:
        self.renters.begin(self.renters.country)

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("give back")
        super().stop()

    def _back(self) -> None:
        """Wherever it was decided."""
        if self.is_open:
            self.give_way()
            self.left.emit()

    def draw(self, state: RestoredState) -> None:
        case, picking = state.case, state.picking
        if case is None:
            return
        self.renters.draw(picking)
        self.renters.setVisible(self._bookable(case))
        self.renters.setEnabled(not state.busy)
        self.book.setVisible(self._bookable(case))
        self.book.setEnabled(picking.renter is not None and not state.busy)
        self.book.setToolTip("" if picking.renter is not None else tr("Choose who drives first."))
        self.give_back.setEnabled(not state.busy)
        if picking.problem is None or self.renters.says(picking.problem):
            self.banner.clear()
        else:
            tone = Tone.WARNING if picking.problem.retryable else Tone.DANGER
            self.banner.tell(tone, refused(picking.problem, case, self._now()).text, closable=False)

    @staticmethod
    def _bookable(case: RestoredCase) -> bool:
        return case.payment.stay is not None and case.car is not None

    def _book(self) -> None:
        case, renter = self.vm.state.case, self.vm.state.picking.renter
        if case is not None and renter is not None:
            self.vm.book_again(case, renter)

    def _give_back(self) -> None:
        if self.vm.state.case is not None:
            self.tasks.once("give back", self._ask_to_give_back(self.vm.state.case))

    async def _ask_to_give_back(self, case: RestoredCase) -> None:
        # The answer counts for the payment that was asked about.
        reason = await ask_why(self.window(), to_give_back(case, self._now()))
        if reason is not None and self.vm.state.case == case:
            self.vm.give_back(case, reason)

    def _tell(self, case: RestoredCase) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        now = self._now()
        facts = (Line(tr("Paid"), paid_of(case, now)), Line(tr("Amount"), amount(case.payment.amount), strong=True))
        self._facts.addWidget(Subject(self._theme, about(case)))
        if period := period_of(case):
            self._facts.addWidget(Text(self._theme, period, wrap=True))
        for fact in facts:
            self._facts.addWidget(AmountLine(self._theme, fact))
        self.happened.setText(what_happened(case, now))

    def _fill_panel(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(3 * GRID)
        self._facts.setSpacing(2 * GRID)
        column.addWidget(self.banner)
        column.addLayout(self._facts)
        column.addWidget(self.happened)
        column.addWidget(self.renters)
        column.addStretch(1)
        self.set_content(content)
        self.foot.addWidget(self.book)
        self.foot.addWidget(self.give_back)
        self.foot.addStretch(1)
