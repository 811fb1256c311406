"""The administrator's view: the firm as a whole, its accounts, and who asks for one."""

from __future__ import annotations

from desktop.commands import Command
from desktop.views.admin.accounts import AccountsArea
from desktop.views.area import Area, Entry, Frame
from desktop.views.tools import Tools, Workspace


class AdminArea(Area):
    """Several parts, each an area of its own, in the order of the rail."""

    def __init__(self, tools: Tools, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self.accounts = AccountsArea(tools, workspace, frame)
        self._parts: tuple[Area, ...] = (self.accounts,)
        for part in self._parts:
            part.task_failed.connect(self.task_failed)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self._parts for entry in part.entries)

    def commands(self) -> tuple[Command, ...]:
        return tuple(command for part in self._parts for command in part.commands())

    def start(self) -> None:
        for part in self._parts:
            part.start()

    def reload(self) -> None:
        for part in self._parts:
            part.reload()

    def left(self) -> None:
        for part in self._parts:
            part.left()

    def stop(self) -> None:
        for part in self._parts:
            part.stop()
