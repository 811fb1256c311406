"""Marks on a car: typed or pointed at, taken back before they are written down, drawn where they lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from builders import make_car
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.views.marks.closing_dialog import ClosingDialog
from desktop.views.marks.diagram import Dot, MarkDiagram
from desktop.views.marks.marks_dialog import MarksDialog
from desktop.words.mark_words import KINDS, SEVERITIES, mark_words, part_name
from engine.domain.car.body_parts import FULL, Place, part_at, part_named, parts_of
from engine.domain.car.body_shapes import View
from engine.domain.car.body_type import BodyType
from engine.domain.car.condition import MOST_AT_ONCE, CarMarks, Found, Mark, MarkId, MarkKind, NewMark, written

ENTER, CTRL, ALT = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
CAR = make_car(1, body=BodyType.SEDAN)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ROOF = part_named(CAR.body, "roof")
KNOWN = tuple(
    written(NewMark(ROOF.at, ROOF.id, MarkKind.DENT, 2), MarkId(f"m{n}"), CAR.id, n, Found("clerk", NOW))
    for n in (1, 2, 3)
)
MARKS = CarMarks(CAR, KNOWN)


@pytest.fixture
def dialog(qtbot, theme):
    host = QWidget()
    host.resize(1000, 760)
    qtbot.addWidget(host)
    host.show()

    def ask(marks=MARKS, new=(), *, write=True):
        made = MarksDialog(theme, marks, new, host, write=write)
        made.open()
        made.activateWindow()
        qtbot.waitUntil(made.form.line.hasFocus)
        return made

    return ask


def says(dialog, line):
    dialog.form.line.clear()
    dialog.form.line.setText(line)
    QTest.keyClick(dialog.form.line, ENTER)


def press(diagram, place, button=Qt.MouseButton.LeftButton):
    QTest.mouseClick(diagram, button, pos=diagram.point_of(place).toPoint())


def rows(dialog):
    return [dialog.form.list.item(row).text() for row in range(dialog.form.list.count())]


def test_marks_are_set_without_a_mouse_and_counted_on(dialog):
    box = dialog()
    assert (False, True) == (box.yes.isEnabled(), box.no.isDefault())

    says(box, "Tür vorne links Kratzer 2 4cm")
    says(box, "wheel front right kerbed 1")

    assert [("door-front-left", MarkKind.SCRATCH, 2, 40), ("wheel-front-right", MarkKind.KERBED, 1, None)] == [
        (each.part, each.kind, each.severity, each.mm) for each in box.new
    ]
    assert ["New mark 5: Wheel front right, Kerbed, 1", "New mark 4: Door front left, Scratch, 2 · 40 mm"] == rows(box)[
        :2
    ]
    assert ("", "Write down 2 marks") == (box.form.line.text(), box.yes.text())
    assert "3 known marks, 2 new" == box.form.diagram.accessibleDescription()
    QTest.keyClick(box.form.line, ENTER)
    assert box.pressed_yes


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("door front left, scratch", "Say how bad it is: 1, 2 or 3"),
        ("door front left, 2", "Say what it is: scratch, dent, chip, kerbed …"),
        ("scratch 2", "Say on which part: door front left"),
        ("door front left scratch 2 7", "“7” is not read."),
        ("door scratch 2", "Which part? One of these:"),
    ],
)
def test_what_is_not_told_whole_is_named_and_nothing_is_set(dialog, line, told):
    box = dialog()

    says(box, line)

    assert ((), told, line) == (box.new, box.form.said.text(), box.form.line.text())
    box.yes.setEnabled(True)
    box.yes.click()
    assert box.isVisible(), "what is still typed is not thrown away"


def test_of_parts_that_may_be_meant_one_is_chosen(dialog):
    box = dialog()
    says(box, "door scratch 2")
    offered = [each for each in box.form.near if not each.isHidden()]
    assert 3 == len(offered)
    meant = offered[0].text()
    offered[0].click()

    QTest.keyClick(box.form.line, ENTER)

    assert [meant] == [part_name(each.part) for each in box.new]


def test_after_a_press_one_types_on(dialog):
    box = dialog()
    press(box.form.diagram, part_named(CAR.body, "bonnet").at)

    QTest.keyClicks(box.form.line, "dent 1 30mm")
    QTest.keyClick(box.form.line, ENTER)

    assert [("bonnet", MarkKind.DENT, 30)] == [(each.part, each.kind, each.mm) for each in box.new]


def test_a_press_on_the_drawing_is_where_the_mark_lies(dialog):
    box = dialog()
    wing = part_named(CAR.body, "wing-front-right")
    place = Place(View.RIGHT, wing.at.x + 150, wing.at.y - 100)

    press(box.form.diagram, place)
    assert ("wing front right, ", True) == (box.form.line.text(), box.form.line.hasFocus())
    box.form.kind.setCurrentIndex(box.form.kind.findData(MarkKind.RUST))
    box.form.kind.activated.emit(0)
    box.form.severity.setCurrentIndex(box.form.severity.findData(3))
    box.form.severity.activated.emit(0)
    box.form.put.click()

    (mark,) = box.new
    assert ("wing-front-right", MarkKind.RUST, 3) == (mark.part, mark.kind, mark.severity)
    assert max(abs(mark.place.x - place.x), abs(mark.place.y - place.y)) < FULL // 50
    assert part_at(CAR.body, mark.place).id == mark.part


def test_who_then_says_another_part_means_that_one(dialog):
    box = dialog()
    press(box.form.diagram, part_named(CAR.body, "wing-front-right").at)

    says(box, "bonnet, chip, 1")

    assert part_named(CAR.body, "bonnet").at == box.new[0].place


def test_the_last_one_is_taken_back_into_the_line_and_a_written_one_is_not(dialog):
    box = dialog()
    says(box, "bonnet, chip, 1")
    says(box, "tailgate scratch 2") if part_named(CAR.body, "tailgate") else says(box, "boot lid, scratch, 2, 30 mm")

    QTest.keyClick(box.form.line, Qt.Key.Key_Z, CTRL)
    assert ("boot lid, scratch, 2, 30 mm", 1) == (box.form.line.text(), len(box.new))
    box.form.line.clear()
    box.form.list.step_to(4)
    QTest.keyClick(box.form.list, Qt.Key.Key_Delete)
    assert () == box.new
    box.form.list.step_to(2)
    QTest.keyClick(box.form.list, Qt.Key.Key_Delete)
    assert "Mark 2 is written down: it stays until it is repaired." == box.form.said.text()
    assert 3 == box.form.list.count()


def test_alt_and_an_arrow_move_the_new_one_and_no_other_within_its_view(dialog):
    box = dialog()
    says(box, "roof, dent, 1")
    before = box.new[0].place

    QTest.keyClick(box.form.line, Qt.Key.Key_Right, ALT)
    QTest.keyClick(box.form.line, Qt.Key.Key_Up, ALT)
    assert replace(before, x=before.x + FULL // 100, y=before.y - FULL // 100) == box.new[0].place
    for _ in range(200):
        box.form.nudge(1, 1)
    assert (FULL, FULL) == (box.new[0].place.x, box.new[0].place.y)


def test_marks_of_one_part_do_not_hide_each_other(dialog):
    box = dialog()
    says(box, "roof, dent, 1")
    says(box, "roof, scratch, 1")

    points = [box.form.diagram.point_of(each.place) for each in (*box.new, KNOWN[0])]
    assert all((one - other).manhattanLength() > 9 for one, other in pairwise(points))


def test_more_than_can_be_written_at_once_are_refused(dialog):
    box = dialog(new=(NewMark(ROOF.at, ROOF.id, MarkKind.DENT, 1),) * MOST_AT_ONCE)

    says(box, "roof, dent, 1")

    assert MOST_AT_ONCE == len(box.new)
    assert "40 at once are enough: write these down first." == box.form.said.text()


def test_esc_writes_nothing_down(dialog):
    box = dialog()
    says(box, "roof, dent, 1")

    QTest.keyClick(box.form.line, Qt.Key.Key_Escape)

    assert (False, False) == (box.pressed_yes, box.isVisible())


@pytest.mark.parametrize("body", BodyType)
def test_each_place_of_each_body_is_pressed_where_it_is_drawn(qtbot, theme, body):
    diagram = MarkDiagram(theme, places=True)
    qtbot.addWidget(diagram)
    diagram.resize(480, 320)
    diagram.show_body(body)
    diagram.show()

    for part in parts_of(body):
        found = diagram.place_at(diagram.point_of(part.at))
        assert (part.view, part.id) == (found.view, part_at(body, found).id)
    assert diagram.place_at(QPoint(1, 1).toPointF()) is None


def test_a_known_mark_is_a_ring_and_a_new_one_is_filled(qtbot, theme):
    diagram = MarkDiagram(theme)
    qtbot.addWidget(diagram)
    diagram.resize(640, 420)
    diagram.show_body(BodyType.VAN)
    places = [Place(View.TOP, 2000, 5000), Place(View.TOP, 6000, 5000)]
    diagram.show_dots([Dot(1, places[0]), Dot(2, places[1], new=True)])
    diagram.show()
    picture = diagram.grab().toImage()

    def colour(place):
        point = diagram.point_of(place).toPoint() + QPoint(6, 0)
        return picture.pixelColor(point * picture.devicePixelRatio()).name()

    assert [theme.tokens.raised, theme.tokens.warning] == [colour(place) for place in places]


def test_every_part_kind_and_severity_has_words():
    parts = {part.id for body in BodyType for part in parts_of(body)}

    assert set() == {part for part in parts if part_name(part) == part}
    assert (set(MarkKind), {1, 2, 3}) == (set(KINDS), set(SEVERITIES))


@pytest.mark.parametrize("follows", [True, False])
def test_a_mark_is_closed_with_a_reason_only(qtbot, theme, follows):
    box = ClosingDialog(theme, CAR, KNOWN[0], follows=follows)
    qtbot.addWidget(box)
    box.show()
    assert (False, "Say why first.") == (box.yes.isEnabled(), box.yes.toolTip())
    assert mark_words(KNOWN[0]) in box.told

    box.why.setText("painted")
    assert box.yes.isEnabled()
    if follows:
        assert "roof, dent, 2" == box.line.text()
        box.line.setText("roof, dent")
        assert not box.yes.isEnabled()
        box.line.setText("roof, dent, 3, 80 mm")
        assert NewMark(KNOWN[0].place, "roof", MarkKind.DENT, 3, 80) == box.new
    box.yes.click()
    assert box.pressed_yes


def test_what_is_counted_on_is_above_all_that_the_car_ever_had():
    closed = replace(KNOWN[2], n=9)

    assert (10, 1) == (CarMarks(CAR, (KNOWN[0], closed)).next_n, CarMarks(CAR).next_n)
    assert isinstance(closed, Mark)
