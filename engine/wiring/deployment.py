"""Which servers, which database, which Stripe."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.adapters.mongo.client import Connector
from engine.config import Secret, Settings


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment: which servers, which database, which Stripe.

    Attributes:
        stripe_url: Address of the sandbox; empty for Stripe itself.
        demo: Whether it holds the demo's data and accounts.
        cache_dir: This user's folder for what can be fetched again; None keeps nothing.
        copies_dir: This user's folder for the copies of owners' books; None keeps none.
        ca_file, stripe_ca_file: Certificates (PEM) that MongoDB and Redis, or Stripe, must show one of; empty: those
            that the computer trusts.
        branch: Id of the branch at which this desk stands, if that was set.
    """

    mongo_url: str
    redis_url: Secret
    database: str
    stripe_key: Secret = field(default=Secret())
    stripe_url: str = ""
    success_url: str = ""
    demo: bool = False
    cache_dir: Path | None = None
    copies_dir: Path | None = None
    ca_file: str = ""
    stripe_ca_file: str = ""
    branch: str = ""

    @property
    def connector(self) -> Connector:
        return Connector(self.mongo_url, self.ca_file)


def given_deployment(settings: Settings, copies_dir: Path | None) -> Deployment:
    """A firm's own servers."""
    return Deployment(
        settings.mongo_url,
        settings.redis_url,
        settings.database,
        settings.stripe_api_key,
        success_url=settings.success_url,
        cache_dir=settings.cache_dir,
        copies_dir=copies_dir,
        ca_file=settings.ca_file,
        stripe_ca_file=settings.stripe_ca_file,
        branch=settings.branch,
    )
