"""The day of a branch: what goes out, comes back, is late, held, or was not fetched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from engine.domain.booking.booking import Booking
from engine.domain.booking.states import BookingState
from engine.domain.booking.today import DayAsked, Today, day_end
from engine.domain.car.car import BranchId
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import NotFound
from engine.ports.bookings import Store
from engine.ports.local import Clock
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class TodayService:
    """A counter sees its own branch's day, and of another one what it booked itself, as in every list."""

    store: Store
    clock: Clock

    async def day(self, actor: Actor, branch_id: BranchId) -> Today:
        """What is to be done there until the branch's midnight; at most ``MOST_LINES`` lines a section.

        Raises:
            Forbidden: The actor's role stands at no counter.
            NotFound: There is no such branch.
        """
        actor.must(Deed.HAND_OVER)
        branch = next((each for each in await self.store.branches() if each.id == branch_id), None)
        if branch is None:
            raise NotFound("branch", branch_id)
        now = self.clock.now()
        whole = actor.may(Deed.SEE_ALL_BOOKINGS) or actor.branch_id == branch_id
        asked = DayAsked(branch_id, now, day_end(branch, now), None if whole else actor.account)
        sections = await self.store.due_today(asked)
        rows = [row for each in sections for row in each.rows if isinstance(row, Booking)]
        out = {row.id: row for row in rows if row.state is BookingState.OUT}
        phones, cars, agreed = await asyncio.gather(
            self.store.telephones({row.renter_id for row in rows}),
            self.store.cars_now({row.car_id for row in rows}),
            self.store.agreed(out.keys()),
        )
        further = {number: agreement.total - out[number].price for number, agreement in agreed.items()}
        return Today(branch, now, asked.until, sections, phones, cars, further)
