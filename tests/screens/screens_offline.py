"""The pictures of an owner's desk with no network, for ``screens.py``."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from screens_admin import AWAY

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.connection import ConnectionState
from desktop.viewmodels.earnings.earnings import EarningsSource
from desktop.viewmodels.list_desk import StoredListDesk, StoredLists
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from engine.domain.reports.owner_aggregate import books_of
from engine.domain.shared.errors import CopyUnusable
from engine.services.reports.copying import StoredBooks
from engine.services.reports.earnings import EarningsService
from engine.services.reports.stored_listing import StoredListing

_SETTLE_S = 0.6
_MONTHS_MS = 150 * 86_400_000


async def offline(photo) -> None:
    session = photo.program.session
    session.sign_out()
    await photo.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
    ready = session.state
    session.feed(replace(ready, problem=AWAY))
    await photo.take("sign-in-offline")
    session.feed(ready)
    session.open_copy("owner")
    await photo.until(lambda: photo.program.window.offline is not None)
    work = photo.program.window.offline.work
    await _whole(photo)
    await _other(photo, work, _cut_off(work.copy))
    await _partial(photo)
    await _other(photo, work, replace(work.copy, books=_only(work.copy, lambda _: False, complete=True)))
    await _listed(photo)
    await photo.take("offline-bookings-empty")
    view = photo.program.window.offline
    view.work.connection.feed(ConnectionState(work.now(), None))
    view.go("fleet")
    await photo.take("offline-back")
    session.sign_out()
    await photo.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)


async def _whole(photo) -> None:
    view = photo.program.window.offline
    await _cut(photo)
    await photo.take("offline-earnings")
    page = await _listed(photo)
    await photo.take("offline-bookings")
    page.table.selectRow(4)
    page.opened.emit(page.model.row_at(4).booking)
    await asyncio.sleep(_SETTLE_S)
    await photo.take("offline-booking")
    view.bookings.panel.close_panel()
    view.bookings.vm.search("zzz")
    await _listed(photo)
    await photo.take("offline-bookings-nothing-found")
    page.filters.reset()
    await _listed(photo)
    full = view.bookings.vm.state
    for phase, problem in ((Phase.LOADING, None), (Phase.FAILED, CopyUnusable("damaged"))):
        page._shown = None
        view.bookings.vm.feed(BookingsState(phase, full.query, run=view.bookings.vm.state.run + 1, problem=problem))
        await asyncio.sleep(_SETTLE_S)
        await photo.take(f"offline-bookings-{phase.name.lower()}")
    view.go("fleet")
    await asyncio.sleep(_SETTLE_S)
    await photo.take("offline-fleet")


async def _partial(photo) -> None:
    await photo.take("offline-partial")
    await _listed(photo)
    await photo.take("offline-bookings-partial")
    photo.program.window.offline.go("fleet")
    await asyncio.sleep(_SETTLE_S)
    await photo.take("offline-fleet-partial")


async def _cut(photo) -> None:
    """With no network, and the earnings there."""
    view = photo.program.window.offline
    view.work.connection._tasks.stop("connection")
    view.work.connection.feed(ConnectionState(None, AWAY))
    await photo.until(lambda: view.earnings.vm.state.phase is Phase.READY)
    await asyncio.sleep(_SETTLE_S)


async def _listed(photo):
    view = photo.program.window.offline
    view.go("bookings")
    await photo.until(lambda: view.bookings.vm.state.phase is Phase.READY)
    await asyncio.sleep(_SETTLE_S)
    return view.bookings.page


async def _other(photo, work, copy) -> None:
    """The same desk on another copy."""
    source = EarningsSource(work.bridge, EarningsService(StoredBooks(copy)), work.actor)
    lists = StoredListDesk(work.bridge, work.actor, work.now, StoredLists(StoredListing(copy)))
    photo.program.window.open_offline(replace(work, copy=copy, source=source, lists=lists))
    await _cut(photo)


def _cut_off(copy):
    """As a first sync leaves it that ends in its midst: the newest months, and no pictures yet."""
    since = copy.manifest.head.as_of - _MONTHS_MS
    manifest = replace(copy.manifest, head=replace(copy.manifest.head, complete=False))
    books = _only(copy, lambda row: getattr(row, "at", None) is None or row.at >= since, complete=False)
    rentals = {number: row for number, row in books.rentals.items() if row.created >= since}
    return replace(copy, manifest=manifest, pictures={}, books=replace(books, rentals=rentals))


def _only(copy, wanted, *, complete):
    books = copy.books
    postings = [row for row in books.postings if wanted(row)]
    rentals = [row for row in books.rentals.values() if wanted(row)]
    return books_of(books.as_of, postings, rentals, books.cars, books.branches, complete=complete)
