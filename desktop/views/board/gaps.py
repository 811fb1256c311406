"""Where to go next on the board: the next gap, what is at risk; and the rental that is begun in a gap.

API: next_gap(view, now), next_at_risk(view), rental_in(row, since, until, now).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desktop.views.board.view import BoardView
from engine.domain.booking.board import BarShape, BoardRow

_LEAST_GAP = timedelta(hours=4)
_USUAL_RENTAL = timedelta(days=1)
_QUARTER = 15


def rental_in(row: BoardRow, since: datetime, until: datetime, now: datetime) -> tuple[datetime, datetime] | None:
    """From *since* or as soon as the car is there, for a day or as long as there is; None where nothing is free."""
    gap = next(iter(row.gaps(max(since, now), until, now)), None)
    if gap is None:
        return None
    start = _full(gap[0])
    end = min(start + _USUAL_RENTAL, gap[1])
    return (start, end) if start < end else None


def next_gap(view: BoardView, now: datetime) -> tuple[str, datetime, str] | None:
    """The car and the moment at which the next gap begins, from the chosen cell on; None if none is in sight."""
    lines, key = view.table.lines, view.line.key if view.line is not None else ""
    at, until = view.table.row_of(key), view.placing.until if view.placing is not None else now
    _, after = view.cell()
    for line in lines[max(at, 0) :]:
        if line.car is None:
            continue
        since = max(after if line.key == key else view.scale.since, now)
        if since >= until:
            continue
        for start, end in line.car.gaps(since, until, now):
            # On the car itself, what goes on from the chosen cell is no other gap.
            if end - start >= _LEAST_GAP and not (line.key == key and start == since and view.bar is None):
                return line.key, start, ""
    return None


def _full(at: datetime) -> datetime:
    """The next quarter of an hour."""
    past = timedelta(minutes=at.minute % _QUARTER, seconds=at.second, microseconds=at.microsecond)
    return (at - past + (timedelta(minutes=_QUARTER) if past else timedelta(0))).astimezone(UTC)


def next_at_risk(view: BoardView) -> tuple[str, datetime, str] | None:
    """The next promise below the chosen car that its late one may break, and from the top again."""
    if view.placing is None:
        return None
    lines, now = view.table.lines, view.placing.words.now
    at = view.table.row_of(view.line.key) + 1 if view.line is not None else 0
    for line in (*lines[at:], *lines[:at]):
        for bar in line.bars:
            if line.car is not None and line.car.shape(bar, now) is BarShape.AT_RISK:
                return line.key, max(bar.taken.starts_at, view.scale.since), bar.id
    return None
