"""Branches as administrators keep them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from zoneinfo import available_timezones

from engine.domain.audit import Facts
from engine.domain.car import Branch
from engine.domain.errors import InvalidText
from engine.domain.text import clean

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


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
        raise InvalidText("zone", "must be a time zone such as Europe/Berlin")
    for field, value in (("opens", branch.opens), ("closes", branch.closes)):
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise InvalidText(field, "must be a time such as 08:00")
    if branch.opens >= branch.closes:
        raise InvalidText("closes", "must be later than it opens")
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
