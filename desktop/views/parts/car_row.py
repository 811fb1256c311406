"""A found car as a card: its words are made once, when it arrives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from types import MappingProxyType

from desktop.theme.tokens import Tone
from desktop.views.parts.damage import card_text
from desktop.widgets.cards.car_card import CarCardText
from desktop.widgets.countdown import clock_text
from desktop.words.messages import BODIES, FUELS, TRANSMISSIONS, amount, branch_name, counted, day_time, days_text, rate
from engine.domain.car.availability import Blocked, Obstacle, WhyTaken
from engine.domain.car.car import Branch, Car
from engine.domain.car.catalogue import Offer
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr


@dataclass(frozen=True, slots=True)
class CarRow:
    """One card: a free car, or one that is taken.

    Attributes:
        found: What it is about.
        hold_until: When the hold in the way is over (server time, UTC); its card counts down.
    """

    found: Offer | Blocked | Damaged
    text: CarCardText
    hold_until: datetime | None = None

    @property
    def car_id(self) -> str:
        return self.found.id if isinstance(self.found, Damaged) else self.found.car.id

    def text_at(self, now: datetime) -> CarCardText:
        """What the card says now."""
        if self.hold_until is None:
            return self.text
        left = (self.hold_until - now).total_seconds()
        return replace(self.text, badge=tr("Held {left}", left=clock_text(left)) if left > 0 else tr("Hold is over"))


def damaged_row(damaged: Damaged) -> CarRow:
    return CarRow(damaged, card_text(damaged))


def facts_of(car: Car) -> tuple[str, ...]:
    return (
        BODIES[car.body],
        FUELS[car.fuel],
        TRANSMISSIONS[car.transmission],
        counted("{count} seat", "{count} seats", car.seats),
    )


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
        badge=tr("Free"),
        body_type=car.body.value,
        colour=car.colour,
    )
    return CarRow(offer, text)


#: What is in the way, in one word, and how grave it is.
WHY_NOT = MappingProxyType(
    {
        WhyTaken.BOOKED: (tr("Booked"), Tone.NEUTRAL),
        WhyTaken.HELD: (tr("Held"), Tone.WARNING),
        WhyTaken.OVERDUE: (tr("Overdue"), Tone.DANGER),
        WhyTaken.MAINTENANCE: (tr("In maintenance"), Tone.NEUTRAL),
        WhyTaken.SERVICE: (tr("In service"), Tone.ACCENT),
        WhyTaken.ELSEWHERE: (tr("Elsewhere"), Tone.NEUTRAL),
        WhyTaken.RESERVED: (tr("Not for rent"), Tone.NEUTRAL),
    }
)


def blocked_row(blocked: Blocked, branch: Branch, now: datetime) -> CarRow:
    """A card that says why not, when instead, and which car instead."""
    car, way = blocked.car, blocked.obstacle
    word, tone = WHY_NOT[way.why]
    free = blocked.next_free
    text = CarCardText(
        title=car.title,
        plate=f"{car.plate} · {car.year}",
        facts=facts_of(car),
        branch=_until(way, branch, now),
        price=_short_time(free.starts_at, branch.clock, now) if free else tr("No date yet"),
        per_day=tr("next free") if free else "",
        badge=word,
        badge_tone=tone,
        body_type=car.body.value,
        colour=car.colour,
        note=tr("or {title}", title=blocked.instead.car.title) if blocked.instead else "",
        dimmed=True,
    )
    return CarRow(blocked, text, way.hold_until)


def _until(way: Obstacle, branch: Branch, now: datetime) -> str:
    if way.period is None:
        return ""
    if way.why is WhyTaken.HELD and way.by is not None:
        return tr("by {by}", by=way.by)
    ends = _date_time(way.period.ends_at, branch.clock, now)
    return tr("due {ends}", ends=ends) if way.why is WhyTaken.OVERDUE else tr("until {ends}", ends=ends)


def _short_time(at: datetime, zone: tzinfo, now: datetime) -> str:
    """A card has no room for both the weekday and the year."""
    same_year = at.astimezone(zone).year == now.astimezone(zone).year
    return day_time(at, zone) if same_year else _date_time(at, zone, now)


def _date_time(at: datetime, zone: tzinfo, now: datetime) -> str:
    """``29 Nov 18:15``, with the year if it is another."""
    return day_time(at, zone, now=now).split(" ", 1)[1]
