"""What the pages of accounts say: places, standings, and what a change will do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

from desktop.theme.tokens import Tone
from desktop.words.messages import branch_name, day_time, desk_zone, plural
from engine.domain.car.car import Branch
from engine.domain.people.accounts import Flaw, Fleet, PersonRow, Post
from engine.domain.people.people import Role
from engine.domain.shared.text import search_key

FLAWS = MappingProxyType(
    {
        Flaw.MISSING: "the database has no such user",
        Flaw.ROLE: "its rights in the database are not those of its role",
        Flaw.RIGHTS: "it holds rights in the database that are not this program's",
        Flaw.PLACE: "its branch, fleet or name in the database is another",
        Flaw.KEY: "the key that it asks desks with is missing or another than they know",
    }
)
#: Where the account in the panel is not the one whose password was asked for.
NOT_YOURS = "Your own password is not right. Nothing was changed."
DONE = MappingProxyType(
    {
        "created": "The account is there.",
        "edited": "Saved.",
        "moved": "Changed. Desks where it is signed in are told within five seconds.",
        "disabled": "Disabled. Desks where it was signed in are signed out within five seconds.",
        "enabled": "Enabled. It signs in with the password it had.",
        "used": "The one-time password was used, and is shown no longer.",
        "reset": "A new one-time password was made. Desks where it was signed in are signed out.",
        "finished": "The database's user is as it should be.",
    }
)


def where_text(post: Post, branches: Iterable[Branch], fleets: Iterable[Fleet]) -> str:
    if post.branch_id is not None:
        return next((branch_name(each) for each in branches if each.id == post.branch_id), post.branch_id)
    if post.owner_id is not None:
        return next((fleet_text(each) for each in fleets if each.owner_id == post.owner_id), post.owner_id)
    if post.renter is not None:
        return post.renter.name
    return "No branch of its own" if post.role is Role.CLIENT else "The whole firm"


def fleet_text(fleet: Fleet) -> str:
    named = ", ".join(fleet.names[:2]) or "nobody's account yet"
    return f"{fleet.owner_id}: {plural(fleet.cars, 'car')}, {named}"


def standing_of(row: PersonRow) -> tuple[str, Tone]:
    if row.flaws:
        return "To be mended", Tone.DANGER
    if row.person.disabled:
        return "Disabled", Tone.NEUTRAL
    return ("Not used yet", Tone.WARNING) if row.waiting else ("Active", Tone.POSITIVE)


def seen_text(at: datetime | None, now: datetime) -> str:
    """In the zone of this desk."""
    return "Never" if at is None else day_time(at, desk_zone(), now=now)


def suggested_account(name: str) -> str:
    """``nele.vogt`` for Nele Vogt: letters that every keyboard has."""
    words = ["".join(sign for sign in word if sign.isascii() and sign.isalnum()) for word in search_key(name).split()]
    kept = [word for word in words if word]
    return ".".join((kept[0], kept[-1]) if len(kept) > 1 else kept)[:40]
