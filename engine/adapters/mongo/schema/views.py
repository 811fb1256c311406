"""What an account reads of bookings and of the audit where it may not read them whole.

Data only; ``mongo.schema.provision`` applies it.

MongoDB 6 knows no rows that belong to a user, so whose bookings a renter reads is a view of its own (``own_views``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from engine.adapters.mongo.client import Document
from engine.domain.booking.listing import BookingOrder
from engine.domain.people.people import AccountName, RenterId

#: For owners' sums: bookings without anything of their renters.
FLEET = "bookings_of_fleets"
#: For owners' lists: the same with renters' initials, found by number and plate only.
FLEET_LIST = "bookings_of_fleets_listed"
#: An order of the list -> what it is by; ``_id`` decides between equals.
ORDERS: dict[BookingOrder, tuple[str, ...]] = {
    BookingOrder.CREATED: ("created_at",),
    BookingOrder.PICK_UP: ("starts_at",),
    BookingOrder.RETURN: ("ends_at",),
    BookingOrder.RENTER: ("renter_key",),
    BookingOrder.PRICE: ("quote.currency", "quote.total"),
}
#: (order, descending) -> the list in that order. MongoDB 6 sorts a view's rows after it has made all of them, and goes
#: along an index only where the sort is the view's own first step. Owners do not sort by names, which they do not see.
FLEET_IN_ORDER: dict[tuple[BookingOrder, bool], str] = {
    (order, down): f"{FLEET_LIST}.{order}.{'down' if down else 'up'}"
    for order in ORDERS
    if order is not BookingOrder.RENTER
    for down in (False, True)
}
#: For renters: whether a claim is a hold, and until when.
STANDINGS = "booking_standings"
#: For the counter: what of the audit is about renters.
RENTER_CHANGES = "renter_changes"

_NOT_FOR_OWNERS = [
    "renter_id", "renter_name", "renter_key", "intent_key", "session_ids", "booked_by", "history.by",
    "history.reason.said", "payments.attempts.request", "payments.attempts.url", "payments.attempts.session_id",
    "payments.attempts.payment_intent", "payments.trouble.settled", "payments.taken.by", "payments.taken.reference",
    "payments.taken.shift_id", "payments.taken.received",
]  # fmt: skip
#: One row of another kind must not stop a view: a list that reads it says damaged.
_NAME: Document = {"$cond": [{"$eq": [{"$type": "$renter_name"}, "string"]}, "$renter_name", ""]}
_KEYS: Document = {"$cond": [{"$isArray": "$search_keys"}, "$search_keys", []]}
_LETTERS: Document = {
    "$reduce": {
        "input": {"$split": [_NAME, " "]},
        "initialValue": "",
        "in": {"$concat": ["$$value", " ", {"$substrCP": ["$$this", 0, 1]}]},
    }
}
_NO_NAMES: Document = {
    "$filter": {
        "input": _KEYS,
        "cond": {
            "$and": [{"$eq": [{"$type": "$$this"}, "string"]}, {"$ne": [{"$substrCP": ["$$this", 0, 1]}, "~"]}],
        },
    }
}


@dataclass(frozen=True, slots=True)
class View:
    """Attributes: ``pipeline`` is run over ``on`` for whoever reads it."""

    on: str
    pipeline: tuple[Document, ...]


_LISTED: tuple[Document, ...] = (
    {"$set": {"letters": _LETTERS, "search_keys": _NO_NAMES}},
    {"$unset": _NOT_FOR_OWNERS},
)


def _sorted(order: BookingOrder, *, down: bool) -> Document:
    return {"$sort": dict.fromkeys((*ORDERS[order], "_id"), -1 if down else 1)}


VIEWS: dict[str, View] = {
    FLEET: View("bookings", ({"$unset": [*_NOT_FOR_OWNERS, "search_keys"]},)),
    FLEET_LIST: View("bookings", _LISTED),
    **{name: View("bookings", (_sorted(order, down=down), *_LISTED)) for (order, down), name in FLEET_IN_ORDER.items()},
    STANDINGS: View("bookings", ({"$project": {"state": 1, "hold_until": 1}},)),
    RENTER_CHANGES: View("audit", ({"$match": {"subject": {"$regex": "^renter:"}}},)),
}


@dataclass(frozen=True, slots=True)
class OwnNames:
    """What the database calls the things of one renter's account.

    A name is made from both account and renter, so an account that is given another renter is given other views: none
    is ever altered. Ids may hold anything, names of collections may not: hence the digest.
    """

    role: str
    bookings: str
    answers: str


def own_names(account: AccountName, renter_id: RenterId) -> OwnNames:
    mark = hashlib.sha256(f"{account}\0{renter_id}".encode()).hexdigest()[:24]
    return OwnNames(f"ds_own_{mark}", f"own.bookings.{mark}", f"own.answers.{mark}")


def own_views(account: AccountName, renter_id: RenterId) -> dict[str, View]:
    names = own_names(account, renter_id)
    return {
        names.bookings: View("bookings", ({"$match": {"renter_id": {"$eq": renter_id}}},)),
        names.answers: View("wish_answers", ({"$match": {"account": {"$eq": account}}},)),
    }
