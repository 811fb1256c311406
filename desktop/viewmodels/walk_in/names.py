"""What a walk-in line is read with, out of the firm: its branches, this branch's cars, and whom its words find."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial
from itertools import pairwise

from desktop.viewmodels.desk import Desk
from desktop.viewmodels.walk_in.state import minute
from engine.domain.car.car import Branch, BranchId
from engine.domain.car.opening_hours import END_OF_DAY
from engine.domain.counter.known import Known, KnownBranch, KnownCar, KnownRenter, Named
from engine.domain.counter.line_cut import MOST_WORDS, cut
from engine.domain.counter.line_words import ENGLISH, GERMAN, together
from engine.domain.counter.shift import Shift, ShiftState
from engine.domain.moments.habits import Habits
from engine.domain.people.people import Deed, Renter, RenterId
from engine.domain.shared.numerals import Numerals
from engine.domain.shared.sought import joined

#: Renters are asked for so many at a time.
_AT_ONCE = 4
_SHORTEST = 2
_USUAL = time(8), time(18)
_WORDS = together(ENGLISH, GERMAN)
#: What desks are asked for, and nothing of ours sells yet: it is read, and said to be so.
_EXTRAS = tuple(
    Named(each, (each,))
    for each in ("child seat", "booster", "navigation", "snow chains", "additional driver", "roof box", "winter tyres")
)
_COVERS = tuple(Named(each, (each,)) for each in ("collision damage waiver", "theft protection", "full cover"))


@dataclass(slots=True)
class Names:
    """Kept while the line is open; renters are added as words come.

    Attributes:
        cars: Those of ``cars_at``: of the desk's branch until the line names another one.
        asked: Words and pairs of words that somebody may be called by, and were asked for.
    """

    home: Branch
    branches: tuple[Branch, ...]
    cars_at: BranchId
    cars: tuple[KnownCar, ...]
    currency: str
    drawer_open: bool
    renters: dict[RenterId, Renter] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def known(self, now: datetime, habits: Habits, numerals: Numerals) -> Known:
        opens, closes = _hours(self.home, now)
        return Known(
            now=minute(now),
            zone=self.home.clock,
            words=_WORDS,
            habits=habits,
            numerals=numerals,
            currency=self.currency,
            opens=opens,
            closes=closes,
            cars=self.cars,
            branches=tuple(_branch(branch) for branch in self.branches),
            extras=_EXTRAS,
            covers=_COVERS,
            renters=tuple(_renter(each) for each in self.renters.values()),
        )

    def not_asked(self, text: str) -> list[str]:
        """Words of *text*, and words of letters beside each other, that nobody was looked for by yet."""
        words = [word.text for word in cut(text)[:MOST_WORDS] if word.readable and _may_be_of_somebody(word.text)]
        pairs = [f"{one} {other}" for one, other in pairwise(words) if one.isalpha() and other.isalpha()]
        return [each for each in dict.fromkeys((*words, *pairs)) if each not in self.asked]


async def asked_for(desk: Desk, branch_id: BranchId) -> Names | None:
    """None where the branch is no more. Raises: DriveSphereError."""
    catalogue, actor = desk.services.catalogue, desk.actor
    branches, cars, facets, shifts = await asyncio.gather(
        desk.call(lambda: catalogue.branches(actor)),
        desk.call(lambda: catalogue.names(actor, branch_id)),
        desk.call(lambda: catalogue.facets(actor, branch_id)),
        _shifts(desk, branch_id),
    )
    there = tuple(branch for branch in branches if not branch.closed)
    home = next((branch for branch in there if branch.id == branch_id), None)
    if home is None:
        return None
    drawer_open = any(isinstance(each, Shift) and each.state is ShiftState.OPEN for each in shifts)
    return Names(home, there, branch_id, tuple(cars), facets.currency, drawer_open)


async def ask_cars(desk: Desk, names: Names, branch_id: BranchId) -> bool:
    """Whether they are others than before. Raises: DriveSphereError."""
    if branch_id == names.cars_at:
        return False
    names.cars = tuple(await desk.call(lambda: desk.services.catalogue.names(desk.actor, branch_id)))
    names.cars_at = branch_id
    return True


async def ask_renters(desk: Desk, names: Names, texts: Iterable[str]) -> None:
    """Add whom *texts* find. Raises: DriveSphereError."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def ask(text: str) -> None:
        async with limit:
            find = partial(desk.services.catalogue.renters, desk.actor, text, names.home.country)
            found = await desk.call(find)
        names.renters.update({each.id: each for each in found.rows if isinstance(each, Renter)})
        names.asked.add(text)

    await asyncio.gather(*(ask(text) for text in texts))


async def _shifts(desk: Desk, branch_id: BranchId) -> Sequence[object]:
    if not desk.actor.may(Deed.TAKE_MONEY):
        return ()
    return await desk.call(lambda: desk.services.till.of_branch(desk.actor, branch_id))


def _may_be_of_somebody(text: str) -> bool:
    return len(joined(text)) >= _SHORTEST and text[:1] not in "@>" and not (text[:1] == "+" and text[1:2].isalpha())


def _branch(branch: Branch) -> KnownBranch:
    names = (branch.name, branch.city, f"{branch.city} {branch.name}", branch.code, branch.id)
    return KnownBranch(branch.id, tuple(filter(None, dict.fromkeys(names))), branch.clock)


def _renter(renter: Renter) -> KnownRenter:
    return KnownRenter(renter.id, renter.name, renter.phone, renter.licence)


def _hours(branch: Branch, now: datetime) -> tuple[time, time]:
    """Today's; where the branch is closed today, what most branches have."""
    today = branch.hours.on(now.astimezone(branch.clock).date())
    if not today or today[-1].closes == END_OF_DAY:
        return _USUAL
    return time.fromisoformat(today[0].opens), time.fromisoformat(today[-1].closes)
