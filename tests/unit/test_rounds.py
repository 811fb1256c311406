"""A round that is not done for too long is late, and what is not needed does not make a worker unready."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from plain_http import PLAIN

from engine.adapters.http.monitor_server import monitor_app
from engine.adapters.http.serving import serve_http
from engine.domain.health.rounds import Rounds


class Hands:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.asyncio
async def test_monitoring_hears_which_round_is_late_and_when_all_is_well_again():
    hands = Hands()
    rounds = Rounds(hands)
    async with (
        serve_http(monitor_app(rounds.told, "1.2.3"), ("127.0.0.1", 0), "") as url,
        httpx.AsyncClient(base_url=url, **PLAIN) as http,
    ):
        nothing = await http.get("/ready")
        rounds.expect("sweep", timedelta(minutes=1), needed=True)
        rounds.expect("lookback", timedelta(minutes=3))
        begun = await http.get("/ready")
        rounds.did("sweep")
        first = await http.get("/ready")
        hands.now = 181
        rounds.missed("sweep")
        late, told = await http.get("/ready"), (await http.get("/metrics")).text
        rounds.did("sweep")
        hands.now = 300
        rounds.missed("lookback")
        hands.now = 361
        rounds.did("sweep")
        hands.now = 541
        after, later = await http.get("/ready"), (await http.get("/metrics")).text
        other = await http.get("/stripe")

    assert [503, 503] == [nothing.status_code, begun.status_code]
    assert [200, 503, 200, 404] == [each.status_code for each in (first, late, after, other)]
    assert "sweep: not done for 181 s\n" == late.text
    assert 'drivesphere_info{version="1.2.3"} 1' in told
    assert 'drivesphere_round_late{round="sweep"} 1' in told
    assert 'drivesphere_round_failed_total{round="sweep"} 1' in told
    assert "drivesphere_ready 0" in told
    assert 'drivesphere_round_done_total{round="sweep"} 3' in later
    assert 'drivesphere_round_late{round="lookback"} 1' in later
    assert "drivesphere_ready 1" in later
