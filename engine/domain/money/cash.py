"""Coins and notes: to what an amount is rounded where small coins are not used, and what a drawer is counted in.

Rounding to five cents in Finland, Estonia, Belgium and the Netherlands: Eesti Pank's questions and answers on the
rounding rule (2025), vrt.be of 28 November 2019; Ireland, Italy, Slovakia and Lithuania by laws of their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.domain.money.money import Money
from engine.domain.shared.errors import InvalidMoney

#: Countries of the euro in which cash is rounded to five cents.
_FIVE_CENTS = frozenset("BE EE FI IE IT LT NL SK".split())
#: Currency -> the smallest coin, in minor units, where it is more than one.
_SMALLEST = {"AUD": 5, "CAD": 5, "CHF": 5, "CZK": 100, "DKK": 50, "HUF": 500, "NOK": 100, "NZD": 10, "SEK": 100}
#: Currency -> what there is, largest first, in minor units.
_KNOWN = {
    "EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "CHF": (100000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
}
_MOST_PIECES = 1_000_000


def smallest(currency: str, country: str) -> int:
    """The smallest coin that is used there, in minor units."""
    return 5 if currency == "EUR" and country in _FIVE_CENTS else _SMALLEST.get(currency, 1)


def in_coins(amount: Money, country: str) -> Money:
    """*amount* as it is paid in cash there: to the nearest coin, halves up."""
    step = smallest(amount.currency, country)
    return Money((amount.minor + step // 2) // step * step, amount.currency)


def denominations(currency: str, country: str) -> tuple[int, ...]:
    """Notes and coins to count, largest first, in minor units."""
    least = smallest(currency, country)
    known = _KNOWN.get(currency) or tuple(
        sorted((part * 10**zeros for zeros in range(7) for part in (1, 2, 5)), reverse=True)
    )
    return tuple(each for each in known if each >= least)


def counted(currency: str, pieces: Iterable[tuple[int, int]]) -> Money:
    """The sum of *pieces*: each a denomination and how many there are. Raises: InvalidMoney."""
    pieces = list(pieces)
    for denomination, count in pieces:
        if type(count) is not int or type(denomination) is not int or not 0 <= count <= _MOST_PIECES:
            raise InvalidMoney(f"{count} pieces of {denomination}")
        if denomination <= 0:
            raise InvalidMoney(f"no coin of {denomination}")
    return Money(sum(denomination * count for denomination, count in pieces), currency)
