"""What no engine can bring to its end: bookings, disputes and restored payments that need a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.dialogs import About, Question, confirm
from desktop.models.rows import Column
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.manual_review.manual_review import CareViewModel
from desktop.viewmodels.manual_review.unbelieved import UnbelievedRow
from desktop.views.manual_review.dispute_words import in_short
from desktop.views.manual_review.restored_words import restored_line
from desktop.views.parts.admin_questions import to_lose_note, to_settle
from desktop.views.parts.booking_questions import about as about_booking
from desktop.views.parts.doubt_words import doubt_in_short
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.paged_list import ListWords, PagedList
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.button import Button
from desktop.widgets.text import Text, kept_apart, unbroken
from desktop.words.messages import amount, booking_number, say
from engine.domain.booking.belief import Doubt
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.manual_review import Case, LostCar
from engine.domain.booking.restored import RestoredCase
from engine.domain.money.dispute import DisputedCase
from engine.domain.money.trouble import Why
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

_WHYS: MappingProxyType[Why | LostCar, str] = MappingProxyType(
    {
        LostCar.CAR: tr("Its car left service"),
        LostCar.SERVICE: tr("Its car is in service then"),
        Why.STUCK: tr("Stripe does not go on"),
        Why.SLOW: tr("Under way for too long"),
        Why.NOBODY: tr("Nobody took its step"),
        Why.MISMATCH: tr("Payment does not fit"),
        Why.REFUND_FAILED: tr("Refund failed"),
        Why.LAPSED: tr("Authorisation ran out"),
    }
)
_COMES = tr("Bookings whose car left service, refunds that fail and payments disputed or unfitting come here.")
_WORDS = ListWords(
    Icon.DONE,
    tr("Nothing waits for a person"),
    _COMES,
    "",
    tr("The list did not come"),
)
_LONGEST_NOTE = 400
Row = Case | DisputedCase | RestoredCase | UnbelievedRow


def columns(now: Callable[[], datetime]) -> list[Column[Row]]:
    """All of it to be read in a panel's width: for how long counts here, not since which minute."""
    return [
        Column(tr("Booking"), _what, _what, weight=20),
        Column(tr("Why"), _why, _why, weight=22),
        Column(tr("For"), lambda row: _lasted(now(), _since(row)), lambda row: _since(row) or now(), weight=9),
    ]


def _what(row: Row) -> str:
    """The car's plate, by which people know it, with the number of the booking."""
    if isinstance(row, DisputedCase):
        booking, number = row.booking, BookingId(row.dispute.booking_id)
        return booking_number(number) if booking is None else _numbered(booking)
    if isinstance(row, RestoredCase):
        return restored_line(row)
    if isinstance(row, UnbelievedRow) and row.damaged is not None:
        return row.damaged.line
    if isinstance(row, UnbelievedRow):
        return "" if row.case is None else _numbered(row.case.booking)
    return _numbered(row.booking)


def _numbered(booking: Booking) -> str:
    return kept_apart(unbroken(booking.plate), booking_number(booking.id))


def _since(row: Row) -> datetime | None:
    """None where nobody knows: what cannot be read tells no time."""
    if isinstance(row, DisputedCase):
        return row.dispute.facts.created_at
    if isinstance(row, RestoredCase):
        return row.payment.found_at
    if isinstance(row, UnbelievedRow):
        return row.case.since if row.case is not None else None
    return row.since


def _key(row: Row) -> object:
    if isinstance(row, DisputedCase):
        return row.dispute.facts.dispute_id
    if isinstance(row, RestoredCase):
        return row.payment.payment_intent
    return row.booking_id if isinstance(row, UnbelievedRow) else row.booking.id


def _why(row: Row) -> str:
    if isinstance(row, DisputedCase):
        return in_short(row.dispute)
    if isinstance(row, RestoredCase):
        return tr("Paid {amount}, not booked", amount=amount(row.payment.amount))
    if isinstance(row, UnbelievedRow):
        return doubt_in_short(row.case.code if row.case is not None else Doubt.DAMAGED)
    return _WHYS[row.why]


def _lasted(now: datetime, since: datetime | None) -> str:
    if since is None:
        return "\N{EN DASH}"
    time = now - since
    if time < timedelta(hours=1):
        return unbroken(tr("{time} min", time=max(time // timedelta(minutes=1), 0)))
    if time < timedelta(days=2):
        return unbroken(f"{time // timedelta(hours=1)} h")
    return unbroken(tr("{days} days", days=time.days))


class CarePanel(FormPanel):
    """A booking or a restored payment to a line.

    Signals:
        booking_wanted: The Booking of a row that was opened.
        car_lost: The Case of one whose car is not to be had.
        payment_wanted: The RestoredCase of one.
        dispute_wanted: The DisputedCase of one.
        doubt_wanted: The UnbelievedRow of one.
    """

    booking_wanted = Signal(object)
    car_lost = Signal(object)
    payment_wanted = Signal(object)
    dispute_wanted = Signal(object)
    doubt_wanted = Signal(object)

    def __init__(self, context: ViewContext, vm: CareViewModel, host: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(context.theme, host, tr("Needs a person"))
        self.vm = vm
        self.tasks = TaskScope(self)
        self.tasks.failed.connect(self.task_failed)
        self.list = PagedList(context, vm.list, columns(now), _WORDS, tr("What needs a person"), _key)
        self.note = QLineEdit(
            maxLength=_LONGEST_NOTE, placeholderText=tr("What was done, for example: refunded in cash")
        )
        self.note.setAccessibleName(tr("What was done"))
        self.problem = Text(context.theme, size=TypeSize.SMALL, ink="danger", wrap=True)
        self.problem.hide()
        self.done = Button(context.theme, tr("The chosen one was seen to"), icon=Icon.CHECK)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.list, 1)
        for widget in (self.note, self.problem):
            column.addWidget(widget)
        self.set_content(content)
        self.foot.addWidget(self.done)
        self.foot.addStretch(1)
        self.list.opened.connect(lambda row: self.instead(lambda: self._open(row)))
        self.list.filled.connect(lambda total: self.done.setEnabled(total > 0))
        self.done.clicked.connect(self._settle)
        self.note.returnPressed.connect(self._settle)
        vm.settled.connect(self._settled)
        vm.refused.connect(self._refused)

    def show_cases(self) -> None:
        self._settled(None)
        self.vm.list.load()
        self.open(self.list.table)

    def unsaved(self) -> Question | None:
        """What was done, half typed; see ``Told.unsaved``."""
        note, row = self.note.text().strip(), self.list.row()
        if not (self.is_open and note):
            return None
        about = about_booking(row.booking) if isinstance(row, Case) else None if row is None else About(_what(row))
        return to_lose_note(about, note)

    def forget_form(self) -> None:
        self._settled(None)

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("settle")
        super().stop()

    def _open(self, row: Row) -> None:
        if isinstance(row, RestoredCase):
            self.payment_wanted.emit(row)
        elif isinstance(row, DisputedCase):
            self.dispute_wanted.emit(row)
        elif isinstance(row, UnbelievedRow):
            self.doubt_wanted.emit(row)
        elif isinstance(row.why, LostCar):
            self.car_lost.emit(row)
        else:
            self.booking_wanted.emit(row.booking)

    def _settle(self) -> None:
        row = self.list.row()
        if row is None:
            return
        if not isinstance(row, Case):
            # A note moves no money and lets no car go, and only the bank ends a dispute: each is seen to where it is
            # opened.
            self._open(row)
            return
        if isinstance(row.why, LostCar):
            # A note gives the renter no car: it goes on with another where it is opened.
            self._open(row)
            return
        self.problem.hide()
        if self.note.text().strip():
            self.tasks.once("settle", self._ask_settle(row, self.note.text()))
        else:
            # The engine says what is missing.
            self.vm.settle(row.booking, "")

    async def _ask_settle(self, case: Case, note: str) -> None:
        if await confirm(self.window(), to_settle(case.booking, _WHYS[case.why], note)):
            self.vm.settle(case.booking, note)

    def _settled(self, _booking: object) -> None:
        self.note.clear()
        self.problem.hide()

    def _refused(self, problem: DriveSphereError) -> None:
        self.problem.setText(say(problem).text)
        self.problem.show()
        self.note.setFocus()
