"""A desk or worker listens for what renters wish, has it carried out, and asks Stripe for them until it is paid."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import structlog

from engine.domain.booking.booking import Booking, BookingId
from engine.domain.booking.states import FACTS
from engine.domain.booking.wish import CARRIER_SILENT, Wish
from engine.domain.people.people import Actor
from engine.domain.shared.boot_clock import heed_cancellation, rest
from engine.domain.shared.errors import DriveSphereError, RuleBroken
from engine.ports.leases import Leases
from engine.ports.wishes import Wishes
from engine.services.booking.follower import Follower
from engine.services.booking.wish_deeds import WishDeeds, actor_of

log = structlog.get_logger(__name__)

Held: TypeAlias = tuple[Actor, Booking]

#: What no answer of Stripe's or of another desk's has decided yet is tried again after so long.
_AGAIN_S = 0.3
_HERE_EVERY_S = CARRIER_SILENT / timedelta(seconds=3)
_AT_ONCE = 8
#: How long one desk asks Stripe for a booking before another may; and how often orphans are looked for.
_FOLLOW_FOR, _FOLLOW_LEASE = timedelta(seconds=20), timedelta(seconds=30)
_ADOPT_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Carrier:
    """What of ``WishDeeds`` a desk does without being asked. Make a new one for each run."""

    deeds: WishDeeds
    wishes: Wishes
    follower: Follower
    leases: Leases
    _heard: asyncio.Queue[Wish | Held | None] = field(default_factory=asyncio.Queue)
    _busy: set[str] = field(default_factory=set)
    _followed: set[BookingId] = field(default_factory=set)

    async def run(self) -> None:
        """Until cancelled; when it leaves, it says so."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._be_here(), name="carrier")
                group.create_task(self._adopt(), name="orphans")
                group.create_task(self.wishes.follow(self._heard.put_nowait), name="wishes")
                await self._hand_out(group)
        finally:
            with suppress(DriveSphereError):
                await asyncio.shield(self.wishes.gone())

    async def _hand_out(self, group: asyncio.TaskGroup) -> None:
        places = asyncio.Semaphore(_AT_ONCE)
        while True:
            word = await self._heard.get()
            if word is None:
                group.create_task(self._look())
            elif isinstance(word, Wish):
                if (key := _key(word)) not in self._busy:
                    self._busy.add(key)
                    group.create_task(self._serve(word, places), name=f"wish {word.id}")
            elif FACTS[word[1].state].hold and word[1].id not in self._followed:
                self._followed.add(word[1].id)
                group.create_task(self._follow(*word), name=f"follow {word[1].id}")

    async def _look(self) -> None:
        """What was there before this desk listened."""
        try:
            for wish in await self.wishes.waiting():
                self._heard.put_nowait(wish)
        except DriveSphereError as problem:
            log.warning("carrier.not_looked", code=problem.code)

    async def _be_here(self) -> None:
        while True:
            try:
                await self.wishes.here()
            except DriveSphereError as problem:
                log.warning("carrier.not_announced", code=problem.code)
            await rest(_HERE_EVERY_S)

    async def _adopt(self) -> None:
        """Follow what a desk has left that carried it out and is gone."""
        while True:
            try:
                for account, booking_id in await self.wishes.held():
                    if (signer := await self.wishes.signer(account)) is not None:
                        booking = await self.deeds.bookings.store.booking(booking_id)
                        self._heard.put_nowait((actor_of(signer), booking))
            except DriveSphereError as problem:
                log.info("carrier.not_adopted", code=problem.code)
            await rest(_ADOPT_EVERY_S)

    async def _serve(self, wish: Wish, places: asyncio.Semaphore) -> None:
        try:
            async with places:
                held = await self.until_decided(wish)
        except Exception:
            # A row that nobody foresaw must not end the carrying of all others.
            log.exception("carrier.bug", wish=wish.id)
        else:
            if held is not None:
                self._heard.put_nowait(held)
        finally:
            self._busy.discard(_key(wish))

    async def until_decided(self, wish: Wish) -> Held | None:
        """Somebody else's turn and a server's silence decide nothing; the wish's own end does."""
        while True:
            try:
                return await self.deeds.carry(wish)
            except RuleBroken as problem:
                log.warning("carrier.left", wish=wish.id, code=problem.code)
                return None
            except DriveSphereError as problem:
                log.info("carrier.again", wish=wish.id, code=problem.code)
            await rest(_AGAIN_S)
            if wish not in await self._still_waiting():
                return None

    async def _still_waiting(self) -> list[Wish]:
        while True:
            try:
                return await self.wishes.waiting()
            except DriveSphereError as problem:
                log.info("carrier.not_looked", code=problem.code)
            await rest(_AGAIN_S)

    async def _follow(self, actor: Actor, booking: Booking) -> None:
        """Ask Stripe until the booking rests: the renter's window has no key to ask with.

        One desk at a time, a while each; should it die, the next one that looks takes over.
        """
        try:
            while FACTS[booking.state].hold:
                async with self.leases.alone(f"follow:{booking.id}", _FOLLOW_LEASE) as mine:
                    if not mine:
                        return
                    booking = await self._watched(actor, booking)
        except DriveSphereError as problem:
            log.warning("carrier.follows_no_longer", booking=booking.id, code=problem.code)
        finally:
            self._followed.discard(booking.id)

    async def _watched(self, actor: Actor, booking: Booking) -> Booking:
        clock = self.deeds.clock
        until = clock.now() + _FOLLOW_FOR
        while FACTS[booking.state].hold and clock.now() < until:
            heed_cancellation()
            try:
                booking = await self.follower.look_again(actor, booking)
            except DriveSphereError as problem:
                if not problem.retryable:
                    raise
                log.info("carrier.look_failed", booking=booking.id, code=problem.code)
        return booking


def _key(wish: Wish) -> str:
    return f"{wish.slot}:{wish.signature.hex()}"
