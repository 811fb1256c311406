"""The board: what the time of a branch's, a firm's or an owner's cars is promised for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain.booking.board import MOST_CARS, Bar, Board, BoardAsked, BoardRow, RowOrDamaged
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import Forbidden
from engine.ports.cars import BoardStore
from engine.ports.local import Clock
from engine.ports.rules import FirmStore
from engine.services.input_guard import gated


@gated
@dataclass(frozen=True, slots=True)
class BoardService:
    """A counter sees its branch's cars, head office all, an owner the own ones without their renters' names."""

    rows: BoardStore
    store: FirmStore
    clock: Clock

    async def board(self, actor: Actor, asked: BoardAsked) -> Board:
        """One page of cars in service, by branch, body and plate; a row that cannot be read is told as damaged.

        Raises:
            Forbidden: The actor's role sees no board, or not that of this branch.
        """
        if actor.owner_id is None:
            actor.must(Deed.SEE_BRANCH_BOOKINGS)
            if not actor.may(Deed.SEE_ALL_BOOKINGS) and asked.branch_id != actor.branch_id:
                raise Forbidden(role=actor.role, deed="see another branch's board")
        else:
            actor.must(Deed.MANAGE_OWN_CARS)
        branches, now = await self.store.branches(), self.clock.now()
        asked = replace(asked, offset=max(0, asked.offset), limit=min(max(1, asked.limit), MOST_CARS))
        found = await self.rows.board(asked, actor.owner_id)
        rows = tuple(_told_to(actor, row) for row in found.rows)
        return Board(asked, now, rows, found.total, tuple(branches))


def _told_to(actor: Actor, row: RowOrDamaged) -> RowOrDamaged:
    """Who has a car is told as a list of bookings would tell it."""
    if actor.owner_id is not None or actor.may(Deed.SEE_ALL_BOOKINGS) or not isinstance(row, BoardRow):
        return row
    return replace(row, bars=tuple(_bar_told_to(actor, bar) for bar in row.bars))


def _bar_told_to(actor: Actor, bar: Bar) -> Bar:
    booking = bar.booking
    if booking is None or actor.branch_id == booking.branch_id or booking.booked_by == actor.account:
        return bar
    return replace(bar, booking=replace(booking, renter=""))
