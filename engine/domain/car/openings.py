"""Which moments a branch is open at, what lies between, and when a car that came back there is ready."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from engine.domain.car.body_type import BodyType
from engine.domain.car.opening_hours import Fee, Handing, OpeningHours, OutsideRule, Surcharge
from engine.domain.shared.wall import on_wall, wall_of

_DAY = timedelta(days=1)
#: Days that are looked through for an opening: more than there can be special days in a row.
_FAR = 400


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another (UTC)."""

    since: datetime
    until: datetime


def is_open(hours: OpeningHours, zone: tzinfo, moment: datetime) -> bool:
    """At *moment* (UTC); the minute in which it closes still counts."""
    day = wall_of(moment, zone).date()
    return hours.always or any(
        each.since <= moment <= each.until for each in openings(hours, zone, day - _DAY, day + _DAY)
    )


def next_opening(hours: OpeningHours, zone: tzinfo, moment: datetime) -> datetime | None:
    """The first moment (UTC) from *moment* on at which it is open; None for a branch that never opens."""
    if is_open(hours, zone, moment):
        return moment
    day = wall_of(moment, zone).date()
    soon = openings(hours, zone, day - _DAY, day + _FAR * _DAY)
    return next((each.since for each in soon if each.since >= moment), None)


def closed_stretches(hours: OpeningHours, zone: tzinfo, since: datetime, until: datetime) -> list[Stretch]:
    """What lies between two openings within [*since*, *until*), in order."""
    closed, at = [], since
    for each in openings(hours, zone, wall_of(since, zone).date() - _DAY, wall_of(until, zone).date()):
        if at < min(each.since, until):
            closed.append(Stretch(at, min(each.since, until)))
        at = max(at, each.until)
    if at < until:
        closed.append(Stretch(at, until))
    return closed


def rule_outside(hours: OpeningHours, handing: Handing) -> tuple[Surcharge, OutsideRule]:
    """What is done while it is closed: a return without anybody there, where nobody comes for it."""
    rules = hours.out_of_hours
    if handing is Handing.PICKUP:
        return Surcharge.PICKUP_CLOSED, rules.pickup
    if rules.back.allowed or not rules.key_box.allowed:
        return Surcharge.RETURN_CLOSED, rules.back
    return Surcharge.KEY_BOX, rules.key_box


def may_hand(hours: OpeningHours, zone: tzinfo, handing: Handing, at: datetime) -> bool:
    """Whether it can be done there at *at*, for a fee or for nothing."""
    return rule_outside(hours, handing)[1].allowed or is_open(hours, zone, at)


def fee_for(hours: OpeningHours, zone: tzinfo, handing: Handing, at: datetime) -> Fee | None:
    """Of what ``may_hand`` allows; None for nothing."""
    surcharge, rule = rule_outside(hours, handing)
    special = hours.special(wall_of(at, zone).date()) if hours.special_days else None
    open_fee = None if special is None or special.fee is None else Fee(Surcharge.SPECIAL_DAY, special.fee)
    closed_fee = None if rule.fee is None else Fee(surcharge, rule.fee)
    if open_fee is None and closed_fee is None:
        return None
    return open_fee if is_open(hours, zone, at) else closed_fee


def free_at(hours: OpeningHours, zone: tzinfo, ends_at: datetime, body: BodyType) -> datetime:
    """When a car of *body* that is back there at *ends_at* may go out again (UTC).

    Where only open hours count, those are as long as its turn-round, over as many days as it takes.
    """
    left = timedelta(minutes=hours.turn.minutes(body))
    if not left or not hours.counts_only_open_hours or hours.always:
        return ends_at + left
    at, day = ends_at, wall_of(ends_at, zone).date()
    for each in openings(hours, zone, day - _DAY, day + _FAR * _DAY):
        at = max(at, each.since)
        if each.until > at:
            worked = min(left, each.until - at)
            at, left = at + worked, left - worked
            if not left:
                return at
    return at + left


def openings(hours: OpeningHours, zone: tzinfo, first: date, last: date) -> Iterator[Stretch]:
    """Of those days of its calendar, in order. A closing time that comes twice counts at its second coming."""
    for n in range((last - first).days + 1):
        day = first + n * _DAY
        midnight = datetime.combine(day, time(0))
        for each in hours.on(day):
            opens = on_wall(midnight + each.start, zone).moment
            closes = on_wall(midnight + each.end, zone).comings[-1]
            yield Stretch(opens, closes)


def first_opening_hour(hours: OpeningHours, zone: tzinfo, now: datetime) -> datetime:
    """The next full hour on the branch's wall clock, or its opening if it is closed then (UTC)."""
    past = wall_of(now, zone)
    into_hour = timedelta(minutes=past.minute, seconds=past.second, microseconds=past.microsecond)
    soon = (now - into_hour + timedelta(hours=1)).astimezone(UTC)
    return next_opening(hours, zone, soon) or soon
