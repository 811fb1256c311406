"""What runs on this machine, and whether the desks read one table of time zones."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from engine.domain.health.health import Finding, HealthArea, Level, told
from engine.domain.shared.errors import Forbidden, Unavailable
from engine.domain.shared.remark import Fact, remark
from engine.domain.shared.zones import zones_version

_PACKAGES = ("drivesphere", "PySide6-Essentials", "pymongo", "redis", "stripe", "httpx")
#: A desk where nobody signed in for so long may be gone.
_LATELY = timedelta(days=14)


class ZonesOfDesks(Protocol):
    async def zones_of_desks(self, since: datetime) -> Mapping[str, str]:
        """Desk -> version of its zone data at its last sign-in, of those since then.

        Raises:
            Forbidden: The account may not see sign-ins.
            Unavailable: MongoDB does not answer.
        """


async def look_at_versions(inspection: ZonesOfDesks, now: datetime) -> Finding:
    here = zones_version()
    facts: list[tuple[str, Fact]] = [
        ("python", platform.python_version()),
        ("system", platform.platform(terse=True)),
        ("time_zones", here),
    ]
    for package in _PACKAGES:
        try:
            facts.append((package, version(package)))
        except PackageNotFoundError:
            facts.append((package, remark("not_installed")))
    says = remark("versions.well", own=dict(facts)["drivesphere"], zones=here)
    try:
        desks = await inspection.zones_of_desks(now - _LATELY)
    except (Forbidden, Unavailable):
        return Finding(HealthArea.VERSIONS, Level.GOOD, says, tuple(facts))
    others = sorted(f"{desk}: {zones}" for desk, zones in desks.items() if zones != here)
    if not others:
        return Finding(HealthArea.VERSIONS, Level.GOOD, says, (*facts, ("desks_with_same", str(len(desks)))))
    says, todo = remark("versions.zones_differ", zones=here), remark("do.same_release")
    return Finding(HealthArea.VERSIONS, Level.WARNING, says, (*facts, ("others", told(others))), todo)
