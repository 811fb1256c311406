"""The pictures of papers: what they need of the firm, those of a booking, and one on the screen; for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication
from screens_admin import AWAY, sign_in_as

from desktop.viewmodels.papers.legal import LegalState
from desktop.viewmodels.phases import Phase
from desktop.views.papers.issue_box import CreditBox, IssueBox
from desktop.views.papers.preview import PaperBox
from engine.domain.booking.listing import BookingQuery, BookingScope
from engine.domain.booking.states import Standing
from engine.domain.papers.of_booking import Lack


async def papers(photo) -> None:
    await sign_in_as(photo, "admin")
    await _legal(photo)
    await _of_booking(photo)


async def _legal(photo) -> None:
    photo.view.go("papers")
    page = photo.view.page("papers")
    vm = page.vm
    await photo.until(lambda: vm.state.phase is Phase.READY and page.legal.rowCount() == 1)
    full = vm.state
    await photo.take("papers")
    page.change_legal()
    await photo.take("papers-firm")
    page.legal_panel.close_panel()
    page.set_rate(full.taxes[0].rate)
    await photo.take("papers-rate")
    page.rate_panel.close_panel()
    vm.feed(replace(full, run=full.run + 1, phase=Phase.FAILED, problem=AWAY))
    await photo.take("papers-offline")
    proposed = tuple(replace(each, branch=replace(each.branch, code_confirmed=False)) for each in full.branches)
    vm.feed(LegalState(Phase.READY, branches=proposed, run=full.run + 2))
    await photo.take("papers-empty")
    page.codes_table.chosen.emit(proposed[0].branch)
    await photo.take("papers-code")
    page.code_panel.close_panel()
    vm.feed(full)


async def _of_booking(photo) -> None:
    detail, part = photo.view.client.detail, photo.view.client.detail.papers
    booking = await _billed(photo)
    detail.open_booking(booking)
    await photo.until(part.credit.isVisible)
    part.rows[-1].open.setFocus()
    await photo.take("booking-papers")
    part.open_paper(part.vm.state.stands.invoice)
    await photo.until(lambda: _box(PaperBox) is not None and _box(PaperBox).sheet is not None)
    await photo.take("paper", lambda: _box(PaperBox))
    _box(PaperBox).reject()
    await photo.until(lambda: _box(PaperBox) is None)
    await _asked(photo, part, part.credit, CreditBox, "paper-credit")
    bare = replace(part.vm.state.stands, papers=(), invoice=None, left=None, billable=True)
    part.vm.feed(replace(part.vm.state, stands=bare))
    await _asked(photo, part, part.invoice, IssueBox, "paper-issue")
    part.vm.feed(replace(part.vm.state, stands=replace(bare, lacking=tuple(Lack))))
    part.address.setFocus()
    await photo.take("booking-papers-missing")
    detail.close_panel()


async def _asked(photo, part, button, kind, name) -> None:
    await photo.until(lambda: part.tasks.idle)
    button.click()
    await photo.until(lambda: _box(kind) is not None)
    await photo.take(name, lambda: _box(kind))
    _box(kind).reject()
    await photo.until(lambda: _box(kind) is None)


async def _billed(photo):
    """A booking whose invoice the demo's firm wrote."""
    services, actor = photo.desk.desk.services, photo.desk.actor
    query = BookingQuery(BookingScope.ALL, standings=frozenset({Standing.COMPLETED}), descending=True)
    rows = await photo.desk.desk.call(lambda: services.listing.page(actor, query))
    for row in rows.rows:
        stands = await photo.desk.desk.call(lambda row=row: services.billing.standing(actor, row.id))
        if stands.invoice is not None:
            return await photo.desk.desk.call(lambda row=row: services.booking.booking(actor, row.id))
    raise LookupError("the demo has no invoice")


def _box(kind):
    modal = QApplication.activeModalWidget()
    return modal if isinstance(modal, kind) else None
