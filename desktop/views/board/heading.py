"""What stands below the title of the board: where, how many cars, which days, and how old it is.

API: heading_of(board, branch, scale).
"""

from __future__ import annotations

from PySide6.QtCore import QDate

from desktop.views.board.lines import cars_counted
from desktop.views.board.scale import TimeScale
from desktop.words.figures import clock_time, locale, whole
from engine.domain.booking.board import Board
from engine.words.tr import tr


def heading_of(board: Board, branch: str, scale: TimeScale) -> str:
    """*branch* is empty where there are several."""
    first, last = (QDate(day.year, day.month, day.day) for day in (scale.first, scale.day(scale.days - 1)))
    days = {"first": locale().toString(first, "ddd d MMM"), "last": locale().toString(last, "ddd d MMM yyyy")}
    count, before, shown = cars_counted(board.total), board.asked.offset, len(board.rows)
    if board.total > shown:
        cars = {"first": whole(before + 1), "last": whole(before + shown), "total": whole(board.total)}
        count = tr("cars {first} to {last} of {total}", **cars)
    at = tr("as of {at}", at=clock_time(board.at, scale.zone))
    return " · ".join(part for part in (branch, count, tr("{first} to {last}", **days), at) if part)
