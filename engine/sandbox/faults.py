"""Switches for a bad day at Stripe."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

import msgspec

Kind = Literal["lose", "drop", "fail", "slow", "pay_first", "refuse"]


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """What goes wrong with the next *times* calls of *operation* (any, if it is empty).

    ``lose``: the work is done and the answer never arrives. ``drop``: neither. ``fail``: answered with *status*;
    with *stored*, so is every repeat under the same idempotency key. ``slow``: the work waits *seconds*, or with
    none until the switches are cleared. ``refuse``: a considered no, naming *param* and *code*.
    ``pay_first``: the payer is quicker than the call to expire the page.
    """

    kind: Kind
    times: int = 1
    operation: str = ""
    status: Literal[403, 409, 429, 500, 502, 503] = 500
    stored: bool = False
    param: str = ""
    code: str = ""
    seconds: float | None = None


@dataclass
class Faults:
    pending: list[Fault] = field(default_factory=list)
    _cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, operation: str) -> Fault | None:
        """The fault that this call is to suffer."""
        for fault in self.pending:
            if fault.operation in {"", operation}:
                fault.times -= 1
                if fault.times <= 0:
                    self.pending.remove(fault)
                return fault
        return None

    async def wait(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._cleared.wait(), seconds)
        except TimeoutError:
            return

    def clear(self) -> None:
        """Switch everything off and let go of the calls that wait."""
        self.pending.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()
