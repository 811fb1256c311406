"""The booking panel: from a free car to a paid booking, one thing to do at a time."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.dialogs import Question, confirm
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.booking.booking import PanelStage, PanelState
from desktop.viewmodels.walk_in.state import WalkIn
from desktop.views.booking.aftercare import Aftercare
from desktop.views.booking.payment_status import PaymentStatus
from desktop.views.booking.renter_picker import RenterPicker
from desktop.views.parts.booking_questions import to_give_up
from desktop.views.parts.car_head import CarHead
from desktop.views.parts.form_panel import FormPanel
from desktop.views.parts.price_lines import elsewhere_words, quoted, times
from desktop.views.parts.view_context import ViewContext, Workspace, announce
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.banner import Banner
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.words.messages import NO_KEY, NextStep, branch_name, email_refused, say
from engine.domain.booking.booking import Booking
from engine.domain.car.car import Branch
from engine.domain.car.catalogue import Offer
from engine.domain.car.handing_over import ClosedThen, at_the_opening
from engine.domain.money.tender import Tender
from engine.domain.people.people import Deed, Renter
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_TITLES = {
    PanelStage.CONFIRMED: tr("Booked"),
    PanelStage.OUT: tr("Booking"),
    PanelStage.RELEASED: tr("Not booked"),
    PanelStage.OVER: tr("Booking"),
}


class BookingPanel(FormPanel):
    """Signals: ``similar_wanted`` carries the Car that was taken; ``search_wanted`` a Booking that came to nothing.

    ``times_wanted`` carries the RentalPeriod from when the branch opens.
    """

    similar_wanted = Signal(object)
    search_wanted = Signal(object)
    times_wanted = Signal(object)

    def __init__(self, context: ViewContext, workspace: Workspace, host: QWidget) -> None:
        super().__init__(context.theme, host, tr("Book this car"))
        self._workspace, self.vm = workspace, workspace.panel
        self.tasks = TaskScope(self)
        self._online = True
        # How money is taken as soon as there is a booking, if at once.
        self._takes_next: Tender | None = None
        self._stage: tuple[PanelStage, bool, bool] = (PanelStage.RENTER, False, False)
        self.banner = Banner(context.theme)
        self.car = CarHead(context.theme)
        self.facts = FieldList(context.theme, context.shimmer)
        self._own = workspace.actor.renter is not None
        self.renters = RenterPicker(context.theme, own=self._own)
        self.status = PaymentStatus(context.theme, demo=workspace.demo)
        at_counter = workspace.actor.may(Deed.HAND_OVER)
        self._at_counter = at_counter
        self.aftercare = Aftercare(context.theme, self.vm, workspace.now, at_counter=at_counter)
        self.main = Button(context.theme, tr("Book"), ButtonKind.PRIMARY)
        self.second = Button(context.theme, tr("Give up"))
        self.tasks.failed.connect(self.task_failed)
        self.aftercare.task_failed.connect(self.task_failed)
        self._fill_panel()
        self.renters.searched.connect(self.vm.find_renter)
        self.renters.chosen.connect(self.vm.choose)
        self.renters.added.connect(self.vm.add_renter)
        self.renters.mended.connect(self.vm.mend_renter)
        self.status.countdown.ended.connect(self.vm.hold_ended)
        self.status.address.wanted.connect(self.vm.show_address)
        self.banner.acted.connect(self._help)
        self.main.clicked.connect(self._do_main)
        self.second.clicked.connect(self._do_second)
        self.closed.connect(self._left)
        self.vm.changed.connect(self.draw)
        self.draw(self.vm.state)

    def open_offer(self, offer: Offer, period: RentalPeriod, branch: Branch) -> None:
        self._takes_next = None
        self.renters.begin(branch.country)
        self.vm.start(offer, period, branch)
        self.draw(self.vm.state)
        self.open(self.main if self._own else self.renters.field)

    def open_walk_in(self, walk_in: WalkIn) -> None:
        """Book what was typed in one line; somebody new is filled in first."""
        self.open_offer(walk_in.offer, walk_in.period, walk_in.branch)
        if walk_in.renter is None:
            self.renters.begin_new(walk_in.name)
            return
        self._takes_next = walk_in.pays if walk_in.takes_now else None
        self.vm.choose(walk_in.renter)
        self.vm.book(Tender.CHECKOUT if walk_in.pays is Tender.CHECKOUT else Tender.COUNTER)

    def open_booking(self, booking: Booking, branch: Branch | None) -> None:
        self.renters.begin()
        self.vm.resume(booking, branch)
        self.open(self.main if self.main.isEnabled() and not self.main.isHidden() else None)

    def stop(self) -> None:
        """The session ends."""
        self.tasks.stop("give up")
        self.aftercare.stop()
        self.status.stop()
        super().stop()

    def unsaved(self) -> Question | None:
        """A renter who is half filled in; see ``Told.unsaved``."""
        return self.renters.unsaved() if self.is_open and self.vm.state.stage is PanelStage.RENTER else None

    def forget_form(self) -> None:
        self.renters.begin(self.renters.country)

    def set_online(self, *, online: bool) -> None:
        self._online = online
        self._draw_foot(self.vm.state)

    def may_book(self) -> bool:
        state = self.vm.state
        return self.isVisible() and state.stage is PanelStage.RENTER and state.may_book and self._online

    def may_reserve(self) -> bool:
        return self._at_counter and self.may_book()

    def may_pay(self) -> bool:
        return self.isVisible() and self.vm.state.stage is PanelStage.PAYING and self.vm.state.checkout_ready

    def book(self) -> None:
        self.vm.book()

    def reserve(self) -> None:
        """Promise the car to a renter who pays when it is handed over."""
        self.vm.book(Tender.COUNTER)

    def pay(self) -> None:
        self.vm.pay()

    def draw(self, state: PanelState) -> None:
        inside = self.has_the_focus
        self.set_title(
            _TITLES.get(state.stage, tr("Book this car") if state.booking is None else tr("Pay this booking"))
        )
        if state.offer is not None:
            self.car.show_car(state.offer.car)
        elif state.booking is not None:
            self.car.show_label(state.booking.car_label)
        self.facts.show_fields(_facts(state, self._workspace.now()))
        self.renters.draw(state)
        self.renters.setVisible(state.booking is None)
        news = self.status.draw(state, self.vm.hold_left_s())
        self._draw_problem(state)
        self._draw_foot(state)
        self._move_focus(state, inside=inside)
        if self._takes_next is not None and state.booking is not None:
            tender, self._takes_next = self._takes_next, None
            self.aftercare.take_money_for(state.booking.id, tender)
        if news and self.isVisible():
            announce(self, news)

    def _draw_problem(self, state: PanelState) -> None:
        if state.problem is None or self.renters.says(state.problem):
            before = [elsewhere_words(state.branch, self._workspace.actor), "" if self._workspace.pays else NO_KEY]
            if state.booking is None and any(before):
                self.banner.tell(Tone.WARNING, " ".join(filter(None, before)), closable=False)
            else:
                self.banner.clear()
            return
        told = say(state.problem, _zone(state), now=self._workspace.now())
        step = "" if told.step is NextStep.SIMILAR and state.offer is None else told.step.value
        self.banner.tell(Tone.WARNING if state.problem.retryable else Tone.DANGER, told.text, step, closable=False)

    def _draw_foot(self, state: PanelState) -> None:
        self.aftercare.draw(state, online=self._online)
        words = {
            PanelStage.RENTER: tr("Book"),
            PanelStage.HOLDING: tr("Holding the car …"),
            PanelStage.PAYING: tr("Pay in browser"),
            PanelStage.CONFIRMED: tr("Done"),
            PanelStage.OUT: tr("Done"),
            PanelStage.OVER: tr("Done"),
            PanelStage.RELEASED: tr("Book again") if state.offer else tr("Search again"),
        }
        self.main.setText(words.get(state.stage, ""))
        self.main.setVisible(state.stage in words)
        self.main.set_icon(Icon.OPEN_BROWSER if state.stage is PanelStage.PAYING else None)
        ready = {
            PanelStage.RENTER: state.may_book and self._online,
            PanelStage.HOLDING: False,
            PanelStage.PAYING: state.checkout_ready,
        }
        self.main.setEnabled(ready.get(state.stage, True))
        self.main.setToolTip("" if self._online else tr("There is no connection to the database."))
        choosing = state.stage is PanelStage.RENTER
        self.second.setText(tr("Pay at the counter") if choosing else tr("Give up"))
        self.second.setToolTip(tr("The car is promised now, and paid when it is handed over.") if choosing else "")
        self.second.setEnabled(not choosing or ready[PanelStage.RENTER])
        self.second.setVisible(state.stage is PanelStage.PAYING or (choosing and self._at_counter))

    def _move_focus(self, state: PanelState, *, inside: bool) -> None:
        """To what is to be done next, when that has changed; never out of a page behind the panel.

        What was drawn may have disabled or hidden the focused part, and Qt then moves on to the page behind; while
        there is nothing to press the panel itself keeps the focus.
        """
        stage = (state.stage, state.checkout_ready, state.renter is not None)
        moved, self._stage = stage != self._stage, stage
        if not inside or not self.isVisible():
            return
        if moved and self.main.isVisible() and self.main.isEnabled():
            self.main.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.has_the_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _do_main(self) -> None:
        state = self.vm.state
        if state.stage is PanelStage.RENTER:
            self.vm.book()
        elif state.stage is PanelStage.PAYING:
            self.vm.pay()
        elif state.stage is PanelStage.RELEASED:
            self._begin_again(state)
        else:
            self.close_panel()

    def _begin_again(self, state: PanelState) -> None:
        if state.offer is not None and state.period is not None and state.branch is not None:
            if state.renter is not None and not self._own and email_refused(state.problem):
                self._correct_email(state.offer, state.period, state.branch, state.renter)
                return
            self.open_offer(state.offer, state.period, state.branch)
            if state.renter is not None:
                self.vm.choose(state.renter)
        elif state.booking is not None:
            self.close_panel()
            self.search_wanted.emit(state.booking)

    def _correct_email(self, offer: Offer, period: RentalPeriod, branch: Branch, renter: Renter) -> None:
        """The same renter's form once more: with that address it would be refused again."""
        self.renters.correct(renter, branch.country)
        self.vm.start(offer, period, branch, InvalidText("email", "field.email_refused"))
        self.open(self.renters.form.fields["email"])

    def _help(self) -> None:
        """The button of the problem."""
        state = self.vm.state
        step = say(state.problem).step if state.problem is not None else NextStep.NONE
        if step is NextStep.SIMILAR and state.offer is not None:
            self.close_panel()
            self.similar_wanted.emit(state.offer.car)
        elif step is NextStep.OPENING and isinstance(state.problem, ClosedThen) and state.period is not None:
            self._take_opening(state.period, state.problem)
        elif step is NextStep.SEARCH_AGAIN:
            self.close_panel()
        elif state.stage is PanelStage.RENTER:
            self.vm.book()
        else:
            self.vm.hold_ended()

    def _take_opening(self, period: RentalPeriod, closed: ClosedThen) -> None:
        self.close_panel()
        if (moved := at_the_opening(period, closed)) is not None:
            self.times_wanted.emit(moved)

    def _do_second(self) -> None:
        if self.vm.state.stage is PanelStage.RENTER:
            self.reserve()
        else:
            self._ask_to_give_up()

    def _ask_to_give_up(self) -> None:
        self.tasks.once("give up", self._give_up())

    async def _give_up(self) -> None:
        asked, offer = self.vm.state.booking, self.vm.state.offer
        if asked is None:
            return
        question = to_give_up(asked, self._workspace.now(), offer.car if offer is not None else None)
        shown = self.vm.state.booking if await confirm(self.window(), question) else None
        if shown is not None and shown.id == asked.id:
            self.vm.give_up()

    def _left(self) -> None:
        # A payment under way is watched on: the list and the status bar tell how it ends.
        if self.vm.state.stage not in (PanelStage.PAYING, PanelStage.RELEASING):
            self.vm.close()

    def _fill_panel(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4 * GRID)
        for part in (self.banner, self.car, self.facts, self.renters, self.status, self.aftercare):
            column.addWidget(part)
        column.addStretch(1)
        self.set_content(content)
        self.foot.setSpacing(2 * GRID)
        self.foot.addWidget(self.second)
        self.foot.addWidget(self.main, 1)
        self.status.hide()


def _zone(state: PanelState) -> tzinfo:
    if state.booking is not None:
        return shown_zone(state.booking.zone)
    return state.branch.clock if state.branch is not None else UTC


def _facts(state: PanelState, now: datetime) -> list[LabelledValue]:
    fields = times(state.period, _zone(state), now)
    if state.branch is not None:
        fields.append(LabelledValue(tr("Branch"), branch_name(state.branch)))
    if state.booking is not None:
        fields.append(LabelledValue(tr("Renter"), state.booking.renter_name))
    quote = state.booking.quote if state.booking else state.offer.quote if state.offer else None
    return [*fields, *(quoted(quote) if quote is not None else ())]
