"""A car's periods of service in words, and what is asked about them."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from desktop.dialogs import About, Question
from desktop.words.messages import booking_number, branch_time, counted, day_time, say
from engine.domain.car.car import Branch, Car
from engine.domain.car.fleet import Coming, Outlook
from engine.domain.car.movement import Crossing, Movement, MovementState
from engine.domain.shared.errors import DriveSphereError, InvalidPeriod, Overtaken
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import AnyZone, shown_zone
from engine.words.refused import period_sentence
from engine.words.tr import tr

#: Told one by one; the others are counted.
_TOLD = 3


def times_words(period: RentalPeriod, zone: AnyZone, now: datetime) -> str:
    start, end = day_time(period.starts_at, zone, now=now), branch_time(period.ends_at, zone, now=now)
    return f"{start} – {end}"  # noqa: RUF001 -- a range's dash


def visit_title(movement: Movement, zone: AnyZone, now: datetime) -> str:
    if movement.begun(now):
        return tr("In service until {ends_at}", ends_at=branch_time(movement.period.ends_at, zone, now=now))
    return tr("Service {period}", period=times_words(movement.period, zone, now))


def sold_words(sold: Outlook, now: datetime) -> str:
    """Which bookings lie in that time and wait for another car; empty for none."""
    ahead = [each for each in sold.first if each.period.starts_at > now]
    out = len(sold.first) - len(ahead)
    waiting = len(sold.seen) - out
    if not waiting:
        return tr("A rental that has begun goes on; the service waits for its return.") if out else ""
    told = ", ".join(_booking(each, now) for each in ahead[:_TOLD])
    if rest := waiting - len(ahead[:_TOLD]):
        return tr("To be moved to other cars: {told} and {rest} more.", told=told, rest=rest)
    return tr("To be moved to other cars: {told}.", told=told)


def cut_words(crossing: Crossing, now: datetime) -> str:
    """What becomes of the period, before it is planned."""
    sold = len(crossing.sold.seen)
    if not crossing.parts and not sold:
        return tr("The car is away for all of that time already. Change its other service, or choose other days.")
    if not crossing.parts:
        return counted(
            "The car is taken for all of that time. Move the booking first.",
            "The car is taken for all of that time. Move its bookings first.",
            sold,
        )
    if not sold:
        return tr("No booking lies in that time.")
    around = tr(
        "The service is cut around {bookings}; what is moved or cancelled leaves it its time.",
        bookings=counted("{count} booking", "{count} bookings", sold),
    )
    return f"{around} {sold_words(crossing.sold, now)}"


def problem_words(problem: DriveSphereError, zone: AnyZone, now: datetime) -> str:
    if isinstance(problem, Overtaken):
        return tr("Meanwhile somebody booked this car or changed its service. What holds now is shown here.")
    if isinstance(problem, InvalidPeriod):
        return period_sentence(problem)
    return say(problem, zone, now=now).text


def to_end(car: Car, movement: Movement, branch: Branch, now: datetime) -> Question:
    return Question(
        tr("End this service now?"),
        tr("The car is for rent again from now on, and what was left of the service can be booked."),
        tr("End the service now"),
        tr("Leave it in service"),
        when=times_words(movement.period, branch.clock, now),
        about=_about(car),
    )


def to_cancel(car: Car, movement: Movement, branch: Branch, now: datetime) -> Question:
    return Question(
        tr("Cancel this service?"),
        tr("The car can be booked in that time again. Planned for: {reason}.", reason=movement.reason),
        tr("Cancel the service"),
        tr("Keep the service"),
        when=times_words(movement.period, branch.clock, now),
        about=_about(car),
    )


def to_lose_service(car: Car) -> Question:
    return Question(
        tr("Leave without planning the service?"),
        tr("What you filled in for the service is not saved yet."),
        tr("Leave, lose what is typed"),
        tr("Go on planning"),
        about=_about(car),
        grave=True,
        final=True,
    )


def done_words(movement: Movement) -> str:
    match movement.state:
        case MovementState.ARRIVED:
            return tr("The service is over; the car is for rent.")
        case MovementState.CANCELLED:
            return tr("Cancelled.")
        case MovementState.PLANNED | MovementState.UNDER_WAY:
            return tr("The service is planned.") if movement.version == 1 else tr("The service is changed.")
    assert_never(movement.state)


def _about(car: Car) -> About:
    return About(car.title, car.plate, body=car.body.value, colour=car.colour)


def _booking(coming: Coming, now: datetime) -> str:
    return tr(
        "{coming} from {starts_at}",
        coming=booking_number(coming.id),
        starts_at=day_time(coming.period.starts_at, shown_zone(coming.zone), now=now),
    )
