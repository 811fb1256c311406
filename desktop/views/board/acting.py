"""What a person does with the bars: taking them up, dropping them, handing over, taking back, and undoing.

API: BoardActing(page, view, acts, toast, now): move(), end(), undo(), hand_over(), take_back(), may_…(); told, stop().
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.dialogs import Amount, Question, confirm
from desktop.tasks import TaskScope
from desktop.viewmodels.board.acts import BoardActs
from desktop.viewmodels.booking.one_booking import Change
from desktop.views.agreement.at_counter import KnownBefore, ask_car_back, ask_hand_over
from desktop.views.board.lifting import Lift
from desktop.views.board.lifting_view import LiftingView
from desktop.views.board.plan_words import lift_told, why_words
from desktop.widgets.frame.toast import Toast
from desktop.words.agreement_words import end_words
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import amount, day_time
from desktop.words.messages import say
from engine.domain.agreement.extending import NewEnd
from engine.domain.booking.board import Bar
from engine.domain.booking.board_plan import Plan, PlanKind, WhyNot
from engine.domain.booking.booking import Booking
from engine.domain.booking.handing_over import EARLY
from engine.domain.booking.states import BookingState
from engine.domain.shared.errors import DriveSphereError
from engine.words.tr import tr

_REST_S = 0.15


class BoardActing(QObject):
    """Signals: ``changed`` carries a Booking that this desk changed; ``book_wanted`` row, pick-up and return.

    ``said`` when there is something else to say of what is taken up.
    """

    changed = Signal(object)
    book_wanted = Signal(object, object, object)
    said = Signal()
    task_failed = Signal(object)

    def __init__(
        self, page: QWidget, view: LiftingView, acts: BoardActs, toast: Toast, now: Callable[[], datetime]
    ) -> None:
        super().__init__(page)
        self._page, self._view, self.acts, self.toast, self._now = page, view, acts, toast, now
        self.online = True
        self._quoted: NewEnd | None = None
        self.tasks = TaskScope(self)
        view.lifted.connect(self._look)
        view.dropped.connect(self._dropped)
        acts.done.connect(self._done)
        acts.refused.connect(self._refused)
        toast.acted.connect(self.undo)
        self.tasks.failed.connect(self.task_failed)

    def stop(self) -> None:
        for name in ("act", "quote"):
            self.tasks.stop(name)

    @property
    def _bar(self) -> Bar | None:
        return self._view.bar if self.online else None

    def _state(self) -> BookingState | None:
        bar = self._bar
        return bar.booking.state if bar is not None and bar.booking is not None else None

    def may_move(self) -> bool:
        return self.acts.may_move and self._state() is BookingState.CONFIRMED

    def may_end(self) -> bool:
        return self.acts.at_counter and self._state() is BookingState.OUT

    def may_take_back(self) -> bool:
        return self.may_end()

    def may_hand_over(self) -> bool:
        bar, now = self._bar, self._now()
        if bar is None or bar.booking is None or bar.booking.state is not BookingState.CONFIRMED:
            return False
        return self.acts.at_counter and bar.booking.starts_at - EARLY <= now < bar.taken.ends_at

    def may_undo(self) -> bool:
        return self.online and self.acts.moved is not None

    def move(self) -> None:
        if self.may_move():
            self._view.begin_move()

    def end(self) -> None:
        if self.may_end():
            self._view.begin_end()

    def undo(self) -> None:
        """The last move is taken back, or somebody who has the car by now is named."""
        if self.may_undo():
            self.acts.undo()

    def hand_over(self) -> None:
        if self._bar is not None and self.may_hand_over():
            self.tasks.once("act", self._hand_over(self._bar))

    def take_back(self) -> None:
        if self._bar is not None and self.may_take_back():
            self.tasks.once("act", self._take_back(self._bar))

    @property
    def told(self) -> tuple[str, str, tuple[tuple[str, str], ...]] | None:
        """Of what is taken up; None while nothing is."""
        plan, words = self._view.plan, self._view.table.words
        if plan is None or words is None:
            return None
        quoted = self._quoted
        fits = quoted is not None and quoted.booking.period.ends_at == plan.bar.taken.ends_at
        return lift_told(plan, words, quoted if fits else None)

    def _look(self) -> None:
        """What another end costs is asked once the hand rests."""
        plan = self._view.plan
        if plan is not None and plan.kind is PlanKind.END and plan.possible:
            self.tasks.latest("quote", self._quote(plan))
        else:
            self.tasks.stop("quote")
        self.said.emit()

    async def _quote(self, plan: Plan) -> None:
        await asyncio.sleep(_REST_S)
        if plan.bar.booking_id is not None:
            self._quoted = await self.acts.quote_end(plan.bar.booking_id, plan.bar.taken.ends_at)
            self.said.emit()

    def _dropped(self, plan: Plan, lift: Lift) -> None:
        """What was shown is what is written; what cannot be is refused by name."""
        words = self._view.table.words
        if plan.why is WhyNot.SAME or words is None:
            self._view.put_back()
        elif plan.why is not None:
            self.toast.tell(why_words(plan, words))
            if self._view.by_mouse:
                self._view.put_back()
        elif plan.kind is PlanKind.NEW:
            self._view.put_back()
            self.book_wanted.emit(plan.row, plan.bar.taken.starts_at, plan.bar.taken.ends_at)
        else:
            self.tasks.once("act", self._move(plan, lift) if plan.kind is PlanKind.MOVE else self._end(plan, lift))

    async def _move(self, plan: Plan, lift: Lift) -> None:
        """Times and price stay; where the money goes to another owner, that is asked about."""
        booking = lift.bar.booking
        if plan.bar.booking_id is None or booking is None:
            return
        source = next((line.car for line in self._view.table.lines if line.key == lift.key), None)
        if source is not None and source.owner_id != plan.row.owner_id and not await self._agreed(_to_move(plan)):
            return
        if self._view.lift == lift:
            self.acts.move(plan.bar.booking_id, plan.row.car_id, seen=booking.version)

    async def _end(self, plan: Plan, lift: Lift) -> None:
        booking, ends_at, number = lift.bar.booking, plan.bar.taken.ends_at, plan.bar.booking_id
        if number is None or booking is None:
            return
        quoted = await self.acts.quote_end(number, ends_at)
        if quoted is None or (quoted.costs.minor and not await self._agreed(self._to_end(plan, quoted))):
            return
        if self._view.lift == lift:
            self.acts.end(number, ends_at, seen=booking.version)

    async def _agreed(self, question: Question) -> bool:
        """A no puts it back."""
        yes = await confirm(self._page.window(), question)
        if not yes:
            self._view.put_back()
        return yes

    def _to_end(self, plan: Plan, quoted: NewEnd) -> Question:
        words = self._view.table.words
        at = "" if words is None else day_time(plan.bar.taken.ends_at, words.zone, now=words.now)
        name = "" if words is None else words.name(plan.bar)
        more = quoted.costs.minor > 0
        total = amount(quoted.costs if more else -quoted.costs)
        costs = end_words(quoted.by, quoted.costs)
        return Question(
            tr("End this rental at another time?"),
            tr("{name} has {plate} until {at} then: {costs}.", name=name, plate=plan.row.plate, at=at, costs=costs),
            tr("Agree on {total} more", total=total) if more else tr("Agree on {total} less", total=total),
            tr("Put it back"),
            amounts=(
                Amount(tr("So far"), amount(quoted.agreement.total - quoted.costs)),
                Amount(tr("From now on"), amount(quoted.agreement.total), strong=True),
            ),
        )

    async def _hand_over(self, bar: Bar) -> None:
        """What its instruments show is the yes."""
        booking = await self._booking(bar)
        before = await self.acts.read_before(booking.id) if booking is not None else None
        found = await self.acts.check(booking.id) if booking is not None and before is not None else None
        if booking is None or before is None or found is None:
            return
        marks = await self.acts.marks_of(booking.car_id)
        given = await ask_hand_over(self._page.window(), booking, before, found, self._now(), marks=marks)
        if given is not None:
            self.acts.change(booking.id, Change.HAND_OVER, *given)

    async def _take_back(self, bar: Bar) -> None:
        booking = await self._booking(bar)
        before = await self.acts.read_before(booking.id) if booking is not None else None
        if booking is None or before is None:
            return
        agreement, marks = await self.acts.agreement(booking.id), await self.acts.marks_of(booking.car_id)
        known = KnownBefore(before, agreement, marks=marks)
        given = await ask_car_back(self._page.window(), booking, known, self._now(), self.acts.account)
        if given is not None:
            self.acts.change(booking.id, Change.RETURNED, *given)

    async def _booking(self, bar: Bar) -> Booking | None:
        return await self.acts.booking(bar.booking_id) if bar.booking_id is not None else None

    def _done(self, booking: Booking) -> None:
        self._view.put_back()
        if self.acts.moved is booking:
            words = tr("{name} has {plate} now.", name=booking.renter_name, plate=booking.plate)
            self.toast.tell(words, tr("Undo Z"))
        else:
            self.toast.tell(tr("{plate}: {standing}", plate=booking.plate, standing=STANDINGS[booking.standing]))
        self.changed.emit(booking)

    def _refused(self, problem: DriveSphereError) -> None:
        """Nothing was changed; what is taken up stays so, and is judged anew by what the rows say by then."""
        words = self._view.table.words
        told = say(problem) if words is None else say(problem, words.zone, now=self._now())
        self.toast.tell(told.text)
        self.said.emit()


def _to_move(plan: Plan) -> Question:
    booking = plan.bar.booking
    name, price = ("", "") if booking is None else (booking.renter, amount(booking.price))
    return Question(
        tr("Move this booking to another owner's car?"),
        tr(
            "{name} gets {plate}. From now on the owner of that car earns with this booking.",
            name=name,
            plate=plan.row.plate,
        ),
        tr("Move to {plate}", plate=plan.row.plate),
        tr("Put it back"),
        amounts=(Amount(tr("Price, as sold"), price, strong=True),),
    )
