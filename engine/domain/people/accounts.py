"""Accounts as an administrator sees them: who may sign in, as what, and where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.people import AccountName, Renter, Role, renter_field
from engine.domain.shared.damage import Damaged
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.sought import joined, parts
from engine.domain.shared.text import clean, search_key, without_unseen

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
#: The database's own and the program's; nobody is called like them.
RESERVED = frozenset({"guest", "root", "__system", "demo"})
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 12, 200
_ONE_TIME = re.compile(r"once(-[0-9a-z]{4}){4}")
#: Crockford's base 32 in lower case: no i, l, o or u, so that it can be read out and typed from paper.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Post:
    """What an account works as, and where.

    Attributes:
        branch_id: For the counter; None works at no branch of its own.
        owner_id: For a fleet owner.
        renter: For a renter's own account: who it books for.
    """

    role: Role
    branch_id: BranchId | None = None
    owner_id: OwnerId | None = None
    renter: Renter | None = None

    def __post_init__(self) -> None:
        """Raises: InvalidText, for a place that the role has not, or one that it lacks."""
        if self.branch_id is not None and self.role is not Role.CLIENT:
            raise InvalidText("branch", "field.counter_only")
        if (self.owner_id is not None) != (self.role is Role.OWNER):
            raise InvalidText("fleet", "field.owners_only")
        if (self.renter is not None) != (self.role is Role.RENTER):
            raise InvalidText("renter", "field.renters_only")


@dataclass(frozen=True, slots=True)
class Person:
    """An account as it is meant to be; the database's user is made to match.

    Attributes:
        email, phone: Empty where unknown.
        disabled: The account exists, keeps its post, and may not sign in.
        issued_at: When its last one-time password was made (UTC); None if there never was one.
        version: Counts the changes.
    """

    account: AccountName
    name: str
    email: str
    phone: str
    post: Post
    created_at: datetime
    disabled: bool = False
    issued_at: datetime | None = None
    version: int = 1

    @property
    def administers(self) -> bool:
        return self.post.role is Role.ADMIN and not self.disabled

    @property
    def keys(self) -> tuple[str, ...]:
        """What the person is found by in any part (``sought``): name, account, address and number."""
        from engine.domain.people.phone import phone_spellings  # noqa: PLC0415 -- the plans of all countries, not at every start

        numbers = phone_spellings(self.phone) if self.phone else ()
        return parts((self.name, self.account, joined(self.account), self.email, *numbers))

    def changed(self, **changes: object) -> Person:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # fields by name

    @property
    def facts(self) -> Mapping[str, str]:
        """For the audit: everything of it, in words."""
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "role": self.post.role,
            "branch": self.post.branch_id or "",
            "fleet": self.post.owner_id or "",
            "renter": self.post.renter.id if self.post.renter else "",
            "disabled": "yes" if self.disabled else "no",
        }


@dataclass(frozen=True, slots=True)
class NewPerson:
    """As typed. Attributes: ``phone`` begins with + and the country's code, or is empty, as ``email`` may be."""

    account: str
    name: str
    email: str
    phone: str
    post: Post


class Flaw(StrEnum):
    """How the database's user differs from the person it should match."""

    MISSING = auto()  #: there is no such user
    ROLE = auto()  #: it holds another role of ours, or one while it should be disabled
    RIGHTS = auto()  #: it holds rights that are not the program's
    PLACE = auto()  #: its branch, fleet or name is another
    KEY = auto()  #: the key that it signs its wishes with is not the one that desks know


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list.

    Attributes:
        last_sign_in: UTC; None if there was none for as long as sign-ins are kept.
        waiting: Its one-time password was not changed yet.
        flaws: Empty when the database's user is as it should be.
    """

    person: Person
    last_sign_in: datetime | None = None
    waiting: bool = False
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Attributes: ``text`` is any part of the name, the account, the e-mail address or the telephone number."""

    text: str = ""
    role: Role | None = None
    branch_id: BranchId | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class PeopleSlice:
    """Attributes: ``slip`` says that nothing is spelt as typed, and these differ from it by one sign."""

    rows: tuple[PersonRow | Damaged, ...]
    offset: int
    total: int
    slip: bool = False


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """Attributes: ``password`` is shown once and kept nowhere."""

    person: Person
    password: str

    def __repr__(self) -> str:
        return f"Issued({self.person.account!r})"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Attributes: ``cars`` counts those ``IN_SERVICE``; ``names`` are the people whose accounts own it."""

    owner_id: OwnerId
    cars: int
    names: tuple[str, ...] = ()


def account_name(value: object) -> AccountName:
    """What somebody types to sign in: lower case, unchangeable.

    Raises:
        InvalidText
    """
    text = sign_in_name(clean("account", value, longest=40))
    if _ACCOUNT.fullmatch(text) is None or text in RESERVED:
        raise InvalidText("account", "field.account_name")
    return AccountName(text)


def sign_in_name(typed: str) -> AccountName:
    """*typed* or pasted as accounts are stored: small letters, nothing unseen, no blanks around. Not judged."""
    return AccountName(without_unseen(typed).strip().casefold())


def contact(name: object, email: object, phone: object, country: str = "") -> tuple[str, str, str]:
    """Name, e-mail address and telephone number as they are kept; the last two may be empty. Raises: InvalidText."""
    mail = renter_field("email", email) if email != "" else ""
    number = renter_field("phone", phone, country) if phone != "" else ""
    return clean("name", name, longest=120), mail, number


def mistakes(name: str, email: str, phone: str, account: str | None = None) -> tuple[InvalidText, ...]:
    """Every field that cannot stay as it was typed, in their order; *account* is given for a new one."""
    tries: list[Callable[[], object]] = [lambda: contact(name, "", "")]
    if account is not None:
        tries.append(lambda: account_name(account))
    tries += [lambda: contact("x", email, ""), lambda: contact("x", "", phone)]
    found: list[InvalidText] = []
    for each in tries:
        try:
            each()
        except InvalidText as problem:
            found.append(problem)
    return tuple(found)


def one_time_password() -> str:
    """80 random bits; its form alone says that it has to be changed, so no mark has to be kept or cleared."""
    return "-".join(("once", *("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))))


def is_one_time(password: str) -> bool:
    return _ONE_TIME.fullmatch(password) is not None


def chosen_password(value: object, account: str) -> str:
    """*value* if it may be a password that a person chose for *account*.

    Raises:
        InvalidText: Too short or too long, the account's own name, in the form of a one-time password, or with
            characters that no keyboard sends.
    """
    password = clean("password", value, longest=_LONGEST_PASSWORD)
    if password != value:
        # What is stored must be what was typed, or signing in would fail over a blank at the end.
        raise InvalidText("password", "field.password_blanks")
    if len(password) < _SHORTEST_PASSWORD:
        raise InvalidText("password", "field.too_short", shortest=_SHORTEST_PASSWORD)
    if search_key(password) == search_key(account) or len(set(password)) < _SHORTEST_PASSWORD // 3:
        raise InvalidText("password", "field.easy")
    if is_one_time(password):
        raise InvalidText("password", "field.one_time")
    return password
