"""A process that syncs an owner's copy and is killed in the middle of it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

from builders import PASSWORD

#: Syncs, and kills itself when the write of that number has all its rows and lacks its COMMIT.
DOOMED = """
import asyncio, json, os, signal, sys
from pathlib import Path
import keyring
told = json.loads(sys.stdin.read())
sys.path.insert(0, told["tests"])
from keyrings import MemoryKeyring
from engine.adapters.disk import copy_file
from engine.bootstrap import Deployment, open_engine
from engine.config import Secret

ring = MemoryKeyring()
ring.kept = {tuple(name): key for *name, key in told["keys"]}
keyring.set_keyring(ring)
writes, connect = 0, copy_file.sqlite3.connect

class Doomed(copy_file.sqlite3.Connection):
    def execute(self, sql, *rest):
        global writes
        if sql == "COMMIT":
            writes += 1
            if writes == told["at"]:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(sql, *rest)

copy_file.sqlite3.connect = lambda *given, **options: connect(*given, **options, factory=Doomed)

async def main():
    place = Deployment(told["mongo"], Secret(told["redis"]), told["database"], copies_dir=Path(told["copies"]))
    async with open_engine(place, "owner", told["password"], background=False) as engine:
        await engine.copying.sync(engine.actor)

asyncio.run(main())
"""


async def killed_at(write, to, keys):
    """Another process with the same keyring syncs the same copy, and is killed at its *write*-th COMMIT."""
    told = {
        "at": write,
        "keys": [[*name, key] for name, key in keys.kept.items()],
        "tests": str(Path(__file__).parent),
        "mongo": to.mongo_url,
        "redis": to.redis_url.reveal(),
        "database": to.database,
        "copies": str(to.copies_dir),
        "password": PASSWORD,
    }
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DOOMED],
        input=json.dumps(told),
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
