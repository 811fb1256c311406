"""The owner's view: the fleet and what it earns."""

from __future__ import annotations

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.owner.earnings import EarningsViewModel, Source
from desktop.viewmodels.owner.explain import ExplainViewModel
from desktop.views.area import Area, Entry, Frame
from desktop.views.owner.earnings_part import EarningsPart
from desktop.views.owner.fleet_commands import FleetCommands
from desktop.views.owner.fleet_page import FleetPage
from desktop.views.tools import Tools, Workspace

FLEET = "fleet"


class OwnerArea(Area):
    def __init__(self, tools: Tools, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._frame = frame
        self.fleet = FleetPage(tools, workspace, frame.host)
        self.fleet.task_failed.connect(self.task_failed)
        self.fleet.fleet.changed.connect(lambda state: frame.know_branches(state.branches))
        desk = workspace.desk
        live = Source(desk.bridge, desk.earnings, desk.actor)
        vm = EarningsViewModel(desk.bridge, workspace.tasks, workspace.now, live, lambda: None)
        self.earnings = EarningsPart(tools, vm, ExplainViewModel(workspace.tasks), frame.host, frame.go)
        self.earnings.task_failed.connect(self.task_failed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (Entry(FLEET, "Fleet", Icon.FLEET, lambda: self.fleet), self.earnings.entry)

    def commands(self) -> tuple[Command, ...]:
        return (*FleetCommands(self._to_fleet).all(), *self.earnings.commands())

    def start(self) -> None:
        self.fleet.open()

    def reload(self) -> None:
        self.fleet.reload()
        self.earnings.reload()

    def left(self) -> None:
        self.fleet.left()
        self.earnings.left()

    def stop(self) -> None:
        self.fleet.stop()
        self.earnings.stop()

    def _to_fleet(self) -> FleetPage:
        self._frame.go(FLEET)
        return self.fleet
