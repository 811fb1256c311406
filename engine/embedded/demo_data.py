"""The demo firm: six branches, 240 cars and twenty months of bookings, the same for everybody on the same day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from engine.domain.car.car import Branch, Car
from engine.domain.firm.settings import FirmSettings, Revision
from engine.domain.people.people import AccountName, Renter, Role
from engine.domain.people.renters import RenterFile
from engine.embedded import demo_fleet, demo_people
from engine.embedded.demo_history import NEW_COMMISSION_BP, OLD_COMMISSION_BP, Batch, History, raised_at
from engine.embedded.demo_people import DemoAccount, DemoOwner


@dataclass(frozen=True, slots=True)
class DemoData:
    """Everything but the bookings, which are drawn batch by batch when they are asked for.

    Attributes:
        now: The whole hour (UTC) that parts past from future. ``build`` with it gives the same data again, also on
            another day, so that a loading that was cut short can be taken up.
        settings: The firm's rules from the beginning; ``raised`` are those since the commission was raised.
    """

    now: datetime
    branches: tuple[Branch, ...]
    owners: tuple[DemoOwner, ...]
    cars: tuple[Car, ...]
    renters: tuple[Renter, ...]
    files: tuple[RenterFile, ...]
    accounts: tuple[DemoAccount, ...]
    settings: FirmSettings
    raised: Revision
    history: History

    def batches(self, size: int = 500) -> Iterator[Batch]:
        """All bookings with their ledger rows; what runs or lies ahead comes first, batches never mix the two.

        Each call draws them anew and yields the same.
        """
        return self.history.batches(size)


def build(now: datetime, seed: int = 20) -> DemoData:
    """The demo firm as it stands at *now* (aware); pure, and cheap until ``batches`` is walked."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    homes = demo_fleet.branches()
    cars = demo_fleet.cars(seed, homes, hour.year)
    renters = demo_people.renters(seed, hour.date())
    accounts = demo_people.accounts()
    clerks = {home.branch.id: AccountName(f"clerk.{home.branch.id.removeprefix('br-')}") for home in homes}
    clerks |= {each.branch_id: each.account for each in accounts if each.role is Role.CLIENT and each.branch_id}
    began = FirmSettings(
        currency=demo_fleet.CURRENCY,
        commission_bp=OLD_COMMISSION_BP,
        fees=(demo_fleet.FEES,),
        checks=demo_people.CHECKS,
    )
    since, admin = raised_at(hour), next(each.account for each in accounts if each.role is Role.ADMIN)
    raised = Revision(2, since, replace(began, commission_bp=NEW_COMMISSION_BP), admin, since)
    return DemoData(
        now=hour,
        branches=tuple(home.branch for home in homes),
        owners=demo_people.owners(),
        cars=cars,
        renters=renters,
        files=demo_people.files(seed, renters),
        accounts=accounts,
        settings=began,
        raised=raised,
        history=History(hour, seed, homes, cars, renters, MappingProxyType(clerks)),
    )
