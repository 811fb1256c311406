"""One run of the suite: a firm's desks at work, what is done to them, and the evidence of what came of it."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Timestamp
from checks import Call, Evidence, Section, Violation, judge
from desks import DeskGone, Refused, RemoteDesk
from firm import Firm, Payer
from history import History, read_history, start_of_history

from engine.domain.shared.errors import Unavailable

RATE = 50_00
_ROUND_PAUSE_S, _BREATH_S = 0.2, 0.2
#: A run that hangs is a fault too.
_MOST_S, _HEARD_WITHIN_S = 600.0, 180.0
_BEFORE = timedelta(minutes=2)
_DONE = {"kill": "desks killed at a point", "stop": "desks stopped at a point"}


@dataclass(frozen=True)
class Outcome:
    """A run's line in the table."""

    scenario: str
    seed: int
    bookings: int
    faults: Counter[str]
    answers: Counter[str]
    ends: Counter[str]
    violations: list[Violation]
    seconds: float

    def __str__(self) -> str:
        counts = {"faults": self.faults, "answers": self.answers, "ends": self.ends}
        told = "; ".join(f"{name}: {_listed(count)}" for name, count in counts.items())
        return "\n  ".join(
            [f"{self.scenario}, seed {self.seed}, {self.bookings} bookings; {told}", *map(str, self.violations)]
        )


def _listed(count: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(count.items())) or "none"


@dataclass
class Run:
    """Desks, renters and what is done to them; use ``open_run``.

    Attributes:
        spec: Settings that this run's desks share.
        looks_back: Whether the head office looks through Stripe's own list for payments that nobody saw.
        quiet_within_s: How long it may take until nothing is left to do.
        wakes_after_s: How long a desk that was stopped at a point stands still; 0: until somebody wakes it.
    """

    firm: Firm
    scenario: str
    seed: int
    since: Timestamp
    prefix: str
    cars: list[str]
    spec: dict[str, Any]
    chance: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    desks: list[RemoteDesk] = field(default_factory=list)
    evidence: Evidence = field(default_factory=lambda: Evidence(History()))
    urls: dict[str, str] = field(default_factory=dict)
    reached: list[dict[str, Any]] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    looks_back: bool = False
    quiet_within_s: float = 45.0
    wakes_after_s: float = 0.0
    _open_sections: dict[tuple[str, str], Section] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _count: int = 0

    @property
    def payer(self) -> Payer:
        return Payer(self.firm.stripe, self.chance)

    async def desk(self, **changes: Any) -> RemoteDesk:
        """One more desk, open for business as soon as the servers let it."""
        async with asyncio.timeout(_HEARD_WITHIN_S):
            while True:
                self._count += 1
                spec = self.firm.spec(f"desk-{self._count}", **{**self.spec, **changes})
                self.evidence.lease_s = spec.lease_s
                try:
                    desk = await self.firm.nursery.desk(spec, self._heard)
                except Refused as refused:
                    if refused.code != Unavailable.code:
                        raise
                    # Servers that are broken, or too busy for its sign-in: a clerk would try again too.
                    await asyncio.sleep(_BREATH_S)
                else:
                    self.desks.append(desk)
                    return desk

    async def hear(self, come: Callable[[], bool]) -> None:
        """Until what the desks told makes it true."""
        async with asyncio.timeout(_HEARD_WITHIN_S):
            while not come():
                self._news.clear()
                await self._news.wait()

    def _heard(self, event: dict[str, Any]) -> None:
        self._news.set()
        match event["event"]:
            case "accepted":
                self.evidence.accepted.append(event)
            case "browser":
                self.evidence.opened.append(event)
                self.urls[event["booking"]] = event["url"]
            case "point":
                self.reached.append(event)
                self.faults[_DONE[event["action"]]] += 1
                if event["action"] == "stop" and self.wakes_after_s:
                    asyncio.get_running_loop().call_later(self.wakes_after_s, self._wake, event["desk"])
            case "entered" if event["leased"]:
                section = Section(event["desk"], event["booking"], event["car"], event["asked"], event["entered"])
                self._open_sections[event["desk"], event["booking"]] = section
                self.evidence.sections.append(section)
            case "left" if (event["desk"], event["booking"]) in self._open_sections:
                self._open_sections.pop((event["desk"], event["booking"])).left = event["at"]

    def _wake(self, name: str) -> None:
        next(desk for desk in self.desks if desk.spec.name == name).resume()

    def wish(self, car: str, first_day: int, days: int = 2, key: str = "") -> dict[str, Any]:
        """Options of the command ``hold``: *days* from *first_day* days ahead."""
        start = self.began.replace(minute=0, second=0, microsecond=0) + timedelta(days=1 + first_day)
        end = start + timedelta(days=days, hours=-2)
        key = key or f"{self.prefix}-{secrets.token_hex(6)}"
        period = {"starts_at": start.isoformat(), "ends_at": end.isoformat()}
        return {"car": car, **period, "key": key, "minor": RATE * days}

    async def hold(self, desk: RemoteDesk, wish: dict[str, Any]) -> str:
        """Ask for it and note what was said; the booking's id, or nothing."""
        began, booking, detail = datetime.now(UTC), "", ""
        try:
            booking = (await desk.ask("hold", **wish))["booking"]
            answer = "held"
        except Refused as refused:
            answer, booking, detail = refused.code, refused.booking, refused.detail
        except DeskGone:
            answer = "gone"
        starts_at, ends_at = (datetime.fromisoformat(wish[name]) for name in ("starts_at", "ends_at"))
        self.evidence.calls.append(
            Call(
                desk.spec.name,
                wish["car"],
                starts_at,
                ends_at,
                wish["key"],
                began,
                datetime.now(UTC),
                answer,
                booking,
                detail,
            )
        )
        return booking if answer == "held" else ""

    async def take_up_again(self, desk: RemoteDesk, booking: str) -> None:
        """One more press of "Book" for what has expired, noted like the others."""
        found = await self.firm.booking(booking)
        key, began = f"{found['intent_key']}-again", datetime.now(UTC)
        call = Call(desk.spec.name, found["car_id"], found["starts_at"], found["ends_at"], key, began, began)
        try:
            again = (await desk.ask("take_up_again", booking=booking, key=key))["booking"]
            call = replace(call, answer="held", booking=again)
        except Refused as refused:
            call = replace(call, answer=refused.code, booking=refused.booking, detail=refused.detail)
        except DeskGone:
            call = replace(call, answer="gone")
        self.evidence.calls.append(replace(call, ended=datetime.now(UTC)))

    async def do(self, desk: RemoteDesk, command: str, **options: Any) -> dict[str, Any]:
        """A command that may fail on a bad day; what it said, or nothing."""
        with suppress(DeskGone):
            try:
                return await desk.ask(command, **options)
            except Refused as refused:
                if refused.code == "bug":
                    self.evidence.calls.append(_mishap(desk, command, refused))
        return {}

    async def come_to_rest(self) -> RemoteDesk:
        """The bad day is over: every hold's time runs out, and the head office sees to what is left to do."""
        for desk in self.desks:
            desk.resume()
        await self.firm.stripe.clear()
        await asyncio.to_thread(self.firm.cluster.until_whole)
        worker = await self.desk(account="worker", stripe_key=self.firm.cluster.stripe_key)
        deadline = time.monotonic() + self.quiet_within_s
        mine = {"car_id": {"$in": self.cars}}
        while time.monotonic() < deadline:
            await self.firm.run_out(mine)
            await self.firm.hasten(mine)
            await self.do(worker, "sweep")
            looked = await self.do(worker, "look_back") if self.looks_back else {"found": 0}
            if looked.get("found") == 0 and not await self.firm.unsettled(mine):
                break
            await asyncio.sleep(_ROUND_PAUSE_S)
        return worker

    async def _of_this_run(self, compared: dict[str, Any]) -> list[str]:
        """Reconcile looks at every booking there is, also at those that earlier runs left, mutants among them."""
        if "differences" not in compared:
            return ["reconcile gave no answer"]
        left = await self.firm.db.bookings.distinct("_id", {"car_id": {"$nin": self.cars}})
        return [each["says"] for each in compared["differences"] if each["booking"] not in left]

    async def _compared(self, worker: RemoteDesk, until: datetime) -> dict[str, Any]:
        """What reconcile says, asked again where a server was too slow for it; nothing if it never answers."""
        deadline = time.monotonic() + self.quiet_within_s
        while True:
            compared = await self.do(worker, "reconcile", since=self.began.isoformat(), until=until.isoformat())
            if "differences" in compared or time.monotonic() >= deadline:
                return compared
            await asyncio.sleep(_ROUND_PAUSE_S)

    async def judged(self) -> Outcome:
        """Bring it to rest, gather the evidence and judge it."""
        worker = await self.come_to_rest()
        until = datetime.now(UTC) + _BEFORE
        compared = await self._compared(worker, until)
        self.evidence.differences = await self._of_this_run(compared)
        for desk in self.desks:
            await desk.close()
        firm, evidence = self.firm, self.evidence
        evidence.history = await read_history(firm, self.since, self.prefix)
        evidence.sessions = await firm.stripe.sessions(self.began - _BEFORE)
        evidence.charges = await firm.stripe.books()
        evidence.ledger = await firm.db.ledger.find({"car_id": {"$in": self.cars}}).to_list()
        evidence.fences = await firm.db.fences.find({"_id": {"$in": self.cars}}).to_list()
        evidence.agreements = await firm.db.agreements.find({"legs.car.car_id": {"$in": self.cars}}).to_list()
        return Outcome(
            self.scenario,
            self.seed,
            bookings=len(evidence.history.bookings),
            faults=self.faults,
            answers=Counter(call.answer for call in evidence.calls),
            ends=Counter(document["state"] for document in evidence.history.last()),
            violations=judge(evidence),
            seconds=(datetime.now(UTC) - self.began).total_seconds(),
        )


def _mishap(desk: RemoteDesk, command: str, refused: Refused) -> Call:
    now = datetime.now(UTC)
    return Call(desk.spec.name, "", now, now, command, now, now, "bug", detail=refused.detail)


@asynccontextmanager
async def open_run(firm: Firm, scenario: str, seed: int, cars: int, **spec: Any) -> AsyncIterator[Run]:
    """A run on fresh cars; whatever it breaks is mended afterwards."""
    prefix = f"run{secrets.token_hex(3)}"
    since = await start_of_history(firm)
    chance = random.Random(f"{scenario} {seed}")  # noqa: S311 -- to be repeated, not to be secret
    run = Run(firm, scenario, seed, since, prefix, await firm.add_cars(prefix, cars), spec, chance)
    try:
        async with asyncio.timeout(_MOST_S):
            yield run
    finally:
        for desk in run.desks:
            await desk.close()
        firm.cluster.mend()
        await firm.stripe.clear()
