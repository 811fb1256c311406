"""Numbers, money and times as a paper's language writes them: by its template, not by this computer's habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from fractions import Fraction
from typing import Any

from engine.domain.money.money import Money

_THOUSAND = 3
#: Decimals of a price that a tax was taken out of, beside those of its currency.
_FINER = 2


@dataclass(frozen=True, slots=True)
class Writing:
    """Attributes: ``zone`` is that of the paper's branch."""

    habits: Mapping[str, Any]
    zone: tzinfo

    def number(self, whole: int) -> str:
        digits = str(abs(whole))
        first = len(digits) % _THOUSAND or _THOUSAND
        groups = [digits[:first], *(digits[at : at + _THOUSAND] for at in range(first, len(digits), _THOUSAND))]
        return f"{'-' if whole < 0 else ''}{self.habits['group'].join(groups)}"

    def amount(self, money: Money) -> str:
        """Without its currency."""
        return self._decimal(money.minor, money.exponent)

    def net_of(self, gross: Money, rate_bp: int) -> str:
        """*gross* without the tax in it, with two decimals more, as it is no amount that is paid."""
        exact = Fraction(gross.minor * 10**_FINER * 10_000, 10_000 + rate_bp)
        return self._decimal((exact + Fraction(1, 2)).__floor__(), gross.exponent + _FINER)

    def percent(self, basis_points: int) -> str:
        whole, rest = divmod(basis_points, 100)
        number = f"{whole}{self.habits['decimal']}{rest:02d}" if rest else str(whole)
        return str(self.habits["percent"]).format(number=number)

    def day(self, moment: datetime | date) -> str:
        there = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return str(self.habits["date"]).format(**self._day(there))

    def iso_day(self, text: str) -> str:
        """A day that is kept as text, in short; what is none stays as it is."""
        try:
            return str(self.habits["short_date"]).format(**self._day(date.fromisoformat(text)))
        except ValueError:
            return text

    def moment(self, at: datetime) -> str:
        there = at.astimezone(self.zone)
        clock = {"hour": f"{there.hour:02d}", "minute": f"{there.minute:02d}", "zone": there.tzname() or ""}
        return str(self.habits["moment"]).format(**self._day(there.date()), **clock)

    def clock(self, at: datetime) -> str:
        """The time of day alone."""
        there = at.astimezone(self.zone)
        return str(self.habits["time"]).format(hour=f"{there.hour:02d}", minute=f"{there.minute:02d}")

    def weekday(self, at: datetime) -> str:
        """The day of *at*, in short."""
        return str(self.habits["weekday"]).format(**self._day(at.astimezone(self.zone).date()))

    def _day(self, day: date) -> dict[str, str]:
        months = {name: self.habits[f"{name}s"][day.month - 1] for name in ("month", "short_month")}
        return {"day": self.habits["days"][day.weekday()], **months, "d": str(day.day), "y": str(day.year)}

    def _decimal(self, minor: int, exponent: int) -> str:
        whole, rest = divmod(abs(minor), 10**exponent)
        sign = "-" if minor < 0 else ""
        return (
            f"{sign}{self.number(whole)}{self.habits['decimal']}{rest:0{exponent}d}"
            if exponent
            else f"{sign}{self.number(whole)}"
        )
