"""Branches as administrators keep them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from engine.domain.car.car import Branch
from engine.domain.firm.audit import Facts
from engine.domain.shared.errors import InvalidText
from engine.domain.shared.hours import must_be_hours
from engine.domain.shared.text import clean


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch and what depends on it.

    Attributes:
        cars: Those that stand there, retired ones left out.
        bookings: Those picked up there that still keep a car.
    """

    branch: Branch
    cars: int
    bookings: int


def zones() -> tuple[str, ...]:
    """IANA names that a branch may have: places, and not the historical short forms."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACE)))


_NO_PLACE = ("Etc/", "SystemV/", "US/", "posix/", "right/")


def sound(branch: Branch) -> Branch:
    """*branch* with its texts cleaned.

    Raises:
        InvalidText: Named by its field.
    """
    cleaned = replace(
        branch,
        name=clean("name", branch.name, longest=80),
        city=clean("city", branch.city, longest=80),
        address=clean("address", branch.address, longest=200),
    )
    if not isinstance(branch.zone, str) or branch.zone not in available_timezones():
        raise InvalidText("zone", "field.zone")
    must_be_hours(branch.opens, branch.closes)
    return cleaned


def facts_of(branch: Branch) -> Facts:
    """For the audit."""
    return {
        "name": branch.name,
        "city": branch.city,
        "address": branch.address,
        "zone": branch.zone,
        "opens": branch.opens,
        "closes": branch.closes,
        "closed": "yes" if branch.closed else "no",
    }
