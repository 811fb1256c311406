"""The pictures of the administrator's pages in all their phases, for ``screens.py``."""

from __future__ import annotations

from dataclasses import replace

from desktop.viewmodels.manual_review.health import HealthState
from desktop.viewmodels.overview.overview import OverviewState
from desktop.viewmodels.paged import PagedState
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.oversight import OversightArea
from engine.domain.firm.audit import AuditQuery, AuditSlice
from engine.domain.health.health import HealthArea
from engine.domain.shared.errors import Unavailable

AWAY = Unavailable("mongodb")


async def sign_in_as(photo, name: str) -> None:
    session = photo.program.session
    if session.state.phase is SessionPhase.SIGNED_IN:
        session.sign_out()
    await photo.until(lambda: session.state.phase is SessionPhase.SIGNED_OUT)
    offered = next(account for account in session.state.offered if account.account == name)
    session.sign_in(offered.account, offered.password)
    await photo.until(lambda: photo.view is not None)
    await photo.until(lambda: photo.desk.connection.state.heard_at is not None)


async def admin(photo) -> None:
    await sign_in_as(photo, "admin")
    for scene in (_overview, _bookings, _firm, _audit, _health):
        await scene(photo)


def _office(photo):
    return photo.view.area(OversightArea)


async def _overview(photo) -> None:
    office, full = _office(photo), None
    photo.view.go("overview")
    vm = office.overview.vm
    await photo.until(lambda: vm.state.phase is Phase.READY)
    full = vm.state
    await photo.take("overview")
    office.overview._explain_this_month()
    await photo.until(lambda: office.overview.vm.behind.state.phase is Phase.READY)
    await photo.take("overview-behind")
    office.overview.leave()
    for card in (office.overview.months, office.overview.money, office.overview.cars):
        card.show_table(shown=True)
    await photo.take("overview-tables")
    for card in (office.overview.months, office.overview.money, office.overview.cars):
        card.show_table(shown=False)
    office.overview._filled = None
    vm.feed(OverviewState(run=full.run + 1))
    await photo.take("overview-loading")
    vm.feed(OverviewState(Phase.FAILED, run=full.run + 1, problem=AWAY))
    await photo.take("overview-failed")
    vm.feed(replace(full, run=full.run + 2))
    vm.feed(replace(full, run=full.run + 2, phase=Phase.FAILED, problem=AWAY))
    await photo.take("overview-offline")
    office.overview._filled = None
    bare = replace(full.overview, branches=(), money=(), bookings={}, users={})
    pulse = replace(full.pulse, latest=(), holds=(), cases=0)
    vm.feed(replace(full, run=full.run + 3, overview=bare, pulse=pulse, currency=""))
    await photo.take("overview-empty")
    vm.feed(replace(full, run=full.run + 4))


async def _bookings(photo) -> None:
    photo.view.go("all-bookings")
    vm = _office(photo).bookings.vm
    await photo.until(lambda: vm.state.phase is Phase.READY)
    await photo.take("all-bookings")


async def _firm(photo) -> None:
    photo.view.go("firm")
    page = photo.view.page("firm")
    vm = page.vm
    await photo.until(lambda: vm.state.phase is Phase.READY)
    vm.set_rules(replace(vm.state.firm.settings, commission_bp=vm.state.firm.settings.commission_bp + 50), None)
    await photo.until(lambda: vm.state.firm.planned)
    page.toast.hide()
    await photo.take("firm")
    page.change_rules()
    await photo.take("firm-rules")
    page.rules_panel.form.commission.setText("1750")
    page.rules_panel._submit()
    await photo.take("firm-rules-refused")
    page.rules_panel.forget_form()
    page.leave()
    page._open_branch(vm.state.branches[0])
    await photo.take("firm-branch")
    page.leave()
    full = vm.state
    page._filled = None
    vm.feed(replace(full, phase=Phase.LOADING, firm=None, branches=(), run=full.run + 1))
    await photo.take("firm-loading")
    vm.feed(replace(full, phase=Phase.FAILED, firm=None, branches=(), run=full.run + 1, problem=AWAY))
    await photo.take("firm-failed")
    vm.feed(replace(full, branches=(), run=full.run + 2))
    await photo.take("firm-empty")
    vm.feed(replace(full, run=full.run + 3))
    vm.feed(replace(full, run=full.run + 3, phase=Phase.FAILED, problem=AWAY))
    await photo.take("firm-offline")
    vm.load()


async def _audit(photo) -> None:
    photo.view.go("audit")
    page = photo.view.page("audit")
    vm = page.vm.list
    await photo.until(lambda: vm.state.phase is Phase.READY)
    await photo.take("audit")
    page.detail.show_row(vm.state.first.rows[0])
    await photo.take("audit-change")
    page.leave()
    full = vm.state
    page.list._shown = None
    vm.feed(PagedState(full.query, run=full.run + 1))
    await photo.take("audit-loading")
    vm.feed(PagedState(full.query, Phase.FAILED, run=full.run + 1, problem=AWAY))
    await photo.take("audit-failed")
    page.list.words = replace(page.list.words)
    vm.feed(PagedState(AuditQuery(), Phase.READY, AuditSlice((), 0), run=full.run + 2))
    await photo.take("audit-empty")
    vm.feed(replace(full, run=full.run + 3))
    vm.feed(replace(full, run=full.run + 3, phase=Phase.FAILED, problem=AWAY))
    await photo.take("audit-offline")


async def _health(photo) -> None:
    photo.view.go("health")
    page = photo.view.page("health")
    await photo.until(lambda: page.vm.state.phase is Phase.READY)
    await photo.take("health")
    page.show_finding(page.vm.state.findings[0])
    await photo.take("health-facts")
    page.leave()
    full = page.vm.state
    page.vm.feed(replace(full, phase=Phase.LOADING, findings=full.findings[:3], looking_at=HealthArea.SWEEPER))
    await photo.take("health-loading")
    page.vm.feed(HealthState(Phase.FAILED, problem=AWAY))
    await photo.take("health-failed")
