"""How fast papers are issued in one series: by one desk, by eight with Redis, by eight without; each a process."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
from dataclasses import replace
from multiprocessing.queues import Queue as Results
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from builders import ACCOUNTS, PASSWORD
from paper_builders import may_issue, paper_wish
from pymongo import MongoClient

from engine.adapters.mongo.client import CODEC, Credentials, connect
from engine.adapters.mongo.schema.founding import create_account
from engine.adapters.mongo.schema.provision import provision
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret
from engine.domain.firm.settings import FirmSettings
from engine.domain.shared.errors import Contended
from engine.embedded.servers import Endpoints, open_servers

NAME, DESKS, _WAIT_S = "bench_papers", 8, 120.0
_NOBODY = Secret("redis://127.0.0.1:1/0")


async def desk(deployment: Deployment, papers: int, together: Barrier, results: Results) -> None:
    """Issues *papers*; puts how long each took, and how often it was asked again."""
    async with open_engine(deployment, ACCOUNTS[0].account, PASSWORD, background=False) as opened:
        await opened.papers.draft(opened.actor, paper_wish())
        await asyncio.to_thread(together.wait, _WAIT_S)
        took, again = [], 0
        for _ in range(papers):
            began = perf_counter()
            while True:
                try:
                    await opened.papers.issue(opened.actor, paper_wish())
                    break
                except Contended:
                    again += 1
            took.append(perf_counter() - began)
        results.put((took, again))


def child(*what: object) -> None:
    asyncio.run(desk(*what))


async def measure(name: str, deployment: Deployment, desks: int, papers: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(desks + 1), spawn.Queue()
    every = [
        spawn.Process(target=child, args=(deployment, papers, together, results), daemon=True) for _ in range(desks)
    ]
    for each in every:
        each.start()
    await asyncio.to_thread(together.wait, _WAIT_S)
    began = perf_counter()
    told = [await asyncio.to_thread(results.get, timeout=_WAIT_S * 10) for _ in every]
    seconds = perf_counter() - began
    for each in every:
        await asyncio.to_thread(each.join, _WAIT_S)
    took = sorted(1000 * each for some, _ in told for each in some)
    middle, last = took[len(took) // 2], took[int(len(took) * 0.99)]
    rate = len(took) / seconds
    again = sum(each for _, each in told)
    print(f"{name}: {len(took)} papers, {rate:.0f}/s, p50 {middle:.1f} ms, p99 {last:.0f} ms, asked again {again}")


async def whole(papers: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_servers(Path(folder), sandbox=False) as servers:
            await prepared(servers)
            deployment = Deployment(servers.mongo_url, Secret(servers.redis_url), NAME)
            without = replace(deployment, redis_url=_NOBODY)
            await measure("one desk", deployment, 1, papers)
            await measure("one desk without Redis", without, 1, papers)
            await measure(f"{DESKS} desks", deployment, DESKS, papers)
            await measure(f"{DESKS} desks without Redis", without, DESKS, papers)


async def prepared(servers: Endpoints) -> None:
    admin = connect(servers.mongo_url, Credentials(servers.root_name, servers.root_password, "admin"))
    await provision(admin, NAME, FirmSettings())
    await create_account(admin, NAME, ACCOUNTS[0])
    await admin.close()
    plain = MongoClient(servers.mongo_url, username=servers.root_name, password=servers.root_password)
    may_issue(plain.get_database(NAME, codec_options=CODEC), fresh=True)
    plain.close()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--papers", type=int, default=100, help="of each desk")
    asyncio.run(whole(asked.parse_args().papers))
