"""What happens at the door: asking for an account, choosing a password, and the note of who came in."""

from __future__ import annotations

import platform

import structlog

from engine.adapters.mongo.accounts import MongoAccounts
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.guest import file_request
from engine.adapters.mongo.people import MongoPeople
from engine.adapters.mongo.store import MongoStore
from engine.adapters.redis.cache import NoCache
from engine.domain.people.account_requests import NewRequest
from engine.domain.people.people import Actor, Role
from engine.domain.shared.errors import DriveSphereError
from engine.services.people.accounts import AccountService
from engine.wiring.deployment import Deployment

log = structlog.get_logger(__name__)


async def ask_for_account(deployment: Deployment, request: NewRequest) -> None:
    """Raises: AlreadyRequested, RequestsFull, Misconfigured, Unavailable."""
    await file_request(deployment.connector, deployment.database, request)


async def choose_password(deployment: Deployment, account: str, old: str, new: str) -> None:
    """Change a password before signing in, as a one-time password has to be.

    Raises:
        SignInRefused, AccountDisabled, Unavailable: As for signing in with *old*.
        InvalidText: *new* cannot be a password.
    """
    async with deployment.connector.open(account, old, deployment.database) as client:
        session = MongoAccounts(client, deployment.database, account, deployment.connector)
        actor, clock = await session.whoami(), ServerClock(client)
        await clock.measure()
        people, store = MongoPeople(client, deployment.database), MongoStore(client, deployment.database, NoCache())
        await AccountService(people, session, store, clock, desk_name()).change_own_password(actor, old, new)


async def note_sign_in(people: MongoPeople, actor: Actor, clock: ServerClock) -> None:
    if actor.role is Role.RENTER:
        return  # writes nothing but wishes; whoever carries one out notes that it was there
    try:
        await people.note(actor.account, clock.now(), desk_name())
    except DriveSphereError as problem:
        # Whoever may work is not kept from it by a note that could not be made.
        log.warning("account.sign_in_not_noted", code=problem.code)


def desk_name() -> str:
    """This machine's own name for audit rows; says where, proves nothing."""
    return platform.node()[:100] or "unnamed"
