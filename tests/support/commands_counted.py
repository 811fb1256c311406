"""How many commands a piece of work sends to MongoDB, counted by the driver's own monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo import monitoring

_SIGNING_IN = ("saslStart", "saslContinue")


class _Listener(monitoring.CommandListener):
    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def started(self, event):
        # On a busy machine the pool makes a connection anew in between, and that one signs in.
        if event.command_name not in _SIGNING_IN:
            self._seen.append(event.command_name)

    def succeeded(self, event): ...
    def failed(self, event): ...


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of all commands that clients made inside the block send, in order; clear it to count anew."""
    seen: list[str] = []
    listener = _Listener(seen)
    monitoring.register(listener)
    try:
        yield seen
    finally:
        monitoring._LISTENERS.command_listeners.remove(listener)
