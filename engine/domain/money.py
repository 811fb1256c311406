"""Money as whole minor units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.domain.errors import CurrencyMismatch, InvalidMoney

#: Currencies without minor units, as Stripe counts them (https://docs.stripe.com/currencies#zero-decimal).
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split())
#: Currencies with thousandths; Stripe wants such amounts to end in 0.
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
#: What Stripe charges in (https://docs.stripe.com/currencies#presentment-currencies).
CHARGED = (
    ZERO_DECIMAL
    | THREE_DECIMAL
    | frozenset(
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP "
        "CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES "
        "KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD "
        "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD "
        "TZS UAH USD UYU UZS WST XCD YER ZAR ZMW".split()
    )
)
#: Largest amount Stripe takes for one charge in most currencies: 99,999,999 minor units.
MAX_CHARGE_MINOR = 99_999_999
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

    @property
    def chargeable(self) -> bool:
        """Whether Stripe can take exactly this amount."""
        return 0 < self.minor <= MAX_CHARGE_MINOR and (self.currency not in THREE_DECIMAL or self.minor % 10 == 0)

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
