"""*Today*: what is to be done at the branch, by urgency, with one step a line.

API: TodayPage(context, vm, now, host): opened(Booking), changed(Booking), new_wanted; hand_over(), take_back(),
set_online(online).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import cast

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.slices import SlicesModel
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, Tone
from desktop.viewmodels.booking.one_booking import Change
from desktop.viewmodels.booking.today import TodayState, TodayViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.agreement.at_counter import KnownBefore, ask_car_back, ask_hand_over
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox, damage_of
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.parts.waiting import Waiting
from desktop.views.today.day_printing import DayPrinting
from desktop.views.today.filters import TodayFilters
from desktop.views.today.line import HAND_OVER, TAKE_BACK, DayLine, facts_of, heads_only, lines_of
from desktop.views.today.table import TodayTable, columns
from desktop.widgets.button import Button
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.widgets.loading.painted import Painted
from desktop.words.booking_words import STANDINGS
from desktop.words.figures import clock_time
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
#: Lines of each section before the day is there.
_SKELETON = (1, 4, 4, 1, 1)
_EVERY = len(Section) * (MOST_LINES + 1)
#: How often the words are told anew: every second while a hold counts down.
_TICK_MS, _HOLD_TICK_MS = 15_000, 1_000
#: So long a line that changed elsewhere wears an edge.
_FRESH_MS = 5_000


class TodayPage(Page):
    """Signals: ``opened`` carries the Booking of a line, ``changed`` one that this desk handed over or took back.

    ``money_wanted`` carries one that money is open for; ``new_wanted`` and ``walk_in_wanted`` come where a booking is
    to be made, ``painted`` after the day, or that nothing is to be done, came to the screen.
    """

    opened = Signal(object)
    changed = Signal(object)
    money_wanted = Signal(object)
    new_wanted = Signal()
    walk_in_wanted = Signal()
    painted = Signal()

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
        self.new = Button(context.theme, tr("New booking"), icon=Icon.ADD)
        self.walk_in = Button(context.theme, tr("Walk-in W"), icon=Icon.WALK_IN)
        self.filters = TodayFilters(context.theme)
        self._on_screen = Painted(self, self.table.viewport(), self.content.empty)
        self._tick, self._fade = QTimer(self), QTimer(self, interval=_FRESH_MS, singleShot=True)
        self.toast, self.damage = Toast(context.theme, host), DamageBox(self)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda state: self._filled and state.today is not None,
        )
        self.printing = DayPrinting(context, vm, self)
        for action in (self.printing.button, self.walk_in, self.new):
            self.header.add_action(action)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.filters)
        column.addWidget(self.content, 1)
        self._connect()

    def focus_first(self) -> None:
        self.content.take_focus()

    def start(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def come_back(self) -> None:
        """What was done since stands in its place no more."""
        self.vm.load()

    def focus_search(self) -> bool:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()
        return True

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, BookingChanged):
            self._mark(fact.booking)
            self.vm.took(fact.booking)

    def stop(self) -> None:
        self._tick.stop()
        self._fade.stop()
        self.tasks.stop("step")
        self.damage.stop()
        self.printing.stop()

    def set_online(self, *, online: bool) -> None:
        """Offline the list can be read, and no step be taken."""
        self._online = self.table.steps = self.printing.online = online
        self.table.viewport().update()

    @property
    def booking(self) -> Booking | None:
        """Of the chosen line."""
        return self.table.line.sound if self.table.line is not None else None

    def may_hand_over(self) -> bool:
        return self._online and self.booking is not None and _due(self.booking, self._now())

    def may_take_back(self) -> bool:
        return self._online and self.booking is not None and self.booking.state is BookingState.OUT

    def hand_over(self) -> None:
        if self.booking is not None and self.may_hand_over():
            self.tasks.once("step", self._hand_over(self.booking))

    def take_back(self) -> None:
        if self.booking is not None and self.may_take_back():
            self.tasks.once("step", self._take_back(self.booking))

    def may_take_money(self) -> bool:
        today = self.vm.state.today
        return self._online and self.booking is not None and today is not None and today.open(self.booking).minor > 0

    def take_money(self) -> None:
        if self.booking is not None and self.may_take_money():
            self.money_wanted.emit(self.booking)

    def print_day(self) -> None:
        self.printing.print_day()

    async def _hand_over(self, booking: Booking) -> None:
        """What its instruments show is the yes."""
        before = await self.vm.read_before(booking)
        found = await self.vm.check(booking) if before is not None else None
        if before is None or found is None:
            return
        marks = await self.vm.marks_of(booking)
        given = await ask_hand_over(self.window(), booking, before, found, self._now(), marks=marks)
        if given is not None:
            self.vm.change(booking, Change.HAND_OVER, *given)

    async def _take_back(self, booking: Booking) -> None:
        """The same, and what it costs."""
        before = await self.vm.read_before(booking)
        if before is None:
            return
        known = KnownBefore(before, await self.vm.agreement_of(booking), marks=await self.vm.marks_of(booking))
        given = await ask_car_back(self.window(), booking, known, self._now(), self.vm.account)
        if given is not None:
            self.vm.change(booking, Change.RETURNED, *given)

    def _mark(self, booking: Booking) -> None:
        """A line that is changed elsewhere wears an edge until nothing more came for a moment."""
        line = self.model.row_at(self._keys.index(booking.id)) if booking.id in self._keys else None
        if line is not None and line.sound is not None and line.sound.version < booking.version:
            self.table.fresh |= {booking.id}
            self._fade.start()

    def _unmark(self) -> None:
        self.table.fresh = frozenset()
        self.table.viewport().update()

    def _put_up_skeleton(self) -> None:
        """The names of the sections stand; what is not known yet is bones."""
        self._filled, self._keys = False, []
        rows: list[DayLine | None] = []
        for head, count in zip(heads_only(), _SKELETON, strict=True):
            rows += [head, *[None] * count]
        self.table.clearSpans()
        self.model.reset(len(rows))
        # The model's word for a row that is not there yet.
        self.model.put_slice(self.model.ticket(0), cast("list[DayLine]", rows))
        self.table.dress_heads()
        self.filters.setEnabled(True)
        self.filters.forget()
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
            self.filters.setEnabled(False)
            self.content.show_problem(problem, tr("The list did not come"))

    def _put(self, today: Today) -> None:
        self._filled = True
        self._on_screen.expect()
        self.header.say(_TITLE, facts_of(today))
        self.filters.setEnabled(True)
        self.filters.count(today)
        lines = lines_of(today, self._now(), self.filters.wanted)
        if lines:
            self._show(lines)
            self.content.show_rows()
        else:
            self._keys = []
            self.model.reset(0)
            self._show_none(any(section.rows for section in today.sections))

    def _show_none(self, narrowed: bool) -> None:  # noqa: FBT001 -- which of two
        if narrowed:
            words = tr("There is nothing of that today."), tr("Try other words, or look at everything.")
            self.content.show_empty(Icon.SEARCH, *words, tr("Show all"))
        else:
            words = tr("No one is due today."), tr("What is booked comes up here.")
            self.content.show_empty(Icon.TODAY, *words, tr("New booking"))

    def _show(self, lines: list[DayLine]) -> None:
        keys = [line.key for line in lines]
        if keys == self._keys:
            self._renew(lines)
        else:
            self._replace(lines, keys)

    def _narrow(self) -> None:
        """Other lines of the same day are wanted."""
        if self._filled and self.vm.state.today is not None:
            self._put(self.vm.state.today)

    def _tell_time(self) -> None:
        """What is told of the time goes on; lines and their order stay until the day is asked for again."""
        today = self.vm.state.today
        if self._filled and today is not None and self._keys:
            lines = lines_of(today, self._now(), self.filters.wanted)
            if [line.key for line in lines] == self._keys:
                self._renew(lines)
            self._tick.setInterval(_HOLD_TICK_MS if _holds(lines) else _TICK_MS)
        self.vm.look_on()

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        elif any(section.rows for section in (self.vm.state.today.sections if self.vm.state.today else ())):
            self.filters.reset()
        else:
            self.new_wanted.emit()

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
        if chosen is not None and chosen.key in keys:
            wanted = keys.index(chosen.key)
        else:
            wanted = min(row, len(lines) - 1) if row > 0 else self._first(lines)
        self.table.setCurrentIndex(self.model.index(wanted, 0))
        self.table.verticalScrollBar().setValue(scrolled)

    def _first(self, lines: list[DayLine]) -> int:
        """The earliest line that can be done now: whose car is here, and the renter may have it."""
        now = self._now()
        for at, line in enumerate(lines):
            if line.sound is not None and line.now.tone is Tone.POSITIVE and _due(line.sound, now):
                return at
        return min(1, len(lines) - 1)

    def _open(self, line: DayLine) -> None:
        if (damaged := damage_of(line)) is not None:
            self.damage.tell(damaged)
        elif line.sound is not None:
            self.opened.emit(line.sound)

    def _take_step(self) -> None:
        """The next step of the chosen line was clicked."""
        line = self.table.line
        if line is None:
            return
        if line.step == HAND_OVER and self.may_hand_over():
            self.hand_over()
        elif line.step == TAKE_BACK and self.may_take_back():
            self.take_back()
        else:
            self._open(line)

    def _leave_head(self, now: QModelIndex, before: QModelIndex) -> None:
        """Nothing is chosen on the head of a section: whoever comes to one goes on, or back where nothing follows."""
        if now.isValid() and self.table.line is None and self._keys:
            self.table.walk(-1 if before.row() > now.row() else 1)
        else:
            self.vm.looked_at.emit()

    def _done(self, booking: Booking) -> None:
        words = tr("{plate}: {standing}", plate=booking.plate, standing=STANDINGS[booking.standing])
        announce(self, words)
        self.changed.emit(booking)

    def _connect(self) -> None:
        self.table.chosen.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._leave_head)
        self._on_screen.painted.connect(self.painted)
        self.content.retried.connect(self.vm.load)
        self.content.stepped.connect(self._stepped)
        self.new.clicked.connect(self.new_wanted)
        self.walk_in.clicked.connect(self.walk_in_wanted)
        self.filters.changed.connect(self._narrow)
        self.filters.search.stepped_down.connect(self.content.take_focus)
        self.table.pressed_step.connect(self._take_step)
        self._tick.timeout.connect(self._tell_time)
        self._fade.timeout.connect(self._unmark)
        self.tasks.failed.connect(self.task_failed)
        for part in (self.damage, self.printing):
            part.task_failed.connect(self.task_failed)
        self.vm.changed.connect(self.loading.draw)
        self.vm.refused.connect(lambda problem: self.toast.tell(say(problem).text))
        self.vm.done.connect(self._done)

    # Qt names below.

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start(_TICK_MS)
        self._tell_time()

    def hideEvent(self, event: QHideEvent) -> None:
        self._tick.stop()
        super().hideEvent(event)


def _due(booking: Booking, now: datetime) -> bool:
    """Whether the car may be handed over by now."""
    if booking.state is not BookingState.CONFIRMED:
        return False
    return booking.period.starts_at - EARLY <= now < booking.period.ends_at


def _holds(lines: list[DayLine]) -> bool:
    return any(line.sound is not None and line.sound.state is BookingState.HELD for line in lines)
