"""The administrator's pages fed with states: skeleton where the rows will be, empty, failed, and what stays offline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import BERLIN, LISBON
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from view_builders import NOW, FedDesk, make_booking

from desktop.preferences import Preferences
from desktop.tasks import TaskScope
from desktop.viewmodels.audit.audit import AuditViewModel
from desktop.viewmodels.firm.firm import FirmState, FirmViewModel
from desktop.viewmodels.manual_review.health import HealthState, HealthViewModel
from desktop.viewmodels.overview.overview import OverviewState, OverviewViewModel
from desktop.viewmodels.paged import PagedState
from desktop.viewmodels.phases import Phase
from desktop.views.audit.audit_page import AuditPage, _changes, _with_id
from desktop.views.firm.firm_page import FirmPage
from desktop.views.firm.rules_panel import share_of
from desktop.views.manual_review.health_page import HealthPage
from desktop.views.overview.overview_page import Drill, OverviewPage
from desktop.views.parts.oversight_words import subject_name, subject_text, value_text, who_name
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.words.figures import short_amount
from engine.domain.booking.states import BookingState
from engine.domain.car.branches import BranchLine
from engine.domain.car.car import BranchId
from engine.domain.firm.audit import AuditQuery, AuditRow
from engine.domain.firm.audit import AuditSlice as Rows
from engine.domain.firm.settings import BEGINNING, Firm, FirmSettings, Revision
from engine.domain.health.health import Finding, HealthArea, HealthReport, Level
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName, Role
from engine.domain.reports.overview import BranchCars, FirmPulse, MoneyCell, Overview, months_until
from engine.domain.shared.errors import InvalidText, Unavailable
from engine.domain.shared.remark import remark

AWAY = Unavailable("mongodb")
MONTHS = months_until(NOW, [BERLIN])


class Clock:
    at = 100.0

    def __call__(self):
        return self.at


class Quiet(FedDesk):
    """A desk whose bridge never answers: what is shown is what the test feeds."""

    async def call(self, _make):
        raise AWAY


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def place(qtbot, theme, clock, tmp_path, monkeypatch):
    """Puts a page up; its view-model's own load is left out, and its waits run by *clock*."""
    shimmer = ShimmerClock(theme)
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    monkeypatch.setattr(TaskScope, "_start", lambda _self, _name, work: work.close())

    def put(make, vm, loading=lambda page: page.loading):
        page = make(context, vm)
        if loading is not None:
            loading(page).rule.now = clock
        qtbot.addWidget(page)
        page.resize(1088, 764)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    yield put
    shimmer.deleteLater()


def overview_of(**changes):
    branches = (
        BranchCars(BERLIN.id, "Mitte", "Berlin", 10, 1, 2, 4),
        BranchCars(LISBON.id, "Baixa", "Lisboa", 5, 0, 0, 1),
    )
    money = (
        MoneyCell(MONTHS[-1], BERLIN.id, "EUR", 1_234_567, 185_185),
        MoneyCell(MONTHS[-1], LISBON.id, "EUR", 100_00, 15_00),
        MoneyCell(MONTHS[-2], LISBON.id, "JPY", 9_000, 900),
    )
    bookings = {BookingState.HELD: 2, BookingState.CONFIRMED: 30, BookingState.COMPLETED: 500}
    made = Overview(NOW, MONTHS, branches, bookings, {Role.ADMIN: 1, Role.CLIENT: 3}, money)
    return replace(made, **changes)


def pulse_of(count=6, **changes):
    bookings = tuple(make_booking(number) for number in range(count))
    return replace(FirmPulse(NOW, bookings, bookings[:2], 1), **changes)


@pytest.fixture
def overview(place, qtbot):
    vm = OverviewViewModel(Quiet(), TaskScope())
    return place(lambda context, vm: OverviewPage(context, vm, _host(qtbot)), vm)


def _host(qtbot):

    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1088, 764)
    return host


def feed(vm, state):
    vm.feed(state)
    QTest.qWait(0)


def ready(run=1, **changes):
    return OverviewState(Phase.READY, overview_of(), pulse_of(), "EUR", run, **changes)


def places_of(page):
    parts = (*page.tiles.values(), page.months.chart, page.money.chart, page.cars.chart, page.latest.table)
    return [part.mapTo(page, part.rect().topLeft()) for part in parts] + [part.size() for part in parts]


def test_the_overview_arrives_where_its_skeleton_stood(overview, clock):
    feed(overview.vm, OverviewState(run=1))
    clock.at += 0.25
    overview.loading.look()
    skeleton = places_of(overview)
    assert overview.tiles["Cars"]._waiting
    clock.at += 0.5
    feed(overview.vm, ready())
    overview.loading.look()
    QTest.qWait(0)

    assert not overview.tiles["Cars"]._waiting
    assert skeleton == places_of(overview)


def test_nothing_of_the_overview_is_cut_off_at_the_side_of_a_narrow_place(overview):
    feed(overview.vm, ready())
    inner, viewport = overview.body.widget(), overview.body.viewport()
    overview.content.setFixedWidth(overview.content.minimumSizeHint().width())
    QTest.qWait(0)

    assert inner.minimumWidth() <= viewport.width()
    assert inner.width() <= viewport.width()


def test_its_figures_are_the_overviews_and_currencies_are_never_mixed(overview):
    feed(overview.vm, ready())
    shown = {name: (tile.value, tile.note) for name, tile in overview.tiles.items()}
    meant = {name: tile.more[0][0] for name, tile in overview.tiles.items() if tile.more}

    assert {
        "Cars": ("16", "15 for rent"),
        "Out now": ("31 %", "5 of 16 cars"),
        "Pending bookings": ("2", "30 confirmed"),
        "Needs a person": ("1", "see to it now"),
        "Users": ("4", "1 administrator"),
        "Revenue this month": ("12.4k EUR", "commission 1.9k"),
    } == shown
    assert {"Cars": "1 in maintenance", "Out now": "with renters now"} == meant
    assert 16 == sum(point.value for point in overview.cars.chart.data.points)
    assert ["EUR", "JPY"] == [overview.currency.itemText(at) for at in range(overview.currency.count())]
    assert overview.currency.isVisibleTo(overview)
    feed(overview.vm, replace(overview.vm.state, currency="JPY"))
    assert {"0 JPY", "9,000 JPY"} == {point.text for point in overview.months.chart.data.points}


def test_each_figure_leads_to_what_is_behind_it(overview):
    feed(overview.vm, ready())
    led, asked = [], []
    overview.drilled.connect(led.append)
    overview.vm.behind.changed.connect(lambda state: asked.append(state.query))
    for name in ("Cars", "Out now", "Pending bookings", "Needs a person", "Users"):
        overview.tiles[name].click()
    overview.cars.chosen.emit(BERLIN.id)
    overview.tiles["Revenue this month"].click()
    overview.behind.close_panel()
    overview.money.chosen.emit(LISBON.id)

    assert ["cars", "cars", "bookings", "care", "users", "cars"] == [drill.page for drill in led]
    assert (True, BranchId(BERLIN.id)) == (led[1].out, led[-1].branch_id)
    assert Drill("bookings", led[2].standings) == led[2]
    assert [((MONTHS[-1],), None), (MONTHS, LISBON.id)] == [(each.months, each.branch_id) for each in asked]


def test_an_overview_that_does_not_come_says_so_and_one_that_came_stays(overview):
    feed(overview.vm, OverviewState(Phase.FAILED, run=1, problem=AWAY))
    assert "No connection" == overview.content.empty.title.text()
    feed(overview.vm, ready(run=2))
    assert overview.content.shows_rows
    feed(overview.vm, replace(overview.vm.state, phase=Phase.FAILED, problem=AWAY))

    assert overview.content.shows_rows
    assert "loaded before" in overview.content.banner.text


def test_a_firm_without_anything_shows_noughts_and_says_what_comes(overview):
    bare = overview_of(branches=(), bookings={}, users={}, money=())
    feed(overview.vm, OverviewState(Phase.READY, bare, pulse_of(0, holds=(), cases=0), "", 1))

    assert ("0 %", "0 of 0 cars") == (overview.tiles["Out now"].value, overview.tiles["Out now"].note)
    assert "The first captured payment shows here." == overview.months.chart._words
    assert overview.latest.nothing is overview.latest.stack.currentWidget()


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (99, "EUR", "1"),
        (123_45, "EUR", "123"),
        (1_234_567, "EUR", "12.3k"),
        (99_999_999, "JPY", "100M"),
        (99_949_00, "EUR", "99.9k"),
        (999_950_00, "EUR", "1M"),
        (-40, "EUR", "0"),
        (-250_000, "EUR", "-2.5k"),
    ],
)
def test_a_bar_carries_a_short_figure(minor, currency, words):
    assert words == short_amount(Money(minor, currency))


@pytest.mark.parametrize(("text", "points"), [("15", 1500), ("12,5 %", 1250), ("0.01", 1), (" 100 ", 10_000)])
def test_percent_is_read_without_a_float(text, points):
    assert points == share_of("commission", text)


@pytest.mark.parametrize("text", ["", "x", "1.234", "nan", "1e999"])
def test_what_is_no_percent_is_refused_at_its_field(text):
    with pytest.raises(InvalidText):
        share_of("commission", text)


def firm_of(**changes):
    first = Revision(1, BEGINNING, FirmSettings(), AccountName("provision"), BEGINNING)
    later = Revision(2, NOW + timedelta(days=9), FirmSettings(commission_bp=900), AccountName("ari"), NOW)
    lines = (BranchLine(BERLIN, 3, 7), BranchLine(replace(LISBON, closed=True), 0, 0))
    made = FirmState(Phase.READY, Firm(first.settings, first, (later,), (), 2), lines, 1)
    return replace(made, **changes)


@pytest.fixture
def firm(place, qtbot):
    return place(lambda context, vm: FirmPage(context, vm, _host(qtbot)), FirmViewModel(Quiet(), TaskScope()))


def test_rules_and_branches_arrive_where_their_skeleton_stood(firm, clock):
    feed(firm.vm, FirmState(run=1))
    clock.at += 0.25
    firm.loading.look()
    tables = (firm.rules_table, firm.branches_table)
    skeleton = [table.visualRect(table.model().index(0, column)) for table in tables for column in range(7)]
    assert "waiting" == firm.rules.state_of(0)
    clock.at += 0.5
    feed(firm.vm, firm_of())
    firm.loading.look()
    QTest.qWait(0)

    assert ["Planned", "In force"] == [firm.rules.row_at(row).standing for row in range(2)]
    assert skeleton == [table.visualRect(table.model().index(0, column)) for table in tables for column in range(7)]
    assert ("Open", "Closed") == tuple(firm.branches.index(row, 6).data() for row in range(2))


def test_beside_a_panel_no_column_of_rules_and_branches_is_cut_off(firm):
    feed(firm.vm, firm_of())
    firm.resize(1088 - 420, 764)
    QTest.qWait(0)

    for table in (firm.rules_table, firm.branches_table):
        shown = [at for at in range(table.model().columnCount()) if not table.isColumnHidden(at)]
        assert 4 <= len(shown) < table.model().columnCount()
        for at in shown:
            assert table.columnWidth(at) >= table.horizontalHeader().sectionSizeHint(at)


def test_a_firm_without_branches_offers_the_first_and_a_failed_one_to_try_again(firm):
    feed(firm.vm, firm_of(branches=()))
    assert ("No branch yet", "Add a branch …") == (firm.content.empty.title.text(), firm.content.empty.step.text())
    feed(firm.vm, firm_of(run=2))
    feed(firm.vm, firm_of(run=2, phase=Phase.FAILED, problem=AWAY))

    assert "loaded before" in firm.content.banner.text


def test_the_audit_says_every_change_in_one_line(place, qtbot):
    page = place(
        lambda context, vm: AuditPage(context, vm, _host(qtbot)),
        AuditViewModel(Quiet(), TaskScope()),
        loading=lambda page: page.list.loading,
    )
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    row = AuditRow(
        at, AccountName("ari"), "desk-1", "car.status_changed", "car:car-1", {"status": "active"}, {"status": "retired"}
    )
    feed(page.vm.list, PagedState(AuditQuery(), Phase.READY, Rows((row,), 1), 1))

    page.focus_search()
    QTest.keyClick(page.subject, Qt.Key.Key_Down)
    assert page.list.table.hasFocus()
    cells = [page.list.model.index(0, column).data() for column in range(1, 6)]
    assert ["ari", "Car status changed", "car car-1", "Status: active → retired", "desk-1"] == cells
    feed(page.vm.list, PagedState(AuditQuery(), Phase.READY, Rows((), 0), 2))
    assert "Nothing was changed yet" == page.list.content.empty.title.text()
    feed(page.vm.list, PagedState(AuditQuery(), Phase.FAILED, run=3, problem=AWAY))
    assert "No connection" == page.list.content.empty.title.text()


@given(
    kind=st.sampled_from(["car", "branch", "renter", "account"]),
    identity=st.text("abc0-", min_size=1, max_size=8),
    name=st.text("ÄÖab ", max_size=6).map(str.strip),
)
def test_the_audit_says_names_and_keeps_the_ids_in_the_detail(kind, identity, name):
    names = {f"{kind}:{identity}": name, "account:ari": "Ari Admin", "branch:br-1": "Berlin Mitte"}
    before = {"branch_id": "br-1", "seats": "5", "photos": "a b"}
    row = AuditRow(NOW, AccountName("ari"), "d", "x.y", f"{kind}:{identity}", before, {"branch_id": "br-2"}, names)

    assert f"{kind} {name or identity}" == subject_name(row)
    assert "Ari Admin" == who_name(row) or (kind, identity) == ("account", "ari")
    assert "Branch id: Berlin Mitte → br-2, Seats: 5, Photos: 2 photos" == _changes(row)
    assert "Berlin Mitte (br-1)" == _with_id(value_text(row, "branch_id", "br-1"), "br-1")
    assert "br-2" == _with_id(value_text(row, "branch_id", "br-2"), "br-2")


@pytest.mark.parametrize("typed", ["car car-12", "car:car-12", " car car-12 "])
def test_a_subject_is_found_as_the_list_shows_it(place, qtbot, typed):
    page = place(
        lambda context, vm: AuditPage(context, vm, _host(qtbot)),
        AuditViewModel(Quiet(), TaskScope()),
        loading=lambda page: page.list.loading,
    )
    page.subject.setText(typed)
    QTest.keyClick(page.subject, Qt.Key.Key_Return)

    assert "car:car-12" == page.vm.list.state.query.subject
    assert "car car-12" == subject_text("car:car-12")


def test_health_shows_each_finding_as_it_comes_in_the_place_it_waited_for(place, qtbot):
    vm = HealthViewModel(Quiet(), TaskScope())
    page = place(lambda context, vm: HealthPage(context, vm, _host(qtbot)), vm, loading=None)
    found = tuple(Finding(area, Level.GOOD, remark("line", text=f"{area} is well.")) for area in HealthArea)
    feed(vm, HealthState(Phase.LOADING, found[:2], looking_at=HealthArea.STRIPE))
    before = [page.table.visualRect(page.model.index(row, 2)) for row in range(len(HealthArea))]
    assert ["loaded", "loaded", "waiting"] == [page.model.state_of(row) for row in range(3)]
    assert "Looking at stripe … 2 of 18" == page.header.subtitle.text()
    assert not page.again.isEnabled()
    feed(vm, HealthState(Phase.READY, found, HealthReport(NOW, found)))

    assert before == [page.table.visualRect(page.model.index(row, 2)) for row in range(len(HealthArea))]
    assert page.again.isEnabled()
    assert page.header.subtitle.text().endswith(": 18 good")


_FIELDS = st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=12, unique=True)


@given(fields=_FIELDS, cut=st.integers(0, 12))
def test_the_audits_line_has_three_changes_and_counts_the_others(fields, cut):
    before, after = dict.fromkeys(fields[:cut], "was"), dict.fromkeys(fields, "is")
    row = AuditRow(NOW, AccountName("boss"), "desk-1", "car.changed", "car:car-1", before, after)
    told = _changes(row).split(", ")

    # Those that changed come before those that are new.
    assert len(told) == min(len(fields), 3) + (len(fields) > 3)
    assert (told[-1] == f"and {len(fields) - 3} more") == (len(fields) > 3)
    assert all(": " in each for each in told[:3])
