"""Who changed what: rows that are added and never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from engine.domain.people.people import AccountName
from engine.domain.shared.damage import Damaged

#: Field name -> its value in words; nothing secret ever goes in here.
Facts = Mapping[str, str]
_NOTHING: Facts = MappingProxyType({})

#: Fields whose value is an id, and of what.
IDS = MappingProxyType(
    {
        "branch": "branch",
        "branch_id": "branch",
        "renter": "renter",
        "merged into": "renter",
        "owner_id": "owner",
        "fleet": "owner",
        "account": "account",
    }
)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change by one person.

    Attributes:
        at: Server time (UTC).
        desk: The machine's own name; says where, proves nothing.
        what: The verb, ``room.verb`` such as ``car.retired`` or ``account.role_changed``.
        subject: Kind and id of what was changed, such as ``car:car-12``.
        before: Only the fields that changed, as they were; empty for something new.
        after: The same fields as they are now; empty for something that is gone.
        names: As read only: kind and id, such as ``car:car-12``, -> what it is called now.
    """

    at: datetime
    by: AccountName
    desk: str
    what: str
    subject: str
    before: Facts = field(default_factory=lambda: _NOTHING)
    after: Facts = field(default_factory=lambda: _NOTHING)
    names: Facts = field(default_factory=lambda: _NOTHING, compare=False)

    @property
    def named(self) -> frozenset[str]:
        """Everything in it that may have a name, each as kind and id."""
        every = (*self.before.items(), *self.after.items())
        facts = [(IDS[name], value) for name, value in every if name in IDS]
        return frozenset({self.subject, f"account:{self.by}", *(f"{kind}:{value}" for kind, value in facts)})

    def name_of(self, kind: str, identity: str) -> str:
        """What it is called; the id itself where that is not known."""
        return self.names.get(f"{kind}:{identity}") or identity


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """What a person looks for; an empty text is no filter.

    Attributes:
        by: The whole name of an account; so is ``desk`` of a machine.
        what: How the verb begins: ``car.`` is all that happened to cars.
        subject: How it begins: ``car:`` is every car, ``car:car-12`` is one.
        since: Included (UTC).
        until: Not included (UTC).
    """

    by: str = ""
    what: str = ""
    subject: str = ""
    desk: str = ""
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class AuditNames:
    """What occurs in the audit: accounts, verbs such as ``car.retired``, and machines."""

    people: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditSlice:
    """Attributes: ``total`` counts all rows of the query, up to ``listing.COUNT_CAP``, the newest first."""

    rows: tuple[AuditRow | Damaged, ...]
    total: int


def changed(before: Facts, after: Facts) -> tuple[Facts, Facts]:
    """Both sides reduced to the fields that differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        MappingProxyType({name: before[name] for name in names if name in before}),
        MappingProxyType({name: after[name] for name in names if name in after}),
    )
