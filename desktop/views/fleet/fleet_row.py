"""A car of a fleet as a card and as a line: its words are made once, when it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from desktop.models.rows import Column
from desktop.theme.tokens import Tone
from desktop.viewmodels.fleet.fleet import FleetState
from desktop.views.parts.damage import card_text
from desktop.widgets.cards.car_card import CarCardText
from desktop.widgets.text import kept_apart
from desktop.words.messages import (
    BODIES,
    DAMAGED,
    FUELS,
    TRANSMISSIONS,
    amount,
    branch_name,
    branch_time,
    counted,
    whole,
)
from engine.domain.car.car import Branch, Car, CarStatus
from engine.domain.car.fleet import FleetRow
from engine.domain.shared.damage import Damaged
from engine.words.tr import tr

_THOUSAND = 1000

STATUSES = MappingProxyType(
    {CarStatus.ACTIVE: tr("For rent"), CarStatus.MAINTENANCE: tr("In maintenance"), CarStatus.RETIRED: tr("Retired")}
)
STATUS_TONES = MappingProxyType(
    {CarStatus.ACTIVE: Tone.POSITIVE, CarStatus.MAINTENANCE: Tone.WARNING, CarStatus.RETIRED: Tone.NEUTRAL}
)

#: What "out" means, wherever cars are counted (``FleetRow.out``).
OUT = tr("they were handed over and are not back")


@dataclass(frozen=True, slots=True)
class FleetLine:
    row: FleetRow | Damaged
    text: CarCardText
    plate: str
    branch: str
    owner: str
    odometer: str
    rate: str
    coming: str
    status: str
    tone: Tone

    @property
    def photo_id(self) -> str:
        return "" if isinstance(self.row, Damaged) else next(iter(self.row.car.image_ids), "")

    @property
    def car_id(self) -> str:
        return self.row.id if isinstance(self.row, Damaged) else self.row.car.id


def line_of(row: FleetRow | Damaged, state: FleetState, now: datetime) -> FleetLine:
    if isinstance(row, Damaged):
        return FleetLine(row, card_text(row), row.reason, "", "", "", "", "", DAMAGED, Tone.DANGER)
    car = row.car
    branch = state.branch(car.branch_id)
    place = branch_name(branch) if branch else ""
    owner = state.owner_name(car.owner_id)
    words, tone = standing_of(row, branch, now)
    text = CarCardText(
        title=car.title,
        plate=f"{car.plate} · {car.year}",
        facts=(BODIES[car.body], FUELS[car.fuel], TRANSMISSIONS[car.transmission], short_km(car.odometer_km)),
        branch=kept_apart(owner, place),
        price=amount(car.daily_rate),
        per_day=tr("a day"),
        badge=words,
        badge_tone=tone,
        body_type=car.body.value,
        colour=car.colour,
    )
    return FleetLine(
        row=row,
        text=text,
        plate=car.plate,
        branch=place,
        owner=owner,
        odometer=tr("{odometer_km} km", odometer_km=whole(car.odometer_km)),
        rate=amount(car.daily_rate),
        coming=coming_of(row, branch, now),
        status=words,
        tone=tone,
    )


def standing_of(row: FleetRow, branch: Branch | None, now: datetime) -> tuple[str, Tone]:
    """What matters most about the car, in words that fit on a card."""
    if row.to_move:
        return tr("{moving} to move", moving=whole(row.moving)), Tone.DANGER
    out = row.out and branch is not None
    return status_of(row.car, out=out, away=row.away_at(now))


def status_of(car: Car, *, out: bool, away: bool) -> tuple[str, Tone]:
    """One word for one car, on its card as in its panel."""
    if car.status is CarStatus.ACTIVE and out:
        return tr("Rented out"), Tone.ACCENT
    if car.status is CarStatus.ACTIVE and away:
        return tr("In service"), Tone.WARNING
    return STATUSES[car.status], STATUS_TONES[car.status]


def short_km(odometer_km: int) -> str:
    """For the narrow place on a card."""
    return (
        tr("{odometer_km} km", odometer_km=whole(odometer_km))
        if odometer_km < _THOUSAND
        else f"{whole(odometer_km // _THOUSAND)}k km"
    )


def coming_of(row: FleetRow, branch: Branch | None, now: datetime) -> str:
    if row.next is None:
        return tr("None")
    if branch is None:
        return counted("{count} booking", "{count} bookings", row.coming)
    out = row.out
    end = row.next.ends_at if out else row.next.starts_at
    when = branch_time(end, branch.clock, now=now)
    first = tr("Back {when}", when=when) if out else when
    return first if row.coming == 1 else f"{first} (+{row.coming - 1})"


def columns_of(*, owners: bool) -> list[Column[FleetLine]]:
    columns: list[Column[FleetLine]] = [
        Column(tr("Car"), lambda line: line.text.title, lambda line: line.text.title, weight=15),
        Column(tr("Plate"), lambda line: line.plate, lambda line: line.plate, weight=11),
        Column(tr("Branch"), lambda line: line.branch, lambda line: line.branch, weight=14),
        Column(
            tr("Odometer"), lambda line: line.odometer, lambda line: line.odometer, numeric=True, weight=11, spare=True
        ),
        Column(tr("A day"), lambda line: line.rate, lambda line: line.rate, numeric=True, weight=11),
        Column(tr("Next booking"), lambda line: line.coming, lambda line: line.coming, weight=22, spare=True),
        Column(
            tr("Status"),
            lambda line: line.status,
            lambda line: line.status,
            tone=lambda line: line.tone.value,
            weight=13,
        ),
    ]
    if owners:
        columns.insert(2, Column(tr("Owner"), lambda line: line.owner, lambda line: line.owner, weight=12))
    return columns
