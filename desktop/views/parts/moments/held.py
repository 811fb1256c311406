"""What a moment field holds and how it reads: everything about it that needs no window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from desktop.theme.tokens import Tone
from desktop.views.parts.moments.words import Hint, held_hint, misread_words, placed_hint, spelt
from desktop.words.figures import desk_zone
from engine.domain.car.car import Branch
from engine.domain.car.opening_hours import Handing
from engine.domain.moments.habits import Habits
from engine.domain.moments.ranges import read_days
from engine.domain.moments.read import read_moment
from engine.domain.moments.reading import AskedBack, Lean, Misread, NotUnderstood, Reading
from engine.domain.moments.write import day_written, moment_written
from engine.domain.shared.wall import OnWall, on_wall, wall_of
from engine.domain.shared.zones import AnyZone
from engine.words.tr import tr


@dataclass(slots=True)
class HeldMoment:
    """All times are wall clock without a zone.

    Attributes:
        now: The server's time (UTC).
        zone: Whose wall clock; None for this desk's own.
        branch: Whose opening hours are told; None for nobody's. ``handing`` is what is to be done there.
        base: What ``+3`` counts from.
        at: What is held; None for nothing.
        open: What comes twice while nobody has said which is meant.
    """

    habits: Habits
    now: Callable[[], datetime]
    days_only: bool
    lean: Lean
    zone: AnyZone | None = None
    branch: Branch | None = None
    handing: Handing | None = None
    base: datetime | None = None
    at: datetime | None = None
    open: OnWall | None = None

    @property
    def here(self) -> AnyZone:
        return self.zone or desk_zone()

    @property
    def wall_now(self) -> datetime:
        return wall_of(self.now(), self.here)

    @property
    def written(self) -> str:
        if self.at is None:
            return ""
        return day_written(self.at) if self.days_only else moment_written(self.at, self.here)

    def read(self, text: str) -> Reading | Misread:
        return read_moment(text, self._question())

    def days(self, text: str) -> tuple[date, date] | None:
        """First and last day, where only days are asked for and *text* names both."""
        return read_days(text, self._question()) if self.days_only else None

    def placed(self, reading: Reading) -> OnWall:
        """Where it falls; of two comings that one that was named."""
        placed = on_wall(reading.at, self.here)
        if placed.twice and (reading.coming_named or self.days_only):
            return OnWall(placed.at, (placed.moment,))
        return placed

    def begins(self, text: str) -> datetime:
        """Where a calendar opens: at what is typed if that is understood, else at what is held, else now."""
        answer = self.read(text)
        return answer.at if isinstance(answer, Reading) else self.at or self.wall_now

    def preview(self, text: str) -> Hint:
        """What *text* would be taken as."""
        if (days := self.days(text)) is not None:
            return Hint(tr("{days} to {days2}", days=day_written(days[0]), days2=day_written(days[1])), Tone.POSITIVE)
        answer = self.read(text)
        if isinstance(answer, Misread):
            tone = Tone.NEUTRAL if answer.why is NotUnderstood.NOTHING else Tone.DANGER
            return Hint(misread_words(answer, days_only=self.days_only), tone)
        if self.days_only:
            return Hint(day_written(answer.at), Tone.POSITIVE)
        return self.told(self.placed(answer))

    def told(self, placed: OnWall) -> Hint:
        return placed_hint(placed, self.now(), self.here, self.branch, self.handing)

    def refusal(self, misread: Misread) -> Hint:
        kept = "" if self.at is None else tr(" It stays {at}.", at=spelt(self.at, days_only=self.days_only))
        return Hint(misread_words(misread, days_only=self.days_only) + kept, Tone.DANGER)

    def standing(self) -> Hint:
        """Of what is held, while nobody types."""
        if self.at is None or self.days_only:
            return Hint()
        return held_hint(on_wall(self.at, self.here).moment, self.now(), self.here, self.branch, self.handing)

    def _question(self) -> AskedBack:
        shown = self.open.at if self.open is not None else self.at
        return AskedBack(
            self.habits, self.wall_now, shown, self.base, self.lean, days_only=self.days_only, zone=self.here
        )
