"""Branches and settings: the rules over time, the branches with what depends on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.dialogs import confirm
from desktop.models.slices import SlicesModel
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, TypeSize
from desktop.viewmodels.firm.firm import FirmState, FirmViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.firm.branch_panel import BranchPanel
from desktop.views.firm.firm_tables import RuleRow, branch_columns, put_rows, rule_columns, rule_rows, table_of
from desktop.views.firm.rules_panel import RulesPanel, cancellation_line, fees_line, moment_line, rules_line
from desktop.views.parts import admin_questions as questions
from desktop.views.parts.content import Content
from desktop.views.parts.damage import DamageBox, sound_key
from desktop.views.parts.forms_page import FormsPage
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.widgets.table.record_table import ROW_HEIGHT
from desktop.widgets.text import Text
from desktop.words.messages import branch_name, counted, say
from engine.domain.car.branches import BranchLine
from engine.domain.car.car import Branch
from engine.domain.firm.settings import FirmSettings
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_TITLE = tr("Branches and settings")
_RULE_ROWS, _BRANCH_ROWS = 4, 6
#: What the longest standing needs, so that nothing moves once the rules come.
_STANDING_PX = 24 * GRID


class FirmPage(FormsPage):
    def __init__(self, context: ViewContext, vm: FirmViewModel, host: QWidget) -> None:
        """*host* is where the forms slide in."""
        super().__init__()
        self.vm = vm
        # Nobody's child: a question that is cancelled as the session ends outlives the page by a moment.
        self.tasks = TaskScope()
        self.tasks.failed.connect(self.task_failed)
        self._filled: FirmState | None = None
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.rules: SlicesModel[Any] = SlicesModel(rule_columns(), lambda _ticket: None, 1000)
        self.branches: SlicesModel[Any] = SlicesModel(branch_columns(), lambda _ticket: None, 1000)
        self.rules_table = table_of(context, self.rules, tr("Rules over time"))
        self.branches_table = table_of(context, self.branches, tr("Branches"))
        self.rules_table.skeleton_need = {0: _STANDING_PX}
        self.rules_table.setFixedHeight((_RULE_ROWS + 1) * ROW_HEIGHT)
        self.change = Button(context.theme, tr("Change the rules …"), icon=Icon.SETTINGS)
        self.add = Button(context.theme, tr("Add a branch …"), icon=Icon.ADD)
        self.now_line = Text(context.theme, " ", ink="muted")
        self.rules_panel = RulesPanel(context.theme, host, vm.now)
        self.branch_panel = BranchPanel(context.theme, host, vm.now)
        self.toast = Toast(context.theme, host)
        self.damage = DamageBox(self)
        self.body = QWidget()
        self.content = Content(context, self.body)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda _state: self._filled is not None and self._filled.firm is not None,
        )
        self._lay_out(context)
        self._connect()
        vm.load()

    @property
    def panels(self) -> tuple[RulesPanel, BranchPanel]:
        return self.rules_panel, self.branch_panel

    def draw(self, state: FirmState) -> None:
        for panel in self.panels:
            panel.set_busy(busy=state.busy)
        self.loading.draw(state)

    def focus_first(self) -> None:
        if self.content.shows_rows:
            self.branches_table.setFocus()
        else:
            self.content.take_focus()

    def come_back(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def stop(self) -> None:
        self.tasks.stop("ask")
        super().stop()

    def change_rules(self) -> None:
        if self.vm.state.firm is not None:
            settings = self.vm.state.firm.settings
            self.open_form(self.rules_panel, lambda: self.rules_panel.begin(settings))

    def add_branch(self) -> None:
        known = [line for line in self.vm.state.branches if not isinstance(line, Damaged)]
        zone = known[0].branch.zone if known else ""
        self.open_form(self.branch_panel, lambda: self._begin_branch(None, zone))

    def _put_up_skeleton(self) -> None:
        self.rules.reset(_RULE_ROWS)
        self.branches.reset(_BRANCH_ROWS)
        self.content.show_rows()
        self.header.say(_TITLE, tr("Loading"))

    def _fill(self, state: FirmState) -> None:
        had = self._filled is not None and self._filled.firm is not None
        if state.phase is Phase.FAILED and state.problem is not None:
            if had:
                self.content.tell_stale(
                    tr("{problem} What you see was loaded before.", problem=say(state.problem).text)
                )
            else:
                self.header.say(_TITLE, " ")
                self.content.show_problem(state.problem, tr("The rules did not come"))
            return
        self._filled = state
        if state.firm is None:
            return
        rows = rule_rows(state.firm, self.vm.now())
        put_rows(self.rules, self.rules_table, rows)
        put_rows(self.branches, self.branches_table, tuple(in_language_order(state.branches, _branch_words)))
        self.now_line.setText(tr("Now: {settings}", settings=rules_line(state.firm.settings)))
        open_ones = sum(not isinstance(line, Damaged) and not line.branch.closed for line in state.branches)
        planned = (
            counted("{count} planned change", "{count} planned changes", len(state.firm.planned))
            if state.firm.planned
            else tr("no change planned")
        )
        self.header.say(
            _TITLE,
            tr(
                "{branches}, {planned}",
                branches=counted("{count} open branch", "{count} open branches", open_ones),
                planned=planned,
            ),
        )
        if state.branches:
            self.content.show_rows()
        else:
            told = tr("Cars stand at branches: the first one comes before the first car.")
            self.content.show_empty(Icon.PLACE, tr("No branch yet"), told, tr("Add a branch …"))

    def _stepped(self) -> None:
        if self.vm.state.phase is Phase.FAILED:
            self.vm.load()
        else:
            self.add_branch()

    def _open_row(self, read: Callable[[Any], None], row: Any) -> None:
        if isinstance(row, Damaged):
            self.damage.tell(row)
        else:
            read(row)

    def _open_rule(self, row: RuleRow) -> None:
        if self.vm.state.firm is not None and row.revision in self.vm.state.firm.planned:
            self.tasks.once("ask", self._ask_withdraw(row))

    def _open_branch(self, line: BranchLine) -> None:
        self.open_form(self.branch_panel, lambda: self._begin_branch(line))

    def _begin_branch(self, line: BranchLine | None, zone: str = "") -> None:
        firm = self.vm.state.firm
        self.branch_panel.begin(line, zone, *((firm.settings.currency,) if firm else ()))

    def _rules_wanted(self, settings: FirmSettings, valid_from: datetime | None) -> None:
        self.tasks.once("ask", self._ask_rules(settings, valid_from))

    def _branch_wanted(self, before: Branch | None, after: Branch) -> None:
        if before is not None and (before.zone, before.hours) != (after.zone, after.hours):
            self.tasks.once("ask", self._ask_branch(before, after))
        else:
            self.vm.save_branch(before, after)

    def _turn(self, line: BranchLine) -> None:
        if line.branch.closed:
            self.vm.reopen_branch(line.branch)
        else:
            self.tasks.once("ask", self._ask_close(line))

    async def _ask_rules(self, settings: FirmSettings, valid_from: datetime | None) -> None:
        when = (
            tr("from {valid_from}", valid_from=moment_line(valid_from, self.vm.now()))
            if valid_from
            else tr("in about a minute")
        )
        rules, cancellation = rules_line(settings), cancellation_line(settings)
        told = tr("For new bookings {when}", when=when), rules, cancellation, fees_line(settings)
        if await confirm(self.window(), questions.to_set_rules(*told)):
            self.vm.set_rules(settings, valid_from)

    async def _ask_withdraw(self, row: RuleRow) -> None:
        if await confirm(self.window(), questions.to_withdraw(rules_line(row.revision.settings), row.since)):
            self.vm.withdraw(row.revision)

    async def _ask_branch(self, before: Branch, after: Branch) -> None:
        """What hangs on its zone and its hours is agreed to first."""
        if before.zone != after.zone and not await confirm(self.window(), questions.to_change_zone(before, after)):
            return
        stranded = await self.vm.stranded(before, after)
        if stranded is None or (stranded and not await confirm(self.window(), questions.to_strand(after, stranded))):
            return
        self.vm.save_branch(before, after)

    async def _ask_close(self, line: BranchLine) -> None:
        if await confirm(self.window(), questions.to_close(line.branch)):
            self.vm.close_branch(line.branch)

    def _lay_out(self, context: ViewContext) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(section_head(context, tr("Rules"), self.now_line, self.change))
        column.addWidget(self.rules_table)
        column.addSpacing(3 * GRID)
        column.addLayout(section_head(context, tr("Branches"), Text(context.theme, " "), self.add))
        column.addWidget(self.branches_table, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        page.setSpacing(3 * GRID)
        page.addWidget(self.header)
        page.addWidget(self.content, 1)

    def _connect(self) -> None:
        self.change.clicked.connect(self.change_rules)
        self.add.clicked.connect(self.add_branch)
        for panel in self.panels:
            panel.task_failed.connect(self.task_failed)
        self.rules_table.chosen.connect(partial(self._open_row, self._open_rule))
        self.branches_table.chosen.connect(partial(self._open_row, self._open_branch))
        self.damage.task_failed.connect(self.task_failed)
        shows = Shows(self.branch_panel, lambda: self.branch_panel.showing, held=lambda: self.branch_panel.is_dirty)
        Follow(self.branches_table, sound_key(lambda line: line.branch.id), shows)
        self.rules_panel.wanted.connect(self._rules_wanted)
        self.branch_panel.wanted.connect(self._branch_wanted)
        self.branch_panel.turned.connect(self._turn)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self.vm.changed.connect(self.draw)
        self.vm.done.connect(self.ended)
        self.vm.refused.connect(self.refused)


def section_head(context: ViewContext, title: str, line: Text, button: Button | None) -> QHBoxLayout:
    """A table's title, a line below, and what is done with it."""
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(Text(context.theme, title, size=TypeSize.LEAD, bold=True))
    words.addWidget(line)
    row = QHBoxLayout()
    row.addLayout(words, 1)
    if button is not None:
        row.addWidget(button)
    return row


def _branch_words(line: BranchLine | Damaged) -> str:
    return line.line if isinstance(line, Damaged) else branch_name(line.branch)
