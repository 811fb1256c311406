"""The figures on the screen as a table for spreadsheets: whole period, period before, parts, cars, branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from engine.domain.beside import Which
from engine.domain.csv_text import BOM, csv_line, plain_amount
from engine.domain.earnings import CurrencyReport, Earnings, Figures
from engine.domain.money import Money
from engine.domain.span import Span, moment

_HEADS = (
    "what", "name", "first day", "last day", "time zone", "currency", "gross", "refunds", "commission", "net",
    "rentals", "billed days", "average days", "average daily rate", "rented hours", "available hours",
    "utilisation %", "revenue per car day", "as of (UTC)", "source", "complete",
)  # fmt: skip
_BESIDE = {Which.BEFORE: "same days before", Which.YEAR_AGO: "same days a year ago"}
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def earnings_csv(earnings: Earnings, currency: str, *, stored: bool) -> Iterator[str]:
    """Lines of text. *stored* is whether the figures come from the copy on this computer."""
    yield BOM + csv_line(_HEADS)
    source = "stored copy" if stored else "live"
    end = (moment(earnings.as_of).isoformat(timespec="seconds"), source, "yes" if earnings.complete else "partial")
    span = earnings.span
    for report in earnings.currencies:
        if report.currency != currency:
            continue
        yield _line("period", "", (span.first, span.end), span, report.total, end)
        yield _line("period before", "", (span.before.first, span.before.end), span, report.before, end)
        for each in earnings.beside:
            if each.stretch.cut or each.stretch.which is Which.YEAR_AGO:
                days = (each.stretch.first, each.stretch.end)
                yield _line(_BESIDE[each.stretch.which], "", days, span, each.of(currency), end)
        yield from _parts(report, span, end)
        for car in report.cars:
            yield _line("car", car.car.label, (span.first, span.end), span, car.total, end)
        for branch in report.branches:
            yield _line("branch", branch.branch.name, (span.first, span.end), span, branch.total, end)


def _parts(report: CurrencyReport, span: Span, end: tuple[str, ...]) -> Iterator[str]:
    what = "day" if span.by_day else "month"
    for first, after, figures in zip(span.parts, (*span.parts[1:], span.end), report.parts, strict=True):
        yield _line(what, "", (first, after), span, figures, end)


def _line(what: str, name: str, days: tuple[date, date], span: Span, figures: Figures, end: tuple[str, ...]) -> str:
    first, after = days
    money = map(plain_amount, (figures.gross, figures.refunds, figures.commission, figures.net))
    return csv_line(
        (
            what, name, first.isoformat(), (after - _DAY).isoformat(), span.zone, figures.currency, *money,
            str(figures.rentals), str(figures.days), _decimal(figures.length_days), _money(figures.daily_rate),
            _decimal(Fraction(figures.rented_ms, _HOUR // timedelta(milliseconds=1))),
            _decimal(Fraction(figures.available_ms, _HOUR // timedelta(milliseconds=1))),
            _decimal(None if figures.utilisation is None else 100 * figures.utilisation),
            _money(figures.per_car_day), *end,
        )
    )  # fmt: skip


def _money(amount: Money | None) -> str:
    return "" if amount is None else plain_amount(amount)


def _decimal(exact: Fraction | None) -> str:
    """Two places, rounded half up; empty where there is no figure."""
    if exact is None:
        return ""
    hundredths = (exact * 100 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}"
