"""A new replica set and its first account, made by MongoDB's own commands: no shell of MongoDB's is needed."""

from __future__ import annotations

import asyncio
import os
import secrets
from base64 import b64encode
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pymongo
from pymongo.errors import ConnectionFailure, OperationFailure, WTimeoutError

from engine.adapters.mongo.client import Client, Credentials, Document, connect, speaking
from engine.domain.shared.errors import Misconfigured, Unavailable
from engine.domain.shared.remark import Remark, remark

_UNAUTHORIZED, _AUTHENTICATION_FAILED, _ALREADY_INITIATED = 13, 18, 23
_ELECTED_WITHIN_S = 30.0
#: A new member copies all that there is, which is nothing yet.
_COPIED_WITHIN_S = 60.0
_LOOK_EVERY_S = 0.1
_ALONE = frozenset({"replicaset", "directconnection", "readpreference"})


#: A key file's bytes before they are text: MongoDB takes up to 1,024 characters.
_KEY_BYTES = 756


def make_key_file(file: Path) -> bool:
    """A new secret by which the members of one replica set know each other; False where there is a file already.

    Only its owner may read it: mongod refuses any other.

    Raises:
        Misconfigured: Nothing can be written there.
    """
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        return False
    except OSError as problem:
        raise Misconfigured("set.key_file", path=file, why=problem.strerror) from problem
    with os.fdopen(opened, "wb") as written:
        written.write(b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
    return True


async def initiate(url: str, root: Credentials, ca_file: str = "") -> list[Remark]:
    """Make the servers of *url* one replica set, and *root* its first account; a line for each thing that was done.

    MongoDB lets somebody in without an account while there is none, from its own computer only.

    Raises:
        Misconfigured: The server was not started as a member, or lets nobody in from here.
        Unavailable: It does not answer, or no member became the primary.
    """
    name, hosts, alone = _parts(url)
    client = connect(alone, None, ca_file)
    try:
        with speaking():
            lines = await _initiate(client, name, hosts)
            if await _leads(client, fresh=bool(lines)):
                lines += await _first_account(client, root, len(hosts))
    finally:
        await client.close()
    return lines


def members(url: str) -> tuple[str, list[str]]:
    """The set's name, and its members' addresses as ``host:port``. Raises: Misconfigured."""
    name, hosts, _ = _parts(url)
    return name, hosts


def _parts(url: str) -> tuple[str, list[str], str]:
    """The set's name, its members' addresses, and an address of the first of them alone."""
    parts = urlsplit(url)
    if parts.scheme != "mongodb":
        raise Misconfigured("set.members_wanted")
    options = parse_qsl(parts.query, keep_blank_values=True)
    name = next((value for option, value in options if option.lower() == "replicaset"), "rs0")
    hosts = [host if ":" in host.rpartition("]")[2] else f"{host}:27017" for host in parts.netloc.split(",")]
    kept = [(option, value) for option, value in options if option.lower() not in _ALONE]
    return name, hosts, f"mongodb://{hosts[0]}/?{urlencode([*kept, ('directConnection', 'true')])}"


async def _initiate(client: Client, name: str, hosts: list[str]) -> list[Remark]:
    hello: Document = await client.admin.command("hello")
    if hello.get("setName"):
        return []
    if not hello.get("isreplicaset"):
        raise Misconfigured("set.standalone", name=name)
    # The first one leads wherever it can: the first account can be made there only.
    members = [{"_id": at, "host": host, "priority": 1 if at else 2} for at, host in enumerate(hosts)]
    try:
        await client.admin.command("replSetInitiate", {"_id": name, "members": members})
    except OperationFailure as refused:
        if refused.code == _ALREADY_INITIATED:
            return []
        if refused.code == _UNAUTHORIZED:
            raise Misconfigured("set.elsewhere") from refused
        # What MongoDB says names members, a quorum, the set's name: nothing secret.
        raise Misconfigured("set.refused", why=refused.details or refused) from refused
    return [remark("done.replica_set", name=name, members=", ".join(hosts))]


async def _leads(client: Client, *, fresh: bool) -> bool:
    """Whether the member that is asked leads, once somebody does; of a *fresh* set it is waited for."""
    try:
        async with asyncio.timeout(_ELECTED_WITHIN_S):
            while True:
                told = await _hello(client)
                if told.get("isWritablePrimary"):
                    return True
                if told.get("primary") and not fresh:
                    return False
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError:
        raise Unavailable("mongodb", "no member became the primary") from None


async def _hello(client: Client) -> Document:
    try:
        return dict(await client.admin.command("hello"))
    except ConnectionFailure:  # a member that takes its part hangs up on everybody
        return {}


async def _first_account(client: Client, root: Credentials, copies: int) -> list[Remark]:
    """On all members: a new one is asked for its limits next, and lets nobody in before it has the account."""
    made = [remark("done.account_first", account=root.name)]
    concern = {"w": copies, "wtimeout": int(_COPIED_WITHIN_S * 1000)}
    try:
        with pymongo.timeout(None):  # the server counts
            await client.admin.command(
                "createUser", root.name, pwd=root.password, roles=["root"], mechanisms=["SCRAM-SHA-256"],
                writeConcern=concern,
            )  # fmt: skip
    except WTimeoutError:
        return [*made, remark("done.account_not_everywhere", account=root.name)]
    except OperationFailure as refused:
        if refused.code in (_UNAUTHORIZED, _AUTHENTICATION_FAILED):
            return []  # there is an account already
        raise
    return made
