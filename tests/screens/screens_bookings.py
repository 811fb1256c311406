"""The pictures of the list of bookings, of one booking and of the command palette, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.viewmodels.booking.booking import PanelStage
from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.booking.detail import DetailState
from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.day_span import Days, DaySpan
from desktop.viewmodels.export import ExportPhase, ExportState
from desktop.viewmodels.phases import Phase
from desktop.views.agreement.reading_form import ReadingDialog
from desktop.widgets.frame.question_box import QuestionBox
from engine.domain.booking.listing import BookingOrder, BookingScope
from engine.domain.booking.states import Standing
from engine.domain.shared.errors import Unavailable


async def bookings(photo) -> None:
    await hold(photo, 2)
    photo.view.go("bookings")
    await _listed(photo)
    await photo.take("bookings")
    await _one(photo)
    await _narrowed(photo)
    await _palette(photo)
    await _phases(photo)


async def hold(photo, row: int) -> None:
    """Somebody books the card in *row* and has not paid yet."""
    view, panel = photo.view.client, photo.desk.panel
    view.search.results.grid.setCurrentIndex(view.search.results.model.index(row, 0))
    view._book_car()
    view.panel.renters.field.setText("ma")
    await photo.until(lambda: panel.state.found.rows)
    panel.choose(panel.state.found.rows[0])
    view.panel.book()
    await photo.until(lambda: panel.state.checkout_ready)


async def _listed(photo) -> None:
    vm = photo.desk.bookings
    await photo.until(lambda: vm.state.phase is Phase.READY and vm.state.first is not None)


async def _one(photo) -> None:
    """Held, expired, confirmed, and looked for by its number."""
    panel, detail, client = photo.desk.panel, photo.desk.detail, photo.view.client
    client.bookings.opened.emit(panel.state.booking)
    await photo.until(lambda: detail.state.branches)
    await photo.take("booking-detail-held")
    panel.give_up()
    await photo.until(lambda: panel.state.stage is PanelStage.RELEASED)
    await photo.until(lambda: detail.state.panel().stage is PanelStage.RELEASED)
    await photo.take("booking-detail-expired")
    rows = client.bookings.model
    await photo.until(lambda: rows.row_at(1) is not None)
    row = next(at for at in range(50) if (found := rows.row_at(at)) and found.booking.standing is Standing.CONFIRMED)
    client.bookings.table.selectRow(row)
    client.bookings.table.chosen.emit(rows.row_at(row))
    await photo.until(lambda: all(line.isVisible() for line in client.detail.payments.lines))
    await photo.take("booking-detail")
    await _at_counter(photo)
    known = detail.state
    detail.feed(DetailState())
    await photo.take("booking-detail-loading")
    detail.feed(known)
    await _offline(photo)
    client.detail.close_panel()


async def _at_counter(photo) -> None:
    """A car goes out, another comes back, a third stays longer."""
    client, rows = photo.view.client, photo.view.client.bookings.model
    care = client.detail.aftercare
    for standing, button, name in (
        (Standing.CONFIRMED, care.hand_over, "hand-over"),
        (Standing.OUT, care.returned, "take-back"),
        (Standing.OUT, care.extend, "extend"),
    ):
        found = [at for at in range(200) if (row := rows.row_at(at)) and row.booking.standing is standing]
        for at in found:
            client.bookings.table.chosen.emit(rows.row_at(at))
            await photo.until(lambda: care.vm.state.branches)
            if not button.isHidden():
                break
        if button.isHidden():
            continue
        button.click()
        await photo.until(lambda: _asked(photo))
        box = _asked(photo)
        if isinstance(box, ReadingDialog):
            last = int("".join(filter(str.isdecimal, box.fields.km.placeholderText())))
            box.fields.km.setText(str(last + 1_480 if name == "take-back" else last))
            box.fields.full.setText("6" if name == "take-back" else "8")
        await photo.take(name, of=lambda box=box: box)
        box.reject()
        await photo.until(lambda: not care.tasks.running("change"))


def _asked(photo):
    return next((box for box in photo.program.window.findChildren(QuestionBox) if box.isVisible()), None)


async def _offline(photo) -> None:
    """The list that was loaded before, with a booking open, and one that is looked for by its number."""
    desk, client, away = photo.desk, photo.view.client, Unavailable("mongodb")
    # The servers are there all the while, and word of them would take the place of what the picture shows.
    desk.live.blockSignals(True)  # noqa: FBT003 -- Qt's signature
    for name in ("connection", "detail", "bookings"):
        desk.tasks.stop(name)
    alive, full, known = desk.connection.state, desk.bookings.state, desk.detail.state
    desk.connection.feed(ConnectionState(alive.heard_at, away, cache=False))
    desk.bookings.feed(replace(full, phase=Phase.FAILED, problem=away))
    desk.detail.feed(replace(known, problem=away))
    await photo.take("booking-detail-offline")
    desk.detail.feed(DetailState(Phase.FAILED, problem=away))
    await photo.take("booking-detail-failed")
    client.detail.close_panel()
    await photo.take("bookings-offline")
    desk.bookings.feed(full)
    desk.connection.feed(alive)
    desk.live.blockSignals(False)  # noqa: FBT003
    desk.connection.watch()


async def _narrowed(photo) -> None:
    vm = photo.desk.bookings
    vm.filter(frozenset({Standing.CONFIRMED, Standing.PENDING}), None, DaySpan(Days.NEXT_7))
    await _listed(photo)
    vm.sort(BookingOrder.PICK_UP, descending=False)
    await _listed(photo)
    vm.export.feed(ExportState(ExportPhase.DONE, Path("Documents", "bookings 2026-11-24.csv"), 21))
    await photo.take("bookings-filtered")
    vm.export.feed(ExportState())
    vm.search("zzz")
    await _listed(photo)
    await photo.take("bookings-nothing-found")
    vm.clear()
    vm.show_scope(BookingScope.BRANCH)
    await _listed(photo)
    await photo.take("bookings-branch")


async def _palette(photo) -> None:
    finder = photo.program.window.finder
    finder.toggle()
    await photo.take("palette")
    QTest.keyClicks(finder.widget.field, "mar")
    await photo.until(lambda: finder._things)
    await photo.take("palette-found")
    finder.toggle()
    photo.program.window.show_keys()
    await photo.until(QApplication.activeModalWidget)
    await photo.take("keys", of=QApplication.activeModalWidget)
    QApplication.activeModalWidget().accept()


async def _phases(photo) -> None:
    vm, page = photo.desk.bookings, photo.view.client.bookings
    full = vm.state

    def show(phase, **changes) -> None:
        page._shown = None
        vm.feed(BookingsState(phase, full.query, branches=full.branches, run=vm.state.run + 1, **changes))

    show(Phase.READY, first=type(full.first)((), 0))
    await photo.take("bookings-empty")
    show(Phase.LOADING)
    await photo.take("bookings-loading")
    show(Phase.FAILED, problem=Unavailable("mongodb"))
    await photo.take("bookings-failed")
