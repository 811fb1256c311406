"""What the doctor takes for a firm of SCALE cars, look by look, and how many commands it sends."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from commands_counted import counted
from scale_firm import ADMIN, PASSWORD, SIZES
from scale_seed import opened

from engine.bootstrap import open_engine
from engine.services.firm.health_rows import UNHURRIED, Pace
from engine.words.health import says


async def measure(scale: str, data: Path | None) -> None:
    async with opened(scale, data) as (deployment, _, _):
        with counted() as commands:
            async with open_engine(deployment, ADMIN, PASSWORD, background=False) as desk:
                commands.clear()
                begun = last = time.perf_counter()

                def heard(finding) -> None:
                    nonlocal last
                    now, before = time.perf_counter(), last
                    last = now
                    told = f"{finding.area:>12}  {now - before:7.2f} s  {len(commands):6}"
                    print(f"{told}  {finding.level:8} {says(finding)}")

                pace = Pace(UNHURRIED, lambda _: None)
                await desk.admin.health.examine(desk.actor, heard, pace)
                print(f"{'together':>12}  {time.perf_counter() - begun:7.2f} s  {len(commands):6}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", choices=SIZES, default=os.environ.get("SCALE", "1k"))
    asked.add_argument("--data", type=Path)
    options = asked.parse_args()
    asyncio.run(measure(options.scale, options.data))
