"""Composition root of the engine: wires adapters into services and closes them in reverse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from engine.adapters.http.return_page import open_return_page
from engine.adapters.mongo.accounts import MongoAccounts
from engine.adapters.mongo.agreements.book import MongoAgreements
from engine.adapters.mongo.backups.restored import MongoRestored
from engine.adapters.mongo.changes import MongoChanges
from engine.adapters.mongo.client import Client, Credentials, connect
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.marks.book import MongoMarks
from engine.adapters.mongo.papers.book import MongoPapers
from engine.adapters.mongo.people import MongoPeople
from engine.adapters.mongo.queries.earnings import MongoEarnings
from engine.adapters.mongo.queries.unavailable_cars import MongoTaken
from engine.adapters.mongo.queries.witnesses import MongoWitnesses
from engine.adapters.mongo.renter_store import MongoRenters
from engine.adapters.mongo.shifts import MongoShifts
from engine.adapters.mongo.store import MongoStore
from engine.adapters.mongo.terms import MongoTerms
from engine.adapters.redis.cache import RedisCache
from engine.adapters.redis.leases import RedisBookingLock
from engine.adapters.redis.line import RedisLine, connect_redis
from engine.adapters.stripe.gateway import StripeGateway
from engine.config import Secret, Settings
from engine.domain.car.catalogue import CarWish
from engine.domain.money.addresses import NOWHERE
from engine.domain.money.payment import StripeMode
from engine.domain.people.accounts import is_one_time
from engine.domain.people.people import Actor, Deed, Role
from engine.domain.shared.errors import DriveSphereError, PasswordMustChange
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.remark import Remark
from engine.embedded.demo_load import load_demo
from engine.embedded.demo_payments import introduce_payments
from engine.embedded.demo_people import accounts as demo_accounts
from engine.embedded.servers import Endpoints, open_servers
from engine.services.agreement.agreement import AgreementService
from engine.services.agreement.closing import ClosingService
from engine.services.agreement.exchanging import ExchangingService
from engine.services.booking.availability import AvailabilityService
from engine.services.booking.booking import BookingService, HoldCar
from engine.services.booking.carrying import Carrier
from engine.services.booking.catalogue import CatalogueService
from engine.services.booking.listing import ListingService
from engine.services.booking.restored import RestoredLook, RestoredService
from engine.services.booking.sweeper import Sweeper
from engine.services.booking.today import TodayService
from engine.services.counter.till import TillService
from engine.services.firm.live import LiveService
from engine.services.firm.services import AdminServices, Services
from engine.services.papers.billing import BillingService
from engine.services.papers.contracts import ContractService
from engine.services.papers.papers import PaperService
from engine.services.payment.afterwards import Afterwards
from engine.services.payment.belief import Belief
from engine.services.payment.mode import ModeGuard
from engine.services.payment.payment import PaymentService
from engine.services.people.accounts import AccountService
from engine.services.people.renters import RenterService
from engine.services.reports.earnings import EarningsService
from engine.wiring.admin import describe_key, open_admin
from engine.wiring.background import Work, at_work, keep_time
from engine.wiring.booking_desk import BookingWiring, Means, ReturnPage, bookings_at, new_booking_id, readable_to
from engine.wiring.daily_backup import daily_backups
from engine.wiring.deployment import Deployment, given_deployment
from engine.wiring.fleet_desk import fleet_at
from engine.wiring.offline import copies_of, open_copying
from engine.wiring.sign_in import ask_for_account, choose_password, desk_name, note_sign_in

__all__ = [
    "Deployment",
    "Engine",
    "ask_for_account",
    "choose_password",
    "demo_accounts",
    "desk_name",
    "new_booking_id",
    "open_deployment",
    "open_engine",
]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Services):
    """A signed-in account's services, and what keeps them going. Made by ``open_engine``."""

    clock: ServerClock
    session: MongoAccounts
    deployment: Deployment
    carrier: Carrier
    sweeper: Sweeper
    afterwards: Afterwards
    return_page: ReturnPage
    booking_lock: RedisBookingLock
    redis: RedisLine
    cache: RedisCache
    live: LiveService
    restored_look: RestoredLook


@dataclass(frozen=True, slots=True)
class _Doors:
    """The adapters of one engine that more than one service goes through."""

    client: Client
    session: MongoAccounts
    store: MongoStore
    booking_lock: RedisBookingLock
    redis: RedisLine
    cache: RedisCache
    changes: MongoChanges
    clock: ServerClock
    gateway: StripeGateway


@asynccontextmanager
async def open_deployment(
    settings: Settings, on_progress: Callable[[Remark], None] = lambda _: None
) -> AsyncIterator[Deployment]:
    """The deployment that *settings* name; with none named, our own servers on this machine, with demo data.

    Raises:
        Misconfigured: With a sentence on what to do.
        Unavailable: ``embedded``, when a server does not come up.
    """
    if not settings.embedded:
        yield given_deployment(settings, copies_of(settings))
        return
    async with open_servers(
        settings.data_dir,
        sandbox=not settings.stripe_api_key,
        mongod=settings.mongod,
        valkey=settings.valkey,
        logs=settings.log_dir,
        on_progress=on_progress,
    ) as servers:
        drawn = await _draw_demo(settings, servers, on_progress)
        async with daily_backups(servers, settings):
            deployment = Deployment(
                servers.mongo_url,
                Secret(servers.redis_url),
                settings.database,
                settings.stripe_api_key or Secret(servers.stripe_key),
                stripe_url="" if settings.stripe_api_key else servers.stripe_url,
                demo=True,
                cache_dir=settings.cache_dir,
                copies_dir=copies_of(settings),
            )
            if drawn and servers.stripe_url:
                await _somebody_waits(deployment)
            yield deployment


async def _draw_demo(settings: Settings, servers: Endpoints, on_progress: Callable[[Remark], None]) -> bool:
    """Whether the demo was not there yet."""
    root = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
    try:
        drawn = await load_demo(root, settings.database, datetime.now(UTC), on_progress)
        if servers.stripe_url:
            await introduce_payments(root, settings.database, servers.stripe_url, servers.stripe_key)
        mode = settings.stripe_mode or StripeMode.TEST
        await MongoDeployment(root, settings.database).record_stripe_mode(mode, "demo", datetime.now(UTC))
    finally:
        await root.close()
    return drawn


async def _somebody_waits(deployment: Deployment) -> None:
    """Head office holds a car for a renter who has not paid yet: the clerk's first day has a hold, as long as it runs.

    The demo is none the worse without it.
    """
    office = next(each for each in demo_accounts() if each.role is Role.ADMIN)
    driver = next(each.renter_id for each in demo_accounts() if each.renter_id)
    branch = next(each.branch_id for each in demo_accounts() if each.branch_id)
    try:
        async with open_engine(deployment, office.account, office.password, background=False) as desk:
            noon = desk.clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
            period = RentalPeriod(noon + timedelta(days=9), noon + timedelta(days=12))
            free = (await desk.catalogue.search(desk.actor, CarWish(branch, period))).offers
            if not free:
                return
            wish = HoldCar(f"demo-{noon:%Y%m%d}", free[-1].car.id, period, driver, free[-1].quote.total)
            held = await desk.booking.hold(desk.actor, wish)
            await desk.payment.settle(desk.actor, held.id)
    except DriveSphereError as problem:
        log.warning("demo.nobody_waits", code=problem.code)


@asynccontextmanager
async def open_engine(
    deployment: Deployment, account: str, password: str, *, lease: bool = True, background: bool = True
) -> AsyncIterator[Engine]:
    """Sign in and open a desk's engine.

    With *lease* off every request goes through to the transaction, to show that the database alone is right. With
    *background* off there is no sweeping and no return page; for short runs without a window.

    Raises:
        SignInRefused: Name or password is wrong.
        AccountDisabled: The account has no role.
        PasswordMustChange: It is a one-time password; ``choose_password`` comes first.
        WrongStripeMode: The Stripe key is for test payments and the firm takes live ones, or the reverse.
        ProgramTooOld, DatabaseTooOld: The stored shapes are of another release; nothing was written.
        Unavailable: MongoDB does not answer.
    """
    async with AsyncExitStack() as leaving:
        client = await leaving.enter_async_context(deployment.connector.open(account, password, deployment.database))
        session = MongoAccounts(client, deployment.database, account, deployment.connector)
        actor = await session.whoami()
        if is_one_time(password):
            raise PasswordMustChange("a one-time password opens nothing but the choice of another")
        doors = await _open_doors(leaving, deployment, client, session, actor, lease=lease)
        await ModeGuard(MongoDeployment(client, deployment.database), doors.gateway, doors.clock).begin(actor)
        await note_sign_in(MongoPeople(client, deployment.database), actor, doors.clock)
        engine = _wire(deployment, actor, doors)
        if page := await engine.admin.return_pages.begin(actor, deployment.success_url):
            engine.return_page.address = page
        if background:
            await leaving.enter_async_context(_running(engine))
            if deployment.demo and actor.role is Role.RENTER:
                await _open_demo_worker(leaving, deployment)
        yield engine


async def _open_demo_worker(leaving: AsyncExitStack, deployment: Deployment) -> None:
    """In the demo somebody carries out what its renter wishes, even if no other window is open."""
    worker = next(each for each in demo_accounts() if each.role is Role.WORKER)
    try:
        await leaving.enter_async_context(open_engine(deployment, worker.account, worker.password))
    except DriveSphereError as problem:
        log.warning("demo.no_worker", code=problem.code)


async def _open_doors(
    leaving: AsyncExitStack,
    deployment: Deployment,
    client: Client,
    session: MongoAccounts,
    actor: Actor,
    *,
    lease: bool,
) -> _Doors:
    """The adapters; what they keep open is closed by *leaving*."""
    clock = ServerClock(client)
    await clock.measure()
    redis = connect_redis(deployment.redis_url.reveal(), deployment.ca_file)
    leaving.push_async_callback(redis.aclose)
    gateway = StripeGateway(
        deployment.stripe_key.reveal(), base_url=deployment.stripe_url or None, ca_file=deployment.stripe_ca_file
    )
    leaving.push_async_callback(gateway.aclose)
    line = RedisLine(redis)
    epoch = await MongoDeployment(client, deployment.database).epoch()
    life = epoch.id if epoch else ""
    cache = RedisCache(line, deployment.database, life)
    return _Doors(
        client=client,
        session=session,
        store=MongoStore(client, deployment.database, cache, readable_to(actor).listed, epoch),
        booking_lock=RedisBookingLock(line, deployment.database, life, lease=lease),
        redis=line,
        cache=cache,
        changes=await MongoChanges.open(client, deployment.database, actor),
        clock=clock,
        gateway=gateway,
    )


def _means(deployment: Deployment, actor: Actor, doors: _Doors) -> Means:
    client, store, clock, gateway = doors.client, doors.store, doors.clock, doors.gateway
    mode = ModeGuard(MongoDeployment(client, deployment.database), gateway, clock)
    belief = Belief(
        store, MongoWitnesses(client, deployment.database), MongoTerms(client, deployment.database), gateway, clock
    )
    payment = PaymentService(store, gateway, clock, actor.account, mode, belief)
    return Means(client, store, doors.booking_lock, payment, ReturnPage())


def _restored(deployment: Deployment, means: Means, desk: str, admin: AdminServices) -> RestoredService:
    lost = MongoRestored(means.client, deployment.database)
    return RestoredService(lost, means.payment, desk, means.return_page.address_for, admin.unbelieved)


def _admin(deployment: Deployment, doors: _Doors, means: Means) -> AdminServices:
    key = describe_key(deployment.stripe_key, deployment.stripe_url)
    return open_admin(doors.changes, doors.cache, means.payment, key, doors.clock, desk_name())


def _wire(deployment: Deployment, actor: Actor, doors: _Doors) -> Engine:
    database, desk, client, store, clock = deployment.database, desk_name(), doors.client, doors.store, doors.clock
    readable, (means, at, admin, billing) = readable_to(actor), _offices(deployment, actor, doors)
    return Engine(
        **at,
        **fleet_at(deployment, client, store, clock, desk, bookings=readable.summed),
        actor=actor,
        session=doors.session,
        deployment=deployment,
        catalogue=CatalogueService(store, clock, doors.cache),
        renters=RenterService(billing.renters, clock, desk),
        availability=AvailabilityService(store, MongoTaken(client, database, readable.claims), clock),
        listing=ListingService(store, doors.cache),
        today=TodayService(store, clock),
        till=TillService(store, MongoShifts(client, database), clock, at["booking"], billing, new_booking_id, desk),
        agreements=AgreementService(MongoAgreements(client, database), at["booking"], desk),
        exchanging=ExchangingService(MongoAgreements(client, database), at["booking"], doors.booking_lock, desk),
        closing=ClosingService(at["booking"], MongoPapers(client, database), desk),
        sweeper=Sweeper(store, means.payment, doors.booking_lock, clock, desk),
        afterwards=_afterwards(actor, means.payment, admin, doors.booking_lock),
        return_page=means.return_page,
        clock=clock,
        booking_lock=doors.booking_lock,
        admin=admin,
        redis=doors.redis,
        cache=doors.cache,
        live=LiveService(doors.changes, store, doors.cache, clock, actor),
        accounts=AccountService(MongoPeople(client, database), doors.session, store, clock, desk),
        earnings=EarningsService(MongoEarnings(client, database, clock, readable.summed), doors.cache),
        restored=_restored(deployment, means, desk, admin),
        restored_look=RestoredLook(MongoRestored(client, database), means.payment),
        papers=billing.papers,
        billing=billing,
        contracts=ContractService(billing, MongoMarks(client, database), desk),
        copying=open_copying(client, database, deployment.copies_dir, clock, actor, readable.summed),
    )


def _offices(
    deployment: Deployment, actor: Actor, doors: _Doors
) -> tuple[Means, BookingWiring, AdminServices, BillingService]:
    desk, means = desk_name(), _means(deployment, actor, doors)
    admin = _admin(deployment, doors, means)
    at = bookings_at(deployment, means, doors.session.signing_key, actor, desk)
    return means, at, admin, _billing(doors, admin, at["booking"], desk)


def _billing(doors: _Doors, admin: AdminServices, bookings: BookingService, desk: str) -> BillingService:
    client, name, store = doors.client, doors.changes.name, doors.store
    book, renters = MongoPapers(client, name), MongoRenters(client, name, doors.cache, store.forget_renters)
    papers = PaperService(store, book, admin.legal.book, doors.booking_lock, doors.clock, desk)
    return BillingService(bookings, renters, MongoAgreements(client, name), papers)


def _afterwards(
    actor: Actor, payment: PaymentService, admin: AdminServices, booking_lock: RedisBookingLock
) -> Afterwards:
    disputes = admin.disputes if actor.may(Deed.SEE_ALL_BOOKINGS) else None
    return Afterwards(payment, disputes, booking_lock, desk_name(), own_word=actor.role is Role.WORKER)


@asynccontextmanager
async def _running(engine: Engine) -> AsyncIterator[None]:
    async with AsyncExitStack() as serving:
        if engine.return_page.address == NOWHERE:
            engine.return_page.address = await serving.enter_async_context(open_return_page(engine.follower.arrived))
        work: list[Work] = [lambda: keep_time(engine.clock)]
        if engine.actor.may(Deed.SWEEP):
            work += [engine.sweeper.run, engine.afterwards.run]
        if engine.actor.may(Deed.BROWSE_CARS):
            work.append(engine.live.run)
        if engine.actor.may(Deed.RECORD_STRIPE_MODE):
            work.append(lambda: engine.restored_look.run(engine.actor.account))
        if engine.actor.may(Deed.CARRY_WISHES):
            work.append(engine.carrier.run)
        if engine.actor.may(Deed.SEE_HEALTH):
            work.append(engine.admin.watch.run)
        await serving.enter_async_context(at_work(work))
        yield
