"""A look at MongoDB and Redis before anything relies on them: which one thing is in the way, told apart.

Drivers try until their time is over and then say the same of most of it, so the door is tried by hand first.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

from pymongo.errors import ConnectionFailure, PyMongoError

from engine.adapters.mongo.client import Credentials, Document, connect, speaking
from engine.domain.health.trial import Barrier, Trial
from engine.domain.shared.errors import SignInRefused
from engine.domain.shared.server_address import check_mongo_url, check_redis_url

_PATIENCE_S = 4.0
_MONGO_PORT, _REDIS_PORT = 27017, 6379
#: OpenSSL's numbers for what is wrong with a certificate.
_OUT_OF_DATE, _OTHER_NAME = {9, 10}, {62, 64}

Door = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def try_mongo(url: str, ca_file: str = "", account: Credentials | None = None) -> Trial:
    """Whether desks can work with that replica set, and *account* may sign in to it.

    Raises:
        Misconfigured: The address is none.
    """
    check_mongo_url(url)
    client = connect(url, None, ca_file)
    hosts = [(host, port or _MONGO_PORT) for host, port in client._topology_settings.seeds]  # noqa: SLF001 -- read as the driver reads it
    tls = client.options.pool_options._ssl_context is not None  # noqa: SLF001 -- as above
    await client.close()
    context = _context(ca_file) if tls else None
    doors = [Trial("mongodb", _at(*host), await _door(*host, context)) for host in hosts]
    fine = next((at for at, door in enumerate(doors) if door.trouble is None), None)
    if fine is None:
        return doors[0]
    host, port = hosts[fine]
    told = await _hello(host, port, ca_file, tls=tls)
    if isinstance(told, Barrier):
        return Trial("mongodb", _at(host, port), told)
    found, detail = await _of_set(url, told, context)
    if found is None and account is not None and not await _let_in(url, ca_file, account):
        found, detail = Barrier.REFUSED, account.name
    return Trial("mongodb", _at(host, port), found, detail)


async def try_redis(url: str, ca_file: str = "") -> Trial:
    """Whether that Redis answers to the account in *url*.

    Raises:
        Misconfigured: The address is none.
    """
    check_redis_url(url, ca_named=bool(ca_file))
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or _REDIS_PORT
    context = _context(ca_file) if parts.scheme == "rediss" else None
    trouble = await _door(host, port, context)
    if trouble is None:
        trouble = await _ping(host, port, context, unquote(parts.username or "default"), unquote(parts.password or ""))
    return Trial("redis", _at(host, port), trouble)


def _at(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _context(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file or None)


async def _open(host: str, port: int, context: ssl.SSLContext | None) -> Door:
    async with asyncio.timeout(_PATIENCE_S):
        return await asyncio.open_connection(host, port, ssl=context)


async def _door(host: str, port: int, context: ssl.SSLContext | None) -> Barrier | None:
    """Without a word of the server's own language: whether somebody is there, and who."""
    try:
        _, writer = await _open(host, port, None)
    except socket.gaierror:
        return Barrier.UNKNOWN_NAME
    except ConnectionRefusedError:
        return Barrier.NOBODY
    except OSError:  # also the time that is over
        return Barrier.SILENT
    await _closed(writer)
    return None if context is None else await _certificate(host, port, context)


async def _certificate(host: str, port: int, context: ssl.SSLContext) -> Barrier | None:
    try:
        _, writer = await _open(host, port, context)
    except ssl.SSLCertVerificationError as problem:
        if problem.verify_code in _OUT_OF_DATE:
            return Barrier.EXPIRED
        return Barrier.OTHER_NAME if problem.verify_code in _OTHER_NAME else Barrier.UNTRUSTED
    except OSError:  # ssl.SSLError is one, and so is an end in the middle
        return Barrier.NO_TLS
    await _closed(writer)
    return None


async def _speaks_tls(host: str, port: int) -> bool:
    """Whoever it claims to be; nothing is said to it."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return await _certificate(host, port, anybody) is None


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _hello(host: str, port: int, ca_file: str, *, tls: bool) -> Document | Barrier:
    more = "&tls=true" if tls else ""
    client = connect(f"mongodb://{_at(host, port)}/?directConnection=true{more}", None, ca_file)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return dict(await client.admin.command("hello"))
    except (ConnectionFailure, PyMongoError, TimeoutError):
        if tls:
            return Barrier.PROOF_WANTED
        return Barrier.TLS_WANTED if await _speaks_tls(host, port) else Barrier.STRANGER
    finally:
        await client.close()


async def _of_set(url: str, told: Document, context: ssl.SSLContext | None) -> tuple[Barrier | None, str]:
    """What *told* says of the replica set, with the name that matters."""
    if told.get("msg") == "isdbgrid":  # a router of a sharded deployment knows its sets itself
        return None, ""
    name = str(told.get("setName") or "")
    if not name:
        return (Barrier.NEW_MEMBER if told.get("isreplicaset") else Barrier.ALONE), ""
    options = {option.lower(): value for option, value in parse_qsl(urlsplit(url).query)}
    if (wanted := options.get("replicaset", name)) != name:
        return Barrier.OTHER_SET, f"{name}, not {wanted}"
    primary = str(told.get("primary") or "")
    if not primary:
        return Barrier.NO_PRIMARY, name
    host, _, port = primary.rpartition(":")
    if await _door(host.strip("[]"), int(port), context) is not None:
        return Barrier.OUT_OF_REACH, primary
    return None, ""


async def _let_in(url: str, ca_file: str, account: Credentials) -> bool:
    client = connect(url, account, ca_file)
    try:
        with speaking():
            await client.admin.command("ping")
    except SignInRefused:
        return False
    finally:
        await client.close()
    return True


async def _ping(host: str, port: int, context: ssl.SSLContext | None, user: str, password: str) -> Barrier | None:
    reader, writer = await _open(host, port, context)
    try:
        asked = [["AUTH", user, password]] if password else []
        writer.write(b"".join(_words(*each) for each in [*asked, ["PING"]]))
        async with asyncio.timeout(_PATIENCE_S):
            said = [await reader.readline() for _ in range(len(asked) + 1)]
    except OSError:  # hung up, or silent
        said = [b""]
    finally:
        await _closed(writer)
    return await _heard(said, host, port, tls=context is not None)


async def _heard(said: list[bytes], host: str, port: int, *, tls: bool) -> Barrier | None:
    for line in said:
        if line.startswith((b"-WRONGPASS", b"-ERR invalid password")):
            return Barrier.REFUSED
        if line.startswith(b"-NOAUTH"):
            return Barrier.PASSWORD_WANTED
        if line.startswith(b"-NOPERM"):
            return Barrier.NO_RIGHT
    if said[-1] == b"+PONG\r\n":
        return None
    if tls:
        return Barrier.STRANGER if said[-1] else Barrier.PROOF_WANTED
    return Barrier.TLS_WANTED if await _speaks_tls(host, port) else Barrier.STRANGER


def _words(*words: str) -> bytes:
    """A command as Redis reads it, whatever signs a password has."""
    parts = [f"${len(word.encode())}\r\n".encode() + word.encode() + b"\r\n" for word in words]
    return f"*{len(words)}\r\n".encode() + b"".join(parts)
