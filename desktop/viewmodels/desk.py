"""What a signed-in desk hands to its pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from engine.domain.shared.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from desktop.bridge import EngineThread
    from engine.domain.people.people import Actor
    from engine.services.booking.availability import AvailabilityService
    from engine.services.booking.booking import BookingService
    from engine.services.booking.catalogue import CatalogueService
    from engine.services.booking.changing_car import ChangingCarService
    from engine.services.booking.follower import Follower
    from engine.services.booking.listing import ListingService
    from engine.services.booking.rental import RentalService
    from engine.services.booking.restored import RestoredService
    from engine.services.firm.admin import AdminServices
    from engine.services.fleet.fleet import FleetService
    from engine.services.fleet.images import ImagesService
    from engine.services.fleet.servicing import ServicingService
    from engine.services.payment.payment import PaymentService
    from engine.services.people.accounts import AccountService
    from engine.services.people.renters import RenterService
    from engine.services.people.requests import RequestService
    from engine.services.reports.copying import CopyService
    from engine.services.reports.earnings import EarningsService

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """The engine's services, the account that uses them, and the way across to their thread.

    Attributes:
        now: The server's time (UTC).
        copying: Keeps an owner's books on this computer; None for other accounts.
        suspect: Hears that the database did not answer somebody.
        branch: Id of the branch at which this computer stands, if that was set.
    """

    bridge: EngineThread
    actor: Actor
    now: Callable[[], datetime]
    catalogue: CatalogueService
    renters: RenterService
    availability: AvailabilityService
    bookings: BookingService
    listing: ListingService
    rental: RentalService
    changing: ChangingCarService
    payment: PaymentService
    follower: Follower
    fleet: FleetService
    servicing: ServicingService
    images: ImagesService
    accounts: AccountService
    requests: RequestService
    head_office: AdminServices
    restored: RestoredService
    earnings: EarningsService
    copying: CopyService | None
    suspect: Callable[[], None]
    branch: str = ""

    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a service's coroutine over there."""
        try:
            return await self.bridge.call(make)
        except Unavailable as problem:
            if problem.server == "mongodb":
                self.suspect()
            raise
