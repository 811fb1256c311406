"""How long the start takes, as a person sees it; for ``drivesphere demo --smoke``."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING

import psutil
from PySide6.QtCore import QEvent, QObject

from desktop.viewmodels.session.session import SessionPhase, SessionState, SessionViewModel

if TYPE_CHECKING:
    from desktop.views.frame.shell import MainWindow

_WITHIN_S = 120.0


class Stopwatch(QObject):
    """Milliseconds since the process was started, at the moments that matter."""

    def __init__(self) -> None:
        super().__init__()
        # The start of the process, also the part before Python ran.
        self._began = time.time() - psutil.Process().create_time() - time.monotonic()
        self._times: dict[str, int] = {}
        self.first_frame = asyncio.Event()

    def observe(self, window: QObject) -> None:
        """Wait for the first painted frame of *window*, which is a top level."""
        window.installEventFilter(self)

    def servers_ready(self) -> None:
        self._note("servers_ready_ms")

    async def smoke(self, session: SessionViewModel, window: MainWindow) -> int:
        """Sign in with the first offered account, wait for the first result, print; the exit status."""
        painted = asyncio.Event()
        window.first_result_painted.connect(painted.set)
        ready: asyncio.Future[SessionState] = asyncio.get_running_loop().create_future()

        def watch(state: SessionState) -> None:
            over = state.phase is SessionPhase.BROKEN or (state.phase is SessionPhase.SIGNED_OUT)
            if over and not ready.done():
                ready.set_result(state)

        session.changed.connect(watch)
        try:
            async with asyncio.timeout(_WITHIN_S):
                state = await ready
                if state.phase is SessionPhase.BROKEN or not state.offered:
                    print(state.problem or "no demo account is offered", file=sys.stderr)  # noqa: T201 -- its output
                    return 1
                session.sign_in(state.offered[0].account, state.offered[0].password)
                await painted.wait()
        except TimeoutError:
            print(f"no result within {_WITHIN_S:.0f} s: {session.state}", file=sys.stderr)  # noqa: T201 -- its output
            return 1
        self._note("first_data_ms")
        self._times["rss_mb"] = round(psutil.Process().memory_info().rss / 2**20)
        print(json.dumps(self._times))  # noqa: T201 -- its output
        return 0

    def _note(self, name: str) -> None:
        self._times.setdefault(name, round((self._began + time.monotonic()) * 1000))

    # Qt's name below.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.UpdateRequest and not self.first_frame.is_set():
            self._note("first_frame_ms")
            self.first_frame.set()
            # Every event that comes through here costs the window's thread a call into Python.
            watched.removeEventFilter(self)
        return super().eventFilter(watched, event)
