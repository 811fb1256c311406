"""When a booking cannot go on: how long engines wait between tries, and when a person must look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, auto
from types import MappingProxyType

from engine.domain.people.people import AccountName


class Why(StrEnum):
    """What keeps a booking from its next step."""

    STUCK = auto()  #: no answer from Stripe, or a refusal, at the same step again and again
    SLOW = auto()  #: money on its way at a bank
    NOBODY = auto()  #: its step is due and no engine took it: none is at work, or none whose key may
    MISMATCH = auto()  #: Stripe's facts are not those of the booking
    DOUBTED = (
        auto()
    )  #: its row is not one that the program writes, so Stripe is asked nothing; the code says which part
    REFUND_FAILED = auto()  #: Stripe could not give the money back
    LAPSED = auto()  #: the authorisation ran out before the money was taken; the booking stands unpaid


_AT_ONCE = timedelta(0)
#: How long it may last before a person is asked.
PATIENCE = MappingProxyType(
    {
        Why.STUCK: timedelta(minutes=15),
        Why.SLOW: timedelta(days=10),
        Why.NOBODY: timedelta(hours=1),
        Why.MISMATCH: _AT_ONCE,
        Why.DOUBTED: _AT_ONCE,
        Why.REFUND_FAILED: _AT_ONCE,
        Why.LAPSED: _AT_ONCE,
    }
)
#: Below the sweeper's minute, so that its next round tries again; then twice as long each time.
_FIRST_PAUSE = timedelta(seconds=30)
_HOUR = timedelta(hours=1)
_LONGEST_PAUSE = MappingProxyType(
    {
        Why.STUCK: timedelta(minutes=8),
        Why.SLOW: _HOUR,
        Why.NOBODY: _HOUR,
        Why.MISMATCH: _HOUR,
        Why.DOUBTED: _HOUR,
        Why.REFUND_FAILED: _HOUR,
        Why.LAPSED: _HOUR,
    }
)
_MOST_DOUBLINGS = 10
#: No engine puts anything off for longer than an hour; a time beyond this was written past the program.
FURTHEST_DUE = timedelta(hours=2)
#: No patience is longer than ten days (``PATIENCE``); the same.
FURTHEST_PERSON = timedelta(days=11)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A person saw to it outside of the program. Attributes: ``note`` says how."""

    by: AccountName
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What has kept a booking since when. Progress ends it.

    Attributes:
        since: When it began (server time, UTC).
        tries: How often engines tried in vain.
        again_at: When an engine tries next; None when no further try can help.
        code: That of the last error; empty if there was none.
        settled: Set once a person has seen to it.
    """

    why: Why
    since: datetime
    tries: int = 1
    again_at: datetime | None = None
    code: str = ""
    settled: ByHand | None = None

    @property
    def person_at(self) -> datetime | None:
        """From when on a person is asked; None once one has seen to it."""
        return None if self.settled else self.since + PATIENCE[self.why]

    def settle(self, done: ByHand) -> Trouble:
        return replace(self, settled=done)

    def tamed(self, now: datetime) -> Trouble:
        """With every time that no engine writes taken for *now*."""
        again_at = now if self.again_at is not None and self.again_at > now + FURTHEST_DUE else self.again_at
        return replace(self, since=min(self.since, now), again_at=again_at)


def put_off(before: Trouble | None, why: Why, now: datetime, code: str = "") -> Trouble:
    """One more try in vain. A mismatch stays one until there is progress, whatever else goes wrong meanwhile."""
    if before is not None and Why.MISMATCH in (before.why, why) and why is not Why.DOUBTED:
        why = Why.MISMATCH
    if why is Why.DOUBTED:
        same = before is not None and (before.why, before.code) == (why, code)
        begun = before if before is not None and same else Trouble(why, now, 0, code=code)
        # A row that is not believed does not mend itself.
        return replace(begun, tries=begun.tries + 1, again_at=now + _LONGEST_PAUSE[why])
    if before is None or before.why is not why:
        return Trouble(why, now, 1, now + _FIRST_PAUSE, code)
    pause = min(_FIRST_PAUSE * 2 ** min(before.tries, _MOST_DOUBLINGS), _LONGEST_PAUSE[why])
    return replace(before, tries=before.tries + 1, again_at=now + pause, code=code)
