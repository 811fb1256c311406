"""11. Many desks take cash for the same bookings into one drawer, change their minds, die in the middle; members fall.

Whatever was done: what the bookings say was paid, what the ledger says and what lies in the drawer are one sum, and
whoever was told that it was taken finds it there once.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from desks import DeskGone, Refused, RemoteDesk
from firm import Firm, insist
from test_faults_papers import election

from engine.domain.counter.shift import NoShift
from engine.domain.shared.errors import Contended, MoveRefused, Overtaken, Unavailable

pytestmark = pytest.mark.asyncio
#: Desks, bookings, and presses of each desk.
_WORK = {"quick": (3, 2, 8), "short": (4, 4, 40), "long": (8, 8, 120)}
_DEATHS = ("before post", "after post", "after move", "before transact hand", "after transact hand")
_DIES, _CHANGES_ITS_MIND = 0.05, 1 / 7
#: A desk cannot know whether it was done, or others were quicker; it looks again.
_AGAIN = {Contended.code, Unavailable.code, Overtaken.code}
_PRICE, _PART, _BREATH_S = 50_00, 50, 0.1


@dataclass
class Till:
    """Attributes: ``told`` are the payments that clerks were told of."""

    firm: Firm
    bookings: list[str]
    chance: random.Random
    told: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    async def desk(self, name: str) -> RemoteDesk:
        while True:
            try:
                return await self.firm.nursery.desk(self.firm.spec(name), lambda _: None)
            except Refused as refused:
                if refused.code != Unavailable.code:
                    raise
                await asyncio.sleep(_BREATH_S)

    async def work(self, name: str, presses: int) -> None:
        desk = await self.desk(name)
        for _ in range(presses):
            if not desk.alive:
                desk = await self.desk(name)
            try:
                if self.chance.random() < _DIES:
                    await desk.ask("arm", point=self.chance.choice(_DEATHS), action="kill")
                await self._press(desk)
            except DeskGone:
                self.faults["killed"] += 1
        if desk.alive:
            await desk.close()

    async def _press(self, desk: RemoteDesk) -> None:
        booking, aborts = self.chance.choice(self.bookings), self.chance.random() < _CHANGES_ITS_MIND
        try:
            seen = (await desk.ask("seen", booking=booking))["version"]
            self.told.append(
                (await desk.ask("take", booking=booking, minor=_PART, seen=seen, aborts=aborts))["payment"]
            )
        except Refused as refused:
            if refused.code not in _AGAIN | {MoveRefused.code}:
                raise
            self.faults[refused.code] += 1


@asynccontextmanager
async def an_open_drawer(firm: Firm, name: str, bookings: int):
    """Reservations that are paid at the counter, and a shift that begins with nothing in it."""
    desk = await firm.nursery.desk(firm.spec("opens"), lambda _: None)
    cars = await firm.add_cars(name, bookings)
    promised = [(await desk.ask("promise", car=car, minor=_PRICE))["booking"] for car in cars]
    shift = (await desk.ask("open_drawer"))["shift"]
    try:
        yield desk, promised, shift
    finally:
        await desk.close()
        await insist(lambda: firm.db.shifts.delete_many({}))


async def _sums(firm: Firm, bookings: list[str], shift: str) -> tuple[list[str], dict[str, int], int, int]:
    """Which payments there are, and what bookings, ledger and drawer say of them."""
    rows = await insist(lambda: firm.db.bookings.find({"_id": {"$in": bookings}}).to_list())
    taken = [each for row in rows for each in row["payments"][1:]]
    wanted = {"booking_id": {"$in": bookings}}
    ledger = await insist(lambda: firm.db.ledger.find(wanted).to_list())
    by_kind = Counter[str]()
    for row in ledger:
        by_kind[row["kind"]] += row["amount"]["minor"]
    drawer = await insist(lambda: firm.db.shifts.find_one({"_id": shift}))
    moved = sum(move["amount"]["minor"] for move in drawer["moves"])
    return [each["id"] for each in taken], by_kind, moved, sum(each["amount"]["minor"] for each in taken)


@pytest.mark.timeout(1800)
async def test_bookings_ledger_and_drawer_are_of_one_mind_whatever_is_done_to_the_desks(firm, length, seeds, capsys):
    desks, bookings, presses = _WORK[length]
    async with an_open_drawer(firm, f"till-{length}", bookings) as (_, promised, shift):
        till = Till(firm, promised, random.Random(seeds[0]))  # noqa: S311 -- repeatable on purpose
        async with asyncio.TaskGroup() as group:
            for n in range(desks):
                group.create_task(till.work(f"till-{n}", presses))
            if length != "quick":
                group.create_task(election(till, 2.0))
        payments, posted, moved, taken = await _sums(firm, promised, shift)
        last = await till.desk("counts")
        assert "closed" == (await last.ask("count_drawer", shift=shift, cents=taken))["state"]
        await last.close()

    with capsys.disabled():
        print(f"\n{len(payments)} payments of {desks} desks; {dict(till.faults)}")  # noqa: T201 -- for whoever measures
    assert taken == moved == posted["charge"] == posted["owner_share"] + posted["platform_share"]
    assert len(payments) == len(set(payments))
    assert len(till.told) == len(set(till.told))
    assert set(till.told) <= set(payments)
    assert len(payments) - len(till.told) <= till.faults["killed"] + till.faults[Unavailable.code]


_MUTANTS = {
    "": True,
    "the ledger outside of the payment's transaction": False,
    "the drawer outside of the payment's transaction": False,
    "a counted drawer takes cash": False,
}


@pytest.mark.parametrize("mutant", _MUTANTS)
async def test_each_guard_of_the_till_earns_its_place(firm, mutant):
    """A clerk changes its mind, another counts while a third is about to take; without the guard the sums part."""
    name = f"guard-{list(_MUTANTS).index(mutant)}"
    async with an_open_drawer(firm, name, 1) as (sound, (booking,), shift):
        desk = await firm.nursery.desk(firm.spec("takes", mutant=mutant), lambda _: None)
        with suppress(Refused):
            await desk.ask("take", booking=booking, minor=_PART, seen=1, aborts=True)
        await desk.ask("arm", point="before transact hand", action="stop")
        late = asyncio.create_task(desk.ask("take", booking=booking, minor=_PART, seen=1))
        await desk.stopped()
        closed = (await sound.ask("count_drawer", shift=shift, cents=0))["state"]
        desk.resume()
        told = ""
        try:
            await late
        except Refused as refused:
            told = refused.code
        payments, posted, moved, taken = await _sums(firm, [booking], shift)
        await desk.close()

    agrees = (closed, told) == ("closed", NoShift.code) and taken == moved == posted["charge"] == 0
    assert _MUTANTS[mutant] is agrees, (closed, told, payments, posted, moved, taken)
