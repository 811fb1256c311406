"""What the firm charges beyond the rental: for time, kilometres, fuel, cleaning and another branch, in one currency."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engine.domain.money.charging import CHARGED
from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidText

MOST_CURRENCIES = 20
#: A million of most currencies.
MOST_FEE = 100_000_000
MOST_FREE_KM = 100_000


@dataclass(frozen=True, slots=True)
class RentalFees:
    """Amounts are minor units of ``currency``; what is 0 is not charged.

    Attributes:
        late_hour, late_day: For a car that comes back late: each hour that has begun, and no more than a day of it.
        free_km: Kilometres for each billed day that cost nothing; ``km`` is for each beyond.
        eighth, percent: For what is missing in the tank, and in the battery of an electric car.
        cleaning: Where somebody says that the car has to be cleaned.
        no_show: For a renter who never came.
        one_way: For a car that is brought to another branch than was agreed.
    """

    currency: str
    late_hour: int = 0
    late_day: int = 0
    free_km: int = 0
    km: int = 0
    eighth: int = 0
    percent: int = 0
    cleaning: int = 0
    no_show: int = 0
    one_way: int = 0

    def of(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def facts(self) -> str:
        """For the audit: what is charged, in the names of the fields."""
        told = (f"{name} {getattr(self, name)}" for name in AMOUNTS if getattr(self, name))
        return f"{self.currency}: {', '.join(told) or 'nothing'} (minor units; {self.free_km} km a day free)"


#: The fields that are amounts.
AMOUNTS = tuple(each.name for each in fields(RentalFees) if each.name not in ("currency", "free_km"))


def fees_in(fees: tuple[RentalFees, ...], currency: str) -> RentalFees:
    """Those of *currency*; nothing is charged where the firm never said any."""
    return next((each for each in fees if each.currency == currency), RentalFees(currency))


def sound_fees(fees: tuple[RentalFees, ...]) -> tuple[RentalFees, ...]:
    """*fees* by currency. Raises: InvalidText, ``fees``."""
    currencies = [each.currency for each in fees]
    if len(fees) > MOST_CURRENCIES or len(set(currencies)) < len(currencies) or not set(currencies) <= set(CHARGED):
        raise InvalidText("fees", "field.currency")
    for each in fees:
        for name in (*AMOUNTS, "free_km"):
            value, most = getattr(each, name), MOST_FREE_KM if name == "free_km" else MOST_FEE
            if type(value) is not int or not 0 <= value <= most:
                raise InvalidText("fees", "field.between", least=0, most=most)
    return tuple(sorted(fees, key=lambda each: each.currency))
