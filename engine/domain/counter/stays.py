"""Pick-up and return out of all that a line says of time. What can be put together in two ways is told in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import islice, product

from engine.domain.counter.chips import Stay, WhyNot
from engine.domain.counter.clock import Found, Point, Sort, WallClock
from engine.domain.counter.pieces import Piece
from engine.domain.moments.write import day_written
from engine.domain.shared.period import LONGEST, WALK_IN_GRACE

_DAY, _NOON = timedelta(days=1), 12
_MOST_WAYS, MOST_TOLD = 256, 9


@dataclass(frozen=True, slots=True)
class Stays:
    """Attributes: ``sure`` if there is one and nothing of it was proposed; ``why`` says it where there is none."""

    found: tuple[Stay, ...] = ()
    sure: bool = False
    why: WhyNot = WhyNot.TIMES


@dataclass(slots=True)
class _Tried:
    found: dict[Stay, bool] = field(default_factory=dict)
    why: WhyNot = WhyNot.TIMES


@dataclass(frozen=True, slots=True)
class _End:
    """What is said of one end."""

    day: str = ""
    clock: str = ""
    moment: str = ""

    def with_(self, point: Point) -> _End | None:
        """None where that is said already."""
        if self.moment or (point.sort is Sort.MOMENT and (self.day or self.clock)):
            return None
        if point.sort is Sort.MOMENT:
            return replace(self, moment=point.text)
        if point.sort is Sort.DAY:
            return None if self.day else replace(self, day=point.text)
        return None if self.clock else replace(self, clock=point.text)

    @property
    def said(self) -> bool:
        return bool(self.day or self.clock or self.moment)


@dataclass(frozen=True, slots=True)
class _Ends:
    out: _End = _End()
    back: _End = _End()
    length: str = ""
    #: Which end is which was said, or they stand in that order.
    told: bool = True


class StayReader:
    """Attributes: ``opens``, ``closes`` are proposed where a day has no time."""

    def __init__(self, clock: WallClock, opens: time, closes: time) -> None:
        self._clock, self._opens, self._closes = clock, opens, closes

    def stays(self, *tilings: Sequence[Sequence[Piece]]) -> Stays:
        """Each tiling has every piece of time in the line with all its readings, in any order."""
        tried, ways = _Tried(), [way for tiling in tilings for way in islice(product(*tiling), _MOST_WAYS)]
        for way in ways[:_MOST_WAYS]:
            sure = all(each.sure for each in way)
            for ends in self._ends(way):
                self._try(ends, tried, sure=sure)
        found = tuple(islice(tried.found, MOST_TOLD))
        sure = len(found) == 1 and tried.found[found[0]] and len(ways) < _MOST_WAYS
        return Stays(found, sure, tried.why)

    def _try(self, ends: _Ends, tried: _Tried, *, sure: bool) -> None:
        for out in self._outs(ends.out):
            if out.at < self._clock.now - WALK_IN_GRACE:
                tried.why = WhyNot.PAST
                continue
            for back in self._backs(ends, out):
                why = _wrong(out.at, back.at) if back is not None else None
                if why is not None:
                    tried.why = why
                    continue
                stay = Stay(self._clock.moment_of(out.at), self._clock.moment_of(back.at) if back is not None else None)
                certain = sure and out.sure and (back is None or back.sure)
                tried.found[stay] = certain and tried.found.get(stay, True)

    def _outs(self, end: _End) -> list[Found]:
        """A walk-in begins now where nothing else is said."""
        if not end.said:
            return [Found(self._clock.now, sure=True)]
        if whole := self._whole(end):
            return self._clock.moments(whole)
        if end.clock:
            return self._clock.moments(f"{self._clock.today()} {end.clock}")
        return self._proposed_outs(end.day)

    def _backs(self, ends: _Ends, out: Found) -> Iterable[Found | None]:
        if ends.length:
            return self._clock.moments(ends.length, base=out.at)
        end = ends.back
        if not end.said:
            return [None]
        if whole := self._whole(end):
            return self._after(whole, out, told=ends.told)
        if end.clock:
            return self._clock_after(end.clock, out, told=ends.told)
        return self._proposed_backs(end.day, out, told=ends.told)

    def _after(self, text: str, out: Found, *, told: bool) -> list[Found]:
        """A weekday of the return is the first one after the pick-up."""
        found = self._clock.moments(text)
        if told and self._clock.has_weekday(text) and all(each.at <= out.at for each in found):
            return self._clock.moments(text, now=out.at)
        return found

    def _clock_after(self, text: str, out: Found, *, told: bool) -> list[Found]:
        """On the day of the pick-up; a time before it may be of the next day, or of the afternoon."""
        found = self._clock.moments(f"{day_written(out.at.date())} {text}")
        if not told or any(each.at > out.at for each in found):
            return found
        later = [each.at + by for each in found for by in (_DAY / 2, _DAY) if by == _DAY or each.at.hour < _NOON]
        return [Found(at, sure=False) for at in later if at > out.at]

    def _proposed_outs(self, day: str) -> list[Found]:
        """Today's time is now; of another day none is taken."""
        found = list[Found]()
        for each in self._clock.on_days(day):
            if each.at.date() == self._clock.now.date():
                found.append(Found(self._clock.now, each.sure))
            else:
                found += self._at_times(each, (self._opens, self._clock.now.time()))
        return found

    def _proposed_backs(self, day: str, out: Found, *, told: bool) -> list[Found]:
        found = self._clock.on_days(day)
        if told and self._clock.has_weekday(day) and all(each.at.date() <= out.at.date() for each in found):
            found = self._clock.moments(day, now=datetime.combine(out.at, time(0)) + _DAY)
        return [at for each in found for at in self._at_times(each, (out.at.time(), self._closes))]

    def _at_times(self, day: Found, times: Iterable[time]) -> list[Found]:
        ways = (self._clock.at(day.at.date(), at.replace(fold=0)) for at in times)
        return [replace(each, sure=False) for found in ways for each in found]

    def _ends(self, ways: Sequence[Piece]) -> Iterator[_Ends]:
        """Every way to give the points their ends."""
        lengths = [piece.length for piece in ways if piece.length]
        told: _Ends | None = _Ends(length="".join(lengths))
        for piece in ways:
            for point, out in ((piece.out, True), (piece.back, False)):
                told = _given(told, point, out=out) if told is not None and point is not None else told
        if told is None or len(lengths) > 1:
            return
        points = self._joined([piece.either for piece in ways if piece.either is not None])
        if any(piece.is_range and [point.sort for point in points] not in ([], [piece.lacks]) for piece in ways):
            return
        yield from _placed(told, points, alone=not told.out.said and not told.back.said)

    def _whole(self, end: _End) -> str:
        return end.moment or (self._at_time(end.day, end.clock) if end.day and end.clock else "")

    def _at_time(self, day: str, clock: str) -> str:
        """In one text. Of ``11.`` and ``12`` it is not 11 December; which Tuesday it is, its time decides."""
        found = self._clock.on_days(day)
        if len(found) == 1 and found[0].sure and not self._clock.has_weekday(day):
            day = day_written(found[0].at.date())
        return f"{day} {clock}"

    def _joined(self, points: list[Point]) -> list[Point]:
        """A day here and a time there are one moment, a weekday and its day one day."""
        days = [point for point in points if point.sort is Sort.DAY]
        clocks = [point for point in points if point.sort is Sort.CLOCK]
        if len(points) == len(days) == 2:  # noqa: PLR2004 -- a pair
            weekdays = sum(self._clock.has_weekday(day.text) for day in days)
            text = next((text for text in _both_ways(days) if self._clock.on_days(text)), "") if weekdays == 1 else ""
            return [Point(Sort.DAY, text)] if text else points
        if len(points) == 2 and len(days) == len(clocks) == 1:  # noqa: PLR2004 -- a pair
            return [Point(Sort.MOMENT, self._at_time(days[0].text, clocks[0].text))]
        return points


def _both_ways(points: Sequence[Point]) -> tuple[str, str]:
    one, other = points
    return f"{one.text} {other.text}", f"{other.text} {one.text}"


def _wrong(out: datetime, back: datetime) -> WhyNot | None:
    if back <= out:
        return WhyNot.REVERSED
    return WhyNot.TOO_LONG if back - out > LONGEST else None


def _given(ends: _Ends, point: Point, *, out: bool) -> _Ends | None:
    end = (ends.out if out else ends.back).with_(point)
    if end is None:
        return None
    return replace(ends, out=end) if out else replace(ends, back=end)


def _placed(ends: _Ends, points: list[Point], *, alone: bool) -> Iterator[_Ends]:
    if not points:
        if not (ends.length and ends.back.said):
            yield ends
        return
    point, rest = points[0], points[1:]
    for out in (True, False):
        if _fits(ends, point, out=out, alone=alone) and (more := _given(ends, point, out=out)) is not None:
            in_order = out or ends.out.said or ends.back.said
            yield from _placed(replace(more, told=more.told and (in_order or not alone)), rest, alone=alone)


def _fits(ends: _Ends, point: Point, *, out: bool, alone: bool) -> bool:
    """With a length it is the pick-up, and so is the day of two times. Two that nothing parts are two moments."""
    if ends.length:
        return out
    if alone:
        return point.sort is Sort.MOMENT or not (ends.out.said or ends.back.said)
    return out or not (point.sort is Sort.DAY and ends.out.clock and ends.back.clock)
