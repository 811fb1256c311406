"""What is long in a list or a panel stays whole: columns go first, rows grow, and what cannot be read keeps its id."""

from __future__ import annotations

import pytest
from contrast import AA_SHAPE, contrast
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from look_over import noticing_cuts
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.preferences import Preferences
from desktop.theme.theme import Scheme
from desktop.theme.tokens import GRID, Tone
from desktop.views.booking.list_row import damaged_row
from desktop.views.booking.list_table import BookingTable, columns_of
from desktop.views.parts.view_context import ViewContext
from desktop.widgets.loading.field_skeleton import FieldList, LabelledValue
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.table.record_table import ROW_HEIGHT, RecordTable
from desktop.widgets.table.tall_table import TallTable
from engine.domain.shared.damage import Damaged

_WORDS = st.lists(st.text("abcdefghijWM", min_size=1, max_size=9), min_size=1, max_size=12).map(" ".join)
_PLATES = st.text("ABMWX0123456789-", min_size=4, max_size=14)
_NAMES = st.lists(st.text("abegmW", min_size=3, max_size=10), min_size=2, max_size=4).map(" ".join)
_reasons = st.sampled_from(["zone: ''", "phone: is missing, and what else there was of it cannot be told either"])
_ids = st.text("ABCDEF0123456789", min_size=6, max_size=14)
generated = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shimmer(theme):
    clock = ShimmerClock(theme)
    yield clock
    clock.deleteLater()


def shown(qtbot, table, model, rows, width, height=400):
    qtbot.addWidget(table)
    table.setModel(model)
    table.resize(width, height)
    table.show()
    model.reset(len(rows))
    model.put_slice(model.ticket(0), rows)
    QApplication.processEvents()
    return table


def drawn(table):
    """The texts that end in dots when it is painted."""
    with noticing_cuts() as cut:
        table.grab()
    return cut


@generated
@given(rows=st.lists(st.tuples(_PLATES, _NAMES, _WORDS), min_size=1, max_size=6), width=st.integers(420, 900))
def test_plates_and_names_of_the_rows_on_the_screen_are_whole(qtbot, theme, shimmer, rows, width):
    columns = [
        Column("Note", lambda row: row[2], lambda row: row[2], weight=12, spare=True),
        Column("Plate", lambda row: row[0], lambda row: row[0], weight=1),
        Column("Name", lambda row: row[1], lambda row: row[1], weight=2),
    ]
    table = shown(qtbot, RecordTable(theme, shimmer), SlicesModel(columns, lambda _ticket: None), rows, width)

    cut = drawn(table)

    assert not [text for text in cut for plate, name, _ in rows if text == plate or text in name]
    table.hide()
    table.deleteLater()


@generated
@given(told=st.lists(_WORDS, min_size=1, max_size=5), width=st.integers(500, 1100))
def test_a_table_of_sentences_gives_each_row_the_lines_it_needs(qtbot, theme, shimmer, told, width):
    rows = [(f"{words} {words} {words}", words) for words in told]
    columns = [
        Column("State", lambda _row: "Not seen", str, tone=lambda _row: "neutral", weight=1),
        Column("Found", lambda row: row[0], lambda row: row[0], weight=3),
        Column("What to do", lambda row: row[1], lambda row: row[1], weight=2),
    ]
    model, first = SlicesModel(columns, lambda _ticket: None), [(f"{'W' * 40} {'W' * 40}", "W" * 40)] * len(rows)
    table = shown(qtbot, TallTable(theme, shimmer), model, first, width)
    model.put_slice(model.ticket(0), rows)
    QApplication.processEvents()

    assert not drawn(table)
    for at, row in enumerate(rows):
        for column, words in enumerate(row, 1):
            room = table.visualRect(table.model().index(at, column)).adjusted(8, 0, -8, 0)
            needed = table.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap), words)
            assert table.rowHeight(at) >= max(ROW_HEIGHT, needed.height())
    table.hide()
    table.deleteLater()


@generated
@given(
    damaged=_ids, reason=_reasons, width=st.sampled_from([420, 560, 679, 700, 900]), spare=st.sampled_from([0, 1, 2])
)
def test_a_row_that_cannot_be_read_says_which_it_is_whichever_columns_go(
    qtbot, theme, shimmer, damaged, reason, width, spare
):
    row = Damaged("renters", damaged, reason)
    columns = [
        Column(f"C{at}", str, str, weight=30 if at == 3 else 1, spare=at < spare) for at in range(4)
    ]  # fmt: skip
    table = shown(qtbot, RecordTable(theme, shimmer), SlicesModel(columns, lambda _ticket: None), [row], width)
    first = next(at for at in range(4) if not table.isColumnHidden(at))

    assert row.line == table._row._text(table.model().index(0, first))
    assert not [text for text in drawn(table) if text in row.line]
    assert table.columnWidth(first) > table._row.needs(table.model().index(0, first))[1]
    table.hide()
    table.deleteLater()


@generated
@given(damaged=_ids, reason=_reasons, width=st.integers(500, 1000))
def test_a_booking_that_cannot_be_read_keeps_its_number_where_the_column_of_numbers_goes(
    qtbot, theme, shimmer, tmp_path, damaged, reason, width
):
    context = ViewContext(theme, shimmer, Preferences(tmp_path / "p.ini"))
    model = SlicesModel(columns_of(lambda: None), lambda _ticket: None)
    row = damaged_row(Damaged("bookings", damaged, reason))
    table = shown(qtbot, BookingTable(context, model, lambda: None), model, [row], width)
    said = []
    line = table._row.line
    table._row.line = lambda painter, place, text, *more, **also: (
        said.append((text, place.width())),
        line(painter, place, text, *more, **also),
    )
    table.grab()

    assert f"damaged: {damaged}" in " ".join(text for text, _ in said)
    assert not [text for text in drawn(table) if damaged in text]
    table.hide()
    table.deleteLater()


@generated
@given(
    values=st.lists(_WORDS, min_size=2, max_size=7),
    amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=2),
    width=st.integers(300, 420),
    side=st.sampled_from([Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]),
)
def test_all_facts_of_a_panel_begin_in_one_column(qtbot, theme, shimmer, values, amounts, width, side):
    facts = FieldList(theme, shimmer)
    qtbot.addWidget(facts)
    facts.setLayoutDirection(side)
    sums = [LabelledValue("Rental", f"3 days × {each}.00 EUR = {3 * each}.00 EUR", amount=True) for each in amounts]  # noqa: RUF001 -- times
    facts.show_fields([*(LabelledValue(f"Fact {at}", words) for at, words in enumerate(values)), *sums])
    facts.resize(width, facts.heightForWidth(width))

    places = facts._places()[: len(values)]
    leading = {
        place.value.left() if side == Qt.LayoutDirection.LeftToRight else place.value.right() for place in places
    }
    assert 1 == len(leading)
    assert not drawn(facts)
    facts.deleteLater()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_badge_has_an_edge_that_is_seen_on_the_ground_of_the_chosen_line(qtbot, theme, shimmer, scheme):
    theme.choose(scheme)
    word = Column("Standing", str, str, tone=lambda tone: tone)
    rows = [tone.value for tone in Tone]
    table = shown(qtbot, RecordTable(theme, shimmer), SlicesModel([word], lambda _ticket: None), rows, 300)

    for row, tone in enumerate(Tone):
        table.selectRow(row)
        place = table.visualRect(table.model().index(row, 0))
        picture = table.viewport().grab(place).toImage()
        above = range(place.height() // 2 - 12, place.height() // 2 - 6)  # from the line's ground into the badge
        colours = {picture.pixelColor(5 * GRID, y).name() for y in above}
        assert {theme.tokens.accent_tint, theme.tokens.raised} <= colours, tone
        assert any(contrast(colour, theme.tokens.accent_tint) >= AA_SHAPE for colour in colours), tone
