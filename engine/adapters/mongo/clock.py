"""The server's time, measured; no desk's own clock is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.adapters.mongo.client import Client, speaking
from engine.domain.shared.boot_clock import since_boot
from engine.domain.shared.period import whole_milliseconds

_SAMPLES = 3


@dataclass(slots=True)
class _Reading:
    server: datetime
    at: float
    uncertain_by: float


class ServerClock:
    """The port ``Clock``. Measure once before the first ``now``, and again every minute or so."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reading: _Reading | None = None

    async def measure(self) -> None:
        """Take the quickest of a few round trips; half of it is how far off we may be.

        Raises:
            Unavailable: MongoDB does not answer; the last measurement stays in force.
        """
        readings = [await self._sample() for _ in range(_SAMPLES)]
        self._reading = min(readings, key=lambda reading: reading.uncertain_by)

    async def _sample(self) -> _Reading:
        before = since_boot()
        with speaking():
            hello = await self._client.admin.command("hello")
        after = since_boot()
        local: datetime = hello["localTime"]
        server = local if local.tzinfo else local.replace(tzinfo=UTC)
        return _Reading(server, (before + after) / 2, (after - before) / 2)

    @property
    def uncertain_by(self) -> timedelta:
        """How far ``now`` may be from the server's time at the last measurement."""
        return timedelta(seconds=self._known.uncertain_by)

    @property
    def offset(self) -> timedelta:
        """Server time less this desk's own clock."""
        return self.now() - datetime.now(UTC)

    def now(self) -> datetime:
        passed = timedelta(seconds=since_boot() - self._known.at)
        return whole_milliseconds(self._known.server + passed)

    @property
    def _known(self) -> _Reading:
        if self._reading is None:
            raise RuntimeError("the clock was never measured")
        return self._reading
