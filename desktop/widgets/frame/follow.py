"""A list and the panels beside it are at one record: the panel follows the list, the mark follows the panel.

API: Shows(panel, shown, held), Follow(view, key_of, *shows): refresh().
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QItemSelectionModel, QObject, QTimer

from desktop.widgets.frame.beside import Beside
from desktop.widgets.roles import ROW_ROLE

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel

    from desktop.widgets.cards.card_grid import CardGrid
    from desktop.widgets.frame.side_panel import SidePanel
    from desktop.widgets.table.record_table import RecordTable

_How = QItemSelectionModel.SelectionFlag


class _Finds(Protocol):
    def find(self, wanted: Callable[[Any], bool]) -> int | None: ...


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Shows:
    """A panel beside a list.

    Attributes:
        shown: Which record it shows, by its key; None for nothing of the list.
        held: It must not go to another record by itself: something is filled in. It says in its title what it shows.
    """

    panel: SidePanel | Beside[Any]
    shown: Callable[[], object]
    held: Callable[[], bool] = _never


class Follow(QObject):
    """Steps with the keyboard open what they come to, and the keyboard stays in the list; the mark is the panel's row.

    *key_of* answers None for a row that no panel shows. A record that is not on a page that is there, or no longer in
    the list, leaves no row marked.
    """

    def __init__(self, view: RecordTable | CardGrid, key_of: Callable[[Any], object], *shows: Shows) -> None:
        super().__init__(view)
        self._view, self._key_of, self._shows = view, key_of, shows
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        view.stepped.connect(self._stepped)
        for each in shows:
            if isinstance(each.panel, Beside):
                each.panel.when_built(self._joined)
            else:
                self._joined(each.panel)
        model: QAbstractItemModel | None = view.model()
        if model is None:
            raise ValueError("a list gets its model before it is followed")
        self._model = model
        for changed in (model.modelReset, model.dataChanged, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._soon)

    def _joined(self, panel: SidePanel) -> None:
        panel.opened.connect(self.refresh)

    def refresh(self) -> None:
        """Put the mark where the open panel is; without one it stays where the person left it."""
        open_one = self._open_one()
        key = open_one.shown() if open_one is not None else None
        selection = self._view.selectionModel()
        if key is None or selection is None:
            return
        finder: _Finds = self._model  # type: ignore[assignment]  # every list has pages
        at = finder.find(lambda row: self._key_of(row) == key)
        if at is None:
            selection.clearSelection()
            return
        index = self._model.index(at, max(self._view.currentIndex().column(), 0))
        if self._view.hasFocus():
            selection.select(index, _How.ClearAndSelect | _How.Rows)
        elif self._view.currentIndex().row() != at or not selection.isSelected(index):
            bar = self._view.verticalScrollBar()
            scrolled = bar.value()
            selection.setCurrentIndex(index, _How.ClearAndSelect | _How.Rows)
            bar.setValue(scrolled)

    def _open_one(self) -> Shows | None:
        return next((each for each in self._shows if each.panel.is_open and each.shown() is not None), None)

    def _stepped(self) -> None:
        open_one = self._open_one()
        row = self._view.currentIndex().data(ROW_ROLE)
        key = None if row is None else self._key_of(row)
        if open_one is None or key is None or key == open_one.shown():
            return
        if open_one.held():
            self.refresh()
            return
        self._view.chosen.emit(row)
        self._view.setFocus()
        self.refresh()

    def _soon(self) -> None:
        if self._open_one() is not None:
            self._later.start()


__all__ = ["Follow", "Shows"]
