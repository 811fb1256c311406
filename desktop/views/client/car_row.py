"""A found car as a card: its words are made once, when it arrives."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.messages import BODIES, FUELS, TRANSMISSIONS, amount, branch_name, days_text, plural, rate
from desktop.widgets.car_card import CarCardText
from engine.domain.car import Branch, Car
from engine.domain.catalogue import Offer


@dataclass(frozen=True, slots=True)
class CarRow:
    offer: Offer
    text: CarCardText


def facts_of(car: Car) -> tuple[str, ...]:
    return (BODIES[car.body], FUELS[car.fuel], TRANSMISSIONS[car.transmission], plural(car.seats, "seat"))


def row_of(offer: Offer, branch: Branch | None) -> CarRow:
    car = offer.car
    days = offer.quote.days
    text = CarCardText(
        title=car.title,
        plate=f"{car.plate} · {car.year}",
        facts=facts_of(car),
        branch=branch_name(branch) if branch else "",
        price=amount(offer.quote.total),
        per_day=f"{days_text(days)} × {amount(car.daily_rate)}" if days > 1 else rate(car.daily_rate),  # noqa: RUF001
        badge="Free",
        body_type=car.body.value,
        colour=car.colour,
    )
    return CarRow(offer, text)
