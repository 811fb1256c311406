"""Bad days, one kind each: every call does one thing to the firm, undoes it, and counts it."""

from __future__ import annotations

import asyncio
import random
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass

from cluster import Cluster
from desks import RemoteDesk
from proxy import Line, Proxy
from redis.exceptions import RedisError
from shift import Disturb, Shift

#: Where a desk is stopped while it holds the car's lease.
INSIDE = ("after turn", "before transact claim", "after work held prepared", "after transact claim")
KILLED_AT = (
    *INSIDE,
    "after stripe open_page",
    "before store held open",
    "after browser",
    "after stripe page",
    "before store confirmed paid",
    "after store confirmed paid",
    "after stripe capture",
    "after store releasing open",
    "after stripe close_page",
    "after work released expired",
    "after add_agreement",
    "after work completed paid",
)
_OPERATIONS = (
    "PostCheckoutSessions",
    "GetCheckoutSessionsSession",
    "PostCheckoutSessionsSessionExpire",
    "PostPaymentIntentsIntentCapture",
)


def _somebody(shift: Shift, chance: random.Random) -> RemoteDesk | None:
    there = [desk for desk in shift.seats if desk and desk.alive]
    return chance.choice(there) if there else None


async def _pause(chance: random.Random, least: float, most: float) -> None:
    await asyncio.sleep(chance.uniform(least, most))


async def killed_desks(shift: Shift, chance: random.Random) -> None:
    await _pause(chance, 0.1, 0.4)
    for _ in range(2):
        if desk := _somebody(shift, chance):
            await shift.run.do(desk, "arm", point=chance.choice(KILLED_AT), action="kill")


async def paused_desks(shift: Shift, chance: random.Random) -> None:
    """Stopped with the lease in hand, for longer than it lasts."""
    await _pause(chance, 0.2, 0.6)
    if desk := _somebody(shift, chance):
        shift.run.wakes_after_s = desk.spec.lease_s + 0.4
        await shift.run.do(desk, "arm", point=chance.choice(INSIDE), action="stop")


async def bad_redis(shift: Shift, chance: random.Random) -> None:
    valkey, way = shift.run.firm.cluster.valkey, chance.choice(("killed", "paused", "flushed", "restarted"))
    shift.run.evidence.leases_hold = False
    await _pause(chance, 0.1, 0.5)
    shift.run.faults[f"Valkey {way}"] += 1
    if way == "flushed":
        try:
            await shift.run.firm.redis.flushall()
        except RedisError:  # it was killed a moment ago and is not back yet
            shift.run.faults[f"Valkey {way}"] -= 1
        return
    if way == "paused":
        valkey.pause()
    else:
        valkey.kill()
    if way != "restarted":
        await _pause(chance, 0.2, 1.2)
    valkey.mend()


async def bad_mongod(shift: Shift, chance: random.Random) -> None:
    """The primary is killed or stands still, another is elected, the old one comes back."""
    cluster, way = shift.run.firm.cluster, chance.choice(("killed", "paused", "follower killed"))
    await _pause(chance, 0.5, 1.0)
    primary = await asyncio.to_thread(cluster.primary)
    shift.run.faults[f"mongod {way}"] += 1
    member = primary
    if way == "follower killed":
        member = chance.choice([other for other in cluster.mongods if other is not primary])
    if way == "paused":
        member.pause()
    else:
        member.kill()
    await _pause(chance, 1.8, 3.0)
    member.mend()
    await asyncio.to_thread(cluster.until_whole)


async def bad_stripe(shift: Shift, chance: random.Random) -> None:
    fault: dict[str, object] = {"kind": chance.choice(("lose", "lose", "drop", "fail", "fail", "slow", "pay_first"))}
    match fault["kind"]:
        case "fail":
            fault["status"] = chance.choice((409, 429, 500, 502, 503))
        case "slow":
            fault["seconds"] = chance.uniform(0.2, 2.5)
        case "pay_first":
            fault["operation"] = "PostCheckoutSessionsSessionExpire"
    fault.setdefault("operation", chance.choice(("", *_OPERATIONS)))
    fault["times"] = chance.choice((1, 2, 3))
    shift.run.faults[f"Stripe {fault['kind']}"] += 1
    await shift.run.firm.stripe.fault(**fault)
    await _pause(chance, 0.05, 0.3)


class WebhookStorm:
    """A worker hears Stripe's events; they come many times and in any order, and it dies now and then."""

    def __init__(self, port: int) -> None:
        self._port, self._secret = port, f"whsec_{secrets.token_hex(16)}"
        self.url = ""
        self._worker: RemoteDesk | None = None

    async def __call__(self, shift: Shift, chance: random.Random) -> None:
        run, stripe = shift.run, shift.run.firm.stripe
        if self._worker is None or not self._worker.alive:
            self._worker = await run.desk(account="worker", stripe_key=run.firm.cluster.stripe_key)
            self.url = (await self._worker.ask("listen", port=self._port, secret=self._secret))["url"]
            await stripe.webhook(self.url, self._secret)
        await _pause(chance, 0.1, 0.4)
        if chance.random() < 0.2:
            run.faults["workers killed"] += 1
            self._worker.kill()
            await self._worker.gone
        elif events := await stripe.latest_events():
            run.faults["webhook storms"] += 1
            await asyncio.gather(*(stripe.resend(event) for event in chance.choices(events, k=6)))


async def everybody_at_once(shift: Shift, chance: random.Random) -> None:
    """All desks ask after the same booking, and all of them sweep."""
    live = [event["booking"] for event in shift.run.evidence.accepted[-8:]]
    there = [desk for desk in shift.seats if desk and desk.alive]
    if live:
        shift.run.faults["races"] += 1
        booking = chance.choice(live)
        await asyncio.gather(
            *(shift.run.do(desk, "settle", booking=booking) for desk in there),
            *(shift.run.do(desk, "sweep") for desk in there),
        )
    await _pause(chance, 0.05, 0.2)


async def all_of_it(shift: Shift, chance: random.Random) -> None:
    troubles = (killed_desks, paused_desks, bad_redis, bad_mongod, bad_stripe, bad_stripe, everybody_at_once)
    await chance.choice(troubles)(shift, chance)


@dataclass(frozen=True)
class Lines:
    """One desk's own way to every server."""

    mongods: list[Proxy]
    valkey: Proxy
    sandbox: Proxy

    @classmethod
    async def laid(cls, leaving: AsyncExitStack, cluster: Cluster) -> Lines:
        mongods = [await leaving.enter_async_context(Proxy(member.port)) for member in cluster.mongods]
        others = [await leaving.enter_async_context(Proxy(other.port)) for other in (cluster.valkey, cluster.sandbox)]
        return cls(mongods, *others)

    def look(self, cluster: Cluster) -> dict[str, object]:
        """What makes a desk use them."""
        return {
            "routes": {str(proxy.upstream): proxy.port for proxy in self.mongods},
            "redis_url": cluster.redis_at(self.valkey.port),
            "stripe_url": f"http://127.0.0.1:{self.sandbox.port}",
        }

    def some(self, chance: random.Random) -> list[Proxy]:
        """All lines, those to one kind of server, or those to some members of the replica set."""
        parts = [[self.valkey], [self.sandbox], self.mongods, chance.sample(self.mongods, 2)]
        return chance.choice([*parts, [*self.mongods, self.valkey, self.sandbox]])


def bad_network(everybody: list[Lines]) -> Disturb:
    """Cuts and black holes between one desk, or all of them, and the servers."""

    async def disturb(shift: Shift, chance: random.Random) -> None:
        hit = [
            proxy for lines in chance.choice((everybody, *([one] for one in everybody))) for proxy in lines.some(chance)
        ]
        await _pause(chance, 0.1, 0.5)
        for proxy in hit:
            line = chance.choice((Line.CUT, Line.HOLE))
            shift.run.faults[f"line {line}"] += 1
            await proxy.move_to(line)
        await _pause(chance, 0.2, 1.5)
        for proxy in hit:
            await proxy.move_to(Line.OPEN)

    return disturb
