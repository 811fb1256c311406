"""A Hebrew or Arabic name stands where every name stands, beside its label and in front of its number."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QListView, QStyleOptionViewItem

from desktop.viewmodels.session.session import OfferedAccount, SessionPhase, SessionState
from desktop.views.session.sign_in_form import SignInForm
from desktop.views.session.stored_copies import StoredCopies
from desktop.widgets.button import Button
from desktop.widgets.charts.data import ChartData, Point
from desktop.widgets.charts.heat_map import HeatMap
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.palette.palette import Lines, PaletteLine
from desktop.widgets.palette.row import PaletteRow
from desktop.widgets.text import Text, isolated, kept_apart
from engine.domain.people.people import AccountName, Role
from engine.domain.reports.copying import CopyHead

_HEBREW = st.text(st.characters(min_codepoint=0x05D0, max_codepoint=0x05EA), min_size=1, max_size=12)
_ARABIC = st.text(st.characters(min_codepoint=0x0627, max_codepoint=0x063A), min_size=1, max_size=12)
_ANY = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _first_ink(label):
    """The column of the first dark point, in px."""
    image = label.grab().toImage()
    ground = QColor(image.pixel(image.width() - 1, 0))
    for x in range(image.width()):
        for y in range(image.height()):
            if abs(QColor(image.pixel(x, y)).lightness() - ground.lightness()) > 60:
                return x
    return image.width()


@pytest.mark.parametrize("wrap", [False, True])
@given(name=st.one_of(_HEBREW, _ARABIC), tail=st.sampled_from(["", " · 1214-ASM5-PTTJ"]))
@_ANY
def test_a_name_begins_where_its_label_begins(qapp, theme, wrap, name, tail):
    label = Text(theme, f"{name}{tail}", wrap=wrap)
    label.resize(500, 24)

    assert _first_ink(label) < 20
    label.deleteLater()


@given(name=st.one_of(_HEBREW, _ARABIC))
def test_a_name_in_a_line_with_a_number_is_a_thing_by_itself(name):
    assert f"\u2068{name}\u2069 · 1214" == kept_apart(name, "1214")
    assert isolated("Nora Vogt") == "Nora Vogt"


@given(name=st.one_of(_HEBREW, _ARABIC))
@_ANY
def test_in_the_list_of_what_was_found_a_name_stands_before_what_follows_it(qapp, theme, name):
    model, view = Lines(), QListView()
    row = PaletteRow(theme, view)
    model.show([PaletteLine("1", "", f"{name} Mmmm", marked=((0, len(name)),))])
    option, picture = QStyleOptionViewItem(), QImage(400, 36, QImage.Format.Format_RGB32)
    option.rect, option.direction = QRect(0, 0, 400, 36), Qt.LayoutDirection.LeftToRight
    picture.fill(QColor(theme.tokens.raised))
    painter = QPainter(picture)
    row.paint(painter, option, model.index(0, 0))
    painter.end()
    accent, plain = [], []
    for x in range(400):
        for y in range(36):
            colour = QColor(picture.pixel(x, y))
            if colour.lightness() < 140:
                (accent if colour.blue() - colour.red() > 60 else plain).append(x)

    assert max(accent) < min(plain) + 8


@given(name=st.one_of(_HEBREW, _ARABIC))
@_ANY
def test_in_a_chart_the_name_of_a_car_begins_where_all_names_begin(qapp, theme, name):
    shimmer = ShimmerClock(theme)
    chart = HeatMap(theme, shimmer)
    chart.resize(500, 120)
    points = tuple(Point(month, 0.0, "0 EUR", "0", key=n) for n, month in enumerate(("Jan", "Feb")))
    chart.show_data(ChartData("Net", "EUR", points, (f"{name} 7",), "2026", "", "Month"))
    picture = chart.grab(QRect(0, 30, 100, 60)).toImage()
    first = min(x for x in range(100) for y in range(60) if QColor(picture.pixel(x, y)).lightness() < 100)

    assert first < 10
    assert f"\u2068{name}\u2069: 0 EUR" == Point(name, 0.0, "0 EUR", "0").spoken
    chart.deleteLater()
    shimmer.deleteLater()


@given(name=st.one_of(_HEBREW, _ARABIC))
@_ANY
def test_whoever_signs_in_by_a_number_has_it_behind_the_name(qapp, theme, name):
    form, copies = SignInForm(theme), StoredCopies(theme)
    form.draw(SessionState(SessionPhase.SIGNED_OUT, offered=(OfferedAccount("a", "p", name, Role.CLIENT),)))
    copies.draw((CopyHead(AccountName("a"), name, 0, complete=True),))
    told = [button.text() for each in (form, copies) for button in each.findChildren(Button)]

    assert 2 == sum(isolated(name) in text for text in told)
    form.deleteLater()
    copies.deleteLater()
