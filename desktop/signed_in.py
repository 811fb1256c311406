"""A signed-in account's work: its desk and view-models. Not imported before the first frame.

API: workspace_of(engine, bridge, open_in_browser, tasks).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desktop.viewmodels.booking.booking import BookingViewModel
from desktop.viewmodels.booking.bookings import BookingsViewModel
from desktop.viewmodels.booking.detail import DetailViewModel
from desktop.viewmodels.booking.holds import HoldsViewModel
from desktop.viewmodels.booking.today import TodayViewModel
from desktop.viewmodels.connection import ConnectionViewModel
from desktop.viewmodels.desk import Desk
from desktop.viewmodels.live import LiveViewModel
from desktop.viewmodels.search.car import FoundCarViewModel
from desktop.viewmodels.search.search import SearchViewModel
from desktop.views.parts.view_context import Workspace
from engine.domain.booking.listing import BookingScope
from engine.domain.people.people import Actor, Deed

if TYPE_CHECKING:
    from desktop.bridge import EngineThread
    from desktop.tasks import TaskScope
    from desktop.viewmodels.booking.one_booking import OpenBrowser
    from engine.bootstrap import Engine


def workspace_of(engine: Engine, bridge: EngineThread, open_in_browser: OpenBrowser, tasks: TaskScope) -> Workspace:
    """*tasks* ends with the session."""

    async def probe() -> tuple[datetime, bool]:
        await engine.session.still(engine.actor)
        await engine.clock.measure()
        return engine.clock.now(), await engine.redis.look()

    connection = ConnectionViewModel(bridge, probe, tasks)
    desk = Desk(bridge, engine, connection.suspect, engine.deployment.branch)
    here = engine.actor.branch_id
    workspace = Workspace(
        actor=engine.actor,
        desk=desk,
        tasks=tasks,
        search=SearchViewModel(desk, tasks),
        car=FoundCarViewModel(desk, tasks),
        panel=BookingViewModel(desk, open_in_browser, tasks),
        detail=DetailViewModel(desk, open_in_browser, tasks),
        bookings=BookingsViewModel(desk, tasks, _own_scopes(engine.actor)),
        holds=HoldsViewModel(desk, tasks),
        today=TodayViewModel(desk, tasks, here) if here is not None else None,
        connection=connection,
        live=LiveViewModel(bridge, engine.live, tasks),
        now=engine.clock.now,
        open_in_browser=open_in_browser,
        demo=engine.deployment.demo,
        pays=engine.payment.opens_pages,
    )
    workspace.panel.card_refused.connect(workspace.detail.show_refusal)
    workspace.detail.card_refused.connect(workspace.panel.show_refusal)
    workspace.live.pulse_changed.connect(workspace.connection.on_pulse)
    return workspace


def _own_scopes(actor: Actor) -> tuple[BookingScope, ...] | None:
    """Whoever has a page for all bookings sees only the own ones at the counter."""
    return (BookingScope.MINE,) if actor.may(Deed.SEE_OVERVIEW) else None
