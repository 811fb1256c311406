"""The program in a process of its own, with somebody at the counter who holds a car and has moved the window."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parent
#: Signs in, holds the first car found, puts the window where it is told to, says so and lives on.
AT_WORK = """
import asyncio, json, os, sys, traceback
told = json.loads(sys.stdin.readline())
sys.path[:0] = told["paths"]
import desktop.app as app
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from patience import until

async def work(program):
    window = program.window
    window.setGeometry(*told["place"])
    await until(window.isVisible)
    if told["account"] is not None:
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
    if told["account"]:
        offered = {each.account: each for each in program.session.state.offered}[told["account"]]
        program.session.sign_in(offered.account, offered.password)
        await until(lambda: window.workspace is not None)
        if told["holds"]:
            desk = window.workspace.workspace
            window.workspace.go("find")
            await until(lambda: window.workspace.client.search.results.model.row_at(0) is not None)
            found = window.workspace.client.search.results.model.row_at(0)
            desk.panel.start(found.found, desk.search.state.wish.period, desk.search.state.branch)
            desk.panel.find_renter("mar")
            await until(lambda: desk.panel.state.found.rows)
            desk.panel.choose(desk.panel.state.found.rows[0])
            desk.panel.book()
            await until(lambda: desk.panel.state.checkout_ready)
            print(desk.panel.state.booking.id, flush=True)
    if told["then"]:
        here = {"asyncio": asyncio, "window": window, "program": program, "told": told}
        exec(told["then"], here)
        await here["day_of"]()
    print("at work", flush=True)

def failed(story):
    # Nobody waits longer for a story that went wrong.
    if not story.cancelled() and (problem := story.exception()) is not None:
        traceback.print_exception(problem)
        os._exit(3)

class Working(app.Program):
    async def live(self, *, smoke=False):
        self.story = asyncio.create_task(work(self))
        self.story.add_done_callback(failed)
        return await super().live(smoke=smoke)

app.Program = Working
from engine.crash_reports import watching
from engine.config import load
from pathlib import Path
settings = load(Path(told["data"]))
with watching(settings.log_dir, "desktop", debug=told["debug"]) as crashes:
    status = app.run(settings, crashes=crashes)
sys.exit(status)
"""


@dataclass
class LivingDesk:
    """``process`` runs; ``home`` is all that it knows of the person."""

    process: asyncio.subprocess.Process
    home: Path
    booking: str = ""

    async def ended(self):
        """Its exit status and what it complained of."""
        _, complaint = await self.process.communicate()
        return self.process.returncode, complaint.decode()


def environment_of(home):
    """Nothing of this computer's person: folders below *home*, no keyring, no settings."""
    home.mkdir(exist_ok=True)
    return {
        **os.environ,
        "HOME": str(home),
        **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        "DRIVESPHERE_CONFIG": os.devnull,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "QT_QPA_PLATFORM": "offscreen",
        # What ends it natively says where.
        "PYTHONFAULTHANDLER": "1",
    }


@asynccontextmanager
async def living_desk(data, home, *, account="", holds=False, place=(0, 0, 800, 700), then="", debug=False):
    """At work on *data* when the block begins; killed if it still lives at its end.

    With "" as *account* nobody has signed in; with None the window is there, and its servers are still starting.
    """
    told = {"paths": [str(TESTS)], "data": str(data), "account": account, "holds": holds, "place": place}
    told |= {"then": then, "debug": debug}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", AT_WORK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment_of(home), cwd=home,
    )  # fmt: skip
    try:
        process.stdin.write(json.dumps(told).encode() + b"\n")
        said = await process.stdout.readline()
        booking = said.decode().strip() if holds else ""
        said = await process.stdout.readline() if holds else said
        if said != b"at work\n":
            with suppress(ProcessLookupError):
                process.kill()
            told = (said + (await process.communicate())[1]).decode()
            raise AssertionError(f"left with {process.returncode}: {told}")
        yield LivingDesk(process, home, booking)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
