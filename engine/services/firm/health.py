"""Looking at the deployment from this machine: servers, sweeper, schema, and the promises the data must keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter

import structlog

from engine.domain.health.findings import (
    DATABASE_AWAY,
    backed_up,
    leaderless,
    lines_of,
    refunds_wait,
    trouble_of,
    went_back,
)
from engine.domain.health.health import (
    CLOCK_WRONG,
    REDIS_FULL,
    REDIS_RIGHTS,
    SWEEP_LATE,
    SWEEP_MISSING,
    Finding,
    HealthArea,
    HealthReport,
    Level,
    Overlaps,
    told,
)
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import DriveSphereError, Forbidden, Unavailable
from engine.domain.shared.remark import Fact, Remark, remark
from engine.ports.health import CachePulse, Inspection
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway
from engine.services.firm import health_rows
from engine.services.firm.versions import look_at_versions
from engine.services.input_guard import gated
from engine.services.payment.afterwards import DISPUTES, REFUNDS
from engine.services.payment.reconcile import Reconciler

log = structlog.get_logger(__name__)

#: How far back the books are compared with Stripe's.
COMPARED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class StripeKey:
    """What may be said of a key. Attributes: ``kind`` is ``none``, ``secret`` or ``restricted``."""

    mode: str
    kind: str


@gated
@dataclass(frozen=True, slots=True)
class HealthService:
    inspection: Inspection
    cache: CachePulse
    gateway: PaymentGateway
    key: StripeKey
    reconciler: Reconciler
    clock: Clock

    async def examine(
        self,
        actor: Actor,
        on_finding: Callable[[Finding], None] = lambda _: None,
        pace: health_rows.Pace | None = None,
    ) -> HealthReport:
        """Look at everything, one after the other; *on_finding* hears each at once. It reads and changes nothing.

        Without a *pace* somebody waits before a window.

        Raises:
            Forbidden: The actor's role may not look.
        """
        actor.must(Deed.SEE_HEALTH)
        at, findings, away = self._now(), list[Finding](), False
        for area, look in self._looks(pace or health_rows.HURRIED).items():
            # Each question would wait for its own time to be over, all of them for the better part of a minute.
            finding = _not_asked(area) if away and area in _IN_DATABASE else await _careful(area, look)
            leaderless_now = area is HealthArea.DATABASE and finding.level is Level.BAD
            away = away or leaderless_now or finding.says.code == DATABASE_AWAY
            on_finding(finding)
            findings.append(finding)
        return HealthReport(at, tuple(findings))

    def _now(self) -> datetime:
        try:
            return self.clock.now()
        except RuntimeError:  # never measured: no server answered yet
            return datetime.now(UTC)

    def _looks(self, pace: health_rows.Pace) -> dict[HealthArea, Callable[[], Awaitable[Finding]]]:
        return {
            HealthArea.DATABASE: self._database,
            HealthArea.CACHE: self._cache,
            HealthArea.STRIPE: self._stripe,
            HealthArea.SWEEPER: self._sweeper,
            HealthArea.SCHEMA: self._schema,
            HealthArea.OVERLAPS: self._overlaps,
            HealthArea.CLAIMS: lambda: health_rows.claims(self.inspection, self.clock.now(), pace),
            HealthArea.AGREEMENTS: lambda: health_rows.agreements(self.inspection, pace),
            HealthArea.MARKS: lambda: health_rows.marks(self.inspection, pace),
            HealthArea.SHIFTS: lambda: health_rows.shifts(self.inspection, pace),
            HealthArea.ROWS: lambda: health_rows.shapes(self.inspection, pace),
            HealthArea.TERMS: self._terms,
            HealthArea.LEDGER: self._ledger,
            HealthArea.RECONCILE: self._reconcile,
            HealthArea.PAPERS: lambda: health_rows.papers(self.inspection, pace),
            HealthArea.BACKUP: self._backup,
            HealthArea.RESTORED: self._restored,
            HealthArea.VERSIONS: self._versions,
        }

    async def _versions(self) -> Finding:
        return await look_at_versions(self.inspection, self._now())

    async def _database(self) -> Finding:
        try:
            facts = await self.inspection.database()
        except Unavailable:
            return leaderless(self.inspection.members())
        lines = (
            ("version", facts.version),
            ("replica_set", facts.replica_set),
            *lines_of(facts.members),
            ("round_trip", facts.round_trip),
            ("off_by", facts.desk_off_by),
        )
        if (trouble := trouble_of(facts.members)) is not None:
            says, todo = trouble
            return Finding(HealthArea.DATABASE, Level.WARNING, says, lines, todo)
        if abs(facts.desk_off_by) > CLOCK_WRONG:
            says = remark("database.clock_off", off_by=facts.desk_off_by)
            return Finding(HealthArea.DATABASE, Level.WARNING, says, lines, remark("do.clock"))
        says = remark("database.well", version=facts.version, took=facts.round_trip, count=len(facts.members))
        return Finding(HealthArea.DATABASE, Level.GOOD, says, lines)

    async def _cache(self) -> Finding:
        try:
            running, took = await self.cache.pulse()
        except Unavailable as problem:
            if problem.detail == REDIS_FULL:
                says, todo = remark("cache.full"), remark("do.more_memory")
            elif problem.detail == REDIS_RIGHTS:
                says, todo = remark("cache.rights"), remark("do.redis_rights")
            else:
                says, todo = remark("cache.away"), remark("do.redis")
            return Finding(HealthArea.CACHE, Level.WARNING, says, todo=todo)
        facts = (("version", running), ("round_trip", took))
        return Finding(HealthArea.CACHE, Level.GOOD, remark("cache.well", took=took), facts)

    async def _stripe(self) -> Finding:
        facts = (("mode", self.key.mode), ("key", self.key.kind))
        if self.key.kind == "none":
            return Finding(HealthArea.STRIPE, Level.UNKNOWN, remark("stripe.no_key"), facts)
        began, now = perf_counter(), self.clock.now()
        await self.gateway.pages_created(now, now)
        took = timedelta(seconds=perf_counter() - began)
        says = remark("stripe.well", took=took, mode=self.key.mode, key=self.key.kind)
        return Finding(HealthArea.STRIPE, Level.GOOD, says, (*facts, ("round_trip", took)))

    async def _sweeper(self) -> Finding:
        last, todo = await self.inspection.last_round(), remark("do.worker")
        if last is None:
            return Finding(HealthArea.SWEEPER, Level.WARNING, remark("sweep.never"), todo=todo)
        since = self.clock.now() - last.at
        facts = (
            ("by", last.by),
            ("at", last.desk),
            ("when", last.at),
            ("looked_at", remark("bookings", number=str(last.count))),
            ("refunds_read", await self._read_last(REFUNDS)),
            ("disputes_read", await self._read_last(DISPUTES)),
        )
        says = remark("sweep.last", by=last.by, since=since)
        if waiting := await self.inspection.refunds_without_car(self.clock.now()):
            return refunds_wait(says, waiting, facts)
        if since <= SWEEP_LATE:
            return Finding(HealthArea.SWEEPER, Level.GOOD, says, facts)
        level = Level.BAD if since > SWEEP_MISSING else Level.WARNING
        return Finding(HealthArea.SWEEPER, level, remark("sweep.late", by=last.by, since=since), facts, todo)

    async def _read_last(self, name: str) -> Remark:
        last = await self.inspection.last_round(name)
        return remark("never") if last is None else remark("at_by", at=last.at, by=last.by)

    async def _schema(self) -> Finding:
        found = await self.inspection.schema()
        version: Fact = remark("not_recorded") if found.version is None else str(found.version)
        facts = (
            ("version", version),
            ("compared", str(found.looked)),
            ("unseen", told(found.unseen) or remark("nothing")),
        )
        if found.wrong:
            says = remark("schema.differs", wrong=str(len(found.wrong)), looked=str(found.looked))
            differs = ("differs", told(found.wrong))
            return Finding(HealthArea.SCHEMA, Level.BAD, says, (*facts, differs), remark("do.provision"))
        says = remark("schema.well", version=version, looked=str(found.looked))
        return Finding(HealthArea.SCHEMA, Level.UNKNOWN if not found.looked else Level.GOOD, says, facts)

    async def _overlaps(self) -> Finding:
        overlaps, cars = Overlaps(), 0
        async for of_one_car in self.inspection.claims():
            overlaps.look(of_one_car)
            cars += 1
        # Read in pages while others work: what moved meanwhile is no double booking.
        real = [pair for pair in overlaps.pairs if await self.inspection.still(pair)]
        facts = (("bookings_looked_at", overlaps.looked), ("cars", cars))
        if not real:
            return Finding(HealthArea.OVERLAPS, Level.GOOD, remark("overlaps.none"), facts)
        lines = told(
            remark("overlaps.pair", car=one.car_id, one=one.booking_id, other=other.booking_id) for one, other in real
        )
        says = remark("overlaps.found", count=len(real))
        return Finding(HealthArea.OVERLAPS, Level.BAD, says, (*facts, ("double", lines)), remark("do.overlaps"))

    async def _terms(self) -> Finding:
        if beside := await self.inspection.terms_beside_series():
            says = remark("terms.beside_series", count=len(beside))
            return Finding(HealthArea.TERMS, Level.BAD, says, (("cars", told(beside)),), remark("do.terms_anew"))
        strange = await self.inspection.strange_terms()
        if not strange:
            return Finding(HealthArea.TERMS, Level.GOOD, remark("terms.well"))
        says = remark("terms.other_zone", count=len(strange))
        return Finding(HealthArea.TERMS, Level.WARNING, says, (("cars", told(strange)),), remark("do.save_again"))

    async def _ledger(self) -> Finding:
        sums = await self.inspection.sums()
        facts = tuple(
            (currency, remark("ledger.over", minor=str(money.minor))) for currency, money in sums.items() if money.minor
        )
        if facts:
            return Finding(HealthArea.LEDGER, Level.BAD, remark("ledger.odd"), facts, remark("do.reconcile"))
        currencies: tuple[tuple[str, Fact], ...] = (("currencies", ", ".join(sums) or remark("none")),)
        return Finding(HealthArea.LEDGER, Level.GOOD, remark("ledger.well"), currencies)

    async def _restored(self) -> Finding:
        return went_back(await self.inspection.restored())

    async def _backup(self) -> Finding:
        return backed_up(*await self.inspection.backups(), self.clock.now())

    async def _reconcile(self) -> Finding:
        until = self.clock.now()
        report = await self.reconciler.compare(until - COMPARED, until)
        facts = (
            ("since", until - COMPARED),
            ("stripe_payments", str(report.payments)),
            ("bookings", str(report.bookings - report.drawn)),
            ("under_way", str(report.under_way)),
            ("of_all_dates", remark("rows_looked_at", looked=report.looked, posted=report.posted)),
            ("not_asked", remark("of_them", number=report.not_asked)),
            ("disputes", remark("disputes.unread" if report.disputes_unread else "disputes.read")),
        )
        if report.differences or report.damaged:
            lines = [remark("difference", booking=each.booking_id, kind=each.kind.value) for each in report.differences]
            lines += [damaged.remark for damaged in report.damaged.values()]
            says = remark("reconcile.differs", count=len(lines))
            told_of = (*facts, ("differences", told(lines)))
            return Finding(HealthArea.RECONCILE, Level.BAD, says, told_of, remark("do.reconcile"))
        if report.cut_off:
            says, todo = remark("reconcile.cut_off"), remark("do.reconcile")
            return Finding(HealthArea.RECONCILE, Level.UNKNOWN, says, facts, todo, missed=True)
        return Finding(HealthArea.RECONCILE, Level.GOOD, remark("reconcile.well"), facts)


async def _careful(area: HealthArea, look: Callable[[], Awaitable[Finding]]) -> Finding:
    """A look that fails is a finding; the others go on."""
    try:
        return await look()
    except Forbidden:
        return Finding(area, Level.UNKNOWN, remark("look.forbidden"))
    except Unavailable as problem:
        if problem.server == "mongodb":
            return Finding(area, Level.BAD, remark(DATABASE_AWAY), todo=remark("do.database"), missed=True)
        says = remark("server.away", server=_SERVERS.get(problem.server, problem.server))
        todo = remark("do.stripe") if problem.server == "stripe" else None
        return Finding(area, Level.WARNING, says, todo=todo, missed=True)
    except DriveSphereError as problem:
        log.warning("health.not_looked", area=area.value, code=problem.code)
        return Finding(area, Level.WARNING, remark("look.failed", code=problem.code), missed=True)
    except Exception as problem:
        # A row that nobody foresaw, perhaps written past the program, ends this look and none of the others.
        log.exception("health.bug", area=area.value)
        says = remark("look.failed", code=type(problem).__name__)
        return Finding(area, Level.WARNING, says, todo=remark("do.tell"), missed=True)


def _not_asked(area: HealthArea) -> Finding:
    return Finding(area, Level.UNKNOWN, remark("look.no_database"), missed=True)


_SERVERS = {"redis": "Redis", "stripe": "Stripe"}
#: What can only be seen in MongoDB.
_IN_DATABASE = frozenset(
    {
        HealthArea.SWEEPER,
        HealthArea.SCHEMA,
        HealthArea.OVERLAPS,
        HealthArea.CLAIMS,
        HealthArea.AGREEMENTS,
        HealthArea.MARKS,
        HealthArea.SHIFTS,
        HealthArea.ROWS,
        HealthArea.TERMS,
        HealthArea.LEDGER,
        HealthArea.RECONCILE,
        HealthArea.PAPERS,
        HealthArea.BACKUP,
        HealthArea.RESTORED,
    }
)
