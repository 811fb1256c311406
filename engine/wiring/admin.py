"""What administrators run the firm with, wired: a part of the root, kept apart because nobody else needs it."""

from __future__ import annotations

from engine.adapters.image_import import PillowImport
from engine.adapters.mongo.changes import MongoChanges
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.deployment import MongoDeployment
from engine.adapters.mongo.disputes import MongoDisputes
from engine.adapters.mongo.firm import MongoFirm
from engine.adapters.mongo.papers.firm import MongoLegal
from engine.adapters.mongo.people import MongoPeople
from engine.adapters.mongo.queries.audit import MongoAudit
from engine.adapters.mongo.queries.books import MongoBooks
from engine.adapters.mongo.queries.health import MongoHealth
from engine.adapters.mongo.queries.overview import MongoOverview
from engine.adapters.mongo.queries.unbelieved import MongoUnbelieved
from engine.adapters.mongo.queries.witnesses import MongoWitnesses
from engine.adapters.mongo.return_pages import MongoReturnPages
from engine.adapters.mongo.store import MongoStore
from engine.adapters.mongo.watch import MongoWatch
from engine.adapters.redis.cache import RedisCache
from engine.config import Secret
from engine.services.booking.manual_review import ManualReview
from engine.services.booking.unbelieved import UnbelievedService
from engine.services.firm.audit import AuditService
from engine.services.firm.branches import BranchService
from engine.services.firm.firm import FirmService
from engine.services.firm.health import HealthService, StripeKey
from engine.services.firm.services import AdminServices
from engine.services.firm.watch import Watch, WatchNotes
from engine.services.papers.legal import LegalService
from engine.services.payment.disputes import DisputeService
from engine.services.payment.payment import PaymentService
from engine.services.payment.reconcile import MOST_ASKED, MOST_TIME, Reconciler
from engine.services.payment.return_pages import ReturnPageService
from engine.services.people.requests import RequestService
from engine.services.reports.overview import OverviewService


def open_admin(
    changes: MongoChanges, cache: RedisCache, payment: PaymentService, key: StripeKey, clock: ServerClock, desk: str
) -> AdminServices:
    """Of the database that *changes* are of; *desk* is this machine's name. Nothing of it has to be closed."""
    client, name = changes.client, changes.name
    gateway = payment.gateway
    book, store = MongoFirm(client, name, cache), MongoStore(client, name, cache)
    reconciler = Reconciler(gateway, MongoBooks(client, name), clock, most_asked=MOST_ASKED, most_time=MOST_TIME)
    inspection = MongoHealth(client, name, clock)
    return AdminServices(
        firm=FirmService(book, clock, desk),
        branches=BranchService(book, store, clock, desk),
        audit=AuditService(MongoAudit(client, name)),
        health=HealthService(inspection, cache, gateway, key, reconciler, clock),
        overview=OverviewService(MongoOverview(client, name), store, clock, cache),
        manual_review=ManualReview(store, clock, desk, MongoWitnesses(client, name)),
        unbelieved=UnbelievedService(MongoUnbelieved(client, name), payment, desk),
        disputes=DisputeService(MongoDisputes(client, name), store, gateway, clock, payment.mode),
        return_pages=ReturnPageService(MongoReturnPages(client, name), MongoDeployment(client, name), clock, desk),
        legal=LegalService(MongoLegal(client, name), clock, desk, PillowImport()),
        requests=RequestService(MongoPeople(client, name), clock, desk),
        watch=Watch(MongoWatch(client, name, changes.since), inspection, reconciler, clock),
        watch_notes=WatchNotes(store, clock, payment.account, desk),
    )


def describe_key(key: Secret, stripe_url: str) -> StripeKey:
    """What may be said of a key without telling it."""
    text = key.reveal()
    if not text:
        return StripeKey("none", "none")
    mode = "sandbox" if stripe_url else "live" if "_live_" in text else "test"
    return StripeKey(mode, "restricted" if text.startswith("rk_") else "secret")
