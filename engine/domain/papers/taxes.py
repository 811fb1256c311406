"""What tax the lines of a paper bear: prices are gross, and tax is counted once per code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from engine.domain.money.money import Money
from engine.domain.papers.errors import PaperRefused
from engine.domain.papers.legal import TaxRate
from engine.domain.papers.paper import PaperLine, TaxSum

_WHOLE_BP = 10_000


def tax_within(gross: Money, rate_bp: int) -> Money:
    """The tax in *gross*, rounded half up away from zero; the net is found by subtraction."""
    exact = Fraction(abs(gross.minor) * rate_bp, _WHOLE_BP + rate_bp)
    minor = (exact + Fraction(1, 2)).__floor__()
    return Money(minor if gross.minor >= 0 else -minor, gross.currency)


def taxed(lines: Iterable[PaperLine], rates: Mapping[str, TaxRate], currency: str) -> tuple[TaxSum, ...]:
    """One sum per code, in the order in which the lines name them.

    Raises:
        PaperRefused: ``paper.no_rate``: the firm has no such rate at that time.
    """
    gross: dict[str, Money] = {}
    for line in lines:
        gross[line.tax] = gross.get(line.tax, Money(0, currency)) + line.gross
    if unknown := next((code for code in gross if code not in rates), None):
        raise PaperRefused("paper.no_rate", code=unknown)
    return tuple(_sum(rates[code], amount) for code, amount in gross.items())


def _sum(rate: TaxRate, gross: Money) -> TaxSum:
    tax = tax_within(gross, rate.rate_bp)
    return TaxSum(rate.code, rate.rate_bp, gross - tax, tax, gross, rate.note)
