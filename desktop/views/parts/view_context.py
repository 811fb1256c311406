"""What every view is handed to draw with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop.preferences import Preferences
    from desktop.tasks import TaskScope
    from desktop.theme.theme import Theme
    from desktop.viewmodels.booking.booking import BookingViewModel
    from desktop.viewmodels.booking.bookings import BookingsViewModel
    from desktop.viewmodels.booking.detail import DetailViewModel
    from desktop.viewmodels.booking.holds import HoldsViewModel
    from desktop.viewmodels.booking.one_booking import OpenBrowser
    from desktop.viewmodels.booking.today import TodayViewModel
    from desktop.viewmodels.connection import ConnectionViewModel
    from desktop.viewmodels.desk import Desk
    from desktop.viewmodels.live import LiveViewModel
    from desktop.viewmodels.search.car import FoundCarViewModel
    from desktop.viewmodels.search.search import SearchViewModel
    from desktop.widgets.loading.shimmer import ShimmerClock
    from engine.domain.people.people import Actor


@dataclass(frozen=True, slots=True)
class ViewContext:
    theme: Theme
    shimmer: ShimmerClock
    preferences: Preferences
    log_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a signed-in account works with.

    Attributes:
        desk: The engine's services; an area makes its further view-models from it and from ``tasks``.
        tasks: Ends with the session.
        today: The day of the branch that the account stands at; None where it stands at none.
        now: The server's time (UTC).
        open_page: Shows a page of Stripe's in the browser.
        demo: The data is made up and the payment page is the sandbox's.
        pays: Payment pages can be opened from this desk.
    """

    actor: Actor
    desk: Desk
    tasks: TaskScope
    search: SearchViewModel
    car: FoundCarViewModel
    panel: BookingViewModel
    detail: DetailViewModel
    bookings: BookingsViewModel
    holds: HoldsViewModel
    today: TodayViewModel | None
    connection: ConnectionViewModel
    live: LiveViewModel
    now: Callable[[], datetime]
    open_in_browser: OpenBrowser
    demo: bool
    pays: bool = True


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say what changed without moving the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
