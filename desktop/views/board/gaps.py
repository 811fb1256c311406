"""Where a car could be had: the next gap on the board, and the rental that is begun in one.

API: next_gap(view, now), rental_in(row, since, until, now).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desktop.views.board.view import BoardView
from engine.domain.booking.board import BoardRow

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


def next_gap(view: BoardView, now: datetime) -> tuple[str, datetime] | None:
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
                return line.key, start
    return None


def _full(at: datetime) -> datetime:
    """The next quarter of an hour."""
    past = timedelta(minutes=at.minute % _QUARTER, seconds=at.second, microseconds=at.microsecond)
    return (at - past + (timedelta(minutes=_QUARTER) if past else timedelta(0))).astimezone(UTC)
