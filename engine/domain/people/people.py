"""Who works with the program, what each role may do, and who rents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType
from typing import NewType

from engine.domain.car.car import BranchId, OwnerId
from engine.domain.people.driving import DRIVING, read_day
from engine.domain.shared.errors import Forbidden, InvalidText
from engine.domain.shared.sought import joined, parts
from engine.domain.shared.text import clean, name_keys, search_key, without_unseen

RenterId = NewType("RenterId", str)
AccountName = NewType("AccountName", str)

#: Only what is surely wrong is refused: whether somebody reads it, only a letter can tell.
_EMAIL = re.compile(r"[^@\s<>‹›]+@[^@\s.<>‹›,;:]+(\.[^@\s.<>‹›,;:]+)+")  # noqa: RUF001 -- signs around addresses
#: As a mail program or a page copies an address: ``Ada Moreau <ada@example.org>``.
_BRACKETED = re.compile(r"[^<>‹›]*[<‹]([^<>‹›]*)[>›]\s*")  # noqa: RUF001 -- signs around addresses
_MAILTO = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE)
_FULL_STOPS = str.maketrans("。．｡", "...")  # noqa: RUF001 -- the stops that IDNA (RFC 3490, 3.1) takes as a dot


class Role(StrEnum):
    """Each is a role in MongoDB too, named ``ds_`` and the value."""

    CLIENT = auto()
    OWNER = auto()
    ADMIN = auto()
    WORKER = auto()
    RENTER = auto()
    BACKUP = auto()


class Deed(StrEnum):
    """What can be allowed or refused."""

    BROWSE_CARS = auto()
    BOOK = auto()
    HAND_OVER = auto()
    TAKE_BACK = auto()
    TAKE_MONEY = auto()
    CHANGE_CAR = auto()
    MARK_CARS = auto()
    CLOSE_MARKS = auto()
    SEE_BRANCH_BOOKINGS = auto()
    SEE_ALL_BOOKINGS = auto()
    SEE_RENTERS = auto()
    MEND_RENTERS = auto()
    MERGE_RENTERS = auto()
    BLOCK_RENTERS = auto()
    MANAGE_OWN_CARS = auto()
    MANAGE_ANY_CAR = auto()
    SEE_OWN_EARNINGS = auto()
    MANAGE_ACCOUNTS = auto()
    MANAGE_FIRM = auto()
    SEE_OVERVIEW = auto()
    SEE_AUDIT = auto()
    SEE_HEALTH = auto()
    CAPTURE = auto()
    SWEEP = auto()
    SETTLE_BY_HAND = auto()
    RECORD_STRIPE_MODE = auto()
    CARRY_WISHES = auto()
    ISSUE_PAPER = auto()
    SEE_PAPERS = auto()
    CREDIT = auto()
    REOPEN = auto()


MAY = MappingProxyType(
    {
        Role.CLIENT: frozenset(
            {
                Deed.BROWSE_CARS,
                Deed.BOOK,
                Deed.HAND_OVER,
                Deed.TAKE_BACK,
                Deed.TAKE_MONEY,
                Deed.CHANGE_CAR,
                Deed.MARK_CARS,
                Deed.SEE_BRANCH_BOOKINGS,
                Deed.SEE_RENTERS,
                Deed.MEND_RENTERS,
                Deed.MERGE_RENTERS,
                Deed.BLOCK_RENTERS,
                Deed.CAPTURE,
                Deed.SWEEP,
                Deed.CARRY_WISHES,
                Deed.ISSUE_PAPER,
                Deed.SEE_PAPERS,
            }
        ),
        Role.OWNER: frozenset({Deed.BROWSE_CARS, Deed.MANAGE_OWN_CARS, Deed.SEE_OWN_EARNINGS}),
        Role.ADMIN: frozenset(set(Deed) - {Deed.MANAGE_OWN_CARS, Deed.SEE_OWN_EARNINGS}),
        # Their own bookings only, and for nobody else: the services look at ``Actor.renter`` too.
        Role.RENTER: frozenset({Deed.BROWSE_CARS, Deed.BOOK, Deed.CAPTURE}),
        # It reads everything past the program and does nothing in it: see ``mongo.schema.rights``.
        Role.BACKUP: frozenset(),
        Role.WORKER: frozenset(
            {
                Deed.SEE_ALL_BOOKINGS,
                Deed.CAPTURE,
                Deed.SWEEP,
                Deed.SEE_HEALTH,
                Deed.RECORD_STRIPE_MODE,
                Deed.CARRY_WISHES,
                Deed.ISSUE_PAPER,
                Deed.SEE_PAPERS,
            }
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Renter:
    """A person who rents; personal data lives here only.

    Attributes:
        phone: E.164, for example ``+4930901820``; with an extension RFC 3966's ``+4930901820;ext=12``.
        licence: Number of the driving licence as printed; empty until somebody has seen it.
        born, licence_since, licence_until: Days, as ISO 8601 has them; empty until somebody has seen them.
    """

    id: RenterId
    name: str
    email: str
    phone: str
    licence: str
    born: str = ""
    licence_since: str = ""
    licence_until: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What the renter is found by, from its beginning on: the name from each word, the address, the number."""
        return (*name_keys(self.name), search_key(self.email), self.phone)

    @property
    def parts(self) -> tuple[str, ...]:
        """What the renter is found by in any part (``sought``): name, address, number and licence."""
        from engine.domain.people.phone import phone_spellings  # noqa: PLC0415 -- the plans of all countries, not at every start

        return parts((self.name, self.email, joined(self.licence), *phone_spellings(self.phone)))


def renter_field(name: str, value: object, country: str = "") -> str:
    """One field of a renter as it is kept; *name* is that of ``Renter``, *country* reads a number without a +.

    Raises:
        InvalidText: With the name of the field.
    """
    if name == "phone":
        from engine.domain.people.phone import read_phone  # noqa: PLC0415 -- as above

        return read_phone(value, country)
    if name == "email":
        return read_email(value)
    if name in DRIVING:
        return read_day(name, value)
    if name == "licence":
        # A telephone reservation goes without; no car does (``booking.handing_over.NoLicence``).
        return clean(name, value, longest=40, required=False)
    return clean(name, value, longest=120)


def read_email(value: object) -> str:
    """An address as it is kept and sent to: as typed before the @, small letters after it.

    Before the @ nothing is folded: ``groß`` and ``gross`` are two people's. Names of hosts know no case.

    Raises:
        InvalidText: ``email``.
    """
    text = without_unseen(clean("email", value, longest=200)).strip()
    for wrapped in (_BRACKETED, _MAILTO):
        if found := wrapped.fullmatch(text):
            text = found[1].strip()
    local, at, host = text.replace("＠", "@").rpartition("@")  # noqa: RUF001 -- as keyboards of East Asia type it
    host = unicodedata.normalize("NFKC", host.translate(_FULL_STOPS)).lower()
    text = clean("email", f"{local}{at}{host}", longest=200)
    if _EMAIL.fullmatch(text) is None:
        raise InvalidText("email", "field.email")
    return text


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks.

    Attributes:
        branch_id: The branch the account works at; None where the role has none.
        owner_id: The fleet the account owns; None where the role has none.
        renter: Who the account itself rents for; None for all roles but ``RENTER``.
    """

    account: AccountName
    name: str
    role: Role
    branch_id: BranchId | None = None
    owner_id: OwnerId | None = None
    renter: Renter | None = None

    def may(self, deed: Deed) -> bool:
        return deed in MAY[self.role]

    def must(self, deed: Deed) -> None:
        """Raises: Forbidden."""
        if not self.may(deed):
            raise Forbidden(role=self.role, deed=deed.replace("_", " "))
