"""A branch's week, its special days, what is done out of hours, and how long a car takes that came back.

All times are those of the wall clock in the branch's zone; ``openings`` says which moments they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum, auto
from itertools import pairwise
from typing import NamedTuple

from engine.domain.car.body_type import BodyType
from engine.domain.money.charging import Uncharged, why_not
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

WEEK = 7
MIDNIGHT, END_OF_DAY = "00:00", "24:00"
MOST_INTERVALS, MOST_SPECIAL_DAYS = 6, 366
#: Minutes; a car that takes longer is in the workshop.
LONGEST_TURN = 24 * 60
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """``opens`` to ``closes``, each "HH:MM"; ``18:00`` to ``02:00`` ends the day after, ``24:00`` ends the day."""

    opens: str
    closes: str

    @property
    def over_midnight(self) -> bool:
        return self.closes < self.opens

    @property
    def start(self) -> timedelta:
        """Since the midnight before. Raises: ValueError, as ``end`` does, if it is no time."""
        return _since_midnight(self.opens)

    @property
    def end(self) -> timedelta:
        """Since the midnight before ``start``; later than that."""
        end = _since_midnight(self.closes)
        return end if end > self.start else end + _DAY


Intervals = tuple[Interval, ...]
AROUND_THE_CLOCK = Interval(MIDNIGHT, END_OF_DAY)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not as its weekday is.

    Attributes:
        day: On the branch's calendar.
        intervals: Instead of the weekday's; none: closed. What began the day before goes on past midnight.
        fee: For each pick-up and each return on that day in its hours.
        name: Such as "Christmas Eve"; may be empty.
    """

    day: date
    intervals: Intervals = ()
    fee: Money | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class OutsideRule:
    """Whether it may be done while the branch is closed. Attributes: ``fee`` is what it costs, None for nothing."""

    allowed: bool = True
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class OutOfHours:
    """Attributes: ``back`` is a return to somebody who comes for it; ``key_box`` one without anybody there."""

    pickup: OutsideRule = OutsideRule()
    back: OutsideRule = OutsideRule()
    key_box: OutsideRule = OutsideRule()

    @property
    def named(self) -> dict[str, OutsideRule]:
        return {"pickup": self.pickup, "return": self.back, "key_box": self.key_box}


class BodyTurn(NamedTuple):
    """Minutes that a car of this body takes."""

    body: BodyType
    minutes: int


@dataclass(frozen=True, slots=True)
class TurnRound:
    """Minutes in which a car that came back is got ready: ``usual``, and those of bodies that take another time."""

    usual: int = 0
    by_body: tuple[BodyTurn, ...] = ()

    def minutes(self, body: BodyType) -> int:
        return dict(self.by_body).get(body, self.usual)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """All of it.

    Attributes:
        week: Monday first; a day without intervals is closed.
        special_days: By day.
        counts_only_open_hours: A car is got ready only while somebody is there.
    """

    week: tuple[Intervals, ...]
    special_days: tuple[SpecialDay, ...] = ()
    out_of_hours: OutOfHours = field(default_factory=OutOfHours)
    turn: TurnRound = TurnRound()
    counts_only_open_hours: bool = False

    def special(self, day: date) -> SpecialDay | None:
        return next((each for each in self.special_days if each.day == day), None)

    def on(self, day: date) -> Intervals:
        special = self.special(day)
        return self.week[day.weekday()] if special is None else special.intervals

    @property
    def always(self) -> bool:
        return not self.special_days and all(day == (AROUND_THE_CLOCK,) for day in self.week)


class Handing(StrEnum):
    """What somebody has to be at the branch for."""

    PICKUP = auto()
    RETURN = auto()


class Surcharge(StrEnum):
    """What a fee beyond the rental is for."""

    PICKUP_CLOSED = auto()
    RETURN_CLOSED = auto()
    KEY_BOX = auto()
    SPECIAL_DAY = auto()


@dataclass(frozen=True, slots=True)
class Fee:
    """What handing over at some moment costs beyond the rental."""

    surcharge: Surcharge
    amount: Money


def fees_of(hours: OpeningHours) -> tuple[Fee, ...]:
    """All that can be asked for."""
    rules = hours.out_of_hours
    each = (
        (Surcharge.PICKUP_CLOSED, rules.pickup.fee),
        (Surcharge.RETURN_CLOSED, rules.back.fee),
        (Surcharge.KEY_BOX, rules.key_box.fee),
        *((Surcharge.SPECIAL_DAY, day.fee) for day in hours.special_days),
    )
    return tuple(dict.fromkeys(Fee(what, amount) for what, amount in each if amount is not None))


def every_day(opens: str, closes: str) -> OpeningHours:
    """Seven days alike; out of hours everything is done for nothing, and no car has to be got ready."""
    return OpeningHours(((Interval(opens, closes),),) * WEEK)


def sound_hours(hours: OpeningHours, *, today: date, currency: str, before: OpeningHours | None = None) -> OpeningHours:
    """*hours* in order. Special days of the past stay where *before* has them; none is added.

    Fees are in the firm's *currency*.

    Raises:
        InvalidText: Named by its field: ``week`` with the weekday from 0 on, ``special`` with the day, ``pickup``,
            ``return``, ``key_box``, or ``turn`` with the body, each after a dot.
    """
    if len(hours.week) != WEEK or not any(hours.week):
        raise InvalidText("week", "field.no_open_day")
    week = tuple(_in_order(f"week.{n}", each) for n, each in enumerate(hours.week))
    for n, (day, following) in enumerate(pairwise((*week, week[0]))):
        _must_not_run_into(f"week.{n}", day, following)
    kept = () if before is None else before.special_days
    special = _special_days(hours.special_days, kept, today, currency)
    for name, rule in hours.out_of_hours.named.items():
        _must_be_fee(name, rule.fee, currency, asked=rule.allowed)
    for name, minutes in (("usual", hours.turn.usual), *hours.turn.by_body):
        if type(minutes) is not int or not 0 <= minutes <= LONGEST_TURN:
            raise InvalidText(f"turn.{name}", "field.between", least=0, most=LONGEST_TURN)
    other = tuple(sorted(BodyTurn(body, n) for body, n in dict(hours.turn.by_body).items() if n != hours.turn.usual))
    return replace(hours, week=week, special_days=special, turn=TurnRound(hours.turn.usual, other))


def _special_days(
    days: Sequence[SpecialDay], kept: Iterable[SpecialDay], today: date, currency: str
) -> tuple[SpecialDay, ...]:
    if len(days) > MOST_SPECIAL_DAYS:
        raise InvalidText("special", "field.too_many_days", most=MOST_SPECIAL_DAYS)
    known = {each.day: each for each in kept}
    found: dict[date, SpecialDay] = {}
    for each in days:
        name = f"special.{each.day.isoformat()}"
        if each.day in found:
            raise InvalidText(name, "field.day_twice", day=each.day.isoformat())
        if each.day < today and known.get(each.day) != each:
            raise InvalidText(name, "field.past")
        if each.day >= today:
            _must_be_fee(name, each.fee, currency, asked=bool(each.intervals))
        words = clean(name, each.name, longest=80, required=False)
        found[each.day] = replace(each, intervals=_in_order(name, each.intervals), name=words)
    return tuple(found[day] for day in sorted(found))


def _in_order(name: str, intervals: Intervals) -> Intervals:
    if len(intervals) > MOST_INTERVALS:
        raise InvalidText(name, "field.too_many_intervals", most=MOST_INTERVALS)
    for each in intervals:
        _must_be_times(name, each)
    ordered = tuple(sorted(intervals, key=lambda each: (each.start, each.end)))
    for one, other in pairwise(ordered):
        if one == other:
            raise InvalidText(name, "field.hours_twice", hours=f"{one.opens}-{one.closes}")
        if one.end > other.start:
            _overlap(name, one, other)
    return ordered


def _must_be_times(name: str, interval: Interval) -> None:
    for at, ends in ((interval.opens, False), (interval.closes, True)):
        if not isinstance(at, str) or not ((ends and at == END_OF_DAY) or _CLOCK.fullmatch(at)):
            raise InvalidText(name, "field.time_of_day")
    if interval.opens == interval.closes:
        raise InvalidText(name, "field.never_open")


def _must_not_run_into(name: str, day: Intervals, following: Intervals) -> None:
    if day and following and day[-1].end - _DAY > following[0].start:
        _overlap(name, day[-1], following[0])


def _overlap(name: str, one: Interval, other: Interval) -> None:
    first, second = (f"{each.opens}-{each.closes}" for each in (one, other))
    raise InvalidText(name, "field.hours_overlap", first=first, second=second)


def _must_be_fee(name: str, fee: Money | None, currency: str, *, asked: bool) -> None:
    """*asked*: whether there is anything that it could be taken for."""
    if fee is None:
        return
    if not asked:
        raise InvalidText(name, "field.fee_for_nothing")
    if fee.currency != currency:
        raise InvalidText(name, "field.in_currency", currency=currency)
    if fee.minor <= 0 or why_not(fee) in (Uncharged.TOO_MUCH, Uncharged.FRACTION):
        raise InvalidText(name, "field.fee")


def _since_midnight(clock: str) -> timedelta:
    hour, minute = clock.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))
