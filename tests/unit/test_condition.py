"""Marks on a car: read from a line, placed on the drawing of each body, and followed instead of edited."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.domain.car.body_parts import FULL, Place, part_at, part_named, parts_of, place_beside, width_of
from engine.domain.car.body_shapes import HIGH, View
from engine.domain.car.body_type import BodyType
from engine.domain.car.condition import (
    Ended,
    Found,
    FoundWhen,
    MarkKind,
    MarkState,
    NewMark,
    ended_so,
    followed,
    repaired,
    sound,
    written,
)
from engine.domain.car.mark_line import LONGEST, read_mark
from engine.domain.shared.errors import InvalidText, Overtaken

DRAWINGS = Path(__file__).parents[2] / "resources" / "condition"
EVERY_BODY = pytest.mark.parametrize("body", BodyType)
#: Without rear doors.
TWO_DOORS = {BodyType.COUPE, BodyType.CONVERTIBLE}
NEW = NewMark(Place(View.LEFT, 4000, 6000), "door-front-left", MarkKind.SCRATCH, 2)
NOON = datetime(2026, 12, 9, tzinfo=UTC)
MARK = written(NEW, "m1", "c1", 7, Found("clerk", NOON, "a1", 1, FoundWhen.OUT))
ENDED = Ended("admin", NOON, "painted")

READ = """
door front left, scratch, 2          | door-front-left scratch 2
Door Front Left, Scratch, 2, 40 mm   | door-front-left scratch 2 40
scratch 2 left front door            | door-front-left scratch 2
fl door 1 dent                       | door-front-left dent 1
Tür vorne links, Kratzer, 2          | door-front-left scratch 2
tuer vl kratzer 2 4cm                | door-front-left scratch 2 40
wheel front right kerbed 2           | wheel-front-right kerbed 2
Felge vr Bordstein 2                 | wheel-front-right kerbed 2
bumper rear, dent, 3                 | bumper-rear dent 3
bumper rear left scratch 1           | bumper-rear-left scratch 1
Stoßstange hinten links Schramme 1   | bumper-rear-left scuff 1
stossstange vorne delle 1            | bumper-front dent 1
windscreen crack 3                   | windscreen crack 3
Frontscheibe Steinschlag 1           | windscreen chip 1
bonnet chip 1                        | bonnet chip 1
Motorhaube Delle 2                   | bonnet dent 2
wing left dent 2                     | wing-front-left dent 2
Kotflügel rechts Rost 1              | wing-front-right rust 1
quarter panel right scratch 1        | panel-rear-right scratch 1
mirror left broken 3                 | mirror-left broken 3
Spiegel rechts fehlt 3               | mirror-right missing 3
headlamp right cracked 3             | headlamp-right crack 3
Rücklicht links kaputt 3             | taillamp-left broken 3
number plate front missing 3         | plate-front missing 3
seat rear right stain 2              | seat-rear-right stain 2
vordersitz links brandloch 1         | seat-front-left burn 1
steering wheel torn 1                | steering-wheel tear 1
"""


def lines(corpus):
    return [tuple(part.strip() for part in line.split("|")) for line in corpus.strip().splitlines()]


@EVERY_BODY
@pytest.mark.parametrize(("typed", "expected"), lines(READ))
def test_a_mark_is_read_by_the_name_of_its_part_on_each_body(body, typed, expected):
    read = read_mark(typed, body)

    assert read.whole, read
    assert expected == " ".join(str(each) for each in (read.part.id, read.kind, read.severity, read.mm) if each)


@EVERY_BODY
def test_a_door_that_there_are_two_of_is_asked_about(body):
    read = read_mark("door left scratch 2", body)
    parts = {part.id for part in parts_of(body)}

    if body in TWO_DOORS:
        assert ("door-front-left", False) == (read.part.id, "door-rear-left" in parts)
    else:
        assert read.part is None
        assert {"door-front-left", "door-rear-left"} == {part.id for part in read.near[:2]}


@EVERY_BODY
@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("dor front left scratch 2", "door-front-left"),
        ("bumpr rear dent 1", "bumper-rear"),
        ("stosstange hinten links delle 1", "bumper-rear-left"),
        ("winscreen crack 2", "windscreen"),
        ("spigel rechts kaputt 2", "mirror-right"),
    ],
)
def test_of_a_part_that_is_unknown_the_three_nearest_are_offered(body, typed, nearest):
    read = read_mark(typed, body)

    assert (None, 3, nearest) == (read.part, len(read.near), read.near[0].id)
    assert not read.whole


@EVERY_BODY
def test_what_closes_the_boot_may_be_called_either_way(body):
    found = {read_mark(typed, body).part.id for typed in ("boot dent 1", "Heckklappe Delle 1", "trunk lid dent 1")}

    assert len(found) == 1
    assert found <= {"boot-lid", "tailgate"}


@pytest.mark.parametrize(
    ("typed", "unread"),
    [
        ("roof dent 4", ["4"]),
        ("roof dent 0", ["0"]),
        ("roof dent 1 2", ["2"]),
        ("roof dent scratch 1", ["scratch"]),
        ("roof dent 1 5mm 6mm", ["6"]),
        ("roof dent 1 0mm", ["0mm"]),
        ("roof dent 1 2000 cm", ["2000"]),
        ("x" * (LONGEST + 1), ["x" * LONGEST]),
    ],
)
def test_what_is_not_read_is_named_and_nothing_is_set(typed, unread):
    read = read_mark(typed, BodyType.HATCHBACK)

    assert (unread, False) == (list(read.unread), read.whole)


@pytest.mark.parametrize("typed", ["", "roof", "dent 2", "roof 2", "roof dent", "   ", "roof dent 40mm"])
def test_a_mark_that_is_not_told_whole_is_not_set(typed):
    assert not read_mark(typed, BodyType.HATCHBACK).whole


PIECES = st.sampled_from("door left v mm 2 40mm kratzer bed 0 ½ \u202e rad".split(" "))


@given(text=st.text(max_size=60) | st.lists(PIECES, max_size=8).map(" ".join))
@example("mm")
@example("4 mm mm")
def test_any_text_has_an_answer_of_a_known_part(text):
    read = read_mark(text, BodyType.VAN)

    assert read.part is None or not read.near
    assert len(read.near) in (0, 3)


# Where the parts lie.


@EVERY_BODY
def test_each_part_is_found_where_its_marks_are_set(body):
    assert [part.id for part in parts_of(body)] == [part_at(body, part.at).id for part in parts_of(body)]
    assert len({part.id for part in parts_of(body)}) == len(parts_of(body))


@EVERY_BODY
def test_no_part_reaches_out_of_its_view(body):
    assert all(0 <= at <= FULL for part in parts_of(body) for corner in part.region for at in corner)
    assert {part.view for part in parts_of(body)} == set(View)


@EVERY_BODY
def test_the_left_side_is_the_right_one_seen_the_other_way(body):
    for part in parts_of(body):
        if part.view is View.LEFT:
            other = part_named(body, part.id.replace("left", "right"))
            assert [(FULL - x, y) for x, y in part.region] == list(other.region)


def test_a_point_beside_the_car_is_of_the_nearest_part():
    assert "wheel-front-right" == part_at(BodyType.SEDAN, Place(View.RIGHT, 7700, FULL)).id


@EVERY_BODY
def test_the_drawing_has_each_part_where_it_lies(body):
    drawn = ET.parse(DRAWINGS / f"{body}.svg").getroot()  # noqa: S314 -- our own file
    by_id = {each.get("id"): each for each in drawn.iter() if each.get("id")}

    assert set(View) <= by_id.keys()
    for part in parts_of(body):
        across, down = width_of(part.view) / FULL, HIGH / FULL
        meant = [f"{x * across:g},{y * down:g}" for x, y in part.region]
        assert meant == by_id[f"{part.view}-{part.id}"].get("points").split()


# A mark is never edited.


def test_a_mark_of_a_part_of_the_body_is_sound():
    assert NEW == sound(NEW, BodyType.HATCHBACK)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"place": Place(View.LEFT, -1, 0)}, "x"),
        ({"place": Place(View.LEFT, 0, FULL + 1)}, "y"),
        ({"place": Place(View.LEFT, 0.5, 0)}, "x"),
        ({"place": Place(View.REAR, 0, 0)}, "part"),
        ({"severity": 0}, "severity"),
        ({"severity": 4}, "severity"),
        ({"severity": True}, "severity"),
        ({"mm": 0}, "mm"),
        ({"mm": 10_000}, "mm"),
        ({"part": "wing"}, "part"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_by_its_field(changes, field):
    with pytest.raises(InvalidText) as refused:
        sound(replace(NEW, **changes), BodyType.HATCHBACK)

    assert field == refused.value.field


def test_a_coupe_has_no_rear_door_to_mark():
    rear = replace(NEW, part="door-rear-left")

    assert rear == sound(rear, BodyType.SEDAN)
    with pytest.raises(InvalidText):
        sound(rear, BodyType.COUPE)


def test_a_mark_is_followed_by_another_and_stays_as_it_was_found():
    longer = replace(MARK, id="m2", n=8, mm=80)
    old, new = followed(MARK, longer, ENDED)

    assert replace(MARK, state=MarkState.SUPERSEDED, ended=ENDED) == old
    assert replace(longer, follows="m1") == new
    assert (False, True) == (old.is_open, new.is_open)


def test_what_is_closed_is_not_followed_again():
    for closed in (repaired(MARK, ENDED), followed(MARK, replace(MARK, id="m2"), ENDED)[0]):
        with pytest.raises(Overtaken):
            repaired(closed, ENDED)
        with pytest.raises(Overtaken):
            followed(closed, replace(MARK, id="m3"), ENDED)


def test_nobody_closes_a_mark_without_saying_why():
    with pytest.raises(InvalidText) as refused:
        ended_so("admin", NOON, "  ")

    assert "why" == refused.value.field


@pytest.mark.parametrize(
    "changes", [{"id": "m1"}, {"id": "m2", "car_id": "c2"}, {"id": "m2", "state": MarkState.REPAIRED}]
)
def test_only_an_open_mark_of_the_same_car_takes_its_place(changes):
    with pytest.raises(InvalidText):
        followed(MARK, replace(MARK, **changes), ENDED)


@EVERY_BODY
def test_marks_of_one_part_that_are_set_by_its_name_lie_beside_each_other(body):
    for part in parts_of(body):
        first = place_beside(body, part, ())
        second = place_beside(body, part, (first, replace(first, view=View.INSIDE)))

        assert first == part.at
        assert second.view is part.view
        if second != first:
            assert part_at(body, second) == part

    door = part_named(body, "door-front-left")
    assert place_beside(body, door, (door.at,)) != door.at
