"""The walk-in line of a counter: its key, its box over the page, and what it leads to.

API: WalkInPart(context, workspace, frame, side): commands(names of pages), open(); box, once it was opened.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from desktop.commands import Command
from desktop.viewmodels.walk_in.state import WalkIn
from desktop.viewmodels.walk_in.walk_in import WalkInViewModel
from desktop.views.areas.counter_panels import CounterPanels
from desktop.views.parts.area import Frame, Told
from desktop.views.parts.moments.habits import habits_of
from desktop.views.parts.view_context import ViewContext, Workspace
from desktop.views.walk_in.box import WalkInBox
from desktop.words.figures import habits
from engine.domain.people.people import Deed
from engine.words.tr import tr


class WalkInPart(QObject, Told):
    """Only where cars are handed over, and renters are known."""

    def __init__(self, context: ViewContext, workspace: Workspace, frame: Frame, side: CounterPanels) -> None:
        super().__init__(side)
        self._context, self._workspace, self._frame, self._side = context, workspace, frame, side
        self.box: WalkInBox | None = None

    def commands(self, pages: Sequence[str]) -> tuple[Command, ...]:
        """Its key is meant on *pages*."""
        actor = self._workspace.actor
        if actor.branch_id is None or not (actor.may(Deed.HAND_OVER) and actor.may(Deed.SEE_RENTERS)):
            return ()

        def here() -> bool:
            return any(map(self._frame.at, pages))

        title, group = tr("Walk-in, typed in one line"), tr("Find a car")
        return (Command("walk_in.line", title, self.open, "W", self._online, group, here),)

    def open(self) -> None:
        if self._online():
            self._built().open()

    def stop(self) -> None:
        if self.box is not None:
            self.box.vm.leave()
            self.box.hide()

    def _online(self) -> bool:
        return self._workspace.connection.state.problem is None

    def _built(self) -> WalkInBox:
        """It is built when it is first opened."""
        if self.box is None:
            workspace, branch_id = self._workspace, self._workspace.actor.branch_id
            if branch_id is None:
                raise RuntimeError("only who stands at a branch has a walk-in line")
            vm = WalkInViewModel(workspace.desk, workspace.tasks, branch_id, habits_of(), habits())
            vm.wanted.connect(self._book)
            self.box = WalkInBox(self._context.theme, vm, self._frame.host)
        return self.box

    def _book(self, walk_in: WalkIn) -> None:
        if self.box is not None:
            self.box.leave()
            self._side.open_walk_in(walk_in, self.box.vm.forget)
