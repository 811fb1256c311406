"""The owner's view: the fleet and what it earns."""

from __future__ import annotations

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.owner.copy import CopyViewModel
from desktop.viewmodels.owner.earnings import EarningsViewModel, Source
from desktop.viewmodels.owner.explain import ExplainViewModel
from desktop.views.area import Area, Entry, Frame
from desktop.views.owner.copy_part import CopyPart
from desktop.views.owner.earnings_part import EarningsPart
from desktop.views.owner.fleet_commands import FleetCommands
from desktop.views.owner.fleet_page import FleetPage
from desktop.views.tools import Tools, Workspace
from engine.domain.events import Fact

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
        copy = CopyViewModel(desk.bridge, workspace.tasks, desk.copying, desk.actor)
        vm = EarningsViewModel(desk.bridge, workspace.tasks, workspace.now, live, lambda: copy.source)
        self.earnings = EarningsPart(tools, vm, ExplainViewModel(workspace.tasks), frame.host, frame.go)
        self.earnings.task_failed.connect(self.task_failed)
        self.earnings.fleet_wanted.connect(lambda: frame.go(FLEET))
        self.copy = CopyPart(tools, copy, self.earnings, frame.host)
        self.copy.task_failed.connect(self.task_failed)
        workspace.connection.back.connect(copy.start)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (Entry(FLEET, "Fleet", Icon.FLEET, lambda: self.fleet), self.earnings.entry)

    def commands(self) -> tuple[Command, ...]:
        return (*FleetCommands(self._to_fleet).all(), *self.earnings.commands(), *self.copy.commands())

    def start(self) -> None:
        self.fleet.open()
        self.copy.vm.start()

    def reload(self) -> None:
        self.fleet.reload()
        self.earnings.reload()

    def apply(self, fact: Fact) -> None:
        self.fleet.fleet.apply(fact)

    def left(self) -> None:
        self.fleet.left()
        self.earnings.left()

    def stop(self) -> None:
        self.fleet.stop()
        self.earnings.stop()
        self.copy.stop()

    def _to_fleet(self) -> FleetPage:
        self._frame.go(FLEET)
        return self.fleet
