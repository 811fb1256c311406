"""Looking at the deployment from this machine: servers, sweeper, schema, and the promises the data must keep."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Protocol

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
    BackupNote,
    Claimed,
    DatabaseFacts,
    Finding,
    HealthArea,
    HealthReport,
    Level,
    Member,
    Overlaps,
    RestoredFacts,
    RoundFinding,
    SchemaFacts,
    told,
)
from engine.domain.health.words import ago, many, moment, ms, off
from engine.domain.money.money import Money
from engine.domain.people.people import Actor, Deed
from engine.domain.shared.errors import DriveSphereError, Forbidden, Unavailable
from engine.ports.local import Clock
from engine.ports.payments import PaymentGateway
from engine.services.firm import health_rows
from engine.services.firm.versions import ZonesOfDesks, look_at_versions
from engine.services.input_guard import gated
from engine.services.payment.afterwards import DISPUTES, REFUNDS
from engine.services.payment.reconcile import Reconciler

log = structlog.get_logger(__name__)

#: How far back the books are compared with Stripe's.
COMPARED = timedelta(days=2)
_PROVISION = "Run: drivesphere provision"


class Inspection(health_rows.HealthRows, ZonesOfDesks, Protocol):
    """What can be seen of MongoDB. Raises Unavailable("mongodb"), and Forbidden where the account may not look."""

    async def database(self) -> DatabaseFacts: ...

    def members(self) -> tuple[Member, ...]:
        """As they were last seen, without asking again; the one thing to be had when no member leads."""

    async def schema(self) -> SchemaFacts: ...

    async def last_round(self, name: str = "sweeper") -> RoundFinding | None: ...

    async def refunds_without_car(self, now: datetime) -> int:
        """Refunds of taken money without a car that nobody has made a quarter of an hour after they were due."""

    async def restored(self) -> RestoredFacts | None:
        """None for a database that was never restored."""

    async def backups(self) -> tuple[BackupNote | None, BackupNote | None]:
        """Of the last back-up that is whole, and of the last one that failed."""

    def claims(self) -> AsyncIterator[list[Claimed]]:
        """Everything that keeps a car, all of one car together."""

    async def still(self, pair: tuple[Claimed, Claimed]) -> bool:
        """Whether both, read again at one moment, still keep the same car at the same time."""

    async def strange_terms(self) -> list[str]:
        """Cars whose terms name another time zone than their branch has."""

    async def terms_beside_series(self) -> list[str]:
        """Cars whose fence has other terms than the latest of their series."""

    async def sums(self) -> dict[str, Money]:
        """Currency -> charges and refunds less all shares; zero where the ledger is whole."""


class CachePulse(Protocol):
    async def pulse(self) -> tuple[str, timedelta]:
        """Version and round trip. Raises: Unavailable("redis")."""


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
            away = away or leaderless_now or finding.says == DATABASE_AWAY
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
            HealthArea.ROWS: lambda: health_rows.shapes(self.inspection, pace),
            HealthArea.TERMS: self._terms,
            HealthArea.LEDGER: self._ledger,
            HealthArea.RECONCILE: self._reconcile,
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
            ("Version", facts.version),
            ("Replica set", facts.replica_set),
            *lines_of(facts.members),
            ("Round trip", ms(facts.round_trip)),
            ("This clock is off by", off(facts.desk_off_by)),
        )
        if (trouble := trouble_of(facts.members)) is not None:
            says, todo = trouble
            return Finding(HealthArea.DATABASE, Level.WARNING, says, lines, todo)
        if abs(facts.desk_off_by) > CLOCK_WRONG:
            says = f"The database answers; this computer's clock is off by {off(facts.desk_off_by)}."
            return Finding(HealthArea.DATABASE, Level.WARNING, says, lines, "Set this computer's clock by the network.")
        says = f"MongoDB {facts.version} answers in {ms(facts.round_trip)}; {many(len(facts.members), 'member')}."
        return Finding(HealthArea.DATABASE, Level.GOOD, says, lines)

    async def _cache(self) -> Finding:
        try:
            running, took = await self.cache.pulse()
        except Unavailable as problem:
            if problem.detail == REDIS_FULL:
                says = "Redis answers, but keeps nothing new: its memory is full. Bookings go on, searching is slower."
                todo = "Give Redis more memory (maxmemory), or maxmemory-policy allkeys-lru."
                return Finding(HealthArea.CACHE, Level.WARNING, says, todo=todo)
            if problem.detail == REDIS_RIGHTS:
                says = "Redis refuses this account what this version asks for. Bookings go on, searching is slower."
                todo = "Renew the account's rights: drivesphere redis-account --rights-only says how."
                return Finding(HealthArea.CACHE, Level.WARNING, says, todo=todo)
            says = "Redis does not answer. Bookings go on, searching is slower."
            return Finding(HealthArea.CACHE, Level.WARNING, says, todo="Start Redis, or look at the network between.")
        return Finding(
            HealthArea.CACHE,
            Level.GOOD,
            f"Redis answers in {ms(took)}.",
            (("Version", running), ("Round trip", ms(took))),
        )

    async def _stripe(self) -> Finding:
        facts = (("Mode", self.key.mode), ("Key", self.key.kind))
        if self.key.kind == "none":
            says = "This desk has no Stripe key; payments are made by desks that have one."
            return Finding(HealthArea.STRIPE, Level.UNKNOWN, says, facts)
        began, now = perf_counter(), self.clock.now()
        await self.gateway.pages_created(now, now)
        took = timedelta(seconds=perf_counter() - began)
        says = f"Stripe answers in {ms(took)} ({self.key.mode}, {self.key.kind} key)."
        return Finding(HealthArea.STRIPE, Level.GOOD, says, (*facts, ("Round trip", ms(took))))

    async def _sweeper(self) -> Finding:
        last, todo = await self.inspection.last_round(), "Keep a worker running: drivesphere worker"
        if last is None:
            return Finding(HealthArea.SWEEPER, Level.WARNING, "Nobody has swept yet.", todo=todo)
        since = self.clock.now() - last.at
        facts = (
            ("By", last.by),
            ("At", last.desk),
            ("When", moment(last.at)),
            ("Looked at", f"{last.count} bookings"),
            *[(f"{name.capitalize()} read again", await self._read_last(name)) for name in (REFUNDS, DISPUTES)],
        )
        says = f"Last swept by {last.by} {ago(since)}."
        if waiting := await self.inspection.refunds_without_car(self.clock.now()):
            return refunds_wait(says, waiting, facts)
        if since <= SWEEP_LATE:
            return Finding(HealthArea.SWEEPER, Level.GOOD, says, facts)
        level = Level.BAD if since > SWEEP_MISSING else Level.WARNING
        return Finding(HealthArea.SWEEPER, level, f"{says} Holds that run out stay.", facts, todo)

    async def _read_last(self, name: str) -> str:
        last = await self.inspection.last_round(name)
        return "never" if last is None else f"{moment(last.at)}, by {last.by}"

    async def _schema(self) -> Finding:
        found = await self.inspection.schema()
        facts = (
            ("Version", "not recorded" if found.version is None else str(found.version)),
            ("Compared", str(found.looked)),
            ("Not visible to this account", told(found.unseen) or "nothing"),
        )
        if found.wrong:
            says = f"{len(found.wrong)} of {found.looked} validators, indexes and roles are not as they must be."
            return Finding(HealthArea.SCHEMA, Level.BAD, says, (*facts, ("Differs", told(found.wrong))), _PROVISION)
        says = f"Schema version {facts[0][1]}: all {found.looked} validators, indexes and roles are as it needs them."
        return Finding(HealthArea.SCHEMA, Level.UNKNOWN if not found.looked else Level.GOOD, says, facts)

    async def _overlaps(self) -> Finding:
        overlaps, cars = Overlaps(), 0
        async for of_one_car in self.inspection.claims():
            overlaps.look(of_one_car)
            cars += 1
        # Read in pages while others work: what moved meanwhile is no double booking.
        real = [pair for pair in overlaps.pairs if await self.inspection.still(pair)]
        facts = (("Bookings looked at", f"{overlaps.looked:,}"), ("Cars", f"{cars:,}"))
        if not real:
            return Finding(HealthArea.OVERLAPS, Level.GOOD, "No car is promised twice.", facts)
        lines = told(f"{one.car_id}: {one.booking_id} and {other.booking_id}" for one, other in real)
        says = f"The same car at the same time: {many(len(real), 'pair')} of bookings."
        todo = "Call the renters: one of each pair needs another car. Then tell who looks after the program."
        return Finding(HealthArea.OVERLAPS, Level.BAD, says, (*facts, ("Double", lines)), todo)

    async def _terms(self) -> Finding:
        if beside := await self.inspection.terms_beside_series():
            says = f"Not of one mind with their series of terms, or with their own row: {many(len(beside), 'car')}."
            todo = "Take each of these cars out of service and back: that writes its terms anew. Look at its bookings."
            return Finding(HealthArea.TERMS, Level.BAD, says, (("Cars", told(beside)),), todo)
        strange = await self.inspection.strange_terms()
        if not strange:
            says = "Every car is priced by the latest of its terms, in its branch's time zone."
            return Finding(HealthArea.TERMS, Level.GOOD, says)
        says = f"Priced in another time zone than their branch has: {many(len(strange), 'car')}."
        todo = "Open each of these cars and save it again."
        return Finding(HealthArea.TERMS, Level.WARNING, says, (("Cars", told(strange)),), todo)

    async def _ledger(self) -> Finding:
        sums = await self.inspection.sums()
        facts = tuple((currency, f"{money.minor} minor units over") for currency, money in sums.items() if money.minor)
        if facts:
            says = "The ledger's shares do not add up to its charges and refunds."
            return Finding(HealthArea.LEDGER, Level.BAD, says, facts, "Run: drivesphere reconcile")
        currencies = (("Currencies", ", ".join(sums) or "none"),)
        return Finding(HealthArea.LEDGER, Level.GOOD, "Charges and refunds equal the shares, to the cent.", currencies)

    async def _restored(self) -> Finding:
        return went_back(await self.inspection.restored())

    async def _backup(self) -> Finding:
        return backed_up(*await self.inspection.backups(), self.clock.now())

    async def _reconcile(self) -> Finding:
        until = self.clock.now()
        report = await self.reconciler.compare(until - COMPARED, until)
        facts = (
            ("Since", moment(until - COMPARED)),
            ("Payments at Stripe", str(report.payments)),
            ("Bookings", str(report.bookings - report.drawn)),
            ("Under way", str(report.under_way)),
            ("Of all dates", f"{report.looked:,} bookings, {report.posted:,} ledger rows"),
            ("Stripe was not asked about", f"{report.not_asked:,} of them"),
            ("Disputes", "not looked at: this key may not" if report.disputes_unread else "looked at"),
        )
        if report.differences or report.damaged:
            lines = [f"{each.booking_id}: {each.kind.value.replace('_', ' ')}" for each in report.differences]
            lines += [damaged.sentence for damaged in report.damaged.values()]
            says = f"{many(len(lines), 'difference')} between Stripe's books and ours."
            told_of = (*facts, ("Differences", told(lines)))
            return Finding(HealthArea.RECONCILE, Level.BAD, says, told_of, "Run: drivesphere reconcile")
        if report.cut_off:
            says = "The last two days agree; there was no time to look at all that is older."
            return Finding(HealthArea.RECONCILE, Level.UNKNOWN, says, facts, "Run: drivesphere reconcile", missed=True)
        return Finding(HealthArea.RECONCILE, Level.GOOD, "Stripe's books and ours agree for the last two days.", facts)


async def _careful(area: HealthArea, look: Callable[[], Awaitable[Finding]]) -> Finding:
    """A look that fails is a finding; the others go on."""
    try:
        return await look()
    except Forbidden:
        return Finding(area, Level.UNKNOWN, "This account or key may not look at it.")
    except Unavailable as problem:
        if problem.server == "mongodb":
            return Finding(area, Level.BAD, DATABASE_AWAY, todo="Look after its servers and the network.", missed=True)
        says = f"{_SERVERS.get(problem.server, problem.server)} does not answer."
        return Finding(area, Level.WARNING, says, todo=_TODO.get(problem.server, ""), missed=True)
    except DriveSphereError as problem:
        log.warning("health.not_looked", area=area.value, code=problem.code)
        return Finding(area, Level.WARNING, f"It could not be looked at ({problem.code}).", missed=True)
    except Exception as problem:
        # A row that nobody foresaw, perhaps written past the program, ends this look and none of the others.
        log.exception("health.bug", area=area.value)
        says = f"It could not be looked at ({type(problem).__name__})."
        return Finding(area, Level.WARNING, says, todo="Tell who looks after the program.", missed=True)


def _not_asked(area: HealthArea) -> Finding:
    return Finding(area, Level.UNKNOWN, "Not looked at, because MongoDB does not answer.", missed=True)


_SERVERS = {"redis": "Redis", "stripe": "Stripe"}
_TODO = {"stripe": "Look at the network of this computer, and at status.stripe.com."}
#: What can only be seen in MongoDB.
_IN_DATABASE = frozenset(
    {
        HealthArea.SWEEPER,
        HealthArea.SCHEMA,
        HealthArea.OVERLAPS,
        HealthArea.CLAIMS,
        HealthArea.ROWS,
        HealthArea.TERMS,
        HealthArea.LEDGER,
        HealthArea.RECONCILE,
        HealthArea.BACKUP,
        HealthArea.RESTORED,
    }
)
