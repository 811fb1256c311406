"""A page's wait: each state of its view-model comes to the screen when its time has come.

API: Waiting(page, vm, content, skeleton, fill, has_rows): a Loading; draw(state), anew().
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject

from desktop.viewmodels.phases import Phase
from desktop.views.parts.content import Content
from desktop.widgets.loading.loading import Loading, Showing, WaitLook, WaitWord

_NO_RUN = -1


class Awaited(Protocol):
    """A state: ``run`` counts the loads, so that each is one wait."""

    @property
    def phase(self) -> Phase: ...
    @property
    def run(self) -> int: ...


class Loads(Protocol):
    """A view-model."""

    @property
    def state(self) -> Any: ...  # its own kind of Awaited


class Waiting(Loading):
    """Skeleton neither too early nor for an instant, and once a wait; the thin line; and a way out of a long one."""

    def __init__(
        self,
        page: QObject,
        vm: Loads,
        content: Content,
        *,
        skeleton: Callable[[], None],
        fill: Callable[[Any], None],
        has_rows: Callable[[Any], bool],
    ) -> None:
        """*fill* puts an answer or a problem on the screen, once; *has_rows* says whether what is there still holds."""
        super().__init__(page)
        self.vm, self._content = vm, content
        self._put_up_skeleton, self._fill, self._has_rows = skeleton, fill, has_rows
        self._skeleton, self._filled, self._run = False, object(), _NO_RUN
        self.changed.connect(self._show)

    def anew(self) -> None:
        """The next load is another wait, even if it counts as the same."""
        self._run = _NO_RUN

    def draw(self, state: Awaited) -> None:
        if state.phase is Phase.LOADING:
            if state.run != self._run:
                self._run = state.run
                self.begin(has_rows=self._has_rows(state))
        elif state.phase is Phase.READY:
            self.settle()
        else:
            self.fail()
        if self.showing.look is WaitLook.CONTENT:
            self._put(state)

    def _show(self, showing: Showing) -> None:
        state = self.vm.state
        self._content.line.set_active(active=showing.progress)
        if state.phase is not Phase.FAILED:
            self._content.tell_stuck(stuck=showing.word is WaitWord.OFFER_RETRY and state.phase is Phase.LOADING)
        if showing.look is WaitLook.CONTENT:
            self._put(state)
        elif showing.look is WaitLook.SKELETON and not self._skeleton:
            self._skeleton = True
            self._put_up_skeleton()

    def _put(self, state: Awaited) -> None:
        if state.phase is not Phase.LOADING and state is not self._filled:
            self._skeleton, self._filled = False, state
            self._fill(state)
