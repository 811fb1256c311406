"""The figures on the screen as a table for spreadsheets: whole period, period before, parts, cars, branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from engine.domain.reports.comparison import Which
from engine.domain.reports.earnings import CurrencyReport, Earnings, Figures
from engine.domain.reports.report_period import Span, moment
from engine.domain.shared.csv_text import BOM, PLAIN, CsvHabits

_HEADS = (
    "what", "name", "first day", "last day", "time zone", "currency", "gross", "refunds", "commission", "net",
    "rentals", "billed days", "average days", "average daily rate", "rented hours", "available hours",
    "utilisation %", "revenue per car day", "as of (UTC)", "source", "complete",
)  # fmt: skip
_BESIDE = {Which.BEFORE: "same days before", Which.YEAR_AGO: "same days a year ago"}
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def earnings_csv(earnings: Earnings, currency: str, *, stored: bool, habits: CsvHabits = PLAIN) -> Iterator[str]:
    """Lines of text. *stored* is whether the figures come from the copy on this computer."""
    yield BOM + habits.line(_HEADS)
    source = "stored copy" if stored else "live"
    sheet = _Sheet(habits, (habits.stamp(moment(earnings.as_of)), source, "yes" if earnings.complete else "partial"))
    span = earnings.span
    for report in earnings.currencies:
        if report.currency != currency:
            continue
        yield sheet.line("period", "", (span.first, span.end), span, report.total)
        yield sheet.line("period before", "", (span.before.first, span.before.end), span, report.before)
        for each in earnings.beside:
            if each.stretch.cut or each.stretch.which is Which.YEAR_AGO:
                days = (each.stretch.first, each.stretch.end)
                yield sheet.line(_BESIDE[each.stretch.which], "", days, span, each.of(currency))
        yield from _parts(report, span, sheet)
        for car in report.cars:
            yield sheet.line("car", car.car.label, (span.first, span.end), span, car.total)
        for branch in report.branches:
            yield sheet.line("branch", branch.branch.name, (span.first, span.end), span, branch.total)


def _parts(report: CurrencyReport, span: Span, sheet: _Sheet) -> Iterator[str]:
    what = "day" if span.by_day else "month"
    for first, after, figures in zip(span.parts, (*span.parts[1:], span.end), report.parts, strict=True):
        yield sheet.line(what, "", (first, after), span, figures)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Attributes: ``end`` are the cells with which every line ends."""

    habits: CsvHabits
    end: tuple[str, ...]

    def line(self, what: str, name: str, days: tuple[date, date], span: Span, figures: Figures) -> str:
        first, after = days
        amount, number = self.habits.amount, self.habits.number
        money = map(amount, (figures.gross, figures.refunds, figures.commission, figures.net))
        return self.habits.line(
            (
                what, name, self.habits.day(first), self.habits.day(after - _DAY), span.zone, figures.currency, *money,
                str(figures.rentals), str(figures.days), number(figures.length_days), amount(figures.daily_rate),
                number(Fraction(figures.rented_ms, _HOUR // timedelta(milliseconds=1))),
                number(Fraction(figures.available_ms, _HOUR // timedelta(milliseconds=1))),
                number(None if figures.utilisation is None else 100 * figures.utilisation),
                amount(figures.per_car_day), *self.end,
            )
        )  # fmt: skip
