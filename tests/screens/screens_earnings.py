"""The pictures of the owner's earnings in all phases, for ``screens.py``."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import keyring
from keyrings import MemoryKeyring
from screens_admin import AWAY, sign_in_as
from screens_offline import offline

from desktop.viewmodels.offline.copy import CopyState, CopyStatus
from desktop.viewmodels.phases import Phase
from desktop.views.areas.owner import OwnerArea
from engine.domain.reports.copying import CopyNews
from engine.domain.reports.earnings import Earnings
from engine.domain.reports.figure_sources import Figure
from engine.domain.reports.report_period import SpanKind, milliseconds

_SETTLE_S = 0.6


async def earnings(photo) -> None:
    """The pictures have a keyring of their own, whatever the machine has."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    try:
        await sign_in_as(photo, "owner")
        photo.view.go("earnings")
        area = photo.view.area(OwnerArea)
        await photo.until(lambda: area.copy.vm.state.status is CopyStatus.KEPT)
        await _figures(photo, area)
        await _phases(photo, area)
        await _bookings(photo, area)
        await offline(photo)
    finally:
        keyring.set_keyring(before)


async def _ready(photo, vm) -> None:
    await photo.until(lambda: vm.state.phase is Phase.READY)
    await asyncio.sleep(_SETTLE_S)


async def _figures(photo, area) -> None:
    page, vm = area.earnings.page, area.earnings.vm
    await _ready(photo, vm)
    await photo.take("earnings-month")
    vm.show_kind(SpanKind.YEAR)
    await asyncio.sleep(0)
    await _ready(photo, vm)
    page.focus_first()
    await photo.take("earnings")
    bar = page.body.verticalScrollBar()
    bar.setValue(page.body.map.y())
    await photo.take("earnings-map")
    bar.setValue(0)
    page.body.net.show_table(shown=True)
    await photo.take("earnings-table")
    page.body.net.show_table(shown=False)
    page.body.tiles[Figure.NET].click()
    panel = page.panel
    await photo.until(lambda: panel.model.row_at(1) is not None)
    panel.lines._open(panel.model.index(1, 0))
    await asyncio.sleep(_SETTLE_S)
    await photo.take("earnings-explain")
    panel.close_panel()
    await asyncio.sleep(_SETTLE_S)


async def _phases(photo, area) -> None:
    vm = area.earnings.vm
    full = vm.state
    vm.feed(replace(full, phase=Phase.LOADING, earnings=None, run=full.run + 1))
    await asyncio.sleep(_SETTLE_S)
    await photo.take("earnings-loading")
    vm.feed(replace(full, phase=Phase.FAILED, earnings=None, run=full.run + 1, problem=AWAY))
    await photo.take("earnings-failed")
    nothing = Earnings(full.span, full.earnings.as_of, ())
    vm.feed(replace(full, earnings=nothing, currency="", run=full.run + 2))
    await photo.take("earnings-empty")
    vm.feed(replace(full, run=full.run + 3, stored=True, problem=AWAY))
    await photo.take("earnings-stored")
    vm.feed(replace(full, run=full.run + 4))
    since = milliseconds(full.as_of) - 3 * 3_600_000
    area.copy.vm.told.emit(CopyNews(since, 3, 1))
    await photo.take("earnings-news")
    area.copy.toast.hide()
    kept = area.copy.vm.state
    area.copy.vm.feed(CopyState(CopyStatus.NO_KEYRING))
    await photo.take("earnings-no-keyring")
    area.copy.vm.feed(kept)


async def _bookings(photo, area) -> None:
    """Those of the owner's cars; of the renters as much as an owner is told."""
    photo.view.go("bookings")
    page, detail = area.bookings, photo.desk.detail
    await photo.until(lambda: page.vm.state.phase is Phase.READY and page.model.row_at(1) is not None)
    await photo.take("owner-bookings")
    page.opened.emit(page.model.row_at(1).booking)
    await photo.until(lambda: detail.state.branches)
    await asyncio.sleep(_SETTLE_S)
    await photo.take("owner-booking-detail")
    area.detail.close_panel()
