"""The owner's view: the fleet and what it earns."""

from __future__ import annotations

from desktop.commands import Command
from desktop.viewmodels.owner.earnings import EarningsViewModel, Source
from desktop.viewmodels.owner.explain import ExplainViewModel
from desktop.views.area import Area, Entry, Frame
from desktop.views.owner.earnings_part import EarningsPart
from desktop.views.tools import Tools, Workspace


class OwnerArea(Area):
    def __init__(self, tools: Tools, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        desk = workspace.desk
        live = Source(desk.bridge, desk.earnings, desk.actor)
        vm = EarningsViewModel(desk.bridge, workspace.tasks, workspace.now, live, lambda: None)
        self.earnings = EarningsPart(tools, vm, ExplainViewModel(workspace.tasks), frame.host, frame.go)
        self.earnings.task_failed.connect(self.task_failed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (self.earnings.entry,)

    def commands(self) -> tuple[Command, ...]:
        return self.earnings.commands()

    def reload(self) -> None:
        self.earnings.reload()

    def left(self) -> None:
        self.earnings.left()

    def stop(self) -> None:
        self.earnings.stop()
