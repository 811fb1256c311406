"""The pictures of a branch's day, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.phases import Phase
from engine.domain.shared.errors import Unavailable


async def today(photo) -> None:
    """As the clerk finds it; with a line open, in each phase, and without a connection."""
    page, vm = photo.view.client.today, photo.desk.today
    await photo.until(lambda: vm.state.phase is Phase.READY and page.table.line is not None)
    await photo.until(lambda: photo.desk.connection.state.heard_at is not None)
    await photo.take("today")
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    await photo.until(lambda: photo.desk.detail.state.branches)
    await photo.take("today-beside")
    photo.view.client.detail.close_panel()
    await _walk_in(photo)
    page.filters.search.search_for("nobody at all")
    await photo.take("today-nothing-found")
    page.filters.reset()
    await _phases(photo)
    vm.load()
    await photo.until(lambda: vm.state.phase is Phase.READY)


async def _walk_in(photo) -> None:
    """A line with a doubtful word, one that is not sold and one that is not read; and one that Enter books."""
    photo.view.client.walk_in.open()
    box = photo.view.client.walk_in.box
    for name, line in (
        ("doubtful", "yaris tomorrow 10-18 vogel +seat cash zzzz"),
        ("ready", "suv 2d vogel jonas cash"),
    ):
        box.line.selectAll()
        QTest.keyClicks(box.line, line)
        await photo.until(lambda line=line: box.vm.state.settled and box.vm.state.text == line)
        await photo.take(f"walk-in-{name}")
    box.leave()


async def _phases(photo) -> None:
    desk, vm, away = photo.desk, photo.desk.today, Unavailable("mongodb")
    full = vm.state
    vm.feed(replace(full, phase=Phase.FAILED, run=full.run + 1, problem=away))
    await photo.take("today-stale")
    # The servers are there all the while, and word of them would take the place of what the picture shows.
    desk.live.blockSignals(True)  # noqa: FBT003 -- Qt's signature
    desk.tasks.stop("connection")
    alive = desk.connection.state
    desk.connection.feed(ConnectionState(alive.heard_at, away, cache=False))
    await photo.take("today-offline")
    desk.live.blockSignals(False)  # noqa: FBT003
    desk.connection.feed(alive)
    desk.connection.watch()
    vm.feed(replace(full, phase=Phase.LOADING, run=full.run + 2, today=None))
    await photo.take("today-loading")
    vm.feed(replace(full, phase=Phase.FAILED, run=full.run + 2, today=None, problem=away))
    await photo.take("today-failed")
    none = tuple(replace(section, rows=(), total=0) for section in full.today.sections)
    vm.feed(replace(full, run=full.run + 3, today=replace(full.today, sections=none)))
    await photo.take("today-empty")
