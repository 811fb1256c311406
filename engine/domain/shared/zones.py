"""Time zones by name, and the country of each, which a branch's telephone numbers are read by.

A newer desk may have stored a zone that this desk's table does not have yet.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache
from importlib import resources
from types import MappingProxyType
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


#: Links that the IANA keeps to a zone of another country, because both clocks agree since 1970 (its file `backward`).
_ELSEWHERE = MappingProxyType(
    {
        "Africa/Asmera": "ER",
        "Africa/Timbuktu": "ML",
        "America/Coral_Harbour": "CA",
        "America/Virgin": "VI",
        "Atlantic/Jan_Mayen": "SJ",
        "Iceland": "IS",
        "Pacific/Ponape": "FM",
        "Pacific/Truk": "FM",
        "Pacific/Yap": "FM",
    }
)
#: Rules of many countries, which newer tables link to one city each.
_NOWHERE = frozenset("CET MET EET WET EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT".split())


def country_of(zone: str) -> str:
    """ISO 3166 code of the country that the IANA zone *zone* lies in, also by an older name of the zone.

    Empty for one like ``UTC`` that lies in none.
    """
    return _countries().get(zone, "")


def countries() -> frozenset[str]:
    """The codes of all countries that a zone lies in."""
    return frozenset(_countries().values())


@cache
def _countries() -> dict[str, str]:
    """The IANA's own tables, which come with the zones."""
    of = {row[2]: row[0] for row in (line.split("\t") for line in _lines("zone.tab") if not line.startswith("#"))}
    links = [line.split() for line in _lines("tzdata.zi") if line.startswith("L ")]
    aliases = {alias: of[target] for _, target, alias in links if target in of and alias not in _NOWHERE}
    return {**aliases, **of, **_ELSEWHERE}


def _lines(table: str) -> list[str]:
    text = (resources.files("tzdata") / "zoneinfo" / table).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line]
