"""What a renter's own account may write: a signed wish, which somebody at a desk carries out (decision 0027)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from typing import Any, NewType, TypeAlias

from engine.domain.booking.booking import BookingId
from engine.domain.booking.wish_errors import WishRefused
from engine.domain.car.car import BranchId, CarId
from engine.domain.money.money import Money
from engine.domain.people.people import AccountName, Renter, RenterId
from engine.domain.shared.errors import DriveSphereError, InvalidText
from engine.domain.shared.period import RentalPeriod
from engine.domain.shared.text import plain

WishId = NewType("WishId", str)

#: How many may wait at once, over the whole firm; each takes a numbered place, and the database refuses more.
MOST_WISHES = 200
#: A wish that nobody carried out in this time is refused: nothing is booked hours after somebody pressed the button.
WISH_LIVES = timedelta(seconds=60)
#: How far ahead of the server's time a wish may be stamped.
WISH_AHEAD = timedelta(seconds=5)
#: Answers are kept longer than a wish lives, so that one that was carried out is known when it is sent again.
ANSWERS_KEPT = timedelta(minutes=15)
#: A carrier that has not said for so long that it is there counts as gone.
CARRIER_SILENT = timedelta(seconds=8)
MOST_BODY = 2_000
#: Between whoever wished and whose desk did it, in a booking's history.
VIA = " via "
_MS = timedelta(milliseconds=1)
_LONGEST_ID = 80
_SIGNED = "drivesphere wish 1"
_ID = re.compile(r"[A-Za-z0-9_~.-]{1,80}")


class WishKind(StrEnum):
    HOLD = auto()
    CANCEL = auto()
    GIVE_UP = auto()


class Refusal(StrEnum):
    """Why a wish is not even tried."""

    SIGNATURE = auto()  #: not signed with the account's key
    ACCOUNT = auto()  #: no renter's account, or a disabled one
    RENTER = auto()  #: for somebody else
    KIND = auto()
    BODY = auto()
    EXPIRED = auto()  #: too old, or stamped in the future
    USED = auto()  #: its key belongs to somebody else's booking
    KEY = auto()  #: the account has no key to sign with
    FULL = auto()  #: as many wait as the firm takes


@dataclass(frozen=True, slots=True)
class HoldWish:
    car_id: CarId
    period: RentalPeriod
    renter_id: RenterId
    shown_price: Money
    return_branch_id: BranchId | None = None


@dataclass(frozen=True, slots=True)
class CancelWish:
    """Attributes: ``shown`` is what the renter was told would be given back."""

    booking_id: BookingId
    shown: Money


@dataclass(frozen=True, slots=True)
class GiveUpWish:
    booking_id: BookingId


Asked: TypeAlias = HoldWish | CancelWish | GiveUpWish


@dataclass(frozen=True, slots=True)
class Wish:
    """As it is stored: everything in it is a stranger's word until the signature was compared.

    Attributes:
        id: The intent key; a booking that comes of it keeps it.
        kind: A ``WishKind``, or what somebody wrote in its place.
        body: JSON of what is asked, exactly as it was signed.
        at_ms: When it was signed, by the server's time, in milliseconds since 1970 (UTC).
        signature: Ed25519 over ``signed_bytes``.
        slot: Its place among those that wait.
    """

    id: WishId
    account: AccountName
    kind: str
    body: str
    at_ms: int
    signature: bytes = b""
    slot: int = 0

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: all of it but its place."""
        parts = [_SIGNED, self.id, self.account, str(self.kind), self.body, self.at_ms]
        return json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()

    def must_be_current(self, now: datetime) -> None:
        """Raises: WishRefused."""
        age_ms = now.timestamp() * 1000 - self.at_ms
        if not -WISH_AHEAD / _MS <= age_ms <= WISH_LIVES / _MS:
            raise WishRefused(Refusal.EXPIRED)

    def asked(self) -> Asked:
        """What the body asks for. Raises: WishRefused, for every body that no program of ours writes."""
        if _ID.fullmatch(self.id) is None:
            raise WishRefused(Refusal.BODY)
        if self.kind not in set(WishKind):
            raise WishRefused(Refusal.KIND)
        try:
            return _READ[WishKind(self.kind)](_object(self.body))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError, DriveSphereError) as problem:
            raise WishRefused(Refusal.BODY) from problem


@dataclass(frozen=True, slots=True)
class WishAnswer:
    """What came of a wish, where its account reads it.

    Attributes:
        booking_id: The booking that it made or changed; empty for a refusal.
        code: That of the error which refused it; empty for one that was carried out.
        facts: What the error tells, by the names of ``wish_answer``.
    """

    wish_id: WishId
    account: AccountName
    at: datetime
    booking_id: str = ""
    code: str = ""
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signer:
    """A renter's account as administrators wrote it down for those who carry out its wishes.

    Attributes:
        public: The public half of its key, 32 bytes.
        active: Whether it may ask for anything now.
    """

    account: AccountName
    name: str
    renter: Renter
    public: bytes
    active: bool


def kind_of(asked: Asked) -> WishKind:
    match asked:
        case HoldWish():
            return WishKind.HOLD
        case CancelWish():
            return WishKind.CANCEL
        case GiveUpWish():
            return WishKind.GIVE_UP


def body_of(asked: Asked) -> str:
    """JSON of *asked*, as ``Wish.asked`` reads it."""
    match asked:
        case HoldWish():
            fields: dict[str, Any] = {
                "car_id": asked.car_id,
                "starts_at": asked.period.starts_at.isoformat(),
                "ends_at": asked.period.ends_at.isoformat(),
                "renter_id": asked.renter_id,
                "price": _money(asked.shown_price),
                "return_branch_id": asked.return_branch_id,
            }
        case CancelWish():
            fields = {"booking_id": asked.booking_id, "shown": _money(asked.shown)}
        case GiveUpWish():
            fields = {"booking_id": asked.booking_id}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def _money(money: Money) -> dict[str, Any]:
    return {"minor": money.minor, "currency": money.currency}


def _object(body: str) -> dict[str, Any]:
    read = json.loads(body) if len(body) <= MOST_BODY else None
    if not isinstance(read, dict):
        raise InvalidText("body", "field.object")
    return read


def _only(fields: dict[str, Any], *names: str) -> None:
    if set(fields) != set(names):
        raise InvalidText("body", "field.fields")


def _text(value: object) -> str:
    return plain("body", value, longest=_LONGEST_ID)


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise InvalidText("body", "field.moment")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise InvalidText("body", "field.no_zone")
    return moment.astimezone(UTC)


def _amount(value: object) -> Money:
    if not isinstance(value, dict) or set(value) != {"minor", "currency"} or type(value["minor"]) is not int:
        raise InvalidText("body", "field.amount")
    return Money(value["minor"], _text(value["currency"]))


def _hold(fields: dict[str, Any]) -> Asked:
    _only(fields, "car_id", "starts_at", "ends_at", "renter_id", "price", "return_branch_id")
    back = fields["return_branch_id"]
    return HoldWish(
        car_id=CarId(_text(fields["car_id"])),
        period=RentalPeriod(_moment(fields["starts_at"]), _moment(fields["ends_at"])),
        renter_id=RenterId(_text(fields["renter_id"])),
        shown_price=_amount(fields["price"]),
        return_branch_id=None if back is None else BranchId(_text(back)),
    )


def _cancel(fields: dict[str, Any]) -> Asked:
    _only(fields, "booking_id", "shown")
    return CancelWish(BookingId(_text(fields["booking_id"])), _amount(fields["shown"]))


def _give_up(fields: dict[str, Any]) -> Asked:
    _only(fields, "booking_id")
    return GiveUpWish(BookingId(_text(fields["booking_id"])))


_READ = {WishKind.HOLD: _hold, WishKind.CANCEL: _cancel, WishKind.GIVE_UP: _give_up}
