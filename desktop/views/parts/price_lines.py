"""Pick-up, return, what each line costs, and the total: the same words before and after booking."""

from __future__ import annotations

from datetime import datetime, tzinfo

from desktop.widgets.loading.field_skeleton import LabelledValue
from desktop.words.booking_words import line_name, line_words
from desktop.words.messages import amount, branch_name, branch_time
from engine.domain.car.car import Branch
from engine.domain.money.pricing import Quote
from engine.domain.people.people import Actor
from engine.domain.shared.period import RentalPeriod
from engine.words.tr import tr


def times(period: RentalPeriod | None, zone: tzinfo, now: datetime) -> list[LabelledValue]:
    if period is None:
        return []
    return [
        LabelledValue(tr("Pick-up"), branch_time(period.starts_at, zone, now=now)),
        LabelledValue(tr("Return"), branch_time(period.ends_at, zone, now=now)),
    ]


def price_lines(period: RentalPeriod | None, zone: tzinfo, quote: Quote | None, now: datetime) -> list[LabelledValue]:
    return [*times(period, zone, now), *(quoted(quote) if quote is not None else ())]


def quoted(quote: Quote) -> list[LabelledValue]:
    """What a price is made of, and the price."""
    lines = [
        LabelledValue(line_name(line.kind), f"{line_words(line)} = {amount(line.amount)}", amount=True)
        for line in quote.lines
    ]
    return [*lines, LabelledValue(tr("Total"), amount(quote.total), strong=True, amount=True)]


def elsewhere_words(branch: Branch | None, actor: Actor) -> str:
    """What somebody at a counter must not overlook: the car is picked up at another branch. Empty where it is not."""
    if branch is None or actor.branch_id is None or branch.id == actor.branch_id:
        return ""
    return tr("This car stands at {branch}, not at this desk's branch.", branch=branch_name(branch))
