"""What the tests of views are made of: records to show, and view-models that are fed with states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from altered import altered
from builders import BERLIN, LISBON, RENTER, make_car

from desktop.tasks import TaskScope
from desktop.viewmodels.booking.booking import BookingViewModel
from desktop.viewmodels.booking.bookings import BookingsViewModel
from desktop.viewmodels.booking.detail import DetailViewModel
from desktop.viewmodels.booking.holds import HoldsViewModel
from desktop.viewmodels.booking.today import TodayViewModel
from desktop.viewmodels.connection import ConnectionViewModel
from desktop.viewmodels.live import LiveViewModel
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.search.car import FoundCarViewModel
from desktop.viewmodels.search.search import PAGE_SIZE, SearchState, SearchViewModel, first_form, wish_of
from desktop.viewmodels.search.thumbnails import ThumbnailsViewModel
from desktop.views.parts.photos import Photos
from desktop.views.parts.view_context import Workspace
from engine.domain.booking.booking import HOLD, Booking, BookingId, Step, rental_payment
from engine.domain.booking.states import BookingState
from engine.domain.car.availability import Blocked, BlockedPage, Obstacle, WhyTaken, just
from engine.domain.car.catalogue import Facets, Offer, OfferPage
from engine.domain.money.payment import Attempt, AttemptState
from engine.domain.money.pricing import quote
from engine.domain.people.people import AccountName, Actor, Role
from engine.domain.shared.period import RentalPeriod

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PERIOD = RentalPeriod(NOW + timedelta(hours=1), NOW + timedelta(days=2, hours=1))
CLERK = Actor(AccountName("clerk"), "Cleo Clerk", Role.CLIENT, BERLIN.id)
FACETS = Facets(brands=("Audi", "Volkswagen"), seats=(4, 5), daily_minor=(30_00, 120_00))


def make_offer(number: int = 1, **changes: object) -> Offer:
    car = make_car(number, **changes)
    return Offer(car, quote(car.daily_rate, PERIOD, zone=BERLIN.tzinfo, commission_bp=1500))


def make_booking(number: int = 1, state: BookingState = BookingState.HELD, **changes: object) -> Booking:
    offer = make_offer(number)
    attempt = Attempt(1, "{}", offer.quote.total, NOW + timedelta(minutes=31), AttemptState.OPEN, "cs_1", "https://pay")
    booking = Booking(
        id=BookingId(f"G8ET6JAMQ{number:03d}"),
        car_id=offer.car.id,
        car_label=offer.car.label,
        owner_id=offer.car.owner_id,
        branch_id=BERLIN.id,
        return_branch_id=BERLIN.id,
        zone=BERLIN.zone,
        renter_id=RENTER.id,
        renter_name=RENTER.name,
        booked_by=CLERK.account,
        period=PERIOD,
        state=state,
        hold_until=NOW + HOLD,
        created_at=NOW,
        quote=offer.quote,
        payments=(rental_payment(f"G8ET6JAMQ{number:03d}", offer.quote.total, attempt),),
        intent_key=f"key-{number}",
        history=(Step(BookingState.HELD, NOW, CLERK.account),),
    )
    return altered(booking, **changes)


def found(total: int, run: int = 1, **form: object) -> SearchState:
    """A search at Berlin that found *total* cars."""
    wanted = replace(first_form(BERLIN, NOW), **form)
    offers = tuple(make_offer(number) for number in range(min(total, PAGE_SIZE)))
    return SearchState(
        phase=Phase.READY,
        branches=(BERLIN, LISBON),
        facets=FACETS,
        form=wanted,
        wish=wish_of(wanted, BERLIN),
        first=OfferPage(offers, 0, total),
        run=run,
    )


def make_blocked(number: int = 1, why: WhyTaken = WhyTaken.BOOKED, **changes: object) -> Blocked:
    """A car that is out for the asked-for days and two hours more, with another one instead."""
    until = NOW + timedelta(minutes=7, seconds=12) if why is WhyTaken.HELD else None
    period = (
        None if why is WhyTaken.MAINTENANCE else RentalPeriod(PERIOD.starts_at, PERIOD.ends_at + timedelta(hours=2))
    )
    taken = period and replace(just(period), out=why is WhyTaken.OVERDUE)
    way = Obstacle(why, taken, until, AccountName("clerk2"), BookingId("K3JRJXSN8RGJ"))
    free = period and RentalPeriod(period.ends_at, period.ends_at + (PERIOD.ends_at - PERIOD.starts_at))
    made = Blocked(make_car(number), way, next_free=free, instead=make_offer(900))
    return replace(made, **changes)


def found_with_taken(free: int, blocked: Sequence[Blocked], run: int = 1) -> SearchState:
    """A search that shows taken cars too."""
    return replace(found(free, run, taken=True), taken=BlockedPage(tuple(blocked), 0, len(blocked)))


def looking(run: int = 1, **form: object) -> SearchState:
    """The same search under way."""
    return replace(found(0, run, **form), phase=Phase.LOADING, first=None)


class FedDesk:
    """Stands where the desk is: its clock is set by the test, and nobody may ask it for more."""

    bridge = None

    def __init__(self, actor: Actor = CLERK) -> None:
        self.actor, self.at = actor, NOW
        self.services = SimpleNamespace(earnings=None, copying=None)

    def now(self) -> datetime:
        return self.at


async def opened_at_once(_address):
    """A browser that opens whatever it is given."""


def fed_workspace(tasks, actor: Actor = CLERK, *, demo: bool = True) -> Workspace:
    """View-models whose states the test feeds."""
    desk = FedDesk(actor)
    live = LiveViewModel(None, None, tasks)
    live.listen = lambda: None
    panel = BookingViewModel(desk, opened_at_once, tasks)
    panel.look_at = lambda _renter: None  # it would ask a server
    detail = DetailViewModel(desk, opened_at_once, tasks)
    detail.papers.look_at = lambda _booking: None  # so would that
    return Workspace(
        actor=actor,
        desk=desk,
        tasks=tasks,
        search=SearchViewModel(desk, tasks),
        car=FoundCarViewModel(desk, tasks),
        panel=panel,
        detail=detail,
        bookings=BookingsViewModel(desk, tasks),
        holds=HoldsViewModel(desk, tasks),
        today=TodayViewModel(desk, tasks, actor.branch_id) if actor.branch_id is not None else None,
        connection=ConnectionViewModel(None, None, tasks),
        live=live,
        now=desk.now,
        open_in_browser=opened_at_once,
        demo=demo,
    )


def no_photos() -> Photos:
    """Whoever asks for a photo goes without; a test puts some in by ``_thumbnails.put`` and ``changed``."""
    return Photos(ThumbnailsViewModel(FedDesk(), TaskScope()))
