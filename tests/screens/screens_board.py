"""The pictures of the board, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint

from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.phases import Phase
from desktop.views.board.keys import BOARD
from desktop.views.board.scale import Density
from engine.domain.booking.board import BarShape
from engine.domain.booking.board_plan import WhyNot
from engine.domain.shared.errors import Unavailable


async def board(photo) -> None:
    """As the clerk finds it; closer, further away, and in each phase."""
    photo.view.go(BOARD)
    page = photo.view.built(BOARD)
    vm = page.vm
    await photo.until(lambda: vm.state.phase is Phase.READY and page.content.shows_rows)
    await photo.until(lambda: photo.desk.connection.state.heard_at is not None)
    await photo.take("board")
    for days, density, name in ((7, Density.LARGE, "board-week"), (60, Density.COMPACT, "board-compact")):
        page.show_days(days)
        page.set_density(density)
        await photo.until(lambda: vm.state.phase is Phase.READY)
        await photo.take(name)
    page.show_days(14)
    page.set_density(Density.NORMAL)
    await photo.until(lambda: vm.state.phase is Phase.READY)
    _take_up(page)
    await photo.take("board-what-if")
    page.view.put_back()
    page.filters.search.search_for("nobody at all")
    await photo.take("board-nothing-found")
    page.filters.reset()
    await _phases(photo, page)
    vm.load()
    await photo.until(lambda: vm.state.phase is Phase.READY)


def _take_up(page) -> None:
    """A booking is held over a car that is sold in its time."""
    view = page.view
    every = ((line.car, bar) for line in view.table.lines if line.car is not None for bar in line.car.bars)
    for row, bar in every:
        if row.shape(bar, view.placing.words.now) is not BarShape.CONFIRMED:
            continue
        view.go_to(row.car_id, bar.taken.starts_at, bar.id)
        page.acting.move()
        for line in view.table.lines:
            if line.car is not None and view.lift is not None:
                place = view.visualRect(view.table.index(view.table.row_of(line.key), 0))
                view.drag_to(QPoint(view.scale.left + 1, place.center().y()))
                if view.plan is not None and view.plan.why is WhyNot.SOLD:
                    return
        view.put_back()


async def _phases(photo, page) -> None:
    desk, vm, away = photo.desk, page.vm, Unavailable("mongodb")
    full = vm.state
    desk.live.blockSignals(True)  # noqa: FBT003 -- Qt's signature
    desk.tasks.stop("connection")
    alive = desk.connection.state
    desk.connection.feed(ConnectionState(alive.heard_at, away, cache=False))
    vm.feed(replace(full, phase=Phase.FAILED, run=full.run + 1, problem=away))
    await photo.take("board-offline")
    desk.live.blockSignals(False)  # noqa: FBT003
    desk.connection.feed(alive)
    desk.connection.watch()
    vm.feed(replace(full, phase=Phase.LOADING, run=full.run + 2, board=None))
    await photo.take("board-loading")
    vm.feed(replace(full, phase=Phase.FAILED, run=full.run + 2, board=None, problem=away))
    await photo.take("board-failed")
    vm.feed(replace(full, run=full.run + 3, board=replace(full.board, rows=(), total=0)))
    await photo.take("board-empty")
