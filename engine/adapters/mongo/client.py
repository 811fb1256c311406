"""The connection to MongoDB and what its driver's errors mean to us."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, TypeVar

import pymongo.lock
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.saslprep import saslprep
from pymongo.server_description import ServerDescription
from pymongo.write_concern import WriteConcern

from engine.domain.shared.errors import (
    UNTRUSTED,
    Contended,
    DriveSphereError,
    Forbidden,
    InvalidText,
    Misconfigured,
    SignInRefused,
    Unavailable,
)
from engine.domain.shared.server_address import MECHANISM, check_mongo_url, same_server

T = TypeVar("T")
Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
Collection = AsyncCollection[Document]

#: How long an operation may take, its retries included; a transaction has TRANSACTION_S.
OPERATION_S = 8.0
#: Shorter than the lease (redis.leases.LEASE), so that a transaction never outlives it.
TRANSACTION_S = 10.0
#: What cannot be a time or a text in Python comes as something else, so that only its own row is damaged by it.
CODEC: CodecOptions[Document] = CodecOptions(
    document_class=dict,
    tz_aware=True,
    tzinfo=UTC,
    unicode_decode_error_handler="replace",
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
)

_UNAUTHORIZED, _AUTHENTICATION_FAILED, _WRITE_CONFLICT, _SHAPE_REFUSED = 13, 18, 112, 121
#: What a member says that stops, starts or lost its part, without a label for the driver: interrupted, not yet
#: initialized, its signing keys not loaded, no majority known yet, the snapshot, plan, cursor or transaction gone.
_BETWEEN_PARTS = frozenset({43, 91, 94, 133, 134, 175, 189, 202, 211, 246, 251, 262, 11600, 11602, 46841})


async def _wait_here(awaitable: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109 -- asyncio's own name
    """As ``asyncio.wait_for`` since Python 3.12: it waits in the task that asks. Raises: TimeoutError.

    Before, it waits in a task of its own, and who is cancelled while that one ends leaves it behind. Behind a condition
    of the driver's it then takes the lock for nobody: no server is chosen any more, and the client stands still for
    ever. Many waits that end together are enough, as when the network is cut, and one that is not wanted any more.
    """
    async with asyncio.timeout(timeout):
        return await awaitable


if sys.version_info < (3, 12):
    pymongo.lock.wait_for = _wait_here  # type: ignore[assignment, attr-defined]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and password of MongoDB's; ``source`` is the database that knows them."""

    name: str
    password: str = field(repr=False)
    source: str


def connect(url: str, credentials: Credentials | None, ca_file: str = "", *, member: str = "") -> Client:
    """A client that connects at its first use; close it with ``await client.close()``.

    With *ca_file*, a file of certificates in PEM form, the connection is TLS and the server's certificate must come
    from one of them; with ``tls=true`` in *url* alone, from one that this computer trusts. With *member*, as
    ``host:port``, it talks to that one of the replica set only, whatever its part is.

    Raises:
        Misconfigured: The address is none.
        SignInRefused: Nobody can have that name or password.
    """
    check_mongo_url(url)
    who: dict[str, Any] = {}
    if member:
        who = {"server_selector": _only(member), "readPreference": "nearest"}
    if credentials is not None:
        _must_be_possible(credentials)
        who |= {"username": credentials.name, "password": credentials.password, "authSource": credentials.source}
        who["authMechanism"] = MECHANISM
    if ca_file:
        who |= {"tls": True, "tlsCAFile": ca_file}
    try:
        return AsyncMongoClient(
            url,
            **who,
            tz_aware=True,
            tzinfo=UTC,
            appname="drivesphere",
            serverSelectionTimeoutMS=5_000,
            connectTimeoutMS=3_000,
            timeoutMS=int(OPERATION_S * 1000),
            retryWrites=True,
            maxPoolSize=100,
        )
    except (ConfigurationError, ValueError, OSError) as problem:
        raise Misconfigured("mongo.address", why=problem) from problem


def _only(member: str) -> Callable[[list[ServerDescription]], list[ServerDescription]]:
    wanted = same_server(member)
    return lambda servers: [server for server in servers if same_server(address_of(server)) == wanted]


def address_of(server: ServerDescription) -> str:
    """``host:port`` as the driver spells it."""
    host, port = server.address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class Connector:
    """Where the servers are, for whoever opens a further connection."""

    url: str
    ca_file: str = ""

    @asynccontextmanager
    async def open(self, account: str, password: str, source: str) -> AsyncIterator[Client]:
        client = connect(self.url, Credentials(account, password, source), self.ca_file)
        try:
            yield client
        finally:
            await client.close()


def _must_be_possible(credentials: Credentials) -> None:
    """What SCRAM cannot even send is told like any other wrong password."""
    wrong = SignInRefused("name or password is wrong")
    if not credentials.name or not credentials.password:
        raise wrong
    try:
        for text in (credentials.name, credentials.password):
            saslprep(text).encode()
    except ValueError as problem:
        raise wrong from problem


def database(client: Client, name: str) -> Database:
    return client.get_database(
        name, codec_options=CODEC, write_concern=WriteConcern(w="majority"), read_concern=ReadConcern("majority")
    )


@asynccontextmanager
async def session_of(client: Client, *, snapshot: bool = False) -> AsyncIterator[AsyncClientSession]:
    """A session, and a new beginning for the client's connections where one of them turns out to know none.

    A connection made in the moment in which its member has started and not joined its replica set yet counts as one
    without sessions for as long as it lives, and a busy desk would use it again and again.
    """
    try:
        async with client.start_session(snapshot=snapshot) as session:
            yield session
    except ConfigurationError:
        for server in list(client._topology._servers.values()):  # noqa: SLF001 -- the driver has no public way
            await server.pool.reset_without_pause()
        raise


@contextmanager
def speaking() -> Iterator[None]:
    """Turn the driver's exceptions into ours.

    Raises:
        Unavailable: No primary, no connection, or no answer in time.
        Contended: A transaction lost its conflicts until its time was over.
        SignInRefused: Name or password is wrong.
        Forbidden: The account's role does not allow it.
        InvalidText: Something in it cannot be kept: a number beyond 64 bits, a text that is none.
    """
    try:
        yield
    except (OverflowError, BSONError, UnicodeEncodeError) as problem:
        raise InvalidText("record", "field.not_kept") from problem
    except OperationFailure as problem:
        raise _refusal(problem) from problem
    except ConnectionFailure as problem:
        raise Unavailable("mongodb", _why_away(problem)) from problem
    except ConfigurationError as problem:
        # So the driver calls a member that had not joined its replica set yet; see ``session_of``.
        raise Unavailable("mongodb", "a member had not joined yet") from problem
    except PyMongoError as problem:
        if problem.timeout:
            raise Unavailable("mongodb", "no answer in time") from problem
        raise


def _why_away(problem: ConnectionFailure) -> str:
    # The driver has no class of its own for it, and tries until its time is over.
    if "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return UNTRUSTED
    return "no answer in time" if isinstance(problem, NetworkTimeout) else "no connection"


_PLAIN: dict[int, Callable[[], DriveSphereError]] = {
    _AUTHENTICATION_FAILED: lambda: SignInRefused("name or password is wrong"),
    _UNAUTHORIZED: lambda: Forbidden("the database refuses this to the account"),
    _SHAPE_REFUSED: lambda: InvalidText("record", "field.not_fitting"),
}


def _refusal(problem: OperationFailure) -> Exception:
    if problem.code in _PLAIN:
        return _PLAIN[problem.code]()
    # Out of time after a lost conflict: the driver raises its own error from the conflict's.
    if _WRITE_CONFLICT in (problem.code, getattr(problem.__cause__, "code", None)):
        return Contended("somebody else is being served for this car")
    if problem.timeout or problem.has_error_label("TransientTransactionError"):
        return Unavailable("mongodb", "no answer in time")
    # Done by one member and not confirmed by the others: an election came in between, and it may be taken back.
    retryable = problem.has_error_label("RetryableWriteError") or problem.code in _BETWEEN_PARTS
    if isinstance(problem, WriteConcernError) or retryable:
        return Unavailable("mongodb", "an election came in between")
    return problem
