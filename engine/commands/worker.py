"""``drivesphere worker``: the head office without a window. Sweeps, looks for payments nobody saw, hears Stripe."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.metadata import version

import structlog

from engine.adapters.http.monitor_server import monitor_app
from engine.adapters.http.serving import serve_http
from engine.adapters.http.webhook_server import open_webhooks, webhook_app
from engine.adapters.stripe.gateway import StripeGateway
from engine.adapters.stripe.sandbox_webhooks import sandbox_posts_to
from engine.bootstrap import Deployment, Engine, open_deployment, open_engine
from engine.config import Secret, Settings
from engine.domain.health.rounds import Rounds
from engine.domain.people.people import Deed
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.endings import ending_signals
from engine.domain.shared.errors import (
    AccountDisabled,
    DriveSphereError,
    Forbidden,
    Misconfigured,
    ProgramTooOld,
    SignInRefused,
)
from engine.services.payment.missed_payments import MissedPayments

log = structlog.get_logger(__name__)

_SWEEP_EVERY = timedelta(minutes=1)
_LOOK_BACK_EVERY = timedelta(minutes=3)
_AFTERWARDS_EVERY = timedelta(hours=1)
_MEASURE_CLOCK_EVERY = timedelta(minutes=1)
_LOOK_AT_SCHEMA_EVERY = timedelta(minutes=1)
#: What ends the work, in whichever round it is met: an account taken away, and a database that went on without us.
_ENDS = (SignInRefused, AccountDisabled, ProgramTooOld)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do.

    Attributes:
        webhook: Host and port to hear Stripe at; None for a worker that only asks.
        behind_proxy: All webhooks come through one proxy, which is trusted.
        webhook_secret: ``whsec_…``; with the sandbox it may be empty, and one is made for this run.
        monitor: Host and port at which the firm's monitoring asks; None where nobody does.
    """

    account: str
    password: Secret
    webhook: tuple[str, int] | None = None
    webhook_secret: Secret = field(default=Secret())
    behind_proxy: bool = False
    monitor: tuple[str, int] | None = None


async def run(settings: Settings, orders: Orders) -> None:
    """Work until SIGTERM, SIGINT or the terminal's end.

    Raises:
        Misconfigured: With a sentence on what to do.
        SignInRefused, AccountDisabled: Now, or while it worked.
        ProgramTooOld: The same: the database was brought to a later release, and this one writes nothing there.
        Forbidden: The account's role may not sweep.
        Unavailable: A server is not there at the start.
    """
    _end_on_signals()
    # Cancelled by those signals only; everything below has been closed in order by then.
    with suppress(asyncio.CancelledError):
        async with open_deployment(settings, lambda text: log.info("worker.starting", step=text)) as deployment:
            await work(deployment, orders)
    log.info("worker.ended")


async def work(deployment: Deployment, orders: Orders) -> None:
    """Work until cancelled."""
    if not deployment.stripe_key:
        raise Misconfigured("worker.no_key")
    async with AsyncExitStack() as leaving:
        engine = await leaving.enter_async_context(
            open_engine(deployment, orders.account, orders.password.reveal(), background=False)
        )
        engine.actor.must(Deed.SWEEP)
        engine.actor.must(Deed.CAPTURE)
        log.info("worker.at_work", account=orders.account, role=engine.actor.role.value, database=deployment.database)
        if orders.webhook:
            await _hear(leaving, engine, orders.webhook, orders)
        rounds = Rounds()
        if orders.monitor:
            app = monitor_app(rounds.told, version("drivesphere"))
            url = await leaving.enter_async_context(serve_http(app, orders.monitor, "listen.monitor"))
            log.info("worker.tells_monitoring", url=url)
        await _rounds(engine, rounds)


async def _hear(leaving: AsyncExitStack, engine: Engine, address: tuple[str, int], orders: Orders) -> None:
    deployment, key = engine.deployment, engine.deployment.stripe_key.reveal()
    secret = orders.webhook_secret.reveal()
    if not secret and not deployment.stripe_url:
        raise Misconfigured("worker.no_webhook_secret")
    secret = secret or f"whsec_{secrets.token_hex(16)}"
    gateway = StripeGateway(key, base_url=deployment.stripe_url or None, webhook_secret=secret)
    leaving.push_async_callback(gateway.aclose)
    app = webhook_app(gateway, engine.payment.heard, engine.clock.now, engine.admin.disputes.heard)
    url = await leaving.enter_async_context(open_webhooks(app, *address, behind_proxy=orders.behind_proxy))
    if deployment.stripe_url:
        await leaving.enter_async_context(sandbox_posts_to(deployment.stripe_url, key, url, secret))
    log.info("worker.hears_stripe", url=url)


async def _rounds(engine: Engine, rounds: Rounds) -> None:
    _leave_if_asked()
    every = partial(_every, rounds)
    payment = engine.payment
    missed = MissedPayments(payment.store, payment.gateway, payment, engine.clock)
    try:
        async with asyncio.TaskGroup() as group:
            # Before the others: a worker of an older release could but fail at each booking, again and again.
            group.create_task(every(_LOOK_AT_SCHEMA_EVERY, "schema", payment.mode.must_fit, needed=True))
            group.create_task(engine.restored_look.run(engine.actor.account))
            group.create_task(every(_MEASURE_CLOCK_EVERY, "clock", engine.clock.measure))
            group.create_task(engine.carrier.run())
            if engine.actor.may(Deed.SEE_HEALTH):
                group.create_task(engine.admin.watch.run(engine.admin.watch_notes.note))
            group.create_task(every(_LOOK_BACK_EVERY, "lookback", missed.look))
            group.create_task(every(_AFTERWARDS_EVERY, "afterwards", engine.afterwards.look_if_due))
            # Only the database can forbid sweeping: somebody took the account's role away.
            group.create_task(every(_SWEEP_EVERY, "sweep", engine.sweeper.sweep, ends_on=Forbidden, needed=True))
    except ExceptionGroup as gone:
        # No `except*`: until Python 3.11.3 what is raised in one arrives wrapped in a group again.
        known, bugs = gone.split((*_ENDS, Forbidden))
        if known is None or bugs is not None:
            raise
        raise known.exceptions[0] from None


async def _every(
    rounds: Rounds,
    pause: timedelta,
    name: str,
    what: Callable[[], Awaitable[int | None]],
    *,
    ends_on: type[DriveSphereError] = AccountDisabled,
    needed: bool = False,
) -> None:
    """A round that fails is told and followed by the next, but for what ends the work."""
    rounds.expect(name, pause, needed=needed)
    while True:
        try:
            if count := await what():
                log.info("worker.round", of=name, count=count)
            rounds.did(name)
        except (*_ENDS, ends_on):
            raise
        except DriveSphereError as problem:
            rounds.missed(name)
            log.warning("worker.round_failed", of=name, code=problem.code, problem=str(problem))
        _leave_if_asked()
        await rest(pause.total_seconds())


def _leave_if_asked() -> None:
    """Until Python 3.12 ``wait_for``, which the drivers use, loses a cancellation that meets its answer."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def _end_on_signals() -> None:
    loop, worker = asyncio.get_running_loop(), asyncio.current_task()
    ending = False

    def end() -> None:
        nonlocal ending
        if worker and not ending:
            ending = True
            log.info("worker.ending")
            worker.cancel()

    for number in ending_signals():
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
