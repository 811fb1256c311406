"""Telling the local sandbox where to post its events, as one does for Stripe in its dashboard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import structlog

from engine.domain.shared.errors import Unavailable

log = structlog.get_logger(__name__)

_TIMEOUT_S = 10.0


@asynccontextmanager
async def sandbox_posts_to(sandbox_url: str, key: str, url: str, secret: str) -> AsyncIterator[None]:
    """The sandbox at *sandbox_url* posts to *url*, signed with *secret*, until the end of the block.

    Raises:
        Unavailable: The sandbox does not answer.
    """
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=sandbox_url, headers=headers, trust_env=False, timeout=_TIMEOUT_S
    ) as dashboard:
        try:
            answer = await dashboard.post("/_control/webhooks", json={"url": url, "secret": secret})
            answer.raise_for_status()
        except httpx.HTTPError as problem:
            raise Unavailable("stripe", "no connection") from problem
        try:
            yield
        finally:
            try:
                await dashboard.delete("/_control/webhooks", params={"url": url})
            except httpx.HTTPError as problem:
                log.info("sandbox.still_posts", problem=type(problem).__name__)
