"""The marks of a car held against each other, and against the agreements in which they were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.domain.car.condition import Mark, MarkState
from engine.domain.shared.remark import Remark, remark


def marks_faults(
    car: str, numbers: Sequence[int], marks: Iterable[Mark], agreed: Mapping[str, Sequence[str]], *, known: bool
) -> Iterator[Remark]:
    """What does not fit among the marks of *car*, all of one moment.

    *numbers* are those of all its rows, also of rows that cannot be read; *agreed* has the cars of the legs of each
    agreement that there is, by its id; *known* says whether there is such a car.
    """
    if not known:
        yield remark("mark.no_car", car=car)
    counts = Counter(numbers)
    yield from (remark("mark.twice", car=car, n=str(n)) for n in sorted(counts) if counts[n] > 1)
    if missing := sorted(set(range(1, len(counts) + 1)) - set(counts)):
        yield remark("mark.gap", car=car, n=str(missing[0]))
    there = {mark.id: mark for mark in marks}
    followers = {mark.follows for mark in there.values() if mark.follows is not None}
    for mark in there.values():
        found = mark.found
        if found.agreement_id and found.leg not in _legs_with(car, agreed.get(found.agreement_id, ())):
            yield remark("mark.no_agreement", car=car, n=str(mark.n), number=found.agreement_id)
        before = None if mark.follows is None else there.get(mark.follows)
        strange = mark.follows is not None and (before is None or before.state is not MarkState.SUPERSEDED)
        if strange or (mark.state is MarkState.SUPERSEDED) is not (mark.id in followers):
            yield remark("mark.state", car=car, n=str(mark.n))


def _legs_with(car: str, cars: Sequence[str]) -> set[int]:
    return {at for at, each in enumerate(cars, 1) if each == car}
