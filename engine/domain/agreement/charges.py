"""What a rental costs beyond its price, by what was read as the car came back: proposed here, waived by a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.agreement.agreement import Agreement, Waived
from engine.domain.agreement.reading import LONGEST_REASON, Gauge, Seen
from engine.domain.car.car import BranchId
from engine.domain.money.pricing import LineKind, QuoteLine
from engine.domain.shared.errors import MoveRefused
from engine.domain.shared.text import clean

#: Nobody is late by less.
GRACE = timedelta(minutes=30)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: What a return may add, in this order.
AT_RETURN = (
    LineKind.LATE_DAY,
    LineKind.LATE_HOUR,
    LineKind.KM,
    LineKind.FUEL,
    LineKind.BATTERY,
    LineKind.CLEANING,
    LineKind.ONE_WAY,
)


@dataclass(frozen=True, slots=True)
class Due:
    """What was agreed of a return. Attributes: ``at`` is when (UTC), ``branch_id`` where."""

    at: datetime
    branch_id: BranchId


@dataclass(frozen=True, slots=True)
class Charging:
    """What a person says of the charges at a return.

    Attributes:
        cleaning: The car has to be cleaned.
        waived: What is not charged, and why.
    """

    cleaning: bool = False
    waived: tuple[tuple[LineKind, str], ...] = ()


#: As the engine proposes it.
AS_PROPOSED = Charging()


def return_lines(agreement: Agreement, back: Seen, branch_id: BranchId, due: Due, *, cleaning: bool) -> list[QuoteLine]:
    """What is charged for a car that comes back so, by the fees that were in force as it went out."""
    fees = agreement.fees
    if fees is None:
        return []
    legs = agreement.with_back(back).legs
    counted = [
        *_late(agreement, due.at, back.at),
        (LineKind.KM, max(0, sum(leg.km for leg in legs) - fees.free_km * agreement.days), fees.km),
        (LineKind.FUEL, sum(leg.missing for leg in legs if leg.gauge is Gauge.EIGHTHS), fees.eighth),
        (LineKind.BATTERY, sum(leg.missing for leg in legs if leg.gauge is Gauge.PERCENT), fees.percent),
        (LineKind.CLEANING, int(cleaning), fees.cleaning),
        (LineKind.ONE_WAY, int(branch_id != due.branch_id), fees.one_way),
    ]
    return [QuoteLine(kind, count, fees.of(minor)) for kind, count, minor in counted if count and minor]


def _late(agreement: Agreement, due: datetime, at: datetime) -> Iterator[tuple[LineKind, int, int]]:
    fees, late = agreement.fees, at - due
    if fees is None or late <= GRACE:
        return
    days, rest = divmod(late, _DAY)
    hours = -(-rest // _HOUR)
    if fees.late_day and hours * fees.late_hour >= fees.late_day:
        days, hours = days + 1, 0
    yield LineKind.LATE_DAY, days, fees.late_day
    # A firm that charges by the hour alone charges all of them.
    yield LineKind.LATE_HOUR, hours if fees.late_day else 24 * days + hours, fees.late_hour


def charged(
    agreement: Agreement, back: Seen, branch_id: BranchId, due: Due, charging: Charging
) -> tuple[tuple[QuoteLine, ...], tuple[Waived, ...]]:
    """What is added to the lines, and what is waived instead.

    Raises:
        InvalidText: ``reason``: something is waived, and nobody says why as it can be kept.
        MoveRefused: Something is waived that is not charged.
    """
    proposed = return_lines(agreement, back, branch_id, due, cleaning=charging.cleaning)
    why = {kind: clean("reason", reason, longest=LONGEST_REASON) for kind, reason in charging.waived}
    if not why.keys() <= {line.kind for line in proposed}:
        raise MoveRefused("not charged", "waived")
    kept = tuple(line for line in proposed if line.kind not in why)
    return kept, tuple(Waived(line, why[line.kind], back.at, back.by) for line in proposed if line.kind in why)


def charged_right(agreement: Agreement, due: Due) -> bool:
    """Whether an agreement that is over charges what was to be charged, and waived the rest."""
    back = agreement.leg.back
    if back is None or agreement.returned_to is None:
        return True
    added = [line for line in agreement.lines if line.kind in AT_RETURN]
    every = [*added, *(each.line for each in agreement.waived)]
    cleaning = any(line.kind is LineKind.CLEANING for line in every)
    wanted = return_lines(agreement, back, agreement.returned_to, due, cleaning=cleaning)
    return sorted(map(_key, every)) == sorted(map(_key, wanted))


def _key(line: QuoteLine) -> tuple[str, int, int, str]:
    return line.kind.value, line.count, line.unit.minor, line.unit.currency
