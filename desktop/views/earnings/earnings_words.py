"""How the figures of an owner are named and written."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType

from PySide6.QtCore import QDate

from desktop.theme.tokens import Tone
from desktop.words.figures import amount, counted, decimals, locale, whole
from engine.domain.money.money import Money
from engine.domain.reports.comparison import Stretch, Which
from engine.domain.reports.earnings import CurrencyReport, Earnings, Figures
from engine.domain.reports.figure_sources import Figure
from engine.domain.reports.report_period import Span, SpanKind
from engine.words.tr import tr

_DAY = timedelta(days=1)
_HOUR_MS = 3_600_000
_THOUSAND = 1_000
_MONTHS_OF_QUARTER = 3

NAMES = MappingProxyType(
    {
        Figure.NET: tr("Net"),
        Figure.GROSS: tr("Gross"),
        Figure.REFUNDS: tr("Refunds"),
        Figure.COMMISSION: tr("Commission"),
        Figure.UTILISATION: tr("Utilisation"),
        Figure.DAILY_RATE: tr("Average daily rate"),
        Figure.PER_CAR_DAY: tr("Revenue per car day"),
        Figure.LENGTH: tr("Average length"),
        Figure.RENTALS: tr("Rentals"),
    }
)
NOTHING = "–"  # noqa: RUF001 -- the dash of an empty cell
#: What each figure is, in a sentence that can be checked.
MEANINGS = MappingProxyType(
    {
        Figure.NET: tr("Your share of what was paid in this time, less your share of what was given back."),
        Figure.GROSS: tr("All that renters paid in this time."),
        Figure.REFUNDS: tr("What was given back in this time, whenever it had been paid."),
        Figure.COMMISSION: tr("The firm's share. Each booking keeps the rate that was agreed on the day of booking."),
        Figure.UTILISATION: tr(
            "Time out with paid rentals, of the time in which cars could be rented. Maintenance is "
            "left out, and time that has not come yet."
        ),
        Figure.DAILY_RATE: tr(
            "The price of the rentals paid in this time, divided by their billed days. Cancelled ones do not count."
        ),
        Figure.PER_CAR_DAY: tr("Gross less refunds, divided by the days in which cars could be rented."),
        Figure.LENGTH: tr("Billed days of the rentals paid in this time, divided by their number."),
        Figure.RENTALS: tr("Rentals paid in this time that were not cancelled."),
    }
)
KINDS = MappingProxyType(
    {
        SpanKind.MONTH: tr("Month"),
        SpanKind.QUARTER: tr("Quarter"),
        SpanKind.YEAR: tr("Year"),
        SpanKind.CUSTOM: tr("Own days"),
    }
)


def value_text(figure: Figure, figures: Figures) -> str:
    """The figure as it stands on a tile; a dash where there is none."""
    made: str | None
    if figure is Figure.UTILISATION:
        made = _or_none(figures.utilisation, share_percent)
    elif figure is Figure.LENGTH:
        made = _or_none(figures.length_days, days_number)
    elif figure is Figure.RENTALS:
        made = whole(figures.rentals)
    else:
        money = money_of(figure, figures)
        made = None if money is None else amount(money)
    return made or NOTHING


def money_of(figure: Figure, figures: Figures) -> Money | None:
    return {
        Figure.NET: figures.net,
        Figure.GROSS: figures.gross,
        Figure.REFUNDS: figures.refunds,
        Figure.COMMISSION: figures.commission,
        Figure.DAILY_RATE: figures.daily_rate,
        Figure.PER_CAR_DAY: figures.per_car_day,
    }[figure]


def exact(figure: Figure, figures: Figures) -> Fraction | None:
    """For comparing; None where there is no figure."""
    if figure is Figure.UTILISATION:
        return figures.utilisation
    if figure is Figure.LENGTH:
        return figures.length_days
    if figure is Figure.RENTALS:
        return Fraction(figures.rentals)
    money = money_of(figure, figures)
    return None if money is None else Fraction(money.minor)


#: More of these is not good news.
_COSTS = frozenset({Figure.REFUNDS, Figure.COMMISSION})
_SHAPES = MappingProxyType({1: "▲", -1: "▼"})
_TONES = MappingProxyType({1: Tone.POSITIVE, -1: Tone.WARNING, 0: Tone.NEUTRAL})


def beside(figure: Figure, before: Figures, name: str) -> tuple[str, Tone]:
    """The period called *name* where nothing can be compared with it."""
    return f"{name}: {value_text(figure, before)}", Tone.NEUTRAL


def change(figure: Figure, now: Figures, before: Figures, name: str) -> tuple[str, Tone]:
    """How it compares with the period called *name*, and in which colour that is written."""
    new, old = exact(figure, now), exact(figure, before)
    if new is None or not old:
        return beside(figure, before, name)
    # A per cent of per cents would be taken for the difference. Refunds are negative: more of them is a larger amount.
    # A net that was negative and is less so has grown.
    by_points = figure is Figure.UTILISATION
    grown = new - old if by_points else (abs(new) - abs(old) if figure in _COSTS else new - old) / abs(old)
    if not hundredths(abs(grown)):
        return tr("Same as {name}", name=name), Tone.NEUTRAL
    told = points(abs(grown)) if by_points else share_percent(abs(grown))
    tone = Tone.NEUTRAL if figure in _COSTS else _TONES[_sign(grown)]
    return tr("{shapes} {told} on {name}", shapes=_SHAPES[_sign(grown)], told=told, name=name), tone


def notes_of(figure: Figure, earnings: Earnings, report: CurrencyReport) -> list[tuple[str, Tone]]:
    """What stands below the figure: how it compares with each of what it is compared with."""
    if not earnings.beside:
        return [beside(figure, report.before, span_name(earnings.span.before))]
    return [
        change(figure, report.total, each.of(report.currency), _in_short(each.stretch, earnings.span))
        for each in earnings.beside
    ]


def compared_words(earnings: Earnings) -> str:
    """One sentence on what all figures are compared with."""
    names = [stretch_name(each.stretch, earnings.span) for each in earnings.beside]
    if not names:
        return tr("{span} has not begun.", span=span_name(earnings.span))
    told = names[0] if len(names) == 1 else tr("{one} and {other}", one=names[0], other=names[1])
    if any(each.stretch.cut for each in earnings.beside):
        return tr("Compared with {names}, up to this time of day.", names=told)
    return tr("Compared with {names}.", names=told)


def _in_short(stretch: Stretch, span: Span) -> str:
    """For a tile; the sentence above all of them says which days these are."""
    return tr("a year ago") if stretch.which is Which.YEAR_AGO else stretch_name(stretch, span)


def stretch_name(stretch: Stretch, span: Span) -> str:
    """``October 2026``; of one that is cut ``1–30 Oct``, ``Q3 to 29 Aug``, ``2025 to 29 Nov``."""  # noqa: RUF002 -- dash
    if not stretch.cut:
        return span_name(Span(span.kind, stretch.first, stretch.end, span.zone))
    last = stretch.end - _DAY
    year = "" if last.year == span.first.year else f" {last.year}"
    if span.kind is SpanKind.YEAR:
        return tr("{year} to {last}", year=stretch.first.year, last=_written(last, "d MMM"))
    if span.kind is SpanKind.QUARTER:
        return tr(
            "Q{month}{year} to {last}",
            month=(last.month + 2) // _MONTHS_OF_QUARTER,
            year=year,
            last=_written(last, "d MMM"),
        )
    if stretch.first == last:
        return f"{_written(last, 'd MMM')}{year}"
    if (stretch.first.year, stretch.first.month) == (last.year, last.month):
        return f"{stretch.first.day}–{_written(last, 'd MMM')}{year}"  # noqa: RUF001 -- a range's dash
    return f"{_written(stretch.first, 'd MMM')} – {_written(last, 'd MMM')}{year}"  # noqa: RUF001 -- a range's dash


def _sign(number: Fraction) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def hundredths(share: Fraction) -> int:
    """Rounded, as they are shown: half of one is one."""
    return (share * 100 + Fraction(1, 2)).__floor__()


def share_percent(share: Fraction) -> str:
    return f"{whole(hundredths(share))} %"


def points(share: Fraction) -> str:
    """``19 points``: of a hundred."""
    return counted("{count} point", "{count} points", hundredths(share))


def days_number(days: Fraction) -> str:
    tenths = (days * 10 + Fraction(1, 2)).__floor__()
    return tr("{tenths} days", tenths=decimals(tenths))


def rounded_hours(milliseconds: int) -> int:
    return (milliseconds + _HOUR_MS // 2) // _HOUR_MS


def hours(milliseconds: int) -> str:
    return f"{whole(rounded_hours(milliseconds))} h"


def span_name(span: Span) -> str:
    if span.kind is SpanKind.YEAR:
        return str(span.first.year)
    if span.kind is SpanKind.QUARTER:
        return f"Q{(span.first.month + 2) // _MONTHS_OF_QUARTER} {span.first.year}"
    if span.kind is SpanKind.MONTH:
        return _written(span.first, "MMMM yyyy")
    last = span.end - _DAY
    if last == span.first:
        return _written(span.first, "d MMM yyyy")
    return f"{_written(span.first, 'd MMM yyyy')} – {_written(last, 'd MMM yyyy')}"  # noqa: RUF001 -- a range's dash


def part_label(span: Span, first: date) -> str:
    return str(first.day) if span.by_day else _written(first, "MMM")


def part_name(span: Span, first: date) -> str:
    return _written(first, "d MMMM yyyy") if span.by_day else _written(first, "MMMM yyyy")


def _written(day: date, form: str) -> str:
    return str(locale().toString(QDate(day.year, day.month, day.day), form))


def _or_none(value: Fraction | None, say: object) -> str | None:
    return None if value is None or not callable(say) else str(say(value))


def left_out_words(strays: int) -> str:
    """Of money that was posted to bookings that do not exist, or are not of the owner's cars; empty where none was."""
    if not strays:
        return ""
    what = tr("a booking that is") if strays == 1 else tr("{strays} bookings that are", strays=whole(strays))
    return tr(
        "Left out: money posted to {what} not among the bookings of these cars. Head office must look at it.", what=what
    )
