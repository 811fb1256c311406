"""Every list, count and search of a firm of SCALE cars: median time, and what MongoDB examined for it.

``SCALE=1k|10k|100k`` (``--scale``) chooses the firm, which is seeded once and kept (``tests/scale_seed.py``). Nothing
is answered from the cache: each question is asked of an engine that has just forgotten.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

import pymongo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examined import examined
from scale_firm import PASSWORD, SIZES
from scale_reads import DESKS, Reads
from scale_seed import DATABASE, opened

from engine.bootstrap import open_engine
from engine.domain.freshness import EVERYTHING


async def timed(desk, ask, turns: int) -> float:
    times = []
    for _ in range(turns):
        await desk.cache.bump([EVERYTHING])
        begun = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


async def measure(scale: str, data: Path | None, turns: int, only: str) -> None:
    print(f"{'account':>12}  {'what':40}  {'ms':>8}  {'commands':>8}  {'keys':>9}  {'docs':>9}  {'rows':>6}  docs/row")
    async with opened(scale, data) as (place, servers, firm):
        root = pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password, directConnection=True
        )
        for account in DESKS:
            async with open_engine(place, account, PASSWORD, background=False) as desk:
                for name, ask in Reads(desk, firm).all():
                    if only in name:
                        await told(root[DATABASE], desk, (account, name), ask, turns)
        root.close()


async def told(db, desk, named: tuple[str, str], ask, turns: int) -> None:
    account, name = named
    try:
        took = await timed(desk, ask, turns)
        await desk.cache.bump([EVERYTHING])
        rows = await examined(db, ask)
    except Exception as problem:  # noqa: BLE001 -- a read that fails is a line of the table
        print(f"{account:>12}  {name:40}  {type(problem).__name__}: {problem}")
        return
    worst = max((row.per_row for row in rows), default=0)
    sums = [sum(getattr(row, field) for row in rows) for field in ("keys", "docs", "returned")]
    print(
        f"{account:>12}  {name:40}  {took:8.1f}  {len(rows):8}  {sums[0]:9,}  {sums[1]:9,}  {sums[2]:6,}  {worst:8.1f}"
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", choices=SIZES, default=os.environ.get("SCALE", "1k"))
    asked.add_argument("--data", type=Path)
    asked.add_argument("--turns", type=int, default=3)
    asked.add_argument("--only", default="", help="what has this in its name")
    options = asked.parse_args()
    asyncio.run(measure(options.scale, options.data, options.turns, options.only))
