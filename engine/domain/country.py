"""Which country a time zone belongs to: what a branch's telephone numbers are read by."""

from __future__ import annotations

from functools import cache
from importlib import resources


def country_of(zone: str) -> str:
    """ISO 3166 code of the country that the IANA zone *zone* lies in; empty for one like ``UTC`` that lies in none."""
    return _countries().get(zone, "")


@cache
def _countries() -> dict[str, str]:
    """The IANA's own table, which comes with the zones."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
