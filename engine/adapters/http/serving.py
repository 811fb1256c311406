"""Listening for plain HTTP, behind the door that keeps half requests out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

from engine.adapters.http.webhook_door import Door
from engine.domain.shared.errors import Misconfigured

_GRACE_S = 10


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- the worker's signals are the worker's
        yield


@asynccontextmanager
async def serve_http(
    app: Starlette, address: tuple[str, int], otherwise: str, *, behind_proxy: bool = False
) -> AsyncIterator[str]:
    """Serve *app* inside the block; the value is its address. Requests that are being answered are so to their end.

    *otherwise* names what is said where nobody can listen; *behind_proxy* is the door's.

    Raises:
        Misconfigured: Nobody can listen there.
    """
    host, port = address
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as problem:
        raise Misconfigured(otherwise, host=host, port=port, why=problem.strerror) from problem
    door = Door(behind_proxy=behind_proxy)
    config = uvicorn.Config(
        door.around(app),
        http=door.protocol(),
        proxy_headers=False,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]), name=f"http {port}")
    try:
        name = f"[{host}]" if family is socket.AF_INET6 else host
        yield f"http://{name}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
