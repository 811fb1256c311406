"""What a desk may do in Redis. Data only: ``acl`` makes an account's line of it, and a test refuses what is not here.

Whoever adds a command, a script or a key adds it here: ``tests/architecture/test_redis_rights.py`` compares this file
with the program, and the whole suite runs under the account that it describes.
"""

from __future__ import annotations

import re
from hashlib import sha256

from engine.domain.shared.errors import Misconfigured

#: Name of the account that desks share; what it cannot do, no desk's password can.
USER = "drivesphere"

#: Asked for by our own code and scripts.
COMMANDS = frozenset({"del", "getrange", "incr", "info", "ping", "pttl", "set"})
#: Asked for by the driver on our behalf: scripts, another database than 0. Nothing here is younger than Redis 7.0: a
#: server reads none of its accounts when one of them names a command that it does not know.
BY_DRIVER = frozenset({"evalsha", "hello", "script|load", "select"})

#: What follows the deployment's name and a colon.
KEYS = ("cache:*", "lease:*", "once:*", "pulse", "version:*")
#: None: news travels by MongoDB's change streams.
CHANNELS: tuple[str, ...] = ()


def acl(database: str = "*") -> list[str]:
    """The rights as ``ACL SETUSER`` takes them, for the keys of *database*; ``*`` stands for any deployment.

    Raises:
        Misconfigured: No database has that name, or it would mean other keys than its own.
    """
    if not re.fullmatch(r"\*|[A-Za-z0-9_-]{1,63}", database):
        raise Misconfigured("redis.database", name=repr(database))
    keys = [f"~{database}:{pattern}" for pattern in KEYS]
    channels = [f"&{pattern}" for pattern in CHANNELS]
    commands = [f"+{name}" for name in sorted(COMMANDS | BY_DRIVER)]
    return ["clearselectors", "resetkeys", "resetchannels", "-@all", *keys, *channels, *commands]


def acl_line(password: str, database: str = "*") -> str:
    """A line of an ACL file or a configuration. It holds the password's SHA-256 only, as Redis itself keeps it."""
    digest = sha256(password.encode()).hexdigest()
    return " ".join(["user", USER, "on", "resetpass", f"#{digest}", *acl(database)])
