"""What an owner earned in a period, live or from the copy on this computer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Signal

from desktop.bridge import Across, EngineThread
from desktop.tasks import TaskScope
from desktop.viewmodels.export import ExportViewModel, OnRows, Write
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.state import StateViewModel
from engine.domain.people.people import Actor
from engine.domain.reports.earnings import CurrencyReport, Earnings
from engine.domain.reports.earnings_csv import earnings_csv
from engine.domain.reports.figure_sources import Explanation, FigureQuestion
from engine.domain.reports.report_period import Span, SpanKind, moment, month, own_days, quarter, today, year_of
from engine.domain.shared.csv_text import PLAIN, CsvHabits
from engine.domain.shared.errors import DriveSphereError, InvalidPeriod, Unavailable
from engine.services.booking.listing import Exported
from engine.services.reports.earnings import EarningsService

T = TypeVar("T")

#: A burst of news asks for the figures once.
_SOON_S = 0.5


@dataclass(frozen=True, slots=True)
class EarningsSource:
    """Where figures come from: the database, or the stored copy; both compute in the engine's thread."""

    across: Across
    service: EarningsService
    actor: Actor

    async def zone(self) -> str:
        return await self._call(lambda: self.service.zone(self.actor))

    async def report(self, span: Span) -> Earnings:
        return await self._call(lambda: self.service.report(self.actor, span))

    async def explain(self, question: FigureQuestion) -> Explanation:
        return await self._call(lambda: self.service.explain(self.actor, question))

    async def _call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await self.across.call(make)


@dataclass(frozen=True, slots=True)
class EarningsState:
    """Everything there is to draw.

    Attributes:
        span: None until it is known in which time zone days are counted.
        earnings: Of ``span``; kept while it is loaded again, gone when another period is asked for.
        currency: The one shown; empty without any.
        stored: The figures come from the copy on this computer; ``problem`` says why.
        run: Counts the loads.
    """

    phase: Phase = Phase.LOADING
    span: Span | None = None
    earnings: Earnings | None = None
    currency: str = ""
    stored: bool = False
    run: int = 0
    problem: DriveSphereError | None = None

    @property
    def report(self) -> CurrencyReport | None:
        reports = self.earnings.currencies if self.earnings else ()
        return next((each for each in reports if each.currency == self.currency), None)

    @property
    def as_of(self) -> datetime | None:
        return moment(self.earnings.as_of) if self.earnings else None


class EarningsViewModel(StateViewModel[EarningsState]):
    """A state, verbs, and word of every change.

    Signals:
        changed: The state was replaced; carries the new one.
        refused: There are no figures for the days that were asked for; carries the InvalidPeriod.
    """

    refused = Signal(object)

    def __init__(
        self,
        bridge: EngineThread,
        tasks: TaskScope,
        now: Callable[[], datetime],
        live: EarningsSource | None,
        stored: Callable[[], EarningsSource | None],
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        """*live* is None with no network from the start; *stored* is asked at each load, a copy may come later.

        *away* tells that the database is known not to answer: then nobody waits for it where there is a copy.
        """
        super().__init__(EarningsState())
        self._away = away
        self._tasks, self.now, self._live, self._stored = tasks, now, live, stored
        self.export = ExportViewModel(bridge, tasks, "earnings")

    @property
    def source(self) -> EarningsSource | None:
        """Where the figures that are shown come from, for asking further about them."""
        return self._stored() if self.state.stored or self._live is None else self._live

    def load(self) -> None:
        self._tasks.latest("earnings", self._load(self.state.span))

    def load_soon(self) -> None:
        self._tasks.latest("earnings soon", self._load_soon())

    def show_kind(self, kind: SpanKind) -> None:
        """The month, quarter or year that holds today, if the present period does, else its first day."""
        span = self.state.span
        if span is None or kind is span.kind or kind is SpanKind.CUSTOM:
            return
        day = today(self.now(), span.zone)
        anchor = day if span.first <= day < span.end else span.first
        self.show(_around(kind, anchor, span.zone))

    def show_days(self, first: date, last: date) -> None:
        span = self.state.span
        if span is not None:
            self._show_if_any(lambda: own_days(first, last, span.zone))

    def step(self, by: int) -> None:
        """To the period before (-1) or after (1)."""
        span = self.state.span
        if span is not None:
            self._show_if_any(lambda: span.before if by < 0 else span.after)

    def _show_if_any(self, make: Callable[[], Span]) -> None:
        try:
            span = make()
            _ = span.before  # what it is compared with has to be a period, too
        except InvalidPeriod as problem:
            self.refused.emit(problem)
        else:
            self.show(span)

    def show(self, span: Span) -> None:
        if span != self.state.span:
            self.feed(replace(self.state, phase=Phase.LOADING, span=span, earnings=None))
            self._tasks.latest("earnings", self._load(span))

    def choose_currency(self, code: str) -> None:
        if self.state.earnings and code in {each.currency for each in self.state.earnings.currencies}:
            self.feed(replace(self.state, currency=code))

    def write_csv(self, path: Path, habits: CsvHabits = PLAIN) -> None:
        """Exactly what is shown, stamped like it."""
        state = self.state
        if state.earnings is None:
            return
        lines = list(earnings_csv(state.earnings, state.currency, stored=state.stored, habits=habits))

        async def rows(write: Write, heard: OnRows) -> Exported:
            for line in lines:
                write(line)
            heard(len(lines) - 1)
            return Exported(len(lines) - 1, complete=True)

        self.export.write(path, rows)

    async def _load_soon(self) -> None:
        await asyncio.sleep(_SOON_S)
        self.load()

    async def _load(self, span: Span | None) -> None:
        self.feed(replace(self.state, phase=Phase.LOADING, problem=None, run=self.state.run + 1))
        problem: DriveSphereError = Unavailable("mongodb")
        if self._live is not None and not (self._away() and self._stored() is not None):
            try:
                await self._read(self._live, span, stored=False, problem=None)
            except Unavailable as away:
                problem = away
            except DriveSphereError as refused:
                self.feed(replace(self.state, phase=Phase.FAILED, problem=refused))
                return
            else:
                return
        copy = self._stored()
        if copy is None:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=problem))
            return
        try:
            await self._read(copy, span, stored=True, problem=problem)
        except DriveSphereError as refused:
            self.feed(replace(self.state, phase=Phase.FAILED, problem=refused))

    async def _read(
        self, source: EarningsSource, span: Span | None, *, stored: bool, problem: DriveSphereError | None
    ) -> None:
        if span is None:
            zone = await source.zone()
            span = _around(SpanKind.MONTH, today(self.now(), zone), zone)
            self.feed(replace(self.state, span=span))
        found = await source.report(span)
        codes = [each.currency for each in found.currencies]
        kept = self.state.currency if self.state.currency in codes else _first(found)
        self.feed(
            replace(
                self.state, phase=Phase.READY, earnings=found, currency=kept, stored=stored, problem=problem, span=span
            )
        )


def _around(kind: SpanKind, day: date, zone: str) -> Span:
    if kind is SpanKind.YEAR:
        return year_of(day.year, zone)
    if kind is SpanKind.QUARTER:
        return quarter(day.year, (day.month + 2) // 3, zone)
    return month(day.year, day.month, zone)


def _first(found: Earnings) -> str:
    """The currency with the most cars."""
    return max(found.currencies, key=lambda each: len(each.cars)).currency if found.currencies else ""
