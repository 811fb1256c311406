"""One booking that is not believed, or cannot be read: why, what Stripe has for it, and the two ways out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.manual_review.unbelieved import UnbelievedRow, UnbelievedState, UnbelievedViewModel
from desktop.views.booking.refund_reason import ask_why
from desktop.views.manual_review import unbelieved_words as words
from desktop.views.parts.form import Form
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.question_parts import AmountLine, Subject
from desktop.widgets.text import Text
from engine.domain.booking.unbelieved import UnbelievedCase
from engine.words.tr import tr

_LONGEST_REASON = 400


class UnbelievedPanel(FormPanel):
    """Signals: ``left`` when it leads back to the list."""

    left = Signal()

    def __init__(self, context: ViewContext, vm: UnbelievedViewModel, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Not believed"))
        self.vm = vm
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.banner = Banner(context.theme)
        self.why = Text(context.theme, wrap=True)
        self.looking = Text(context.theme, tr("Stripe is asked …"), ink="muted")
        self.reason = QLineEdit(maxLength=_LONGEST_REASON, placeholderText=tr("For the audit: what you found out"))
        self.form = Form(context.theme)
        self.form.add("reason", tr("Reason"), self.reason)
        self.let_go = Button(context.theme, words.LET_GO)
        self.give_back = Button(context.theme, tr("Give the money back"))
        self.again = Button(context.theme, tr("Ask Stripe again"), ButtonKind.QUIET)
        self._facts = QVBoxLayout()
        self._drawn: object = None
        self._fill_panel()
        self.reason.textChanged.connect(lambda _text: self.draw(self.vm.state))
        self.let_go.clicked.connect(lambda: self.tasks.once("decide", self._ask_to_let_go()))
        self.give_back.clicked.connect(lambda: self.tasks.once("decide", self._ask_to_give_back()))
        self.again.clicked.connect(vm.look)
        vm.changed.connect(self.draw)
        vm.decided.connect(lambda _booking: self._back())

    def show_row(self, row: UnbelievedRow) -> None:
        self.reason.clear()
        self._drawn = None
        self.vm.start(row)
        self.draw(self.vm.state)
        self.open(self.reason)

    def close_panel(self) -> None:
        """Back to the list."""
        self.instead(self._back)

    def leave(self) -> None:
        """Another page is opened."""
        self.instead(self.give_way)

    def unsaved(self) -> Question | None:
        """What somebody found out, and nobody has kept yet; see ``Told.unsaved``."""
        row, said = self.vm.state.row, self.reason.text().strip()
        return words.to_lose(row, said) if self.is_open and row is not None and said else None

    def forget_form(self) -> None:
        self.reason.clear()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("decide")
        super().stop()

    def _back(self) -> None:
        """Wherever it was decided."""
        if self.is_open:
            self.give_way()
            self.left.emit()

    def draw(self, state: UnbelievedState) -> None:
        row, found = state.row, state.found
        if row is None:
            return
        self.looking.setVisible(state.busy)
        self._tell(row, found)
        ready = found is not None and not state.busy
        said = bool(self.reason.text().strip())
        self.let_go.setText(words.let_go_label(found))
        self.give_back.setText(words.give_back_label(found))
        self.let_go.setEnabled(ready and said)
        # Why money goes back is asked as everywhere; what was found out stands there already.
        self.give_back.setEnabled(ready and found is not None and bool(found.money.taken))
        self.again.setEnabled(not state.busy)
        self.let_go.setToolTip("" if said else tr("Say why first."))
        if state.problem is None:
            self.banner.clear()
        else:
            tone = Tone.WARNING if state.problem.retryable else Tone.DANGER
            self.banner.tell(tone, words.refused(state.problem).text, closable=False)

    async def _ask_to_let_go(self) -> None:
        found, reason = self.vm.state.found, self.reason.text().strip()
        # The answer counts for what was asked about.
        agreed = found is not None and reason and await confirm(self.window(), words.to_let_go(found, reason))
        if agreed and found is not None and self.vm.state.found == found:
            self.vm.let_go(found, reason)

    async def _ask_to_give_back(self) -> None:
        found = self.vm.state.found
        if found is None:
            return
        reason = await ask_why(self.window(), words.to_give_back(found), self.reason.text().strip())
        if reason is not None and self.vm.state.found == found:
            self.vm.give_back(found, reason)

    def _tell(self, row: UnbelievedRow, found: UnbelievedCase | None) -> None:
        if self._drawn == (row, found):
            return
        self._drawn = row, found
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._facts.addWidget(Subject(self._theme, words.about_row(row) if found is None else words.about(found)))
        self.why.setText(words.why(row, found))
        if found is None:
            return
        for text in (words.when(found), words.kept_cars(found)):
            self._facts.addWidget(Text(self._theme, text, wrap=True))
        self._facts.addWidget(Text(self._theme, tr("At Stripe, as it tells it now"), size=TypeSize.SMALL, ink="muted"))
        for line in words.money_lines(found):
            self._facts.addWidget(AmountLine(self._theme, line))

    def _fill_panel(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(3 * GRID)
        self._facts.setSpacing(2 * GRID)
        column.addWidget(self.banner)
        column.addWidget(self.why)
        column.addLayout(self._facts)
        asking = QHBoxLayout()
        asking.addWidget(self.looking, 1)
        asking.addStretch(1)
        asking.addWidget(self.again)
        column.addLayout(asking)
        column.addWidget(self.form)
        column.addStretch(1)
        self.set_content(content)
        for button in (self.let_go, self.give_back):
            self.foot.addWidget(button)
        self.foot.addStretch(1)
