"""What people file who want an account; an administrator decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from engine.domain.people.accounts import contact
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.text import clean

RequestId = NewType("RequestId", str)

#: How many may wait for a decision at once, over the whole firm; the database itself refuses more.
MOST_WAITING = 200
#: A request that nobody decided on goes by itself.
WAITS = timedelta(days=30)
_LONGEST_NOTE = 400


@dataclass(frozen=True, slots=True)
class NewRequest:
    """As it is filed. It names no role: whoever asks does not choose one."""

    name: str
    email: str
    phone: str
    note: str


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """Attributes: ``at`` is when the asking desk says it was filed (UTC); everything in it is a stranger's word."""

    id: RequestId
    name: str
    email: str
    phone: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestPage:
    rows: tuple[AccountRequest | Damaged, ...]
    offset: int
    total: int


def read_request(name: object, email: object, phone: object, note: object) -> NewRequest:
    """As typed at the sign-in screen. Raises: InvalidText, naming the field."""
    if email == "":
        raise InvalidText("email", "field.empty")
    whole_name, mail, number = contact(name, email, phone)
    return NewRequest(whole_name, mail, number, clean("note", note, longest=_LONGEST_NOTE, required=False))
