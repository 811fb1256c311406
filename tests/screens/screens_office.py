"""The pictures of all bookings, all cars, what needs a person and health on a bad day, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from screens_admin import AWAY
from screens_fleet import fleet_phases

from desktop.viewmodels.booking.bookings import BookingsState
from desktop.viewmodels.manual_review.health import HealthState
from desktop.viewmodels.paged import PagedState
from desktop.viewmodels.phases import Phase
from desktop.views.areas.oversight import OversightArea
from engine.domain.booking.manual_review import Case, Cases
from engine.domain.health.health import Finding, HealthArea, Level
from engine.domain.money.trouble import Why
from engine.domain.shared.remark import remark

_GONE = Finding(HealthArea.DATABASE, Level.BAD, remark("database.away"), todo=remark("do.database"))
_SEEN_WITHOUT = (HealthArea.CACHE, HealthArea.STRIPE, HealthArea.VERSIONS)


async def office(photo) -> None:
    """As an administrator, after the scenes of ``screens_admin``."""
    for scene in (_bookings, _cars, _care, _health_without_mongodb):
        await scene(photo)


async def _bookings(photo) -> None:
    photo.view.go("all-bookings")
    page = photo.view.page("all-bookings")
    vm = page.vm
    await photo.until(lambda: vm.state.phase is Phase.READY)
    full = vm.state
    vm.feed(replace(full, phase=Phase.FAILED, problem=AWAY))
    await photo.take("all-bookings-offline")

    def show(phase, **changes) -> None:
        page._shown = None
        vm.feed(BookingsState(phase, full.query, branches=full.branches, run=vm.state.run + 1, **changes))

    show(Phase.READY, first=type(full.first)((), 0))
    await photo.take("all-bookings-empty")
    show(Phase.LOADING)
    await photo.take("all-bookings-loading")
    show(Phase.FAILED, problem=AWAY)
    await photo.take("all-bookings-failed")
    vm.load()
    await photo.until(lambda: vm.state.phase is Phase.READY)


async def _cars(photo) -> None:
    photo.view.go("all-cars")
    page = photo.view.page("all-cars")
    await photo.until(lambda: page.fleet.state.phase is Phase.READY and page.fleet.state.first is not None)
    await photo.until(lambda: page.rows.model.row_at(0) is not None)
    await fleet_phases(photo, page, "all-cars")


async def _care(photo) -> None:
    oversight = photo.view.area(OversightArea)
    oversight.show_care()
    vm = oversight.care.there.vm.list
    await photo.until(lambda: vm.state.phase is Phase.READY and not oversight.care.there._slide.state().value)
    await photo.take("care-empty")
    bookings, now = photo.view.page("all-bookings").vm.state.first.rows, photo.desk.now()
    whys = (Why.REFUND_FAILED, Why.STUCK, Why.MISMATCH, Why.LAPSED)
    cases = [
        Case(booking, why, now - timedelta(hours=2 + at))
        for at, (booking, why) in enumerate(zip(bookings, whys, strict=False))
    ]
    full = PagedState("", Phase.READY, Cases(tuple(cases), len(cases)), run=vm.state.run + 1)
    vm.feed(full)
    await photo.take("care")
    oversight.care.there.vm.list.feed(replace(full, run=full.run + 1, phase=Phase.FAILED, problem=AWAY))
    await photo.take("care-offline")
    vm.feed(PagedState("zz", Phase.FAILED, run=full.run + 2, problem=AWAY))
    await photo.take("care-failed")
    oversight.care.there.list._shown = None
    vm.feed(PagedState("zzz", run=full.run + 3))
    await photo.take("care-loading")
    oversight.care.there.close_panel()


async def _health_without_mongodb(photo) -> None:
    photo.view.go("health")
    page = photo.view.page("health")
    page.vm.examine()
    await photo.until(lambda: page.vm.state.phase is Phase.READY and page.vm.state.report is not None)
    report = page.vm.state.report
    findings = tuple(_without(finding) for finding in report.findings)
    page.vm.feed(HealthState(Phase.READY, findings, replace(report, findings=findings)))
    await photo.take("health-offline")
    page.vm.examine()


def _without(finding: Finding) -> Finding:
    if finding.area is HealthArea.DATABASE:
        return _GONE
    if finding.area in _SEEN_WITHOUT:
        return finding
    return Finding(finding.area, Level.UNKNOWN, remark("look.no_database"))
