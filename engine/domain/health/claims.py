"""Claims and bookings held against each other: what keeps a car stands in its fence, and what stands there keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from engine.domain.car.availability import ClaimKind, Stretch
from engine.domain.car.movement import movement_named, parts_of
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.remark import Remark, remark

#: Lines kept of each walk; the others are counted.
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking in a state that keeps its car.

    Attributes:
        way: The branches where the car is taken and left; None where it does not matter.
        held_too_long: Set for a hold beyond all rules.
    """

    booking_id: str
    taken: Stretch
    way: tuple[str, str] | None = None
    held_too_long: datetime | None = None


@dataclass(frozen=True, slots=True)
class FenceClaims:
    """A car's fence as it was read.

    Attributes:
        seq: How often it was claimed or let go; None for what is no such number.
        claims: Those that can be read, by their id; ``unreadable`` counts the others, ``twice`` names repeated ids.
        owner_id: By its terms; None where they cannot be read.
        ways: Of each claim the branches where the car is taken and left.
        floating: Claims that may be moved to another car; no program has made one yet.
        stands: Where the car stands; None while it is out. ``places`` are the firm's branches, None if nobody asked.
        other_rules: It says that it was sold by rules that its branch does not have (any more).
    """

    car_id: str
    seq: int | None
    claims: Mapping[str, tuple[ClaimKind, Stretch]]
    unreadable: int = 0
    twice: tuple[str, ...] = ()
    owner_id: str | None = None
    ways: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    floating: tuple[str, ...] = ()
    stands: str | None = None
    places: frozenset[str] | None = None
    other_rules: bool = False


@dataclass(slots=True)
class Walk:
    """What a walk over rows found.

    Attributes:
        looked: Rows looked at.
        lines: What is wrong, one remark each; ``more`` counts those that are not kept.
        cut_off: There was no time for all of them.
    """

    looked: int = 0
    lines: list[Remark] = field(default_factory=list)
    more: int = 0
    cut_off: bool = False

    def add(self, lines: Iterable[Remark]) -> None:
        for line in lines:
            if len(self.lines) < _MOST_LINES:
                self.lines.append(line)
            else:
                self.more += 1

    @property
    def wrong(self) -> int:
        return len(self.lines) + self.more


def restored_faults(fence: FenceClaims, waiting: Mapping[str, RentalPeriod]) -> Iterator[Remark]:
    """What does not fit between a fence and the *waiting* payments that keep its car, both of one moment."""
    for claim_id, (kind, taken) in fence.claims.items():
        if kind is not ClaimKind.RESTORED:
            continue
        if claim_id not in waiting:
            yield remark("claim.restored_decided", car=fence.car_id, payment=claim_id)
        elif waiting[claim_id] != taken.period:
            yield remark("claim.restored_other_times", car=fence.car_id, payment=claim_id)
    for payment in waiting:
        kept_as, _ = fence.claims.get(payment, (None, None))
        if kept_as is not ClaimKind.RESTORED and not fence.unreadable:
            yield remark("claim.restored_missing", car=fence.car_id, payment=payment)


@dataclass(frozen=True, slots=True)
class Away:
    """An open movement of a car. Attributes: ``owner_id`` is whose car it says that it is."""

    id: str
    owner_id: str
    period: RentalPeriod


def movement_faults(fence: FenceClaims, rows: Iterable[Away]) -> Iterator[Remark]:
    """What does not fit between a fence and the open movements of its car, both of one moment.

    Their claims are all of their time that nothing else takes, no more and no less.
    """
    waiting = {each.id: each for each in rows}
    for claim_id, (kind, taken) in fence.claims.items():
        if kind is not ClaimKind.MOVEMENT:
            continue
        movement = waiting.get(movement_named(claim_id))
        if movement is None:
            yield remark("claim.no_movement", car=fence.car_id, claim=claim_id)
        elif taken.starts_at < movement.period.starts_at or taken.ends_at > movement.period.ends_at:
            yield remark("claim.movement_other_times", car=fence.car_id, claim=claim_id)
    every = [taken.whole for _, taken in fence.claims.values()]
    for movement in waiting.values():
        if fence.owner_id is not None and movement.owner_id != fence.owner_id:
            yield remark("claim.movement_other_owner", car=fence.car_id, movement=movement.id)
        # Nothing is planned where no time is left for it.
        claims_none = not any(movement_named(claim_id) == movement.id for claim_id in fence.claims)
        if (claims_none or parts_of(movement.period, every)) and not fence.unreadable:
            yield remark("claim.movement_missing", car=fence.car_id, movement=movement.id)


def faults_of(fence: FenceClaims, kept: Iterable[Kept]) -> Iterator[Remark]:
    """What does not fit between a fence and the bookings that keep its car, both of one moment."""
    bookings = {each.booking_id: each for each in kept}
    if fence.seq is None or fence.seq < 0:
        yield remark("claim.no_count", car=fence.car_id)
    if fence.unreadable:
        yield remark("claim.unreadable", car=fence.car_id, unreadable=str(fence.unreadable))
    for claim_id in fence.twice:
        yield remark("claim.twice", car=fence.car_id, claim=claim_id)
    for claim_id, (kind, taken) in fence.claims.items():
        if kind is not ClaimKind.BOOKING:
            continue
        booking = bookings.get(claim_id)
        if booking is None:
            yield remark("claim.keeps_nothing", car=fence.car_id, claim=claim_id)
        elif not _same_times(booking.taken, taken):
            yield remark("claim.other_times", car=fence.car_id, claim=claim_id)
        elif booking.taken.out is not taken.out:
            yield remark("claim.out", car=fence.car_id, claim=claim_id)
    yield from _of_bookings(fence, bookings.values())
    yield from _of_places(fence, bookings)
    yield from _overlapping(fence)
    if (several := [claim_id for claim_id, (_, taken) in fence.claims.items() if taken.out])[1:]:
        yield remark("claim.out_twice", car=fence.car_id, claims=", ".join(several))


def _same_times(promised: Stretch, taken: Stretch) -> bool:
    """A renter may have come for the car before the agreed time."""
    begins = promised.starts_at == taken.starts_at or (taken.out and taken.starts_at < promised.starts_at)
    return begins and (promised.ends_at, promised.free_at) == (taken.ends_at, taken.free_at)


def _of_places(fence: FenceClaims, bookings: Mapping[str, Kept]) -> Iterator[Remark]:
    """Where the car is, and is taken and left."""
    if fence.places is None:
        return
    out = any(taken.out for _, taken in fence.claims.values())
    if fence.other_rules:
        yield remark("claim.other_rules", car=fence.car_id)
    if out is not (fence.stands is None) or (fence.stands is not None and fence.stands not in fence.places):
        yield remark("claim.stands", car=fence.car_id, place=fence.stands or "")
    for claim_id, way in fence.ways.items():
        kept = bookings.get(claim_id)
        # Before claims said so, each was taken for one that comes back to its branch.
        agreed = kept is None or kept.way is None or way in (kept.way, (kept.way[0], kept.way[0]))
        if not agreed or not fence.places.issuperset(way):
            yield remark("claim.other_places", car=fence.car_id, claim=claim_id)
    for claim_id in fence.floating:
        yield remark("claim.floats", car=fence.car_id, claim=claim_id)


def _of_bookings(fence: FenceClaims, kept: Iterable[Kept]) -> Iterator[Remark]:
    for each in kept:
        kind, _ = fence.claims.get(each.booking_id, (None, None))
        if kind is not ClaimKind.BOOKING and not fence.unreadable:
            yield remark("claim.missing", car=fence.car_id, booking=each.booking_id)
        if each.held_too_long is not None:
            until = f"{each.held_too_long:%Y-%m-%d %H:%M}"
            yield remark("claim.held_too_long", car=fence.car_id, booking=each.booking_id, until=until)


def _overlapping(fence: FenceClaims) -> Iterator[Remark]:
    ordered = sorted(fence.claims.items(), key=lambda each: each[1][1].starts_at)
    for (one, (_, before)), (other, (_, after)) in pairwise(ordered):
        if after.starts_at < before.free_at:
            yield remark("claim.overlap", car=fence.car_id, one=one, other=other)
