"""*Today*: what is to be done at the branch, by urgency, with one step a line.

API: TodayPage(context, vm, now, host): opened(Booking), changed(Booking); hand_over(), take_back(), set_online(online).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.commands import Command
from desktop.dialogs import Question, confirm
from desktop.models.slices import SlicesModel
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.booking.one_booking import Change
from desktop.viewmodels.booking.today import TodayState, TodayViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.booking.today_row import DayLine, lines_of
from desktop.views.booking.today_table import TodayTable, columns
from desktop.views.parts.area import Page
from desktop.views.parts.booking_questions import to_hand_over, to_take_back
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox, damage_of
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.parts.waiting import Waiting
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import branch_name, clock_time, counted
from desktop.words.messages import say
from engine.domain.booking.booking import Booking
from engine.domain.booking.handing_over import EARLY
from engine.domain.booking.states import BookingState
from engine.domain.booking.today import MOST_LINES, Section, Today
from engine.domain.firm.events import BookingChanged, Fact
from engine.domain.shared.errors import DriveSphereError
from engine.domain.shared.zones import shown_zone
from engine.words.tr import tr

_TITLE = tr("Today")
_SKELETON = 12
_EVERY = len(Section) * (MOST_LINES + 1)


class TodayPage(Page):
    """Signals: ``opened`` carries the Booking of a line, ``changed`` one that this desk handed over or took back."""

    opened = Signal(object)
    changed = Signal(object)

    def __init__(self, context: ViewContext, vm: TodayViewModel, now: Callable[[], datetime], host: QWidget) -> None:
        """*host* is where a refusal slides in."""
        super().__init__()
        self.vm, self._now, self._online = vm, now, True
        self._filled = False
        self._keys: list[str] = []
        self.tasks = TaskScope(self)
        self.model: SlicesModel[DayLine] = SlicesModel(columns(), lambda _ticket: None, _EVERY)
        self.table = TodayTable(context, self.model)
        self.content = Content(context, self.table)
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.toast, self.damage = Toast(context.theme, host), DamageBox(self)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda _state: self._filled,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.content, 1)
        self._connect()

    def focus_first(self) -> None:
        self.content.take_focus()

    def reload(self) -> None:
        self.vm.load()

    def come_back(self) -> None:
        """What was done since stands in its place no more."""
        self.vm.load()

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, BookingChanged):
            self.vm.took(fact.booking)

    def stop(self) -> None:
        self.tasks.stop("step")
        self.damage.stop()

    def set_online(self, *, online: bool) -> None:
        """Offline the list can be read, and no step be taken."""
        self._online = self.table.steps = online
        self.table.viewport().update()

    @property
    def booking(self) -> Booking | None:
        """Of the chosen line."""
        return self.table.line.sound if self.table.line is not None else None

    def may_hand_over(self) -> bool:
        booking, now = self.booking, self._now()
        if booking is None or not self._online or booking.state is not BookingState.CONFIRMED:
            return False
        return booking.period.starts_at - EARLY <= now < booking.period.ends_at

    def may_take_back(self) -> bool:
        return self._online and self.booking is not None and self.booking.state is BookingState.OUT

    def hand_over(self) -> None:
        if self.booking is not None and self.may_hand_over():
            question = to_hand_over(self.booking, self._now())
            self.tasks.once("step", self._agree(self.booking, question, Change.HAND_OVER))

    def take_back(self) -> None:
        if self.booking is not None and self.may_take_back():
            question = to_take_back(self.booking, self._now())
            self.tasks.once("step", self._agree(self.booking, question, Change.RETURNED))

    async def _agree(self, booking: Booking, question: Question, change: Change) -> None:
        if await confirm(self.window(), question):
            self.vm.change(booking, change)

    def _put_up_skeleton(self) -> None:
        self._filled, self._keys = False, []
        self.table.clearSpans()
        self.model.reset(_SKELETON)
        self.table.dress_heads()
        self.header.say(_TITLE, tr("Loading"))
        self.content.show_rows()

    def _fill(self, state: TodayState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            self._fail(state.problem, state.today)
        elif state.today is not None:
            self._put(state.today)

    def _fail(self, problem: DriveSphereError, today: Today | None) -> None:
        if self._filled and today is not None:
            at = clock_time(today.at, shown_zone(today.branch.zone))
            self.content.tell_stale(tr("{problem} What you see is as of {at}.", problem=say(problem).text, at=at))
        else:
            self.header.say(_TITLE, " ")
            self.content.show_problem(problem, tr("The list did not come"))

    def _put(self, today: Today) -> None:
        lines = lines_of(today, self._now())
        self._filled = True
        at = clock_time(today.at, shown_zone(today.branch.zone))
        todo = counted("{count} line", "{count} lines", sum(each.total for each in today.sections))
        self.header.say(
            _TITLE, tr("{branch} · {todo} · as of {at}", branch=branch_name(today.branch), todo=todo, at=at)
        )
        if not lines:
            self._keys = []
            self.model.reset(0)
            self.content.show_empty(Icon.CALENDAR, tr("No one is due today."), tr("What is booked comes up here."), "")
            return
        keys = [line.key for line in lines]
        if keys == self._keys:
            self._renew(lines)
        else:
            self._replace(lines, keys)
        self.content.show_rows()

    def _renew(self, lines: list[DayLine]) -> None:
        """The same lines with other words: each in its place."""
        for at, line in enumerate(lines):
            if self.model.row_at(at) != line:
                self.model.replace_row(at, line)

    def _replace(self, lines: list[DayLine], keys: list[str]) -> None:
        """Other lines: the chosen one stays so, or else what stands where it stood."""
        chosen, row = self.table.line, self.table.currentIndex().row()
        scrolled = self.table.verticalScrollBar().value()
        self._keys = keys
        self.model.reset(len(lines))
        self.model.put_slice(self.model.ticket(0), lines)
        self.table.dress_heads()
        known = chosen is not None and chosen.key in keys
        wanted = keys.index(chosen.key) if chosen is not None and known else min(max(row, 1), len(lines) - 1)
        self.table.setCurrentIndex(self.model.index(wanted, 0))
        self.table.verticalScrollBar().setValue(scrolled)

    def _open(self, line: DayLine) -> None:
        if (damaged := damage_of(line)) is not None:
            self.damage.tell(damaged)
        elif line.sound is not None:
            self.opened.emit(line.sound)

    def _leave_head(self, now: QModelIndex, before: QModelIndex) -> None:
        """Nothing is chosen on the head of a section: whoever comes to one goes on, or back where nothing follows."""
        if now.isValid() and self.table.line is None and self._keys:
            self.table.walk(-1 if before.row() > now.row() else 1)

    def _done(self, booking: Booking) -> None:
        words = tr("{plate}: {standing}", plate=booking.plate, standing=STANDINGS[booking.standing])
        announce(self, words)
        self.changed.emit(booking)

    def _connect(self) -> None:
        self.table.chosen.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._leave_head)
        self.content.retried.connect(self.vm.load)
        self.content.stepped.connect(self.vm.load)
        self.tasks.failed.connect(self.task_failed)
        self.damage.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self.loading.draw)
        self.vm.refused.connect(lambda problem: self.toast.tell(say(problem).text))
        self.vm.done.connect(self._done)


def key_of_line(line: DayLine) -> object:
    """Which booking a line shows; None for the head of a section."""
    return line.booking.id if line.booking is not None else None


def today_commands(
    here: Callable[[], bool],
    on: Callable[[Callable[[TodayPage], object]], Callable[[], None]],
    page: Callable[[], TodayPage | None],
) -> tuple[Command, ...]:
    """The steps by key: *here* is whether the page is looked at, *on* goes to it and acts."""

    def may(asked: Callable[[TodayPage], bool]) -> Callable[[], bool]:
        def answer() -> bool:
            there = page()
            return there is not None and here() and asked(there)

        return answer

    out, back, group = may(TodayPage.may_hand_over), may(TodayPage.may_take_back), _TITLE
    return (
        Command("today.hand_over", tr("Hand over …"), on(TodayPage.hand_over), "F2", out, group, here),
        Command("today.take_back", tr("Take the car back …"), on(TodayPage.take_back), "F6", back, group, here),
    )
