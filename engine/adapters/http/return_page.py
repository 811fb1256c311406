"""Where the browser comes back to after a payment: a page of this desk, on this machine only.

It proves nothing, anybody may open it; all it does is make the next look at Stripe happen now. It speaks to whoever
paid, not to the desk: the browser may be a renter's own.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import parse_qs

import h11

_MAX_REQUEST = 8 * 1024
_PATIENCE_S = 5.0
_BOOKING = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STYLE = """
:root { color-scheme: light dark; --ground: #f3f5f9; --card: #fff; --text: #171c28; --muted: #566074; --ok: #176b3a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #10131a; --card: #1a1f2a; --text: #eaedf4; --muted: #a5aec0; --ok: #7fdca4; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground);
  color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { background: var(--card); border-radius: 12px; padding: 32px; margin: 16px; max-width: 440px; }
.mark { color: var(--ok); font-size: 40px; line-height: 1; }
h1 { font-size: 20px; margin: 12px 0 8px; }
p { margin: 0; color: var(--muted); }
"""
_PAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Paid</title><style>{_STYLE}</style></head>
<body><main><div class="mark" aria-hidden="true">&#10003;</div><h1>Paid</h1>
<p>You can close this window.</p>
</main></body></html>
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", _POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Connection", "close"),
)


@asynccontextmanager
async def open_return_page(on_arrival: Callable[[str], None]) -> AsyncIterator[str]:
    """Serve the page inside the block; the value is its address, to which ``?booking=ID`` is added.

    *on_arrival* is called with the booking's id in this event loop, as often as somebody opens the page.
    """
    path = f"/paid/{secrets.token_urlsafe(32)}"

    guests: set[asyncio.Task[None]] = set()

    def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guest = asyncio.get_running_loop().create_task(_serve(reader, writer, path, on_arrival))
        guests.add(guest)
        guest.add_done_callback(guests.discard)

    server = await asyncio.start_server(receive, "127.0.0.1", 0, limit=_MAX_REQUEST)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
    finally:
        server.close()
        # Browsers open connections ahead of need; they are not waited for.
        for guest in guests:
            guest.cancel()
        await asyncio.gather(*guests, return_exceptions=True)
        await server.wait_closed()


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, on_arrival: Callable[[str], None]
) -> None:
    # The parser that the worker's server stands on; that server's own loop takes 5 MB more and 0.2 s to end.
    http, booking = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_REQUEST), ""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            asked = await _request(http, reader)
            status, booking = _judged(asked, path, writer.get_extra_info("sockname")[1])
            writer.write(_answer(http, status, told=asked.method != b"HEAD"))
            await writer.drain()
    except (TimeoutError, ConnectionError, h11.RemoteProtocolError):
        return  # a guest who says nothing, too much, no HTTP, or goes away
    finally:
        writer.close()
        if booking:
            on_arrival(booking)


async def _request(http: h11.Connection, reader: asyncio.StreamReader) -> h11.Request:
    """Its line and headers; what else it brings is not read. Raises: h11.RemoteProtocolError."""
    while not isinstance(event := http.next_event(), h11.Request):
        if event is not h11.NEED_DATA:
            raise h11.RemoteProtocolError("no request came")
        http.receive_data(await reader.read(_MAX_REQUEST))
    return event


def _judged(asked: h11.Request, path: str, port: int) -> tuple[HTTPStatus, str]:
    """The status to answer, and the booking if somebody arrived."""
    target, _, query = asked.target.partition(b"?")
    named = {value.lower() for name, value in asked.headers if name == b"host"}
    ours = named and named <= {f"127.0.0.1:{port}".encode(), f"localhost:{port}".encode()}
    if not ours or not hmac.compare_digest(target, path.encode()):
        return HTTPStatus.NOT_FOUND, ""
    if asked.method != b"GET":
        return HTTPStatus.METHOD_NOT_ALLOWED, ""
    booking = parse_qs(query.decode("ascii")).get("booking", [""])[0]
    return HTTPStatus.OK, booking if _BOOKING.fullmatch(booking) else ""


def _answer(http: h11.Connection, status: HTTPStatus, *, told: bool) -> bytes:
    body = (_PAGE if status is HTTPStatus.OK else status.phrase).encode()
    headers = [*_HEADERS, ("Content-Length", str(len(body)))]
    parts: list[h11.Event] = [h11.Response(status_code=status, reason=status.phrase.encode(), headers=headers)]
    if told:
        parts.append(h11.Data(data=body))
    parts.append(h11.EndOfMessage())
    return b"".join(http.send(part) or b"" for part in parts)
