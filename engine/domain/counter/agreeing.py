"""Chips of one line beside each other: those that narrow each other down, and those that say two things of one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from engine.domain.counter.chips import (
    Chip,
    ChipKind,
    ChipState,
    OfBody,
    OfClass,
    OfModel,
    OfPlate,
    Rents,
    RentsNew,
    Said,
    WhyNot,
)
from engine.domain.counter.known import Known, KnownCar

#: Of each a line has one.
_ONCE = (ChipKind.TENDER, ChipKind.DEPOSIT, ChipKind.DISCOUNT, ChipKind.PICK_UP, ChipKind.RETURN_TO)
_CAR = frozenset({ChipKind.BODY, ChipKind.CAR_CLASS, ChipKind.MODEL, ChipKind.PLATE})
_RENTER = frozenset({ChipKind.RENTER})
_CAR_SAID, _RENTER_SAID = (OfBody, OfClass, OfModel, OfPlate), (Rents,)


def agreeing(chips: Sequence[Chip], known: Known) -> tuple[Chip, ...]:
    """*chips* in the same order: a model and a plate are one car, a name and a number one renter.

    Of two that cannot both hold the later one is not read.
    """
    told = dict(enumerate(chips))
    for kind in _ONCE:
        _once(told, kind)
    for kinds, types in ((_CAR, _CAR_SAID), (_RENTER, _RENTER_SAID)):
        _narrowed(told, kinds, _Meant(known, types))
    return tuple(told[at] for at in sorted(told))


def _once(told: dict[int, Chip], kind: ChipKind) -> None:
    found = [at for at, chip in told.items() if chip.kind is kind]
    for at in found[1:]:
        if told[at].said is None or told[at].said != told[found[0]].said:
            told[at] = _twice(told[at])


def _twice(chip: Chip) -> Chip:
    offered = chip.candidates or ((chip.said,) if chip.said is not None else ())
    return replace(chip, state=ChipState.NOT_READ, said=None, candidates=offered, why=WhyNot.TWICE)


def _narrowed(told: dict[int, Chip], kinds: frozenset[ChipKind], meant: _Meant) -> None:
    """Each chip in turn keeps of its readings those that fit what stands before it and behind it."""
    own = {at: chip for at, chip in told.items() if chip.kind in kinds and _readings(chip)}
    if len(own) < 2:  # noqa: PLR2004 -- a pair
        return
    common: frozenset[Hashable] | None = None
    for at, chip in own.items():
        if not all(meant.knows(each) or isinstance(each, RentsNew) for each in _readings(chip)):
            continue  # it may be something else altogether
        here = frozenset[Hashable]().union(*(meant.by(each) for each in _readings(chip)))
        left = here if common is None else common & here
        if not left:
            told[at] = _twice(chip)
        else:
            common = left
    for at in own:
        if told[at].state is not ChipState.NOT_READ and common is not None:
            told[at] = _kept(told[at], common, meant)


def _readings(chip: Chip) -> tuple[Said, ...]:
    return chip.candidates or ((chip.said,) if chip.said is not None else ())


def _kept(chip: Chip, common: frozenset[Hashable], meant: _Meant) -> Chip:
    """A reading that is nothing of the kind, such as a time, is still asked about."""
    kept = tuple(each for each in _readings(chip) if not meant.knows(each) or meant.by(each) & common)
    known = tuple(each for each in kept if not isinstance(each, RentsNew))
    if len(known) == 1 and meant.knows(known[0]):
        return replace(chip, state=ChipState.CERTAIN, said=known[0], candidates=())
    return replace(chip, candidates=kept) if chip.candidates else chip


class _Meant:
    """Which cars, or which renters, a reading leaves."""

    def __init__(self, known: Known, types: tuple[type[Said], ...]) -> None:
        self._cars, self._types = known.cars, types

    def knows(self, said: Said) -> bool:
        return isinstance(said, self._types)

    def by(self, said: Said) -> frozenset[Hashable]:
        if not self.knows(said):
            return frozenset()
        if isinstance(said, Rents):
            return frozenset({said.renter_id})
        return frozenset(car.id for car in self._cars if _is(car, said))


def _is(car: KnownCar, said: Said) -> bool:
    match said:
        case OfBody(body):
            return car.body is body
        case OfClass(code):
            return car.class_code == code
        case OfModel(brand, model):
            return (car.brand, car.model) == (brand, model)
        case OfPlate(car_id):
            return car.id == car_id
        case _:
            return False
