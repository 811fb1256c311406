"""The panel of a booking that exists: facts, payments, what happened, and what can still be done.

API: BookingDetail(context, vm, now, host, demo): open_booking(b), open_number(id), set_online(online), leave(), stop();
search_wanted(Booking).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone, TypeSize
from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.booking.detail import DetailState, DetailViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.agreement.agreement_part import AgreementPart
from desktop.views.booking.aftercare import Aftercare
from desktop.views.booking.history import by_words, car_lost_words, moments_of, trouble_words
from desktop.views.booking.other_cars import OtherCarsPart
from desktop.views.booking.payment_status import PaymentStatus
from desktop.views.booking.payments import Payments
from desktop.views.booking.skeleton import DetailSkeleton
from desktop.views.papers.part import PapersPart
from desktop.views.parts.booking_questions import to_give_up
from desktop.views.parts.car_head import CarHead
from desktop.views.parts.damage import sound_key
from desktop.views.parts.price_lines import quoted
from desktop.views.parts.view_context import ViewContext, announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.copy_line import CopyLine
from desktop.widgets.frame.banner import Banner
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.table.record_table import RecordTable
from desktop.widgets.text import Text
from desktop.widgets.timeline import Timeline
from desktop.words.messages import NextStep, booking_number, branch_name, branch_time, say
from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.manual_review import LostCar
from engine.domain.booking.states import BookingState
from engine.domain.car.car import BranchId, CarId
from engine.domain.people.phone import phone_text
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_SKELETON = (tr("Pick-up"), tr("Return"), tr("Branch"), tr("Renter"), tr("Booked"), tr("Rental"), tr("Total"))


class BookingDetail(SidePanel):
    """Signals: ``search_wanted`` carries a Booking that came to nothing; ``task_failed`` what nobody foresaw.

    ``renter_wanted`` carries the RenterId of whose page is to be shown, ``address_wanted`` of whose address is to be
    given; ``set_up_wanted`` that what papers say of the firm is missing.
    """

    search_wanted = Signal(object)
    renter_wanted = Signal(object)
    address_wanted = Signal(object)
    set_up_wanted = Signal()
    task_failed = Signal(object)

    def __init__(
        self,
        context: ViewContext,
        vm: DetailViewModel,
        now: Callable[[], datetime],
        host: QWidget,
        *,
        demo: bool = False,
    ) -> None:
        super().__init__(context.theme, host, tr("Booking"))
        self.vm, self._now, self._online = vm, now, True
        self.tasks = TaskScope(self)
        self._stage: tuple[PanelStage, bool] = (PanelStage.RENTER, False)
        self._carless: tuple[BookingId, CarId, LostCar] | None = None
        self.banner = Banner(context.theme)
        self.number = CopyLine(context.theme, tr("booking number"), lead=True)
        self.car = CarHead(context.theme)
        self.status = PaymentStatus(context.theme, demo=demo, acts=vm.may_act)
        self.skeleton = DetailSkeleton(context)
        self.facts = FieldList(context.theme, context.shimmer)
        self.phone, self.email = CopyLine(context.theme, tr("telephone")), CopyLine(context.theme, tr("e-mail address"))
        self.renter = Button(context.theme, tr("Show renter"), ButtonKind.QUIET, Icon.PERSON)
        self._contact = QWidget()
        self._fill_contact()
        self.aftercare = Aftercare(context.theme, vm, now, at_counter=vm.at_counter)
        self.others = OtherCarsPart(context, vm.others, now)
        self.agreement = AgreementPart(context)
        self.papers = PapersPart(context, vm.papers, now)
        self.payments = Payments(context.theme)
        self.past = Timeline(context.theme, tr("What happened"))
        self._heads = [
            Text(context.theme, words, size=TypeSize.LEAD, bold=True) for words in (tr("Payments"), tr("What happened"))
        ]
        self.main = Button(context.theme, tr("Pay in browser"), ButtonKind.PRIMARY, Icon.OPEN_BROWSER)
        self.second = Button(context.theme, tr("Give up"))
        self.search = Button(context.theme, tr("Search again"))
        self._fill_panel()
        self._connect()
        self.draw(vm.state)

    def open_booking(self, booking: Booking) -> None:
        self._carless = None
        self.vm.open(booking)
        self.open(self._first())

    def tell_car_lost(self, booking: Booking, why: LostCar) -> None:
        """Say why it is looked at, until it goes on with another car."""
        self._carless = booking.id, booking.car_id, why
        self.draw(self.vm.state)

    def open_number(self, booking_id: BookingId) -> None:
        """Open for a booking of which only the number is known."""
        self.number.show_value(booking_number(booking_id), booking_id)
        self.vm.find(booking_id)
        self.open(self)

    def may_pay(self) -> bool:
        return self.vm.may_act and self.vm.state.panel().checkout_ready and self._paying()

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("give up")
        self.aftercare.stop()
        self.others.stop()
        self.papers.stop()
        self.status.stop()
        self.hide()

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self.draw(self.vm.state)

    def draw(self, state: DetailState) -> None:
        inside = self.has_the_focus
        booking = state.booking
        waiting = booking is None and state.phase is Phase.LOADING
        self.skeleton.show(waiting=waiting, acts=self.vm.may_act)
        for part in (self.car, self.payments, self.past):
            part.setVisible(booking is not None)
        for head in self._heads:
            head.setVisible(waiting or booking is not None)
        news = self.status.draw(state.panel(), self.vm.hold_left_s())
        self.status.number.hide()
        if booking is None:
            self.facts.show_skeleton(_SKELETON if waiting else ())
        else:
            self._draw_booking(state, booking)
        ends_at = booking.period.ends_at if booking is not None else None
        self.agreement.draw(state.agreement if booking is not None else None, self._now(), ends_at)
        self._contact.setVisible(booking is not None and state.renter is not None)
        self._draw_problem(state)
        self._draw_actions(state)
        self._move_focus(state, inside=inside)
        if news and self.isVisible():
            announce(self, news)

    def _draw_booking(self, state: DetailState, booking: Booking) -> None:
        self.number.show_value(booking_number(booking.id), booking.id)
        self.car.show_label(booking.car_label)
        names = {branch.id: branch_name(branch) for branch in state.branches}
        self.facts.show_fields(_facts(booking, names, self._now()))
        if state.renter is not None:
            self.phone.show_value(phone_text(state.renter.phone))
            self.email.show_value(state.renter.email)
        self.payments.draw(booking, self._now())
        self.past.show_moments(moments_of(booking, self._now()))

    def _draw_problem(self, state: DetailState) -> None:
        booking = state.booking
        if state.problem is not None:
            zone = shown_zone(booking.zone if booking else "UTC")
            told = say(state.problem, zone, now=self._now())
            step = NextStep.RETRY.value if state.problem.retryable else ""
            self.banner.tell(Tone.WARNING if state.problem.retryable else Tone.DANGER, told.text, step, closable=False)
        elif booking is not None and (words := trouble_words(booking)):
            self.banner.tell(Tone.WARNING, words, closable=False)
        elif booking is not None and (lost := self._lost_its_car(booking)) is not None:
            self.banner.tell(Tone.WARNING, car_lost_words(booking, lost), closable=False)
        else:
            self.banner.clear()

    def _lost_its_car(self, booking: Booking) -> LostCar | None:
        if self._carless is None or booking.state is not BookingState.CONFIRMED:
            return None
        *of, why = self._carless
        return why if of == [booking.id, booking.car_id] else None

    def _draw_actions(self, state: DetailState) -> None:
        panel = state.panel()
        acts = self.vm.may_act and state.booking is not None
        self.aftercare.draw(panel, online=self._online and not state.acting)
        self.aftercare.setVisible(self.aftercare.isVisibleTo(self) and acts)
        self.others.draw(state.booking if acts else None, online=self._online and not state.acting)
        self.papers.set_online(online=self._online and not state.acting)
        self.main.setVisible(acts and panel.stage is PanelStage.PAYING)
        self.main.setEnabled(panel.checkout_ready)
        self.second.setVisible(acts and panel.stage is PanelStage.PAYING)
        self.second.setEnabled(self._online and not state.acting)
        self.search.setVisible(acts and panel.stage is PanelStage.RELEASED)

    def _move_focus(self, state: DetailState, *, inside: bool) -> None:
        """To what is to be done next, when that has changed; never out of a page behind the panel.

        What was drawn may have disabled or hidden the focused part, and Qt then moves on to the page behind.
        """
        panel = state.panel()
        stage = (panel.stage, panel.checkout_ready)
        moved, self._stage = stage != self._stage, stage
        if inside and self.isVisible() and (moved or not self.has_the_focus):
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _paying(self) -> bool:
        return self.vm.state.panel().stage is PanelStage.PAYING

    def _first(self) -> QWidget:
        """What is most likely wanted; the panel itself while nothing can be pressed."""
        care = self.aftercare
        pressable = (self.main, care.again, care.hand_over, care.returned, self.number.button)
        return next((each for each in pressable if each.isEnabled() and each.isVisibleTo(self)), self)

    def _search_again(self) -> None:
        if self.vm.state.booking is not None:
            booking = self.vm.state.booking
            self.close_panel()
            self.search_wanted.emit(booking)

    def _show_renter(self) -> None:
        if self.vm.state.renter is not None:
            self.renter_wanted.emit(self.vm.state.renter.id)

    async def _give_up(self) -> None:
        asked = self.vm.state.booking
        if asked is None:
            return
        shown = self.vm.state.booking if await confirm(self.window(), to_give_up(asked, self._now())) else None
        if shown is not None and shown.id == asked.id:
            self.vm.give_up()

    def _fill_panel(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, 0)
        column.setSpacing(4 * GRID)
        skeleton, (paid, past) = self.skeleton, self._heads
        top = (
            self.banner,
            self.number,
            self.car,
            skeleton.car,
            self.facts,
            self._contact,
            self.status,
            skeleton.status,
        )
        end = (
            self.aftercare,
            self.others,
            skeleton.act,
            self.agreement,
            self.papers,
            paid,
            self.payments,
            skeleton.payments,
            past,
            self.past,
            skeleton.past,
        )
        for part in (*top, *end):
            column.addWidget(part)
        column.addStretch(1)
        self.set_content(content)
        self.foot.setSpacing(2 * GRID)
        self.foot.addWidget(self.second)
        self.foot.addWidget(self.search, 1)
        self.foot.addWidget(self.main, 1)

    def _fill_contact(self) -> None:
        """Where the renter is reached, under the facts."""
        column = QVBoxLayout(self._contact)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.phone, self.email):
            column.addWidget(part)
            part.copied.connect(lambda text: announce(self, tr("{text_} copied", text_=text)))
        column.addWidget(self.renter, 0, Qt.AlignmentFlag.AlignLeading)

    def _connect(self) -> None:
        self.aftercare.add(self.others.ask)
        self.renter.clicked.connect(self._show_renter)
        self.tasks.failed.connect(self.task_failed)
        self.papers.renter_wanted.connect(self.address_wanted)
        self.papers.set_up_wanted.connect(self.set_up_wanted)
        for part in (self.aftercare, self.others, self.papers):
            part.task_failed.connect(self.task_failed)
        self.status.countdown.ended.connect(self.vm.hold_ended)
        self.status.address.wanted.connect(self.vm.show_address)
        self.banner.acted.connect(self.vm.look_again)
        self.main.clicked.connect(self.vm.pay)
        self.second.clicked.connect(lambda: self.tasks.once("give up", self._give_up()))
        self.search.clicked.connect(self._search_again)
        self.number.copied.connect(lambda text: announce(self, tr("{text_} copied", text_=text)))
        self.closed.connect(self.vm.close)
        self.vm.changed.connect(self.draw)


def follow_booking(
    table: RecordTable,
    panel: Beside[BookingDetail],
    vm: DetailViewModel,
    key_of: Callable[[Any], object] | None = None,
) -> Follow:
    """Keep a list of bookings and their panel, which shows *vm*, at one; *key_of* where a row is no BookingRow."""

    def shown() -> object:
        booking = vm.state.booking
        return booking.id if booking is not None else None

    follow = Follow(table, sound_key(key_of or (lambda row: row.booking.id)), Shows(panel, shown))
    vm.changed.connect(follow.refresh)
    return follow


def _facts(booking: Booking, names: dict[BranchId, str], now: datetime) -> list[LabelledValue]:
    zone = shown_zone(booking.zone)
    pick_up, drop_off = (names.get(at, "") for at in (booking.branch_id, booking.return_branch_id))
    return [
        LabelledValue(tr("Pick-up"), branch_time(booking.period.starts_at, zone, now=now)),
        LabelledValue(tr("Return"), branch_time(booking.period.ends_at, zone, now=now)),
        LabelledValue(tr("Branch"), pick_up),
        *([LabelledValue(tr("Returned at"), drop_off)] if drop_off != pick_up else []),
        LabelledValue(tr("Renter"), booking.renter_name),
        LabelledValue(tr("Booked"), f"{branch_time(booking.created_at, zone, now=now)}{by_words(booking.booked_by)}"),
        *quoted(booking.quote),
    ]
