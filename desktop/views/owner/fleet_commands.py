"""What can be done with a fleet, for menu, keys and palette."""

from __future__ import annotations

from collections.abc import Callable

from desktop.commands import Command
from desktop.views.owner.fleet_page import FleetPage

_GROUP = "Fleet"


class FleetCommands:
    """Each goes to the page first, wherever the person is."""

    def __init__(self, go: Callable[[], FleetPage]) -> None:
        """*go* opens the page and returns it."""
        self._go = go

    def all(self, *, keys: bool = True) -> tuple[Command, ...]:
        """With *keys* on they take N, Ctrl+T, Ctrl+Return and Ctrl+Z, which only one page of a window can have."""
        add, view, save, undo = ("N", "Ctrl+T", "Ctrl+Return", "Ctrl+Z") if keys else [""] * 4
        return (
            Command("fleet.add", "Add a car", self._on(FleetPage.add_car), key=add, group=_GROUP),
            Command("fleet.search", "Look for a car", self._on(FleetPage.focus_search), group=_GROUP),
            Command("fleet.view", "Cards or table", self._on(FleetPage.switch_view), key=view, group=_GROUP),
            Command("fleet.to_move", "Bookings to move", self._on(FleetPage.show_to_move), group=_GROUP),
            Command("car.save", "Save the car", self._on(lambda page: page.panel.save()), key=save, group=_GROUP),
            Command("car.undo", "Undo the last change of a car", self._on(FleetPage.undo), key=undo, group=_GROUP),
        )

    def _on(self, act: Callable[[FleetPage], None]) -> Callable[[], None]:
        return lambda: act(self._go())
