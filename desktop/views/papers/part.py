"""The papers of a booking, in its panel: which there are, and issuing those that there are not.

API: PapersPart(context, vm, now): set_online(online), stop(); renter_wanted, set_up_wanted, task_failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.dialogs import ask
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.theme import Theme
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.papers.of_booking import PapersState, PapersViewModel, is_creditable
from desktop.views.papers.issue_box import (
    CreditBox,
    IssueBox,
    ProtocolBox,
    to_give_back,
    to_issue_agreement,
    to_issue_invoice,
    to_issue_protocol,
    to_issue_receipt,
)
from desktop.views.papers.preview import PaperBox
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.flow import FlowLayout
from desktop.widgets.text import Text
from desktop.words.messages import amount, branch_time, damage_words, say
from desktop.words.paper_words import KINDS, lack_words
from engine.domain.booking.booking import Booking
from engine.domain.papers.of_agreement import protocols_of
from engine.domain.papers.of_booking import BookingPapers, Lack, PaidIn
from engine.domain.papers.paper import Paper, PaperKind
from engine.domain.shared.damage import Damaged
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr


class PapersPart(QWidget):
    """Signals: ``renter_wanted`` carries the RenterId whose address is missing; ``set_up_wanted`` the firm's data are.

    ``task_failed`` carries what nobody foresaw.
    """

    renter_wanted = Signal(object)
    set_up_wanted = Signal()
    task_failed = Signal(object)

    def __init__(self, context: ViewContext, vm: PapersViewModel, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._context, self.vm, self._now, self._online = context, vm, now, True
        self._drawn: tuple[object, ...] = ()
        theme = context.theme
        self.tasks = TaskScope(self)
        self.head = Text(theme, tr("Papers"), size=TypeSize.LEAD, bold=True)
        self.none = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.problem = Text(theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.lacks = Text(theme, size=TypeSize.SMALL, ink="warning", wrap=True)
        self.invoice = Button(theme, tr("Issue the invoice …"), icon=Icon.PAPER)
        self.credit = Button(theme, tr("Credit note …"))
        self.agreement = Button(theme, tr("Agreement …"))
        self.protocol = Button(theme, tr("Protocol …"))
        self.address = Button(theme, tr("Add the address …"), icon=Icon.PERSON)
        self.set_up = Button(theme, tr("Papers and taxes …"), icon=Icon.SETTINGS)
        self.receipts: list[Button] = []
        self.rows: list[PaperRow] = []
        self._list, self._acts = QVBoxLayout(), QWidget()
        self._flow = FlowLayout(self._acts, gap=2 * GRID)
        self._lay_out()
        self._connect()
        self._draw(vm.state)

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self._draw(self.vm.state)

    def stop(self) -> None:
        """The session ends: nobody answers a question any more."""
        for name in ("issue", "open"):
            self.tasks.stop(name)

    @property
    def may_bill(self) -> bool:
        """Whether there is an invoice to be opened, or one to be issued here."""
        stands = self.vm.state.stands
        return stands is not None and (stands.invoice is not None or self._billable(stands))

    def bill(self) -> None:
        """The invoice: the one that stands is opened, else it is issued after a yes."""
        stands = self.vm.state.stands
        if stands is not None and stands.invoice is not None:
            self.open_paper(stands.invoice)
        elif stands is not None and self._billable(stands):
            self._ask_invoice()

    def open_paper(self, paper: Paper) -> None:
        self.tasks.once("open", self._open(paper))

    async def _open(self, paper: Paper) -> None:
        title = f"{KINDS[paper.body.kind]} {paper.number}"
        box = PaperBox(self._context, self.vm.sheets, self.vm.to_draw(paper), title, self.window())
        box.task_failed.connect(self.task_failed)
        await ask(box)

    def _billable(self, stands: BookingPapers) -> bool:
        return stands.billable and not stands.lacking and self.vm.may_issue

    def _may_print(self, stands: BookingPapers) -> bool:
        """What bears no tax, and needs no address."""
        return self.vm.may_issue and not {Lack.LEGAL, Lack.CODE} & set(stands.lacking)

    def _draw(self, state: PapersState) -> None:
        stands = state.stands
        self.setVisible(state.booking is not None and (stands is not None or state.problem is not None))
        self.problem.setText(say(state.problem, now=self._now()).text if state.problem is not None else "")
        self.problem.setVisible(state.problem is not None)
        if state.booking is None or stands is None:
            return
        ready = self._online and not state.acting
        self._draw_rows(state.booking, stands)
        self._draw_lacks(stands)
        self.invoice.setVisible(self._billable(stands))
        creditable = stands.invoice is not None and self.vm.may_credit and is_creditable(stands.invoice, stands)
        self.credit.setVisible(creditable)
        for button in (self.agreement, self.protocol):
            button.setVisible(stands.agreement is not None and self._may_print(stands))
        issuing = (self.invoice, self.credit, self.agreement, self.protocol, *self.receipts)
        for button in issuing:
            button.setEnabled(ready)
        acts = (*issuing, self.address, self.set_up)
        self._acts.setVisible(any(not button.isHidden() for button in acts))

    def _draw_rows(self, booking: Booking, stands: BookingPapers) -> None:
        shown = (booking.id, stands, self.vm.may_issue)
        if shown == self._drawn:
            return
        self._drawn = shown
        for gone in (*self.rows, *self.receipts):
            gone.hide()
            gone.deleteLater()
        self.rows = [PaperRow(self._context.theme, each, booking, self._now()) for each in stands.papers]
        for row in self.rows:
            row.wanted.connect(self.open_paper)
            self._list.addWidget(row)
        self.receipts = [self._receipt(each) for each in (stands.unreceipted if self._may_print(stands) else ())]
        self.none.setText("" if self.rows else _nothing(stands))
        self.none.setVisible(bool(self.none.text()))

    def _receipt(self, taken: PaidIn) -> Button:
        button = Button(self._context.theme, tr("Receipt for {amount} …", amount=amount(taken.amount)))
        button.clicked.connect(partial(self._ask_receipt, taken))
        self._flow.addWidget(button)
        return button

    def _draw_lacks(self, stands: BookingPapers) -> None:
        lacking = stands.lacking if stands.billable and self.vm.may_issue else ()
        self.lacks.setText(lack_words(lacking, may_set_up=self.vm.may_set_up))
        self.lacks.setVisible(bool(lacking))
        self.address.setVisible(Lack.ADDRESS in lacking)
        self.set_up.setVisible(self.vm.may_set_up and bool(set(lacking) - {Lack.ADDRESS}))

    def _ask_invoice(self) -> None:
        if (booking := self.vm.state.booking) is not None:
            self.tasks.once("issue", self._issue(booking, None))

    def _ask_receipt(self, taken: PaidIn) -> None:
        if (booking := self.vm.state.booking) is not None:
            self.tasks.once("issue", self._issue(booking, taken))

    async def _issue(self, booking: Booking, taken: PaidIn | None) -> None:
        stands = self.vm.state.stands
        question = to_issue_invoice(booking) if taken is None else to_issue_receipt(booking, taken)
        box = IssueBox(self._context.theme, question, stands.language if stands else "", self.window())
        await ask(box)
        if not box.pressed_yes or not self._still(booking):
            return
        language = str(box.language.currentData())
        if taken is None:
            self.vm.issue_invoice(language)
        else:
            self.vm.issue_receipt(taken, language)

    def _ask_agreement(self) -> None:
        if (booking := self.vm.state.booking) is not None:
            self.tasks.once("issue", self._put_on_paper(booking))

    def _ask_protocol(self) -> None:
        if (booking := self.vm.state.booking) is not None:
            self.tasks.once("issue", self._protocol(booking))

    async def _put_on_paper(self, booking: Booking) -> None:
        stands = self.vm.state.stands
        box = IssueBox(
            self._context.theme, to_issue_agreement(booking), stands.language if stands else "", self.window()
        )
        await ask(box)
        if box.pressed_yes and self._still(booking):
            self.vm.issue_agreement(str(box.language.currentData()))

    async def _protocol(self, booking: Booking) -> None:
        stands = self.vm.state.stands
        if stands is None or stands.agreement is None:
            return
        protocols, question = protocols_of(stands.agreement), to_issue_protocol(booking)
        box = ProtocolBox(self._context.theme, question, stands.language, protocols, self.window())
        await ask(box)
        if box.pressed_yes and self._still(booking):
            self.vm.issue_protocol(protocols[box.which.currentIndex()], str(box.language.currentData()))

    def _ask_credit(self) -> None:
        if self.vm.state.booking is not None:
            self.tasks.once("issue", self._give_back(self.vm.state.booking))

    async def _give_back(self, booking: Booking) -> None:
        stands = self.vm.state.stands
        if stands is None or stands.invoice is None or stands.left is None:
            return
        question = to_give_back(booking, stands.invoice, stands.left)
        box = CreditBox(self._context.theme, question, stands.left, self.window())
        await ask(box)
        if box.pressed_yes and self._still(booking):
            self.vm.give_back(stands.invoice, box.credited, box.reason)

    def _still(self, asked: Booking) -> bool:
        """Whether the panel shows what was asked about: a question stays on the screen while news come in."""
        shown = self.vm.state.booking
        return shown is not None and shown.id == asked.id

    def _want_renter(self) -> None:
        if self.vm.state.booking is not None:
            self.renter_wanted.emit(self.vm.state.booking.renter_id)

    def _lay_out(self) -> None:
        self._list.setSpacing(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.head)
        column.addLayout(self._list)
        for part in (self.none, self.problem, self.lacks, self._acts):
            column.addWidget(part)
        for button in (self.invoice, self.address, self.set_up, self.credit, self.agreement, self.protocol):
            self._flow.addWidget(button)

    def _connect(self) -> None:
        self.tasks.failed.connect(self.task_failed)
        self.invoice.clicked.connect(self._ask_invoice)
        self.credit.clicked.connect(self._ask_credit)
        self.agreement.clicked.connect(self._ask_agreement)
        self.protocol.clicked.connect(self._ask_protocol)
        self.address.clicked.connect(self._want_renter)
        self.set_up.clicked.connect(self.set_up_wanted)
        self.vm.issued.connect(self.open_paper)
        self.vm.changed.connect(self._draw)


class PaperRow(QWidget):
    """Signals: ``wanted`` carries the Paper that is to be seen."""

    wanted = Signal(object)

    def __init__(self, theme: Theme, paper: Paper | Damaged, booking: Booking, now: datetime) -> None:
        super().__init__()
        self.paper = paper
        self.title = Text(theme, bold=True, wrap=True)
        self.detail = Text(theme, size=TypeSize.SMALL, ink="muted", wrap=True)
        self.open = Button(theme, tr("Open"), ButtonKind.QUIET, Icon.LOOK)
        words = QVBoxLayout()
        words.setSpacing(0)
        for line in (self.title, self.detail):
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            words.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(words, 1)
        row.addWidget(self.open, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(paper, Damaged):
            self.title.setText(paper.id)
            self.detail.setText(damage_words(paper))
            self.open.hide()
            return
        self.title.setText(f"{KINDS[paper.body.kind]} {paper.number}")
        self.detail.setText(_detail(paper, booking, now))
        self.open.setAccessibleName(tr("Open {paper}", paper=self.title.text()))
        self.open.clicked.connect(lambda: self.wanted.emit(paper))


def _detail(paper: Paper, booking: Booking, now: datetime) -> str:
    at = branch_time(paper.issued_at, shown_zone(booking.zone), now=now)
    body = paper.body
    total = body.total if body.content.lines else body.paid
    sum_ = amount(-total if body.kind is PaperKind.CREDIT_NOTE else total)
    return f"{at} · {sum_}" if body.content.lines or body.content.payments else at


def _nothing(stands: BookingPapers) -> str:
    return "" if stands.billable else tr("None yet. The invoice is issued once the car is back.")
