"""What docs/operator.md does in the window, through the same engine."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
from payments import Stripe
from plain_http import PLAIN

from engine.bootstrap import Engine, choose_password, open_engine
from engine.config import Secret, load
from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.car.body_type import BodyType
from engine.domain.car.car import Branch, BranchId, Fuel, OwnerId, Transmission
from engine.domain.car.form import CarForm
from engine.domain.car.opening_hours import every_day
from engine.domain.money.money import Money
from engine.domain.people.accounts import NewPerson, Post
from engine.domain.people.people import RenterId, Role
from engine.domain.shared.errors import Contended, PeriodTaken
from engine.domain.shared.period import RentalPeriod
from engine.services.booking.booking import HoldCar
from engine.services.people.renters import NewRenter
from engine.wiring.deployment import Deployment, given_deployment

_FOLDER = Path("/etc/drivesphere")
_RATE = 50_00
_PATIENCE_S = 60


@dataclass
class Window:
    """What people at the desks know: passwords, and the payment sandbox that takes Stripe's place."""

    passwords: dict[str, str] = field(default_factory=dict)
    renter: str = ""
    booked: list[Booking] = field(default_factory=list)
    stripe: str = ""
    key: str = field(default_factory=lambda: f"rk_test_{secrets.token_hex(12)}")

    def deployment(self) -> Deployment:
        settings = load(environ=os.environ | {"DRIVESPHERE_CONFIG": str(_FOLDER / "config.toml")})
        return replace(given_deployment(settings, None), stripe_key=Secret(self.key), stripe_url=self._sandbox())

    def _sandbox(self) -> str:
        if not self.stripe:
            work = Path(os.environ["OPERATOR_WORK"])
            (work / "key").write_text(self.key, encoding="ascii")
            options = ["--state", str(work / "sandbox.sqlite"), "--key-file", str(work / "key")]
            command = [sys.executable, "-P", "-u", "-m", "engine.sandbox", *options]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- ourselves
            self.stripe = process.stdout.readline().split()[1]
        return self.stripe

    @asynccontextmanager
    async def desk(self, account: str, **options: object) -> AsyncIterator[Engine]:
        async with open_engine(
            self.deployment(), account, self.passwords[account], **{"background": False, **options}
        ) as desk:
            yield desk

    async def choose(self, account: str, once: str) -> None:
        self.passwords[account] = f"{account} has a long pass phrase"
        await choose_password(self.deployment(), account, once, self.passwords[account])

    async def open_account(self, admin: Engine, account: str, post: Post) -> str:
        """Its one-time password."""
        new = NewPerson(account, account.title(), "", "", post)
        return (await admin.accounts.create(admin.actor, new, self.passwords["anna"])).password


WINDOW = Window()


async def _people(window: Window) -> None:
    told = (_FOLDER / "first-provision.txt").read_text(encoding="utf-8")
    await window.choose("anna", re.search(r"one-time password, shown this once: (\S+)", told)[1])
    async with window.desk("anna") as admin:
        branch = await _branch(admin, "Mitte")
        owner = OwnerId("firm")
        await window.open_account(admin, "olga", Post(Role.OWNER, owner_id=owner))
        for service in (Role.WORKER, Role.BACKUP):
            once = await window.open_account(admin, service.value, Post(service))
            (_FOLDER / f"{service.value}.once").write_text(once, encoding="ascii")
        for clerk in ("cleo", "colin"):
            await window.choose(clerk, await window.open_account(admin, clerk, Post(Role.CLIENT, branch.id)))
        await _car(admin, branch, owner, "B-DS 1")


async def _book(window: Window) -> None:
    async with window.desk("cleo") as one, window.desk("colin") as other:
        new = NewRenter("Ada Moreau", "ada@example.org", "+4930901820", "B072RRE2I55")
        window.renter = (await one.renters.add(one.actor, new, "DE")).renter.id
        got = await asyncio.gather(_hold(window, one, 1), _hold(window, other, 1), return_exceptions=True)
        held = [each for each in got if isinstance(each, Booking)]
        refused = [each for each in got if isinstance(each, PeriodTaken | Contended)]
        assert (len(held), len(refused)) == (1, 1), got
        desk = one if isinstance(got[0], Booking) else other
        window.booked.append(await _pay(desk, held[0]))


async def _another_branch(window: Window) -> None:
    async with window.desk("anna") as admin:
        branch = await _branch(admin, "Hafen")
        await window.choose("hanna", await window.open_account(admin, "hanna", Post(Role.CLIENT, branch.id)))
        await _car(admin, branch, OwnerId("firm"), "HH-DS 2")
    async with window.desk("hanna") as desk:
        window.booked.append(await _pay(desk, await _hold(window, desk, 1, plate="HH-DS 2")))


async def _after_restore(window: Window) -> None:
    lines = (_FOLDER / "one-time-passwords.txt").read_text(encoding="utf-8").splitlines()
    once = dict(line.split("\t") for line in lines)
    for account in ("anna", "cleo"):
        await window.choose(account, once[account])
    async with window.desk("anna") as admin, window.desk("cleo") as desk, asyncio.timeout(_PATIENCE_S):
        stored = await desk.booking.booking(desk.actor, window.booked[0].id)
        assert stored.state is BookingState.CONFIRMED, stored.state
        await admin.restored_look.run("anna")  # as her window does by itself
        await _pay(desk, await _hold(window, desk, 10))


async def _branch(admin: Engine, name: str) -> Branch:
    new = Branch(BranchId(""), name, "Berlin", "Teststrasse 1", "Europe/Berlin", every_day("00:00", "24:00"))
    return await admin.admin.branches.add(admin.actor, new)


async def _car(admin: Engine, branch: Branch, owner: OwnerId, plate: str) -> None:
    form = CarForm(
        plate, "Volkswagen", "Golf", 2022, BodyType.HATCHBACK, "#446688", Fuel.PETROL, Transmission.MANUAL, 5, 10_000,
        Money(_RATE, "EUR"), branch.id, "DE",
    )  # fmt: skip
    await admin.fleet.add(admin.actor, form, owner_id=owner)


async def _hold(window: Window, desk: Engine, first: int, plate: str = "B-DS 1") -> Booking:
    car = (await desk.catalogue.cars(desk.actor, plate)).rows[0].id
    start = desk.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=first, hours=1)
    wish = HoldCar(
        secrets.token_hex(8),
        car,
        RentalPeriod(start, start + timedelta(hours=20)),
        RenterId(window.renter),
        Money(_RATE, "EUR"),
    )
    return await desk.booking.hold(desk.actor, wish)


async def _pay(desk: Engine, held: Booking) -> Booking:
    opened = await desk.payment.settle(desk.actor, held.id)
    async with httpx.AsyncClient(**PLAIN, timeout=_PATIENCE_S) as http:
        answer = await Stripe(http).pay(opened)
        assert answer.has_redirect_location, answer.text
    paid = await desk.payment.settle(desk.actor, held.id)
    assert paid.state is BookingState.CONFIRMED, paid.state
    return paid


DESKS = {
    "people": lambda window: asyncio.run(_people(window)),
    "book": lambda window: asyncio.run(_book(window)),
    "after restore": lambda window: asyncio.run(_after_restore(window)),
    "branch": lambda window: asyncio.run(_another_branch(window)),
}
