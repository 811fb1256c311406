"""What an owner earned: pure figures from the books.

Money is what the ledger says. A rental counts in the part of the time in which it was paid, and only while its booking
stands (confirmed or completed): cancelled, expired and pending ones never do; what a cancelled one left behind is money
and no rental. Time is what lies inside the period up to ``as_of``. Each currency has figures of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any

from engine.domain.money.ledger import LedgerKind
from engine.domain.money.money import Money
from engine.domain.reports.comparison import Stretch
from engine.domain.reports.owner_books import Facts, OwnBranch, OwnCar, merged, shared, split
from engine.domain.reports.report_period import Span

_DAY_MS = 86_400_000
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Figures:
    """One set, of one currency; everything adds up.

    Attributes:
        gross_minor: Charges.
        refunds_minor: Given back; negative or nought.
        commission_minor, net_minor: The platform's and the owner's share; together gross and refunds.
        rentals, days, paid_minor: Rentals that stand and were paid in this time, their billed days and their price.
        rented_ms, available_ms: Time out with such rentals, of the time in which cars could be rented.
    """

    currency: str
    gross_minor: int = 0
    refunds_minor: int = 0
    commission_minor: int = 0
    net_minor: int = 0
    rentals: int = 0
    days: int = 0
    paid_minor: int = 0
    rented_ms: int = 0
    available_ms: int = 0

    @property
    def gross(self) -> Money:
        return Money(self.gross_minor, self.currency)

    @property
    def refunds(self) -> Money:
        return Money(self.refunds_minor, self.currency)

    @property
    def commission(self) -> Money:
        return Money(self.commission_minor, self.currency)

    @property
    def net(self) -> Money:
        return Money(self.net_minor, self.currency)

    @property
    def utilisation(self) -> Fraction | None:
        """Rented of available time, 0 to 1; None where no car was available."""
        return Fraction(self.rented_ms, self.available_ms) if self.available_ms else None

    @property
    def daily_rate(self) -> Money | None:
        """ADR: what a billed day of the rentals brought on average, rounded half up."""
        return self._rounded(Fraction(self.paid_minor, self.days)) if self.days else None

    @property
    def per_car_day(self) -> Money | None:
        """RevPACD: gross less refunds for each 24 hours in which a car could be rented, rounded half up."""
        revenue = self.gross_minor + self.refunds_minor
        return self._rounded(Fraction(revenue * _DAY_MS, self.available_ms)) if self.available_ms else None

    @property
    def length_days(self) -> Fraction | None:
        """Billed days of a rental on average."""
        return Fraction(self.days, self.rentals) if self.rentals else None

    @property
    def rented(self) -> timedelta:
        return timedelta(milliseconds=self.rented_ms)

    @property
    def available(self) -> timedelta:
        return timedelta(milliseconds=self.available_ms)

    def _rounded(self, exact: Fraction) -> Money:
        return Money((exact + _HALF).__floor__(), self.currency)


@dataclass(frozen=True, slots=True)
class CarFigures:
    """Attributes: ``parts`` are the same figures for each part of the period."""

    car: OwnCar
    total: Figures
    parts: tuple[Figures, ...]


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """Where the cars were picked up; time is a car's and not a branch's, so there is none here."""

    branch: OwnBranch
    total: Figures


@dataclass(frozen=True, slots=True)
class CurrencyReport:
    """All figures of one currency.

    Attributes:
        parts, parts_before: For each part of the period and of the one before, in order; lengths may differ.
        cars: Those that earned or could be rented, the largest net first.
    """

    currency: str
    total: Figures
    before: Figures
    parts: tuple[Figures, ...]
    parts_before: tuple[Figures, ...]
    cars: tuple[CarFigures, ...]
    branches: tuple[BranchFigures, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Attributes: ``totals`` has one set for each currency in which there is any."""

    stretch: Stretch
    totals: tuple[Figures, ...]

    def of(self, currency: str) -> Figures:
        return next((each for each in self.totals if each.currency == currency), Figures(currency))


@dataclass(frozen=True, slots=True)
class Earnings:
    """All that the screens show.

    Attributes:
        as_of: Milliseconds since 1970 (UTC).
        currencies: By their codes; none where there are no cars.
        complete: False for figures out of a copy that was cut off while it was made.
        beside: What it is compared with: the same days of the period before, and of a year ago.
        strays: Bookings to which money was posted, also of the period before, and that do not exist: left out.
    """

    span: Span
    as_of: int
    currencies: tuple[CurrencyReport, ...]
    complete: bool = True
    strays: int = 0
    beside: tuple[Compared, ...] = ()


#: Stands for all parts of the period before.
_BEFORE = -1
#: Part of the period, car, branch; None for all of them.
_Key = tuple[int | None, str | None, str | None]
#: Where each amount stands in a tally: the order of the fields of ``Figures``.
_GROSS, _REFUNDS, _COMMISSION, _NET, _RENTALS, _DAYS, _PAID, _RENTED, _AVAILABLE = range(9)
_PLACES = {
    LedgerKind.CHARGE.value: _GROSS,
    LedgerKind.REFUND.value: _REFUNDS,
    LedgerKind.PLATFORM_SHARE.value: _COMMISSION,
    LedgerKind.OWNER_SHARE.value: _NET,
}
_NOTHING = (0,) * 9


def earnings(span: Span, facts: Facts) -> Earnings:
    """*facts* are those of *span* and of the period before it."""
    split_at = len(span.before.parts)
    codes = {each.currency for each in facts.sums} | {car.currency for car in facts.cars if car.mine}
    reports = tuple(_report(code, split_at, facts) for code in sorted(codes))
    return Earnings(span, facts.as_of, reports, facts.complete, facts.strays)


def beside(stretch: Stretch, facts: Facts) -> Compared:
    """*facts* are those between the two ends of *stretch*."""
    codes = {each.currency for each in facts.sums} | {car.currency for car in facts.cars if car.mine}
    return Compared(stretch, tuple(_report(code, 0, facts).total for code in sorted(codes)))


def _report(currency: str, split_at: int, facts: Facts) -> CurrencyReport:
    tally = _Tally(currency, split_at)
    tally.add_money(facts)
    tally.add_time(facts)
    of, count = tally.figures, len(facts.marks) - 1
    cars = [
        CarFigures(car, of(None, car.car_id), tuple(of(part, car.car_id) for part in range(split_at, count)))
        for car in facts.cars
        if tally.knows(None, car.car_id)
    ]
    branches = [
        BranchFigures(branch, of(None, None, branch.branch_id))
        for branch in facts.branches
        if tally.knows(None, None, branch.branch_id)
    ]
    return CurrencyReport(
        currency=currency,
        total=of(),
        before=of(_BEFORE),
        parts=tuple(of(part) for part in range(split_at, count)),
        parts_before=tuple(of(part) for part in range(split_at)),
        cars=tuple(sorted(cars, key=lambda each: (-each.total.net_minor, each.car.label))),
        branches=tuple(sorted(branches, key=lambda each: (-each.total.net_minor, each.branch.name))),
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    """The figures of one currency while they are added up.

    Attributes:
        split_at: The first part that belongs to the period itself.
    """

    currency: str
    split_at: int
    amounts: dict[_Key, list[int]] = field(default_factory=dict)
    sets: dict[_Key, list[list[int]]] = field(default_factory=dict)

    def knows(self, *key: int | str | None) -> bool:
        return _whole(key) in self.amounts

    def figures(self, *key: int | str | None) -> Figures:
        return Figures(self.currency, *self.amounts.get(_whole(key), _NOTHING))

    def add_money(self, facts: Facts) -> None:
        for each in facts.sums:
            if each.currency == self.currency:
                place = _PLACES[each.kind]
                for amounts in self._at(each.part, each.car_id, each.branch_id):
                    amounts[place] += each.minor
        for paid in facts.charged:
            if paid.currency == self.currency:
                for amounts in self._at(paid.part, paid.car_id, paid.branch_id):
                    amounts[_RENTALS] += paid.rentals
                    amounts[_DAYS] += paid.days
                    amounts[_PAID] += paid.minor

    def add_time(self, facts: Facts) -> None:
        out = {each.car_id: each.times for each in facts.out}
        marks = [min(mark, facts.as_of) for mark in facts.marks]
        for car in facts.cars:
            if not car.mine or car.currency != self.currency:
                continue
            active = car.active(marks[0], marks[-1])
            rentals = merged(out.get(car.car_id, ()))
            busy, rentable = shared(active, rentals), car.rentable(marks[0], marks[-1], rentals)
            for part, (available, rented) in enumerate(zip(split(rentable, marks), split(busy, marks), strict=True)):
                if available:
                    for amounts in self._at(part, car.car_id, None):
                        amounts[_AVAILABLE] += available
                        amounts[_RENTED] += rented

    def _at(self, part: int, car: str, branch: str | None) -> list[list[int]]:
        """Every set that something of that part, car and branch counts in; found once and kept."""
        if (found := self.sets.get((part, car, branch))) is None:
            found = self.sets[part, car, branch] = self._find(part, car, branch)
        return found

    def _find(self, part: int, car: str, branch: str | None) -> list[list[int]]:
        if part < self.split_at:
            keys: tuple[_Key, ...] = ((part, None, None), (_BEFORE, None, None))
        else:
            keys = ((part, None, None), (part, car, None), (None, car, None), (None, None, None))
            if branch is not None:
                keys = (*keys, (None, None, branch))
        known = self.amounts
        return [known[key] if key in known else known.setdefault(key, [0] * 9) for key in keys]


def _whole(key: tuple[int | str | None, ...]) -> Any:
    """*key* with what is not named left open."""
    return (*key, None, None, None)[:3]
