"""A busy hour at the counters: many renters at once, each of whom pays, dawdles, thinks again or walks away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from desks import RemoteDesk
from firm import Payer
from run import Run

#: What renters do, and how often.
PLANS = {
    "pay": 40,
    "pay late": 14,
    "pay and cancel": 12,
    "pay and take the car": 12,
    "pay, take the car and bring it back": 12,
    "dawdle": 8,
    "dawdle and come back": 6,
    "give up": 8,
    "give up and pay": 6,
    "close the window and pay": 6,
}
#: Only where Stripe's own list is looked through: somebody set the car free behind the engine's back.
MISTAKES = {"pay for a car let go": 10, "pay for a car let go and taken": 10}
_PRESSES, _LOOKS = 5, 3
#: What is done with a car that is taken: it goes out, is kept for some hours more, and comes back.
_AND_BACK: tuple[tuple[str, dict[str, Any]], ...] = (("hand_over", {}), ("extend", {"hours": 7}), ("take_back", {}))
_AGAIN = {"contended", "unavailable", "gone"}
_BREATH_S = 0.15

Disturb = Callable[["Shift", random.Random], Awaitable[None]]


@dataclass
class Shift:
    """Desks at work for *renters* people, at most *at_once* of them in the building.

    Attributes:
        looks: What a desk is like, by the number of its seat; a dead one is replaced by one alike.
    """

    run: Run
    renters: int
    looks: list[dict[str, Any]]
    at_once: int = 6
    mistakes: bool = False
    days: int = 0
    seats: list[RemoteDesk | None] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _seating: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def work(self, disturb: Disturb | None = None) -> None:
        """Serve everybody while *disturb* does its worst, again and again."""
        self.days = self.days or 3 * max(4, self.renters // len(self.run.cars))
        self.seats = [await self.run.desk(**look) for look in self.looks]
        door = asyncio.Semaphore(self.at_once)

        async def visit(number: int) -> None:
            async with door:
                await self._serve(random.Random(f"{self.run.scenario} {self.run.seed} {number}"))  # noqa: S311

        async with asyncio.TaskGroup() as day:
            if disturb:
                day.create_task(self._disturb(disturb))
            async with asyncio.TaskGroup() as visits:
                for number in range(self.renters):
                    visits.create_task(visit(number))
            self.over.set()

    async def _disturb(self, disturb: Disturb) -> None:
        while not self.over.is_set():
            await disturb(self, self.run.chance)

    async def desk(self, chance: random.Random) -> RemoteDesk:
        """Any desk that is open; one that died is replaced."""
        seat = chance.randrange(len(self.seats))
        async with self._seating:
            while (desk := self.seats[seat]) is None or not desk.alive:
                self.seats[seat] = await self.run.desk(**self.looks[seat])
        return desk

    async def _serve(self, chance: random.Random) -> None:
        plans = PLANS | (MISTAKES if self.mistakes else {})
        run, plan = self.run, chance.choices(list(plans), list(plans.values()))[0]
        # A car goes out a day before it is due at the earliest.
        first_day = 0 if "take the car" in plan else chance.randrange(self.days)
        wish = run.wish(chance.choice(run.cars), first_day, days=chance.choice((1, 2, 3)))
        booking = await self._book(wish, chance)
        if not booking:
            return
        if plan == "give up":
            await run.do(await self.desk(chance), "give_up", booking=booking)
            return
        await self._open(chance, booking)
        url = run.urls.get(booking, "")
        payer = Payer(run.firm.stripe, chance)
        if url:
            if plan in MISTAKES:
                await self._mistake(plan, wish, booking, payer, chance)
            else:
                await self._carry_out(plan, booking, url, payer, chance)
        for _ in range(_LOOKS):
            told = await run.do(await self.desk(chance), "settle", booking=booking)
            if told.get("state") not in {None, "held", "releasing"}:
                return

    async def _carry_out(self, plan: str, booking: str, url: str, payer: Payer, chance: random.Random) -> None:
        run = self.run
        match plan:
            case "pay":
                await payer.pay(url)
            case "pay and cancel":
                await payer.pay(url)
                await run.do(await self.desk(chance), "settle", booking=booking)
                await run.do(await self.desk(chance), "cancel", booking=booking)
            case "pay and take the car" | "pay, take the car and bring it back":
                await payer.pay(url)
                await self._take_the_car(booking, chance, and_back=plan.endswith("back"))
            case "pay late":
                await run.firm.run_out({"_id": booking})
                await asyncio.gather(payer.pay(url), run.do(await self.desk(chance), "settle", booking=booking))
            case "dawdle" | "dawdle and come back":
                await run.firm.run_out({"_id": booking})
                await run.do(await self.desk(chance), "sweep")
                if plan == "dawdle and come back":
                    await run.take_up_again(await self.desk(chance), booking)
            case "give up and pay":
                await asyncio.gather(payer.pay(url), run.do(await self.desk(chance), "give_up", booking=booking))
            case "close the window and pay":
                if desk := next((seat for seat in self.seats if seat and seat.alive), None):
                    run.faults["closed windows"] += 1
                    desk.kill()
                await payer.pay(url)

    async def _take_the_car(self, booking: str, chance: random.Random, *, and_back: bool) -> None:
        """At two desks at once, and again where a bad moment kept both from it."""
        await self.run.do(await self.desk(chance), "settle", booking=booking)
        for command, more in _AND_BACK if and_back else _AND_BACK[:1]:
            for _ in range(_LOOKS):
                both = [await self.desk(chance) for _ in range(2)]
                await asyncio.gather(*(self.run.do(desk, command, booking=booking, **more) for desk in both))

    async def _mistake(
        self, plan: str, wish: dict[str, Any], booking: str, payer: Payer, chance: random.Random
    ) -> None:
        if await self.run.firm.let_go_by_mistake(booking):
            self.run.faults["cars let go by mistake"] += 1
            if plan == "pay for a car let go and taken":
                await self.run.hold(await self.desk(chance), {**wish, "key": f"{wish['key']}-other"})
        await payer.pay(self.run.urls[booking])

    async def _book(self, wish: dict[str, Any], chance: random.Random) -> str:
        """Press "Book", and again with the same key while that may help."""
        for _ in range(_PRESSES):
            booking = await self.run.hold(await self.desk(chance), wish)
            last = next(call for call in reversed(self.run.evidence.calls) if call.key == wish["key"])
            if last.answer == "booking.already_asked":
                return last.booking
            if last.answer not in _AGAIN:
                return booking
            await asyncio.sleep(chance.uniform(1, 3) * _BREATH_S)
        return ""

    async def _open(self, chance: random.Random, booking: str) -> None:
        for _ in range(_LOOKS):
            if booking in self.run.urls:
                return
            await self.run.do(await self.desk(chance), "open", booking=booking)
