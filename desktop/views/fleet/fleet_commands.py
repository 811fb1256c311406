"""What can be done with a fleet, for menu, keys and palette."""

from __future__ import annotations

from collections.abc import Callable

from desktop.commands import Command
from desktop.views.fleet.fleet_page import FleetPage
from engine.words.tr import tr

_GROUP = tr("Fleet")


class FleetCommands:
    """Each goes to the page first, wherever the person is."""

    def __init__(self, go: Callable[[], FleetPage], here: Callable[[], bool]) -> None:
        """*go* opens the page and returns it; *here* says whether it is looked at."""
        self._go, self._here = go, here

    def all(self, *, keys: bool = True) -> tuple[Command, ...]:
        """With *keys* on they take Ctrl+T, Ctrl+Return and Ctrl+Z, which only one page of a window can have."""
        view, save, undo = ("Ctrl+T", "Ctrl+Return", "Ctrl+Z") if keys else [""] * 3
        add = Command("fleet.add", tr("Add a car"), self._on(FleetPage.add_car), key="N", group=_GROUP, here=self._here)
        return (
            add,
            Command("fleet.search", tr("Look for a car"), self._on(_search), group=_GROUP),
            Command("fleet.view", tr("Cards or table"), self._on(FleetPage.switch_view), key=view, group=_GROUP),
            Command("fleet.to_move", tr("Bookings to move"), self._on(FleetPage.show_to_move), group=_GROUP),
            Command("car.save", tr("Save the car"), self._on(FleetPage.save), key=save, group=_GROUP),
            Command("car.undo", tr("Undo the last change of a car"), self._on(FleetPage.undo), key=undo, group=_GROUP),
        )

    def _on(self, act: Callable[[FleetPage], None]) -> Callable[[], None]:
        return lambda: act(self._go())


def _search(page: FleetPage) -> None:
    page.focus_search()
