"""The firm at a glance: figures that open what is behind them, charts with their tables, and what presses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.theme.icons import Icon
from desktop.theme.tokens import GRID, SCROLL_BAR, Tone
from desktop.viewmodels.overview.overview import OverviewState, OverviewViewModel
from desktop.viewmodels.phases import Phase
from desktop.views.overview.overview_charts import (
    BY_BRANCH,
    BY_MONTH,
    CAR_UNIT,
    CARS,
    by_branch,
    by_month,
    cars_by_branch,
    money_unit,
)
from desktop.views.overview.overview_lists import BookingsCard, hold_columns, latest_columns
from desktop.views.overview.sum_sources import BehindPanel
from desktop.views.parts.area import Page
from desktop.views.parts.content import Content
from desktop.views.parts.oversight_words import month_name
from desktop.views.parts.view_context import ViewContext
from desktop.views.parts.waiting import Waiting
from desktop.widgets.button import Button
from desktop.widgets.charts.bars import BarChart
from desktop.widgets.charts.card import ChartCard
from desktop.widgets.combo import Combo
from desktop.widgets.frame.beside import Beside
from desktop.widgets.frame.page_header import PageHeader
from desktop.widgets.text import isolated
from desktop.widgets.tile import Tile
from desktop.words.figures import clock_time, counted, short_amount, whole
from desktop.words.messages import say
from engine.domain.booking.states import Standing
from engine.domain.car.car import BranchId
from engine.domain.firm.events import BookingChanged, CarChanged, Fact
from engine.domain.people.people import Role
from engine.domain.reports.overview import FirmPulse, MoneyQuestion, Overview
from engine.words.tr import tr

_TITLE = tr("Overview")
_CHART_PX, _LATEST_PX = 264, 322
_NARROWEST = 760
_MEANING = tr("Revenue is what was charged less what was given back, by the months of each branch.")
_TILES = (
    tr("Cars"),
    tr("Out now"),
    tr("Pending bookings"),
    tr("Needs a person"),
    tr("Users"),
    tr("Revenue this month"),
)


@dataclass(frozen=True, slots=True)
class Drill:
    """Where a figure leads: a page of the view, narrowed to what the figure counts.

    Attributes:
        page: ``cars``, ``bookings``, ``users`` or ``care``.
        out: Only cars that are out.
    """

    page: str
    standings: frozenset[Standing] = frozenset()
    out: bool = False
    branch_id: BranchId | None = None


class OverviewPage(Page):
    """Signals: ``drilled`` carries a Drill; ``booking_wanted`` a Booking to be shown."""

    drilled = Signal(object)
    booking_wanted = Signal(object)

    def __init__(self, context: ViewContext, vm: OverviewViewModel, host: QWidget) -> None:
        """*host* is where the bookings behind a sum slide in."""
        super().__init__()
        self.vm = vm
        self._filled: OverviewState | None = None
        self.header = PageHeader(context.theme, _TITLE, " ")
        self.currency = Combo()
        self.currency.setAccessibleName(tr("Currency of the sums"))
        self.header.add_action(self.currency)
        self.currency.hide()
        self.again = Button(context.theme, tr("Load again"), icon=Icon.RELOAD)
        self.header.add_action(self.again)
        self.tiles = {name: Tile(context.theme, context.shimmer, name, notes=2) for name in _TILES}
        self.months, self.money, self.cars = (_chart(context) for _ in range(3))
        self.latest = BookingsCard(context, tr("Latest bookings"), latest_columns())
        self.holds = BookingsCard(context, tr("Holds about to end"), hold_columns())
        self.beside = Beside(lambda: BehindPanel(context, vm.behind, host))
        self.body = QScrollArea(widgetResizable=True)
        self.content = Content(context, self.body)
        self.loading = Waiting(
            self,
            vm,
            self.content,
            skeleton=self._put_up_skeleton,
            fill=self._fill,
            has_rows=lambda _state: self._filled is not None,
        )
        self._lay_out()
        self._connect()
        vm.load()

    def focus_first(self) -> None:
        if self.content.shows_rows:
            shown = self.months.table if self.months.shows_table else self.months.chart
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.content.take_focus()

    @property
    def behind(self) -> BehindPanel:
        return self.beside.wanted()

    def reload(self) -> None:
        self.vm.load()

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, BookingChanged | CarChanged):
            self.vm.load_soon()

    def leave(self) -> None:
        if self.beside.there is not None:
            self.beside.there.close_panel()

    def _put_up_skeleton(self) -> None:
        self.header.say(_TITLE, tr("Loading"))
        for tile in self.tiles.values():
            tile.show_skeleton()
        self.months.show_skeleton(BY_MONTH, " ")
        self.money.show_skeleton(BY_BRANCH, " ")
        self.cars.show_skeleton(CARS, CAR_UNIT)
        self.latest.show_skeleton()
        self.holds.show_skeleton()
        self.content.show_rows()

    def _fill(self, state: OverviewState) -> None:
        if state.phase is Phase.FAILED and state.problem is not None:
            if self._filled is not None:
                self.content.tell_stale(
                    tr("{problem} What you see was loaded before.", problem=say(state.problem).text)
                )
            else:
                self.header.say(_TITLE, " ")
                self.content.show_problem(state.problem, tr("The figures did not come"))
            return
        overview, pulse = state.overview, state.pulse
        if overview is None or pulse is None:
            return
        self._filled = state
        odd = (
            tr(
                " Left out: {rows} without an amount.",
                rows=counted("{count} ledger row", "{count} ledger rows", overview.unsummed),
            )
            if overview.unsummed
            else ""
        )
        self.header.say(_TITLE, tr("As of {at}. {meaning}{odd}", at=clock_time(overview.at), meaning=_MEANING, odd=odd))
        self._offer_currencies(overview, state.currency)
        self._fill_tiles(overview, pulse, state.currency)
        self._fill_charts(overview, state.currency)
        self.latest.show_bookings(pulse.latest, pulse.at, tr("Nothing was booked yet."))
        self.holds.show_bookings(pulse.holds, pulse.at, tr("No car waits for its payment."))
        self.content.show_rows()

    def _offer_currencies(self, overview: Overview, chosen: str) -> None:
        blocked = QSignalBlocker(self.currency)
        if [self.currency.itemText(at) for at in range(self.currency.count())] != list(overview.currencies):
            self.currency.clear()
            self.currency.addItems(list(overview.currencies))
        self.currency.setCurrentText(chosen)
        self.currency.setVisible(len(overview.currencies) > 1)
        del blocked

    def _fill_tiles(self, overview: Overview, pulse: FirmPulse, currency: str) -> None:
        share = f"{overview.out * 100 // overview.cars} %" if overview.cars else "0 %"
        standings = overview.standings()
        cars, out, pending, cases, people, revenue = self.tiles.values()
        idle = tr("{cars} in maintenance", cars=whole(overview.cars - overview.rentable))
        cars.show_figure(
            whole(overview.cars),
            tr("{rentable} for rent", rentable=whole(overview.rentable)),
            more=((idle, Tone.NEUTRAL),),
        )
        begun = ((tr("with renters now"), Tone.NEUTRAL),)
        out.show_figure(
            share,
            tr("{out} of {cars}", out=whole(overview.out), cars=counted("{count} car", "{count} cars", overview.cars)),
            more=begun,
        )
        confirmed = tr("{standings} confirmed", standings=whole(standings[Standing.CONFIRMED]))
        pending.show_figure(whole(standings[Standing.PENDING]), confirmed)
        care = (tr("see to it now"), Tone.DANGER) if pulse.cases else (tr("nothing waits"), Tone.POSITIVE)
        cases.show_figure(whole(pulse.cases), *care)
        people.show_figure(
            whole(sum(overview.users.values())),
            counted("{count} administrator", "{count} administrators", overview.users.get(Role.ADMIN, 0)),
        )
        if currency:
            _, this_month, commission = overview.by_month(currency)[-1]
            revenue.show_figure(
                f"{short_amount(this_month)} {currency}",
                tr("commission {commission}", commission=short_amount(commission)),
            )
        else:
            revenue.show_figure("0", tr("no money moved yet"))

    def _fill_charts(self, overview: Overview, currency: str) -> None:
        if currency:
            self.months.show_data(by_month(overview, currency))
            self.money.show_data(by_branch(overview, currency))
        else:
            self.months.show_empty(BY_MONTH, money_unit(""), tr("The first captured payment shows here."))
            self.money.show_empty(BY_BRANCH, money_unit(""), tr("The first captured payment shows here."))
        if overview.branches:
            self.cars.show_data(cars_by_branch(overview))
        else:
            self.cars.show_empty(CARS, CAR_UNIT, tr("There is no branch yet."))

    def _explain_month(self, month: object) -> None:
        if isinstance(month, str) and self.vm.state.currency:
            self.behind.explain(month_name(month), MoneyQuestion((month,), self.vm.state.currency))

    def _explain_branch(self, branch_id: object) -> None:
        overview = self.vm.state.overview
        if overview is None or not isinstance(branch_id, str) or not self.vm.state.currency:
            return
        branch = next((each for each in overview.branches if each.branch_id == branch_id), None)
        if branch is not None:
            question = MoneyQuestion(overview.months, self.vm.state.currency, branch.branch_id)
            self.behind.explain(
                tr("{branch}, {months} months", branch=isolated(branch.name), months=len(overview.months)), question
            )

    def _explain_this_month(self) -> None:
        overview = self.vm.state.overview
        if overview is not None:
            self._explain_month(overview.months[-1])

    def _cars_of(self, branch_id: object) -> None:
        if isinstance(branch_id, str):
            self.drilled.emit(Drill("cars", branch_id=BranchId(branch_id)))

    def _stepped(self) -> None:
        self.vm.load()

    def _lay_out(self) -> None:
        tiles = QHBoxLayout()
        tiles.setSpacing(3 * GRID)
        for tile in self.tiles.values():
            tiles.addWidget(tile)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setSpacing(3 * GRID)
        grid.addLayout(tiles, 0, 0, 1, 2)
        places: Sequence[tuple[QWidget, int, int]] = (
            (self.months, 1, 0), (self.money, 1, 1), (self.holds, 3, 0), (self.cars, 3, 1),
        )  # fmt: skip
        grid.addWidget(self.latest, 2, 0, 1, 2)
        self.latest.setMinimumHeight(_LATEST_PX)
        for card, row, at in places:
            grid.addWidget(card, row, at)
            card.setMinimumHeight(_CHART_PX)
        grid.setColumnStretch(0, 11)
        grid.setColumnStretch(1, 9)
        for row in (1, 2, 3):
            grid.setRowStretch(row, 1)
        # Narrower than its parts would like: they elide, nothing scrolls sideways.
        inner.setMinimumWidth(_NARROWEST)
        # So a panel that leaves less than that lies over the page and does not squeeze it.
        self.body.setMinimumWidth(_NARROWEST + SCROLL_BAR)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setWidget(inner)
        self.body.setFrameShape(QFrame.Shape.NoFrame)
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in (inner, self.body.viewport()):
            widget.setAutoFillBackground(False)
        page = QVBoxLayout(self)
        page.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        page.setSpacing(3 * GRID)
        page.addWidget(self.header)
        page.addWidget(self.content, 1)

    def _connect(self) -> None:
        cars, out, pending, cases, people, revenue = self.tiles.values()
        cars.clicked.connect(lambda: self.drilled.emit(Drill("cars")))
        out.clicked.connect(lambda: self.drilled.emit(Drill("cars", out=True)))
        pending.clicked.connect(lambda: self.drilled.emit(Drill("bookings", frozenset({Standing.PENDING}))))
        cases.clicked.connect(lambda: self.drilled.emit(Drill("care")))
        people.clicked.connect(lambda: self.drilled.emit(Drill("users")))
        revenue.clicked.connect(self._explain_this_month)
        self.months.chosen.connect(self._explain_month)
        self.money.chosen.connect(self._explain_branch)
        self.cars.chosen.connect(self._cars_of)
        self.beside.when_built(lambda panel: panel.booking_wanted.connect(self.booking_wanted))
        for card in (self.latest, self.holds):
            card.opened.connect(self.booking_wanted)
        self.currency.currentTextChanged.connect(self.vm.show_currency)
        self.again.clicked.connect(self.vm.load)
        self.content.stepped.connect(self._stepped)
        self.content.retried.connect(self.vm.load)
        self.vm.changed.connect(self.loading.draw)


def _chart(context: ViewContext) -> ChartCard:
    return ChartCard(context.theme, context.shimmer, BarChart(context.theme, context.shimmer))
