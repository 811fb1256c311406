from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import SIGNAL, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme.ramp import STEPS, ink_on, ramp, step_of
from desktop.theme.tokens import DARK, LIGHT, TypeSize
from desktop.widgets.charts.bars import BarChart
from desktop.widgets.charts.card import CHART, TABLE, ChartCard
from desktop.widgets.charts.data import ChartData, Point
from desktop.widgets.charts.heat_map import HeatMap
from desktop.widgets.charts.line import LineChart
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.tile import Tile

KINDS = (BarChart, LineChart, HeatMap)
MONTHS = ("Jan", "Feb", "Mar", "Apr")


def figures(*values, before=None, rows=()):
    points = tuple(
        Point(
            MONTHS[n % len(MONTHS)],
            value,
            f"{value} EUR",
            str(value),
            f"{MONTHS[n % len(MONTHS)]} 2026",
            None if before is None else before[n],
            "" if before is None else f"{before[n]} EUR",
            key=n,
        )
        for n, value in enumerate(values)
    )
    return ChartData("Net by month", "EUR", points, rows, "2026", "2025" if before else "", "Month")


@pytest.fixture
def shimmer(theme):
    clock = ShimmerClock(theme)
    yield clock
    clock.deleteLater()


@pytest.fixture
def show(qtbot, theme, shimmer):
    """A card with a chart of the wanted kind in an active window."""
    windows = []

    def make(kind):
        window = QWidget()
        qtbot.addWidget(window)
        windows.append(window)
        card = ChartCard(theme, shimmer, kind(theme, shimmer))
        QVBoxLayout(window).addWidget(card)
        window.resize(600, 360)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return card

    return make


def spoken(chart):
    return QAccessible.queryAccessibleInterface(chart).text(QAccessible.Text.Description)


@pytest.mark.parametrize("kind", KINDS)
def test_arrow_keys_walk_the_figures_and_each_is_read_out(show, kind):
    chart = show(kind).chart
    chart.show_data(figures(0.1, 0.5, 0.3, 0.9))
    chart.setFocus()

    QTest.keyClick(chart, Qt.Key.Key_Right)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    there = spoken(chart)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    back = spoken(chart)
    QTest.keyClick(chart, Qt.Key.Key_End)

    assert there == "Mar 2026: 0.3 EUR"
    assert back == "Feb 2026: 0.5 EUR"
    assert spoken(chart) == "Apr 2026: 0.9 EUR"


@pytest.mark.parametrize("kind", KINDS)
def test_enter_and_a_press_open_the_figure(show, qtbot, kind):
    card = show(kind)
    card.show_data(figures(0.4, 0.5, 0.3, 0.9))
    opened = []
    card.chosen.connect(opened.append)

    card.chart.setFocus()
    QTest.keyClick(card.chart, Qt.Key.Key_Right)
    QTest.keyClick(card.chart, Qt.Key.Key_Return)
    place = card.chart.cells()[3].area.center().toPoint()
    QTest.mouseClick(card.chart, Qt.MouseButton.LeftButton, pos=place)

    assert opened == [1, 3]


def test_a_map_is_walked_in_four_directions(show):
    chart = show(HeatMap).chart
    chart.show_data(figures(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, rows=("Golf", "Polo")))
    chart.setFocus()

    QTest.keyClick(chart, Qt.Key.Key_Down)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    below = chart.current.value
    QTest.keyClick(chart, Qt.Key.Key_Down)
    stays = chart.current.value
    QTest.keyClick(chart, Qt.Key.Key_Up)

    assert (below, stays, chart.current.value) == (0.6, 0.6, 0.2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_one_key_away_holds_the_same_figures(show, kind):
    card = show(kind)
    data = figures(0.4, 0.5, 0.3, 0.9, before=(0.1, 0.2, 0.3, 0.4))
    card.show_data(data)
    card.chart.setFocus()

    QTest.keyClick(card.chart, Qt.Key.Key_T)
    model = card.table.model()
    rows = [[model.index(row, column).data() for column in range(3)] for row in range(model.rowCount())]
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]

    assert card.shows_table
    assert card.table.hasFocus()
    assert heads == ["Month", "2026 (EUR)", "2025"]
    assert rows == [[point.name, point.text, point.before_text] for point in data.points]
    QTest.keyClick(card.table, Qt.Key.Key_T)
    assert not card.shows_table
    assert card.chart.hasFocus()


def test_the_hundredth_figures_cost_no_more_than_the_first(show):
    card = show(BarChart)
    card.show_data(figures(1.0, 2.0))
    heard = card.model.receivers(SIGNAL("modelReset()"))

    for last in range(3):
        card.show_data(figures(1.0, last, before=(1.0, 2.0)))

    assert heard > 0
    assert heard == card.model.receivers(SIGNAL("modelReset()"))
    assert [card.table.columnWidth(at) > 0 for at in range(card.model.columnCount())] == [True] * 3


@pytest.mark.parametrize("kind", KINDS)
def test_skeleton_stand_where_the_figures_will(show, kind):
    card = show(kind)
    card.show_data(figures(0.4, 0.5, 0.3, 0.9))
    arrived = [cell.area for cell in card.chart.cells()]

    card.show_skeleton("Net by month", "EUR")

    assert [cell.area for cell in card.chart.cells()] == arrived
    assert spoken(card.chart) == "Loading"


@pytest.mark.parametrize("kind", KINDS)
def test_the_light_stops_when_the_figures_are_there(show, shimmer, kind):
    card = show(kind)
    card.show_skeleton("Net by month", "EUR")
    assert shimmer.running

    card.show_data(figures(0.4, 0.5, 0.3, 0.9))

    assert not shimmer.running


@pytest.mark.parametrize("kind", KINDS)
def test_reading_from_the_right_mirrors_places_and_arrows(show, kind):
    chart = show(kind).chart
    chart.show_data(figures(0.4, 0.5, 0.3, 0.9))
    left = [cell.area for cell in chart.cells()]

    chart.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    right = [cell.area for cell in chart.cells()]
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Left)

    for one, other in zip(left, right, strict=True):
        assert other.left() == pytest.approx(chart.width() - one.right())
    assert chart.current.key == 1


def test_a_loss_hangs_below_the_line_and_a_gain_stands_on_it(show):
    chart = show(BarChart).chart
    chart.show_data(figures(60, -30, 0, 90))
    gain, loss, nothing, _ = (cell.mark for cell in chart.cells())

    assert gain.bottom() == pytest.approx(loss.top())
    assert gain.height() == pytest.approx(2 * loss.height())
    assert nothing.height() == 0


def test_small_bars_can_be_pressed_too(show):
    chart = show(BarChart).chart
    chart.show_data(figures(1, 10_000, 1, 1))

    for cell in chart.cells():
        assert cell.area.height() == chart.height()
        assert cell.mark.height() >= 2


def test_nothing_to_show_is_said_and_the_table_is_not_offered(show):
    card = show(BarChart)
    card.show_data(figures(1, 2, 3, 4))
    card.show_table(shown=True)

    card.show_empty("Net by month", "EUR", "No rental was paid in this period.")

    assert not card.shows_table
    assert not card.toggle.isEnabled()
    assert card.chart.cells() == ()
    assert spoken(card.chart) == "No rental was paid in this period."


def test_the_button_says_what_it_leads_to(show):
    card = show(BarChart)
    card.show_data(figures(1, 2, 3, 4))

    before = card.toggle.text()
    card.toggle.click()

    assert (before, card.toggle.text()) == (TABLE, CHART)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_every_phase_paints(show, kind, direction):
    card = show(kind)
    card.setLayoutDirection(direction)
    card.show_skeleton("Net", "EUR")
    card.grab()
    gap = figures(0.4, 0.5, 0.3, 0.9, before=(0.1, 0.2, 0.3, 0.4), rows=("Golf",) if kind is HeatMap else ())
    gap = ChartData(gap.title, gap.unit, (*gap.points[:3], Point("Apr", None, "none", key=3)), gap.rows, "a", "b", "c")
    card.show_data(gap)
    card.chart.setFocus()

    picture = card.grab().toImage()

    assert picture.pixelColor(picture.width() // 2, 3) == QColor(LIGHT.raised)
    assert card.chart._cell_at(QPointF(-5, -5)) is None


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_figures_on_every_shade_are_readable(tokens):
    def luminance(colour):
        def linear(channel):
            return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

        red, green, blue, _ = QColor(colour).getRgbF()
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

    def contrast(one, other):
        dark, bright = sorted((luminance(one), luminance(other)))
        return (bright + 0.05) / (dark + 0.05)

    assert all(contrast(ink_on(tokens, shade), shade) >= 4.5 for shade in ramp(tokens))


def test_shades_are_fifths():
    assert [step_of(share) for share in (-1, 0, 0.19, 0.2, 0.99, 1, 3)] == [0, 0, 0, 1, STEPS - 1, STEPS - 1, STEPS - 1]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (800, [("Las Palmas",), ("Las Palmas Puerto",)]),
        (440, [("Las Palmas",), ("Las Palmas", "Puerto")]),
        (330, [("Las", "Palmas"), ("Las", "Palmas Puerto")]),
    ],
)
def test_names_of_things_are_told_whole_in_two_lines_if_need_be_and_never_left_out(show, width, lines):
    card = show(BarChart)
    names = ("Athens", "Berlin", "Dublin", "Helsinki", "Las Palmas", "Las Palmas Puerto")
    points = tuple(Point(name, 10.0, "10 EUR", "10") for name in names)
    card.show_data(ChartData("Revenue by branch", "EUR", points, apart=True))
    chart = card.chart
    chart.setFixedSize(width, 200)
    QTest.qWait(0)
    slot = chart.cells()[0].area.width()
    told = [chart.name_lines(name, slot) for name in names]

    assert lines == told[-2:]
    assert 1 == chart.told_every(20)
    assert width < 400 or all(chart._text_width(each) <= slot for each in told)
    foot = max(cell.mark.bottom() for cell in chart.cells())
    assert foot + len(lines[-1]) * 16 <= chart.height()


def test_a_title_is_whole_beside_the_names_of_two_long_periods(show):
    card = show(BarChart)
    periods = {"now": "25 Nov 2016 – 25 Nov 2026", "before": "25 Nov 2006 – 24 Nov 2016"}  # noqa: RUF001 -- a range's dash
    card.show_data(replace(figures(1, 2, 3, 4, before=(4, 3, 2, 1)), title="Utilisation by month", **periods))
    card.window().resize(364, 360)
    QTest.qWait(0)

    title = card._title
    assert title.width() >= title.fontMetrics().horizontalAdvance(title.text())
    assert title.geometry().right() <= card.rect().right()
    assert card._legend.geometry().right() <= card.rect().right() <= 364


@pytest.mark.parametrize(
    ("width", "size"), [(400, TypeSize.TITLE), (180, TypeSize.LEAD), (150, TypeSize.BODY), (100, TypeSize.SMALL)]
)
def test_a_figure_is_written_smaller_rather_than_cut(theme, shimmer, width, size):
    tile = Tile(theme, shimmer, "Net")
    tile.show_figure("293,308.65 EUR", "")
    tile.resize(width, 84)

    assert size is tile._size_of_value()
