"""Cards whose hold counts down: repainted when the second changes, while any of them is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desktop.models.slices import SlicesModel
from desktop.views.parts.car_row import CarRow

if TYPE_CHECKING:
    from desktop.widgets.cards.card_grid import CardGrid

_SECOND_MS = 1000


class HeldCards(QObject):
    def __init__(self, grid: CardGrid, model: SlicesModel[CarRow]) -> None:
        super().__init__(grid)
        self._grid, self._model = grid, model
        self._rows: tuple[int, ...] = ()
        self._timer = QTimer(self, interval=_SECOND_MS)
        self._timer.timeout.connect(self.tick)
        grid.visible_rows.connect(self._look)
        grid.hidden.connect(self.stop)

    def stop(self) -> None:
        self._rows = ()
        self._timer.stop()

    def tick(self) -> None:
        """Repaint the held cards; called by the timer, and by tests."""
        for row in self._rows:
            self._grid.viewport().update(self._grid.visualRect(self._model.index(row, 0)))

    def _look(self, first: int, last: int) -> None:
        rows = ((row, self._model.row_at(row)) for row in range(first, last + 1))
        self._rows = tuple(row for row, known in rows if known is not None and known.hold_until is not None)
        if not self._rows or not self._grid.isVisible():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
