"""The real program on servers behind a line that can be cut, and an owner who signs in."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from builders import PASSWORD
from patience import until

from desktop.app import Program
from desktop.preferences import Preferences
from desktop.smoke import Stopwatch
from desktop.viewmodels.owner.copy import CopyStatus
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session import SessionPhase
from engine.config import load
from engine.domain.span import month

MARCH = month(2025, 3, "Europe/Berlin")


def firm_at(world, qapp, tmp_path):
    """Opens the program with a proxy in between, as often as a test wants."""

    @asynccontextmanager
    async def opened(proxy):
        place = world.place
        environ = {
            "DRIVESPHERE_MONGO_URL": f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true",
            "DRIVESPHERE_REDIS_URL": place.redis_url.reveal(),
            "DRIVESPHERE_DATABASE": place.database,
            "DRIVESPHERE_CONFIG": os.devnull,
        }
        settings = load(tmp_path / "data", environ=environ, cwd=tmp_path)
        program = Program(qapp, settings, Preferences(tmp_path / "preferences.ini"), Stopwatch())
        living = asyncio.create_task(program.live())
        try:
            await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
            yield program
        finally:
            program.leave()
            await living

    opened.port = urlsplit(world.place.mongo_url).port
    return opened


async def signed_in(program):
    """At the earnings of March 2025, with a copy on this computer."""
    program.session.sign_in("owner", PASSWORD)
    await until(lambda: program.window.workspace is not None)
    area = program.window.workspace._areas[0]
    program.window.workspace.go("earnings")
    await until(lambda: area.earnings.vm.state.phase is Phase.READY)
    await until(lambda: area.copy.vm.state.status in (CopyStatus.KEPT, CopyStatus.NO_KEYRING))
    await show_march(area.earnings.vm)
    return area


async def show_march(vm):
    vm.show(MARCH)
    await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == MARCH)
