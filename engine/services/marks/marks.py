"""The marks on a car: seen by its owner and the counter, added at the counter, closed by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from engine.domain.car.car import Car, CarId
from engine.domain.car.condition import (
    CarMarks,
    Ended,
    Found,
    Mark,
    MarkId,
    NewMark,
    ended_so,
    followed,
    repaired,
    written,
)
from engine.domain.firm.audit import AuditRow, Facts
from engine.domain.people.people import AccountName, Actor, Deed
from engine.domain.shared.errors import InvalidText
from engine.ports.bookings import Transaction
from engine.ports.marks import MarkBook
from engine.services.fleet.fleet import FleetService
from engine.services.input_guard import gated
from engine.services.marks.marking import next_mark_id, note_marks, sound_marks

_NOTHING: Facts = MappingProxyType({})


@gated
@dataclass(frozen=True, slots=True)
class MarkService:
    fleet: FleetService
    book: MarkBook

    async def of_car(self, actor: Actor, car_id: CarId) -> CarMarks:
        """All of a car, those that are closed too.

        Raises:
            Forbidden, NotFound: As for every car.
        """
        car = await self._seen(actor, car_id)
        return CarMarks(car, tuple(await self.book.of_car(car_id)))

    async def add(self, actor: Actor, car_id: CarId, new: Sequence[NewMark]) -> tuple[Mark, ...]:
        """What was found while nobody had the car.

        Raises:
            Forbidden: The actor's role stands at no counter.
            NotFound: There is no such car.
            InvalidText: A field of a mark, by its name; ``marks`` for none, or too many at once.
        """
        actor.must(Deed.MARK_CARS)
        car = await self.fleet.store.car(car_id)
        marks = sound_marks(car, new)
        if not marks:
            raise InvalidText("marks", "field.empty")
        found = Found(actor.account, self.fleet.clock.now())

        async def add(work: Transaction) -> tuple[Mark, ...]:
            return (await note_marks(work, car, marks, found)).new

        return await self.fleet.store.transact(add)

    async def repair(self, actor: Actor, mark_id: MarkId, why: str) -> Mark:
        """Nothing is to be seen of it any more.

        Raises:
            Forbidden: The actor's role closes no marks.
            NotFound, DamagedRow: There is no such mark, or it cannot be read.
            InvalidText: ``why``.
            Overtaken: It is closed already.
        """
        actor.must(Deed.CLOSE_MARKS)
        ended = self._ended(actor, why)

        async def close(work: Transaction) -> Mark:
            mark = await work.marks.mark(mark_id)
            after = repaired(mark, ended)
            await work.marks.close(after)
            await work.audit(self._row("car.mark_repaired", mark, after, ended))
            return after

        return await self.fleet.store.transact(close)

    async def follow(self, actor: Actor, mark_id: MarkId, new: NewMark, why: str) -> Mark:
        """Another mark says more of it, or says it better: *new* takes its place on the same car.

        Raises:
            Forbidden, NotFound, DamagedRow, Overtaken: As ``repair``.
            InvalidText: ``why``, or a field of *new*.
        """
        actor.must(Deed.CLOSE_MARKS)
        ended = self._ended(actor, why)

        async def follow(work: Transaction) -> Mark:
            mark = await work.marks.mark(mark_id)
            car = await self.fleet.store.car(mark.car_id)
            (one,), standing = sound_marks(car, (new,)), await work.marks.standing(car.id)
            after = written(one, next_mark_id(), car.id, standing.last + 1, Found(ended.by, ended.at))
            closed, following = followed(mark, after, ended)
            await work.marks.close(closed)
            await work.marks.add((following,))
            await work.audit(self._row("car.mark_superseded", mark, closed, ended, {"followed by": str(following.n)}))
            return following

        return await self.fleet.store.transact(follow)

    def _ended(self, actor: Actor, why: str) -> Ended:
        return ended_so(actor.account, self.fleet.clock.now(), why)

    def _row(self, what: str, before: Mark, after: Mark, ended: Ended, more: Facts = _NOTHING) -> AuditRow:
        """Who closed it and why: its own row says so too, and a counter's connection could write that."""
        was = {"mark": str(before.n), "part": before.part, "kind": before.kind.value, "state": before.state.value}
        told = {"mark": str(before.n), "state": after.state.value, "reason": ended.why, **more}
        return AuditRow(ended.at, AccountName(ended.by), self.fleet.desk, what, f"car:{before.car_id}", was, told)

    async def _seen(self, actor: Actor, car_id: CarId) -> Car:
        """The counter looks at every car, an owner at its own."""
        if actor.may(Deed.MARK_CARS):
            return await self.fleet.store.car(car_id)
        return await self.fleet.car(actor, car_id)
