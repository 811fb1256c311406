"""The drawer of this desk: opened with a float, counted blind, closed; what moved in it, and the shifts before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.slices import SlicesModel
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.shift.shift import ShiftsState, ShiftViewModel
from desktop.views.firm.firm_page import section_head
from desktop.views.firm.firm_tables import put_rows, table_of
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox
from desktop.views.parts.forms_page import FormsPage
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.views.shift.shift_panels import AmountPanel, CountPanel, DifferencePanel, safe_panel
from desktop.views.shift.shift_tables import move_columns, shift_columns
from desktop.widgets.button import Button, ButtonKind
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.widgets.text import Text
from desktop.words.messages import branch_name, counted, day_time, say
from engine.domain.counter.shift import CashMoveKind, Shift, ShiftState
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

TITLE = tr("Shift")
_MOVES, _SHIFTS = 8, 5


class ShiftPage(FormsPage):
    def __init__(self, context: ViewContext, vm: ShiftViewModel, host: QWidget, now: Callable[[], datetime]) -> None:
        """*host* is where the forms slide in."""
        super().__init__()
        theme = context.theme
        self.vm, self._now, self._context = vm, now, context
        self._filled: ShiftsState | None = None
        self._zone: tzinfo = UTC
        self.header = PageHeader(theme, TITLE, " ")
        self.begin = Button(theme, tr("Open the drawer …"), ButtonKind.PRIMARY, Icon.MONEY)
        self.from_safe = Button(theme, tr("From the safe …"))
        self.to_safe = Button(theme, tr("To the safe …"))
        self.count = Button(theme, tr("Count and close …"), ButtonKind.PRIMARY, Icon.CHECK)
        self.explain = Button(theme, tr("Say why and close …"), ButtonKind.PRIMARY, Icon.CHECK)
        self.moves: SlicesModel[Any] = SlicesModel(move_columns(self._clock), lambda _ticket: None, 5000)
        self.past: SlicesModel[Any] = SlicesModel(shift_columns(self._clock, now), lambda _ticket: None, 1000)
        self.moves_table = table_of(context, self.moves, tr("What moved in the drawer"))
        self.damage = DamageBox(self)
        self.past_table = table_of(context, self.past, tr("Shifts"))
        self.open_panel = AmountPanel(theme, host, tr("Open the drawer"), tr("Open it"), tr("What lies in it, counted"))
        self.to_panel = safe_panel(theme, host, CashMoveKind.TO_SAFE)
        self.from_panel = safe_panel(theme, host, CashMoveKind.FROM_SAFE)
        self.count_panel = CountPanel(theme, host)
        self.differs = DifferencePanel(theme, host)
        self.toast = Toast(theme, host)
        self.none = Text(theme, " ", ink="muted", wrap=True)
        self.body = QWidget()
        self.content = Content(context, self.body)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda _state: self._filled is not None,
        )
        self._lay_out(context)
        self._connect()
        vm.load()

    @property
    def panels(self) -> tuple[AmountPanel | CountPanel | DifferencePanel, ...]:
        return self.open_panel, self.to_panel, self.from_panel, self.count_panel, self.differs

    def draw(self, state: ShiftsState) -> None:
        for panel in self.panels:
            panel.set_busy(busy=state.busy)
        self.loading.draw(state)

    def set_online(self, *, online: bool) -> None:
        """Without the database nothing is opened, moved or counted."""
        for button in self._steps:
            button.setEnabled(online)
            button.setToolTip("" if online else tr("There is no connection to the database."))

    @property
    def _steps(self) -> tuple[Button, ...]:
        return self.from_safe, self.to_safe, self.count, self.explain, self.begin

    def focus_first(self) -> None:
        first = next((each for each in (self.begin, self.explain, self.count) if not each.isHidden()), None)
        if self.content.shows_rows and first is not None:
            first.setFocus()
        elif self.content.shows_rows:
            self.past_table.setFocus()
        else:
            self.content.take_focus()

    def come_back(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def next_step(self) -> None:
        """Open the drawer, count it, or say why the count differs: whatever it is that comes next."""
        state, shift = self.vm.state, self.vm.state.now
        if state.branch is None or self._filled is None or not self.begin.isEnabled():
            return
        if shift is None:
            self.open_form(self.open_panel, lambda: self.open_panel.begin(state.currency))
        elif shift.state is ShiftState.COUNTED:
            self.open_form(self.differs, lambda: self.differs.begin(shift))
        else:
            country, currency = state.branch.country, shift.began_with.currency
            self.open_form(self.count_panel, lambda: self.count_panel.begin(currency, country))

    def _clock(self) -> tzinfo:
        return self._zone

    def _safe(self, panel: AmountPanel) -> None:
        shift = self.vm.state.now
        if shift is not None:
            self.open_form(panel, lambda: panel.begin(shift.began_with.currency))

    def _put_up_skeleton(self) -> None:
        self.moves.reset(_MOVES)
        self.past.reset(_SHIFTS)
        self._show_steps(None, known=False)
        self.content.show_rows()
        self.header.say(TITLE, tr("Loading"))

    def _fill(self, state: ShiftsState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            if self._filled is not None:
                self.content.tell_stale(
                    tr("{problem} What you see was loaded before.", problem=say(state.problem).text)
                )
            else:
                self.header.say(TITLE, " ")
                self.content.show_problem(state.problem, tr("The shifts did not come"))
            return
        if state.branch is None:
            self._show_steps(None, known=False)
            self.header.say(TITLE, " ")
            told = tr("A drawer belongs to a branch. An administrator says at which branch an account works.")
            self.content.show_empty(Icon.PLACE, tr("This account works at no branch"), told, tr("Load again"))
            return
        self._filled, shift, zone = state, state.now, state.branch.clock
        self._zone = zone
        put_rows(self.moves, self.moves_table, tuple(reversed(shift.moves)) if shift is not None else ())
        put_rows(self.past, self.past_table, state.shifts)
        self._show_steps(shift, known=True)
        self.header.say(TITLE, self._line(state, shift, zone))
        self.none.setText(_moved_words(shift))
        self.content.show_rows()

    def _line(self, state: ShiftsState, shift: Shift | None, zone: tzinfo) -> str:
        where = branch_name(state.branch) if state.branch is not None else ""
        if shift is None:
            return tr("{branch} · the drawer is closed; cash is taken once it is open", branch=where)
        since = day_time(shift.opened_at, zone, now=self._now())
        if shift.state is ShiftState.COUNTED:
            return tr("{branch} · counted, and the count differs: no cash is taken", branch=where)
        return tr("{branch} · drawer open since {since}, by {who}", branch=where, since=since, who=shift.opened_by)

    def _show_steps(self, shift: Shift | None, *, known: bool) -> None:
        is_open = shift is not None and shift.state is ShiftState.OPEN
        self.begin.setVisible(known and shift is None)
        self.explain.setVisible(shift is not None and shift.state is ShiftState.COUNTED)
        for button in (self.from_safe, self.to_safe, self.count):
            button.setVisible(is_open)

    def _done(self, told: str) -> None:
        self.ended(told)
        self.focus_first()

    def _differs(self, shift: Shift) -> None:
        self.count_panel.forget_form()
        self.count_panel.give_way()
        self.differs.begin(shift)

    def _lay_out(self, context: ViewContext) -> None:
        for button in self._steps:
            self.header.add_action(button)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(section_head(context, tr("In this shift"), self.none, None))
        column.addWidget(self.moves_table, 3)
        column.addSpacing(2 * GRID)
        column.addLayout(section_head(context, tr("Shifts"), Text(context.theme, " "), None))
        column.addWidget(self.past_table, 2)
        page = QVBoxLayout(self)
        page.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        page.setSpacing(3 * GRID)
        page.addWidget(self.header)
        page.addWidget(self.content, 1)

    def _connect(self) -> None:
        for button in (self.begin, self.count, self.explain):
            button.clicked.connect(self.next_step)
        self.past_table.chosen.connect(lambda row: self.damage.tell(row) if isinstance(row, Damaged) else None)
        self.damage.task_failed.connect(self.task_failed)
        self.to_safe.clicked.connect(lambda: self._safe(self.to_panel))
        self.from_safe.clicked.connect(lambda: self._safe(self.from_panel))
        for panel in self.panels:
            panel.task_failed.connect(self.task_failed)
        self.open_panel.wanted.connect(self.vm.open)
        self.to_panel.wanted.connect(lambda money: self.vm.move(CashMoveKind.TO_SAFE, money))
        self.from_panel.wanted.connect(lambda money: self.vm.move(CashMoveKind.FROM_SAFE, money))
        self.count_panel.wanted.connect(self.vm.count)
        self.differs.wanted.connect(self.vm.close)
        self.differs.again.connect(self.vm.count_again)
        self.content.retried.connect(self.vm.load)
        self.content.stepped.connect(self.vm.load)
        self.vm.changed.connect(self.draw)
        self.vm.done.connect(self._done)
        self.vm.counted.connect(self._differs)
        self.vm.refused.connect(self.refused)


def _moved_words(shift: Shift | None) -> str:
    """How many, and no sum: what should lie in the drawer is told after it was counted."""
    if shift is None:
        return tr("No shift is open.")
    return counted("{count} move of cash", "{count} moves of cash", len(shift.moves))
