"""The figures of a report as charts: what is drawn, what is read out, and which question each point asks."""

from __future__ import annotations

from typing import NamedTuple

from desktop.views.earnings.earnings_words import hours, part_label, part_name, rounded_hours, span_name
from desktop.widgets.charts.data import ChartData, Point
from desktop.widgets.text import isolated
from desktop.words.figures import amount, short_amount, whole
from engine.domain.reports.earnings import CurrencyReport, Earnings, Figures
from engine.domain.reports.figure_sources import Figure
from engine.words.tr import tr


class Asked(NamedTuple):
    """What a point, tile or row stands for: a figure of a part (None for all), a car, a branch."""

    figure: Figure
    part: int | None = None
    car_id: str | None = None
    branch_id: str | None = None


NET, USE, MAP, BRANCHES = tr("Net by {}"), tr("Utilisation by {}"), tr("Utilisation by car and {}"), tr("Net by branch")
USE_UNIT = tr("of the rentable time")


def unit_of_time(earnings: Earnings) -> str:
    return "day" if earnings.span.by_day else "month"


def net_chart(earnings: Earnings, report: CurrencyReport) -> ChartData:
    span = earnings.span
    pairs = _beside(report.parts, report.parts_before)
    points = tuple(
        Point(
            label=part_label(span, first),
            value=float(now.net_minor),
            text=amount(now.net),
            short=short_amount(now.net) if now.net_minor else "",
            name=part_name(span, first),
            before=None if before is None else float(before.net_minor),
            before_text="" if before is None else amount(before.net),
            key=Asked(Figure.NET, n),
        )
        for n, (first, (now, before)) in enumerate(zip(span.parts, pairs, strict=True))
    )
    when = unit_of_time(earnings)
    names = span_name(span), span_name(span.before)
    return ChartData(NET.format(when), report.currency, points, (), *names, head=when.capitalize())


def use_chart(earnings: Earnings, report: CurrencyReport) -> ChartData:
    span, words = earnings.span, _UseWords()
    pairs = _beside(report.parts, report.parts_before)
    points = tuple(
        Point(
            label=part_label(span, first),
            value=_share(now),
            text=words.of(now),
            short=f"{words.number(now)} %" if now.available_ms else "",
            name=part_name(span, first),
            before=None if before is None else _share(before),
            before_text="" if before is None else words.of(before),
            key=Asked(Figure.UTILISATION, n),
        )
        for n, (first, (now, before)) in enumerate(zip(span.parts, pairs, strict=True))
    )
    when = unit_of_time(earnings)
    names = span_name(span), span_name(span.before)
    return ChartData(USE.format(when), USE_UNIT, points, (), *names, head=when.capitalize())


def use_map(earnings: Earnings, report: CurrencyReport) -> ChartData:
    span, words = earnings.span, _UseWords()
    cars = [each for each in report.cars if each.total.available_ms]
    parts = [(n, part_label(span, first), part_name(span, first)) for n, first in enumerate(span.parts)]
    points = tuple(
        Point(
            label=label,
            value=_share(figures),
            text=words.of(figures),
            short=words.number(figures),
            name=f"{isolated(each.car.label)}, {name}",
            key=Asked(Figure.UTILISATION, n, car_id=each.car.car_id),
        )
        for each in cars
        for (n, label, name), figures in zip(parts, each.parts, strict=True)
    )
    when = unit_of_time(earnings)
    rows = tuple(each.car.label for each in cars)
    return ChartData(MAP.format(when), f"{USE_UNIT}, %", points, rows, head=tr("Car and {when}", when=when))


def branch_chart(report: CurrencyReport) -> ChartData:
    points = tuple(
        Point(
            label=each.branch.name,
            value=float(each.total.net_minor),
            text=amount(each.total.net),
            short=short_amount(each.total.net),
            name=f"{isolated(each.branch.name)}, {isolated(each.branch.city)}",
            key=Asked(Figure.NET, branch_id=each.branch.branch_id),
        )
        for each in report.branches
    )
    return ChartData(BRANCHES, report.currency, points, head=tr("Branch"))


def _beside(now: tuple[Figures, ...], before: tuple[Figures, ...]) -> list[tuple[Figures, Figures | None]]:
    """Part by part; a month may have more days than the one before."""
    return [(each, before[n] if n < len(before) else None) for n, each in enumerate(now)]


def _share(figures: Figures) -> float | None:
    return figures.rented_ms / figures.available_ms if figures.available_ms else None


class _UseWords:
    """Utilisation in words; a map has thousands of cells and few different numbers."""

    def __init__(self) -> None:
        self._numbers: dict[int, str] = {}
        self._hours: dict[int, str] = {}

    def of(self, figures: Figures) -> str:
        if not figures.available_ms:
            return tr("no car could be rented")
        rented, available = self._time(figures.rented_ms), self._time(figures.available_ms)
        return tr(
            "{figures} %: {rented} of {available}", figures=self.number(figures), rented=rented, available=available
        )

    def number(self, figures: Figures) -> str:
        """Per cent, rounded half up; empty where no car could be rented."""
        if not figures.available_ms:
            return ""
        share = (200 * figures.rented_ms + figures.available_ms) // (2 * figures.available_ms)
        if share not in self._numbers:
            self._numbers[share] = whole(share)
        return self._numbers[share]

    def _time(self, milliseconds: int) -> str:
        count = rounded_hours(milliseconds)
        if count not in self._hours:
            self._hours[count] = hours(milliseconds)
        return self._hours[count]
