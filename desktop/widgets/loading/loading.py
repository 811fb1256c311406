"""When a wait may show itself: rules of time, with the clock handed in, and the timer that drives them.

API: LoadingRule(now): begin(has_rows), settle(), fail(), showing() -> Showing, next_change() -> seconds or None.
Loading(parent): begin(has_rows), settle(), fail(), showing, holds_back, changed(Showing).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

SKELETON_AFTER_S = 0.2
SKELETON_AT_LEAST_S = 0.4
STILL_AFTER_S = 1.0
STUCK_AFTER_S = 10.0


class WaitLook(Enum):
    """What fills the place."""

    QUIET = auto()
    """Nothing yet: the answer may come before anybody notices the wait."""
    SKELETON = auto()
    CONTENT = auto()
    """Rows, the empty page, or the error."""


class WaitWord(Enum):
    """What is said about the wait."""

    NONE = auto()
    STILL_LOADING = auto()
    OFFER_RETRY = auto()
    """Ten seconds: cancel or try again."""


@dataclass(frozen=True, slots=True)
class Showing:
    look: WaitLook = WaitLook.CONTENT
    progress: bool = False
    """The thin line over content that is being loaded again."""
    word: WaitWord = WaitWord.NONE


class LoadingRule:
    """Skeleton only after 200 ms with nothing to show, then for at least 400 ms; rows that are there stay.

    *now* gives seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self._begun: float | None = None
        self._settled: float | None = None
        self._has_rows = False
        self._skeleton_at: float | None = None

    def begin(self, *, has_rows: bool) -> None:
        """A query starts. One that replaces another goes on with its skeleton, up or about to come."""
        now = self.now()
        if has_rows:
            self._skeleton_at = None
        elif self.showing().look is WaitLook.CONTENT:
            self._skeleton_at = now + SKELETON_AFTER_S
        self._begun, self._settled, self._has_rows = now, None, has_rows

    def settle(self) -> None:
        """The answer is there; a skeleton just put up is given its time before it is shown."""
        if self._begun is not None and self._settled is None:
            self._settled = self.now()

    def fail(self) -> None:
        """An error is never kept behind a skeleton."""
        self._begun = self._settled = self._skeleton_at = None

    @property
    def settled(self) -> bool:
        """Whether the answer is there."""
        return self._settled is not None

    def showing(self) -> Showing:
        now = self.now()
        if self._begun is None:
            return Showing()
        if self._settled is not None:
            return Showing(WaitLook.SKELETON if now < self._skeleton_end() else WaitLook.CONTENT)
        word = self._word(now - self._begun)
        if self._has_rows:
            return Showing(WaitLook.CONTENT, progress=True, word=word)
        skeleton = self._skeleton_at is not None and now >= self._skeleton_at
        return Showing(WaitLook.SKELETON if skeleton else WaitLook.QUIET, word=word)

    def next_change(self) -> float | None:
        """Seconds until :meth:`showing` may answer otherwise; None if only an event can change it."""
        now, begun = self.now(), self._begun
        if begun is None:
            return None
        if self._settled is not None:
            moments = [self._skeleton_end()]
        else:
            moments = [begun + STILL_AFTER_S, begun + STUCK_AFTER_S]
            moments += [] if self._skeleton_at is None else [self._skeleton_at]
        coming = [moment - now for moment in moments if moment > now]
        return min(coming, default=None)

    def _skeleton_end(self) -> float:
        """Until when the skeleton has to stay; in the past if it never came up."""
        if self._skeleton_at is None or self._settled is None or self._settled < self._skeleton_at:
            return float("-inf")
        return self._skeleton_at + SKELETON_AT_LEAST_S

    def _word(self, waited: float) -> WaitWord:
        if waited >= STUCK_AFTER_S:
            return WaitWord.OFFER_RETRY
        return WaitWord.STILL_LOADING if waited >= STILL_AFTER_S else WaitWord.NONE


class Loading(QObject):
    """One wait of a page.

    Signals:
        changed: What to show is another; carries the Showing.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.rule = LoadingRule(now)
        self._showing = Showing()
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self.look)

    @property
    def showing(self) -> Showing:
        return self._showing

    @property
    def holds_back(self) -> bool:
        """Whether the answer is there, and not on the screen before the skeleton had its time."""
        return self.rule.settled and self._showing.look is not WaitLook.CONTENT

    def begin(self, *, has_rows: bool) -> None:
        self.rule.begin(has_rows=has_rows)
        self.look()

    def settle(self) -> None:
        self.rule.settle()
        self.look()

    def fail(self) -> None:
        self.rule.fail()
        self.look()

    def look(self) -> None:
        """What the clock says by now."""
        wait = self.rule.next_change()
        if wait is None:
            self.timer.stop()
        else:
            self.timer.start(math.ceil(wait * 1000))
        showing = self.rule.showing()
        if showing != self._showing:
            self._showing = showing
            self.changed.emit(showing)
