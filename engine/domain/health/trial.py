"""What a look at a firm's servers found: fine, or the one thing that is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class Barrier(StrEnum):
    """What keeps a desk from a server, in the order in which it is looked for."""

    UNKNOWN_NAME = auto()
    NOBODY = auto()
    SILENT = auto()
    NO_TLS = auto()
    TLS_WANTED = auto()
    UNTRUSTED = auto()
    EXPIRED = auto()
    OTHER_NAME = auto()
    PROOF_WANTED = auto()
    STRANGER = auto()
    ALONE = auto()
    NEW_MEMBER = auto()
    OTHER_SET = auto()
    NO_PRIMARY = auto()
    OUT_OF_REACH = auto()
    PASSWORD_WANTED = auto()
    REFUSED = auto()
    NO_RIGHT = auto()


@dataclass(frozen=True, slots=True)
class Trial:
    """Attributes: ``address`` as ``host:port``; ``trouble`` None where all is fine; ``detail`` a name that matters."""

    server: str
    address: str
    trouble: Barrier | None = None
    detail: str = ""
