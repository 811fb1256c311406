"""Who may stand in the door: connections whose request is not whole yet, for so long and so many of them.

Without it a few hundred connections that say nothing, or a letter a minute, keep every honest event out.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from dataclasses import dataclass

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger(__name__)

Peer = tuple[str, int]

#: For a request to be whole, from its connection on.
WHOLE_WITHIN_S = 10.0
#: Unfinished requests at a time, over all and of one address. One more, and the oldest of them goes,
_MOST, _MOST_OF_ONE = 128, 32
#: if it is older than this: honest events come in storms and are whole at once. Of such, so many times as many.
_FRESH_S, _STORM = 1.0, 4


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Attributes: ``since`` by the loop's clock, in seconds."""

    transport: asyncio.Transport
    timer: asyncio.TimerHandle
    since: float


class Door:
    """Attributes: ``behind_proxy``, when all that come are one trusted proxy, which nobody is to be told apart by."""

    def __init__(self, *, behind_proxy: bool = False) -> None:
        self._behind_proxy = behind_proxy
        self._waiting: OrderedDict[Peer, _Waiting] = OrderedDict()
        self._of_one: Counter[str] = Counter()

    def enter(self, peer: Peer, transport: asyncio.Transport) -> None:
        """A connection was made; whoever has stood here longest makes room where there is none."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(WHOLE_WITHIN_S, self._send_away, peer, "too slow")
        self._waiting[peer] = _Waiting(transport, timer, loop.time())
        self._of_one[peer[0]] += 1
        if not self._behind_proxy and (many := self._of_one[peer[0]]) > _MOST_OF_ONE:
            oldest = next(each for each in self._waiting if each[0] == peer[0])
            self._make_room(oldest, "too many of one address", full=many > _STORM * _MOST_OF_ONE)
        if (many := len(self._waiting)) > _MOST:
            self._make_room(next(iter(self._waiting)), "too many", full=many > _STORM * _MOST)

    def _make_room(self, oldest: Peer, why: str, *, full: bool) -> None:
        age_s = asyncio.get_running_loop().time() - self._waiting[oldest].since
        if full or age_s > _FRESH_S:
            self._send_away(oldest, why)

    def leave(self, peer: Peer) -> None:
        """Its request is whole, or its connection is gone."""
        if (found := self._waiting.pop(peer, None)) is None:
            return
        found.timer.cancel()
        self._of_one[peer[0]] -= 1
        if not self._of_one[peer[0]]:
            del self._of_one[peer[0]]

    def _send_away(self, peer: Peer, why: str) -> None:
        transport = self._waiting[peer].transport
        self.leave(peer)
        log.info("webhook.sent_away", client=peer[0], why=why)
        transport.abort()

    def protocol(self) -> type[H11Protocol]:
        """What serves one connection and shows it to this door."""
        door = self

        class Shown(H11Protocol):
            _peer: Peer | None = None

            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in its base
                super().connection_made(transport)
                if name := transport.get_extra_info("peername"):
                    self._peer = (name[0], name[1])
                    door.enter(self._peer, transport)

            def connection_lost(self, exc: Exception | None) -> None:
                if self._peer:
                    door.leave(self._peer)
                super().connection_lost(exc)

        return Shown

    def around(self, app: ASGIApp) -> ASGIApp:
        """*app*, once a request; the next one comes by another connection, so that none waits here between two."""

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            async def hear() -> Message:
                message = await receive()
                if not message.get("more_body"):
                    self.leave(scope["client"])
                return message

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
                await send(message)

            await app(scope, hear, answer)

        return served
