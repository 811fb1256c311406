"""What is read off a car when it goes out and when it comes back: kilometres, and how full it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.car.car import Fuel
from engine.domain.car.form import MOST_KM
from engine.domain.people.people import AccountName
from engine.domain.shared.errors import InvalidText, RuleBroken
from engine.domain.shared.text import clean

LONGEST_REASON = 200
#: A car may be moved in the yard since it was read last; more asks for a reason.
YARD_KM = 100
#: More than anybody drives in a day; more asks for a reason.
DAY_KM = 2_000
_DAY_S = 86_400


class Gauge(StrEnum):
    """What a car's instrument says of how full it is."""

    EIGHTHS = auto()  #: of the tank
    PERCENT = auto()  #: of the battery

    @property
    def most(self) -> int:
        """What a full one shows."""
        return 8 if self is Gauge.EIGHTHS else 100


def gauge_of(fuel: Fuel) -> Gauge:
    return Gauge.PERCENT if fuel is Fuel.ELECTRIC else Gauge.EIGHTHS


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody reads off the instruments.

    Attributes:
        odometer_km: As the instrument shows it.
        full: How full it is, in the steps of the car's ``Gauge``.
        reason: Why the kilometres are not what was to be expected; empty where they are.
    """

    odometer_km: int
    full: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A reading that is kept.

    Attributes:
        at: Server time, UTC; ``by`` is who typed it.
        marks: The numbers of the marks that the car showed then, new ones too; None where nobody kept them.
    """

    reading: Reading
    at: datetime
    by: AccountName
    marks: tuple[int, ...] | None = None

    @property
    def km(self) -> int:
        return self.reading.odometer_km


class ReadingUnlikely(RuleBroken):
    """The kilometres do not follow from those before, and nobody said why.

    Attributes:
        before_km: What was read last; ``falls`` says that they are fewer, else they are more than the time allows.
    """

    code = "agreement.reading_unlikely"

    def __init__(self, odometer_km: int, before_km: int) -> None:
        super().__init__(f"{odometer_km} km after {before_km} km")
        self.odometer_km, self.before_km = odometer_km, before_km

    @property
    def falls(self) -> bool:
        return self.odometer_km < self.before_km


def sound_reading(reading: Reading, gauge: Gauge) -> Reading:
    """*reading* with its reason cleaned. Raises: InvalidText, named by its field."""
    for name, value, most in (("odometer_km", reading.odometer_km, MOST_KM), ("full", reading.full, gauge.most)):
        if type(value) is not int or not 0 <= value <= most:
            raise InvalidText(name, "field.between", least=0, most=most)
    return replace(reading, reason=clean("reason", reading.reason, longest=LONGEST_REASON, required=False))


def follows(reading: Reading, before_km: int | None, allowed_km: int | None = None) -> bool:
    """Whether the kilometres are to be expected after *before_km*: none fewer, and *allowed_km* more at most.

    None stands for what nobody knows: no reading before, or no bound.

    Raises:
        ReadingUnlikely: They are not, and the reading gives no reason.
    """
    if before_km is None:
        return True
    grown = reading.odometer_km - before_km
    if grown >= 0 and (allowed_km is None or grown <= allowed_km):
        return True
    if not reading.reason:
        raise ReadingUnlikely(reading.odometer_km, before_km)
    return False


def most_driven(since: datetime, now: datetime) -> int:
    """Kilometres that may lie between two readings, for each day that has begun."""
    return DAY_KM * max(1, -(-int((now - since).total_seconds()) // _DAY_S))


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """What is known of a car before it is read.

    Attributes:
        odometer_km: As it was read last, or as its owner says.
        most_km: The most that is to be expected now; None where nobody has read it, and anything may be.
        full: As it was read as it went out; None while it is here.
    """

    gauge: Gauge
    odometer_km: int
    most_km: int | None = None
    full: int | None = None

    def follows(self, reading: Reading) -> bool:
        """As ``follows``. Raises: ReadingUnlikely."""
        return follows(reading, self.odometer_km, None if self.most_km is None else self.most_km - self.odometer_km)
