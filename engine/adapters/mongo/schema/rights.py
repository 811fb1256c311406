"""What each role may do. Data only; ``mongo.schema.provision`` applies it."""

from __future__ import annotations

from typing import Any

from engine.adapters.mongo.schema.views import FLEET, FLEET_IN_ORDER, FLEET_LIST, RENTER_CHANGES, STANDINGS

_SEE_PICTURES = {"images.files": ("find",), "images.chunks": ("find",)}
#: GridFS looks at the indexes of an empty bucket before its first write.
_CHANGE_PICTURES = {
    "images.files": ("find", "insert", "update", "remove", "listIndexes"),
    "images.chunks": ("find", "insert", "remove", "listIndexes"),
}
#: To carry out what renters wish (decision 0027).
_CARRY = {
    "wishes": ("find", "remove", "changeStream"),
    "wish_answers": ("find", "insert", "remove"),
    "wish_keys": ("find",),
    "carriers": ("insert", "update", "remove"),
}

#: To issue papers (decision 0060). A new year begins a new series.
_ISSUE = {
    "papers": ("find", "insert"),
    "series": ("find", "insert", "update"),
    "renderings": ("find", "insert"),
    "legal_data": ("find",),
    "logos": ("find",),
    "tax_rates": ("find",),
}
_ISSUE_WATCHED = {
    **_ISSUE,
    "papers": (*_ISSUE["papers"], "changeStream"),
    "series": (*_ISSUE["series"], "changeStream"),
    "lost_numbers": ("find",),
}

#: role -> collection -> actions. What is not here, the server refuses.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "ds_client": {
        **_SEE_PICTURES,
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "car_terms": ("find",),
        "fences": ("find", "update", "changeStream"),
        "movements": ("find", "changeStream"),
        "renters": ("find", "insert", "update", "changeStream"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "news": ("insert",),
        "agreements": ("find", "insert", "update"),
        "ledger": ("insert",),
        "shifts": ("find", "insert", "update"),
        "marks": ("find", "insert"),
        "settings": ("find",),
        "deployment": ("find",),
        "rounds": ("find", "insert", "update"),
        "returns": ("find", "insert"),
        "return_pages": ("find",),
        "settlements": ("find",),
        "damaged_bookings": ("insert",),
        "audit": ("insert",),
        RENTER_CHANGES: ("find",),
        "sign_ins": ("insert",),
        **_CARRY,
        **_ISSUE,
    },
    "ds_owner": {
        **_CHANGE_PICTURES,
        "branches": ("find",),
        "cars": ("find", "insert", "update", "changeStream"),
        "car_statuses": ("find", "insert"),
        "car_terms": ("find", "insert"),
        "fences": ("find", "insert", "update", "changeStream"),
        "movements": ("find", "insert", "update", "changeStream"),
        FLEET: ("find",),
        FLEET_LIST: ("find",),
        **dict.fromkeys(FLEET_IN_ORDER.values(), ("find",)),
        "news": ("find", "changeStream"),
        "ledger": ("find",),
        "marks": ("find",),
        "settings": ("find",),
        "deployment": ("find",),
        "audit": ("insert",),
        "sign_ins": ("insert",),
    },
    "ds_admin": {
        **_CHANGE_PICTURES,
        "branches": ("find", "insert", "update"),
        "cars": ("find", "insert", "update", "changeStream"),
        "car_statuses": ("find", "insert"),
        "car_terms": ("find", "insert", "changeStream"),
        "fences": ("find", "insert", "update", "changeStream"),
        "movements": ("find", "insert", "update", "changeStream"),
        "renters": ("find", "insert", "update", "changeStream"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "news": ("insert",),
        "agreements": ("find", "insert", "update", "changeStream"),
        "ledger": ("find", "insert", "changeStream"),
        "shifts": ("find", "insert", "update", "changeStream"),
        "marks": ("find", "insert", "update", "changeStream"),
        "settings": ("find", "insert"),
        "deployment": ("find", "insert"),
        "rounds": ("find", "insert", "update"),
        "returns": ("find", "insert"),
        "return_pages": ("find", "insert", "remove"),
        "settlements": ("find", "insert"),
        "damaged_bookings": ("find", "insert"),
        "people": ("find", "insert", "update"),
        "roster": ("find", "update"),
        "account_requests": ("find", "remove"),
        "sign_ins": ("find", "insert"),
        "restored_payments": ("find", "insert", "update"),
        "disputes": ("find", "insert", "update"),
        "backups": ("find",),
        "audit": ("find", "insert"),
        RENTER_CHANGES: ("find",),
        **_CARRY,
        "wish_keys": ("find", "insert", "update"),
        **_ISSUE_WATCHED,
        "lost_numbers": ("find", "insert"),
        "legal_data": ("find", "insert"),
        "logos": ("find", "insert"),
        "tax_rates": ("find", "insert"),
    },
    "ds_worker": {
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "car_terms": ("find", "changeStream"),
        "fences": ("find", "update", "changeStream"),
        "movements": ("find", "changeStream"),
        "renters": ("find",),
        "bookings": ("find", "insert", "update", "changeStream"),
        "news": ("insert",),
        "agreements": ("find", "changeStream"),
        "ledger": ("find", "insert", "changeStream"),
        "shifts": ("find", "changeStream"),
        "marks": ("find", "changeStream"),
        "settings": ("find",),
        "deployment": ("find", "insert"),
        "rounds": ("find", "insert", "update"),
        "restored_payments": ("find", "insert"),
        "disputes": ("find", "insert", "update"),
        "backups": ("find",),
        "returns": ("find",),
        "return_pages": ("find",),
        "settlements": ("find",),
        "damaged_bookings": ("find", "insert"),
        "audit": ("insert",),
        "sign_ins": ("insert",),
        **_CARRY,
        **_ISSUE_WATCHED,
    },
    # A renter's own details come with the account: those of others are out of its reach. Its own bookings and answers
    # are views that a role of the account alone may read (``mongo.renters``). All it can write is wishes.
    "ds_renter": {
        **_SEE_PICTURES,
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "car_terms": ("find",),
        "fences": ("find", "changeStream"),
        STANDINGS: ("find",),
        "news": ("find", "changeStream"),
        "settings": ("find",),
        "deployment": ("find",),
        "returns": ("find",),
        "return_pages": ("find",),
        "settlements": ("find",),
        "carriers": ("find",),
        "wishes": ("insert",),
    },
    # Everything is read (below, on the whole database), and a note of it left behind; nothing else is written.
    "ds_backup": {"backups": ("insert",), "audit": ("insert",), "sign_ins": ("insert",)},
    "ds_guest": {"account_requests": ("insert",)},
}

_EVERYBODY = ("changeOwnPassword",)
#: ``dropUser`` is not among them: an account is disabled and keeps its name. ``grantRole`` covers MongoDB's own roles
#: on this database too, and cannot be had for less: decision 0014 says what that means and what reveals it.
#: ``createRole`` and ``createCollection`` are for the role and the views of a renter's account; they add nothing to
#: what granting allows. Nothing lets an administrator alter or drop a collection or a view.
_ADMIN = (
    "createRole",
    "createCollection",
    "createUser",
    "grantRole",
    "revokeRole",
    "viewUser",
    "viewRole",
    "changePassword",
    "changeCustomData",
)

#: To compare validators and indexes with what this version needs (``drivesphere doctor``).
_LOOK = ("listCollections", "listIndexes")
#: Of every collection there is, those of later versions too. MongoDB's users are not among them.
_COPY = ("find", "changeStream", "listCollections")


def privileges(role: str, database: str) -> list[dict[str, Any]]:
    """The rights of *role* in *database* as MongoDB's ``createRole`` takes them."""
    rights = [
        {"resource": {"db": database, "collection": collection}, "actions": sorted(actions)}
        for collection, actions in sorted(RIGHTS[role].items())
    ]
    on_database = {
        "ds_guest": (),
        "ds_admin": (*_EVERYBODY, *_ADMIN, *_LOOK),
        "ds_worker": (*_EVERYBODY, *_LOOK),
        "ds_backup": (*_EVERYBODY, *_COPY),
    }.get(role, _EVERYBODY)
    if on_database:
        rights.append({"resource": {"db": database, "collection": ""}, "actions": sorted(on_database)})
    return rights
