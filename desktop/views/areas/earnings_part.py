"""What the earnings bring into the owner's view: a page, its keys, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.commands import Command
from desktop.theme.icons import Icon
from desktop.viewmodels.earnings.earnings import EarningsViewModel
from desktop.viewmodels.earnings.explain import ExplainViewModel
from desktop.views.earnings.earnings_page import EarningsPage
from desktop.views.parts.area import Entry
from desktop.views.parts.view_context import ViewContext
from engine.domain.reports.report_period import SpanKind
from engine.words.tr import tr

EARNINGS = "earnings"


class EarningsPart(QObject):
    """Attributes: ``page`` is there once somebody went to it. Signals as those of the page."""

    fleet_wanted = Signal()
    sign_in_wanted = Signal()
    booking_wanted = Signal(str)
    page_made = Signal()

    def __init__(
        self,
        context: ViewContext,
        vm: EarningsViewModel,
        explain: ExplainViewModel,
        host: QWidget,
        go: Callable[[str], None],
        *,
        offline: bool = False,
    ) -> None:
        super().__init__(host)
        self._offline = offline
        self._context, self.vm, self._explain, self._host, self._go = context, vm, explain, host, go
        self.page: EarningsPage | None = None

    @property
    def entry(self) -> Entry:
        return Entry(EARNINGS, tr("Earnings"), Icon.EARNINGS, self._make)

    def commands(self) -> tuple[Command, ...]:
        return (
            self._command("before", tr("Earnings of the period before"), partial(self._step, -1), "Alt+Left"),
            self._command("after", tr("Earnings of the period after"), partial(self._step, 1), "Alt+Right"),
            self._command("month", tr("Earnings of a month"), partial(self._show, SpanKind.MONTH), "Alt+M"),
            self._command("quarter", tr("Earnings of a quarter"), partial(self._show, SpanKind.QUARTER), "Alt+Q"),
            self._command("year", tr("Earnings of a year"), partial(self._show, SpanKind.YEAR), "Alt+Y"),
            self._command("export", tr("Export the earnings …"), self._export, "Ctrl+Shift+E"),
        )

    def _command(self, name: str, title: str, run: Callable[[], None], key: str) -> Command:
        return Command(f"earnings.{name}", title, run, key, group=tr("Earnings"))

    def happened(self) -> None:
        """Something in the database changed: figures that are shown are asked for again, once for a burst of news."""
        if self.page is not None:
            self.vm.load_soon()

    def _make(self) -> EarningsPage:
        page = self.page = EarningsPage(self._context, self.vm, self._explain, self._host, offline=self._offline)
        page.fleet_wanted.connect(self.fleet_wanted)
        page.sign_in_wanted.connect(self.sign_in_wanted)
        page.booking_wanted.connect(self.booking_wanted)
        self.vm.load()
        self.page_made.emit()
        return page

    def _step(self, by: int) -> None:
        self._go(EARNINGS)
        self.vm.step(by)

    def _show(self, kind: SpanKind) -> None:
        self._go(EARNINGS)
        self.vm.show_kind(kind)

    def _export(self) -> None:
        self._go(EARNINGS)
        if self.page is not None:
            self.page.ask_where()
