"""Health: what was looked at, how it is, and what to do; looked at in the background, line by line."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.outside import open_folder
from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID
from desktop.viewmodels.manual_review.health import HealthState, HealthViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.facts import facts_of
from desktop.views.parts.oversight_words import AREAS, LEVEL_TONES, LEVELS
from desktop.views.parts.view_context import ViewContext, announce
from desktop.views.session.crash_offer import LOGS
from desktop.widgets.button import Button
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.frame.toast import Toast
from desktop.widgets.table.tall_table import TallTable
from desktop.words.messages import clock_time, counted
from engine.domain.health.health import Finding, HealthArea, Level
from engine.words import health
from engine.words.health import says, todo
from engine.words.tr import tr

_TITLE = tr("Health")


def columns() -> list[Column[Finding]]:
    return [
        Column(
            tr("State"),
            lambda each: LEVELS[each.level],
            lambda each: each.level,
            tone=lambda each: LEVEL_TONES[each.level].value,
            weight=5,
        ),
        Column(tr("What"), lambda each: AREAS[each.area], lambda each: each.area, weight=9),
        Column(tr("Found"), says, says, weight=23),
        Column(tr("What to do"), todo, todo, weight=14),
    ]


class HealthPage(Page):
    def __init__(self, context: ViewContext, vm: HealthViewModel, host: QWidget) -> None:
        """*host* is where the facts of a line slide in."""
        super().__init__()
        self.vm, self._context = vm, context
        self.model: SlicesModel[Finding] = SlicesModel(columns(), lambda _ticket: None, len(HealthArea))
        self.table = TallTable(context.theme, context.shimmer)
        self.table.setAccessibleName(_TITLE)
        self.table.setModel(self.model)
        self.content = Content(context, self.table)
        self.detail = SidePanel(context.theme, host)
        self.toast = Toast(context.theme, host)
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.copy_button = Button(context.theme, tr("Copy"), icon=Icon.COPY)
        self.copy_button.setToolTip(tr("Copy all findings as text, for whoever helps"))
        self.again = Button(context.theme, tr("Look again"), icon=Icon.RELOAD)
        if context.log_folder is not None:
            self.logs_button = Button(context.theme, LOGS)
            self.logs_button.clicked.connect(partial(open_folder, context.log_folder))
            self.header.add_action(self.logs_button)
        self.header.add_action(self.copy_button)
        self.header.add_action(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        column.addWidget(self.header)
        column.addWidget(self.content, 1)
        self.table.chosen.connect(self.show_finding)
        self.again.clicked.connect(vm.examine)
        self.copy_button.clicked.connect(self.copy)
        self.content.stepped.connect(vm.examine)
        Follow(self.table, lambda finding: finding.area, Shows(self.detail, lambda: self.detail.showing))
        vm.changed.connect(self.draw)
        self.model.reset(len(HealthArea))
        vm.examine()

    def draw(self, state: HealthState) -> None:
        looking = state.looking_at is not None
        self.content.line.set_active(active=looking)
        self.again.setEnabled(not looking)
        self.copy_button.setEnabled(bool(state.findings) and not looking)
        if state.phase is Phase.FAILED and state.problem is not None and not state.findings:
            self.model.reset(0)
            self.header.say(_TITLE, " ")
            self.content.show_problem(state.problem, tr("Nothing could be looked at"))
            return
        if not state.findings:
            self.model.reset(len(HealthArea))
        self.model.put_slice(self.model.ticket(0), state.findings)
        self.content.show_rows()
        if self.table.currentIndex().row() < 0:
            self.table.selectRow(0)
        self.header.say(_TITLE, _line(state))
        if state.phase is Phase.READY:
            announce(self, _line(state))

    def focus_first(self) -> None:
        self.content.take_focus()

    def leave(self) -> None:
        self.detail.close_panel()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.vm.text())
        self.toast.tell(tr("The findings are in the clipboard."), "")

    def show_finding(self, finding: Finding) -> None:
        advice = todo(finding)
        told = [("", says(finding))] + ([(tr("What to do"), advice)] if advice else [])
        content = facts_of(self._context.theme, [("", told), (tr("Facts"), health.facts_of(finding))])
        self.detail.showing = finding.area
        self.detail.set_content(content)
        self.detail.set_title(AREAS[finding.area])
        self.detail.open(content)


def _line(state: HealthState) -> str:
    if state.looking_at is not None:
        return tr(
            "Looking at {areas} … {findings} of {healtharea}",
            areas=AREAS[state.looking_at].lower(),
            findings=len(state.findings),
            healtharea=len(HealthArea),
        )
    if state.report is None:
        return " "
    counts = Counter(finding.level for finding in state.findings)
    words = [tr("{counts} good", counts=counts[Level.GOOD])]
    words += [tr("{counts} bad", counts=counts[Level.BAD])] if counts[Level.BAD] else []
    words += [tr("{counts} to look at", counts=counts[Level.WARNING])] if counts[Level.WARNING] else []
    words += [tr("{counts} not seen", counts=counts[Level.UNKNOWN])] if counts[Level.UNKNOWN] else []
    looked = counted("{count} thing", "{count} things", len(state.findings))
    return tr(
        "{looked} looked at, {at}: {words}", looked=looked, at=clock_time(state.report.at), words=", ".join(words)
    )
