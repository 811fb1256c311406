"""What runs on this machine, and whether the desks read one table of time zones."""

from __future__ import annotations

import platform
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from engine.domain.health.health import Finding, HealthArea, Level, told
from engine.domain.shared.errors import Forbidden, Unavailable
from engine.domain.shared.remark import Fact, remark
from engine.domain.shared.zones import zones_version
from engine.ports.health import Inspection

_PACKAGES = ("drivesphere", "PySide6-Essentials", "pymongo", "redis", "stripe", "httpx")
#: A desk where nobody signed in for so long may be gone.
_LATELY = timedelta(days=14)


async def look_at_versions(inspection: Inspection, now: datetime) -> Finding:
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
