"""What a look at a firm's servers found: fine, or the one thing that is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Barrier(StrEnum):
    """What keeps a desk from a server, in the order in which it is looked for."""

    UNKNOWN_NAME = "no computer has that name"
    NOBODY = "nothing listens there"
    SILENT = "no answer in time"
    NO_TLS = "TLS is wanted here and not spoken there"
    TLS_WANTED = "TLS is wanted there and not spoken here"
    UNTRUSTED = "certificate of another authority"
    EXPIRED = "certificate out of date"
    OTHER_NAME = "certificate for another name"
    PROOF_WANTED = "a certificate of this computer is wanted"
    STRANGER = "something else answers"
    ALONE = "not a member of a replica set"
    NEW_MEMBER = "a member of no set yet"
    OTHER_SET = "a member of another set"
    NO_PRIMARY = "no member leads"
    OUT_OF_REACH = "the leading member is out of reach"
    PASSWORD_WANTED = "a password is wanted"  # noqa: S105 -- what is in the way, no password
    REFUSED = "name or password is wrong"
    NO_RIGHT = "the account may not do it"


@dataclass(frozen=True, slots=True)
class Trial:
    """Attributes: ``address`` as ``host:port``; ``trouble`` None where all is fine; ``detail`` a name that matters."""

    server: str
    address: str
    trouble: Barrier | None = None
    detail: str = ""
