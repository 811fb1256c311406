"""The measures of each body as it is drawn, and where its parts lie in each view.

A view is 400 wide and 168 high, front and rear 200 wide; ``resources/condition`` is drawn by the same numbers
(``build/condition_drawings.py``). Seen from the right a car drives to the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

from engine.domain.car.body_type import BodyType

WIDE, NARROW, HIGH = 400, 200, 168
#: The middle of what is seen from ahead or behind, and of what is seen from above.
MIDDLE, AXIS = 100, 84
XY = tuple[float, float]
Polygon = tuple[XY, ...]


class View(StrEnum):
    """From where a car is looked at."""

    LEFT = auto()
    RIGHT = auto()
    FRONT = auto()
    REAR = auto()
    TOP = auto()
    INSIDE = auto()


#: Where each view begins in the drawing of a body, which is two views wide and three high.
CORNERS: Mapping[View, tuple[int, int]] = MappingProxyType(
    {
        View.LEFT: (0, 0),
        View.RIGHT: (WIDE, 0),
        View.FRONT: (0, HIGH),
        View.REAR: (NARROW, HIGH),
        View.TOP: (WIDE, HIGH),
        View.INSIDE: (0, 2 * HIGH),
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Of the right side in x from the tail to the nose and in y from above.

    Attributes:
        rear_door: Where the rear door begins; None where there is none.
        pillar, door_end: Where the front door begins and ends.
        roof_from, roof_to: Of the roof, or of a folded one.
        windscreen: Where its foot is.
        lamp, tail: Of the lamps: left, top, right, bottom.
        half: Of the width from ahead.
    """

    rear: float
    nose: float
    roof: float
    belt: float
    sill: float
    bottom: float
    wheels: tuple[float, float]
    wheel_y: float
    wheel: float
    rear_door: float | None
    pillar: float
    door_end: float
    roof_from: float
    roof_to: float
    windscreen: float
    lamp: tuple[float, float, float, float]
    tail: tuple[float, float, float, float]
    mirror: XY
    half: float
    boot_lid: bool = False
    open_roof: bool = False
    load_bed: bool = False


SHAPES: Mapping[BodyType, Shape] = MappingProxyType(
    {
        BodyType.HATCHBACK: Shape(
            53, 346, 52, 88, 139, 146, (112, 292), 134, 24, 132, 173, 259, 92, 198, 260,
            (321, 100, 343, 115), (54, 88, 68, 108), (241, 87), 62,
        ),
        BodyType.SEDAN: Shape(
            31, 369, 54, 87, 139, 146, (110, 308), 134, 24, 116, 183, 275, 142, 218, 280,
            (345, 99, 366, 113), (32, 92, 56, 104), (261, 86), 63, boot_lid=True,
        ),
        BodyType.ESTATE: Shape(
            31, 369, 53, 87, 139, 146, (110, 308), 134, 24, 119, 183, 275, 66, 218, 280,
            (345, 99, 366, 113), (32, 88, 46, 108), (261, 86), 63,
        ),
        BodyType.SUV: Shape(
            34, 366, 37, 79, 130, 141, (104, 302), 132, 26, 113, 179, 266, 64, 212, 270,
            (342, 89, 363, 106), (35, 79, 48, 104), (253, 77), 70,
        ),
        BodyType.CONVERTIBLE: Shape(
            34, 364, 62, 92, 139, 146, (110, 304), 134, 24, None, 157, 275, 84, 152, 279,
            (339, 101, 361, 115), (35, 95, 58, 109), (257, 89), 63, boot_lid=True, open_roof=True,
        ),
        BodyType.COUPE: Shape(
            34, 365, 60, 89, 138, 146, (110, 306), 134, 24, None, 170, 277, 138, 220, 278,
            (340, 101, 362, 115), (35, 96, 58, 110), (260, 90), 63, boot_lid=True,
        ),
        BodyType.VAN: Shape(
            20, 380, 18, 80, 137, 144, (88, 312), 132, 26, 168, 230, 335, 36, 262, 344,
            (352, 86, 376, 104), (21, 84, 32, 112), (322, 75), 72,
        ),
        BodyType.PICKUP: Shape(
            11, 389, 35, 79, 132, 140, (90, 324), 131, 27, 148, 202, 287, 164, 236, 280,
            (364, 87, 386, 105), (11, 88, 22, 114), (263, 76), 70, load_bed=True,
        ),
    }
)  # fmt: skip


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def mirrored(polygon: Polygon, width: float) -> Polygon:
    return tuple((width - x, y) for x, y in polygon)


def side(shape: Shape) -> Iterator[tuple[str, Polygon]]:
    """The parts of the right side, by their names without it."""
    behind, ahead = shape.wheels
    arch, low = shape.wheel + 6, shape.wheel_y - 8
    yield "wheel-rear", _round(behind, shape.wheel_y, shape.wheel)
    yield "wheel-front", _round(ahead, shape.wheel_y, shape.wheel)
    yield "headlamp", box(*shape.lamp)
    yield "taillamp", box(*shape.tail)
    x, y = shape.mirror
    yield "mirror", box(x - 8, y - 6, x + 8, y + 6)
    yield "sill", box(behind + arch, shape.sill, ahead - arch, shape.bottom)
    yield "wing-front", _wing(shape, ahead, arch, low)
    back = shape.rear_door if shape.rear_door is not None else shape.pillar
    yield "panel-rear", (
        (shape.tail[2], shape.belt + 3), (back, shape.belt + 3), (back, low - 4), (behind + arch - 2, low),
        (behind, shape.wheel_y - arch), (behind - arch + 2, low), (shape.tail[2], low),
    )  # fmt: skip
    yield "door-front", _front_door(shape, ahead, arch, low)
    if shape.rear_door is not None:
        yield "door-rear", (
            (back, shape.belt), (shape.pillar, shape.belt), (shape.pillar, shape.sill),
            (max(behind + arch, back), shape.sill), (max(behind + arch, back), low), (back, low - 6),
        )  # fmt: skip
    yield from _side_windows(shape)


def _front_door(shape: Shape, ahead: float, arch: float, low: float) -> Polygon:
    """A van's is above the wheel."""
    above = shape.wheel_y - arch
    ends_at: Polygon = ((shape.door_end, low),)
    if shape.door_end > ahead:
        ends_at = ((shape.door_end, above), (ahead, above), (ahead - arch + 2, low))
    return (
        (shape.pillar, shape.belt), (shape.door_end, shape.belt + 3), *ends_at, (ahead - arch, shape.sill),
        (shape.pillar, shape.sill),
    )  # fmt: skip


def _wing(shape: Shape, ahead: float, arch: float, low: float) -> Polygon:
    left, upper, _, lower = shape.lamp
    begin = (shape.door_end + 2, shape.belt + 5)
    if shape.door_end > ahead:
        return (
            begin,
            (left, upper),
            (left, lower),
            (ahead + arch, low),
            (shape.door_end + 2, shape.wheel_y - arch + 6),
        )
    return (
        begin, (left, upper), (ahead + arch, lower), (ahead + arch - 3, low), (ahead, shape.wheel_y - arch),
        (ahead - arch + 2, low), (shape.door_end + 2, low),
    )  # fmt: skip


def _side_windows(shape: Shape) -> Iterator[tuple[str, Polygon]]:
    if shape.open_roof:
        return
    top, foot = shape.roof + 7, shape.belt - 2
    yield (
        "window-front",
        ((shape.pillar + 3, top), (shape.roof_to, top), (shape.door_end - 12, foot), (shape.pillar + 3, foot)),
    )
    begin = shape.rear_door if shape.rear_door is not None else shape.roof_from - 28
    yield (
        "window-rear",
        ((max(begin + 4, shape.roof_from), top), (shape.pillar - 3, top), (shape.pillar - 3, foot), (begin + 4, foot)),
    )


def ends(shape: Shape, *, front: bool) -> Iterator[tuple[str, Polygon]]:
    """The parts of the front or the rear, those of the right and the left half by their whole names."""
    half, lamp = shape.half, shape.lamp if front else shape.tail
    high, low = max(lamp[3] + 4, shape.belt + 24), shape.bottom - 2
    where, name = ("front", "headlamp") if front else ("rear", "taillamp")
    yield f"plate-{where}", box(MIDDLE - 21, high + 3, MIDDLE + 21, high + 14)
    yield f"bumper-{where}", box(MIDDLE - half * 0.5, high + 15, MIDDLE + half * 0.5, low)
    inner = half * 0.52
    for right in (True, False):
        # From ahead the car's right is on the left hand.
        turned = right is front
        edge = "right" if right else "left"
        corner = box(MIDDLE - half, high, MIDDLE - half * 0.5, low)
        lit = box(MIDDLE - half + 3, lamp[1], MIDDLE - inner, min(lamp[3], high - 1))
        yield f"bumper-{where}-{edge}", corner if turned else mirrored(corner, NARROW)
        yield f"{name}-{edge}", lit if turned else mirrored(lit, NARROW)
    if front:
        yield "grille", box(MIDDLE - half * 0.42, lamp[1] + 1, MIDDLE + half * 0.42, min(lamp[3], high - 1))
    elif shape.boot_lid:
        yield "boot-lid", box(MIDDLE - half * 0.5, shape.belt + 4, MIDDLE + half * 0.5, high - 2)
    else:
        yield "tailgate", box(MIDDLE - half * 0.5, shape.belt + 3, MIDDLE + half * 0.5, high - 2)
    if front or not shape.open_roof:
        top = shape.roof + 6
        yield "windscreen" if front else "rear-window", (
            (MIDDLE - half * 0.66, top), (MIDDLE + half * 0.66, top),
            (MIDDLE + half * 0.84, shape.belt - 2), (MIDDLE - half * 0.84, shape.belt - 2),
        )  # fmt: skip


def top(shape: Shape) -> Iterator[tuple[str, Polygon]]:
    half = shape.half * 0.86
    yield "bonnet", box(shape.windscreen + 6, AXIS - half + 6, shape.nose - 10, AXIS + half - 6)
    if shape.open_roof:
        yield "soft-top", box(shape.roof_from, AXIS - half + 8, shape.roof_to, AXIS + half - 8)
    else:
        yield "roof", box(shape.roof_from + 12, AXIS - half + 9, shape.roof_to - 4, AXIS + half - 9)
    if shape.load_bed:
        yield "load-bed", box(shape.rear + 8, AXIS - half + 6, 142, AXIS + half - 6)


def inside(shape: Shape) -> Iterator[tuple[str, Polygon]]:
    half, front = shape.half * 0.78, shape.door_end - 34
    yield "dashboard", box(front + 14, AXIS - half, front + 38, AXIS + half)
    yield "steering-wheel", _round(front + 6, AXIS - half * 0.5, 9)
    seats = {"front": front - 52, "rear": front - 112}
    for row, x in seats.items():
        yield f"seat-{row}-left", box(x, AXIS - half + 4, x + 42, AXIS - 5)
        yield f"seat-{row}-right", box(x, AXIS + 5, x + 42, AXIS + half - 4)
    yield "floor", box(front - 10, AXIS - half + 2, front + 14, AXIS + half - 2)
    if not shape.load_bed:
        yield "load-space", box(max(shape.rear + 10, front - 176), AXIS - half + 2, front - 118, AXIS + half - 2)


def _round(x: float, y: float, radius: float) -> Polygon:
    near = radius * 0.41
    return (
        (x - near, y - radius), (x + near, y - radius), (x + radius, y - near), (x + radius, y + near),
        (x + near, y + radius), (x - near, y + radius), (x - radius, y + near), (x - radius, y - near),
    )  # fmt: skip
