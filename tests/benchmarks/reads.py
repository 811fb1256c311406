"""Every list, count and search of a firm of SCALE cars: median time, and what MongoDB examined for it.

``SCALE=1k|10k|100k`` (``--scale``) chooses the firm, which is seeded once and kept (``support/scale_seed.py``).
Nothing is answered from the cache: each question is asked of an engine that has just forgotten.

A limit is three times what the same took at 1k (as it was measured last), or 50 ms where that is more; and 20 documents
for one that is returned. What is beyond either is marked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import time
from pathlib import Path

import pymongo

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from examined import examined
from scale_firm import PASSWORD, SIZES
from scale_reads import DESKS, Reads
from scale_seed import DATABASE, folder_of, opened

from engine.bootstrap import open_engine
from engine.domain.firm.freshness import EVERYTHING

_QUICK_MS, _GROWTH, _DOCS_FOR_ONE = 50.0, 3, 20


async def timed(desk, ask, turns: int) -> float:
    times = []
    for _ in range(turns):
        await desk.cache.bump([EVERYTHING])
        begun = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def times_of(scale: str) -> Path:
    """Where the times of that *scale* are kept between runs."""
    return folder_of(scale).parent / f"reads-{scale}.json"


async def measure(scale: str, data: Path | None, turns: int, only: str) -> None:
    at_1k = json.loads(times_of("1k").read_bytes()) if times_of("1k").exists() else {}
    times: dict[str, float] = {}
    print(
        f"{'account':>12}  {'what':40}  {'ms':>8}  {'limit':>6}  {'commands':>8}  {'keys':>9}  {'docs':>9}  {'rows':>6}"
        f"  docs/row"
    )
    async with opened(scale, data) as (deployment, servers, firm):
        root = pymongo.MongoClient(
            servers.mongo_url, username=servers.root_name, password=servers.root_password, directConnection=True
        )
        for account in DESKS:
            async with open_engine(deployment, account, PASSWORD, background=False) as desk:
                for name, ask in Reads(desk, firm).all():
                    if only in name:
                        limit = max(_QUICK_MS, _GROWTH * at_1k.get(f"{account} {name}", 0))
                        took = await told(root[DATABASE], desk, (account, name), ask, turns, limit)
                        if took is not None:
                            times[f"{account} {name}"] = took
        root.close()
    if not only and not data:
        times_of(scale).write_text(json.dumps(times, indent=1))


async def told(db, desk, named: tuple[str, str], ask, turns: int, limit: float) -> float | None:
    """Milliseconds; None for what failed."""
    account, name = named
    try:
        took = await timed(desk, ask, turns)
        await desk.cache.bump([EVERYTHING])
        rows = await examined(db, ask)
    except Exception as problem:  # noqa: BLE001 -- a read that fails is a line of the table
        print(f"{account:>12}  {name:40}  {type(problem).__name__}: {problem}  BEYOND")
        return None
    worst = max((row.per_row for row in rows), default=0)
    sums = [sum(getattr(row, field) for row in rows) for field in ("keys", "docs", "returned")]
    beyond = "  BEYOND" if took > limit or worst > _DOCS_FOR_ONE else ""
    print(
        f"{account:>12}  {name:40}  {took:8.1f}  {limit:6.0f}  {len(rows):8}  {sums[0]:9,}  {sums[1]:9,}  {sums[2]:6,}"
        f"  {worst:8.1f}{beyond}"
    )
    return took


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", choices=SIZES, default=os.environ.get("SCALE", "1k"))
    asked.add_argument("--data", type=Path)
    asked.add_argument("--turns", type=int, default=3)
    asked.add_argument("--only", default="", help="what has this in its name")
    options = asked.parse_args()
    asyncio.run(measure(options.scale, options.data, options.turns, options.only))
