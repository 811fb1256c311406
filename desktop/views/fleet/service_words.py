"""A car's periods of service in words, and what is asked about them."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from desktop.dialogs import About, Question
from desktop.words.messages import booking_number, branch_time, day_time, plural, say
from engine.domain.car.car import Branch, Car
from engine.domain.car.fleet import Coming, Outlook
from engine.domain.car.movement import Crossing, Movement, MovementState
from engine.domain.shared.errors import DriveSphereError, InvalidPeriod, Overtaken
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.zones import AnyZone, shown_zone
from engine.words.refused import period_sentence

#: Told one by one; the others are counted.
_TOLD = 3


def times_words(period: RentalPeriod, zone: AnyZone, now: datetime) -> str:
    start, end = day_time(period.starts_at, zone, now=now), branch_time(period.ends_at, zone, now=now)
    return f"{start} – {end}"  # noqa: RUF001 -- a range's dash


def visit_title(movement: Movement, zone: AnyZone, now: datetime) -> str:
    if movement.begun(now):
        return f"In service until {branch_time(movement.period.ends_at, zone, now=now)}"
    return f"Service {times_words(movement.period, zone, now)}"


def sold_words(sold: Outlook, now: datetime) -> str:
    """Which bookings lie in that time and wait for another car; empty for none."""
    ahead = [each for each in sold.first if each.period.starts_at > now]
    out = len(sold.first) - len(ahead)
    waiting = len(sold.seen) - out
    if not waiting:
        return "A rental that has begun goes on; the service waits for its return." if out else ""
    told = ", ".join(_booking(each, now) for each in ahead[:_TOLD])
    rest = f" and {waiting - len(ahead[:_TOLD])} more" if waiting > len(ahead[:_TOLD]) else ""
    return f"To be moved to other cars: {told}{rest}."


def cut_words(crossing: Crossing, now: datetime) -> str:
    """What becomes of the period, before it is planned."""
    sold = len(crossing.sold.seen)
    if not crossing.parts and not sold:
        return "The car is away for all of that time already. Change its other service, or choose other days."
    if not crossing.parts:
        return f"The car is taken for all of that time. Move {'the booking' if sold == 1 else 'its bookings'} first."
    if not sold:
        return "No booking lies in that time."
    around = f"The service is cut around {plural(sold, 'booking')}; what is moved or cancelled leaves it its time."
    return f"{around} {sold_words(crossing.sold, now)}"


def problem_words(problem: DriveSphereError, zone: AnyZone, now: datetime) -> str:
    if isinstance(problem, Overtaken):
        return "Meanwhile somebody booked this car or changed its service. What holds now is shown here."
    if isinstance(problem, InvalidPeriod):
        return period_sentence(problem)
    return say(problem, zone, now=now).text


def to_end(car: Car, movement: Movement, branch: Branch, now: datetime) -> Question:
    return Question(
        "End this service now?",
        "The car is for rent again from now on, and what was left of the service can be booked.",
        "End the service now",
        "Leave it in service",
        when=times_words(movement.period, branch.clock, now),
        about=_about(car),
    )


def to_cancel(car: Car, movement: Movement, branch: Branch, now: datetime) -> Question:
    return Question(
        "Cancel this service?",
        f"The car can be booked in that time again. Planned for: {movement.reason}.",
        "Cancel the service",
        "Keep the service",
        when=times_words(movement.period, branch.clock, now),
        about=_about(car),
    )


def to_lose_service(car: Car) -> Question:
    return Question(
        "Leave without planning the service?",
        "What you filled in for the service is not saved yet.",
        "Leave, lose what is typed",
        "Go on planning",
        about=_about(car),
        grave=True,
        final=True,
    )


def done_words(movement: Movement) -> str:
    match movement.state:
        case MovementState.ARRIVED:
            return "The service is over; the car is for rent."
        case MovementState.CANCELLED:
            return "Cancelled."
        case MovementState.PLANNED | MovementState.UNDER_WAY:
            return "The service is planned." if movement.version == 1 else "The service is changed."
    assert_never(movement.state)


def _about(car: Car) -> About:
    return About(car.title, car.plate, body=car.body.value, colour=car.colour)


def _booking(coming: Coming, now: datetime) -> str:
    return f"{booking_number(coming.id)} from {day_time(coming.period.starts_at, shown_zone(coming.zone), now=now)}"
