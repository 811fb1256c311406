"""The real program on the servers of a test, also behind a line that can be cut, and an owner who signs in.

API: program_on(qapp, folder, mongo_url, redis_url, database), firm_at(world, qapp, folder), signed_in(program),
show_march(vm), short_patience(monkeypatch).
"""

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
from desktop.viewmodels.offline.copy import CopyStatus
from desktop.viewmodels.phases import Phase
from desktop.viewmodels.session.session import SessionPhase
from desktop.views.areas.owner import OwnerArea
from engine.adapters.mongo import client as mongo_client
from engine.config import load
from engine.domain.reports.report_period import month

MARCH = month(2025, 3, "Europe/Berlin")


@asynccontextmanager
async def program_on(qapp, folder, mongo_url, redis_url, database):
    """At the door; it ends again whatever happens."""
    environ = {
        "DRIVESPHERE_MONGO_URL": mongo_url,
        "DRIVESPHERE_REDIS_URL": redis_url,
        "DRIVESPHERE_DATABASE": database,
        "DRIVESPHERE_CONFIG": os.devnull,
    }
    settings = load(folder / "data", environ=environ, cwd=folder)
    program = Program(qapp, settings, Preferences(folder / "preferences.ini"), Stopwatch())
    living = asyncio.create_task(program.live())
    try:
        await until(lambda: program.session.state.phase is SessionPhase.SIGNED_OUT)
        yield program
    finally:
        program.leave()
        await living


def short_patience(monkeypatch):
    """The driver gives up sooner than in a firm."""
    monkeypatch.setattr(mongo_client, "OPERATION_S", 1.0)


def firm_at(world, qapp, tmp_path):
    """Opens the program with a proxy in between, as often as a test wants."""

    def opened(proxy):
        deployment, behind = world.deployment, f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"
        return program_on(qapp, tmp_path, behind, deployment.redis_url.reveal(), deployment.database)

    opened.port = urlsplit(world.deployment.mongo_url).port
    return opened


async def signed_in(program):
    """At the earnings of March 2025, with a copy on this computer."""
    program.session.sign_in("owner", PASSWORD)
    await until(lambda: program.window.workspace is not None)
    area = program.window.workspace.area(OwnerArea)
    program.window.workspace.go("earnings")
    await until(lambda: area.earnings.vm.state.phase is Phase.READY)
    await until(lambda: area.copy.vm.state.status in (CopyStatus.KEPT, CopyStatus.NO_KEYRING))
    await show_march(area.earnings.vm)
    return area


async def show_march(vm):
    vm.show(MARCH)
    await until(lambda: vm.state.phase is Phase.READY and vm.state.earnings.span == MARCH)
