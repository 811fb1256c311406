"""How the firm is set up and how it fares: branches and rules, audit, health."""

from __future__ import annotations

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.audit.audit import AuditViewModel
from desktop.viewmodels.firm.firm import FirmViewModel
from desktop.viewmodels.manual_review.health import HealthViewModel
from desktop.viewmodels.manual_review.watch import WatchViewModel
from desktop.views.audit.audit_page import AuditPage
from desktop.views.firm.firm_page import FirmPage
from desktop.views.manual_review.health_page import HealthPage
from desktop.views.parts.area import Area, Entry, Frame
from desktop.views.parts.oversight_words import strange_rows
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.widgets.frame.toast import Toast
from engine.domain.people.people import Deed
from engine.words.tr import tr

FIRM, AUDIT, HEALTH = "firm", "audit", "health"
_SETTINGS = tr("Branches and settings")


class FirmArea(Area):
    """What is seen to now and then; *toast* says at once when rows were written past the program."""

    needs = Deed.MANAGE_ACCOUNTS

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame) -> None:
        super().__init__(context, workspace, frame)
        self.toast = Toast(context.theme, frame.host)
        self.watch_vm = WatchViewModel(workspace.desk, workspace.tasks)
        self._examine = self.on(HEALTH, HealthPage, lambda page: page.vm.examine())
        self.toast.acted.connect(self._examine)
        self.watch_vm.told.connect(self._tell_of_strange_rows)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            Entry(FIRM, tr("Branches, rules"), Icon.SETTINGS, self.made_of(FirmViewModel, FirmPage)),
            Entry(AUDIT, tr("Audit"), Icon.HISTORY, self.made_of(AuditViewModel, AuditPage)),
            Entry(HEALTH, tr("Health"), Icon.MAINTENANCE, self.made_of(HealthViewModel, HealthPage)),
        )

    def commands(self) -> tuple[Command, ...]:
        rules, branch = self.on(FIRM, FirmPage, FirmPage.change_rules), self.on(FIRM, FirmPage, FirmPage.add_branch)
        search, export = self.on(AUDIT, AuditPage, AuditPage.focus_search), self.on(AUDIT, AuditPage, _export)
        return (
            Command("firm.rules", tr("Change the rules …"), rules, group=_SETTINGS),
            Command("firm.branch", tr("Add a branch …"), branch, group=_SETTINGS),
            Command("audit.search", tr("Search the audit"), search, group=tr("Audit")),
            Command("audit.export", tr("Export the audit …"), export, group=tr("Audit")),
            Command("health.again", tr("Look at the deployment again"), self._examine, group=tr("Health")),
            Command("health.copy", tr("Copy the findings"), self.on(HEALTH, HealthPage, _copy), group=tr("Health")),
        )

    def start(self) -> None:
        self.watch_vm.watch()

    def _tell_of_strange_rows(self, count: int, newest: str) -> None:
        self._frame.badge(HEALTH, count)
        self.toast.tell(strange_rows(count, newest), tr("Look"))


def _export(page: AuditPage) -> None:
    if page.save.isEnabled():
        page.export.ask()


def _copy(page: HealthPage) -> None:
    if page.copy_button.isEnabled():
        page.copy()
