"""Asking for an account without having one, through an account that can do nothing else (docs/decisions/0013)."""

from __future__ import annotations

import secrets

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from engine.adapters.mongo.client import Connector, speaking
from engine.adapters.mongo.clock import ServerClock
from engine.adapters.mongo.codec.people import REQUEST
from engine.domain.people.account_errors import AlreadyRequested, RequestsFull
from engine.domain.people.account_requests import MOST_WAITING, AccountRequest, NewRequest, RequestId
from engine.domain.shared.errors import Misconfigured, SignInRefused

GUEST = "guest"
#: No secret: every copy of the program has it, and it opens nothing but the insertion of a request.
GUEST_PASSWORD = "ask-for-an-account"  # noqa: S105 -- public on purpose
#: Places tried before the firm counts as full; with nine tenths of them taken, one in four million fails in vain.
_TRIES = 150


async def file_request(connector: Connector, database: str, request: NewRequest) -> None:
    """Put *request* where administrators find it.

    Raises:
        AlreadyRequested: One with this e-mail address waits.
        RequestsFull: As many wait as the database takes.
        Misconfigured: This database was not prepared for requests.
        Unavailable: MongoDB does not answer.
    """
    async with connector.open(GUEST, GUEST_PASSWORD, database) as client:
        clock = ServerClock(client)
        try:
            await clock.measure()
        except SignInRefused as problem:
            raise Misconfigured("mongo.no_requests") from problem
        asked = REQUEST.document_of(
            AccountRequest(
                RequestId(str(ObjectId())), request.name, request.email, request.phone, request.note, clock.now()
            )
        )
        slots = list(range(MOST_WAITING))
        secrets.SystemRandom().shuffle(slots)
        for slot in slots[:_TRIES]:
            try:
                with speaking():
                    await client[database].account_requests.insert_one({**asked, "slot": slot})
            except DuplicateKeyError as taken:
                if "email" in (taken.details or {}).get("keyPattern", {}):
                    raise AlreadyRequested("a request with this address waits") from taken
            else:
                return
    raise RequestsFull(f"{MOST_WAITING} requests wait")
