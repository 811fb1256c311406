"""What a view draws, as one record that is replaced and never changed.

API: StateViewModel(state): state, changed, feed(state).
"""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

S = TypeVar("S")


class StateViewModel(QObject, Generic[S]):
    """Attributes: ``state`` is all there is to draw.

    Signals:
        changed: The state was replaced by another one; carries the new one.
    """

    changed = Signal(object)

    def __init__(self, state: S) -> None:
        super().__init__()
        self.state = state

    def feed(self, state: S) -> None:
        """Let *state* be what is drawn; whoever draws is told only where it is another one."""
        if state != self.state:
            self.state = state
            self.changed.emit(state)
