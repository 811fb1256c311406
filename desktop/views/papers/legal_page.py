"""Papers and taxes: what papers say of the firm, what rentals bear, and how each branch is called in numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.collation import in_language_order
from desktop.dialogs import confirm
from desktop.models.slices import SlicesModel
from desktop.tasks import TaskScope
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.papers.legal import LegalState, LegalViewModel, Picture
from desktop.viewmodels.phases import Phase
from desktop.views.firm.firm_page import section_head
from desktop.views.firm.firm_tables import put_rows, table_of
from desktop.views.papers.code_panel import CodePanel, to_confirm_code
from desktop.views.papers.legal_panel import LegalPanel
from desktop.views.papers.legal_tables import DecisionRow, code_columns, decision_rows, legal_columns, rate_columns
from desktop.views.papers.rate_panel import RatePanel
from desktop.views.parts.content import Content
from desktop.views.parts.forms_page import FormsPage
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.toast import Toast
from desktop.widgets.table.record_table import ROW_HEIGHT
from desktop.widgets.text import Text
from desktop.words.messages import branch_name, say
from desktop.words.paper_words import lacking
from engine.domain.car.car import Branch
from engine.domain.papers.legal import RENTAL_TAX, LegalDecision, TaxDecision, TaxRate
from engine.words.tr import tr

TITLE = tr("Papers and taxes")
_LEGAL_ROWS, _RATE_ROWS, _CODE_ROWS = 2, 4, 6


class LegalPage(FormsPage):
    def __init__(self, context: ViewContext, vm: LegalViewModel, host: QWidget) -> None:
        """*host* is where the forms slide in."""
        super().__init__()
        self.vm = vm
        # Nobody's child: a question that is cancelled as the session ends outlives the page by a moment.
        self.tasks = TaskScope()
        self.tasks.failed.connect(self.task_failed)
        self._filled: LegalState | None = None
        self.header = PageHeader(context.theme, TITLE, " ")
        self.legal: SlicesModel[Any] = SlicesModel(legal_columns(), lambda _ticket: None, 1000)
        self.rates: SlicesModel[Any] = SlicesModel(rate_columns(), lambda _ticket: None, 1000)
        self.codes: SlicesModel[Any] = SlicesModel(code_columns(vm.now().year), lambda _ticket: None, 1000)
        self.legal_table = table_of(context, self.legal, tr("What papers say of the firm"))
        self.rates_table = table_of(context, self.rates, tr("Rates of tax"))
        self.codes_table = table_of(context, self.codes, tr("Codes of branches"))
        self.legal_table.setFixedHeight((_LEGAL_ROWS + 1) * ROW_HEIGHT)
        for table in (self.rates_table, self.codes_table):
            # In a small window beneath a banner each still shows a row below its heads.
            table.setMinimumHeight(2 * ROW_HEIGHT)
        self.change = Button(context.theme, tr("Change …"), icon=Icon.SETTINGS)
        self.change.setAccessibleName(tr("Change what papers say of the firm"))
        self.add = Button(context.theme, tr("Set a rate …"), icon=Icon.ADD)
        self.legal_panel = LegalPanel(context.theme, host, vm.now)
        self.rate_panel = RatePanel(context.theme, host, vm.now)
        self.code_panel = CodePanel(context.theme, host)
        self.toast = Toast(context.theme, host)
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
    def panels(self) -> tuple[LegalPanel, RatePanel, CodePanel]:
        return self.legal_panel, self.rate_panel, self.code_panel

    def draw(self, state: LegalState) -> None:
        for panel in self.panels:
            panel.set_busy(busy=state.busy)
        self.loading.draw(state)

    def focus_first(self) -> None:
        if self.content.shows_rows:
            self.legal_table.setFocus()
        else:
            self.content.take_focus()

    def come_back(self) -> None:
        self.vm.load()

    def reload(self) -> None:
        self.vm.load()

    def stop(self) -> None:
        self.tasks.stop("ask")
        super().stop()

    def change_legal(self) -> None:
        if self._filled is not None:
            data, logo = self.vm.holding, self.vm.state.logo
            self.open_form(self.legal_panel, lambda: self.legal_panel.begin(data, logo))

    def add_rate(self) -> None:
        self.set_rate()

    def set_rate(self, rate: TaxRate | None = None) -> None:
        self.open_form(self.rate_panel, lambda: self.rate_panel.begin(rate))

    def _open_legal(self, _row: object) -> None:
        self.change_legal()

    def _open_rate(self, row: DecisionRow[Any]) -> None:
        self.set_rate(row.decision.rate)

    def _open_code(self, branch: Branch) -> None:
        if branch.code_confirmed:
            self.toast.tell(tr("{branch} is called {code} for ever.", branch=branch_name(branch), code=branch.code))
        else:
            self.open_form(self.code_panel, lambda: self.code_panel.begin(branch))

    def _put_up_skeleton(self) -> None:
        for model, rows in ((self.legal, _LEGAL_ROWS), (self.rates, _RATE_ROWS), (self.codes, _CODE_ROWS)):
            model.reset(rows)
        self.content.show_rows()
        self.header.say(TITLE, tr("Loading"))

    def _fill(self, state: LegalState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            if self._filled is not None:
                told = tr("{problem} What you see was loaded before.", problem=say(state.problem).text)
                self.content.tell_stale(told)
            else:
                self.header.say(TITLE, " ")
                self.content.show_problem(state.problem, tr("The firm's data did not come"))
            return
        self._filled, now = state, self.vm.now()
        put_rows(self.legal, self.legal_table, decision_rows(state.legal, now, _one_subject))
        put_rows(self.rates, self.rates_table, decision_rows(state.taxes, now, _first_rentals))
        put_rows(self.codes, self.codes_table, tuple(in_language_order(state.open_branches, branch_name)))
        missing = lacking(self.vm.holding, state.taxes, state.open_branches, now)
        self.header.say(TITLE, missing or tr("Papers can be issued at every branch"))
        self.content.show_rows()

    def _code_wanted(self, branch: Branch, code: str) -> None:
        self.tasks.once("ask", self._ask_code(branch, code, self.vm.now()))

    async def _ask_code(self, branch: Branch, code: str, now: datetime) -> None:
        if await confirm(self.window(), to_confirm_code(branch, code, now.year)):
            self.vm.confirm_code(branch, code)

    def _looked(self, picture: Picture) -> None:
        self.legal_panel.show_picture(picture)

    def _lay_out(self, context: ViewContext) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(_head(context, tr("The firm"), self.change))
        column.addWidget(self.legal_table)
        column.addLayout(_head(context, tr("Rates of tax"), self.add))
        column.addWidget(self.rates_table, 1)
        column.addLayout(_head(context, tr("Codes of branches"), None))
        column.addWidget(self.codes_table, 4)
        page = QVBoxLayout(self)
        page.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        page.setSpacing(3 * GRID)
        page.addWidget(self.header)
        page.addWidget(self.content, 1)

    def _connect(self) -> None:
        self.change.clicked.connect(self.change_legal)
        self.add.clicked.connect(self.add_rate)
        for panel in self.panels:
            panel.task_failed.connect(self.task_failed)
        self.legal_table.chosen.connect(self._open_legal)
        self.rates_table.chosen.connect(self._open_rate)
        self.codes_table.chosen.connect(self._open_code)
        self.legal_panel.wanted.connect(self.vm.set_legal)
        self.legal_panel.file_chosen.connect(self.vm.look_at)
        self.rate_panel.wanted.connect(self.vm.set_rate)
        self.code_panel.wanted.connect(self._code_wanted)
        self.content.retried.connect(self.vm.load)
        self.content.stepped.connect(self.vm.load)
        self.vm.changed.connect(self.draw)
        self.vm.looked.connect(self._looked)
        self.vm.done.connect(self.ended)
        self.vm.refused.connect(self.refused)


def _head(context: ViewContext, title: str, button: Button | None) -> QHBoxLayout:
    """A table's title alone: a small window has no room for more."""
    line = Text(context.theme)
    line.hide()
    return section_head(context, title, line, button)


def _one_subject(_decision: LegalDecision) -> tuple[bool, str]:
    return False, ""


def _first_rentals(decision: TaxDecision) -> tuple[bool, str]:
    """By code, but what rentals bear before all others."""
    return decision.rate.code != RENTAL_TAX, decision.rate.code
