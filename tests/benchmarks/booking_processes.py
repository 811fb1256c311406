"""As ``booking.py``, by four processes at once with sixteen clients each: what several desks make of one server."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import sys
import tempfile
from multiprocessing.queues import Queue as Results
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from booking import (
    CLIENTS,
    DATABASE,
    RATE,
    RENTER,
    RENTERS,
    Days,
    Queue,
    bare,
    fill,
    forget,
    through_the_service,
    timed,
)
from builders import ACCOUNTS, PASSWORD

from engine.adapters.mongo.client import Credentials, connect
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret
from engine.domain.car.car import CarId
from engine.domain.shared.boot_clock import rest
from engine.domain.shared.errors import Contended
from engine.embedded.servers import open_servers
from engine.services.booking.booking import HoldCar

PROCESSES = 4
EACH = max(CLIENTS) // PROCESSES
_WAIT_S = 30.0


async def desk_of(
    number: int, deployment: Deployment, turns: int, bookings: int, together: Barrier, results: Results
) -> None:
    days, queue = Days(), Queue()
    for _ in range(number * len(RENTERS) // PROCESSES):
        queue.take()
    raw = connect(deployment.mongo_url, Credentials(ACCOUNTS[0].account, PASSWORD, DATABASE))
    async with open_engine(deployment, ACCOUNTS[0].account, PASSWORD, background=False) as desk:
        wish = HoldCar(f"sample-{number}", CarId(f"car-{number * EACH}"), days.take(), RENTER.id, RATE)
        sample = await desk.booking.hold(desk.actor, wish)

        def own(car: CarId) -> CarId:
            return CarId(f"car-{number * EACH + int(car.split('-')[1])}")

        async def service(car: CarId) -> None:
            while True:
                try:
                    return await through_the_service(desk, own(car), days, queue)
                except Contended:
                    # On a busy machine Redis may be too late once, and the turn before it stays for its time.
                    await rest(1)

        kinds = {
            "service": service,
            "bare": lambda car: bare(raw, sample, own(car), days),
        }
        for turn in range(-1, turns):
            for name, one in kinds.items():
                # Twice: the first lets the parent forget what was booked before.
                await asyncio.to_thread(together.wait, _WAIT_S)
                await asyncio.to_thread(together.wait, _WAIT_S)
                rate, _ = await timed(one, EACH, bookings)
                results.put((turn, name, rate))
    await raw.close()


def child(*what: object) -> None:
    asyncio.run(desk_of(*what))


async def measure(turns: int, bookings: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_servers(Path(folder), sandbox=False) as servers:
            admin = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
            await fill(admin)
            deployment = Deployment(servers.mongo_url, Secret(servers.redis_url), DATABASE)
            together, results = spawn.Barrier(PROCESSES + 1), spawn.Queue()
            every = [
                spawn.Process(target=child, args=(n, deployment, turns, bookings, together, results), daemon=True)
                for n in range(PROCESSES)
            ]
            for each in every:
                each.start()
            rates: dict[tuple[int, str], float] = {}
            for _ in range(2 * (turns + 1)):
                await asyncio.to_thread(together.wait, _WAIT_S)
                await forget(admin)
                await asyncio.to_thread(together.wait, _WAIT_S)
                for _ in every:
                    turn, name, rate = await asyncio.to_thread(results.get, timeout=_WAIT_S)
                    rates[turn, name] = rates.get((turn, name), 0) + rate
            for each in every:
                await asyncio.to_thread(each.join, _WAIT_S)
            await admin.close()
    told(rates, turns)


def told(rates: dict[tuple[int, str], float], turns: int) -> None:
    """The first turn warms up."""
    ratio = statistics.median(rates[turn, "service"] / rates[turn, "bare"] for turn in range(turns))
    service, plain = (statistics.median(rates[turn, name] for turn in range(turns)) for name in ("service", "bare"))
    print(f"{PROCESSES} x {EACH} clients: service {service:.0f}/s, bare {plain:.0f}/s, ratio {ratio:.2f}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--turns", type=int, default=5)
    asked.add_argument("--bookings", type=int, default=8, help="of each client in a turn")
    options = asked.parse_args()
    asyncio.run(measure(options.turns, options.bookings))
