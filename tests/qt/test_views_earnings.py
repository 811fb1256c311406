"""The owner's earnings on the screen: fed with reports that the engine's own code computes from plain rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from csv_readers import GERMAN, TABBED, rows_of
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.theme.tokens import Tone
from desktop.viewmodels.earnings.earnings import EarningsState, EarningsViewModel
from desktop.viewmodels.earnings.explain import ExplainViewModel
from desktop.viewmodels.export import ExportPhase
from desktop.viewmodels.phases import Phase
from desktop.views.earnings.earnings_charts import Asked
from desktop.views.earnings.earnings_page import EarningsPage
from desktop.views.earnings.earnings_words import change, share_percent, span_name
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.words.figures import percent as basis_points_text
from desktop.words.figures import short_amount
from desktop.words.messages import desk_time
from engine.domain.car.car import CarStatus
from engine.domain.money.money import Money
from engine.domain.reports.comparison import stretches
from engine.domain.reports.earnings import Figures, beside, earnings
from engine.domain.reports.earnings_csv import earnings_csv
from engine.domain.reports.figure_sources import Figure, explained
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.reports.owner_books import OwnBranch, OwnCar, Posting, Rental
from engine.domain.reports.report_period import SpanKind, milliseconds, month, own_days, quarter, year_of
from engine.domain.shared.csv_text import PLAIN
from engine.domain.shared.errors import Unavailable
from engine.domain.shared.zones import zone_of

ZONE = "Europe/Berlin"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOLF = OwnCar("car-1", "Golf · B-DS 1", "EUR", "br-1", CarStatus.ACTIVE)
POLO = OwnCar("car-2", "Polo · B-DS 2", "EUR", "br-1", CarStatus.ACTIVE)


def rental(n, car, at, days=2):
    starts = milliseconds(at)
    return Rental(
        f"BK{n:010d}", car.car_id, car.label, "br-1", ZONE, starts, starts + days * 86_400_000, starts - 1000,
        "completed", days, days * 50_00, "EUR", 1500, 3,
    )  # fmt: skip


def paid(booking):
    share = booking.minor * 15 // 100
    for kind, minor in (("charge", booking.minor), ("platform_share", share), ("owner_share", booking.minor - share)):
        yield Posting(booking.booking_id, kind, "ch", minor, "EUR", booking.car_id, "br-1", booking.starts)


RENTALS = (
    rental(1, GOLF, datetime(2026, 11, 3, 9, tzinfo=UTC)),
    rental(2, POLO, datetime(2026, 11, 10, 9, tzinfo=UTC), 4),
    rental(3, GOLF, datetime(2026, 10, 10, 9, tzinfo=UTC)),
)
BOOKS = books_of(
    milliseconds(NOW),
    [row for each in RENTALS for row in paid(each)],
    RENTALS,
    (GOLF, POLO),
    (OwnBranch("br-1", "Mitte", "Berlin"),),
)


def report_of(span, books=BOOKS):
    made = earnings(span, books.facts((*span.before.marks[:-1], *span.marks)))
    others = (beside(each, books.facts((each.since, each.until))) for each in stretches(span, books.as_of))
    return replace(made, beside=tuple(others))


def ready(span=None, **changes):
    span = span or month(2026, 11, ZONE)
    return replace(EarningsState(Phase.READY, span, report_of(span), "EUR", run=1), **changes)


class Asking:
    """Stands where the source of figures is; remembers what it was asked."""

    def __init__(self):
        self.questions = []

    async def explain(self, question):
        self.questions.append(question)
        return explained(BOOKS, question)


@pytest.fixture
def tasks(qapp):
    scope = TaskScope()
    yield scope
    scope.deleteLater()


@pytest.fixture
def shimmer(theme):
    clock = ShimmerClock(theme)
    yield clock
    clock.deleteLater()


@pytest.fixture
def page(qtbot, theme, shimmer, tasks, tmp_path):
    host = QWidget()
    qtbot.addWidget(host)
    source = Asking()
    vm = EarningsViewModel(None, tasks, lambda: NOW, source, lambda: source)
    page = EarningsPage(ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini")), vm, ExplainViewModel(tasks), host)
    page.setParent(host)
    host.resize(1100, 760)
    page.resize(host.size())
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    page.asking = source
    page.host = host
    yield page
    page.loading.fail()


@pytest.mark.parametrize(
    ("span", "name"),
    [
        (month(2026, 10, ZONE), "October 2026 · "),
        (month(2026, 11, ZONE), "November 2026 so far · "),
        (month(2026, 12, ZONE), "December 2026, not begun yet · "),
    ],
)
def test_a_period_that_is_not_over_is_called_so(page, span, name):
    page.vm.feed(ready(span))

    assert page.header.subtitle.text().startswith(name)


def test_R6_every_tile_shows_the_figure_that_its_name_says(page):
    page.vm.feed(ready())
    tiles = page.body.tiles

    shown = {tile.text(): tile.value for tile in tiles.values()}

    assert shown == {
        "Net": "255.00 EUR",
        "Gross": "300.00 EUR",
        "Refunds": "0.00 EUR",
        "Commission": "45.00 EUR",
        "Utilisation": "13 %",
        "Average daily rate": "50.00 EUR",
        "Revenue per car day": "6.37 EUR",
        "Average length": "3.0 days",
    }


def test_R6_every_chart_shows_what_its_title_says_with_its_unit(page):
    page.vm.feed(ready(year_of(2026, ZONE)))
    body = page.body
    net, use, by_car, branches = body.net.chart.data, body.use.chart.data, body.map.chart.data, body.branches.chart.data

    assert (net.title, net.unit, net.points[10].text) == ("Net by month", "EUR", "255.00 EUR")
    assert (use.title, use.points[10].text) == ("Utilisation by month", "13 %: 144 h of 1,130 h")
    assert (by_car.title, by_car.rows) == ("Utilisation by car and month", ("Golf · B-DS 1", "Polo · B-DS 2"))
    assert (branches.title, branches.points[0].text) == ("Net by branch", "340.00 EUR")
    assert (net.now, net.before) == ("2026", "2025")


def test_a_tile_says_how_it_compares_with_the_period_before(page):
    page.vm.feed(ready())

    net, dash = page.body.tiles[Figure.NET], "\N{EN DASH}"
    assert net.note == f"▲ 200 % on 1{dash}24 Oct"
    assert "a year ago: 0.00 EUR" == net.more[0][0]
    told = page.body._compared.text()
    assert told.endswith(f"1{dash}24 Oct and 1{dash}24 Nov 2025, up to this time of day.")


@pytest.mark.parametrize("habits", [GERMAN, TABBED], ids=repr)
def test_the_file_is_written_as_the_spreadsheet_expects_it(habits):
    plain, asked = (
        "".join(earnings_csv(report_of(month(2026, 11, ZONE)), "EUR", stored=False, habits=each))
        for each in (PLAIN, habits)
    )

    assert rows_of(plain, PLAIN) == rows_of(asked, habits)
    assert habits.separator.join(("300,00", "0,00", "45,00", "255,00", "2", "6", "3,00", "50,00")) in asked


def test_a_period_that_has_not_begun_is_no_loss(page):
    page.vm.feed(ready(month(2026, 12, ZONE)))

    net = page.body.tiles[Figure.NET]
    assert ("November 2026: 255.00 EUR", Tone.NEUTRAL) == (net.note, net._tone)


def test_the_table_of_cars_holds_the_best_first(page):
    page.vm.feed(ready())
    model = page.body.model

    rows = [[model.index(row, column).data() for column in range(4)] for row in range(model.rowCount())]

    assert rows == [
        ["Polo · B-DS 2", "170.00", "200.00", "1"],
        ["Golf · B-DS 1", "85.00", "100.00", "1"],
    ]


async def test_R7_pressing_a_figure_opens_its_bookings_with_their_commission(page, until):
    page.vm.feed(ready())

    page.body.tiles[Figure.NET].click()
    await until(lambda: page.panel.model.row_at(1) is not None)
    page.panel._show_line(page.panel.model.row_at(0))

    assert page.panel.isVisibleTo(page.host)
    assert page.panel.value.text() == "255.00 EUR"
    assert [field.value for field in page.panel.sums.fields] == ["2", "255.00 EUR"]
    told = {field.label: field.value for field in page.panel.detail.fields}
    assert told["Commission rule"] == "15 %, agreed when booked"
    assert told["Your share"].endswith("85.00 EUR")


async def test_a_bar_a_car_and_a_cell_of_the_map_ask_about_themselves(page, until):
    page.vm.feed(ready(year_of(2026, ZONE)))
    marks = year_of(2026, ZONE).marks

    page.body.net.chosen.emit(page.body.net.chart.data.points[10].key)
    page.body.cars.chosen.emit(page.body.model.row_at(0))
    page.body.map.chosen.emit(page.body.map.chart.data.points[10].key)
    await until(lambda: page._explain.state.phase is Phase.READY)

    bar, *_ = asked = page.asking.questions
    assert page._explain.state.question == asked[-1]
    assert (asked[-1].figure, asked[-1].car_id, asked[-1].since) == (Figure.UTILISATION, "car-1", marks[10])
    assert bar.figure in (Figure.NET, Figure.UTILISATION)


def test_skeleton_and_figures_lie_in_the_same_places(page):
    page.vm.feed(ready())
    QTest.qWait(0)
    arrived = [tile.geometry() for tile in page.body.tiles.values()] + [
        card.geometry() for card in page.body._cards()[:2]
    ]

    page.body.show_skeleton(by_day=True, currency="EUR")
    QTest.qWait(0)

    assert arrived == [tile.geometry() for tile in page.body.tiles.values()] + [
        card.geometry() for card in page.body._cards()[:2]
    ]


def test_a_tile_keeps_the_focus_while_figures_are_awaited(page):
    page.vm.feed(ready())
    page.focus_first()
    page.body.show_skeleton(by_day=True, currency="EUR")

    assert page.body.tiles[Figure.NET].hasFocus()


def test_without_figures_the_problem_is_told_with_a_way_on(page):
    page.vm.feed(EarningsState(Phase.FAILED, month(2026, 11, ZONE), problem=Unavailable("mongodb"), run=1))

    assert not page.content.shows_rows
    assert page.content.empty.title.text() == "No connection"


def test_without_cars_the_first_step_is_the_fleet(page, qtbot):
    nothing = books_of(milliseconds(NOW), (), (), (), ())
    page.vm.feed(ready(earnings=report_of(month(2026, 11, ZONE), nothing), currency=""))

    with qtbot.waitSignal(page.fleet_wanted):
        page.content.empty.step.click()


def test_figures_of_the_stored_copy_are_stamped_and_a_partial_one_says_so(page):
    page.vm.feed(ready(stored=True))
    whole = page.stamp.text
    page.vm.feed(ready(stored=True, earnings=replace(report_of(month(2026, 11, ZONE)), complete=False)))

    as_of = desk_time(NOW, zone_of(ZONE), now=NOW)
    assert whole == f"No connection. Stored copy as of {as_of}, complete."
    assert "partial" in page.stamp.text
    page.vm.feed(ready())
    assert not page.stamp.isVisible()


async def test_the_period_is_picked_with_the_keyboard(page):
    page.vm.feed(ready())
    page.period.later.setFocus()

    QTest.keyClick(page.period.later, Qt.Key.Key_Space)
    after = page.vm.state.span
    page.period.kind.setFocus()
    QTest.keyClick(page.period.kind, Qt.Key.Key_Down)
    page.period.kind.activated.emit(page.period.kind.currentIndex())
    a_quarter = page.vm.state.span
    await page.vm._tasks.aclose()

    assert after == month(2026, 12, ZONE)
    assert a_quarter == quarter(2026, 4, ZONE)


def type_day(field, text):
    field.edit.selectAll()
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("typed", ["25 Mar 2026", "25.3.2026", "25/03/2026", "2026-03-25", "Wed 25 Mar 2026"])
async def test_a_typed_day_is_that_day(page, typed):
    page.vm.feed(ready())
    page.period.kind.setCurrentIndex(3)
    page.period.kind.activated.emit(3)
    type_day(page.period.first, typed)

    await page.vm._tasks.aclose()
    assert date(2026, 3, 25) == page.vm.state.span.first


async def test_both_days_are_typed_in_one(page):
    page.vm.feed(ready())
    page.period.kind.setCurrentIndex(3)
    page.period.kind.activated.emit(3)
    type_day(page.period.first, "1.3.2026 - 25.3.2026")

    await page.vm._tasks.aclose()
    assert (date(2026, 3, 1), date(2026, 3, 26)) == (page.vm.state.span.first, page.vm.state.span.end)


async def test_a_day_that_is_not_understood_is_named_and_changes_nothing(page):
    page.vm.feed(ready())
    page.period.kind.setCurrentIndex(3)
    page.period.kind.activated.emit(3)
    before = page.period.first.day()
    for typed, word in (("31 Feb 2026", "31 Feb"), ("1.1.1969", "1969"), ("25 Mrz", "Mrz")):
        type_day(page.period.first, typed)
        assert word in page.period.first.beneath.text.text()
        assert before == page.period.first.day()
    assert page.vm.state.span == month(2026, 11, ZONE)


async def test_own_days_are_typed(page):
    page.vm.feed(ready())
    page.period.kind.setCurrentIndex(3)
    page.period.kind.activated.emit(3)
    assert page.period.first.isVisibleTo(page)

    type_day(page.period.first, "5.11.2026")

    await page.vm._tasks.aclose()
    assert page.vm.state.span.kind is SpanKind.CUSTOM
    assert span_name(page.vm.state.span).startswith("5 Nov 2026")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 9), date(2026, 11, 8), "The last day lies before the first one."),
        (date(2006, 11, 9), date(2026, 11, 8), "A report covers up to 10 years, none of them before 1971."),
        (date(1971, 1, 1), date(1971, 1, 31), "A report covers up to 10 years, none of them before 1971."),
    ],
)
async def test_own_days_that_are_no_period_are_told_beside_them(page, first, last, words):
    page.vm.feed(ready())
    page.period.kind.setCurrentIndex(3)
    page.period.kind.activated.emit(3)
    page.period.first.show_day(first)
    type_day(page.period.last, f"{last:%d.%m.%Y}")

    told = page.period.mistake.isVisibleTo(page) and page.period.mistake.text()
    page.vm.feed(ready(run=7))

    assert words == told
    assert page.vm.state.span == month(2026, 11, ZONE)
    assert (first, last) == (page.period.first.day(), page.period.last.day())
    page.period.kind.setCurrentIndex(0)
    page.period.kind.activated.emit(0)
    assert not page.period.mistake.isVisibleTo(page)


def test_what_has_grown_is_told_by_its_sign_and_a_share_in_points():
    less, more = Figures("EUR", net_minor=-100_00), Figures("EUR", net_minor=50_00)

    assert ("▲ 150 % on May", Tone.POSITIVE) == change(Figure.NET, more, less, "May")
    assert ("▼ 300 % on May", Tone.WARNING) == change(Figure.NET, less, more, "May")
    fuller, emptier = (Figures("EUR", rented_ms=out, available_ms=100) for out in (60, 41))
    assert ("▼ 19 points on May", Tone.WARNING) == change(Figure.UTILISATION, emptier, fuller, "May")
    assert ("Same as May", Tone.NEUTRAL) == change(Figure.UTILISATION, fuller, fuller, "May")
    given_back = Figures("EUR", refunds_minor=-90_00), Figures("EUR", refunds_minor=-60_00)
    assert ("▲ 50 % on May", Tone.NEUTRAL) == change(Figure.REFUNDS, *given_back, "May")


@given(st.integers(1, 10**9), st.fractions(-2, 2))
@example(1000_00, Fraction(-4, 1000))
@example(1000_00, Fraction(4, 1000))
@example(1000_00, Fraction(5, 1000))
@example(1000_00, Fraction(0))
def test_what_is_no_change_as_it_is_shown_is_no_rise_and_no_fall(old, share):
    before, now = Figures("EUR", net_minor=old), Figures("EUR", net_minor=old + round(old * share))
    words, tone = change(Figure.NET, now, before, "a year ago")

    assert " 0 %" not in words
    assert ("Same as a year ago" == words) == (abs(Fraction(now.net_minor - old, old)) < Fraction(5, 1000))
    assert ("▼" in words) == (Tone.WARNING is tone)
    assert ("▲" in words) == (Tone.POSITIVE is tone)


def test_several_currencies_are_chosen_between_and_never_added(page):
    yen = replace(GOLF, car_id="car-3", currency="JPY")
    books = replace(BOOKS, cars=(GOLF, POLO, yen))
    page.vm.feed(ready(earnings=report_of(month(2026, 11, ZONE), books)))

    page.vm.choose_currency("JPY")

    assert page.period.currency.isVisibleTo(page)
    assert page.body.tiles[Figure.NET].value == "0 JPY"
    page.vm.choose_currency("USD")
    assert page.vm.state.currency == "JPY"


def test_words_for_figures():
    assert [basis_points_text(bp) for bp in (1500, 1750, 5, 0)] == ["15 %", "17.5 %", "0.05 %", "0 %"]
    assert [short_amount(Money(minor, "EUR")) for minor in (12_00, 1_234_00, -2_500_000_00)] == ["12", "1.2k", "-2.5M"]
    assert [span_name(span) for span in (quarter(2026, 3, ZONE), year_of(2025, ZONE))] == ["Q3 2026", "2025"]
    nothing = Figures("EUR")
    assert change(Figure.UTILISATION, nothing, nothing, "2025")[0] == "2025: –"  # noqa: RUF001
    assert share_percent(report_of(month(2026, 11, ZONE)).currencies[0].total.utilisation) == "13 %"
    assert own_days(NOW.date(), NOW.date(), ZONE).by_day
    assert ExportPhase.IDLE is not ExportPhase.DONE
    assert Asked(Figure.NET) == Asked(Figure.NET)


def test_money_posted_to_bookings_that_are_not_there_counts_nowhere_and_is_told(page):
    ghosts = [row._replace(booking_id="GHOST", minor=1_000_000 * row.minor) for row in paid(RENTALS[0])]
    postings = [row for each in RENTALS for row in paid(each)]
    forged = books_of(milliseconds(NOW), [*postings, *ghosts], RENTALS, (GOLF, POLO), BOOKS.branches)
    span = month(2026, 11, ZONE)

    page.draw(ready())
    calm = page.left_out.isVisibleTo(page)
    page.draw(ready(earnings=report_of(span, forged)))

    assert not calm
    assert page.left_out.isVisibleTo(page)
    assert report_of(span).currencies == report_of(span, forged).currencies
    assert 1 == report_of(span, forged).strays
