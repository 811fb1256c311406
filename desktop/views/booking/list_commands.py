"""What can be done with a list of bookings, for menu, keys and palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from desktop.commands import Command
from desktop.viewmodels.day_span import Days, DaySpan
from desktop.views.booking.list_page import BookingsPage
from desktop.views.booking.list_words import DAYS, ORDERS, SCOPES, orders_for
from desktop.words.booking_words import STANDINGS
from engine.domain.booking.listing import BookingOrder, BookingScope
from engine.domain.booking.states import Standing
from engine.words.tr import tr

_QUICK_DAYS = (Days.TODAY, Days.TOMORROW, Days.NEXT_7)


class BookingCommands:
    """Each goes to the page first, wherever the person is; pages are built when they are first gone to."""

    def __init__(self, name: str, title: str, go: Callable[[], BookingsPage]) -> None:
        """*name* begins the ids of the commands and is the window's only such; *go* opens the page and returns it."""
        self._name, self._title, self._go = name, title, go

    def all(self, scopes: tuple[BookingScope, ...], *, keys: bool = True) -> tuple[Command, ...]:
        """With *keys* on they take Ctrl+F and Ctrl+E, which only one page of a window can have."""
        return (
            self._command(
                "search", tr("Search {title}", title=self._title.lower()), self._search, "Ctrl+F" if keys else ""
            ),
            self._command("export", tr("Export this list …"), self._export, "Ctrl+E" if keys else ""),
            self._command("clear", tr("Clear search and filters"), self._clear),
            *self._scopes(scopes),
            *self._filters(),
            *self._orders(scopes),
        )

    def _scopes(self, scopes: tuple[BookingScope, ...]) -> Iterator[Command]:
        if len(scopes) > 1:
            for scope in scopes:
                yield self._command(
                    f"scope.{scope}", tr("Show: {scopes}", scopes=SCOPES[scope]), partial(self._show_scope, scope)
                )

    def _orders(self, scopes: tuple[BookingScope, ...]) -> Iterator[Command]:
        for order, down in orders_for(scopes):
            words = tr("Sort: {orders}", orders=ORDERS[order, down])
            yield self._command(f"sort.{order}.{'down' if down else 'up'}", words, partial(self._sort, order, down))

    def _filters(self) -> Iterator[Command]:
        for standing in Standing:
            words = tr("Show only {standings}", standings=STANDINGS[standing].lower())
            yield self._command(f"standing.{standing}", words, partial(self._only, frozenset({standing}), Days.ANY))
        for days in _QUICK_DAYS:
            words = tr("Show pick-ups: {days}", days=DAYS[days].lower())
            yield self._command(f"days.{days.name.lower()}", words, partial(self._only, frozenset(), days))

    def _command(self, name: str, title: str, run: Callable[[], None], key: str = "") -> Command:
        return Command(f"{self._name}.{name}", title, run, key=key, group=self._title)

    def _search(self) -> None:
        self._go().focus_search()

    def _clear(self) -> None:
        self._go().filters.reset()

    def _export(self) -> None:
        page = self._go()
        if page.save.isEnabled():
            page.export.ask()

    def _show_scope(self, scope: BookingScope) -> None:
        self._go().vm.show_scope(scope)

    def _only(self, standings: frozenset[Standing], days: Days) -> None:
        vm = self._go().vm
        vm.filter(standings, vm.state.query.branch_id, DaySpan(days))

    def _sort(self, order: BookingOrder, down: bool) -> None:  # noqa: FBT001 -- half of a key of ORDERS
        self._go().vm.sort(order, descending=down)
