"""What the pages of accounts say: places, standings, and what a change will do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType

from desktop.theme.tokens import Tone
from desktop.words.messages import branch_name, counted, day_time, desk_zone
from engine.domain.car.car import Branch
from engine.domain.people.accounts import Flaw, Fleet, PersonRow, Post
from engine.domain.people.people import Role
from engine.domain.shared.text import search_key
from engine.words.tr import tr

FLAWS = MappingProxyType(
    {
        Flaw.MISSING: tr("the database has no such user"),
        Flaw.ROLE: tr("its rights in the database are not those of its role"),
        Flaw.RIGHTS: tr("it holds rights in the database that are not this program's"),
        Flaw.PLACE: tr("its branch, fleet or name in the database is another"),
        Flaw.KEY: tr("the key that it asks desks with is missing or another than they know"),
    }
)
#: Where the account in the panel is not the one whose password was asked for.
NOT_YOURS = tr("Your own password is not right. Nothing was changed.")
DONE = MappingProxyType(
    {
        "created": tr("The account is there."),
        "edited": tr("Saved."),
        "moved": tr("Changed. Desks where it is signed in are told within five seconds."),
        "disabled": tr("Disabled. Desks where it was signed in are signed out within five seconds."),
        "enabled": tr("Enabled. It signs in with the password it had."),
        "used": tr("The one-time password was used, and is shown no longer."),
        "reset": tr("A new one-time password was made. Desks where it was signed in are signed out."),
        "finished": tr("The database's user is as it should be."),
    }
)


def where_text(post: Post, branches: Iterable[Branch], fleets: Iterable[Fleet]) -> str:
    if post.branch_id is not None:
        return next((branch_name(each) for each in branches if each.id == post.branch_id), post.branch_id)
    if post.owner_id is not None:
        return next((fleet_text(each) for each in fleets if each.owner_id == post.owner_id), post.owner_id)
    if post.renter is not None:
        return post.renter.name
    return tr("No branch of its own") if post.role is Role.CLIENT else tr("The whole firm")


def fleet_text(fleet: Fleet) -> str:
    named = ", ".join(fleet.names[:2]) or tr("nobody's account yet")
    return tr(
        "{owner_id}: {cars}, {named}",
        owner_id=fleet.owner_id,
        cars=counted("{count} car", "{count} cars", fleet.cars),
        named=named,
    )


def standing_of(row: PersonRow) -> tuple[str, Tone]:
    if row.flaws:
        return tr("To be mended"), Tone.DANGER
    if row.person.disabled:
        return tr("Disabled"), Tone.NEUTRAL
    return (tr("Not used yet"), Tone.WARNING) if row.waiting else (tr("Active"), Tone.POSITIVE)


def seen_text(at: datetime | None, now: datetime) -> str:
    """In the zone of this desk."""
    return tr("Never") if at is None else day_time(at, desk_zone(), now=now)


def suggested_account(name: str) -> str:
    """``nele.vogt`` for Nele Vogt: letters that every keyboard has."""
    words = ["".join(sign for sign in word if sign.isascii() and sign.isalnum()) for word in search_key(name).split()]
    kept = [word for word in words if word]
    return ".".join((kept[0], kept[-1]) if len(kept) > 1 else kept)[:40]
