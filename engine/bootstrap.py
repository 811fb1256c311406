"""Composition root of the engine: wires adapters into services and closes them in reverse."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from engine.adapters.clock import ServerClock
from engine.adapters.landing import open_landing
from engine.adapters.mongo_accounts import MongoAccounts
from engine.adapters.mongo_client import Credentials, connect
from engine.adapters.mongo_store import MongoStore
from engine.adapters.redis_cache import RedisCache
from engine.adapters.redis_leases import RedisTurns
from engine.adapters.redis_line import RedisLine, connect_redis
from engine.adapters.stripe_gateway import StripeGateway
from engine.config import Secret, Settings
from engine.domain.booking import BookingId
from engine.domain.errors import DriveSphereError
from engine.domain.people import Actor, Deed
from engine.embedded.demo_load import load_demo
from engine.embedded.demo_payments import introduce_payments
from engine.embedded.demo_people import accounts as demo_accounts
from engine.embedded.servers import open_servers
from engine.services.booking import BookingService
from engine.services.catalogue import CatalogueService
from engine.services.follower import Follower
from engine.services.payment import PaymentService
from engine.services.rental import RentalService
from engine.services.sweeper import Sweeper

__all__ = ["Engine", "Place", "demo_accounts", "new_booking_id", "open_engine", "open_place"]

log = structlog.get_logger(__name__)

_MEASURE_CLOCK_EVERY_S = 60.0
_CANCEL_AGAIN_S = 1.0
#: Where the browser goes after paying when nobody waits for it (RFC 2606: never a real site).
_NOWHERE = "https://drivesphere.invalid/paid"
#: Crockford's base 32: no I, L, O or U, so a booking number survives the telephone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Place:
    """A deployment: which servers, which database, which Stripe.

    Attributes:
        stripe_url: Address of the sandbox; empty for Stripe itself.
        demo: Whether it holds the demo's data and accounts.
    """

    mongo_url: str
    redis_url: Secret
    database: str
    stripe_key: Secret = field(default=Secret())
    stripe_url: str = ""
    success_url: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything a signed-in desk can do. Made by ``open_engine``."""

    actor: Actor
    accounts: MongoAccounts
    place: Place
    catalogue: CatalogueService
    booking: BookingService
    payment: PaymentService
    rental: RentalService
    follower: Follower
    sweeper: Sweeper
    landing: Landing
    clock: ServerClock
    turns: RedisTurns
    redis: RedisLine
    cache: RedisCache


@dataclass(frozen=True, slots=True)
class _Doors:
    """The adapters of one engine."""

    accounts: MongoAccounts
    store: MongoStore
    turns: RedisTurns
    redis: RedisLine
    cache: RedisCache
    clock: ServerClock
    gateway: StripeGateway


@asynccontextmanager
async def open_place(settings: Settings, on_progress: Callable[[str], None] = lambda _: None) -> AsyncIterator[Place]:
    """The deployment that *settings* name; with none named, our own servers on this machine, with demo data.

    Raises:
        Misconfigured: With a sentence on what to do.
        Unavailable: ``embedded``, when a server does not come up.
    """
    if not settings.embedded:
        yield Place(
            settings.mongo_url,
            settings.redis_url,
            settings.database,
            settings.stripe_api_key,
            success_url=settings.success_url,
        )
        return
    async with open_servers(
        settings.data_dir,
        sandbox=not settings.stripe_api_key,
        mongod=settings.mongod,
        valkey=settings.valkey,
        on_progress=on_progress,
    ) as servers:
        root = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
        try:
            await load_demo(root, settings.database, datetime.now(UTC), on_progress)
            if servers.stripe_url:
                await introduce_payments(root, settings.database, servers.stripe_url, servers.stripe_key)
        finally:
            await root.close()
        yield Place(
            servers.mongo_url,
            Secret(servers.redis_url),
            settings.database,
            settings.stripe_api_key or Secret(servers.stripe_key),
            stripe_url="" if settings.stripe_api_key else servers.stripe_url,
            demo=True,
        )


@asynccontextmanager
async def open_engine(
    place: Place, account: str, password: str, *, lease: bool = True, background: bool = True
) -> AsyncIterator[Engine]:
    """Sign in and open a desk's engine.

    With *lease* off every request goes through to the transaction, to show that the database alone is right. With
    *background* off there is no sweeping and no landing page; for short runs without a window.

    Raises:
        SignInRefused: Name or password is wrong.
        AccountDisabled: The account has no role.
        Unavailable: MongoDB does not answer.
    """
    async with AsyncExitStack() as leaving:
        client = connect(place.mongo_url, Credentials(account, password, place.database))
        leaving.push_async_callback(client.close)
        accounts = MongoAccounts(client, place.database, account)
        actor = await accounts.whoami()
        clock = ServerClock(client)
        await clock.measure()
        redis = connect_redis(place.redis_url.reveal())
        leaving.push_async_callback(redis.aclose)
        gateway = StripeGateway(place.stripe_key.reveal(), base_url=place.stripe_url or None)
        leaving.push_async_callback(gateway.aclose)
        line = RedisLine(redis)
        cache = RedisCache(line, place.database)
        doors = _Doors(
            accounts=accounts,
            store=MongoStore(client, place.database, cache),
            turns=RedisTurns(line, place.database, lease=lease),
            redis=line,
            cache=cache,
            clock=clock,
            gateway=gateway,
        )
        engine = _wire(place, actor, doors)
        if background:
            await leaving.enter_async_context(_running(engine))
        yield engine


def _wire(place: Place, actor: Actor, doors: _Doors) -> Engine:
    store, clock, gateway = doors.store, doors.clock, doors.gateway
    payment = PaymentService(store, gateway, clock, desk=actor.account)
    follower = Follower(payment, clock)
    landing = Landing(place.success_url or _NOWHERE)
    booking = BookingService(store, doors.turns, clock, gateway, payment, new_booking_id, landing.address_for)
    return Engine(
        actor=actor,
        accounts=doors.accounts,
        place=place,
        catalogue=CatalogueService(store, clock, doors.cache),
        booking=booking,
        rental=RentalService(store, clock, booking, payment),
        payment=payment,
        follower=follower,
        sweeper=Sweeper(store, payment, doors.turns, clock),
        landing=landing,
        clock=clock,
        turns=doors.turns,
        redis=doors.redis,
        cache=doors.cache,
    )


def new_booking_id() -> BookingId:
    """Twelve letters, 60 random bits; ``_id`` in the database guards against the rest."""
    return BookingId("".join(secrets.choice(_LETTERS) for _ in range(12)))


@dataclass(slots=True)
class Landing:
    """Where the browser comes back to; this desk's own page once it is served."""

    address: str

    def address_for(self, booking_id: BookingId) -> str:
        return f"{self.address}?booking={booking_id}"


@asynccontextmanager
async def _running(engine: Engine) -> AsyncIterator[None]:
    async with AsyncExitStack() as serving:
        if not engine.place.success_url:
            engine.landing.address = await serving.enter_async_context(open_landing(engine.follower.arrived))
        async with _tasks(engine):
            yield


@asynccontextmanager
async def _tasks(engine: Engine) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_keep_time(engine.clock), name="clock")]
    if engine.actor.may(Deed.SWEEP):
        tasks.append(asyncio.create_task(engine.sweeper.run(), name="sweeper"))
    try:
        yield
    finally:
        await _end(tasks)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel until they have ended: Python 3.11 forgets a cancellation that meets an answer in ``wait_for``."""
    while alive := [task for task in tasks if not task.done()]:
        for task in alive:
            task.cancel()
        await asyncio.wait(alive, timeout=_CANCEL_AGAIN_S)


async def _keep_time(clock: ServerClock) -> None:
    while True:
        await asyncio.sleep(_MEASURE_CLOCK_EVERY_S)
        try:
            await clock.measure()
        except DriveSphereError as problem:
            log.info("clock.not_measured", code=problem.code)
