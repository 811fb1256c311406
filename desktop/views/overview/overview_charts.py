"""The overview's figures as the charts and their tables show them."""

from __future__ import annotations

from desktop.views.parts.oversight_words import month_name, month_short
from desktop.widgets.charts.data import ChartData, Point
from desktop.words.figures import amount, counted, short_amount, whole
from engine.domain.reports.overview import BranchCars, Overview
from engine.words.tr import tr

REVENUE, COMMISSION = tr("Revenue"), tr("Commission")
BY_MONTH, BY_BRANCH, CARS = tr("Revenue by month"), tr("Revenue by branch, 12 months"), tr("Cars by branch")
CAR_UNIT = "cars"


def money_unit(currency: str) -> str:
    return currency or tr("no money moved yet")


def by_month(overview: Overview, currency: str) -> ChartData:
    points = tuple(
        Point(
            label=month_short(month),
            value=float(revenue.minor),
            text=amount(revenue),
            short=short_amount(revenue),
            name=month_name(month),
            before=float(commission.minor),
            before_text=amount(commission),
            beside=tr("commission"),
            key=month,
        )
        for month, revenue, commission in overview.by_month(currency)
    )
    return ChartData(BY_MONTH, money_unit(currency), points, now=REVENUE, before=COMMISSION, head=tr("Month"))


def by_branch(overview: Overview, currency: str) -> ChartData:
    points = tuple(
        Point(
            label=_label(overview, branch),
            value=float(revenue.minor),
            text=amount(revenue),
            short=short_amount(revenue),
            name=branch.name,
            key=branch.branch_id,
        )
        for branch, revenue, _ in overview.by_branch(currency)
    )
    return ChartData(BY_BRANCH, currency, points, apart=True, now=REVENUE, head=tr("Branch"))


def _label(overview: Overview, branch: BranchCars) -> str:
    """The city where it has only this branch and is the shorter of its names."""
    alone = sum(other.city == branch.city for other in overview.branches) == 1
    return min(branch.city, branch.name, key=len) if alone else branch.name


def cars_by_branch(overview: Overview) -> ChartData:
    points = tuple(
        Point(
            label=_label(overview, branch),
            value=float(branch.cars),
            text=counted("{count} car", "{count} cars", branch.cars),
            short=whole(branch.cars),
            name=branch.name,
            before=float(branch.out),
            before_text=counted("{count} car", "{count} cars", branch.out),
            beside=tr("out now"),
            key=branch.branch_id,
        )
        for branch in overview.branches
    )
    return ChartData(CARS, CAR_UNIT, points, apart=True, now=tr("Cars"), before=tr("Out now"), head=tr("Branch"))
