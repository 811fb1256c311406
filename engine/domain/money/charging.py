"""What Stripe charges: in which currencies, how an amount is counted there, how much it must and may be.

Source: https://docs.stripe.com/currencies, read in November 2026.
"""

from __future__ import annotations

from enum import StrEnum, auto

from engine.domain.money.money import THREE_DECIMAL, ZERO_DECIMAL, Money
from engine.domain.shared.errors import InvalidMoney, NotChargeable

#: Presentment currencies.
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
#: Least amount in minor units where the firm is paid out in that currency; elsewhere only Stripe knows it.
_LEAST = {
    **dict.fromkeys("USD AUD BRL CAD CHF EUR INR NZD SGD JPY".split(), 50),
    **dict.fromkeys("AED MYR PLN RON".split(), 200),
    **dict.fromkeys("NOK SEK".split(), 300),
    **dict.fromkeys("MXN THB".split(), 1000),
    "BGN": 100,
    "CZK": 1500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 175_00,
}
#: Eight digits, as Stripe counts; these currencies have more.
_MOST_SENT = 99_999_999
_MORE_SENT = {
    "IDR": 999_999_999_999,
    "INR": 999_999_999,
    "LBP": 99_999_999_999_999,
    **dict.fromkeys("COP HUF JPY".split(), 9_999_999_999_999),
}
#: Has no decimals and is sent in hundredths all the same. ISK is kept in hundredths here too: only its step differs.
_SENT_IN_HUNDREDTHS = frozenset({"UGX"})
#: What is sent has to be a multiple of this.
_STEP_SENT = {**dict.fromkeys(("ISK", "UGX"), 100), **dict.fromkeys(THREE_DECIMAL, 10)}


class Uncharged(StrEnum):
    """Why an amount cannot be charged."""

    CURRENCY = auto()
    TOO_LITTLE = auto()
    TOO_MUCH = auto()
    FRACTION = auto()  #: of the smallest amount that can be charged


def sent(money: Money) -> int:
    """*money* as Stripe counts it."""
    return money.minor * _factor(money.currency)


def received(amount: int, currency: str) -> Money:
    """What Stripe tells, as money; *currency* in any case.

    Raises:
        InvalidMoney: No amount of that currency.
    """
    code = currency.upper()
    minor, rest = divmod(amount, _factor(code))
    if rest:
        raise InvalidMoney(f"{amount} is no whole amount of {code}")
    return Money(minor, code)


def least(currency: str) -> Money:
    """The smallest amount that can be charged, as far as it is known beforehand."""
    minor = max(_LEAST.get(currency, 1), -(-_STEP_SENT.get(currency, 1) // _factor(currency)))
    return Money(minor, currency)


def most(currency: str) -> Money:
    """The largest amount that can be charged."""
    step = _STEP_SENT.get(currency, 1)
    return Money(_MORE_SENT.get(currency, _MOST_SENT) // step * step // _factor(currency), currency)


def why_not(money: Money) -> Uncharged | None:
    """Why *money* cannot be charged; None if it can."""
    if money.currency not in CHARGED:
        return Uncharged.CURRENCY
    if money.minor < least(money.currency).minor:
        return Uncharged.TOO_LITTLE
    if money.minor > most(money.currency).minor:
        return Uncharged.TOO_MUCH
    return Uncharged.FRACTION if sent(money) % _STEP_SENT.get(money.currency, 1) else None


def must_be_chargeable(money: Money) -> None:
    """Raises: NotChargeable, with the limit that *money* does not keep."""
    reason = why_not(money)
    if reason is None:
        return
    limits = {Uncharged.TOO_LITTLE: least, Uncharged.TOO_MUCH: most}
    limit = limits[reason](money.currency).minor if reason in limits else None
    raise NotChargeable(reason, money.currency, limit)


def _factor(currency: str) -> int:
    return 100 if currency in _SENT_IN_HUNDREDTHS else 1
