"""Addresses of servers: what their options may not switch off, and one spelling for what is one server."""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from urllib.parse import parse_qsl, unquote, urlsplit

from engine.domain.shared.errors import Misconfigured

#: The one way in which a name and password are proved to MongoDB: nothing weaker is agreed on.
MECHANISM = "SCRAM-SHA-256"
_MONGO_PORT = 27017
_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")

#: Option (lower case) -> the one value that it may have. Other options are MongoDB's own business.
_MONGO_ONLY = {
    "tls": "true",
    "ssl": "true",
    "tlsinsecure": "false",
    "tlsallowinvalidcertificates": "false",
    "tlsallowinvalidhostnames": "false",
    "ssl_cert_reqs": "cert_required",
    "ssl_match_hostname": "true",
    "authmechanism": MECHANISM.lower(),
}
_REDIS_ONLY = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
_REDIS_FREE = frozenset({"db", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "health_check_interval", "client_name"})


def check_mongo_url(url: str) -> None:
    """Refuse an address of MongoDB that holds a name or password, or looks away from certificates.

    Raises:
        Misconfigured: In words that quote no secret.
    """
    if not url.startswith(("mongodb://", "mongodb+srv://")):
        raise Misconfigured("mongo.scheme")
    # Wherever it stands: a password may hold any sign.
    if "@" in url:
        raise Misconfigured("mongo.secret_in_address")
    for name, value in _options(url):
        _refuse_other(name, value, _MONGO_ONLY, "mongo_url")


def names_ca(url: str) -> bool:
    """Whether an address of MongoDB names certificates of its own."""
    return any(name == "tlscafile" for name, _ in _options(url))


def check_redis_url(url: str, *, ca_named: bool) -> None:
    """Refuse an address of Redis that looks away from certificates, or with *ca_named* goes without TLS elsewhere.

    Raises:
        Misconfigured: In words that quote no secret.
    """
    for name, value in _options(url):
        if name not in _REDIS_FREE and name not in _REDIS_ONLY:
            raise Misconfigured("redis.option", name=repr(name[:40]))
        _refuse_other(name, value, _REDIS_ONLY, "redis_url")
    if not ca_named or url.startswith(("rediss://", "unix://")):
        return
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = "no host"
    if not is_loopback(unquote(host)):
        raise Misconfigured("redis.tls")


def check_database(name: str) -> None:
    """Raises: Misconfigured, when no database of ours can have that name."""
    if not _DATABASE.fullmatch(name):
        raise Misconfigured("mongo.database_name")


def is_loopback(host: str) -> bool:
    """Whether that name or number is surely this computer itself; an empty one is."""
    plain = host.strip("[]").lower().removesuffix(".")
    if plain in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return False


def same_server(address: str) -> str:
    """One spelling for all of an address ``host:port``: its case, a last dot, the forms of IPv6, a missing port."""
    host, colon, port = address.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = address, ""
    plain = host.strip("[]").lower().removesuffix(".")
    with suppress(ValueError):  # of a name
        plain = str(ipaddress.ip_address(plain))
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= 5 else _MONGO_PORT  # noqa: PLR2004
    return f"[{plain}]:{number}" if ":" in plain else f"{plain}:{number}"


def shown(url: str) -> str:
    """Where it leads, for people: hosts and ports, without name, password or options."""
    rest = url.split("://", 1)[-1]
    return rest.split("?", 1)[0].rpartition("@")[2].partition("/")[0] or "this computer"


def _options(url: str) -> list[tuple[str, str]]:
    """Names in lower case, as whoever reads them may do; both signs that part them."""
    _, _, query = url.partition("?")
    pairs = parse_qsl(query.replace(";", "&"), keep_blank_values=True)
    return [(name.strip().lower(), value.strip().lower()) for name, value in pairs]


def _refuse_other(name: str, value: str, only: dict[str, str], where: str) -> None:
    if name in only and value != only[name]:
        raise Misconfigured("settings.only", where=where, name=name, only=only[name])
