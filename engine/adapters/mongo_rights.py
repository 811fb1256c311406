"""What each role may do. Data only; ``mongo_provision`` applies it."""

from __future__ import annotations

from typing import Any

#: role -> collection -> actions. What is not here, the server refuses.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "ds_client": {
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "fences": ("find", "update", "changeStream"),
        "renters": ("find", "insert", "update"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("insert",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_owner": {
        "branches": ("find",),
        "cars": ("find", "insert", "update", "changeStream"),
        "fences": ("find", "insert", "update", "changeStream"),
        "bookings": ("find", "changeStream"),
        "ledger": ("find",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_admin": {
        "branches": ("find", "insert", "update"),
        "cars": ("find", "insert", "update", "changeStream"),
        "fences": ("find", "insert", "update", "changeStream"),
        "renters": ("find", "insert", "update"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("find", "insert"),
        "settings": ("find", "insert", "update"),
        "people": ("find", "insert", "update"),
        "account_requests": ("find", "update", "remove"),
        "audit": ("find", "insert"),
    },
    "ds_worker": {
        "branches": ("find",),
        "cars": ("find",),
        "fences": ("find", "update"),
        "renters": ("find",),
        "bookings": ("find", "update", "changeStream"),
        "ledger": ("find", "insert"),
        "settings": ("find",),
        "audit": ("insert",),
    },
    # A renter's own details come with the account: those of others are out of its reach.
    "ds_renter": {
        "branches": ("find",),
        "cars": ("find", "changeStream"),
        "fences": ("find", "update", "changeStream"),
        "bookings": ("find", "insert", "update", "changeStream"),
        "ledger": ("insert",),
        "settings": ("find",),
        "audit": ("insert",),
    },
    "ds_guest": {"account_requests": ("insert",)},
}

_EVERYBODY = ("changeOwnPassword",)
_ADMIN = ("createUser", "updateUser", "grantRole", "revokeRole", "viewUser", "viewRole", "changePassword")


def privileges(role: str, database: str) -> list[dict[str, Any]]:
    """The rights of *role* in *database* as MongoDB's ``createRole`` takes them."""
    rights = [
        {"resource": {"db": database, "collection": collection}, "actions": sorted(actions)}
        for collection, actions in sorted(RIGHTS[role].items())
    ]
    on_database = {"ds_guest": (), "ds_admin": (*_EVERYBODY, *_ADMIN)}.get(role, _EVERYBODY)
    if on_database:
        rights.append({"resource": {"db": database, "collection": ""}, "actions": sorted(on_database)})
    return rights
