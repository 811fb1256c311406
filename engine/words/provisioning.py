"""What ``provision`` did, a line each. API: written(remark)."""

from __future__ import annotations

from engine.words.remarks import Writer
from engine.words.tr import Words

_LASTING = "put 'setParameter: {{{limit}: {most}}}' into its configuration to make it last"
_LINES = Words(
    {
        "done.account": "account {account}: written down",
        "done.account_equipped": "account {account}: given a key and views of its own",
        "done.account_first": "account {account}: made, the first of this MongoDB; it may do everything",
        "done.account_guest": "account {account}: created, to ask for accounts with",
        "done.account_not_everywhere": "account {account}: not all members have it yet",
        "done.administrators": "administrators: {accounts}",
        "done.administrators_none": "administrators: none yet",
        "done.collection": "{collection}: created",
        "done.index": "{collection}: index {index} created",
        "done.index_renewed": "{collection}: index {index} renewed",
        "done.limit": "{member}: {limit} {before} before, {most} now; " + _LASTING,
        "done.limit_forbidden": (
            "{member}: this account may not set {limit}: a desk that dies while booking may keep its car for a minute; "
            + _LASTING
        ),
        "done.limit_no_answer": (
            "{member}: {limit} not looked at, because it does not answer; run provision again when it does"
        ),
        "done.limit_too_late": (
            "{member}: {limit} not looked at, because it gave no answer in time; run provision again when it does"
        ),
        "done.plate_twice": "cars: {car} and another car of {country} both have the plate {plate}",
        "done.plate_twice_nowhere": "cars: {car} and another car of no country both have the plate {plate}",
        "done.replica_set": "replica set {name}: made of {members}",
        "done.return_page": "return page: payers may be sent back to {address}",
        "done.rewritten": "schema {number}: {rows} {what} rewritten",
        "done.rights": "role {role}: rights renewed",
        "done.role": "role {role}: created",
        "done.settings": "settings: written with their defaults",
        "done.settings_series": "settings: the old ones made the first of the series",
        "done.stripe": "stripe: the firm takes {mode} payments",
        "done.stripe_changed": "stripe: the firm takes {mode} payments from now on, {before} ones before",
        "done.validator": "{collection}: validator renewed",
        "done.version": "schema: version {version}, {before} before",
        "done.version_first": "schema: version {version}, none before",
        "done.view": "{view}: view created",
        "done.view_renewed": "{view}: view renewed",
    }
)  # fmt: skip
written = Writer(_LINES).written
