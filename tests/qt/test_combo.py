"""Fields that a wheel leaves alone, and lists of choices that show all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from gestures import turn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from look_over import hint_is_whole, noticing_cuts
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.views.parts.filter_button import FilterButton
from desktop.widgets.combo import MOST_ROWS, ROW, Combo, NumberBox
from desktop.widgets.search_field import SearchField

_AT_ANY_TIME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def page(qtbot, theme):
    """Fields in a page that is longer than its window."""
    room = QScrollArea(widgetResizable=True)
    content = QWidget()
    column = QVBoxLayout(content)
    combo, number = Combo(), NumberBox()
    combo.addItems(["Berlin", "Dublin", "Lisboa"])
    combo.setCurrentIndex(1)
    number.setRange(1, 99)
    number.setValue(50)
    other = Combo()
    column.addSpacing(700)
    for widget in (combo, number, other):
        column.addWidget(widget)
    column.addSpacing(700)
    content.setMinimumHeight(2000)
    room.setWidget(content)
    room.resize(300, 200)
    qtbot.addWidget(room)
    room.show()
    room.combo, room.number, room.other = combo, number, other
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    other.setFocus()
    return room


@given(notches=st.integers(-9, 9).filter(bool))
@_AT_ANY_TIME
def test_a_wheel_over_a_field_without_the_keyboard_scrolls_the_page_and_changes_nothing(page, notches):
    for field in (page.combo, page.number):
        page.ensureWidgetVisible(field)
        page.verticalScrollBar().setValue(max(page.verticalScrollBar().value(), 1))
        before = page.verticalScrollBar().value()
        turn(field, notches)
        assert page.verticalScrollBar().value() != before
        assert page.other.hasFocus()
    assert (1, 50) == (page.combo.currentIndex(), page.number.value())


def test_a_closed_combo_with_the_keyboard_is_not_turned_either(page):
    page.ensureWidgetVisible(page.combo)
    page.combo.setFocus()
    turn(page.combo)

    assert 1 == page.combo.currentIndex()


def test_a_number_with_the_keyboard_is_turned(page):
    page.ensureWidgetVisible(page.number)
    page.number.setFocus()
    turn(page.number, 1)

    assert 51 == page.number.value()


def _rows_whole(combo):
    view = combo.view()
    shown = min(combo.count(), MOST_ROWS)
    first = view.indexAt(QPoint(2, 2)).row()
    rows = [view.visualRect(combo.model().index(first + at, 0)) for at in range(shown)]
    return all(view.viewport().rect().contains(QRect(0, row.top(), 1, row.height())) for row in rows)


@given(
    entries=st.integers(1, 60),
    chosen=st.integers(0, 59),
    x=st.integers(0, 760),
    y=st.floats(0, 1),
    longest=st.integers(1, 60),
)
@example(entries=2, chosen=0, x=0, y=0.0, longest=8)
@example(entries=2, chosen=1, x=700, y=1.0, longest=8)
@example(entries=10, chosen=9, x=0, y=1.0, longest=8)
@_AT_ANY_TIME
def test_a_list_shows_its_entries_whole_and_lies_on_the_screen(qapp, theme, entries, chosen, x, y, longest):
    combo = Combo()
    combo.addItems([f"{'m' * longest} {at}" for at in range(entries)])
    combo.setCurrentIndex(min(chosen, entries - 1))
    free = combo.screen().availableGeometry()
    combo.resize(200, 32)
    combo.move(free.left() + x, free.top() + int(y * (free.height() - 32)))
    combo.show()
    qapp.processEvents()
    combo.showPopup()
    qapp.processEvents()
    box = combo.view().window().geometry()
    whole, on_screen = _rows_whole(combo), free.contains(box)
    over_field = box.intersects(QRect(combo.mapToGlobal(QPoint(0, 0)), combo.size()))
    combo.hidePopup()
    combo.close()
    combo.deleteLater()

    assert on_screen, (box, free)
    assert whole or free.height() < MOST_ROWS * ROW * 2 + 100
    assert not over_field


def test_the_list_opens_with_the_keyboard_on_what_is_chosen(qapp, qtbot, theme):
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItems([str(at) for at in range(40)])
    combo.setCurrentIndex(33)
    combo.show()
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qapp.processEvents()

    view = combo.view()
    assert 33 == view.currentIndex().row()
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())
    combo.hidePopup()


@given(entries=st.integers(1, 25), y=st.floats(0, 1))
@_AT_ANY_TIME
def test_a_list_of_filters_lies_on_the_screen_and_shows_up_to_ten_whole(qapp, theme, entries, y):
    button = FilterButton(theme, "Brand", str)
    button.set_choices(range(entries))
    free = button.screen().availableGeometry()
    button.move(free.left(), free.top() + int(y * (free.height() - 40)))
    button.show()
    qapp.processEvents()
    button._open()
    qapp.processEvents()
    popup, room = button.drop_down.geometry(), button.drop_down._room
    seen = [
        box
        for box in button.boxes.values()
        if room.viewport().rect().contains(QRect(box.mapTo(room.viewport(), QPoint(0, 0)), box.size()))
    ]
    button.drop_down.close()
    button.close()
    button.deleteLater()

    assert free.contains(popup)
    assert len(seen) >= min(entries, MOST_ROWS)


def test_every_choice_and_number_of_the_program_is_one_of_these():
    stock = ("QComboBox(", "QSpinBox(", "QDoubleSpinBox(", "QSlider(")
    for path in sorted(Path("desktop").rglob("*.py")):
        if path.name != "combo.py":
            text = path.read_text(encoding="utf-8")
            assert not [word for word in stock if word in text], path


@given(words=st.text("abcdefgh ,·+1", min_size=3, max_size=60).filter(str.strip), width=st.integers(90, 320))
@_AT_ANY_TIME
def test_what_is_chosen_ends_in_dots_and_not_in_the_middle_of_a_letter(qtbot, theme, words, width):
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItem(words)
    combo.setFixedWidth(width)
    combo.show()
    with noticing_cuts() as cut:
        combo.grab()
    room, shown = (
        width - combo.minimumSizeHint().width() + combo.fontMetrics().horizontalAdvance(words),
        combo._fitting(),
    )

    assert combo.fontMetrics().horizontalAdvance(shown) <= width
    assert (shown == words) == (not cut)
    assert shown == words or (shown.endswith("…") and room < combo.fontMetrics().horizontalAdvance(words) + 40)
    combo.deleteLater()


@pytest.mark.parametrize("hint", ["Plate, make or model", "Any part of name, phone, e-mail or licence"])
def test_a_field_as_wide_as_its_hint_needs_shows_it_whole(qtbot, theme, hint):
    field = SearchField(theme, hint)
    qtbot.addWidget(field)
    field.setFixedWidth(field.hint_width)
    field.show()

    assert hint_is_whole(field)
    field.setFixedWidth(field.hint_width - 60)
    assert not hint_is_whole(field)


@given(words=st.text("abcdefghWM ,·+1", min_size=1, max_size=40).map(str.strip).filter(bool))
@_AT_ANY_TIME
def test_a_field_as_wide_as_it_asks_to_be_shows_all_of_what_is_chosen(qtbot, theme, words):
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItem(words)
    combo.setFixedWidth(combo.sizeHint().width())
    combo.show()

    assert words == combo._fitting()
    combo.deleteLater()
