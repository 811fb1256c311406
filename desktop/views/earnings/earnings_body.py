"""The figures themselves: tiles, charts and the table of cars, laid out alike awaited and arrived."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.models.rows import Column
from desktop.models.slices import PageTicket, SlicesModel
from desktop.theme.tokens import GRID, TypeSize
from desktop.views.earnings import earnings_charts as charts
from desktop.views.earnings.earnings_charts import Asked
from desktop.views.earnings.earnings_words import NAMES, NOTHING, compared_words, notes_of, value_text
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.charts.bars import BarChart
from desktop.widgets.charts.card import ChartCard
from desktop.widgets.charts.heat_map import HeatMap
from desktop.widgets.charts.line import LineChart
from desktop.widgets.panel import Panel
from desktop.widgets.table.record_table import ROW_HEIGHT, RecordTable
from desktop.widgets.text import Text
from desktop.widgets.tile import Tile
from desktop.words.figures import amount, whole
from engine.domain.money.money import Money
from engine.domain.reports.earnings import CarFigures, CurrencyReport, Earnings
from engine.domain.reports.figure_sources import Figure
from engine.words.tr import tr


def _rate(row: CarFigures) -> int:
    rate = row.total.daily_rate
    return rate.minor if rate else 0


TILES = (
    Figure.NET, Figure.GROSS, Figure.REFUNDS, Figure.COMMISSION,
    Figure.UTILISATION, Figure.DAILY_RATE, Figure.PER_CAR_DAY, Figure.LENGTH,
)  # fmt: skip
_IN_A_ROW, _WIDE = 4, 760
_CHART_HEIGHT = 72 * GRID
_MOST_ROWS, _BONE_ROWS = 12, 8
#: The two lines above the tiles, whether their words are there or awaited.
_LINE = 9 * GRID


def _number(money: Money) -> str:
    """Without the currency, which stands above the column."""
    return amount(money).removesuffix(f" {money.currency}")


def _day_rate(row: CarFigures) -> str:
    rate = row.total.daily_rate
    return NOTHING if rate is None else _number(rate)


_COLUMNS: tuple[Column[CarFigures], ...] = (
    Column(tr("Car"), lambda row: row.car.label, lambda row: row.car.label, weight=4),
    Column(tr("Net"), lambda row: _number(row.total.net), lambda row: row.total.net_minor, numeric=True),
    Column(tr("Gross"), lambda row: _number(row.total.gross), lambda row: row.total.gross_minor, numeric=True),
    Column(tr("Rentals"), lambda row: whole(row.total.rentals), lambda row: row.total.rentals, numeric=True),
    Column(
        tr("Utilisation"),
        lambda row: value_text(Figure.UTILISATION, row.total),
        lambda row: row.total.utilisation or 0,
        numeric=True,
    ),
    Column(tr("Per day"), _day_rate, _rate, numeric=True),
)


class EarningsBody(QScrollArea):
    """Signals: ``asked`` carries what was pressed, as an ``Asked``."""

    asked = Signal(object)

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        theme, clock = context.theme, context.shimmer
        self.tiles = {figure: Tile(theme, clock, NAMES[figure], notes=2) for figure in TILES}
        self.net = ChartCard(theme, clock, BarChart(theme, clock))
        self.use = ChartCard(theme, clock, LineChart(theme, clock))
        self.map = ChartCard(theme, clock, HeatMap(theme, clock))
        self.branches = ChartCard(theme, clock, BarChart(theme, clock))
        self.model: SlicesModel[CarFigures] = SlicesModel(_COLUMNS, _never, 1000)
        self.cars = RecordTable(theme, clock)
        self.cars.setAccessibleName(tr("Cars"))
        self.cars.setModel(self.model)
        self._unit = Text(theme, size=TypeSize.SMALL, ink="muted")
        self._compared = Text(theme, size=TypeSize.SMALL, ink="muted")
        self._tiles = QGridLayout()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._in_a_row = 0
        self._lay_out(context)
        self.setFocusProxy(self.tiles[Figure.NET])
        for figure, tile in self.tiles.items():
            tile.clicked.connect(lambda _checked=False, wanted=figure: self.asked.emit(Asked(wanted)))
        for card in self._cards():
            card.chosen.connect(self.asked)
        self.cars.chosen.connect(lambda row: self.asked.emit(Asked(Figure.NET, car_id=row.car.car_id)))

    def show_skeleton(self, *, by_day: bool, currency: str) -> None:
        when = "day" if by_day else "month"
        for tile in self.tiles.values():
            tile.show_skeleton()
        self._compared.setText("")
        self.net.show_skeleton(charts.NET.format(when), currency)
        self.use.show_skeleton(charts.USE.format(when), charts.USE_UNIT)
        self.map.show_skeleton(charts.MAP.format(when), charts.USE_UNIT)
        self.branches.show_skeleton(charts.BRANCHES, currency)
        self.model.reset(_BONE_ROWS)
        self.cars.set_skeleton(shown=True)
        self._size()

    def show_report(self, earnings: Earnings, report: CurrencyReport) -> None:
        for figure, tile in self.tiles.items():
            notes = notes_of(figure, earnings, report)
            tile.show_figure(value_text(figure, report.total), *notes[0], more=notes[1:])
        self._compared.setText(compared_words(earnings))
        self.net.show_data(charts.net_chart(earnings, report))
        self.use.show_data(charts.use_chart(earnings, report))
        grid = charts.use_map(earnings, report)
        if grid.points:
            self.map.show_data(grid)
        else:
            self.map.show_empty(grid.title, grid.unit, tr("No car could be rented in this time."))
        if report.branches:
            self.branches.show_data(charts.branch_chart(report))
        else:
            self.branches.show_empty(charts.BRANCHES, report.currency, tr("No rental was paid in this time."))
        self._unit.setText(tr("Amounts in {currency}, per billed day on the right", currency=report.currency))
        self.model.reset(len(report.cars))
        self.model.put_slice(self.model.ticket(0), report.cars)
        self._size()

    def _cards(self) -> tuple[ChartCard, ...]:
        return self.net, self.use, self.map, self.branches

    def _size(self) -> None:
        """The table and the map are as high as their rows; the page scrolls, not they."""
        rows = min(max(self.model.rowCount(), 1), _MOST_ROWS)
        self.cars.setFixedHeight((rows + 1) * ROW_HEIGHT + GRID)
        self.map.chart.setMinimumHeight(self.map.chart.minimumSizeHint().height())

    def _lay_out(self, context: ViewContext) -> None:
        room = QWidget()
        room.setAutoFillBackground(False)
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 2 * GRID, 0)
        column.setSpacing(3 * GRID)
        self._tiles.setSpacing(3 * GRID)
        self._beside.setSpacing(3 * GRID)
        self._arrange(_IN_A_ROW)
        for card in (self.net, self.use):
            card.setMinimumHeight(_CHART_HEIGHT)
            self._beside.addWidget(card, 1)
        self.branches.setMinimumHeight(_CHART_HEIGHT)
        table = Panel(context.theme, padding=4 * GRID)
        table.body.addWidget(Text(context.theme, tr("Cars"), size=TypeSize.LEAD, bold=True))
        table.body.addWidget(self._unit)
        table.body.addWidget(self.cars)
        self._compared.setFixedHeight(_LINE)
        column.addWidget(self._compared)
        column.addLayout(self._tiles)
        column.addLayout(self._beside)
        column.addWidget(table)
        column.addWidget(self.map)
        column.addWidget(self.branches)
        column.addStretch(1)
        self.setWidget(room)
        room.setAutoFillBackground(False)

    def _arrange(self, in_a_row: int) -> None:
        """Beside an open panel there is room for half as many side by side."""
        if in_a_row == self._in_a_row:
            return
        self._in_a_row = in_a_row
        for n, tile in enumerate(self.tiles.values()):
            self._tiles.addWidget(tile, n // in_a_row, n % in_a_row)
        direction = QBoxLayout.Direction
        self._beside.setDirection(direction.LeftToRight if in_a_row == _IN_A_ROW else direction.TopToBottom)

    # Qt names below.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(_IN_A_ROW if self.width() >= _WIDE else _IN_A_ROW // 2)


def _never(_ticket: PageTicket) -> None:
    """All rows come with the report."""
