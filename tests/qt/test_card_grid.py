from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QImage, QPainter
from PySide6.QtTest import QTest

from desktop.models import rows
from desktop.models.rows import Column
from desktop.models.slices import SlicesModel
from desktop.widgets import roles
from desktop.widgets.cards.car_card import CarCardText, CardPainter, CardState
from desktop.widgets.cards.card_grid import CardGrid
from desktop.widgets.cards.card_layout import GAP, MIN_CARD_WIDTH, cell_size, layout
from desktop.widgets.cards.silhouette import BODY_TYPES, Silhouettes
from desktop.widgets.loading.shimmer import ShimmerClock

CELL = QRect(24, 40, 352, 178)
LEFT, RIGHT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


def car(n=0):
    return CarCardText(
        title=f"Car {n}",
        plate=f"B-DS {1000 + n}",
        facts=("Sedan", "Petrol", "Manual", "5 seats"),
        branch="Berlin Mitte",
        price="126.00 EUR",
        per_day="42.00 EUR a day",
        badge="Free",
    )


@pytest.fixture
def clock(theme):
    clock = ShimmerClock(theme)
    yield clock
    clock.deleteLater()


@pytest.fixture
def tickets():
    return []


@pytest.fixture
def model(tickets):
    model = SlicesModel([Column("Car", lambda row: row.spoken, lambda row: row.title)], tickets.append)
    model.reset(240)
    return model


@pytest.fixture
def grid(qtbot, theme, clock, model):
    grid = CardGrid(theme, clock, lambda row: row)
    qtbot.addWidget(grid)
    grid.setModel(model)
    grid.visible_rows.connect(model.want_rows)
    grid.resize(1100, 740)
    grid.show()
    qtbot.waitExposed(grid)
    qtbot.waitUntil(lambda: grid.columns() == 3)
    return grid


def fill(model, tickets):
    for ticket in tickets:
        model.put_slice(ticket, [car(n) for n in range(ticket.first_row, ticket.first_row + ticket.size)])


def painted(theme, clock, card, state):
    image = QImage(420, 260, QImage.Format.Format_RGB32)
    image.fill(theme.tokens.surface)
    painter = QPainter(image)
    CardPainter(theme, clock).paint(painter, CELL, card, state)
    painter.end()
    return image


def ink_box(image, place, ground):
    """The smallest rect inside *place* that holds everything unlike the card's ground."""
    inside = [
        (x, y)
        for y in range(place.top(), place.bottom() + 1)
        for x in range(place.left(), place.right() + 1)
        if image.pixelColor(x, y).name() != ground
    ]
    xs, ys = [x for x, _ in inside], [y for _, y in inside]
    return QRect(min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1)


@pytest.mark.parametrize("direction", [LEFT, RIGHT])
def test_skeleton_and_fields_share_their_places(theme, clock, direction):
    places = layout(CELL, direction)
    ground = theme.tokens.raised
    state = CardState(direction=direction)
    skeleton, loaded = painted(theme, clock, None, state), painted(theme, clock, car(), state)
    starts = (places.title, places.plate, *places.facts, places.branch)
    ends = (places.price, places.per_day)

    for places_of_text, flush_left in ((starts, direction == LEFT), (ends, direction == RIGHT)):
        for place in places_of_text:
            bone, text = ink_box(skeleton, place, ground), ink_box(loaded, place, ground)
            edge = (bone.left(), text.left()) if flush_left else (bone.right(), text.right())
            assert edge[0] == pytest.approx(edge[1], abs=2)  # a letter's own side bearing
            assert bone.center().y() == pytest.approx(text.center().y(), abs=3)  # descenders
    assert places.picture == ink_box(skeleton, places.picture, ground) == ink_box(loaded, places.picture, ground)


def test_arrival_moves_no_card(qtbot, grid, model, tickets):
    before = [grid.visualRect(model.index(row, 0)) for row in range(9)]
    fill(model, tickets)
    qtbot.waitUntil(lambda: not grid._clock.running)

    assert before == [grid.visualRect(model.index(row, 0)) for row in range(9)]


def test_every_bone_lies_inside_the_card():
    places = layout(CELL)

    assert all(places.card.contains(bone) for bone in places.skeleton())
    assert 11 == len(places.skeleton())


def test_right_to_left_is_the_mirror_image():
    left, right = layout(CELL, LEFT), layout(CELL, RIGHT)

    def mirrored(rect):
        return QRect(CELL.left() + CELL.right() - rect.right(), rect.top(), rect.width(), rect.height())

    assert [mirrored(bone) for bone in left.skeleton()] == list(right.skeleton())
    assert mirrored(left.price) == right.price


@pytest.mark.parametrize(("width", "columns"), [(300, 1), (2 * (MIN_CARD_WIDTH + GAP), 2), (1092, 3), (2000, 6)])
def test_cards_fill_the_width(width, columns):
    found, cell = cell_size(width)

    assert columns == found
    assert found * cell.width() <= width < found * (cell.width() + 1)


def test_roles_are_those_of_the_models():
    names = ("ROW_ROLE", "STATE_ROLE", "TONE_ROLE", "WEIGHT_ROLE", "SPARE_ROLE")

    assert [getattr(rows, name) for name in names] == [getattr(roles, name) for name in names]


def test_light_runs_while_skeleton_are_seen_and_stops_with_the_last(qtbot, grid, model, tickets, clock):
    qtbot.waitUntil(lambda: clock.running)
    fill(model, tickets)
    qtbot.waitUntil(lambda: not clock.running)

    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: clock.running)
    grid.hide()
    assert not clock.running


def test_only_what_is_seen_is_ordered(qtbot, grid, model, tickets):
    qtbot.waitUntil(lambda: bool(tickets))
    assert [0] == [ticket.number for ticket in tickets]
    grid.scrollToBottom()
    qtbot.waitUntil(lambda: len(tickets) > 1)

    assert [0, 4] == [ticket.number for ticket in tickets]


def test_no_skeleton_before_their_time(qtbot, grid, clock):
    qtbot.waitUntil(lambda: clock.running)
    grid.set_skeleton(shown=False)

    assert not clock.running
    image = grid.viewport().grab().toImage()
    # What is read are the image's own bytes, which go with it.
    assert 1 == len(set(bytes(image.constBits()[:4000:4])))


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ([Qt.Key.Key_Right], 1),
        ([Qt.Key.Key_Down], 3),
        ([Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K], 1),
        ([Qt.Key.Key_K], 0),
        ([Qt.Key.Key_End], 239),
        ([Qt.Key.Key_End, Qt.Key.Key_Home], 0),
        ([Qt.Key.Key_PageDown, Qt.Key.Key_PageUp], 0),
    ],
)
def test_keys_move(qtbot, grid, model, tickets, keys, row):
    qtbot.waitUntil(lambda: bool(tickets))
    fill(model, tickets)
    grid.setFocus()
    grid.setCurrentIndex(model.index(0, 0))
    for key in keys:
        QTest.keyClick(grid, key)

    assert row == grid.currentIndex().row()


def test_enter_and_click_choose_the_car(qtbot, grid, model, tickets):
    qtbot.waitUntil(lambda: bool(tickets))
    fill(model, tickets)
    chosen = []
    grid.chosen.connect(lambda row: chosen.append(row.title))
    grid.setCurrentIndex(model.index(4, 0))
    QTest.keyClick(grid, Qt.Key.Key_Return)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(model.index(1, 0)).center())

    assert ["Car 4", "Car 1"] == chosen


def test_enter_on_skeleton_does_nothing_and_on_a_failure_asks_again(qtbot, grid, model, tickets):
    qtbot.waitUntil(lambda: bool(tickets))
    chosen, retried = [], []
    grid.chosen.connect(chosen.append)
    grid.retry_wanted.connect(retried.append)
    grid.setCurrentIndex(model.index(2, 0))
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert [] == retried
    model.slice_failed(tickets[0])
    QTest.keyClick(grid, Qt.Key.Key_Return)

    assert [] == chosen
    assert [2] == retried


def test_focus_is_seen(theme, clock):
    plain = painted(theme, clock, car(), CardState())
    focused = painted(theme, clock, car(), CardState(focused=True))
    ring = layout(CELL).card.adjusted(-2, 0, 0, 0)
    colour = focused.pixelColor(ring.left(), ring.center().y()).name()

    assert plain != focused
    assert theme.tokens.focus == colour


def test_screen_reader_hears_the_card_and_the_wait(qtbot, grid, model, tickets):
    def row(n):
        return QAccessible.queryAccessibleInterface(grid).child(n).text(QAccessible.Text.Name)

    assert "Loading" == row(0)
    qtbot.waitUntil(lambda: bool(tickets))
    fill(model, tickets)

    assert row(0).startswith("Car 0, Free, 126.00 EUR")


def test_each_body_type_has_its_own_drawing_and_colour():
    silhouettes = Silhouettes()
    size = layout(CELL).picture.size()
    images = [silhouettes.pixmap(body, "red", size).toImage() for body in BODY_TYPES]
    drawn = {bytes(image.constBits()) for image in images}
    red, blue = silhouettes.pixmap("suv", "red", size), silhouettes.pixmap("suv", "blue", size)

    assert len(BODY_TYPES) == len(drawn)
    assert red.toImage() != blue.toImage()
    assert silhouettes.pixmap("suv", "red", size) is red
    assert (
        silhouettes.pixmap("spaceship", "no such colour", size).toImage()
        == silhouettes.pixmap("sedan", "silver", size).toImage()
    )
