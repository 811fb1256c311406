"""Reading what a caller sends, up to a limit."""

from __future__ import annotations

from starlette.requests import Request

from engine.sandbox.problems import StripeProblem

_MAX_BYTES = 64 * 1024


async def text_of(request: Request) -> str:
    """Raises: StripeProblem, 413 or 400."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise StripeProblem("Request too large.", status=413)
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        raise StripeProblem("Invalid UTF-8.") from problem
