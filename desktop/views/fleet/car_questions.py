"""What the panel of a car asks before something is lost, or is done that reaches further than it looks."""

from __future__ import annotations

from types import MappingProxyType

from desktop.dialogs import About, Amount, Question
from desktop.viewmodels.fleet.car_state import FleetCarState
from desktop.words.messages import amount
from engine.domain.car.car import CarStatus
from engine.words.tr import tr


def to_lose(state: FleetCarState) -> Question:
    """What is filled in would be lost; says for which car and what."""
    car, form = state.car, state.form
    typed = form.plate.strip() if form is not None else ""
    name = car.title if car is not None else " ".join(filter(None, (form.brand, form.model))) if form else ""
    text = tr("What you filled in for this car is not saved yet.")
    if car is None:
        text = tr("This new car is not added yet; what you filled in for it would be lost.")
    return Question(
        tr("Leave without saving?"),
        text,
        tr("Leave, lose the changes"),
        tr("Go on editing"),
        about=About(name, car.plate if car is not None else typed),
        grave=True,
        final=True,
    )


#: A rate that changes by more than this, up or down, may have lost its point or gained a nought.
_FAR = 3


def to_change_rate(state: FleetCarState) -> Question | None:
    """Asked before a rate is saved that is far from the one before; None for any other, and for a new car."""
    car, form = state.car, state.form
    if car is None or form is None:
        return None
    old, new = car.daily_rate, form.daily_rate
    if old.currency == new.currency and old.minor <= new.minor * _FAR and new.minor <= old.minor * _FAR:
        return None
    return Question(
        tr("Change the daily rate by so much?"),
        tr("Whoever books from now on pays the new rate. Bookings that were made keep theirs."),
        tr("Let it for {new}", new=amount(new)),
        tr("Go on editing"),
        about=About(car.title, car.plate, body=car.body.value, colour=car.colour),
        amounts=(Amount(tr("Daily rate now"), amount(old)), Amount(tr("New daily rate"), amount(new), strong=True)),
        grave=True,
    )


#: What is asked before that status; a car that comes back for rent is asked nothing.
ASK = MappingProxyType(
    {CarStatus.ACTIVE: "", CarStatus.MAINTENANCE: tr("Send to maintenance"), CarStatus.RETIRED: tr("Retire this car")}
)
