# noqa: INP001 -- a script, no package
"""Draws ``resources/condition``, a file for each body with its six views: run it without arguments.

The sides are those of ``resources/cars``; all else is drawn by the measures of ``engine.domain.car.body_shapes``.
Each view is a group with its name; each part of it is a path that is not seen, with the name of view and part.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.domain.car.body_parts import parts_of, width_of  # noqa: E402 -- where the program lies is known from here
from engine.domain.car.body_shapes import (  # noqa: E402 -- as above
    AXIS,
    CORNERS,
    HIGH,
    MIDDLE,
    SHAPES,
    WIDE,
    Polygon,
    Shape,
    View,
    box,
    ends,
    inside,
    top,
)
from engine.domain.car.body_type import BodyType  # noqa: E402 -- as above

LINE, DARK, TYRE, GLASS, LIT, RED, SEAT = "#5f6875", "#3a414b", "#1d2127", "#2a3442", "#f4f0dc", "#c2342c", "#59626f"
DEFS = (
    '<defs><linearGradient id="paint" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#d0d6de"/>'
    '<stop offset="0.5" stop-color="#aab2be"/><stop offset="1" stop-color="#7f8895"/></linearGradient>'
    '<linearGradient id="glass" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#56657a"/>'
    '<stop offset="1" stop-color="#2a3442"/></linearGradient></defs>'
)


def drawing(body: BodyType) -> str:
    shape = SHAPES[body]
    sides = _side_of(body)
    art = {
        View.LEFT: [f'<g transform="translate({WIDE} 0) scale(-1 1)">{sides}</g>'],
        View.RIGHT: [sides],
        View.FRONT: _end(shape, front=True),
        View.REAR: _end(shape, front=False),
        View.TOP: _top(shape),
        View.INSIDE: _inside(shape),
    }
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDE} {3 * HIGH}">', DEFS]
    for view, (x, y) in CORNERS.items():
        lines += [
            f'<g id="{view}" transform="translate({x} {y})">',
            _frame(view),
            *art[view],
            *_regions(body, view),
            "</g>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def _frame(view: View) -> str:
    return f'<rect width="{width_of(view)}" height="{HIGH}" fill="#000000" fill-opacity="0"/>'


def _regions(body: BodyType, view: View) -> Iterator[str]:
    across, down = width_of(view) / 10_000, HIGH / 10_000
    for part in parts_of(body):
        if part.view is view:
            corners = " ".join(f"{x * across:g},{y * down:g}" for x, y in part.region)
            yield f'<polygon id="{view}-{part.id}" points="{corners}" fill="#000000" fill-opacity="0"/>'


def _side_of(body: BodyType) -> str:
    drawn = (ROOT / "resources/cars" / f"{body}.svg").read_text(encoding="utf-8")
    return re.sub(r"<title>.*?</title>|<defs>.*?</defs>|</?svg[^>]*>", "", drawn, flags=re.DOTALL).strip()


def _filled(polygon: Polygon, fill: str, edge: str = LINE, wide: float = 1.2) -> str:
    corners = " ".join(f"{x:g},{y:g}" for x, y in polygon)
    return (
        f'<polygon points="{corners}" fill="{fill}" stroke="{edge}" stroke-width="{wide:g}" stroke-linejoin="round"/>'
    )


def _rounded(polygon: Polygon, fill: str, radius: float, edge: str = LINE) -> str:
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    x, y, right, bottom = min(across), min(down), max(across), max(down)
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{right - x:g}" height="{bottom - y:g}" rx="{radius:g}" fill="{fill}" '
        f'stroke="{edge}" stroke-width="1.2"/>'
    )


def _path(d: str, fill: str = "url(#paint)", wide: float = 1.6) -> str:
    return f'<path d="{d}" fill="{fill}" stroke="{LINE}" stroke-width="{wide:g}" stroke-linejoin="round"/>'


def _end(shape: Shape, *, front: bool) -> list[str]:
    """From ahead or from behind."""
    half, belt, bottom, m = shape.half, shape.belt, shape.bottom, MIDDLE
    parts = dict(ends(shape, front=front))
    where, lamp, fill = ("front", "headlamp", LIT) if front else ("rear", "taillamp", RED)
    drawn = [f'<ellipse cx="{m}" cy="158" rx="{half + 14:g}" ry="4" fill="#000000" fill-opacity="0.16"/>']
    drawn += [_rounded(box(x, shape.wheel_y, x + 20, 158), TYRE, 5, TYRE) for x in (m - half + 3, m + half - 23)]
    drawn += [
        f'<ellipse cx="{m + by:g}" cy="{shape.mirror[1] + 2:g}" rx="9" ry="6" fill="#7f8895" stroke="{LINE}"/>'
        for by in (-half - 6, half + 6)
    ]
    if shape.open_roof:
        drawn += [_rounded(box(x, belt - 24, x + 22, belt + 6), SEAT, 7) for x in (m - 38, m + 16)]
    else:
        drawn.append(_path(
            f"M{m - half * 0.94:g} {belt + 4}L{m - half * 0.74:g} {shape.roof + 5}"
            f"Q{m - half * 0.7:g} {shape.roof - 1} {m - half * 0.5:g} {shape.roof - 1}"
            f"L{m + half * 0.5:g} {shape.roof - 1}"
            f"Q{m + half * 0.7:g} {shape.roof - 1} {m + half * 0.74:g} {shape.roof + 5}"
            f"L{m + half * 0.94:g} {belt + 4}Z"
        ))  # fmt: skip
    window = parts.get("windscreen" if front else "rear-window")
    drawn += [_filled(window, "url(#glass)", GLASS, 2)] if window else []
    drawn.append(_path(
        f"M{m - half:g} {bottom - 10}L{m - half:g} {belt + 18}Q{m - half:g} {belt} {m - half * 0.82:g} {belt}"
        f"L{m + half * 0.82:g} {belt}Q{m + half:g} {belt} {m + half:g} {belt + 18}L{m + half:g} {bottom - 10}"
        f"Q{m + half:g} {bottom} {m + half - 10:g} {bottom}L{m - half + 10:g} {bottom}"
        f"Q{m - half:g} {bottom} {m - half:g} {bottom - 10}Z"
    ))  # fmt: skip
    high = parts[f"bumper-{where}"][0][1]
    seams = f"M{m - half + 2:g} {high}H{m + half - 2:g}"
    if not front:
        lid = parts.get("boot-lid") or parts["tailgate"]
        seams += f"M{lid[0][0]:g} {belt + 3}V{high}M{lid[1][0]:g} {belt + 3}V{high}"
    drawn.append(f'<path d="{seams}" fill="none" stroke="{LINE}" stroke-opacity="0.75" stroke-width="1.4"/>')
    drawn += [_rounded(parts[f"{lamp}-{edge}"], fill, 3) for edge in ("left", "right")]
    drawn += [_rounded(parts["grille"], GLASS, 3)] if front else []
    drawn.append(_rounded(parts[f"plate-{where}"], "#ffffff", 1.5))
    return drawn


def _top(shape: Shape) -> list[str]:
    half, rear, nose = shape.half * 0.86, shape.rear, shape.nose
    drawn = _plan(shape, "url(#paint)")
    parts = dict(top(shape))
    drawn += [_filled(parts["bonnet"], "none", LINE, 1)]
    drawn.append(_filled(
        ((shape.roof_to, AXIS - half + 9), (shape.windscreen, AXIS - half + 4), (shape.windscreen + 8, AXIS),
         (shape.windscreen, AXIS + half - 4), (shape.roof_to, AXIS + half - 9)), "url(#glass)", GLASS, 2,
    ))  # fmt: skip
    if shape.open_roof:
        drawn.append(
            _rounded(box(shape.roof_to, AXIS - half + 7, shape.roof_to + 66, AXIS + half - 7), GLASS, 6, GLASS)
        )
        drawn += [
            _rounded(box(shape.roof_to + 14, y, shape.roof_to + 44, y + 30), SEAT, 6) for y in (AXIS - 36, AXIS + 6)
        ]
        drawn.append(_rounded(parts["soft-top"], "#454d58", 10))
    else:
        back = max(rear + 8, shape.roof_from - (40 if shape.boot_lid else 10))
        drawn.append(_filled(
            ((shape.roof_from + 10, AXIS - half + 9), (shape.roof_from + 10, AXIS + half - 9), (back, AXIS + half - 5),
             (back, AXIS - half + 5)), "url(#glass)", GLASS, 2,
        ))  # fmt: skip
        drawn.append(_rounded(parts["roof"], "#d0d6de", 8))
        for y in (AXIS - half + 2.5, AXIS + half - 6.5):
            drawn.append(_rounded(box(shape.roof_from + 14, y, shape.windscreen - 16, y + 4), GLASS, 2, GLASS))
    drawn += [_rounded(parts["load-bed"], DARK, 4)] if shape.load_bed else []
    drawn += [
        _filled(
            (
                (nose - 34, AXIS + by),
                (nose - 17, AXIS + by * 0.78),
                (nose - 8, AXIS + by * 0.5),
                (nose - 26, AXIS + by * 0.72),
            ),
            LIT,
        )
        for by in (half - 3, 3 - half)
    ]
    return drawn


def _plan(shape: Shape, fill: str) -> list[str]:
    """The outline from above."""
    half, rear, nose = shape.half * 0.86, shape.rear, shape.nose
    drawn = [
        _rounded(box(x - 20, y, x + 20, y + 9), TYRE, 3, TYRE)
        for x in shape.wheels
        for y in (AXIS - half - 3, AXIS + half - 6)
    ]
    x = shape.mirror[0]
    drawn += [f'<ellipse cx="{x:g}" cy="{AXIS + by:g}" rx="6" ry="8" fill="#7f8895"/>' for by in (-half - 4, half + 4)]
    drawn.append(_path(
        f"M{rear + 14} {AXIS - half:g}L{nose - 40} {AXIS - half:g}Q{nose} {AXIS - half + 4:g} {nose} {AXIS}"
        f"Q{nose} {AXIS + half - 4:g} {nose - 40} {AXIS + half:g}L{rear + 14} {AXIS + half:g}"
        f"Q{rear} {AXIS + half:g} {rear} {AXIS + half - 16:g}L{rear} {AXIS - half + 16:g}"
        f"Q{rear} {AXIS - half:g} {rear + 14} {AXIS - half:g}Z", fill,
    ))  # fmt: skip
    return drawn


def _inside(shape: Shape) -> list[str]:
    parts = dict(inside(shape))
    drawn = _plan(shape, "#e4e8ee")
    drawn.append(_rounded(parts["floor"], "#7f8895", 3))
    drawn += [_rounded(parts["load-space"], "#aab2be", 5)] if "load-space" in parts else []
    drawn.append(_rounded(parts["dashboard"], DARK, 8, DARK))
    for name, seat in parts.items():
        if name.startswith("seat-"):
            (x, y), _, (_, bottom), _ = seat
            drawn += [_rounded(seat, SEAT, 8), _rounded(box(x - 6, y + 2, x + 8, bottom - 2), "#454d58", 5)]
    corners = parts["steering-wheel"]
    x, y = sum(each[0] for each in corners) / len(corners), sum(each[1] for each in corners) / len(corners)
    drawn.append(f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="none" stroke="{TYRE}" stroke-width="3"/>')
    return drawn


if __name__ == "__main__":
    folder = ROOT / "resources" / "condition"
    folder.mkdir(exist_ok=True)
    for each in BodyType:
        (folder / f"{each}.svg").write_text(drawing(each), encoding="utf-8")
