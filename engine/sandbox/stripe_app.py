"""The sandbox put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.sandbox import sessions
from engine.sandbox.api import Api, Keys
from engine.sandbox.control import Control
from engine.sandbox.document import Document
from engine.sandbox.faults import Faults
from engine.sandbox.operations import SERVED, Handler
from engine.sandbox.pages import Pages
from engine.sandbox.store import SandboxStore
from engine.sandbox.stripe_state import State
from engine.sandbox.webhooks import Courier

_log = logging.getLogger(__name__)
#: Names of this machine; any other in a request means that somebody's page is being led here (DNS rebinding).
_HOSTS = ["127.0.0.1", "localhost", "::1"]


def build(path: Path, keys: Keys, base_url: str, served: Mapping[str, Handler] = SERVED) -> Starlette:
    """Args: ``path`` is the state file; ``served`` the operations, for tests that break one on purpose."""
    store = SandboxStore(path)
    state = State(store, Document(), base_url)
    with store.transaction():
        sessions.moved(state)
    courier, faults = Courier(state), Faults()
    api = Api(state, keys, faults, courier, served)

    async def v1(request: Request) -> Response:
        return await api.serve(request)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(courier.run(), name="courier")
        task.add_done_callback(_report)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            store.close()

    return Starlette(
        routes=[
            Route("/v1/{path:path}", v1, methods=["GET", "POST", "DELETE"]),
            *Pages(state, courier).routes(),
            *Control(state, api, faults, courier).routes(),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        lifespan=lifespan,
    )


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (problem := task.exception()):
        _log.error("the courier stopped: no webhooks from now on", exc_info=problem)
