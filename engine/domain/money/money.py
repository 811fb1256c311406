"""Money as whole minor units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.domain.shared.errors import CurrencyMismatch, InvalidMoney

#: Currencies without minor units. ISK has none either (ISO 4217), and is kept in hundredths here that are always 00.
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split())
#: Currencies with thousandths.
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount of one currency.

    Attributes:
        minor: Whole minor units (cents, fils, yen). Negative for money given back.
        currency: ISO 4217 code, upper case.

    Raises:
        InvalidMoney: ``minor`` is no integer, or ``currency`` is no code.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise InvalidMoney(f"minor units are whole numbers, not {type(self.minor).__name__}")
        if not isinstance(self.currency, str) or not _CODE.fullmatch(self.currency):
            raise InvalidMoney(f"{self.currency!r} is no ISO 4217 code")

    @property
    def exponent(self) -> int:
        """Decimal places of the currency: 0, 2 or 3."""
        return 0 if self.currency in ZERO_DECIMAL else 3 if self.currency in THREE_DECIMAL else 2

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def times(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def share(self, basis_points: int) -> Money:
        """That many hundredths of a percent, rounded half up; the rest is found by subtraction."""
        exact = Fraction(self.minor * basis_points, 10_000)
        return Money((exact + Fraction(1, 2)).__floor__(), self.currency)

    def _same_currency(self, other: Money) -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} in one sum")
