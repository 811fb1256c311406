"""The administrator's view: the firm as a whole, its accounts, and who asks for one."""

from __future__ import annotations

from desktop.views.area import Area, Entry, Frame
from desktop.views.tools import Tools, Workspace


class AdminArea(Area):
    """Its pages, in the order of the rail, are built when they are first gone to."""

    def __init__(self, tools: Tools, workspace: Workspace, frame: Frame) -> None:
        super().__init__(frame.host)
        self._tools, self._workspace, self._frame = tools, workspace, frame

    @property
    def entries(self) -> tuple[Entry, ...]:
        return ()
