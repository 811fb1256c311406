"""The parts of a car that a mark can be on: where each lies, and which one lies where somebody points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import NewType

from engine.domain.car.body_shapes import (
    HIGH,
    NARROW,
    SHAPES,
    WIDE,
    XY,
    Polygon,
    Shape,
    View,
    ends,
    inside,
    mirrored,
    side,
    top,
)
from engine.domain.car.body_type import BodyType

#: Such as ``door-front-left``.
PartId = NewType("PartId", str)
#: Places in a view count from its upper left corner up to this, in both directions.
FULL = 10_000
_GRID = 24
#: Nearer to each other, as things are drawn, two marks look like one.
_APART = 34
#: Where the next one is looked for, in such steps, the middle first.
_AROUND = sorted(product(range(-4, 5), repeat=2), key=lambda step: (step[0] ** 2 + step[1] ** 2, step))


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a view. Attributes: ``x``, ``y`` from 0 to ``FULL``."""

    view: View
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Part:
    """Attributes: ``region`` are the corners of what of ``view`` it takes, as of a ``Place``; ``at`` is well within."""

    id: PartId
    view: View
    region: tuple[tuple[int, int], ...]
    at: Place


def width_of(view: View) -> int:
    """In the units of ``body_shapes``."""
    return NARROW if view in (View.FRONT, View.REAR) else WIDE


@cache
def parts_of(body: BodyType) -> tuple[Part, ...]:
    """All that a mark on such a car can be on; each part has one view."""
    return tuple(_part(PartId(name), view, polygon) for name, view, polygon in _regions(SHAPES[body]))


def part_named(body: BodyType, part_id: PartId) -> Part | None:
    return next((part for part in parts_of(body) if part.id == part_id), None)


def part_at(body: BodyType, place: Place) -> Part | None:
    """The smallest part around *place*, else the one whose middle is nearest; None in a view without parts."""
    here = [part for part in parts_of(body) if part.view is place.view]
    around = [part for part in here if _within(place.x, place.y, part.region)]
    if around:
        return min(around, key=lambda part: abs(_area(part.region)))
    return min(here, key=lambda part: _distance(place, part.at), default=None)


def place_beside(body: BodyType, part: Part, taken: Iterable[Place]) -> Place:
    """Where in *part* another mark can be told from those that are *taken*; its middle where there is no room."""
    across, down = FULL / width_of(part.view), FULL / HIGH
    others = [place for place in taken if place.view is part.view]
    for right, low in _AROUND:
        place = Place(part.view, part.at.x + round(right * _APART * across), part.at.y + round(low * _APART / 2 * down))
        apart = all(
            ((place.x - each.x) / across) ** 2 + ((place.y - each.y) / down) ** 2 >= _APART**2 for each in others
        )
        if apart and _within(place.x, place.y, part.region) and part_at(body, place) == part:
            return place
    return part.at


def _regions(shape: Shape) -> Iterator[tuple[str, View, Polygon]]:
    for name, polygon in side(shape):
        if name in ("headlamp", "taillamp"):
            continue  # those are seen from ahead and from behind
        yield f"{name}-left", View.LEFT, mirrored(polygon, WIDE)
        yield f"{name}-right", View.RIGHT, polygon
    for view, found in (
        (View.FRONT, ends(shape, front=True)),
        (View.REAR, ends(shape, front=False)),
        (View.TOP, top(shape)),
        (View.INSIDE, inside(shape)),
    ):
        for name, polygon in found:
            yield name, view, polygon


def _part(part_id: PartId, view: View, polygon: Polygon) -> Part:
    across, down = FULL / width_of(view), FULL / HIGH
    x, y = _middle(polygon)
    region = tuple((round(x * across), round(y * down)) for x, y in polygon)
    return Part(part_id, view, region, Place(view, round(x * across), round(y * down)))


def _middle(polygon: Polygon) -> XY:
    """The point of a grid that is farthest from all edges: a part may be bent around a wheel. Of equals the midmost."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    left, upper, wide, high = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    steps = range(1, _GRID)
    points = [(left + wide * across / _GRID, upper + high * down / _GRID) for across, down in product(steps, steps)]

    def middling(point: XY) -> tuple[float, float]:
        off = (point[0] - left - wide / 2) ** 2 + (point[1] - upper - high / 2) ** 2
        return round(min(_to_edge(point, one, other) for one, other in pairwise((*polygon, polygon[0]))), 3), -off

    return max((point for point in points if _within(*point, polygon)), key=middling)


def _to_edge(point: XY, one: XY, other: XY) -> float:
    (x, y), (x1, y1), (x2, y2) = point, one, other
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) if length else 0.0
    return (x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2


def _within(x: float, y: float, region: Polygon) -> bool:
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise((*region, region[0])):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed += 1
    return crossed % 2 == 1


def _area(region: tuple[tuple[int, int], ...]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise((*region, region[0]))) / 2


def _distance(one: Place, other: Place) -> int:
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2
