"""Lists of bookings: what is asked for, what of it an account may see, and a page of what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum, auto
from typing import Generic, Protocol, TypeVar

from engine.domain.booking.booking import Booking, Step
from engine.domain.booking.states import STANDING, BookingState, Standing
from engine.domain.car.car import BranchId, CarId, OwnerId
from engine.domain.money.payment import Payment
from engine.domain.people.people import AccountName, Actor, Deed, RenterId, Role
from engine.domain.shared.errors import Forbidden
from engine.domain.shared.sought import MARK, Sought, joined, parts, sought, words
from engine.domain.shared.text import clean, plain
from engine.domain.shared.zones import shown_zone

#: Rows of one page at most.
MOST_ROWS = 200
#: Counting stops here; a list that is longer says "more than".
#: So many renters may be meant by one text; of more of them not all bookings are found, which is told.
MOST_RENTERS = 1_000
COUNT_CAP = 10_000
_LONGEST_TEXT = 80
_LONGEST_ID = 120
_MOST_NAMES = 8

Id = TypeVar("Id", bound=str)


class Listed(Protocol):
    """A row of a list: a booking, or what a stored copy keeps of one.

    Attributes:
        version: A higher one is newer.
    """

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...


class AnyBranch(Protocol):
    """What a list needs to know of a branch."""

    @property
    def id(self) -> BranchId: ...
    @property
    def name(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def clock(self) -> tzinfo: ...


@dataclass(frozen=True, slots=True)
class ListedBranch:
    """As much of a branch as a stored copy knows. ``zone`` is an IANA name."""

    id: BranchId
    name: str
    city: str
    zone: str

    @property
    def clock(self) -> tzinfo:
        return shown_zone(self.zone)


Row = TypeVar("Row", bound=Listed, covariant=True)  # noqa: PLC0105 -- as "Row_co" it would read no better


class BookingScope(StrEnum):
    """Whose bookings."""

    MINE = auto()  #: booked by this account, or for the renter it belongs to
    BRANCH = auto()  #: picked up at the account's branch
    FLEET = auto()  #: of the account's own cars
    ALL = auto()


class BookingOrder(StrEnum):
    CREATED = auto()
    PICK_UP = auto()
    RETURN = auto()
    RENTER = auto()
    PRICE = auto()  #: within each currency


@dataclass(frozen=True, slots=True)
class BookingQuery:
    """What a person asks for.

    Attributes:
        text: Any part of a plate, of a booking's number, or of what its renter is found by (``Renter.parts``).
        standings: Any of these; empty for all.
        since: Earliest pick-up (UTC), included.
        until: Latest pick-up (UTC), not included.
    """

    scope: BookingScope = BookingScope.MINE
    text: str = ""
    standings: frozenset[Standing] = frozenset()
    branch_id: BranchId | None = None
    owner_id: OwnerId | None = None
    car_id: CarId | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: BookingOrder = BookingOrder.CREATED
    descending: bool = True
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class BookingSelection:
    """A query after the account was looked at: only this reaches the store.

    Attributes:
        sought: What of the bookings' own keys was typed; None when nothing was.
        renter_ids: Renters of whom something was typed: their bookings are found as well.
        more_renters: There are more than ``renter_ids`` names; the bookings of some are found by a beginning of the
            name only.
    """

    booked_by: AccountName | None = None
    renter_id: RenterId | None = None
    owner_id: OwnerId | None = None
    branch_id: BranchId | None = None
    car_id: CarId | None = None
    states: frozenset[BookingState] = frozenset()
    sought: Sought | None = None
    renter_ids: tuple[RenterId, ...] = ()
    more_renters: bool = False
    since: datetime | None = None
    until: datetime | None = None
    order: BookingOrder = BookingOrder.CREATED
    descending: bool = True
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class BookingRows(Generic[Row]):
    """Attributes: ``total`` counts the rows of the query, up to ``COUNT_CAP``; ``capped`` says that there are more.

    ``chosen`` is what was asked for in the end; its ``slip`` says that nothing is spelt as typed, and these nearly are.
    """

    rows: tuple[Row, ...]
    total: int
    capped: bool = False
    chosen: BookingSelection | None = None

    @property
    def slip(self) -> bool:
        return self.chosen is not None and self.chosen.sought is not None and self.chosen.sought.slip

    @property
    def more_renters(self) -> bool:
        """Whether more renters fit the text than bookings are found by."""
        return self.chosen is not None and self.chosen.more_renters


def scopes_of(actor: Actor) -> tuple[BookingScope, ...]:
    """What the account may see, the first being what it opens with; empty for none."""
    if actor.role is Role.OWNER:
        return (BookingScope.FLEET,) if actor.owner_id is not None else ()
    if actor.role is Role.RENTER:
        return (BookingScope.MINE,) if actor.renter is not None else ()
    scopes = [BookingScope.ALL] if actor.may(Deed.SEE_ALL_BOOKINGS) else []
    if actor.may(Deed.BOOK):
        scopes.append(BookingScope.MINE)
    if actor.may(Deed.SEE_BRANCH_BOOKINGS) and actor.branch_id is not None:
        scopes.append(BookingScope.BRANCH)
    return tuple(scopes)


def selection(actor: Actor, query: BookingQuery) -> BookingSelection:
    """What of *query* the account may see.

    Raises:
        Forbidden: The scope is not the account's, or an owner sorts by what owners are not told.
        InvalidText: A text or an id that is none.
    """
    if query.scope not in scopes_of(actor):
        raise Forbidden(f"{actor.role} accounts may not list the scope {query.scope!s}")
    discreet = actor.role is Role.OWNER
    if discreet and query.order is BookingOrder.RENTER:
        raise Forbidden("owners are not told renters' names")
    owner = actor.owner_id if query.scope is BookingScope.FLEET else None
    branch = actor.branch_id if query.scope is BookingScope.BRANCH else None
    asked_branch, asked_owner = _id("branch", query.branch_id), _id("owner", query.owner_id)
    if (owner and asked_owner not in (None, owner)) or (branch and asked_branch not in (None, branch)):
        raise Forbidden("a list narrowed to somebody else's")
    mine = query.scope is BookingScope.MINE
    text = clean("search", query.text, longest=_LONGEST_TEXT, required=False)
    return BookingSelection(
        booked_by=actor.account if mine and actor.renter is None else None,
        renter_id=actor.renter.id if mine and actor.renter is not None else None,
        owner_id=owner or asked_owner,
        branch_id=branch or asked_branch,
        car_id=_id("car", query.car_id),
        states=frozenset(state for state, standing in STANDING.items() if standing in query.standings),
        sought=seeking(sought(text), names=not discreet) if text else None,
        since=query.since,
        until=query.until,
        order=BookingOrder(query.order),
        descending=bool(query.descending),
        offset=max(int(query.offset), 0),
        limit=min(max(int(query.limit), 1), MOST_ROWS),
    )


def matches(chosen: BookingSelection, booking: Booking) -> bool:
    """Whether *booking* belongs to the list, as the database would say; order and page do not count."""
    own = (booking.booked_by, booking.renter_id, booking.owner_id, booking.branch_id, booking.car_id)
    asked = (chosen.booked_by, chosen.renter_id, chosen.owner_id, chosen.branch_id, chosen.car_id)
    starts_at = booking.period.starts_at
    return (
        all(wanted is None or wanted == there for wanted, there in zip(asked, own, strict=True))
        and (not chosen.states or booking.state in chosen.states)
        and (
            chosen.sought is None
            or booking.renter_id in chosen.renter_ids
            or chosen.sought.found_in(search_keys(booking))
        )
        and (chosen.since is None or starts_at >= chosen.since)
        and (chosen.until is None or starts_at < chosen.until)
    )


def _without_pages(payment: Payment) -> Payment:
    taken = payment.taken and replace(
        payment.taken, by=AccountName("\N{EN DASH}"), received=None, reference="", shift_id=""
    )
    attempts = tuple(replace(attempt, request="", url="") for attempt in payment.attempts)
    return replace(payment, attempts=attempts, taken=taken)


def told_to(actor: Actor, booking: Booking) -> Booking:
    """*booking* as the account is told it: an owner needs to know that somebody drives, not who.

    Of the renter an owner sees the initials, and neither the payment page nor the e-mail address in its request;
    of the reason of a refund the usual one, and not what was said beside it.
    """
    if actor.role is not Role.OWNER:
        return booking
    payments = tuple(map(_without_pages, booking.payments))
    return replace(
        booking,
        renter_name=initials(booking.renter_name),
        renter_id=RenterId(""),
        payments=payments,
        intent_key="",
        history=tuple(map(_unsaid, booking.history)),
    )


def _unsaid(step: Step) -> Step:
    """What was said beside a reason may name the renter."""
    return step if step.reason is None else replace(step, reason=replace(step.reason, said=""))


def initials(name: str) -> str:
    """``A. M.`` of Ada Moreau."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha()) or "–"  # noqa: RUF001 -- a dash


def search_keys(booking: Booking) -> tuple[str, ...]:
    """What a booking is found by itself: any part of its number and its plate, and words of the name on it, marked.

    Other parts of the renter are the renter's own keys: bookings are read by some who are not told of renters.
    """
    own = (each for each in parts((joined(booking.id), joined(booking.plate))) if each[0] != MARK)
    names = (MARK + word for word in words(booking.renter_name)[:_MOST_NAMES])
    return tuple(dict.fromkeys((*own, *names)))


def seeking(wanted: Sought, *, names: bool) -> Sought:
    """*wanted* in ``search_keys``, in which words of names alone are marked; with *names* off no renter is found."""
    if names:
        ways = (tuple(word | {MARK + each.removeprefix(MARK) for each in word} for word in way) for way in wanted.ways)
        return replace(wanted, ways=tuple(ways))
    plain_ways = (tuple(frozenset(each for each in word if each[0] != MARK) for word in way) for way in wanted.ways)
    return replace(wanted, ways=tuple(way for way in plain_ways if all(way)))


def _id(kind: str, value: Id | None) -> Id | None:
    """An id as given, never an operator of the database's."""
    if value is not None:
        plain(kind, value, longest=_LONGEST_ID)
    return value
