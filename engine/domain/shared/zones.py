"""Time zones by name; a newer desk may have stored one that this desk's table does not have yet."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from importlib import resources
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.domain.shared.errors import UnknownZone

AnyZone: TypeAlias = tzinfo


@cache
def zones_version() -> str:
    """Of the pinned data, such as ``2026f``."""
    with (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").open(encoding="utf-8") as table:
        return table.readline().removeprefix("# version").strip()


def zone_of(name: object) -> ZoneInfo:
    """For whatever is counted, priced or promised.

    Raises:
        UnknownZone: This desk's table has none of that name.
    """
    try:
        return ZoneInfo(name)  # type: ignore[arg-type]  # a damaged row may hold anything
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as problem:
        raise UnknownZone(str(name)[:80]) from problem


def shown_zone(name: object) -> tzinfo:
    """For showing only: UTC, which is named beside the time, where the zone is not known here."""
    try:
        return zone_of(name)
    except UnknownZone:
        return UTC
