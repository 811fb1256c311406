"""A list and the panel beside it are at one record, whatever the person or another desk does."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.widgets.cards.car_card import CarCardText
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.frame.follow import Follow, Shows
from desktop.widgets.frame.side_panel import SidePanel
from desktop.widgets.loading.shimmer import ShimmerClock
from desktop.widgets.table.record_table import RecordTable

_ANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_KEYS = (Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End)


def _card(letter):
    facts = ("Sedan", "Petrol", "Manual", "5 seats")
    return CarCardText(letter, letter, facts, "Berlin Mitte", "126.00 EUR", "42.00 EUR a day", "Free")


class Listed(QWidget):
    """A list of letters with a panel beside it that shows one of them."""

    def __init__(self, theme, *, cards):
        super().__init__()
        self.clock = ShimmerClock(theme)
        self.model = SlicesModel([Column("Letter", str, str)], lambda _ticket: None, 100)
        self.held = False
        if cards:
            self.list = CardGrid(theme, self.clock, _card)
        else:
            self.list = RecordTable(theme, self.clock)
        self.list.setModel(self.model)
        room = QHBoxLayout(self)
        room.addWidget(self.list)
        self.panel = SidePanel(theme, self, "Letter")
        self.inside = QPushButton("In the panel")
        self.panel.set_content(self.inside)
        self.list.chosen.connect(self.show_letter)
        shows = Shows(self.panel, lambda: self.panel.showing, held=lambda: self.held)
        self.follow = Follow(self.list, lambda row: row, shows)
        self.resize(1100, 700)

    def put(self, rows, *, again=False):
        (self.model.renew if again else self.model.reset)(len(rows))
        self.model.put_slice(self.model.ticket(0), tuple(rows))

    def show_letter(self, letter):
        self.panel.showing = letter
        self.panel.open(self.inside)

    def click(self, at):
        view = self.list
        where = view.visualRect(self.model.index(at, 0)).center()
        view.scrollTo(self.model.index(at, 0))
        where = view.visualRect(self.model.index(at, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))

    def marked(self):
        return [self.model.row_at(index.row()) for index in self.list.selectionModel().selectedRows(0)]


@pytest.fixture(params=[False, True], ids=["table", "cards"])
def listed(request, qtbot, theme):
    theme.reduce_motion(reduced=True)
    made = Listed(theme, cards=request.param)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.clock.deleteLater()


def test_one_click_opens_and_another_row_takes_its_place(listed):
    listed.put("abcdef")
    listed.click(0)
    assert (["a"], "a") == (listed.marked(), listed.panel.showing)
    listed.click(2)
    assert (["c"], "c") == (listed.marked(), listed.panel.showing)


def test_keys_in_the_list_take_the_panel_along_and_the_keyboard_stays(listed):
    listed.put("abcdef")
    listed.click(0)
    listed.list.setFocus()
    QTest.keyClick(listed.list, Qt.Key.Key_J)

    assert (["b"], "b") == (listed.marked(), listed.panel.showing)
    assert listed.list.hasFocus()


def test_a_panel_with_something_filled_in_stays_and_so_does_the_mark(listed):
    listed.put("abcdef")
    listed.click(1)
    listed.held = True
    listed.list.setFocus()
    QTest.keyClick(listed.list, Qt.Key.Key_J)

    assert (["b"], "b") == (listed.marked(), listed.panel.showing)


def test_a_row_that_is_gone_marks_no_other_in_its_place(listed, qapp):
    listed.put("abcdef")
    listed.click(2)
    listed.put("abdef", again=True)
    qapp.processEvents()

    assert ([], "c") == (listed.marked(), listed.panel.showing)


_DEEDS = st.one_of(
    st.tuples(st.just("click"), st.integers(0, 9)),
    st.tuples(st.just("key"), st.sampled_from(_KEYS)),
    st.tuples(
        st.just("list"), st.permutations("abcdefghij").flatmap(lambda p: st.integers(1, 10).map(lambda n: p[:n]))
    ),
    st.tuples(st.just("panel"), st.sampled_from("abcdefghij")),
    st.tuples(st.just("close"), st.none()),
)


@given(deeds=st.lists(_DEEDS, max_size=12), again=st.booleans())
@_ANY
def test_whatever_happens_the_open_panel_and_the_mark_agree(listed, qapp, deeds, again):
    rows = list("abcdefghij")
    listed.panel.close_panel()
    listed.put(rows)
    for deed, what in deeds:
        if deed == "click" and what < len(rows):
            listed.click(what)
        elif deed == "key":
            listed.list.setFocus()
            QTest.keyClick(listed.list, what)
        elif deed == "list":
            rows = what
            listed.put(rows, again=again)
        elif deed == "panel":
            listed.show_letter(what)
            listed.follow.refresh()
        elif deed == "close":
            listed.panel.close_panel()
        qapp.processEvents()
        if listed.panel.is_open:
            shown = listed.panel.showing
            assert listed.marked() == ([shown] if shown in rows else [])
